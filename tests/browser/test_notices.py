"""The page of notices: from the bell to the very form, put off and ticked off, at a desk in Chinese and on a phone in English."""

from __future__ import annotations

import re

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
WORDS = {
    "zh": {"bell": re.compile(r"^通知：\d+ 条未读"), "later": "稍后 3 天", "off": re.compile("^稍后"), "back": "移回"},
    "en": {"bell": re.compile(r"^Notices: \d+ unread"), "later": "Later: 3 days", "off": re.compile("^Put off"),
           "back": "Bring back"},
}  # fmt: skip
UNREAD = (
    "SELECT count(*) FROM tasks_notice one JOIN branches_user person ON person.id = one.recipient_id"
    " WHERE person.username = 'demo-member' AND one.read_at IS NULL AND one.snoozed_until IS NULL"
)


@pytest.mark.parametrize(("lang", "width"), [("zh", 1366), ("en", 360)])
def test_from_the_bell_to_the_form(enter: Enter, showroom: Showroom, lang: str, width: int) -> None:
    words = WORDS[lang]
    showroom.command("send_reminders")
    ((unread,),) = showroom.ask(UNREAD)
    assert unread >= 2, "the member was told of something"
    member = enter("member", lang=lang, width=width)

    member.press(words["bell"], "link")
    member.look()
    assert member.page.locator(".notices li").count() == unread

    member.page.locator("input[name=notice]").first.check()
    member.press(words["later"], "button")
    assert showroom.ask(UNREAD) == [(unread - 1,)]
    member.press(words["off"], "link", member.page.locator("nav.tabs"))
    member.look()
    member.page.locator("input[name=notice]").first.check()
    member.press(words["back"], "button")
    assert showroom.ask(UNREAD) == [(unread,)]

    member.go("/notices/")
    presses = member.presses
    member.follow(member.page.locator(".notices button").first)
    assert member.presses == presses + 1
    assert re.match(r"/(a|lists|requests|branches|help)/", member.path), "the very thing, in one press"
    assert showroom.ask(UNREAD) == [(unread - 1,)]
    member.look()
