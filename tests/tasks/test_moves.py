"""Random people making random moves: only the arrows of design 4 are walked, by the right side, and the history tells it all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.writing import Invalid, Refused
from tasks import actions, rules
from tasks.models import Assignment, Event
from tasks.states import MOVES, Side, Stage
from tests.conftest import Cast, make_cast
from tests.factories import at, op

PEOPLE = [
    "secretary",
    "second",
    "leader",
    "clerk",
    "county_secretary",
    "member",
    "head_a",
    "stranger",
    "admin",
    "auditor",
]
PLAIN = ["suspend", "resume", "cancel", "terminate", "not_applicable"]
DEEDS = ["progress", "report", "take_back", "approve", "return", *PLAIN]
START = date(2026, 5, 12)


def do(row: Assignment, deed: str, cast: Cast, who: str, day: date) -> None:
    by, now = cast.person(who), at(day)
    if deed in ("progress", "report"):
        actions.report(row, done=deed == "report", text="进展", late_reason="其他", by=by, op=op(), now=now)
    elif deed == "take_back":
        actions.take_back(row, by=by, op=op(), now=now)
    elif deed == "approve":
        actions.approve(row, by=by, op=op(), now=now)
    elif deed == "return":
        actions.return_report(row, reason="缺材料", by=by, op=op(), now=now)
    else:
        actions.move(row, deed, by=by, op=op(), now=now, reason="说明原因")


def holds(row: Assignment, last_days_late: int) -> None:
    """What must be true of a row after every move (I-21 to I-25 as design 4 restates them)."""
    assert (row.stage == Stage.COMPLETED) == (row.completed_on is not None)
    assert (row.stage == Stage.SUSPENDED) == bool(row.suspended_from)
    assert (row.stage == Stage.STOPPED) == bool(row.stop)
    assert row.days_late >= last_days_late
    assert row.original_due_on == date(2026, 5, 20)
    lines = list(Event.objects.filter(assignment=row).order_by("pk"))
    stages = [line.from_stage for line in lines] + [row.stage]
    assert stages[0] == Stage.ISSUED
    for line, then in zip(lines, stages[1:], strict=True):
        assert line.to_stage == then
        assert line.from_stage in MOVES[line.move].sources
        if MOVES[line.move].side == Side.REVIEWER:
            author = row.reports.filter(kind="completion", at__lte=line.at).first()
            assert author is not None
            assert line.by_id != author.by_id


@pytest.mark.usefixtures("db")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(DEEDS), st.sampled_from(PEOPLE), st.integers(0, 3)), min_size=4, max_size=24
    )
)
def test_random_moves_keep_every_promise(steps: list[tuple[str, str, int]]) -> None:
    with transaction.atomic():
        cast = make_cast()
        row, day, late = cast.to_branch_a, START, 0
        for deed, who, wait in steps:
            day += timedelta(days=wait)
            before, count = (row.stage, row.version), Event.objects.filter(assignment=row).count()
            arrow = "progress" if deed == "progress" else deed
            could = bool(rules.may(rules.Actor.of(cast.person(who), day), row, arrow))
            try:
                with transaction.atomic():
                    do(row, deed, cast, who, day)
                done = True
            except Invalid:
                raise  # these moves carry all the words that are needed
            except (PermissionDenied, Refused):
                done = False
            row.refresh_from_db()
            assert done == could
            if not done:
                assert (row.stage, row.version) == before
                assert Event.objects.filter(assignment=row).count() == count
            holds(row, late)
            late = row.days_late
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", sorted(MOVES))
def test_every_arrow_is_closed_to_bystanders(cast: Cast, name: str) -> None:
    for stage in MOVES[name].sources:
        cast.to_branch_a.stage = stage
        cast.to_branch_a.review_unit = cast.county_a
        for who in ("stranger", "foreigner", "secretary", "leader", "nobody", "auditor", "system_admin"):
            assert not rules.may(rules.Actor.of(cast.person(who), START), cast.to_branch_a, name, barred=set())
