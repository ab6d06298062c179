"""Named times and what days they are: 3月上旬, 第二季度末, 10月至次年3月, 6月、12月底.

An Item is what is written, with gaps (6、12月底: a number without its month); a Moment has a first and a last day.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tasks.deadlines.festivals import FIXED, STATUTORY, festival
from tasks.deadlines.reading import Impossible
from tasks.workdays import Workdays

EARLY_DAY, MIDDLE_DAY = 10, 15  # 月初, 月中: shown as a suggestion, always asked about


@dataclass
class Item:
    """A time as written; None where nothing is said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    part: tuple[int, int] | None = None
    edge: int | None = None  # -1 early, 0 middle, 1 end
    quarter: int | None = None
    from_quarter: int | None = None
    half: int | None = None
    whole: bool = False
    bare_year: bool = False
    festival: str = ""
    nth_weekday: tuple[int, int] | None = None
    nth_week: int | None = None
    nth_workday: int | None = None
    nth_month: int | None = None
    number: int | None = None  # a number whose unit stands further on
    exact: date | None = None
    before: bool = False
    after: bool = False
    during: bool = False  # 国庆期间
    workdays_behind: int | None = None  # 国庆节后首个工作日
    starts: bool = False  # 3月起: a beginning, no end
    shift: tuple[int, str] | None = None
    asks: list[str] = field(default_factory=list)

    @property
    def has_detail(self) -> bool:
        """Whether something finer than a month is said."""
        return any(
            value is not None
            for value in (
                self.day,
                self.part,
                self.edge,
                self.nth_weekday,
                self.nth_week,
                self.nth_workday,
                self.nth_month,
            )
        )

    @property
    def bare_month(self) -> bool:
        """Whether it is a month and no more."""
        return self.month is not None and not self.has_detail and not self.before


@dataclass(frozen=True)
class Moment:
    """A time with its days; `point` where one day is meant, not a span."""

    start: date
    due: date
    point: bool
    asks: tuple[str, ...] = ()
    whole_year: bool = False
    bare_year: bool = False  # 今年, 2026年: only says which year the rest is in
    starts: bool = False
    holiday: bool = False
    moves: bool = False  # falls on another day every year
    month_span: bool = False  # a bare month, quarter or half-year: two beside each other may be one window
    end_of_month: bool = False
    provisional: bool = False
    level: str = ""


def last_day(year: int, month: int) -> int:
    """How many days the month has."""
    return monthrange(year, month)[1]


def real_day(year: int, month: int, day: int) -> date:
    """The date, or Impossible (11月31日 is never repaired)."""
    if not 1 <= month <= 12:
        raise Impossible("no-such-month", month)
    if not 1 <= day <= last_day(year, month):
        raise Impossible("no-such-day", month, day, last_day(year, month))
    return date(year, month, day)


def resolve(item: Item, year: int, calendar: Workdays) -> Moment:
    """The days of one item in its own year, or else in `year`."""
    base = item.year if item.year is not None else year
    if not 1900 < base < 2200:
        raise Impossible("no-such-year", base)
    moment = _plain(item, base, calendar)
    asks = [*item.asks, *moment.asks]
    moment = replace(moment, starts=item.starts)
    if item.shift:
        moment = _shifted(moment, item, calendar)
        asks.append("counted-from-day")
    elif item.before:
        moment, ask = _before(moment, item, year, calendar)
        asks.extend(ask)
    return replace(moment, asks=tuple(asks))


