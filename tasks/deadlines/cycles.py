"""What comes again: every month by the 26th, every quarter's last day, the second Wednesday; its days and its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tasks.deadlines.moments import (
    EARLY_DAY,
    MIDDLE_DAY,
    Moment,
    last_day,
    nth_week,
    nth_weekday,
    nth_workday,
    shift,
)
from tasks.deadlines.reading import Impossible, Span
from tasks.workdays import Workdays

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FRIDAY = 4
MONTHS_OF = {"month": 1, "quarter": 3, "half": 6}


@dataclass
class Cycle:
    """A rhythm as written; empty parts mean the last day of the period."""

    unit: str
    n: int = 1
    days: list[int] = field(default_factory=list)
    from_day: int | None = None
    edge: int | None = None
    part: tuple[int, int] | None = None
    weekdays: list[int] = field(default_factory=list)
    nth_weekday: tuple[int, int] | None = None
    nth_week: int | None = None
    nth_workday: int | None = None
    nth_month: int | None = None
    lag: tuple[int, str] | None = None  # 每季度结束后10日内
    lead: tuple[int, str] | None = None  # 每月底前3个工作日
    fixed_day: bool = False  # 每月相对固定1天: the branch chooses
    count: int | None = None
    moments: list[Moment] = field(default_factory=list)  # of 每年
    asks: list[str] = field(default_factory=list)
    written: str = ""

    @property
    def bare(self) -> bool:
        """Whether only the unit is said."""
        details = (
            self.edge,
            self.part,
            self.nth_weekday,
            self.nth_week,
            self.nth_workday,
            self.nth_month,
            self.lag,
            self.lead,
        )
        return not (
            self.days or self.weekdays or self.moments or self.fixed_day or any(value is not None for value in details)
        )


@dataclass(frozen=True)
class Turns:
    """The occurrences of a cycle in one year, its rule and its doubts."""

    spans: list[Span]
    rule: str
    asks: list[str]
    provisional: bool = False


def turns(cycle: Cycle, year: int, calendar: Workdays) -> Turns:
    """Every occurrence that belongs to `year`."""
    asks = list(cycle.asks)
    if cycle.unit in ("day", "workday"):
        return _daily(cycle, year, calendar, asks)
    if cycle.unit == "week":
        return _weekly(cycle, year, asks)
    if cycle.unit == "month" and cycle.part == (1, 0):
        cycle = replace(cycle, unit="tenday")  # 每月上、中、下旬
    if cycle.unit in ("tenday", "halfmonth"):
        days = [10, 20, 31] if cycle.unit == "tenday" else [15, 31]
        spans = _monthly_days(range(1, 13), year, 1, days)
        listed = ",".join(str(day) if day < 31 else "-1" for day in days)
        return Turns(spans, f"FREQ=MONTHLY;BYMONTHDAY={listed}", asks)
    if cycle.unit == "year":
        return _yearly(cycle, year, asks)
    return _by_months(cycle, year, calendar, asks)


def _daily(cycle: Cycle, year: int, calendar: Workdays, asks: list[str]) -> Turns:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    if cycle.unit == "day":
        return Turns([Span(day, day) for day in days[:: cycle.n]], "FREQ=DAILY" + _interval(cycle.n), asks)
    provisional = not calendar.is_published(year)
    spans = [Span(day, day) for day in days if calendar.is_workday(day)]
    return Turns(spans, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", asks + ["provisional"] * provisional, provisional)


def _interval(n: int) -> str:
    return f";INTERVAL={n}" if n > 1 else ""


def _weekly(cycle: Cycle, year: int, asks: list[str]) -> Turns:
    """Weeks from Monday; without a weekday they are due on Friday, as 本周内 is (ux h.6)."""
    weekdays = sorted(set(cycle.weekdays)) or [FRIDAY]
    first = date(year, 1, 1) - timedelta(days=date(year, 1, 1).weekday())
    spans = []
    while first.year <= year:
        start = first
        for weekday in weekdays:
            due = first + timedelta(days=weekday)
            if due.year == year:
                spans.append(Span(start, due))
            start = due + timedelta(days=1)
        first += timedelta(days=7 * cycle.n)
    if cycle.n > 1:
        asks.append("which-turn")
    listed = ",".join(DAY_CODES[weekday] for weekday in weekdays)
    return Turns(spans, f"FREQ=WEEKLY{_interval(cycle.n)};BYDAY={listed}", asks)


def _yearly(cycle: Cycle, year: int, asks: list[str]) -> Turns:
    if cycle.n > 1:
        asks.append("which-turn")
    if not cycle.moments:
        end = date(year, 12, 31)
        return Turns([Span(date(year, 1, 1), end)], f"FREQ=YEARLY{_interval(cycle.n)};BYMONTH=12;BYMONTHDAY=31", asks)
    spans, rules = spans_of(cycle.moments, year), []
    for moment in cycle.moments:
        asks.extend(moment.asks)
        rules.append(yearly_rule(moment, cycle.n))
    return Turns(
        spans, " ".join(rule for rule in rules if rule), asks, any(moment.provisional for moment in cycle.moments)
    )


def yearly_rule(moment: Moment, n: int = 1) -> str:
    """The rule by which a moment comes again every year; the end of a month stays the end."""
    if moment.moves:
        return ""  # a lunar festival, a working day: another day every year
    day = -1 if moment.end_of_month else moment.due.day
    return f"FREQ=YEARLY{_interval(n)};BYMONTH={moment.due.month};BYMONTHDAY={day}"


def spans_of(moments: list[Moment], year: int) -> list[Span]:
    """The moments as occurrences: a window keeps its first day, a point begins where the one before it ended."""
    spans: list[Span] = []
    for moment in sorted(moments, key=lambda moment: (moment.due, moment.start)):
        if not moment.point:
            start = moment.start
        elif spans and spans[-1].due_on < moment.due:
            start = spans[-1].due_on + timedelta(days=1)
        else:
            start = min(date(min(year, moment.due.year), 1, 1), moment.due)
        if not any(span.due_on == moment.due for span in spans):
            spans.append(Span(min(start, moment.due), moment.due))
    return spans


def _by_months(cycle: Cycle, year: int, calendar: Workdays, asks: list[str]) -> Turns:
    """Months, quarters, half-years and several months at once."""
    length = MONTHS_OF[cycle.unit] * cycle.n
    if cycle.unit == "month" and (cycle.n < 1 or 12 % cycle.n):
        raise Impossible("odd-turn", cycle.n)
    if cycle.n > 1 and "even" not in asks:
        asks.append("which-turn")
    asks = [ask for ask in asks if ask != "even"]
    firsts = list(range(1, 13, length))
    if cycle.lag:
        return _lagging(cycle, year, firsts, length, calendar, asks)
    months = [_due_month(cycle, first, length, asks) for first in firsts]
    if cycle.days:
        return _on_days(cycle, year, firsts, months, asks)
    place, rule_part, ask = _place(cycle, calendar)
    asks.extend(ask)
    spans, provisional = [], False
    for first, month in zip(firsts, months, strict=True):
        due = place(year, month)
        provisional = provisional or (cycle.nth_workday is not None and calendar.provisional(due))
        if cycle.lead:
            due = shift(due, -cycle.lead[0], cycle.lead[1], calendar)
            provisional = provisional or (cycle.lead[1] == "workday" and calendar.provisional(due))
        spans.append(Span(min(date(year, first, 1), due), due))
    if provisional:
        asks.append("provisional")
    return Turns(spans, f"FREQ=MONTHLY{_bymonth(months)};{rule_part}", asks, provisional)


def _due_month(cycle: Cycle, first: int, length: int, asks: list[str]) -> int:
    """In which month of its period it is due."""
    if cycle.nth_month is not None:
        if cycle.nth_month > length:
            raise Impossible("no-such-month", cycle.nth_month)
        return first + length - 1 if cycle.nth_month < 0 else first + cycle.nth_month - 1
    at_start = (
        cycle.edge == -1,
        (cycle.nth_workday or 0) > 0,
        cycle.nth_weekday is not None and cycle.nth_weekday[0] > 0,
    )
    if length > 1 and (any(at_start) or (cycle.nth_week or 0) > 0):
        return first
    if length > 1 and cycle.edge == 0:
        return first + length // 2
    if length > 1 and (cycle.days or cycle.part):
        asks.append("which-month")
    return first + length - 1


def _bymonth(months: list[int]) -> str:
    return "" if len(set(months)) == 12 else ";BYMONTH=" + ",".join(str(month) for month in sorted(set(months)))


def _place(cycle: Cycle, calendar: Workdays) -> tuple[Callable[[int, int], date], str, list[str]]:
    """Where in its month it is due, as a function, as a rule, and what is doubtful about it."""
    if cycle.nth_weekday:
        nth, weekday = cycle.nth_weekday
        return lambda y, m: nth_weekday(y, m, nth, weekday), f"BYDAY={nth}{DAY_CODES[weekday]}", []
    if cycle.nth_week is not None:
        week = cycle.nth_week
        day = -1 if week in (-1, 5) else 7 * week
        return lambda y, m: nth_week(y, m, week)[1], f"BYMONTHDAY={day}", ["which-week"]
    if cycle.nth_workday is not None:
        turn = cycle.nth_workday
        return lambda y, m: nth_workday(y, m, turn, calendar), f"BYDAY=MO,TU,WE,TH,FR;BYSETPOS={turn}", []
    if cycle.edge == -1:
        return lambda y, m: date(y, m, EARLY_DAY), f"BYMONTHDAY={EARLY_DAY}", ["early-vague"]
    if cycle.edge == 0:
        return lambda y, m: date(y, m, MIDDLE_DAY), f"BYMONTHDAY={MIDDLE_DAY}", ["middle-vague"]
    if cycle.part and cycle.part[1]:
        end = cycle.part[1]
        return lambda y, m: date(y, m, end), f"BYMONTHDAY={end}", []
    return lambda y, m: date(y, m, last_day(y, m)), "BYMONTHDAY=-1", ["branch-chooses"] if cycle.fixed_day else []


def _on_days(cycle: Cycle, year: int, firsts: list[int], months: list[int], asks: list[str]) -> Turns:
    days = sorted(set(cycle.days))
    for day in days:
        if not 1 <= day <= 31:
            raise Impossible("no-such-month-day", day)
    if days[-1] > 28:
        asks.append("short-months")  # in a shorter month its last day is taken, and a person is asked
    spans = []
    for first, month in zip(firsts, months, strict=True):
        spans.extend(_monthly_days([month], year, first, days))
    if cycle.from_day and len(days) == 1 and cycle.from_day <= days[0]:
        spans = [Span(span.due_on.replace(day=min(cycle.from_day, span.due_on.day)), span.due_on) for span in spans]
    short, rules = [day for day in days if day <= 28], []
    if short:
        rules.append(f"FREQ=MONTHLY{_bymonth(months)};BYMONTHDAY={','.join(str(day) for day in short)}")
    for day in days:
        if day == 31:
            rules.append(f"FREQ=MONTHLY{_bymonth(months)};BYMONTHDAY=-1")
        elif day > 28:
            rules.append(
                f"FREQ=MONTHLY{_bymonth(months)};BYMONTHDAY={','.join(str(d) for d in range(28, day + 1))};BYSETPOS=-1"
            )
    return Turns(spans, " ".join(rules), asks)


def _monthly_days(months: range | list[int], year: int, first: int, days: list[int]) -> list[Span]:
    """Those days in each month; the first of them begins with the period, each other one behind the one before."""
    spans: list[Span] = []
    for month in months:
        start = date(year, first if len(months) == 1 else month, 1)
        for day in days:
            due = date(year, month, min(day, last_day(year, month)))
            if due < start:
                continue  # the 30th and the 31st fall together in a short month
            spans.append(Span(start, due))
            start = due + timedelta(days=1)
    return spans


def _lagging(cycle: Cycle, year: int, firsts: list[int], length: int, calendar: Workdays, asks: list[str]) -> Turns:
    """每季度结束后10日内: due after each period of the year, the last one in January."""
    count, unit = cycle.lag or (0, "day")
    spans, provisional = [], False
    for first in firsts:
        last = first + length - 1
        end = date(year, last, last_day(year, last))
        due = shift(end, count, unit, calendar)
        provisional = provisional or (unit == "workday" and calendar.provisional(due))
        spans.append(Span(end + timedelta(days=1), max(due, end + timedelta(days=1))))
    asks.append("report-period")
    months = [span.due_on.month for span in spans]
    if unit == "day" and count <= 28:
        rule = f"FREQ=MONTHLY{_bymonth(months)};BYMONTHDAY={count}"
    elif unit == "workday":
        rule = f"FREQ=MONTHLY{_bymonth(months)};BYDAY=MO,TU,WE,TH,FR;BYSETPOS={count}"
    else:
        rule = ""
    return Turns(spans, rule, asks, provisional)


def limited(made: Turns, first: date, last: date) -> Turns:
    """Only the occurrences due between two days: 3月至11月每月26日前."""
    spans = [span for span in made.spans if first <= span.due_on <= last]
    months = sorted({span.due_on.month for span in spans})
    parts = []
    for rule in made.rule.split(" "):
        named = [part for part in rule.split(";") if part.startswith("BYMONTH=")]
        if rule and not named and len(months) < 12 and "FREQ=YEARLY" not in rule:
            rule += ";BYMONTH=" + ",".join(str(month) for month in months)
        elif named:
            kept = [month for month in named[0].removeprefix("BYMONTH=").split(",") if int(month) in months]
            rule = rule.replace(named[0], "BYMONTH=" + ",".join(kept)) if kept else ""
        parts.append(rule)
    return Turns(spans, " ".join(part for part in parts if part), made.asks, made.provisional)
