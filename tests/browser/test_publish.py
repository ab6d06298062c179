"""Journey (a): list 10 of the city, uploaded or pasted, becomes assignments as the key and the tree say (issue 2)."""

from __future__ import annotations

import re
from html import escape

import pytest
from openpyxl import load_workbook

from devtools.showroom import Showroom
from tests.browser.conftest import Enter
from tests.browser.visitor import Visitor
from tests.lists import CITY_KEY, CITY_LIST, table

pytestmark = pytest.mark.usefixtures("fresh")
TITLE = "示例市政协系统2026年党建工作任务清单"
BODIES = "SELECT count(*) FROM branches_unit WHERE kind_id = 'body' AND depth = 2 AND ends_on IS NULL"
OF_CITY = (
    "SELECT count(*) FROM branches_unit unit JOIN branches_unit body ON body.id = unit.body_id"
    " WHERE body.code = 'demo-city' AND unit.kind_id = %s AND unit.ends_on IS NULL"
)
PASTE = """
(html) => {
  const data = new DataTransfer(), field = document.activeElement;
  data.setData("text/html", html);
  data.setData("text/plain", "only the form with tags carries merged cells");
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}
"""


def cells(visitor: Visitor, label: str) -> list[str]:
    """One column of the rows on the page, by the label that it has on a phone."""
    return visitor.page.locator("main table.rows").first.locator(f"td[data-label='{label}']").all_inner_texts()


def numbers(visitor: Visitor) -> list[str]:
    return visitor.page.locator("main table.rows").first.locator(".task-number").all_inner_texts()


def how_many(cell: str) -> int:
    """Units in a cell: "各县（市、区）政协 (9)", or their names one after the other."""
    group = re.search(r"\((\d+)\)", cell)
    return int(group[1]) if group else len([name for name in re.split(r"[、\n]", cell) if name.strip(" -")])


def test_list_10_goes_from_the_file_to_the_units(enter: Enter, showroom: Showroom) -> None:
    key = table(CITY_KEY)
    bodies, committees = showroom.ask(BODIES)[0][0], showroom.ask(OF_CITY, "committee")[0][0]
    assert (bodies, committees) == (9, 7)
    visitor = enter("secretary")

    visitor.press("粘贴新建清单")
    visitor.page.get_by_label("或选择文件").set_input_files(CITY_LIST)
    visitor.press("下一步：核对")
    visitor.look()
    assert visitor.page.get_by_label("清单名称", exact=True).input_value() == TITLE
    assert f"识别到 {len(key)} 行" in visitor.words
    assert "0 行写入" in visitor.words
    assert numbers(visitor) == [row["序号"] for row in key]
    read_as = dict(zip(numbers(visitor), cells(visitor, "理解为"), strict=True))
    for row in key:
        if row["kind"] in ("by", "window", "dates"):
            assert all(day in read_as[row["序号"]] for day in row["dates"].split()), row["序号"]
        assert ("待确认" in read_as[row["序号"]]) == (row["confirm"] == "1"), row["序号"]

    visitor.press("下一步：选派发单位")
    visitor.look()
    leads = dict(zip(numbers(visitor), map(how_many, cells(visitor, "牵头")), strict=True))
    for row in key:
        if row["牵头单位"] == "各县（市、区）政协":
            assert leads[row["序号"]] == bodies
        elif row["牵头单位"] == "各专委会":
            assert leads[row["序号"]] == committees
        elif not row["牵头单位"].startswith("各"):
            assert leads[row["序号"]] == 1
    total = sum(int(cell) for cell in cells(visitor, "单位任务"))
    assert f"现在派发 {total} 项" in visitor.words

    visitor.press("下一步：核对并发布")
    visitor.look()
    told = re.search(r"现在 (\d+) 项：牵头 (\d+)，配合 (\d+)", visitor.words)
    assert told is not None
    lead = int(told[2])
    assert total == int(told[1]) == lead + int(told[3])
    visitor.page.get_by_label("此前已完成", exact=True).check()
    visitor.presses += 1
    publish = visitor.path
    visitor.press(f"发布 {total} 项任务")
    visitor.look()
    assert visitor.presses <= 6, "SEC-1: six clicks besides repairs"
    visitor.press("打开清单")
    visitor.look()
    assert visitor.heading == TITLE
    assert f"全部 {lead} 项" in visitor.words, "supporting units owe no report"
    assert visitor.page.locator("main table.rows").first.locator("tr[data-row]").count() == len(key)

    visitor.go(publish)  # a second time there is nothing to publish
    assert visitor.heading == TITLE
    assert visitor.find(re.compile("^发布")).count() == 0
    made = "SELECT count(*) FROM tasks_assignment row JOIN tasks_tasklist list ON list.id = row.list_id WHERE list.title = %s"
    assert showroom.ask(made, TITLE) == [(total,)]


