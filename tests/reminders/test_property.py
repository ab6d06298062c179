"""Whenever and in whatever order somebody plans, the ledger names the same occasions as one who looked once a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.models import Reminder
from tasks.reminders.plan import plan
from tests.factories import at
from tests.reminders.conftest import World, identities
from tests.reminders.oracle import days_between

FIRST, LAST = date(2026, 2, 9), date(2026, 3, 6)  # over Spring Festival and a month end
# due and issued, in days from FIRST
ROWS = [(number * 2, issued) for number in range(14) for issued in (-60, number * 2 - 1)]
instants = st.builds(
    lambda day, minute: at(FIRST) + timedelta(days=day, minutes=minute),
    st.integers(0, 25),
    st.integers(-9 * 60, 14 * 60),
)


class Undo(Exception):
    """Takes back what an example wrote."""


def planned() -> set[tuple[Any, ...]]:
    """All but what the level above is told: that waits until somebody was told below, and so until somebody looked."""
    return {one for one in identities() if one[0] != "escalated"}


def once_a_day(world: World) -> dict[date, set[tuple[Any, ...]]]:
    """What the ledger names at the end of each day when somebody plans every morning."""
    found = {}
    for day in days_between(FIRST - timedelta(days=1), LAST + timedelta(days=1)):
        plan(at(day))
        found[day] = planned()
    Reminder.objects.all().delete()
    return found


def test_planning_at_any_instants_is_planning_once_a_day(world: World) -> None:
    for due, issued in ROWS:
        world.give(world.office, FIRST + timedelta(days=due), issued_on=FIRST + timedelta(days=issued))
    world.give(world.branch.unit, date(2026, 2, 20))
    expected = once_a_day(world)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(instants, min_size=1, max_size=5))
    def holds(moments: list[Any]) -> None:
        try:
            with transaction.atomic():
                for moment in moments:
                    plan(moment)
                named = planned()
                said = set(Reminder.objects.filter(state="ready").values_list("subject_id", "recipient"))
                assert Reminder.objects.filter(state="ready").count() == len(said)  # one stage a row and person at most
                raise Undo
        except Undo:
            pass
        assert named == expected[max(moments).date()]

    holds()
