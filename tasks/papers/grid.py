"""A sheet without its file: cells by row and column, which of them are merged, and the row numbers a person sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_COLUMNS = 40
MAX_PASTED_ROWS = 2_000
MAX_FILE_ROWS = 10_000
MAX_CELL = 32_767  # what Excel itself holds in a cell
MAX_MERGED_CELLS = 400_000  # all cells of the largest sheet that is read

Cell = str | int | float | bool | None
"""A cell's value; dates arrive as "2026-06-30"."""


class Unreadable(Exception):
    """A paper that cannot be read: a stable code, and a sentence that says what to do (ux h.5)."""

    def __init__(self, code: str, message: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class Merge:
    """Merged cells: first and last row and column, counted within the grid from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Grid:
    """Rows of cells, as wide as the widest; `numbers` are the rows' own numbers in the file or the pasted range."""

    rows: list[list[Cell]]
    numbers: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden: frozenset[int] = frozenset()  # numbers of hidden rows
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()  # other sheets that look like lists too
    cut_columns: bool = False  # something stood right of the last column that is read

    def __post_init__(self) -> None:
        if not self.numbers:
            self.numbers = list(range(1, len(self.rows) + 1))
        width = max((len(row) for row in self.rows), default=0)
        for row in self.rows:
            row.extend([None] * (width - len(row)))

    @property
    def width(self) -> int:
        """How many columns the grid has."""
        return len(self.rows[0]) if self.rows else 0

    def merged_over(self) -> dict[tuple[int, int], tuple[int, int]]:
        """For each cell covered by a merge, where its value stands."""
        return {
            (row, column): (merge.top, merge.left)
            for merge in self.merges
            for row in range(merge.top, merge.bottom + 1)
            for column in range(merge.left, merge.right + 1)
            if (row, column) != (merge.top, merge.left)
        }

    def texts(self) -> Iterator[list[str]]:
        """Every row as text."""
        return ([as_text(cell) for cell in row] for row in self.rows)


def as_text(cell: Cell) -> str:
    """A cell as a person reads it: no trailing .0, no spaces around, line breaks kept."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    text = str(cell).replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\x00", "")
    return "\n".join(line.strip(" \t\u3000") for line in text.strip().split("\n")).strip()


def clipped(rows: list[list[Cell]], numbers: list[int] | None = None) -> tuple[list[list[Cell]], list[int], bool]:
    """The rows without empty rows and columns at the end, and whether something stood right of the last column that is read."""
    filled = [max((index for index, cell in enumerate(row, 1) if as_text(cell)), default=0) for row in rows]
    while filled and not filled[-1]:
        filled.pop()
    width, cut = min(max(filled, default=0), MAX_COLUMNS), max(filled, default=0) > MAX_COLUMNS
    rows = [row[:width] for row in rows[: len(filled)]]
    return rows, (numbers or list(range(1, len(rows) + 1)))[: len(rows)], cut
