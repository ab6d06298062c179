"""A branch that met less often than it is asked to hears of it once, when the period is over and while it is true."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from activities.models import Cadence
from tasks.models import Notice, Reminder
from tasks.reminders.plan import plan
from tasks.reminders.send import send_some
from tests.activities.factories import make_meeting
from tests.conftest import Cast
from tests.factories import at

APRIL_IS_OVER = date(2026, 5, 6)  # the first working day after it


@pytest.fixture(autouse=True)
def _site(settings: Any, clock_at: Any) -> None:
    settings.DEMO = False
    clock_at(APRIL_IS_OVER)


def told() -> set[tuple[str, int]]:
    return set(Reminder.objects.filter(kind="shortage").values_list("recipient__username", "subject_id"))


def test_its_desk_is_told_on_the_first_working_day_after_the_period(cast: Cast) -> None:
    plan(at(date(2026, 4, 30)))
    plan(at(date(2026, 5, 5), 23))
    assert told() == set()

    for hour in (8, 9, 15):
        plan(at(APRIL_IS_OVER, hour))

    assert (cast.head_a.username, cast.branch_a.pk) in told()
    assert Notice.objects.filter(kind="shortage", recipient=cast.head_a).count() == 1
    assert not {name for name, _branch in told()} & {
        cast.secretary.username,
        cast.leader.username,
        cast.foreigner.username,
    }


def test_a_branch_that_met_is_not_told(cast: Cast) -> None:
    make_meeting(cast.branch_a, cast.head_a, date(2026, 4, 9))
    plan(at(APRIL_IS_OVER))
    assert cast.branch_a.pk not in {branch for _name, branch in told()}


def test_a_record_made_before_the_mail_goes_stops_it(cast: Cast) -> None:
    plan(at(APRIL_IS_OVER, 1))
    make_meeting(cast.branch_a, cast.head_a, date(2026, 4, 9))
    send_some(at(APRIL_IS_OVER, 9))
    states = Reminder.objects.filter(kind="shortage", subject_id=cast.branch_a.pk).values_list("state", flat=True)
    assert set(states) == {"cancelled"}


def test_where_no_number_is_asked_for_nothing_is_short(cast: Cast) -> None:
    Cadence.objects.update(count=0)
    plan(at(APRIL_IS_OVER))
    assert told() == set()


def test_nobody_hears_of_it_a_week_later(cast: Cast) -> None:
    plan(at(date(2026, 5, 14)))
    assert told() == set()
