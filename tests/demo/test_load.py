"""`manage.py load_demo`: once, the same every time, only where a demo is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from branches.models import Membership, Post, Unit, User
from tasks.models import Assignment, Event, Report, StoredFile, TaskText
from tests.demo.conftest import NEW_YEAR, demo_on

pytestmark = pytest.mark.django_db
EVERYTHING = (Unit, User, Post, Membership, Assignment, Event, Report, StoredFile, TaskText)


def told() -> list[tuple[object, ...]]:
    """The whole story without the numbers that the database gives."""
    events = Event.objects.order_by("at", "operation", "assignment__unit__code", "task__position", "pk")
    return list(
        events.values_list(
            "at", "move", "by__username", "list__title", "task__number", "assignment__unit__code", "assignment__person__username",
            "assignment__due_on", "assignment__stage", "reason", "operation",
        )
    )  # fmt: skip


def test_two_loads_of_one_day_are_the_same(tmp_path: Path) -> None:
    with demo_on(NEW_YEAR, tmp_path / "one"):
        first, counts = told(), [model.objects.count() for model in EVERYTHING]
    with demo_on(NEW_YEAR, tmp_path / "two"):
        assert [model.objects.count() for model in EVERYTHING] == counts
        assert told() == first


def test_a_site_refuses_the_demo() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError, match="DEMO"):
        call_command("load_demo")
    assert not Unit.objects.exists()
