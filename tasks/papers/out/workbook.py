"""A list as .xlsx: written row by row, so that its length costs no memory, and nothing in it is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tasks.papers.out.lines import HEADINGS, Line, Sheet

WIDTHS = (6, 30, 34, 11, 16, 16, 14, 34, 20)  # together one A4 page across
LONGEST = 32_767  # characters that a cell of Excel holds
LAST = get_column_letter(len(HEADINGS))

_THIN = Side(style="thin")
_FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TITLE = {"font": Font(name="SimHei", size=18), "alignment": Alignment(horizontal="center", vertical="center")}
_NOTE = {"font": Font(name="FangSong", size=11), "alignment": Alignment(horizontal="left", vertical="center")}
_HEAD = {
    "font": Font(name="SimHei", size=11),
    "alignment": Alignment(horizontal="center", vertical="center", wrap_text=True),
    "border": _FRAME,
}
_GROUP = {"font": Font(name="SimHei", size=11), "alignment": Alignment(vertical="center"), "border": _FRAME}
_CELL = {
    "font": Font(name="FangSong", size=11),
    "alignment": Alignment(vertical="top", wrap_text=True),
    "border": _FRAME,
}


def write_xlsx(sheet: Sheet, lines: Iterable[Line], into: IO[bytes]) -> None:
    """Write the list to `into`: A4 landscape, one page wide, head row on every page, page numbers (issue 3, section 4)."""
    book = Workbook(write_only=True)
    page: Any = book.create_sheet("Sheet1")
    _set_up(page)
    number = 0
    for text, look in ((sheet.title, _TITLE), (sheet.note, _NOTE)):
        number += 1
        _across(page, number, text, look)
    number += 1
    page.append([_cell(page, text, _HEAD) for text in HEADINGS])
    above: tuple[str, ...] = ()
    for line in lines:
        for level, text in enumerate(line.heading):
            if line.heading[: level + 1] != above[: level + 1]:
                number += 1
                _across(page, number, text, _GROUP)
        above = line.heading
        number += 1
        page.append([_cell(page, text, _CELL) for text in line.cells])
    book.save(into)


def _set_up(page: Any) -> None:
    """How it prints; said before the first row, because the head of the file is written first."""
    for column, width in enumerate(WIDTHS, 1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "A4"
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "3:3"
    page.oddFooter.center.text = "— &P / &N —"
    page.page_margins.left = page.page_margins.right = 0.5


def _across(page: Any, number: int, text: str, look: dict[str, Any]) -> None:
    """A row of one cell over all columns."""
    page.append([_cell(page, text, look)])
    page.merged_cells.add(f"A{number}:{LAST}{number}")


def _cell(page: Any, text: str, look: dict[str, Any]) -> Any:
    """A cell of words: written as text with the format of text, so that =, +, - or @ in front starts nothing (P10b)."""
    words = ILLEGAL_CHARACTERS_RE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    cell = WriteOnlyCell(page, value="")
    cell.value = words[:LONGEST]
    if words:
        cell.data_type = "s"
    cell.number_format = "@"
    for name, value in look.items():
        setattr(cell, name, value)
    return cell
