"""Work changes hands, and what ended branches leave behind (design 3, 4; cases.md 1 and 9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from branches.models import Unit
from branches.writing import Invalid, NotPossible
from tasks import actions
from tasks.actions.handovers import drop, hand_over, stop_ended_work
from tasks.models import Assignment, Event
from tasks.queries.handovers import left_work
from tasks.rules import Actor
from tasks.states import Stage, Stop
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_report, op

NOW = at(date(2026, 5, 12))
TODAY = date(2026, 5, 12)


def end(cast: Cast, on: date) -> Unit:
    """The temporary branch of county A ends on the day `on`."""
    unit = cast.temporary_a.unit
    Unit.objects.filter(pk=unit.pk).update(ends_on=on)
    unit.refresh_from_db()
    return unit


def test_an_heir_goes_on_with_the_same_dates(cast: Cast) -> None:
    row = cast.to_office
    Assignment.objects.filter(pk=row.pk).update(due_on=date(2026, 6, 20), extensions=1, due_revision=2)

    heir = hand_over(row, cast.committee, reason="职责调整", by=cast.secretary, op=op(), now=NOW)

    row.refresh_from_db()
    assert (row.stage, row.stop, row.heir_id) == (Stage.STOPPED, Stop.HANDED_OVER, heir.pk)
    assert (heir.unit, heir.stage, heir.due_on, heir.original_due_on, heir.extensions) == (
        cast.committee,
        Stage.ISSUED,
        date(2026, 6, 20),
        date(2026, 5, 14),
        1,
    )
    assert Event.objects.filter(assignment=heir, move="taken_over").count() == 1


def test_a_double_click_makes_one_heir(cast: Cast) -> None:
    same = op()
    for _time in range(2):
        heir = hand_over(cast.to_office, cast.committee, reason="调整", by=cast.secretary, op=same, now=NOW)
    assert Assignment.objects.filter(task=cast.to_office.task, unit=cast.committee).get() == heir


def test_a_unit_that_has_the_work_already_is_the_heir(cast: Cast) -> None:
    """cases.md 9: two branches merge; their open work goes on as one row."""
    own = make_assignment(cast.committee, cast.city_list, task=cast.to_office.task, due_on=cast.to_office.due_on)
    assert own.period_id == cast.to_office.period_id

    assert hand_over(cast.to_office, cast.committee, reason="合并", by=cast.secretary, op=op(), now=NOW) == own


def test_only_the_issuer_hands_over_and_only_to_whom_it_may_give(cast: Cast) -> None:
    for person in (cast.clerk, cast.county_secretary, cast.leader):
        with pytest.raises(PermissionDenied):
            hand_over(cast.to_office, cast.committee, reason="x", by=person, op=op(), now=NOW)
    for unit in (cast.foreign_city, cast.city_office, cast.branch_a.unit):
        with pytest.raises(Invalid) as error:
            hand_over(cast.to_office, unit, reason="x", by=cast.secretary, op=op(), now=NOW)
        assert "unit" in error.value.details
    cast.to_office.refresh_from_db()
    assert cast.to_office.stage == Stage.ISSUED


def test_parts_follow_their_source_within_the_body(cast: Cast) -> None:
    part = cast.to_branch_a
    source = make_assignment(cast.county_a_office, cast.county_list, due_on=date(2026, 6, 30), broken_down=True)
    Assignment.objects.filter(pk=part.pk).update(source=source)

    heir = hand_over(source, cast.branch_a.unit, reason="调整", by=cast.county_secretary, op=op(), now=NOW)

    part.refresh_from_db()
    assert (part.source_id, heir.broken_down) == (heir.pk, True)


def test_the_sweep_stops_what_an_ended_branch_still_had_open(cast: Cast) -> None:
    unit = cast.temporary_a.unit
    open_row = make_assignment(unit, cast.county_list, content="临时支部任务")
    handed_in = make_assignment(unit, cast.county_list, content="已报送的任务")
    make_report(handed_in, cast.member, NOW)
    Assignment.objects.filter(pk=handed_in.pk).update(stage=Stage.REPORTED, reported_on=TODAY, submitted_at=NOW)
    end(cast, TODAY)

    assert (stop_ended_work(NOW), stop_ended_work(NOW)) == (1, 0)

    open_row.refresh_from_db()
    handed_in.refresh_from_db()
    assert (open_row.stage, open_row.stop) == (Stage.STOPPED, Stop.BRANCH_ENDED)
    assert handed_in.stage == Stage.REPORTED  # what was handed in before the end may still be reviewed
    assert Event.objects.get(assignment=open_row, move="branch_ended").by is None


def test_case_1_the_approving_unit_decides_on_what_a_temporary_branch_leaves(cast: Cast) -> None:
    """cases.md 1: one of three branches is temporary and ends midway."""
    rows = [make_assignment(cast.temporary_a.unit, cast.county_list, content=f"任务{n}") for n in "甲乙"]
    end(cast, TODAY)
    stop_ended_work(NOW)
    approver = Actor.of(cast.county_secretary, TODAY)
    assert set(left_work(approver)) == set(rows)
    assert not left_work(Actor.of(cast.stranger, TODAY)).exists()

    heir = hand_over(rows[0], cast.branch_a.unit, reason="支部结束", by=cast.county_secretary, op=op(), now=NOW)
    drop(rows[1], reason="不再需要", by=cast.county_secretary, op=op(), now=NOW)

    rows[0].refresh_from_db()
    assert (rows[0].stop, rows[0].heir_id) == (Stop.BRANCH_ENDED, heir.pk)
    assert not left_work(approver).exists()
    for row in rows:
        with pytest.raises(NotPossible):
            drop(row, reason="再次", by=cast.county_secretary, op=op(), now=NOW)


def test_two_weeks_before_the_end_its_open_work_is_shown(cast: Cast) -> None:
    row = make_assignment(cast.temporary_a.unit, cast.county_list, content="快到期的任务")
    approver = Actor.of(cast.county_secretary, TODAY)
    for days, shown in ((15, False), (14, True)):
        end(cast, date.fromordinal(TODAY.toordinal() + days))
        assert (row in left_work(approver)) is shown


def test_the_pages_hand_over_and_drop(cast: Cast, client: Client, clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    address = f"/a/{cast.to_office.pk}/hand-over/"
    assert client.get(address).status_code == 200
    sent = {"unit": cast.committee.pk, "reason": "", "op": str(op())}
    refused = client.post(address, sent)
    assert (refused.status_code, refused.context["form"].errors.keys()) == (400, {"reason"})
    assert client.post(address, sent | {"reason": "调整", "op": str(op())}).status_code == 302

    row = make_assignment(cast.temporary_a.unit, cast.county_list, content="遗留任务")
    end(cast, TODAY)
    stop_ended_work(NOW)
    client.force_login(cast.county_secretary)
    assert "遗留任务" in client.get("/left/").content.decode()
    assert client.post("/left/", {"reason": "不再需要", "drop": "1", "op": str(op())}).status_code == 400
    dropped = {"pick": [row.pk], "unit": "", "reason": "不再需要", "drop": "1", "op": str(op())}
    assert client.post("/left/", dropped).status_code == 302
    assert Event.objects.filter(assignment=row, move="dropped").exists()


def test_a_completed_row_is_not_handed_over(cast: Cast) -> None:
    actions.move(cast.to_office, "cancel", reason="撤销", by=cast.secretary, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        hand_over(cast.to_office, cast.committee, reason="x", by=cast.secretary, op=op(), now=NOW)
