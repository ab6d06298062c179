"""Journey (e): the leader finds who is behind and why, and every figure is as long as the list it opens (issue 2, design 10)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from tests.browser.conftest import Enter
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.usefixtures("fresh")
BOARDS = {"leader": ["/dashboard/", "/"], "county": ["/dashboard/"], "member": ["/dashboard/"]}
FIGURES = """
() => [...document.querySelectorAll("main a[href*='/rows/']")]
  .map((link) => [(link.querySelector(".count-number") || link).textContent.trim().replace(",", ""), link.getAttribute("href")])
  .filter(([text]) => /^\\d+$/.test(text))
"""


def test_the_unit_that_is_behind_and_why_in_two_clicks(enter: Enter) -> None:
    leader = enter("leader")
    assert "差距最大的是乙区" in leader.words, "no click: the sentence says which"
    leader.look()

    leader.press(re.compile("乙区逾期"))
    assert leader.heading == "乙区政协"
    assert "等上级文件" in leader.words, "one click: the causes"
    leader.look()
    leader.press("开展党建工作自查", within=leader.page.locator("main"))
    assert leader.presses <= 2, "LEAD-1"
    assert "逾期 26 天" in leader.page.locator(".facts").inner_text()
    assert leader.page.locator(".timeline").is_visible(), "two clicks: the task and what happened"
    leader.look()


def rows_behind(visitor: Visitor, address: str) -> tuple[int, int]:
    """What the list says of its length, and how many rows it has on all its pages."""
    said, found, page = -1, 0, 1
    while said < 0 or found < said:
        answer = visitor.context.request.get(f"{address}&size=100&page={page}")
        assert answer.status == 200, address
        html = answer.text()
        told = re.search(r"共 ([\d,]+) 项", html)
        assert told is not None, address
        said, before = int(told[1].replace(",", "")), found
        found, page = found + html.count("<tr data-row"), page + 1
        if found == before:
            break
    return said, found


@pytest.mark.parametrize("person", BOARDS)
def test_every_figure_is_as_long_as_the_list_it_opens(enter: Enter, person: str) -> None:
    visitor = enter(person)
    figures: dict[str, set[int]] = {}
    for address in BOARDS[person]:
        visitor.go(address)
        for text, href in visitor.page.evaluate(FIGURES):
            figures.setdefault(href, set()).add(int(text))
    assert len(figures) >= 5
    wrong = {
        href: (shown, rows)
        for href, shown in figures.items()
        if (rows := rows_behind(visitor, href)) != (*shown, *shown)
    }
    assert wrong == {}


def test_from_the_board_to_a_task_and_back_to_the_same_place(enter: Enter) -> None:
    leader = enter("leader")
    leader.go("/dashboard/")
    leader.press("乙区", "link", within=leader.page.locator("table.bars").first)
    board = leader.path
    leader.press("开展党建工作自查", within=leader.page.locator("main"))
    leader.page.go_back()
    assert leader.path == board
    assert urlsplit(board).query


def test_the_monthly_brief_is_a_word_file_in_four_presses(enter: Enter) -> None:
    """SEC-4: the board, the brief, the month, the file."""
    secretary = enter("secretary")
    secretary.press("统计")
    secretary.press("月度报告")
    assert "应完成" in secretary.page.locator("#finding").inner_text()
    secretary.look()
    month = secretary.page.locator("#month option").nth(2).get_attribute("value")
    secretary.page.locator("#month").select_option(month)
    with secretary.page.expect_download() as arriving:
        secretary.page.get_by_role("button", name="生成").click()

    assert secretary.presses + 2 <= 4, "SEC-4"
    assert arriving.value.suggested_filename.endswith(".docx")
    with ZipFile(arriving.value.path()) as package:
        assert "word/document.xml" in package.namelist()
        assert [name for name in package.namelist() if "chart" in name]
