"""One task in one line, as people say it: 各县报送党建案例 @各县 6月底前 (ux SEC-6).

`@` stands before the lead unit, `+` before a supporting one; the due date comes last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from tasks import deadlines
from tasks.papers.names import Names, even, key_of
from tasks.papers.rows import blank_row, stored

# full-width signs come from input methods; an English name has spaces, so it may stand in quotes
_MARKED = re.compile(r"(?:(?<=\s)|^)([@＠+＋])\s?(?:[\"“](?P<quoted>[^\"“”]+)[\"”]|(?P<name>\S+))")
EXAMPLE = "各县报送党建案例 @各县 6月底前"
EXAMPLE_EN = 'Send in cases of party building @"All county CPPCCs" by 30 June'
_OF_A_DATE = re.compile(r"[\d〇一二三四五六七八九十]+[年月.\-/\d]*(?:底|份|月)?")
MOST_PARTS = 4  # of a due phrase that has spaces in it


def read_quick(line: str, year: int, on: date) -> dict[str, Any]:
    """The row of a draft that a line means; what is neither a unit nor a deadline are the words of the task."""
    named: dict[str, list[str]] = {"lead_units": [], "supporting_units": []}
    for found in _MARKED.finditer(line):
        role = "lead_units" if found[1] in "@＠" else "supporting_units"
        named[role].append(found["quoted"] or found["name"])
    words = _MARKED.sub(" ", line).split()
    count = _due_parts(words, year, on)
    due = " ".join(words[len(words) - count :]) if count else ""
    words = words[: len(words) - count]
    row = blank_row(1)
    for name, units in named.items():
        row[name] = stored(name, "、".join(units))
    row |= {
        "number": "1",
        "content": stored("content", " ".join(words)),
        "due": stored("due", due),
        "lead_written": "、".join(named["lead_units"]),
        "supporting_written": "、".join(named["supporting_units"]),
    }
    return row


def nearly(names: Names, row: Mapping[str, Any]) -> dict[str, str]:
    """What a name means that is only the beginning of one, as the answers of a draft keep it: 各县 for 各县（市、区）政协."""
    found: dict[str, str] = {}
    for name in [*row["lead_units"], *row["supporting_units"]]:
        if names.find(name).found or names.find(name).several:
            continue
        for things in (names.groups, names.units):
            fitting = [thing for thing in things if even(thing.name).startswith(even(name))]
            if len(fitting) == 1:
                found[name] = key_of(fitting[0])
                break
    return found


def _due_parts(words: list[str], year: int, on: date) -> int:
    """How many words at the end are the deadline: as few as read as one, and what belongs to its date before them."""
    for count in range(1, min(MOST_PARTS, len(words) - 1) + 1):
        if deadlines.read(" ".join(words[-count:]), year, on=on).problem:
            continue
        while count < len(words) - 1 and _OF_A_DATE.fullmatch(words[-count - 1]):
            count += 1
        return count
    return 0
