"""A list as .xlsx: written row by row, so that its length costs no memory, and nothing in it is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tasks.papers.out.lines import LIST, Form, Line, Sheet, lines_in, with_headings
from tasks.papers.out.package import Book, Cell, Row

LINE, ROOM, TALLEST = 15, 5, 405  # points of a line of 11 pt, around the lines, and of the tallest row that Excel draws
NARROWER = 0.85  # so that all columns shrink little on the way to one page across
LETTER = 2.2  # a Chinese letter of 11 pt in the unit of widths, the width of a figure

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
    "alignment": Alignment(vertical="center", wrap_text=True),
    "border": _FRAME,
}
_SHORT = {**_CELL, "alignment": Alignment(horizontal="center", vertical="center", wrap_text=True)}


def write_xlsx(sheet: Sheet, lines: Iterable[Line], into: IO[bytes], form: Form = LIST) -> None:
    """Write the list to `into`: A4 landscape, one page wide, head row on every page, page numbers (issue 3, section 4)."""
    for piece in stream_xlsx(sheet, lines, form):
        into.write(piece)


def stream_xlsx(sheet: Sheet, lines: Iterable[Line], form: Form = LIST) -> Iterator[bytes]:
    """The same file piece by piece, while the lines are read: 50,000 of them at flat memory (issue 3, section 4)."""
    book = Book()
    _set_up(book.sheet("Sheet1"), form)
    return book.stream(_rows(book, sheet, lines, form))


def _rows(book: Book, sheet: Sheet, lines: Iterable[Line], form: Form) -> Iterator[Row]:
    """Title, note, head row; then the lines, each heading before the first that stands under it."""
    title, note, head, group, cell, short = (
        book.look(**look) for look in (_TITLE, _NOTE, _HEAD, _GROUP, _CELL, _SHORT)
    )

    def all_rows() -> Iterator[Row]:
        across = len(form.headings)
        looks = [short if column in form.centred else cell for column in range(across)]
        letters = [max(1, int((width * NARROWER - 1) / LETTER)) for width in form.widths]
        yield Row([Cell(sheet.title, title)], across, 2 * LINE)
        yield Row([Cell(sheet.note, note)], across, LINE + ROOM)
        yield Row([Cell(text, head) for text in form.headings], height=LINE + ROOM)
        for headings, line in with_headings(lines):
            for text in headings:
                yield Row([Cell(text, group)], across, LINE + ROOM)
            tall = max(map(lines_in, line.cells, letters))
            cells = [Cell(text, look) for text, look in zip(line.cells, looks, strict=True)]
            yield Row(cells, height=min(tall * LINE + ROOM, TALLEST))

    return all_rows()


def _set_up(page: Any, form: Form) -> None:
    """How it prints; said before the first row, because the head of the file is written first."""
    for column, width in enumerate(form.widths, 1):
        page.column_dimensions[get_column_letter(column)].width = width * NARROWER
    page.freeze_panes = "A4"
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "3:3"
    page.oddFooter.center.text = "— &P / &N —"
    page.page_margins.left = page.page_margins.right = 0.5
