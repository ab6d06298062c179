"""The desk's daily work counted: review (SEC-3), more time for everyone (SEC-7), sign for and break down (SEC-9), and what a
member finds without a press (MEM-2); at a desk in Chinese and on a phone in English (ux b.1, b.2)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
MODES = pytest.mark.parametrize(("lang", "width"), [("zh", 1366), ("en", 360)])
WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "approve": re.compile("^通过并看下一条"), "return": "退回补充", "time": "改时限", "day": "新时限", "reason": "原因",
        "affected": "下一步：看影响到谁", "sign": "签收并分解",
    },
    "en": {
        "approve": re.compile("^Approve and next"), "return": "Return for more", "time": "Change due date",
        "day": "New due date", "reason": "Reason", "affected": "Next: who is affected", "sign": "Sign for and break down",
    },
}  # fmt: skip
DECIDED = "SELECT count(*) FROM tasks_event WHERE move = %s"
TASK = (
    "SELECT row.task_id, count(*) FROM tasks_assignment row JOIN branches_unit unit ON unit.id = row.issuer_id"
    " WHERE unit.code = 'demo-city' AND row.stage IN ('issued', 'acknowledged', 'in_progress') AND row.due_on > '2026-05-12'"
    " GROUP BY row.task_id HAVING count(*) > 3 AND count(DISTINCT row.period_id) < 2 ORDER BY 1 LIMIT 1"
)
LATER = "SELECT count(*) FROM tasks_assignment WHERE task_id = %s AND due_on = '2027-03-31'"
SIGNED = "SELECT count(*) FROM tasks_delivery WHERE id = %s AND signed_at IS NOT NULL"
UNSIGNED = (
    "SELECT delivery.id, delivery.list_id FROM tasks_delivery delivery JOIN branches_unit unit ON unit.id = delivery.body_id"
    " WHERE unit.code = 'demo-jia' AND delivery.signed_at IS NULL ORDER BY 1 LIMIT 1"
)
MINE = (
    "SELECT row.id FROM tasks_assignment row JOIN branches_user person ON person.id = row.person_id"
    " WHERE person.username = 'demo-member' AND row.stage IN ('issued', 'acknowledged', 'in_progress', 'returned')"
    " AND row.due_on IS NOT NULL ORDER BY coalesce(CASE WHEN row.stage = 'returned' THEN row.supplement_by END, row.due_on)"
)


@MODES
def test_a_report_is_accepted_in_one_press_and_returned_in_three(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    words = WORDS[lang]
    approved, returned = (showroom.ask(DECIDED, move)[0][0] for move in ("approve", "return"))
    city = enter("secretary", lang=lang, width=width)
    city.go("/review/")
    city.look()
    first = city.page.locator("main .review a[href^='/review/']").first.get_attribute("href")
    assert first
    city.go(first)
    city.look()

    city.press(words["approve"])
    assert city.presses == 1, "SEC-3"
    assert showroom.ask(DECIDED, "approve")[0][0] == approved + 1
    assert re.fullmatch(r"/review/\d+/", city.path), "the next one is open already"
    assert city.path != first

    city.presses = 0
    city.page.locator("button[data-phrase], .phrases button").first.click()
    city.presses += 1
    city.page.locator("#id_reason").press_sequentially("，附名单")
    city.press(words["return"])
    assert city.presses <= 3, "SEC-3"
    assert showroom.ask(DECIDED, "return")[0][0] == returned + 1
    city.look()


@MODES
def test_everyone_gets_more_time_in_four_presses(enter: Enter, showroom: Showroom, lang: str, width: int) -> None:
    words = WORDS[lang]
    task, count = showroom.ask(TASK)[0]
    city = enter("secretary", lang=lang, width=width)
    city.go(f"/tasks/{task}/")

    city.press(words["time"])
    city.look()
    city.page.get_by_label(words["day"], exact=True).fill("2027-03-31")
    city.page.get_by_label(words["reason"], exact=True).fill("上级会议推迟")
    city.press(words["affected"])
    city.look()
    assert showroom.ask(LATER, task) == [(0,)], "looking moves nothing"
    city.follow(city.page.locator("button[value='confirm']"))

    assert city.presses <= 4, "SEC-7"
    assert showroom.ask(LATER, task) == [(count,)]
    city.look()


@MODES
def test_a_county_signs_for_a_list_and_breaks_it_down_in_four_presses(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    words = WORDS[lang]
    delivery, task_list = showroom.ask(UNSIGNED)[0]
    county = enter("county", lang=lang, width=width)
    county.look()

    county.follow(county.page.locator(f"a[href='/lists/{task_list}/sign/']").first)
    county.look()
    county.page.locator("#hand-on input[type=checkbox]").first.check()
    county.press(words["sign"], "button")

    assert county.presses <= 4, "SEC-9"
    assert showroom.ask(SIGNED, delivery) == [(1,)]
    county.look()


@MODES
def test_a_member_finds_what_is_his_by_urgency_without_a_press(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    urgent = [f"/a/{row}/" for (row,) in showroom.ask(MINE)]
    member = enter("member", lang=lang, width=width)

    assert member.presses == 0, "MEM-2"
    doors = member.page.locator("main a[href^='/a/']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    shown = list(dict.fromkeys(re.sub(r"update/.*$", "", door) for door in doors))
    assert len(urgent) >= 2
    assert [door for door in shown if door in urgent] == urgent