def _plain(item: Item, year: int, calendar: Workdays) -> Moment:
    if item.exact:
        return Moment(item.exact, item.exact, True, level="day")
    if item.festival:
        return _festival(item, year, calendar)
    if item.month is not None:
        return _in_month(item, year, item.month, calendar)
    if item.quarter is not None:
        if not 1 <= item.quarter <= 4:
            raise Impossible("no-such-quarter", item.quarter)
        first = item.from_quarter or item.quarter
        return _span(item, year, first * 3 - 2, 3 * (item.quarter - first + 1), "quarter", calendar)
    if item.half is not None:
        return _span(item, year, item.half * 6 - 5, 6, "half", calendar)
    if item.edge == -1:
        return Moment(date(year, 1, 1), date(year, 1, 31), True, ("early-vague",), level="edge")
    if item.edge == 0:
        return Moment(date(year, 6, 30), date(year, 6, 30), True, ("middle-vague",), level="edge")
    end = date(year, 12, 31)
    if item.edge == 1:
        return Moment(end, end, True, end_of_month=True, level="edge")
    return Moment(
        date(year, 1, 1), end, False, whole_year=True, bare_year=item.bare_year, end_of_month=True, level="year"
    )


def _span(item: Item, year: int, first: int, months: int, level: str, calendar: Workdays) -> Moment:
    """A quarter or a half-year, its end, or a month within it."""
    last = first + months - 1
    start, end = date(year, first, 1), date(year, last, last_day(year, last))
    if item.nth_month is not None:
        month = last if item.nth_month < 0 else first + item.nth_month - 1
        if not first <= month <= last:
            raise Impossible("no-such-month", item.nth_month)
        return _in_month(replace(item, nth_month=None), year, month, calendar)
    if item.edge == 1:
        return Moment(end, end, True, end_of_month=True, level="edge")
    if item.edge == -1:
        day = date(year, first, EARLY_DAY)
        return Moment(start, day, True, ("early-vague",), level="edge")
    if item.edge == 0 or item.part or item.day is not None:
        month = first + months // 2
        day = real_day(
            year, month if item.edge == 0 else last, item.day or (item.part[1] if item.part else 0) or MIDDLE_DAY
        )
        return Moment(start, day, True, ("which-month",), level="edge")
    return Moment(start, end, False, month_span=True, end_of_month=True, level=level)


def _in_month(item: Item, year: int, month: int, calendar: Workdays) -> Moment:
    if not 1 <= month <= 12:
        raise Impossible("no-such-month", month)
    last = last_day(year, month)
    first_day, end = date(year, month, 1), date(year, month, last)
    if item.day is not None:
        day = real_day(year, month, item.day)
        return Moment(day, day, True, level="day")
    if item.part:
        start, due = item.part[0], item.part[1] or last
        return Moment(date(year, month, start), date(year, month, due), False, end_of_month=due == last, level="part")
    if item.nth_weekday:
        day = nth_weekday(year, month, *item.nth_weekday)
        return Moment(day, day, True, level="day")
    if item.nth_week is not None:
        first, last_of_week = nth_week(year, month, item.nth_week)
        return Moment(first, last_of_week, False, ("which-week",), level="part")
    if item.nth_workday is not None:
        day = nth_workday(year, month, item.nth_workday, calendar)
        provisional = calendar.provisional(day)
        return Moment(day, day, True, ("provisional",) if provisional else (), provisional=provisional, level="day")
    if item.edge == 1:
        return Moment(end, end, True, end_of_month=True, level="edge")
    if item.edge == -1:
        return Moment(first_day, date(year, month, EARLY_DAY), True, ("early-vague",), level="edge")
    if item.edge == 0:
        return Moment(first_day, date(year, month, MIDDLE_DAY), True, ("middle-vague",), level="edge")
    return Moment(first_day, end, False, month_span=True, end_of_month=True, level="month")


def _festival(item: Item, year: int, calendar: Workdays) -> Moment:
    asks: tuple[str, ...] = ()
    if item.festival == "元旦" and item.year is None:
        year, asks = year + 1, ("which-new-year",)  # in a year's list, the one at its end
    day = festival(item.festival, year)
    if day is None:
        raise Impossible("festival-unknown", item.festival, year)
    if item.workdays_behind:
        due = calendar.add(_holiday_end(day, calendar), item.workdays_behind)
        guessed = calendar.provisional(due)
        return Moment(due, due, True, (*asks, *["provisional"] * guessed), moves=True, provisional=guessed, level="day")
    if item.during:
        return Moment(day, _holiday_end(day, calendar), False, asks, level="part")
    return Moment(
        day, day, True, asks, holiday=item.festival in STATUTORY, moves=item.festival not in FIXED, level="festival"
    )


