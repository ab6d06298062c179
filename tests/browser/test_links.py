"""By a signed link from the mail to "saved" on a device that is new, and the settings that decide who hears what and where."""

from __future__ import annotations

import re

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
WORDS = {
    "zh": {"digits": "手机号后四位", "open": "打开报送页", "name": "将以", "text": "进展", "save": "保存进展", "saved": "已保存",
           "close": "退出", "links": "我的报送链接", "all": "全部作废", "none": "没有有效的链接"},
    "en": {"digits": "Last four digits of the phone number", "open": "Open the form", "name": "In the name of",
           "text": "Progress", "save": "Save progress", "saved": "Saved", "close": "Close", "links": "Links in my name",
           "all": "Withdraw all links", "none": "No link stands in your name"},
}  # fmt: skip
ROBOTS = {
    "zh": {"robots": "群机器人", "name": "群名称", "address": "机器人地址", "secret": "签名密钥", "add": "添加机器人",
           "off": "停用", "on": "启用", "remove": "移除", "problem": "本站不允许发往这个主机"},
    "en": {"robots": "Group robots", "name": "Name of the group", "address": "Address of the robot",
           "secret": "Secret for signing", "add": "Add a robot", "off": "Switch off", "on": "Switch on",
           "remove": "Remove", "problem": "The site does not allow this host"},
}  # fmt: skip
RULES = {
    "zh": {"rules": "提醒规则", "late": "逾期首日", "save": "保存设置", "saved": "设置已保存"},
    "en": {"rules": "Rules of reminders", "late": "First day late", "save": "Save settings",
           "saved": "The settings have been saved"},
}  # fmt: skip
SIZES = [("zh", 1366), ("en", 360)]


@pytest.mark.parametrize(("lang", "width"), SIZES)
def test_from_the_mail_to_saved_without_signing_in(enter: Enter, showroom: Showroom, lang: str, width: int) -> None:
    words = WORDS[lang]
    showroom.command("send_reminders")
    mails = showroom.ask(
        "SELECT text, \"to\" FROM branches_demomail WHERE text LIKE '%%/l/%%' AND \"to\" LIKE 'demo-member@%%'"
    )
    assert mails, "a mail to the member carries a link"
    text = mails[0][0]
    path = re.search(r"(/l/[\w-]+/)", text)
    assert path
    ((phone,),) = showroom.ask("SELECT phone FROM branches_user WHERE username = 'demo-member'")

    guest = enter(lang=lang, width=width)
    guest.expected.add(400)
    guest.go(path[1])
    guest.look()
    guest.page.get_by_label(words["digits"]).fill("9" * 4 if not phone.endswith("9999") else "8888")
    guest.press(words["open"], "button")
    guest.look()
    guest.page.get_by_label(words["digits"]).fill(phone[-4:])
    guest.press(words["open"], "button")
    assert re.fullmatch(r"/a/\d+/update/", guest.path)
    assert words["name"] in guest.page.locator(".by-link").inner_text()
    guest.look()
    guest.page.get_by_label(words["text"], exact=True).fill("台账已收齐，正在核对")
    guest.press(words["save"], "button")
    assert words["saved"] in guest.heading
    guest.look()

    guest.go(path[1])  # the device is known now: straight to the form
    assert re.fullmatch(r"/a/\d+/update/", guest.path)
    guest.press(words["close"], "button", guest.page.locator(".by-link"))
    guest.go(path[1])
    assert guest.page.get_by_label(words["digits"]).is_visible()

    owner = enter("member", lang=lang, width=width)
    owner.go("/me/")
    owner.press(words["links"], "link")
    owner.look()
    owner.press(words["all"], "button")
    assert words["none"] in owner.words
    guest.go(path[1], 410)
    guest.look()


@pytest.mark.parametrize(("lang", "width"), SIZES)
def test_a_desk_lets_a_group_hear(enter: Enter, showroom: Showroom, lang: str, width: int) -> None:
    words = ROBOTS[lang]
    desk = enter("secretary", lang=lang, width=width)
    desk.expected.add(400)
    ((body,),) = showroom.ask("SELECT id FROM branches_unit WHERE kind_id = 'body' ORDER BY length(path), path LIMIT 1")
    desk.go(f"/settings/{body}/")
    desk.press(words["robots"], "link")
    desk.page.get_by_label(words["name"]).fill("全市党建群")
    desk.page.get_by_label(words["address"]).fill("https://evil.example/robot")
    desk.page.get_by_label(words["secret"]).fill("SEC0123456789abcdef")
    desk.press(words["add"], "button")
    assert words["problem"] in desk.words
    desk.look()
    desk.page.get_by_label(words["address"]).fill("https://oapi.dingtalk.com/robot/send?access_token=demo")
    desk.page.get_by_label(words["secret"]).fill("SEC0123456789abcdef")
    desk.press(words["add"], "button")
    assert "oapi.dingtalk.com" in desk.words
    assert "access_token" not in desk.page.content()
    desk.look()
    desk.press(words["off"], "button")
    desk.press(words["on"], "button")
    desk.press(words["remove"], "button")
    assert "oapi.dingtalk.com" not in desk.words


@pytest.mark.parametrize(("lang", "width"), SIZES)
def test_a_body_switches_a_rule_off_and_a_person_sets_his_quiet_hours(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    words = RULES[lang]
    desk = enter("secretary", lang=lang, width=width)
    ((body,),) = showroom.ask("SELECT id FROM branches_unit WHERE kind_id = 'body' ORDER BY length(path), path LIMIT 1")
    desk.go(f"/settings/{body}/")
    desk.press(words["rules"], "link")
    desk.look()
    late = desk.page.get_by_label(words["late"], exact=False)
    assert late.is_checked()
    late.uncheck()
    desk.press(words["save"], "button")
    assert words["saved"] in desk.words
    assert not desk.page.get_by_label(words["late"], exact=False).is_checked()
    assert showroom.ask('SELECT "off" FROM tasks_reminderrules') == [(["late"],)]
    desk.look()

    member = enter("member", lang=lang, width=width)
    member.expected.add(400)
    member.go("/me/")
    member.page.locator("#id_quiet_from").fill("12:00")
    member.press(words["save"], "button")
    member.look()  # one end alone is not enough, and the page says so beside the field
    assert member.page.locator(".field-error").is_visible()
    member.page.locator("#id_quiet_until").fill("14:00")
    member.press(words["save"], "button")
    assert words["saved"] in member.words
    quiet = "SELECT quiet_from::text, quiet_until::text FROM branches_user WHERE username = 'demo-member'"
    assert showroom.ask(quiet) == [("12:00:00", "14:00:00")]
