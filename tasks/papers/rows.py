"""The rows of a draft as an editor works on them: changed, added, moved, taken out, read from lines, and brought back.

A draft holds its rows as plain JSON with a key that never changes (`row`), which the answers of the check step are kept by.
Nothing here touches the database: a `Sheet` is made from a draft, worked on, and handed to the action that keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from tasks import deadlines
from tasks.papers.columns import COLUMNS
from tasks.papers.grid import Unreadable
from tasks.papers.paste import read_paste
from tasks.papers.sheet import read_rows, split_units

MAX_ROWS = 5000
STEPS_BACK = 10  # how many changes can be undone; a long list keeps fewer, so that a draft stays small
ROWS_KEPT = 3000
LENGTHS = {
    "number": 14, "heading": 360, "content": 300, "measures": 4000, "leader": 60, "lead_units": 300,
    "supporting_units": 300, "due": 120, "result": 4000, "evidence": 300,
}  # fmt: skip
UNITS = {"lead_units": "lead_written", "supporting_units": "supporting_written"}
QUICK = ("content", "lead_units", "due", "supporting_units")  # the parts of a line, in the order people say them
_BARS = re.compile(r"\s*[|｜]\s*")
_HEADING = "›"


def shown(cells: Mapping[str, Any], name: str) -> str:
    """A cell as it stands in a field: units parted by 、, headings by ›."""
    value = cells.get(name, "")
    if name in UNITS:
        return "、".join(value or ())
    if name == "heading":
        return f" {_HEADING} ".join(value or ())
    return str(value or "")


def stored(name: str, text: str) -> Any:
    """What a field's text is kept as; no cell grows beyond what a task can hold."""
    text = text.replace("\r\n", "\n").strip()[: LENGTHS[name]]
    if name in UNITS:
        return list(split_units(text))
    if name == "heading":
        return [part.strip()[:120] for part in re.split(r"[›>]", text) if part.strip()]
    return text


def blank_row(key: int) -> dict[str, Any]:
    """An empty row with its key."""
    return {"row": key, **{name: stored(name, "") for name in LENGTHS}, "continues": False}


