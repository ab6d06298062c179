"""A list as .xlsx: written row by row, so that its length costs no memory, and nothing in it is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tasks.papers.out.lines import HEADINGS, Line, Sheet
from tasks.papers.out.package import Book, Cell, Row

WIDTHS = (6, 30, 34, 11, 16, 16, 14, 34, 20)  # together one A4 page across

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
    for piece in stream_xlsx(sheet, lines):
        into.write(piece)


def stream_xlsx(sheet: Sheet, lines: Iterable[Line]) -> Iterator[bytes]:
    """The same file piece by piece, while the lines are read: 50,000 of them at flat memory (issue 3, section 4)."""
    book = Book()
    _set_up(book.sheet("Sheet1"))
    return book.stream(_rows(book, sheet, lines))


def _rows(book: Book, sheet: Sheet, lines: Iterable[Line]) -> Iterator[Row]:
    """Title, note, head row; then the lines, each heading before the first that stands under it."""
    title, note, head, group, cell = (book.look(**look) for look in (_TITLE, _NOTE, _HEAD, _GROUP, _CELL))

    def all_rows() -> Iterator[Row]:
        yield Row([Cell(sheet.title, title)], len(HEADINGS))
        yield Row([Cell(sheet.note, note)], len(HEADINGS))
        yield Row([Cell(text, head) for text in HEADINGS])
        above: tuple[str, ...] = ()
        for line in lines:
            for level, text in enumerate(line.heading):
                if line.heading[: level + 1] != above[: level + 1]:
                    yield Row([Cell(text, group)], len(HEADINGS))
            above = line.heading
            yield Row([Cell(text, cell) for text in line.cells])

    return all_rows()


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
