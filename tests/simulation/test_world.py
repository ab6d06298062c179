"""What a simulated world holds, and that a fault in it is found."""

from __future__ import annotations

from datetime import date

import pytest

from branches.models import Unit, User
from cppcc_party.simulation import checking
from cppcc_party.simulation.copying import Tables
from cppcc_party.simulation.world import FILLED
from tasks.models import Assignment, Delivery, Event, Report
from tasks.states import OPEN, Stage
from tests.simulation.conftest import TODAY

pytestmark = pytest.mark.django_db


def test_the_world_says_what_it_holds(world: str) -> None:
    assert f"{Assignment.objects.count():,} Assignment" in world
    assert Unit.objects.filter(kind="body").count() == 3
    assert Unit.objects.count() == 48


def test_every_stage_and_every_kind_of_row_is_there(world: str) -> None:
    rows = Assignment.objects.all()

    assert {Stage.COMPLETED, Stage.REPORTED, Stage.ISSUED, Stage.STOPPED} <= set(rows.values_list("stage", flat=True))
    assert rows.filter(broken_down=True).exists()
    assert rows.filter(source__isnull=False).exists()
    assert rows.filter(role="support").exists()
    assert rows.filter(stage__in=OPEN).exists()
    assert rows.exclude(late_reason="").exists()
    assert Delivery.objects.filter(signed_at__isnull=False).exists()
    assert set(rows.dates("issued_on", "year")) == {date(year, 1, 1) for year in (2024, 2025, 2026)}


def test_nothing_has_happened_that_lies_ahead(world: str) -> None:
    assert Event.objects.latest("at").at.date() < TODAY
    assert not Assignment.objects.filter(issued_on__gte=TODAY).exists()


def test_the_five_whom_a_demo_lets_in_serve_here(world: str) -> None:
    found = User.objects.filter(username__startswith="demo-").values_list("username", "posts__unit__body__name")

    assert len(found) == 5
    assert all(body for _name, body in found)


def test_a_fault_is_found(world: str) -> None:
    tables = Tables(*FILLED)
    for table in tables.all.values():
        table.first = table.last - table.model._default_manager.count()
    row = Assignment.objects.filter(stage=Stage.COMPLETED, reports__isnull=False).first()
    assert row is not None
    Assignment.objects.filter(pk=row.pk).update(stage=Stage.IN_PROGRESS, completed_on=None, version=row.version + 1)
    Unit.objects.filter(depth=1).update(numchild=1)
    tables[Report].last += 1

    found = checking.faults(tables, 49, TODAY)

    words = "\n".join(found)
    assert "rows of tasks_report were said" in words
    assert "49 units were said, 48 are there" in words
    assert "1 × row that is not reported and has a submission" in words
    assert "1 × row whose history ends elsewhere" in words
    assert "1 × row whose version is not the number of its events" in words
    assert "1 × unit that miscounts what is below it" in words
