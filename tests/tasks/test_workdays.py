"""Working days by the published calendar, a body's own table, and years that nobody has published yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.workdays import Workdays

CALENDAR = Workdays()
DAYS = st.dates(date(2005, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 14), True),  # a make-up Saturday before the Spring Festival
        (date(2026, 2, 16), False),  # New Year's Eve, off since 2025
        (date(2026, 10, 1), False),
        (date(2026, 6, 30), True),
        (date(2026, 7, 4), False),  # an ordinary Saturday
    ],
)
def test_published_day(day, worked):
    assert CALENDAR.is_workday(day) is worked


def test_own_table_wins():
    calendar = Workdays({date(2026, 6, 30): False, date(2026, 7, 4): True})

    assert not calendar.is_workday(date(2026, 6, 30))
    assert calendar.is_workday(date(2026, 7, 4))


def test_add_counts_over_a_holiday():
    # the holiday of 2026 runs from 15 to 23 February
    assert CALENDAR.add(date(2026, 2, 13), 3) == date(2026, 2, 25)
    assert CALENDAR.add(date(2026, 2, 25), -3) == date(2026, 2, 13)
    assert CALENDAR.add(date(2026, 2, 16), 0) == date(2026, 2, 16)


def test_on_or_after_and_before():
    assert CALENDAR.on_or_after(date(2026, 10, 1)) == date(2026, 10, 8)
    assert CALENDAR.on_or_before(date(2026, 10, 7)) == date(2026, 9, 30)
    assert CALENDAR.on_or_after(date(2026, 6, 30)) == date(2026, 6, 30)


def test_unpublished_year_is_monday_to_friday_and_provisional():
    assert CALENDAR.is_published(2026)
    assert not CALENDAR.is_published(2040)
    assert CALENDAR.provisional(date(2040, 5, 1))
    assert CALENDAR.is_workday(date(2040, 5, 1))  # a Tuesday; the holiday is not published yet


def test_own_table_publishes_a_year():
    notice = Workdays({date(2040, 1, 1): False, date(2040, 5, 1): False})
    one_local_day = Workdays({date(2040, 5, 1): False})

    assert notice.is_published(2040)
    assert not notice.provisional(date(2040, 6, 1))
    assert not notice.is_workday(date(2040, 5, 1))
    assert not one_local_day.is_published(2040)


def test_last_working_day_of_a_month():
    assert CALENDAR.in_month(2026, 9)[-1] == date(2026, 9, 30)
    assert CALENDAR.in_month(2026, 2)[0] == date(2026, 2, 2)


@given(DAYS, st.integers(1, 40))
def test_add_and_count_agree(day, count):
    later = CALENDAR.add(day, count)

    assert CALENDAR.is_workday(later)
    assert CALENDAR.count(day, later) == count


@given(DAYS)
def test_neighbours_are_worked(day):
    assert CALENDAR.on_or_before(day) <= day <= CALENDAR.on_or_after(day)
    assert CALENDAR.on_or_after(day) - CALENDAR.on_or_before(day) < timedelta(days=14)
