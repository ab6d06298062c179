"""When a person may be written to: 08:00 to 20:00 of working days, less his own quiet hours."""

from datetime import date, datetime, time

import pytest
from pytest_django.fixtures import Settings

from branches.models import User
from tasks.reminders.hours import Hours
from tasks.workdays import Workdays
from tests.factories import at

DAYS = Workdays()
ANYBODY = User(username="anybody")


@pytest.mark.parametrize(
    ("now", "open_again"),
    [
        pytest.param(at(date(2026, 5, 12), 9), at(date(2026, 5, 12), 9), id="in the morning"),
        pytest.param(at(date(2026, 5, 12), 0), at(date(2026, 5, 12), 8), id="after midnight"),
        pytest.param(at(date(2026, 5, 12), 7, 59), at(date(2026, 5, 12), 8), id="a minute too early"),
        pytest.param(at(date(2026, 5, 12), 19, 59), at(date(2026, 5, 12), 19, 59), id="the last minute"),
        pytest.param(at(date(2026, 5, 12), 20), at(date(2026, 5, 13), 8), id="in the evening"),
        pytest.param(at(date(2026, 5, 15), 21), at(date(2026, 5, 18), 8), id="on Friday evening"),
        pytest.param(at(date(2026, 5, 9), 10), at(date(2026, 5, 9), 10), id="on a make-up Saturday"),
        pytest.param(at(date(2026, 2, 14), 20), at(date(2026, 2, 24), 8), id="before Spring Festival"),
        pytest.param(at(date(2026, 10, 3), 12), at(date(2026, 10, 8), 8), id="on National Day"),
    ],
)
def test_next_open(now: datetime, open_again: datetime) -> None:
    hours = Hours.of(ANYBODY, DAYS)

    assert hours.next_open(now) == open_again
    assert hours.is_open(now) == (now == open_again)


@pytest.mark.parametrize(
    ("now", "hour", "moment"),
    [
        (at(date(2026, 5, 12), 0), 9, at(date(2026, 5, 12), 9)),
        (at(date(2026, 5, 12), 11), 9, at(date(2026, 5, 12), 11)),
        (at(date(2026, 5, 12), 22), 9, at(date(2026, 5, 13), 9)),
    ],
)
def test_digest_goes_at_the_hour_of_the_body(now: datetime, hour: int, moment: datetime) -> None:
    assert Hours.of(ANYBODY, DAYS, hour).digest_moment(now) == moment


@pytest.mark.parametrize(
    ("quiet", "now", "open_again"),
    [
        ((time(18), time(9)), at(date(2026, 5, 12), 8), at(date(2026, 5, 12), 9)),
        ((time(18), time(9)), at(date(2026, 5, 12), 18), at(date(2026, 5, 13), 9)),
        ((time(12), time(14)), at(date(2026, 5, 12), 12, 30), at(date(2026, 5, 12), 14)),
        ((time(12), time(14)), at(date(2026, 5, 12), 11), at(date(2026, 5, 12), 11)),
        ((time(6), time(22)), at(date(2026, 5, 12), 11), at(date(2026, 5, 12), 11)),  # would never be told anything
    ],
)
def test_personal_quiet_hours(quiet: tuple[time, time], now: datetime, open_again: datetime) -> None:
    user = User(username="quiet", quiet_from=quiet[0], quiet_until=quiet[1])

    assert Hours.of(user, DAYS).next_open(now) == open_again


def test_a_demo_has_no_night_but_days_off(settings: Settings) -> None:
    settings.DEMO = True
    hours = Hours.of(ANYBODY, DAYS, 9)

    assert hours.digest_moment(at(date(2026, 5, 12), 23, 30)) == at(date(2026, 5, 12), 23, 30)
    assert hours.digest_moment(at(date(2026, 5, 16), 10)) == at(date(2026, 5, 18), 0)
