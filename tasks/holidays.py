"""The State Council's yearly notice on days off, as text, read into days off and make-up days; pure, no database.

"一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。" Nothing is guessed: a weekday or a number of
days that does not fit is said, and the page shows every day before anything is saved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from tasks.deadlines.text import even

NAMES = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
LONGEST = 20_000
_TITLE_YEAR = re.compile(r"关于((?:19|20)\d\d)年")
_NAME = re.compile(r"(元旦|春节|清明节?|劳动节|五一|端午节?|中秋节?|国庆节?)(?:、|和|及)?(中秋节?|国庆节?)?:")
_WEEKDAY = r"\((?:[^()]*[,、])?(?:周|星期)([一二三四五六日天])\)|\([^()]*\)"
_DAY = re.compile(
    r"(?:((?:19|20)\d\d)年)?(\d{1,2})月(\d{1,2})日(?:" + _WEEKDAY + r")?"
    r"(?:(?:至|-|到)(?:((?:19|20)\d\d)年)?(?:(\d{1,2})月)?(\d{1,2})日(?:" + _WEEKDAY + r")?)?"
)
_COUNT = re.compile(r"(?:共|放假)(\d{1,2})天")
_WEEK = "一二三四五六日"


@dataclass(frozen=True)
class Named:
    """One day of the notice."""

    day: date
    worked: bool
    name: str


@dataclass
class Notice:
    """What a notice says, and what in it does not fit together (as codes of `tasks.views.calendar`, with arguments)."""

    year: int | None = None
    days: list[Named] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)


def read_notice(text: str, year: int | None = None) -> Notice:
    """The days of a notice. `year` holds where the text names none in its title ("关于2027年部分节假日安排的通知")."""
    plain = even_all(text[:LONGEST])
    title = _TITLE_YEAR.search(plain)
    found = Notice(int(title[1]) if title else year)
    if found.year is None or not 2000 <= found.year <= 2100:
        return Notice(None, doubts=[("no-year", "")])
    heads = list(_NAME.finditer(plain))
    for index, head in enumerate(heads):
        end = heads[index + 1].start() if index + 1 < len(heads) else len(plain)
        name = "、".join(part for part in head.groups() if part)
        _item(found, found.year, name, plain[head.end() : end])
    missing = [
        name for name in NAMES if not any(name in head[0] or (name == "劳动" and "五一" in head[0]) for head in heads)
    ]
    found.doubts += [("missing", "、".join(missing))] * bool(missing)
    _settle(found)
    return found


def even_all(text: str) -> str:
    """Long text in one way of writing; line breaks end a sentence."""
    return ";".join(
        even(line[start : start + 1900]) for line in text.splitlines() for start in range(0, len(line), 1900)
    )


def _item(found: Notice, year: int, name: str, text: str) -> None:
    for sentence in re.split("[。;]", text):
        worked = "上班" in sentence
        if not worked and "放假" not in sentence:
            continue  # 鼓励各单位安排职工在除夕休息: advice
        matches = list(_DAY.finditer(sentence))
        days = [day for match in matches for day in _days(found, match, year, sentence)]
        count = _COUNT.search(sentence)
        if count and not worked and days and int(count[1]) != len(days):
            found.doubts.append(("count", sentence[:60]))
        if not days:
            found.doubts.append(("no-day", sentence[:60]))
        found.days += [Named(day, worked, name) for day in days]


def _days(found: Notice, match: re.Match[str], year: int, sentence: str) -> list[date]:
    first_year, month, day, weekday, last_year, last_month, last_day, last_weekday = match.groups()
    try:
        first = date(int(first_year or year), int(month), int(day))
        last = first
        if last_day:
            last = date(int(last_year or first.year), int(last_month or month), int(last_day))
    except ValueError:
        found.doubts.append(("no-such-day", match[0]))
        return []
    for named, value in ((weekday, first), (last_weekday, last)):
        if named and _WEEK.index(named.replace("天", "日")) != value.weekday():
            found.doubts.append(("weekday", match[0]))
    if not 0 <= (last - first).days <= 15:
        found.doubts.append(("range", match[0]))
        return []
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _settle(found: Notice) -> None:
    """One line a day, in order; a day that is both off and worked is a doubt and left out."""
    kept: dict[date, Named] = {}
    for named in found.days:
        other = kept.get(named.day)
        if other and other.worked != named.worked:
            found.doubts.append(("both", named.day.isoformat()))
            kept.pop(named.day)
        else:
            kept.setdefault(named.day, named)
    found.days = [kept[day] for day in sorted(kept)]
