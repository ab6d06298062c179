"""On which days of 2026 a due date speaks, holidays and make-up days included. Days are written out, not computed."""

from datetime import date

import pytest

from tasks.reminders.occasions import begun, first_alive, horizon, occasions
from tasks.workdays import Workdays

DAYS = Workdays()
LONG_BEFORE = date(2025, 12, 1)


def said(due: date, since: date = LONG_BEFORE, *, returned: bool = False) -> dict[str, date]:
    return {one.kind.value: one.day for one in occasions(due, since, DAYS, returned=returned)}


@pytest.mark.parametrize(
    ("due", "before", "on_day", "late"),
    [
        pytest.param(date(2026, 5, 14), date(2026, 5, 11), date(2026, 5, 14), date(2026, 5, 15), id="plain week"),
        pytest.param(date(2026, 5, 18), date(2026, 5, 13), date(2026, 5, 18), date(2026, 5, 19), id="over a weekend"),
        pytest.param(date(2026, 5, 16), date(2026, 5, 13), date(2026, 5, 15), date(2026, 5, 18), id="due on a Saturday"),
        pytest.param(date(2026, 5, 17), date(2026, 5, 13), date(2026, 5, 15), date(2026, 5, 18), id="due on a Sunday"),
        pytest.param(date(2026, 1, 4), date(2025, 12, 29), date(2026, 1, 4), date(2026, 1, 5), id="make-up Sunday"),
        pytest.param(date(2026, 1, 1), date(2025, 12, 29), date(2025, 12, 31), date(2026, 1, 4), id="New Year's Day"),
        pytest.param(date(2026, 2, 14), date(2026, 2, 11), date(2026, 2, 14), date(2026, 2, 24), id="make-up Saturday"),
        pytest.param(date(2026, 2, 17), date(2026, 2, 12), date(2026, 2, 14), date(2026, 2, 24), id="Spring Festival"),
        pytest.param(date(2026, 2, 24), date(2026, 2, 12), date(2026, 2, 24), date(2026, 2, 25), id="first day after it"),
        pytest.param(date(2026, 2, 28), date(2026, 2, 24), date(2026, 2, 28), date(2026, 3, 2), id="month end, made up"),
        pytest.param(date(2026, 4, 6), date(2026, 4, 1), date(2026, 4, 3), date(2026, 4, 7), id="Tomb Sweeping"),
        pytest.param(date(2026, 4, 30), date(2026, 4, 24), date(2026, 4, 30), date(2026, 5, 6), id="before May Day"),
        pytest.param(date(2026, 5, 3), date(2026, 4, 28), date(2026, 4, 30), date(2026, 5, 6), id="in May Day"),
        pytest.param(date(2026, 5, 9), date(2026, 5, 6), date(2026, 5, 9), date(2026, 5, 11), id="make-up after May Day"),
        pytest.param(date(2026, 5, 31), date(2026, 5, 27), date(2026, 5, 29), date(2026, 6, 1), id="month end on a Sunday"),
        pytest.param(date(2026, 9, 30), date(2026, 9, 23), date(2026, 9, 30), date(2026, 10, 8), id="before National Day"),
        pytest.param(date(2026, 10, 4), date(2026, 9, 28), date(2026, 9, 30), date(2026, 10, 8), id="in National Day"),
        pytest.param(date(2026, 10, 10), date(2026, 9, 30), date(2026, 10, 10), date(2026, 10, 12), id="make-up after it"),
    ],
)  # fmt: skip
def test_a_due_date_speaks_three_times(due: date, before: date, on_day: date, late: date) -> None:
    assert said(due) == {"before": before, "due": on_day, "late": late}


@pytest.mark.parametrize(
    ("since", "kinds"),
    [
        (date(2026, 5, 13), ["before", "due", "late"]),  # one working day ahead: told all the same
        (date(2026, 5, 14), ["due", "late"]),
        (date(2026, 5, 15), []),  # overdue from the start is settled at publishing, nobody is reminded
    ],
)
def test_what_was_over_before_the_row_came_is_not_said(since: date, kinds: list[str]) -> None:
    assert list(said(date(2026, 5, 14), since)) == kinds


@pytest.mark.parametrize(
    ("supplement_by", "kinds"),
    [
        (date(2026, 5, 11), ["late"]),  # the return itself said "today"
        (date(2026, 5, 14), ["due", "late"]),  # three working days: the return said the date
        (date(2026, 5, 20), ["before", "due", "late"]),
    ],
)
def test_a_return_is_not_announced_twice(supplement_by: date, kinds: list[str]) -> None:
    assert list(said(supplement_by, date(2026, 5, 11), returned=True)) == kinds


@pytest.mark.parametrize("month", range(1, 13))
def test_the_last_two_days_of_a_month_are_announced_in_one_message(month: int) -> None:
    following = date(2026 + month // 12, month % 12 + 1, 1)
    last, eve = (date.fromordinal(following.toordinal() - back) for back in (1, 2))
    assert said(last)["before"] == said(eve)["before"]
    assert said(last)["due"] >= said(eve)["due"]


def test_occasions_of_a_date_follow_each_other_without_a_gap() -> None:
    for number in range(365):
        due = date.fromordinal(date(2026, 1, 1).toordinal() + number)
        found = occasions(due, LONG_BEFORE, DAYS)
        assert [one.ends_on for one in found[:-1]] == [one.day for one in found[1:]]
        assert all(DAYS.is_workday(one.day) for one in found)
        assert found[0].day < due < found[2].day


def test_horizon_and_first_alive_enclose_exactly_the_dates_that_speak() -> None:
    for number in range(365):
        on = date.fromordinal(date(2026, 1, 1).toordinal() + number)
        speaking = [
            due
            for due in (date.fromordinal(on.toordinal() + offset) for offset in range(-30, 30))
            if (found := begun(occasions(due, date(2025, 1, 1), DAYS), on)) and found[-1].holds_on(on)
        ]
        assert (speaking[0], speaking[-1]) == (first_alive(on, 31, DAYS), horizon(on, DAYS))
