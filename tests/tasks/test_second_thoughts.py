"""What is undone, opened again or handed on keeps the dates that were given: nobody is late by another's second thoughts."""

from __future__ import annotations

from datetime import date

import pytest

from branches.roles import Role
from branches.writing import Invalid, NotPossible
from tasks import actions
from tasks.actions.handovers import hand_over
from tasks.models import Assignment, Delivery
from tasks.plans import ReceiverPlan
from tasks.states import ReceiverRole, Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_post, make_unit, make_user, op, reported

DUE = date(2026, 5, 20)
LATER = date(2026, 5, 25)


def returned(cast: Cast) -> Assignment:
    """The branch's row, reported on its due day and returned two days later: to be supplemented by 27 May."""
    row = reported(cast.to_branch_a, cast.member, DUE)
    return actions.return_report(row, reason="缺材料", by=cast.county_secretary, op=op(), now=at(date(2026, 5, 22)))


def test_a_supplement_taken_back_still_has_its_supplement_date(cast: Cast) -> None:
    row = returned(cast)
    actions.report(row, done=True, text="补充", by=cast.member, op=op(), now=at(LATER))

    actions.take_back(row, by=cast.member, op=op(), now=at(LATER))

    assert (row.stage, row.supplement_by, row.reported_on) == (Stage.RETURNED, date(2026, 5, 27), DUE)
    assert not row.is_overdue(date(2026, 5, 27))
    assert row.is_overdue(date(2026, 5, 28))


def test_completed_work_opened_again_is_supplemented_by_a_date(cast: Cast) -> None:
    row = reported(cast.to_branch_a, cast.member, DUE)
    actions.approve(row, by=cast.county_secretary, op=op(), now=at(date(2026, 5, 22)))

    actions.move(row, "reopen", reason="数字有误", by=cast.county_head, op=op(), now=at(date(2026, 6, 1)))

    assert (row.stage, row.completed_on, row.reported_on, row.days_late) == (Stage.RETURNED, None, DUE, 0)
    assert not row.is_overdue(date(2026, 6, 4))
    actions.report(row, done=True, text="已改正", by=cast.member, op=op(), now=at(date(2026, 6, 2)))
    actions.take_back(row, by=cast.member, op=op(), now=at(date(2026, 6, 2)))
    assert row.reported_on == DUE  # the first submission was made, whatever becomes of this one


def test_a_part_is_not_opened_again_under_completed_work(cast: Cast) -> None:
    part = make_assignment(cast.branch_a.unit, cast.county_list, source=cast.to_county_a)
    reported(part, cast.member, DUE)
    actions.approve(part, by=cast.county_secretary, op=op(), now=at(DUE))
    whole = reported(cast.to_county_a, cast.county_secretary, DUE)
    actions.approve(whole, by=cast.secretary, op=op(), now=at(LATER))

    with pytest.raises(NotPossible):
        actions.move(part, "reopen", reason="数字有误", by=cast.county_head, op=op(), now=at(LATER))
    actions.move(whole, "reopen", reason="数字有误", by=cast.secretary, op=op(), now=at(LATER))
    actions.move(part, "reopen", reason="数字有误", by=cast.county_head, op=op(), now=at(LATER))

    part.refresh_from_db()
    assert part.stage == Stage.RETURNED


def test_work_broken_down_after_a_return_keeps_its_supplement_date(cast: Cast) -> None:
    row = reported(cast.to_county_a, cast.county_secretary, date(2026, 6, 30))
    actions.return_report(row, reason="缺材料", by=cast.secretary, op=op(), now=at(date(2026, 7, 1)))
    delivery = Delivery.objects.create(
        list=cast.city_list, body=cast.county_a, delivered_at=at(date(2026, 3, 5)), sign_by=date(2026, 3, 10), edition=1
    )

    parts = [actions.BreakRow(row.task_id, [ReceiverPlan(ReceiverRole.LEAD, unit=cast.branch_a.unit)])]
    actions.break_down(delivery, parts, "分解", by=cast.county_secretary, op=op(), now=at(date(2026, 7, 2)))

    row.refresh_from_db()
    assert (row.stage, row.broken_down) == (Stage.RETURNED, True)
    assert not row.is_overdue(date(2026, 7, 3))
    assert [line.from_stage for line in row.events.filter(move="break_down")] == [Stage.RETURNED]


def test_work_without_a_single_date_is_broken_down_without_one(cast: Cast) -> None:
    row = make_assignment(cast.county_a, cast.city_list, due_on=None)
    delivery = Delivery.objects.create(
        list=cast.city_list, body=cast.county_a, delivered_at=at(date(2026, 3, 5)), sign_by=date(2026, 3, 10), edition=1
    )
    part = actions.BreakRow(row.task_id, [ReceiverPlan(ReceiverRole.LEAD, unit=cast.branch_a.unit)], due_on=DUE)

    with pytest.raises(Invalid):
        actions.break_down(delivery, [part], "分解", by=cast.county_secretary, op=op(), now=at(cast.today))
    assert not Assignment.objects.filter(source=row).exists()


def test_who_supported_takes_the_lead_over_with_the_work(cast: Cast) -> None:
    heir = make_unit("研究室", "office", cast.city)
    make_post(make_user("研究室主任"), heir, Role.HEAD)
    row = cast.to_office
    make_assignment(
        heir, cast.city_list, task=row.task, due_on=row.due_on, role=ReceiverRole.SUPPORT, owes_report=False
    )

    found = hand_over(row, heir, reason="职能调整", by=cast.secretary, op=op(), now=at(cast.today))

    assert (found.unit, found.role, found.owes_report) == (heir, ReceiverRole.LEAD, True)
    assert found.is_overdue(date(2026, 5, 15))
