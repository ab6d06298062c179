"""Several rows in one press: reports approved and taken back, more time from the work queue (issue 5)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter
from tests.browser.ticks import tick_given

pytestmark = pytest.mark.usefixtures("fresh")
MODES = pytest.mark.parametrize(("lang", "width"), [("zh", 1366), ("en", 360)])
WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "several": "批量通过", "approve": re.compile("^通过所选"), "back": "撤回", "time": "延长时限", "day": "新时限",
        "reason": "原因", "affected": "下一步：看影响到谁", "again": "撤回通过",
    },
    "en": {
        "several": "Approve several", "approve": re.compile("^Approve chosen"), "back": "Take back", "time": "More time",
        "day": "New due date", "reason": "Reason", "affected": "Next: who is affected", "again": "Take back the approval",
    },
}  # fmt: skip
DECIDED = "SELECT count(*) FROM tasks_event WHERE move = %s"
LATER = "SELECT count(*) FROM tasks_assignment WHERE due_on = '2027-03-31'"


@MODES
def test_two_reports_are_approved_in_one_press_and_taken_back_in_another(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    words = WORDS[lang]
    before = showroom.ask(DECIDED, "approve")[0][0]
    city = enter("secretary", lang=lang, width=width)
    city.go("/review/")
    city.press(words["several"])
    city.look()
    for tick in city.page.locator("input[name=row]").all()[:2]:
        tick.check()
        city.presses += 1

    city.press(words["approve"])
    city.look()
    assert city.presses <= 4
    assert showroom.ask(DECIDED, "approve")[0][0] == before + 2

    done = city.path
    city.page.go_back()
    city.expected.add(400)
    city.press(words["approve"])  # the back button and the same press again: no other row is ticked in their place
    assert showroom.ask(DECIDED, "approve")[0][0] == before + 2

    city.look()

    city.go(done)
    city.press(words["back"], "button")
    city.look()
    assert showroom.ask(DECIDED, "unapprove")[0][0] == 2


@MODES
def test_a_slip_of_the_finger_is_taken_back_where_it_is_told(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    words = WORDS[lang]
    city = enter("secretary", lang=lang, width=width)
    city.go("/review/")
    city.go(str(city.page.locator("main .review a[href^='/review/']").first.get_attribute("href")))
    taken = city.path
    city.follow(city.page.locator("button[data-key=a]"))
    city.press(words["back"], "link")
    assert city.path == taken
    city.look()
    city.press(words["again"])
    assert city.path == taken
    assert showroom.ask(DECIDED, "unapprove")[0][0] == 1
    city.look()


@MODES
def test_more_time_for_ticked_rows_of_the_work_queue(enter: Enter, showroom: Showroom, lang: str, width: int) -> None:
    words = WORDS[lang]
    assert showroom.ask(LATER) == [(0,)]
    city = enter("secretary", lang=lang, width=width)
    tick_given(city, showroom, 2)
    city.press(words["time"], "button")
    city.look()
    city.page.get_by_label(words["day"], exact=True).fill("2027-03-31")
    city.page.get_by_label(words["reason"], exact=True).fill("上级会议推迟")
    city.press(words["affected"])
    city.look()
    city.follow(city.page.locator("button[value='confirm']"))
    city.look()
    assert city.presses <= 5
    assert showroom.ask(LATER) == [(2,)]

    city.press(words["back"], "button")
    assert showroom.ask(LATER) == [(0,)]
