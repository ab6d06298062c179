"""A pasted range into a grid: the clipboard's HTML first (it knows merged cells), else its text between tabs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.utils.translation import gettext_lazy as _

from tasks.papers.grid import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_MERGED_CELLS,
    MAX_PASTED_ROWS,
    Cell,
    Grid,
    Merge,
    Unreadable,
    as_text,
    clipped,
)

MAX_PASTE = 4_000_000
MAX_SPAN = MAX_PASTED_ROWS
_BLOCKS = frozenset({"p", "div", "li", "tr", "h1", "h2", "h3", "h4"})
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})


def read_paste(html: str, text: str) -> Grid:
    """What was pasted, as a grid; row numbers are those of the pasted range (ux g.2)."""
    if len(html) > MAX_PASTE:
        html = ""
    if len(text) > MAX_PASTE:
        raise Unreadable("too-big", _("The pasted text is too long. Save it as a file and upload that"))
    grid = _from_html(html) if "<t" in html.lower() else None
    if grid is None or not grid.rows:
        grid = _from_text(text)
    if not grid.rows:
        raise Unreadable("empty", _("Nothing was pasted. Copy the rows in Excel with their header and paste them here"))
    return grid


def _too_many(rows: int) -> Unreadable:
    words = _("%(limit)s rows at a time; this has %(rows)s. Paste twice or upload the file")
    return Unreadable("too-many-rows", words % {"limit": MAX_PASTED_ROWS, "rows": rows})


class _Tables(HTMLParser):
    """Collects the cells of the first table that has any, with their spans."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[tuple[str, int, int]]] = []
        self.depth = 0
        self.done = False
        self.silent = 0
        self.cell: list[str] | None = None
        self.spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag == "table":
            self.depth += 1
        elif self.done or not self.depth:
            return
        elif self.depth == 1 and tag == "tr":
            self._end_cell()
            self.rows.append([])
        elif self.depth == 1 and tag in ("td", "th"):
            self._end_cell()
            wanted = dict(attrs)
            self.spans = (_span(wanted.get("rowspan")), _span(wanted.get("colspan")))
            self.cell = []
        elif tag == "br" or tag in _BLOCKS:
            self._line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag == "table" and self.depth:
            self.depth -= 1
            if self.depth == 0:
                self._end_cell()
                self.done = self.done or any(self.rows)
        elif self.depth == 1 and tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag in _BLOCKS:
            self._line()

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.silent and not self.done:
            self.cell.append(re.sub(r"[ \t\r\n\f\xa0]+", " ", data))

    def _line(self) -> None:
        if self.cell is not None:
            self.cell.append("\n")

    def _end_cell(self) -> None:
        if self.cell is None:
            return
        text = re.sub(r" *\n[ \n]*", "\n", "".join(self.cell)).strip()
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append((text[:MAX_CELL], *self.spans))
        self.cell = None


def _span(value: str | None) -> int:
    value = (value or "1").strip()
    return min(int(value), MAX_SPAN) if value.isascii() and value.isdigit() and 0 < len(value) < 7 and int(value) else 1


def _from_html(html: str) -> Grid | None:
    parser = _Tables()
    parser.feed(html)
    parser.close()
    parser._end_cell()
    if not any(parser.rows):
        return None
    if len(parser.rows) > MAX_PASTED_ROWS:
        raise _too_many(len(parser.rows))
    return _laid_out(parser.rows)


def _laid_out(written: list[list[tuple[str, int, int]]]) -> Grid:
    """Cells with spans, put where they stand."""
    places: dict[tuple[int, int], Cell] = {}
    merges: list[Merge] = []
    covered = 0
    for top, cells in enumerate(written):
        column = 0
        for text, down, across in cells:
            while (top, column) in places:
                column += 1
            bottom, right = min(top + down, len(written)) - 1, min(column + across, MAX_COLUMNS + 1) - 1
            if column > MAX_COLUMNS:
                break
            covered += (bottom - top + 1) * (right - column + 1)
            if covered > MAX_MERGED_CELLS:
                raise Unreadable("too-big", _("The pasted table is too large. Save it as a file and upload that"))
            for row in range(top, bottom + 1):
                for place in range(column, right + 1):
                    places.setdefault((row, place), None)
            places[(top, column)] = text
            if bottom > top or right > column:
                merges.append(Merge(top, column, bottom, right))
            column = right + 1
    width = max((column for _row, column in places), default=-1) + 1
    rows: list[list[Cell]] = [[places.get((row, column)) for column in range(width)] for row in range(len(written))]
    rows, numbers, cut = clipped(rows)
    wide = len(rows[0]) if rows else 0
    merges = [
        Merge(merge.top, merge.left, min(merge.bottom, len(rows) - 1), min(merge.right, wide - 1))
        for merge in merges
        if merge.top < len(rows) and merge.left < wide
    ]
    return Grid(rows, numbers, merges, cut_columns=cut)


def _from_text(text: str) -> Grid:
    """Tab-separated text as spreadsheets put it on the clipboard; a quoted cell may hold line breaks and tabs."""
    rows: list[list[Cell]] = [[]]
    place, text = 0, text.replace("\r\n", "\n").replace("\r", "\n")
    while place <= len(text):
        cell, place = _cell(text, place)
        rows[-1].append(cell[:MAX_CELL])
        if place >= len(text):
            break
        if text[place] == "\n":
            rows.append([])
            if len(rows) > MAX_PASTED_ROWS + 1 and text[place:].strip():
                raise _too_many(len(rows) + text[place:].strip("\n").count("\n"))
        place += 1
    kept, numbers, cut = clipped(rows)
    return Grid(kept, numbers, cut_columns=cut)


def _cell(text: str, place: int) -> tuple[str, int]:
    """One cell and where its separator stands. Excel quotes a cell only when it must; other quotes are the writer's own."""
    if text[place : place + 1] == '"':
        quoted = re.compile(r'"((?:[^"]|"")*)"(?=[\t\n]|$)').match(text, place)
        if quoted and ("\n" in quoted[1] or "\t" in quoted[1] or '""' in quoted[1]):
            return quoted[1].replace('""', '"'), quoted.end()
    end = min((index for index in (text.find("\t", place), text.find("\n", place)) if index >= 0), default=len(text))
    return as_text(text[place:end]), end
