"""The words of time that a phrase is cut into."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


class T(StrEnum):
    """What a token is."""

    YMD = auto()
    YM = auto()
    MD = auto()
    YEAR = auto()
    YEAR_PLAN = auto()  # a five-year plan: its first year
    YEARS_ON = auto()  # this year, next year: how many years on
    WHOLE = auto()
    YEAR_EDGE = auto()
    HALF = auto()
    HALVES = auto()
    QUARTER = auto()
    MONTH = auto()
    MONTH_ON = auto()  # this month, next month
    MONTH_EDGE = auto()
    QUARTER_ON = auto()
    WEEK_ON = auto()
    DAY_ON = auto()
    PART = auto()  # of a month: its first and last day
    EDGE = auto()
    DAY = auto()
    NUMBER = auto()
    FESTIVAL = auto()
    WEEKDAY = auto()
    NTH_WEEKDAY = auto()
    NTH_WEEK = auto()
    NTH_WORKDAY = auto()
    NTH_MONTH = auto()  # of a quarter or half-year
    EVERY = auto()
    COUNT = auto()
    EACH = auto()
    DURATION = auto()
    FIXED_DAY = auto()
    SHIFT = auto()  # to the next working day
    OVERRIDE = auto()  # this year it is
    BEFORE = auto()
    AFTER = auto()
    APPROX = auto()
    FROM = auto()
    START = auto()
    WITHIN = auto()
    DURING = auto()
    WHEN = auto()
    UNTIL = auto()
    RANGE = auto()
    ENUM = auto()
    SLASH = auto()
    COMMA = auto()
    STOP = auto()
    AND = auto()
    OR = auto()
    COLON = auto()
    TIME = auto()
    FILLER = auto()
    NOW = auto()
    ONGOING = auto()
    NOTICE = auto()
    VAGUE = auto()
    DONE = auto()
    TENTATIVE = auto()
    LUNAR = auto()
    SEASON = auto()
    TEXT = auto()


@dataclass
class Token:
    """A word: what it is, what it says (numbers and a flag), and where it stands in the even text."""

    kind: T
    text: str
    start: int
    end: int
    values: tuple[int, ...] = ()
    name: str = ""
    ask: str = ""
    used: bool = False
