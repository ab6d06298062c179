"""Tables of a Word file into one grid: titles above, tables of one width as one list, lines between them as headings."""

from __future__ import annotations

import re
from typing import Any

from tasks.papers.grid import MAX_COLUMNS, Cell, Grid, Merge, clipped

TITLE_LINES = 6
LONG_LINE = 60  # a longer paragraph above a table is the text of a letter, not its title
MAX_HEADING = 120

_ANNEX = re.compile(r"^附\s*(?:件|表|录)\s*[\d一二三四五六七八九十]*\s*[:：]?$")


def grids(blocks: list[dict[str, Any]], max_columns: int = MAX_COLUMNS) -> list[Grid]:
    """The lists of a file: tables that follow each other with the same number of columns are one list (a list over several
    pages or parts). Rows are counted through the tables from 1; lines outside a table have no number of their own."""
    found: list[_Joined] = []
    lines: list[str] = []
    for block in blocks:
        if "text" in block:
            lines.append(block["text"])
            continue
        width = max((len(row) for row in block["rows"]), default=0)
        if found and found[-1].width == width:
            found[-1].add(block, [line for line in lines if len(line) <= MAX_HEADING])
        else:
            start = found[-1].count if found else 0
            found.append(_Joined(width, start))
            found[-1].add(block, _title(lines))
        lines = []
    return [joined.grid(max_columns) for joined in found]


def _title(lines: list[str]) -> list[str]:
    """What stands right above a table, without 附件1 and without the text of a letter."""
    kept: list[str] = []
    for line in reversed(lines[-TITLE_LINES:]):
        if len(line) > LONG_LINE:
            break
        if not _ANNEX.match(line):
            kept.insert(0, line)
    return kept


class _Joined:
    """Tables of one width put below each other."""

    def __init__(self, width: int, start: int) -> None:
        self.width = width
        self.count = start  # table rows up to here, in the whole file
        self.rows: list[list[Cell]] = []
        self.numbers: list[int] = []
        self.merges: list[Merge] = []

    def add(self, block: dict[str, Any], lines: list[str]) -> None:
        """One more table, with the lines above it."""
        for line in lines:
            if self.width > 1:
                self.merges.append(Merge(len(self.rows), 0, len(self.rows), self.width - 1))
            self.rows.append([line, *[None] * (self.width - 1)])
            self.numbers.append(self.count + 1)
        top = len(self.rows)
        self.merges += [Merge(top + first, left, top + last, right) for first, left, last, right in block["merges"]]
        for row in block["rows"]:
            self.count += 1
            self.rows.append([*row, *[None] * (self.width - len(row))])
            self.numbers.append(self.count)

    def grid(self, max_columns: int) -> Grid:
        """The whole of it, as wide as is read."""
        rows, numbers, cut = clipped(self.rows, self.numbers)
        wide = len(rows[0]) if rows else 0
        merges = [
            Merge(m.top, m.left, min(m.bottom, len(rows) - 1), min(m.right, wide - 1))
            for m in self.merges
            if m.top < len(rows) and m.left < min(wide, max_columns)
        ]
        return Grid(rows, numbers, merges, cut_columns=cut)