@dataclass
class Sheet:
    """The rows of a draft, with the due phrases repaired in the check step (`repairs`), while somebody works on them."""

    rows: list[dict[str, Any]]
    repairs: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, rows: Mapping[str, Any], answers: Mapping[str, Any]) -> Sheet:
        """A copy of what a draft holds."""
        return cls(
            [dict(row) for row in rows.get("rows", [])],
            {key: dict(value) for key, value in answers.get("rows", {}).items()},
        )

    def field(self, row: Mapping[str, Any], name: str) -> str:
        """A cell as the editor shows it: a repaired due phrase stands for the written one."""
        repair = self.repairs.get(str(row["row"]), {})
        return str(repair["due"]) if name == "due" and "due" in repair else shown(row, name)

    def place(self, key: str) -> int | None:
        """Where the row with this key stands."""
        return next((place for place, row in enumerate(self.rows) if str(row["row"]) == key), None)

    def change(self, key: str, texts: Mapping[str, str], continues: bool | None = None) -> dict[str, Any]:
        """Put typed texts into a row; a cell that reads as before keeps what was written. An unknown key is a new row."""
        place = self.place(key)
        if place is None:
            row = blank_row(self._next_key())
            row["number"] = self._next_number()
            self.rows.append(row)
        else:
            row = self.rows[place]
        for name, text in texts.items():
            if stored(name, text) == stored(name, self.field(row, name)) or (place is None and not text.strip()):
                continue
            row[name] = stored(name, text)
            if name in UNITS:
                row[UNITS[name]] = text.strip()[: LENGTHS[name]]
            if name == "due":
                self.repairs.get(str(row["row"]), {}).pop("due", None)
        if continues is not None:
            row["continues"] = continues and row is not self.rows[0]
        return row

    def remove(self, key: str) -> None:
        """Take a row out with its repairs; printed numbers close up where they were simply counted."""
        place = self.place(key)
        if place is not None:
            counted = self._counted()
            self.rows.pop(place)
            self.repairs.pop(key, None)
            self._renumber(counted)

    def move(self, key: str, by: int) -> None:
        """One place up or down; the first row continues nothing."""
        place = self.place(key)
        if place is None or not 0 <= place + by < len(self.rows):
            return
        counted = self._counted()
        self.rows.insert(place + by, self.rows.pop(place))
        self.rows[0]["continues"] = False
        self._renumber(counted)

    def begin_heading(self, key: str, text: str) -> None:
        """A heading of its own above this row, for it and the rows below that had the same one."""
        place = self.place(key)
        if place is None:
            return
        before = self.rows[place].get("heading", [])
        taken = {" ".join(row.get("heading", [])) for row in self.rows}
        free = next(name for name in [text, *(f"{text} {n}" for n in range(2, len(taken) + 3))] if name not in taken)
        for row in self.rows[place:]:
            if row.get("heading", []) != before:
                break
            row["heading"] = [free]

    def add_lines(self, text: str) -> int:
        """Rows from typed lines or pasted cells, at the end; how many. Raises Unreadable in words."""
        found = read_lines(text)
        if len(self.rows) + len(found) > MAX_ROWS:
            raise Unreadable("too_many_rows", _("A list has at most %(n)d rows") % {"n": MAX_ROWS})
        for cells in found:
            key = self._next_key()
            number = cells.get("number") or self._next_number()
            self.rows.append({**blank_row(key), **cells, "row": key, "number": number})
        return len(found)

    def _next_key(self) -> int:
        return max([int(row["row"]) for row in self.rows] + [int(k) for k in self.repairs if k.isdecimal()] + [0]) + 1

    def _next_number(self) -> str:
        numbers = [int(n) for n in (str(row.get("number", "")) for row in self.rows) if n.isascii() and n.isdecimal()]
        return str(max(numbers, default=0) + 1)

    def _counted(self) -> bool:
        """Whether the numbers are simply 1, 2, 3 … in order; tasks that were issued keep theirs."""
        if any(row.get("task") for row in self.rows):
            return False
        numbers = [str(row.get("number", "")) for row in self.rows if not row.get("continues")]
        return numbers == [str(place) for place in range(1, len(numbers) + 1)]

    def _renumber(self, counted: bool) -> None:
        if counted:
            number = 0
            for row in self.rows:
                number += 0 if row.get("continues") else 1
                row["number"] = str(number)


def read_lines(text: str) -> list[dict[str, Any]]:
    """Rows of typed lines (task | lead unit | due | supporting units) or of cells copied from a spreadsheet, with or without
    their header row. The second of two parts is the due phrase when it reads as one."""
    if "\t" in text:
        return _pasted(text)
    found = []
    for line in text.splitlines():
        parts = _BARS.split(line.strip())
        if not any(parts):
            continue
        if len(parts) == 2 and not deadlines.read(parts[1], 2000).problem:
            parts = [parts[0], "", parts[1]]
        found.append({name: stored(name, part) for name, part in zip(QUICK, parts, strict=False)})
    return found


def _pasted(text: str) -> list[dict[str, Any]]:
    grid = read_paste("", text)
    reading = read_rows(grid)
    if "content" not in reading.columns:
        texts = [row for row in grid.texts() if any(row)]
        numbered = all(re.fullmatch(r"\d{1,4}[.、．]?", row[0]) for row in texts) if texts else False
        if grid.width >= 7:
            names: Sequence[str] = COLUMNS
        elif numbered:
            names = ("number", *QUICK)
        else:
            names = QUICK
        reading = read_rows(grid, {name: place for place, name in enumerate(names) if place < grid.width})
    return [plain(row) for row in reading.rows]


def plain(row: Any) -> dict[str, Any]:
    """A row of a sheet as plain JSON with lists; `row` is its key."""
    values = asdict(row)
    values["row"] = values.pop("row_number")
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def kept_back(rows: Mapping[str, Any], answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The states to go back to, the last one at the end, once the present one is left behind."""
    before = [*rows.get("past", []), {"rows": rows.get("rows", []), "repairs": answers.get("rows", {})}][-STEPS_BACK:]
    while len(before) > 1 and sum(len(each["rows"]) for each in before) > ROWS_KEPT:
        before.pop(0)
    return before
