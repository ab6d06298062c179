"""Journey (g) and the frame: language and type change what one sees, not where one is; no mouse and no script are needed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Enter
from tests.browser.visitor import Visitor

TASK = "撰写社情民意信息1篇"

pytestmark = pytest.mark.usefixtures("fresh")
FILTERED = "/lists/?year=2026&stage=issued"
FOCUS = """
() => {
  const one = document.activeElement, seen = getComputedStyle(one), box = one.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return { ring: parseFloat(seen.outlineWidth), style: seen.outlineStyle, words: one.textContent.trim(),
           free: top === one || one.contains(top) || !!top && top.contains(one) };
}
"""


def test_the_language_switch_keeps_place_and_filters(enter: Enter) -> None:
    visitor = enter("secretary")
    visitor.go(FILTERED)
    chinese = visitor.page.locator("main tbody tr").count()
    assert chinese >= 4
    visitor.press("English", "button")

    assert visitor.path == FILTERED
    assert visitor.heading == "Lists"
    assert visitor.page.locator("main tbody tr").count() == chinese
    assert visitor.page.get_by_label("Year").input_value() == "2026"
    assert visitor.page.get_by_label("State").input_value() == "issued"
    visitor.press("中文", "button")
    assert (visitor.path, visitor.heading) == (FILTERED, "清单")
    visitor.go("/")
    assert visitor.page.locator("html").get_attribute("lang") == "zh-Hans"


def test_large_type_keeps_place_and_fits_a_small_phone(enter: Enter) -> None:
    visitor = enter("secretary", width=320, height=640)
    visitor.go(FILTERED)
    before = visitor.page.locator("h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    visitor.press("大字版", "button")

    assert visitor.path == FILTERED
    after = visitor.page.locator("h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert after == pytest.approx(before * 1.25)
    for address in (FILTERED, "/", "/review/", "/dashboard/", "/lists/import/", "/units/", "/people/", "/me/"):
        visitor.go(address)
        visitor.look()
        low = visitor.page.locator("main .btn:visible").evaluate_all(
            "all => all.map(one => one.offsetHeight).filter(h => h < 60)"
        )
        assert low == [], address


def walk_to(page: Page, name: re.Pattern[str], steps: int = 80) -> None:
    """Press Tab until the focus stands on a button with this name; it can be seen on every stop of the way."""
    for _ in range(steps):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if name.search(focus["words"]) and page.evaluate("document.activeElement.matches('button, a')"):
            assert focus["style"] != "none", focus
            assert focus["ring"] >= 3, focus
            assert focus["free"], f"something lies over {focus['words']}"
            return
    pytest.fail(f"{name.pattern} was not reached by {steps} steps")


def test_update_and_review_without_a_mouse(enter: Enter) -> None:
    member = enter("member")
    member.page.get_by_role("link", name=re.compile(TASK)).first.focus()
    member.page.keyboard.press("Enter")
    member.page.wait_for_url("**/update/")
    address = member.path.replace("update/", "")
    member.page.get_by_label("进展").focus()
    member.page.keyboard.type("只用键盘写的一句。")
    walk_to(member.page, re.compile("^报完成$"))
    member.page.keyboard.press("Enter")
    member.page.wait_for_url("**/done/")
    assert "待审核" in member.words

    county = enter("county")
    county.go(f"/review{address[2:]}")
    walk_to(county.page, re.compile("^通过并看下一条"))
    county.page.keyboard.press("Enter")
    county.page.get_by_text(re.compile("^已通过")).wait_for()
    member.go(address)
    assert "已完成" in member.page.locator(".facts").inner_text()


def test_the_way_past_the_frame_comes_first(enter: Enter) -> None:
    visitor = enter("secretary")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(FOCUS)["words"] == "跳到正文"
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"


def reported(visitor: Visitor, words: str) -> str:
    """Report the member's task; the address of its page."""
    visitor.follow(visitor.page.get_by_role("link", name=re.compile(TASK)).first)
    address = visitor.path.replace("update/", "")
    visitor.page.get_by_label("进展").fill(words)
    visitor.page.locator("input[type=file]").set_input_files(
        {"name": "小结.txt", "mimeType": "text/plain", "buffer": "走访小结".encode()}
    )
    visitor.press("报完成")
    return address


def test_report_and_review_without_script(enter: Enter) -> None:
    member = enter("member", width=360, height=740, java_script_enabled=False)
    address = reported(member, "不用脚本写的一句。")
    assert "待审核" in member.words

    county = enter("county", java_script_enabled=False)
    county.go(f"/review{address[2:]}")
    assert "不用脚本写的一句。" in county.words
    assert "小结.txt" in county.words
    county.press(re.compile("^通过并看下一条"))
    assert "已通过" in county.words
    member.go(address)
    assert "已完成" in member.page.locator(".facts").inner_text()
