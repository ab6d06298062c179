"""Problem rows out and in again: an .xlsx with each problem beside its row, and the repaired file back into the same draft
(ux S07). Rows are known by their number in the paper, so that nothing comes in twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tasks.papers.columns import COLUMNS, find_header
from tasks.papers.drafts import Paper
from tasks.papers.dryrun import STANDARD
from tasks.papers.grid import Grid, Unreadable, as_text
from tasks.papers.out.package import Book, Cell, Row
from tasks.papers.rows import UNITS, shown
from tasks.papers.rows import stored as kept
from tasks.papers.sheet import read_rows

ROW, PROBLEM = "行号", "问题"  # headings of the paper, not words of the screen
TAKEN = tuple(name for name in COLUMNS if name != "number")
WIDTHS = (6, 6, 34, 24, 12, 18, 18, 16, 20, 16, 44)


@dataclass
class Repaired:
    """What a file that came back changes: the draft's rows anew, the repairs that stay, and the difference in words."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    repairs: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)  # key of a row → columns
    same: int = 0
    unknown: list[str] = field(default_factory=list)  # rows of the file that are not in the paper: not taken


def problem_rows(paper: Paper) -> Iterator[bytes]:
    """The rows with problems as a workbook, sent while it is written; nothing in it is ever a formula."""
    book = Book()
    page = book.sheet("Sheet1")
    page.freeze_panes = "A2"
    for place, width in enumerate(WIDTHS, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    head = book.look(font=Font(bold=True), alignment=Alignment(wrap_text=True))
    cell = book.look(alignment=Alignment(vertical="top", wrap_text=True))

    def lines() -> Iterator[Row]:
        yield Row([Cell(words, head) for words in (ROW, *(STANDARD[name] for name in COLUMNS), PROBLEM)])
        for row in paper.rows:
            if row.problems:
                cells = {**row.cells, "due": row.phrase, "number": row.number}
                texts = [row.key, *(shown(cells, name) for name in COLUMNS)]
                yield Row([Cell(text, cell) for text in [*texts, "\n".join(p.message for p in row.problems)]])

    return book.stream(lines())


def repaired(paper: Paper, grid: Grid) -> Repaired:
    """The paper's rows with what the file changes. Raises Unreadable where it is not the file of problem rows."""
    header = find_header(grid)
    column = header.others.get(ROW) if header else None
    reading = read_rows(grid)
    if column is None or not reading.rows:
        raise Unreadable("no-row-numbers", "")
    places = {number: index for index, number in enumerate(grid.numbers)}
    given = {as_text(grid.rows[places[row.row_number]][column]): row for row in reading.rows}
    found = Repaired(repairs={key: dict(value) for key, value in paper.answers.get("rows", {}).items()})
    for checked in paper.rows:
        cells = dict(checked.cells)
        row = given.pop(checked.key, None)
        if row is not None:
            changed = _take(cells, checked.phrase, vars(row))
            if "due" in changed:
                found.repairs.get(checked.key, {}).pop("due", None)
            if changed:
                found.changed[checked.key] = changed
            else:
                found.same += 1
        found.rows.append(cells)
    found.unknown = [key or row.content[:20] for key, row in given.items()]
    return found


def _take(cells: dict[str, Any], phrase: str, values: Mapping[str, Any]) -> list[str]:
    """Put what differs into the cells of a row; a further step has the words and units of its task."""
    names = ("measures", "due", "result", "evidence") if cells.get("continues") else TAKEN
    changed = []
    for name in names:
        new = shown(values, name)
        old = phrase if name == "due" else shown(cells, name)
        if "".join(new.split()) == "".join(old.split()):
            continue
        cells[name] = kept(name, new)
        if name in UNITS:
            cells[UNITS[name]] = new
        changed.append(STANDARD[name])
    return changed
