"""Which days are worked: the State Council's calendar with its make-up days, and a body's own table on top (design 5).

Pure. A year whose notice is not published yet counts Monday to Friday and says so: `provisional`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

ONE_DAY = timedelta(days=1)
FRIDAY = 4


class Workdays:
    """The working days, with `extra` days on top of the published ones (True: worked, False: off)."""

    def __init__(self, extra: Mapping[date, bool] | None = None) -> None:
        self._extra = dict(extra or {})
        # every notice names New Year's Day; a single local day off does not publish a whole year
        self._own_years = frozenset(day.year for day in self._extra if (day.month, day.day) == (1, 1))

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked; the body's own table wins, then the published calendar, then Monday to Friday."""
        own = self._extra.get(day)
        if own is not None:
            return own
        return _published_workday(day)

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, or before it for a negative count; `day` itself is never counted."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _left in range(abs(count)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def on_or_after(self, day: date) -> date:
        """The first working day that is not before `day`."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The last working day that is not after `day`."""
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def count(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and with `end`; negative when `end` is before `start`."""
        if end < start:
            return -self.count(end, start)
        return sum(self.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def in_month(self, year: int, month: int) -> list[date]:
        """The working days of a month, first to last."""
        day, days = date(year, month, 1), []
        while day.month == month:
            if self.is_workday(day):
                days.append(day)
            day += ONE_DAY
        return days

    def is_published(self, year: int) -> bool:
        """Whether the year's days off are known, from the State Council's notice or from the body's own table."""
        return year in self._own_years or _is_published(year)

    def provisional(self, day: date) -> bool:
        """Whether arithmetic that touches `day` may still change, because its year is not published (design 5)."""
        return day not in self._extra and not self.is_published(day.year)


@lru_cache(maxsize=64)
def _is_published(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=8192)
def _published_workday(day: date) -> bool:
    if not _is_published(day.year):
        return day.weekday() <= FRIDAY
    return bool(chinese_calendar.is_workday(day))


PUBLISHED = Workdays()
"""The State Council's calendar alone."""