def test_a_range_pasted_from_a_spreadsheet_keeps_its_merged_cells(enter: Enter) -> None:
    visitor = enter("secretary")
    visitor.press("粘贴新建清单")
    visitor.page.get_by_label("在这里粘贴").focus()
    visitor.page.evaluate(PASTE, spreadsheet())
    visitor.page.get_by_label("在这里粘贴").fill("")
    visitor.page.evaluate(PASTE, spreadsheet())
    visitor.press("下一步：核对")

    assert f"识别到 {len(table(CITY_KEY))} 行" in visitor.words
    assert "没有待处理的行" in visitor.words
    assert numbers(visitor) == [row["序号"] for row in table(CITY_KEY)]
    assert visitor.page.locator("main tr.group-row").count() == 5


def spreadsheet() -> str:
    """The range as Excel and WPS put it on the clipboard: a table with spans."""
    sheet = load_workbook(CITY_LIST).worksheets[0]
    spans = {(span.min_row, span.min_col): span for span in sheet.merged_cells.ranges}
    covered = {cell for span in sheet.merged_cells.ranges for cell in span.cells} - set(spans)
    rows = []
    for row in sheet.iter_rows():
        line = ""
        for cell in row:
            place = (cell.row, cell.column)
            if place in covered:
                continue
            span = spans.get(place)
            marks = f" rowspan={span.size['rows']} colspan={span.size['columns']}" if span else ""
            line += f"<td{marks}>{escape('' if cell.value is None else str(cell.value))}</td>"
        rows.append(f"<tr>{line}</tr>")
    return f"<html><body><!--StartFragment--><table>{''.join(rows)}</table><!--EndFragment--></body></html>"


def test_what_cannot_be_read_is_repaired_where_it_stands(enter: Enter) -> None:
    visitor = enter("secretary")
    visitor.press("清单", "link")
    visitor.follow(visitor.page.get_by_role("link", name=re.compile("机关党员学习安排")))
    assert "有 2 处需要处理" in visitor.words
    visitor.look()

    visitor.press(re.compile("^办公室$"), "button")  # a suggestion for the name that nobody has
    visitor.press("年底前", "button")  # a suggestion for the day that is none
    assert "没有待处理的行" in visitor.words
    visitor.press("下一步：选派发单位")
    assert visitor.heading == "派发"


def test_thirty_rows_with_three_repairs_are_published_by_keyboard_alone(enter: Enter, showroom: Showroom) -> None:
    names = {3: "办公室秘书处"}
    dues = {17: "尽快", 24: "待定"}
    rows = [[str(n), f"做好第{n}项工作", names.get(n, "办公室"), dues.get(n, "12月底前")] for n in range(1, 31)]
    table = [["2026年键盘清单", "", "", ""], ["序号", "任务内容", "牵头单位", "完成时限"], *rows]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
    visitor = enter("secretary")
    keyboard, pressed = visitor.page.keyboard, 0

    def press(*keys: str, page: bool = False) -> None:
        nonlocal pressed
        for key in keys:
            pressed += len(key.split("+"))
            if page:
                with visitor.page.expect_navigation():
                    keyboard.press(key)
            else:
                keyboard.press(key)

    while visitor.page.evaluate("document.activeElement.textContent.trim()") != "粘贴新建清单":
        press("Tab")
        assert pressed < 25, "the way to the paste page is too long by keyboard"
    press("Enter", page=True)
    assert visitor.page.evaluate("document.activeElement.id") == "id_paste"
    visitor.page.evaluate(PASTE, f"<table>{cells}</table>")
    pressed += 2  # Ctrl+V
    press("Control+Enter", page=True)
    assert "3 行待处理" in visitor.words
    for left in ("2 行待处理", "1 行待处理", "没有待处理的行"):
        press("Alt+n")
        press("Enter", page=True)
        assert left in visitor.words
    press("Control+Enter", page=True)
    assert visitor.heading == "派发"
    press("Control+Enter", page=True)
    press("Control+Enter", page=True)
    visitor.look()

    assert showroom.ask(
        "SELECT count(*) FROM tasks_tasklist WHERE title = %s AND stage = 'issued'", "2026年键盘清单"
    ) == [(1,)]
    assert pressed <= 45, pressed
