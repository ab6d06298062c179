"""How a word of time is recognised: a pattern over even text, and what its match says in numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tasks.deadlines.text import NUMBER as N
from tasks.deadlines.text import number
from tasks.deadlines.tokens import T

Says = Callable[[re.Match[str]], dict[str, object]]


@dataclass(frozen=True)
class Rule:
    """One way to write one sort of token; `after` holds it to the place directly behind certain others."""

    kind: T
    pattern: re.Pattern[str]
    says: Says | None = None
    after: frozenset[T] | None = None


def rule(kind: T, pattern: str, says: Says | None = None, after: frozenset[T] | None = None) -> Rule:
    """A rule from a pattern as text."""
    return Rule(kind, re.compile(pattern), says, after)


WEEK = "(?:周|星期|礼拜)"
WEEKDAY = "[一二三四五六日天末1-7]"
TIMES = "(?:场次|次|场|回|轮|遍|期|堂|讲)"
HAN = "[一二三四五六七八九十]"
NTH = rf"(?P<n>倒数第{N}|第{N}|最后|首|末)"
YEAR_FIGURES = r"(?:19|20)\d\d"
WEEKDAYS = {
    char: index for index, chars in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天末7")) for char in chars
}
UNITS = {
    "工作日": "workday", "自然日": "day", "日历日": "day", "日历天": "day", "日": "day", "天": "day", "周": "week",
    "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter", "年": "year", "小时": "hour", "学期": "term",
}  # fmt: skip
HALVES = {"month": (15, "day"), "year": (6, "month"), "day": (1, "day"), "hour": (1, "hour")}

# what may be followed by 底, 初, 中, and what by a bare day
EDGED = frozenset(
    {T.MONTH, T.MONTH_ON, T.YEAR, T.YEARS_ON, T.QUARTER, T.QUARTER_ON, T.HALF, T.HALVES, T.EVERY, T.YM, T.NTH_MONTH,
     T.PART, T.MONTH_EDGE}
)  # fmt: skip
HOLDS_DAYS = frozenset({T.MONTH, T.MONTH_ON, T.YM, T.NTH_MONTH, T.EVERY})


def num(text: str) -> int:
    """The value of a numeral, or -1."""
    value = number(text)
    return -1 if value is None else value


def ints(match: re.Match[str]) -> dict[str, object]:
    """Every group that matched, as a number."""
    return {"values": tuple(num(group) for group in match.groups() if group is not None)}


def says(*values: int, name: str = "", ask: str = "") -> Says:
    """Always the same."""
    return lambda match: {"values": values, "name": name, "ask": ask}


def every(unit: str, n: int = 1, ask: str = "") -> Says:
    """A rhythm: every so many units."""
    return lambda match: {"name": unit, "values": (n,), "ask": ask}


def every_n(unit: str, ask: str = "") -> Says:
    """A rhythm whose number stands in the phrase."""
    return lambda match: {"name": unit, "values": (num(next(group for group in match.groups() if group)),), "ask": ask}


def duration(match: re.Match[str]) -> dict[str, object]:
    """So many units, and whether 内 is said; half a month is fifteen days."""
    unit, amount, within = UNITS[match["unit"]], match["n"], int(bool(match["within"]))
    if amount == "半":
        count, unit = HALVES.get(unit, (-1, unit))
        return {"values": (count, within), "name": unit}
    return {"values": (num(amount), within), "name": unit}


def count(match: re.Match[str]) -> dict[str, object]:
    """How many times; a range gives its lower end and asks."""
    low, high = num(match["n"]), num(match["m"]) if match["m"] else 0
    return {"values": (low,), "ask": "count-range" if high and high != low else ""}


def nth(match: re.Match[str]) -> int:
    """第二 is 2, 最后 is -1, 倒数第二 is -2."""
    word = match["n"].removesuffix("一个").removesuffix("一")
    if word in ("最后", "末"):
        return -1
    if word == "首":
        return 1
    word = match["n"]
    return -num(word[3:]) if word.startswith("倒数第") else num(word.removeprefix("第"))


def month_day(match: re.Match[str]) -> dict[str, object]:
    """6.30, 6/30, 6-30: without a year; the sign between may make it doubtful."""
    return {"values": (0, int(match[1]), int(match[3])), "name": match[2]}
