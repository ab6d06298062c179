"""What people do in the demo's past, in short words: a note, a report, an approval, a return, a move.

A script is the life of one assignment as a list of deeds, each with its day counted from today (never today itself: a
demo loaded in the morning has no afternoon behind it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Deed:
    """One deed: what, how many days from today, with which words. `by_day` is the supplement date of a return."""

    kind: str  # note, done, approve, return, or the name of a move
    offset: int
    text: str = ""
    files: Sequence[str] = ()
    late: str = ""
    by_day: int | None = None


@dataclass(frozen=True)
class Row:
    """Which assignment: list, number, receiving unit (by code), and where needed the person or the period."""

    paper: str
    number: str
    unit: str
    person: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Script:
    """The life of one row. `due` is its due date as a number of days; `after` are rows that must have closed before."""

    row: Row
    deeds: Sequence[Deed]
    due: int | None = None
    after: Sequence[Row] = field(default_factory=tuple)
    by: str = ""  # who reports; empty: whoever reports for the unit


def note(offset: int, text: str) -> Deed:
    """Progress is saved."""
    return Deed("note", offset, text)


def done(offset: int, text: str, files: Sequence[str] = (), late: str = "") -> Deed:
    """The work is reported as completed."""
    return Deed("done", offset, text, files, late)


def approve(offset: int, text: str = "") -> Deed:
    """The reviewer accepts."""
    return Deed("approve", offset, text)


def send_back(offset: int, text: str, by_day: int) -> Deed:
    """The reviewer returns the report and names a day for the supplement."""
    return Deed("return", offset, text, by_day=by_day)


def stop(name: str, offset: int, text: str) -> Deed:
    """The issuer suspends or stops the row, with a reason."""
    return Deed(name, offset, text)
