"""What a reading is: kind, dates, rule, and whether a person must confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What sort of deadline a phrase names (issue 3, section 1)."""

    BY = "by"
    WINDOW = "window"
    DATES = "dates"
    EVERY = "every"
    QUOTA = "quota"
    AFTER = "after"
    ONGOING = "ongoing"
    NOTICE = "notice"
    MISSING = "missing"
    UNCLEAR = "unclear"


DATED = frozenset({Kind.BY, Kind.WINDOW, Kind.DATES, Kind.EVERY})
PROBLEMS = frozenset({Kind.MISSING, Kind.UNCLEAR})


@dataclass(frozen=True, order=True)
class Span:
    """One occurrence: the first day of its period, and the day it is due (that day included)."""

    starts_on: date
    due_on: date


@dataclass(frozen=True)
class Reading:
    """A deadline as written, and what it means for one plan year.

    `dates` holds every due date; the kinds by, window, dates and every always have at least one. `periods` holds the same
    days with the first day of each occurrence. `offset` counts in `offset_unit` from `event`: "day", "workday", "month", or
    "monthend" (the last day of the month that lies `offset` months after the event's); it is negative before an event.
    """

    phrase: str
    kind: Kind
    window_start: date | None = None
    dates: tuple[date, ...] = ()
    periods: tuple[Span, ...] = ()
    rule: str = ""  # RFC 5545; several rules of one rhythm stand side by side, with a space between
    count: int | None = None
    offset: int | None = None
    offset_unit: str = ""
    event: str = ""
    confirm: bool = False
    reason: str = ""  # a code of words.REASONS
    reason_args: tuple[str, ...] = ()
    provisional: bool = False  # rests on a year whose working days are not published yet

    @property
    def problem(self) -> bool:
        """Whether it blocks until someone chooses (a reading to confirm only asks)."""
        return self.kind in PROBLEMS

    @property
    def due_on(self) -> date | None:
        """The last due date, or None where the phrase names no day."""
        return self.dates[-1] if self.dates else None


class Impossible(Exception):
    """The words name a day, month or week that does not exist; never repaired (I-19)."""

    def __init__(self, reason: str, *args: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reason_args = tuple(str(arg) for arg in args)
