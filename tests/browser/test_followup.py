"""Honest follow-up in front of the screen: SEC-8, MEM-3 and LEAD-3 of ux b with their counts, on the desk and on the phone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
MODES = [("zh", 1366), ("en", 360)]
WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "more": "申请延期", "submit": "提交", "reason": "原因", "agree": re.compile("^同意延到"), "asked": "延期待批",
        "help": "我要求助", "papers": "等上级文件", "what": "需要什么帮助", "waiting": "求助待答复", "given": "更新进展",
        "write": "写批示", "send": "发送", "instruction": "批示", "answer": "答复", "tell": "答复给各承办单位都看到",
        "give": "提交反馈",
    },
    "en": {
        "more": "Ask for more time", "submit": "Submit", "reason": "Reason", "agree": re.compile("^Agree to"),
        "asked": "Extension requested", "help": "Ask for help", "papers": "Waiting for papers from above",
        "what": "What help is needed", "waiting": "Waiting for help", "given": "Update progress",
        "write": "Write an instruction", "send": "Send", "instruction": "Instruction", "answer": "Answer",
        "tell": "Show the answer to all receivers of the task", "give": "Send the answer",
    },
}  # fmt: skip
OPEN_ROW = (
    "SELECT row.id, row.due_on FROM tasks_assignment row JOIN branches_unit unit ON unit.id = row.unit_id"
    " WHERE unit.code = %s AND row.issuer_id <> row.unit_id AND row.stage IN ('issued', 'acknowledged', 'in_progress')"
    " AND row.due_on >= '2026-05-12' AND row.extensions = 0 AND row.role = 'lead'"
    " AND NOT EXISTS (SELECT 1 FROM tasks_extension e WHERE e.assignment_id = row.id)"
    " AND NOT EXISTS (SELECT 1 FROM tasks_helprequest h WHERE h.assignment_id = row.id) ORDER BY row.due_on, row.id LIMIT 1"
)


@pytest.mark.parametrize(("lang", "width"), MODES)
def test_more_time_asked_in_two_clicks_and_agreed_in_one(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    words = WORDS[lang]
    row, due_on = showroom.ask(OPEN_ROW, "demo-jia")[0]
    county = enter("county", lang=lang, width=width)
    county.go(f"/a/{row}/")
    county.look()
    county.press(words["more"])
    county.look()
    county.page.get_by_label(words["reason"], exact=True).fill("等上级文件，需推迟一周")
    county.press(words["submit"])
    assert county.presses == 2, "SEC-8"
    assert words["asked"] in county.words
    county.look()

    city = enter("secretary", lang=lang, width=width)
    city.go("/review/")
    city.look()
    card = city.page.locator(".asks-list > li", has_text="等上级文件，需推迟一周")
    city.press(words["agree"], within=card)
    assert city.presses == 1, "SEC-8"
    city.look()
    later, first, count = showroom.ask(
        "SELECT due_on, original_due_on, extensions FROM tasks_assignment WHERE id = %s", row
    )[0]
    assert (first, count) == (due_on, 1)
    assert later > due_on
    county.go(f"/a/{row}/")
    assert county.page.locator(".facts s").count() == 1, "the first date stays, struck"
    assert words["asked"] not in county.page.locator(".facts").inner_text()
    county.look()


@pytest.mark.parametrize(("lang", "width"), MODES)
def test_help_asked_in_two_taps_and_answered_for_everyone(enter: Enter, lang: str, width: int) -> None:
    words = WORDS[lang]
    member = enter("member", lang=lang, width=width)
    link = member.page.locator("main .card-link[href$='/update/']").first
    address = link.get_attribute("href") or ""
    member.go(address)  # where the link of a message lands
    member.look()
    light = member.page.locator(".update-due").inner_text()
    member.press(words["papers"])
    member.look()
    member.page.get_by_label(words["what"], exact=True).fill("等区里的统一样式")
    member.press(words["submit"])
    assert member.presses == 2, "MEM-3"
    assert words["waiting"] in member.words
    member.look()
    member.go(address)
    assert member.page.locator(".update-due").inner_text() == light, "no black mark: the light is as it was"

    county = enter("county", lang=lang, width=width)
    county.go("/requests/")
    county.look()
    county.press(re.compile("等区里的统一样式"), within=county.page.locator("main"))
    county.page.get_by_label(words["answer"], exact=True).fill("样式已发到各支部邮箱")
    county.page.get_by_label(words["tell"], exact=True).check()
    county.look()
    county.press(words["give"])
    member.go(address)
    assert "样式已发到各支部邮箱" in member.words
    assert words["waiting"] not in member.words
    member.look()


@pytest.mark.parametrize(("lang", "width"), MODES)
def test_an_instruction_in_two_clicks(enter: Enter, showroom: Showroom, lang: str, width: int) -> None:
    words = WORDS[lang]
    row = showroom.ask(OPEN_ROW, "demo-jia")[0][0]
    leader = enter("leader", lang=lang, width=width)
    leader.look()
    leader.go(f"/a/{row}/")
    leader.press(words["write"])
    leader.look()
    leader.page.get_by_label(words["instruction"], exact=True).fill("抓紧推进，报来进度")
    leader.press(words["send"])
    assert leader.presses == 2, "LEAD-3"
    leader.look()
    told = leader.path

    county = enter("county", lang=lang, width=width)
    assert "抓紧推进，报来进度" in county.words, "a to-do of the unit's desk"
    county.look()
    county.go(told)
    county.page.get_by_label(words["answer"], exact=True).fill("已完成一半")
    county.press(words["give"])
    county.look()
    leader.go(f"/a/{row}/")
    timeline = leader.page.locator(".timeline").inner_text()
    assert "抓紧推进，报来进度" in timeline
    assert "已完成一半" in timeline
    unit = showroom.ask("SELECT id FROM branches_unit WHERE code = 'demo-jia'")[0][0]
    leader.go(f"/dashboard/{unit}/")
    leader.look()
    assert leader.find(words["write"]).is_visible()
