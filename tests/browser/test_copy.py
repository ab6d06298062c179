"""A list on its way to Excel and Word by the clipboard: columns and lines stay, and pasted into a new list it is the same one."""

from __future__ import annotations

import csv
import io
import re

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.usefixtures("fresh")
TITLE = "2026年党建工作重点任务清单"
GRID = """
table => Array.from(table.rows, row => Array.from(row.cells, cell =>
  cell.innerText.split("\\n").map(line => line.replace(/\\s+/g, " ").trim()).filter(Boolean).join("\\n")))
"""
KEEP = """
() => document.activeElement.addEventListener("paste", event => {
  window.pasted = ["text/html", "text/plain"].map(kind => event.clipboardData.getData(kind));
}, { capture: true })
"""


def pasted(visitor: Visitor) -> tuple[str, str]:
    """What Ctrl+V brings to the place where a new list is pasted: the table with tags, and as plain text."""
    visitor.go("/lists/import/")
    visitor.page.get_by_label("在这里粘贴").focus()
    visitor.page.evaluate(KEEP)
    visitor.page.keyboard.press("Control+V")
    html, text = visitor.page.evaluate("window.pasted")
    return html, text


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter="\t"))


def test_a_copied_list_pasted_into_a_new_one_is_the_same_list(enter: Enter, showroom: Showroom) -> None:
    visitor = enter("secretary")
    [(pk,)] = showroom.ask("SELECT id FROM tasks_tasklist WHERE title = %s", TITLE)
    visitor.go(f"/lists/{pk}/print/?view=results")
    grid = visitor.page.locator("#list-table").evaluate(GRID)
    tasks = [line for line in grid[1:] if len(line) == 9]
    assert any("\n" in line[7] for line in tasks)

    visitor.find("复制表格", "button").click()
    html, text = pasted(visitor)

    assert read(text) == grid
    assert "mso-data-placement" in html
    assert len(re.findall(r"<tr\b", html)) == len(grid)
    visitor.press("下一步：核对")
    assert f"识别到 {len(tasks)} 行" in visitor.words
    rows = visitor.page.locator("main table.rows").first
    assert rows.locator(".task-number").all_inner_texts() == [line[0] for line in tasks]
    assert all(line[1] in rows.inner_text() for line in tasks)
    assert rows.locator("tr.group-row").count() == len(grid) - 1 - len(tasks)


def test_the_list_and_its_matrix_can_be_copied_as_they_are_shown(enter: Enter, showroom: Showroom) -> None:
    visitor = enter("secretary")
    [(pk,)] = showroom.ask("SELECT id FROM tasks_tasklist WHERE title = %s", TITLE)
    for view in ("tasks", "matrix"):
        visitor.go(f"/lists/{pk}/?view={view}")
        wide = visitor.page.locator("#list-table thead th:not(.tick)").count()
        names = visitor.page.locator("#list-table thead th:not(.tick)").all_inner_texts()
        visitor.page.get_by_text("打印与导出").click()
        visitor.find("复制表格", "button").click()

        found = read(pasted(visitor)[1])

        assert found[0] == [name.strip() for name in names]
        assert {len(line) for line in found} <= {1, wide}
        assert len(found) > 10
