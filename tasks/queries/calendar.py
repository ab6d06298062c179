"""What the calendar page reads: the days of a year, and open work that is due on a day off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from branches.models import CalendarDay, User
from tasks.models import Assignment
from tasks.workdays import Workdays

MOST = 40  # due dates shown


@dataclass(frozen=True)
class DueOnDayOff:
    """Open assignments that are due on a day off, with the working day before and after it; nothing moves by itself."""

    day: date
    count: int
    before: date
    after: date


@dataclass(frozen=True)
class YearDays:
    """The special days of one year: what this site has entered, day by day."""

    rows: list[CalendarDay]
    due: list[DueOnDayOff]
    total: int  # assignments due on days off
    more: bool


def year_days(user: User, year: int, on: date, days: Workdays, *, everybody: bool) -> YearDays:
    """The days of `year`, and what this person may see that is due on a day off; who keeps the calendar counts everything."""
    rows = list(CalendarDay.objects.filter(day__year=year))
    work = Assignment.objects.open() if everybody else Assignment.objects.visible_to(user, on).open()
    counted = work.filter(due_on__year=year, due_on__gte=on).values_list("due_on").annotate(Count("pk"))
    off = [(day, count) for day, count in counted.order_by("due_on") if not days.is_workday(day)]
    due = [DueOnDayOff(day, count, days.on_or_before(day), days.on_or_after(day)) for day, count in off[:MOST]]
    return YearDays(rows, due, sum(count for _, count in off), len(off) > MOST)
