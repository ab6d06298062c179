"""Ten files that came back are merged into a list of the demo: five presses with a conflict among them, and under two minutes."""

from __future__ import annotations

import io
import time
from collections import defaultdict
from pathlib import Path

import pytest
from openpyxl import Workbook

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
TITLE = "2026年党建工作重点任务清单"
WAITING = """
SELECT unit.name, task.number, words.content
FROM tasks_assignment row
JOIN tasks_task task ON task.id = row.task_id JOIN tasks_tasktext words ON words.id = task.text_id
JOIN tasks_tasklist list ON list.id = row.list_id JOIN branches_unit unit ON unit.id = row.unit_id
JOIN branches_unit body ON body.id = unit.body_id
WHERE list.title = %s AND NOT task.evidence_required AND row.stage IN ('issued', 'acknowledged', 'in_progress')
AND NOT EXISTS (
    SELECT 1 FROM tasks_report report JOIN tasks_assignment other ON other.id = report.assignment_id
    WHERE other.task_id = row.task_id AND other.unit_id = row.unit_id
)
GROUP BY unit.path, unit.name, task.position, task.number, words.content ORDER BY unit.path, task.position
"""
RECORDED = "SELECT count(*) FROM tasks_event WHERE move IN ('record', 'record_progress')"


def returned(rows: list[tuple[str, str]], word: str, shift: int) -> bytes:
    """A table of the unit's own making: other column names, numbers of its own, rows the other way round."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "工作任务", "落实情况"])
    for number, content in reversed(rows):
        sheet.append([int(number) + shift if number.isdecimal() else "", content, f"{word}：第{number}项已完成"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ten_files(showroom: Showroom, folder: Path) -> tuple[list[Path], int]:
    """Nine units' files and a second one of the first unit that says something else of one task; how many rows are new."""
    by_unit: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for unit, number, content in showroom.ask(WAITING, TITLE):
        by_unit[unit].append((number, content))
    units = list(by_unit)[:9]
    assert len(units) == 9
    files = []
    for shift, unit in enumerate(units):
        files.append(folder / f"{unit}（反馈）.xlsx")
        files[-1].write_bytes(returned(by_unit[unit], unit, shift))
    files.append(folder / f"{units[0]} 补报.xlsx")
    files[-1].write_bytes(returned(by_unit[units[0]][:1], "补报", 0))
    return files, sum(len(by_unit[unit]) for unit in units) - 1


def test_ten_returned_files_in_five_presses(enter: Enter, showroom: Showroom, tmp_path: Path) -> None:
    files, new = ten_files(showroom, tmp_path)
    visitor = enter("secretary")
    visitor.press("清单", "link")
    visitor.follow(visitor.page.get_by_role("link", name=TITLE).first)
    visitor.presses, begun = 0, time.monotonic()

    visitor.press("合并回收文件")
    visitor.look()
    visitor.page.get_by_label("回收的文件").set_input_files(files)
    visitor.presses += 1
    visitor.press("读取并核对")
    visitor.look()
    assert "读取 10 个文件" in visitor.words
    assert "1 处冲突" in visitor.words
    assert visitor.page.get_by_role("checkbox", name="采纳第", checked=True).count() == new

    visitor.page.get_by_role("radio", name="补报").check()
    visitor.presses += 1
    visitor.press("采纳所选")
    assert f"已代单位写入 {new + 1} 条" in visitor.words
    assert visitor.presses <= 5
    assert time.monotonic() - begun < 120
    assert showroom.ask(RECORDED)[0][0] == new + 1
    assert "这些文件已处理完毕" in visitor.words
    visitor.look()