def _holiday_end(day: date, calendar: Workdays) -> date:
    """The last day off in a row from a festival on."""
    while not calendar.is_workday(day + timedelta(days=1)):
        day += timedelta(days=1)
    return day


def _before(moment: Moment, item: Item, plan_year: int, calendar: Workdays) -> tuple[Moment, list[str]]:
    """前 includes a day that is named by its number or as an end; a festival and a longer span are excluded."""
    if moment.level == "festival":
        due = moment.due - timedelta(days=1)
        asks = []
        if moment.holiday and calendar.is_published(due.year) and not calendar.is_workday(due):
            asks.append("inside-holiday")  # the holiday began earlier: the day before it may be meant
        return replace(moment, start=due, due=due), asks
    if moment.point:
        return moment, []
    if moment.level in ("part", "year") and not (moment.level == "year" and item.year):
        return replace(moment, point=True), ["before-span"]
    due = moment.start - timedelta(days=1)
    if due.year < plan_year and item.year is None:
        due = moment.due  # the span opens the year: its end is meant
    return replace(moment, start=due, due=due, point=True), ["before-span"]


def _shifted(moment: Moment, item: Item, calendar: Workdays) -> Moment:
    count, unit = item.shift or (0, "day")
    base = moment.start if count < 0 and not moment.point else moment.due
    due = shift(base, count, unit, calendar)
    return replace(
        moment,
        start=min(due, moment.start),
        due=due,
        point=True,
        provisional=unit == "workday" and calendar.provisional(due),
    )


def shift(day: date, count: int, unit: str, calendar: Workdays) -> date:
    """`day` moved by so many days, working days, weeks, months or years."""
    count = max(-4000, min(4000, count))
    if unit == "workday":
        return calendar.add(day, max(-1000, min(1000, count)))
    if unit in ("month", "year", "quarter", "monthend"):
        months = count * {"year": 12, "quarter": 3}.get(unit, 1)
        index = day.year * 12 + day.month - 1 + months
        year, month = min(max(index // 12, 1900), 2999), index % 12 + 1
        last = last_day(year, month)
        return date(year, month, last if unit == "monthend" else min(day.day, last))
    return day + timedelta(days=count * (7 if unit == "week" else 1))


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date:
    """The nth Monday, Tuesday … of a month; the last for -1."""
    days = [date(year, month, day) for day in range(1, last_day(year, month) + 1)]
    matching = [day for day in days if day.weekday() == weekday]
    if nth == 0 or abs(nth) > len(matching):
        raise Impossible("no-such-week", month, nth)
    return matching[nth - 1 if nth > 0 else nth]


def nth_week(year: int, month: int, nth: int) -> tuple[date, date]:
    """The nth seven days of a month; nobody says which weeks are counted, so this is always asked about."""
    last = last_day(year, month)
    if nth == 0 or abs(nth) > 5:
        raise Impossible("no-such-week", month, nth)
    if nth < 0:
        return date(year, month, max(1, last + 7 * nth + 1)), date(year, month, last + 7 * (nth + 1))
    return date(year, month, min(7 * nth - 6, last)), date(year, month, min(7 * nth, last))


def nth_workday(year: int, month: int, nth: int, calendar: Workdays) -> date:
    """The nth working day of a month; the last for -1."""
    days = calendar.in_month(year, month)
    if nth == 0 or abs(nth) > len(days):
        raise Impossible("no-such-workday", month, nth)
    return days[nth - 1 if nth > 0 else nth]
