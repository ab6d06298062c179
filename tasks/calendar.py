"""The calendar that holds here: the State Council's yearly data with the days this site has entered on top (design 5).

Every count of working days asks here: lights, reminders, deadlines, dates of signing, reviewing and supplementing. A request
reads the table once; a job reads it once a run, since nothing outside a request is kept.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import DateField, IntegerField, Value

from branches import clock
from branches.models import BodySettings, CalendarDay, Unit
from tasks.workdays import Workdays

KEY = "working_days"
NOVEMBER = 11  # by then the State Council has usually published the next year


def working_days() -> Workdays:
    """The working days as they hold now; one query, and none where this request has asked before."""
    kept = clock.kept()
    if kept is None:
        return _read()
    if KEY not in kept:
        kept[KEY] = _read()
    days: Workdays = kept[KEY]
    return days


def wishes_and_days(*columns: str, body: Unit | None = None) -> tuple[list[tuple[Any, ...]], Workdays]:
    """What every body (or this one) set for itself, and the working days, in one query: most pages need both."""
    kept = clock.kept()
    wishes = BodySettings.objects.order_by()
    if body is not None:
        wishes = wishes.filter(body=body)
    if kept is not None and KEY in kept:
        return list(wishes.values_list(*columns)), kept[KEY]
    nothing = {f"column{n}": Value(None, IntegerField()) for n in range(len(columns))}
    days = CalendarDay.objects.order_by().annotate(**nothing).values_list(*nothing, "day", "worked")
    no_day = {"no_day": Value(None, DateField()), "not_worked": Value(False)}
    rows = list(wishes.annotate(**no_day).values_list(*columns, *no_day).union(days, all=True))
    found = Workdays({row[-2]: row[-1] for row in rows if row[-2] is not None})
    if kept is not None:
        kept[KEY] = found
    return [row[:-2] for row in rows if row[-2] is None], found


def wishes_of(body: Unit | None) -> BodySettings:
    """`BodySettings.of`, on a page that counts working days too: the one query brings both."""
    if body is None:
        return BodySettings.of(None)
    columns = [field.attname for field in BodySettings._meta.fields]
    rows, _days = wishes_and_days(*columns, body=body)
    return BodySettings(**dict(zip(columns, rows[0], strict=True))) if rows else BodySettings.unsaid(body)


def forget() -> None:
    """The table was changed in this request: the next question reads it again."""
    kept = clock.kept()
    if kept is not None:
        kept.pop(KEY, None)


def unknown_year(on: date, days: Workdays) -> int | None:
    """The year whose days off nobody has entered though they count already: this one, or from November the next."""
    years = [on.year, on.year + 1] if on.month >= NOVEMBER else [on.year]
    return next((year for year in years if not days.is_published(year)), None)


def _read() -> Workdays:
    return Workdays(dict(CalendarDay.objects.values_list("day", "worked")))
