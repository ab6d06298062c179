"""The blank workbook of an opening: a sheet of units and one of people, with examples and choices to pick from."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from branches.models import UnitKind
from tasks.papers import roster_reading, unit_sheet

UNITS = (
    ("示例党组", "政协党组", "", "党组", ""),
    ("示例办公室", "办公厅（室）", "", "办公室", ""),
    ("示例秘书科", "处室", "示例办公室", "", ""),
    ("示例提案委员会", "专门委员会", "", "提案委", ""),
)
PEOPLE = (  # name, phone, party membership, unit, title, role; invented
    ("示例甲", "13800000001", "中共党员", "示例办公室", "办公室主任", "负责人"),
    ("示例乙", "13800000002", "中共党员", "", "党务干部", "党务干部"),
    ("示例丁", "13800000004", "中共党员", "", "主席", "领导"),  # somebody has to review what the desk drafts
    ("示例丙", "13800000003", "非中共党员", "示例提案委员会", "委员", "成员"),
)
WIDTHS = (22, 16, 22, 14, 14, 22, 14, 14, 16, 16, 22, 16, 14, 16, 22)
LAST_ROW = 2000
MOST_LETTERS = 250  # of a list of choices inside a cell's rule


def blank() -> bytes:
    """The file: rows of examples to write over or to delete."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(unit_sheet.SHEETS[0])
    kinds = UnitKind.objects.exclude(code__in=unit_sheet.ELSEWHERE).values_list("name", flat=True)
    _fill(sheet, unit_sheet.HEADINGS, UNITS)
    _choices(sheet, "B", list(kinds))
    people = book.create_sheet(unit_sheet.SHEETS[1])
    headings = roster_reading.HEADINGS
    places = [list(roster_reading.COLUMNS).index(key) for key in ("name", "phone", "standing", "unit", "title", "role")]
    rows = []
    for one in PEOPLE:
        cells = [""] * len(headings)
        for place, words in zip(places, one, strict=True):
            cells[place] = words
        rows.append(cells)
    _fill(people, headings, rows)
    _choices(people, _letter(places[2]), list(roster_reading.STANDING_WORDS.values()))
    _choices(people, _letter(places[5]), list(roster_reading.ROLE_WORDS.values()))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _letter(place: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]


def _fill(sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet.append(list(headings))
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font, cell.alignment = Font(bold=True), Alignment(horizontal="center")
    for place in range(len(headings)):
        sheet.column_dimensions[_letter(place)].width = WIDTHS[place]
        for number in range(2, LAST_ROW // 10):
            sheet[f"{_letter(place)}{number}"].number_format = "@"  # a phone number is text, not a number
    sheet.freeze_panes = "A2"


def _choices(sheet: Worksheet, column: str, words: list[str]) -> None:
    """A list to pick from; other words may be typed, they are asked about at the check."""
    while sum(len(word) + 1 for word in words) > MOST_LETTERS:
        words = words[:-1]
    rule = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(rule)
    rule.add(f"{column}2:{column}{LAST_ROW}")
