"""`manage.py simulate`: a whole world or nothing, the same for the same seed, with every promise of the database in place."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from branches.models import DemoState, Unit
from tasks.models import Assignment, Event, TaskList
from tests.factories import make_unit
from tests.simulation.conftest import TODAY, world_on

pytestmark = pytest.mark.django_db
KEPT = """
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
UNION ALL SELECT 'trigger', tgrelid::regclass || tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
"""


CASTS = re.compile(r"::[a-z ]+(\[\])?|[()\s]")  # PostgreSQL writes them elsewhere when it reads its own words again


def promises() -> set[tuple[str, str, str]]:
    """Every index, constraint and trigger of the database."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT)
        return {(kind, name, CASTS.sub("", rule)) for kind, name, rule in cursor.fetchall()}


def told() -> list[tuple[object, ...]]:
    """The whole story."""
    return list(Event.objects.order_by("pk").values_list("pk", "at", "move", "assignment_id", "by__username"))


def test_the_same_seed_is_the_same_world_and_another_is_not() -> None:
    with world_on(TODAY, seed=7, years=1):
        first = told()
    with world_on(TODAY, seed=7, years=1):
        assert [row[1:3] for row in told()] == [row[1:3] for row in first]
    with world_on(TODAY, seed=8, years=1):
        assert [row[1:3] for row in told()] != [row[1:3] for row in first]


def test_indexes_constraints_and_triggers_are_back() -> None:
    before = promises()
    with world_on(TODAY, years=1):
        after = promises()

    assert len(before) > 300
    assert after == before


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 25), date(2028, 2, 29)], ids=str)
def test_a_world_can_be_made_on_any_day(day: date) -> None:
    with world_on(day, years=2):
        assert Assignment.objects.exists()


def test_a_database_that_holds_something_is_refused() -> None:
    make_unit("示例市政协", "body")

    with override_settings(DEMO=True), pytest.raises(CommandError, match="not empty"):
        call_command("simulate", scale="tiny")
    assert not TaskList.objects.exists()
    assert not DemoState.objects.exists()


def test_a_site_refuses_a_simulated_world() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="DEMO"):
        call_command("simulate", scale="tiny")
    assert not Unit.objects.exists()
