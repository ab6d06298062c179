"""The way of a list through the actions: published, signed for, broken down, reported, returned, supplemented, approved."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from branches.models import UnitGroup
from branches.writing import Invalid, NotPossible
from tasks import actions, rules
from tasks.models import Assignment, Delivery, Event, Step, TaskList
from tasks.plans import ListPlan, Past, ReceiverPlan, Settlement, Span, StepPlan, TaskPlan
from tasks.states import ReceiverRole, Stage
from tests.conftest import Cast
from tests.factories import at, op

LEAD, SUPPORT = ReceiverRole.LEAD, ReceiverRole.SUPPORT
PUBLISHED = at(date(2026, 5, 12))


def by_day(day: date) -> StepPlan:
    return StepPlan("6月底前", Step.Kind.BY, [Span(date(2026, 1, 1), day)])


def monthly() -> StepPlan:
    spans = [Span(date(2026, month, 1), date(2026, month, 26)) for month in (5, 6, 7)]
    return StepPlan("每月26日前", Step.Kind.EVERY, spans, rule="FREQ=MONTHLY;BYMONTHDAY=26")


def counties() -> UnitGroup:
    return UnitGroup.objects.get(name="各县（市、区）政协")


def a_plan(cast: Cast, **fields: object) -> ListPlan:
    tasks = [
        TaskPlan(
            "1",
            "报送品牌案例",
            [by_day(date(2026, 6, 30))],
            [
                ReceiverPlan(LEAD, group=counties(), written="各县（市、区）政协"),
                ReceiverPlan(SUPPORT, unit=cast.city_office),
            ],
        ),
        TaskPlan(
            "2",
            "报送信息",
            [monthly()],
            [ReceiverPlan(LEAD, unit=cast.county_a), ReceiverPlan(LEAD, unit=cast.committee)],
        ),
    ]
    return ListPlan(**({"title": "2026年清单", "year": 2026, "issuer": cast.city, "tasks": tasks} | fields))  # type: ignore[arg-type]


def test_publish_gives_each_receiver_its_own_row(cast: Cast) -> None:
    published = actions.issue(a_plan(cast), by=cast.secretary, op=op(), now=PUBLISHED)

    rows = Assignment.objects.filter(list=published).order_by("task__position", "unit_path", "due_on")
    assert [(r.task.number, r.unit.name, r.role, r.due_on) for r in rows] == [
        ("1", "办公室", SUPPORT, date(2026, 6, 30)),
        ("1", "甲区政协", LEAD, date(2026, 6, 30)),
        ("1", "乙区政协", LEAD, date(2026, 6, 30)),
        ("2", "提案委员会", LEAD, date(2026, 5, 26)),
        ("2", "甲区政协", LEAD, date(2026, 5, 26)),
    ]
    assert {d.body for d in Delivery.objects.filter(list=published)} == {cast.county_a, cast.county_b}


def test_publish_twice_with_one_operation_is_one_list(cast: Cast) -> None:
    same = op()

    first = actions.issue(a_plan(cast), by=cast.secretary, op=same, now=PUBLISHED)
    second = actions.issue(a_plan(cast), by=cast.secretary, op=same, now=PUBLISHED)

    assert first == second
    assert TaskList.objects.filter(title="2026年清单").count() == 1


def test_publish_is_refused_to_another_body(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        actions.issue(a_plan(cast), by=cast.stranger, op=op(), now=PUBLISHED)


def test_past_due_dates_block_until_answered(cast: Cast) -> None:
    past = date(2026, 3, 31)
    task = TaskPlan("1", "制定要点", [by_day(past)], [ReceiverPlan(LEAD, unit=cast.committee)])

    with pytest.raises(Invalid):
        actions.issue(a_plan(cast, tasks=[task]), by=cast.secretary, op=op(), now=PUBLISHED)
    settled = {past: Settlement(Past.FINISHED, date(2026, 4, 2))}
    published = actions.issue(
        a_plan(cast, tasks=[task], settlements=settled), by=cast.secretary, op=op(), now=PUBLISHED
    )

    row = Assignment.objects.get(list=published)
    assert (row.stage, row.completed_on, row.days_late) == (Stage.COMPLETED, date(2026, 4, 2), 2)


def test_a_period_opens_when_it_begins_and_only_once(cast: Cast) -> None:
    published = actions.issue(a_plan(cast), by=cast.secretary, op=op(), now=PUBLISHED)

    opened = [actions.open_due_periods(at(day)) for day in (date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 1))]

    assert opened == [0, 1, 0]
    assert Assignment.objects.filter(list=published, due_on=date(2026, 6, 26)).count() == 2


def test_a_county_signs_breaks_down_reports_and_is_reviewed(cast: Cast) -> None:
    published = actions.issue(a_plan(cast), by=cast.secretary, op=op(), now=PUBLISHED)
    delivery = Delivery.objects.get(list=published, body=cast.county_a)
    tasks = list(published.tasks.order_by("position"))
    rows = [actions.BreakRow(task.pk, [ReceiverPlan(LEAD, unit=cast.branch_a.unit)]) for task in tasks]

    own = actions.break_down(
        delivery, rows, "甲区分解清单", by=cast.county_secretary, op=op(), now=at(date(2026, 5, 13))
    )
    assert own is not None
    child = Assignment.objects.get(list=own, task__number="1")
    parent = Assignment.objects.get(list=published, task__number="1", unit=cast.county_a)
    assert (child.source, child.due_on, parent.stage, parent.broken_down) == (
        parent,
        date(2026, 6, 30),
        Stage.IN_PROGRESS,
        True,
    )
    with pytest.raises(NotPossible):
        actions.report(parent, done=True, text="都办完了", by=cast.county_secretary, op=op(), now=at(date(2026, 5, 20)))

    actions.report(child, done=True, text="已报送", by=cast.member, op=op(), now=at(date(2026, 5, 20)))
    assert list(rules.review_queue(cast.county_secretary, date(2026, 5, 20))) == [child]
    with pytest.raises(PermissionDenied):
        actions.approve(child, by=cast.secretary, op=op(), now=at(date(2026, 5, 21)))
    actions.return_report(child, reason="缺材料", by=cast.county_secretary, op=op(), now=at(date(2026, 5, 21)))
    assert child.supplement_by == date(2026, 5, 26)
    actions.report(child, done=True, text="已补充", by=cast.member, op=op(), now=at(date(2026, 5, 25)))
    actions.approve(child, by=cast.county_head, op=op(), now=at(date(2026, 5, 26)))
    with pytest.raises(NotPossible):
        actions.approve(child, by=cast.county_secretary, op=op(), now=at(date(2026, 5, 26)))
    actions.report(parent, done=True, text="都办完了", by=cast.county_secretary, op=op(), now=at(date(2026, 5, 27)))

    assert (child.stage, child.days_late, parent.stage) == (Stage.COMPLETED, 0, Stage.REPORTED)
    assert [e.move for e in Event.objects.filter(assignment=child).order_by("pk")] == [
        "issued",
        "report",
        "return",
        "report",
        "approve",
    ]


def test_later_periods_of_a_broken_down_task_follow_their_source(cast: Cast) -> None:
    published = actions.issue(a_plan(cast), by=cast.secretary, op=op(), now=PUBLISHED)
    delivery = Delivery.objects.get(list=published, body=cast.county_a)
    task = published.tasks.get(number="2")
    row = actions.BreakRow(task.pk, [ReceiverPlan(LEAD, unit=cast.branch_a.unit)])
    own = actions.break_down(
        delivery, [row], "甲区分解清单", by=cast.county_secretary, op=op(), now=at(date(2026, 5, 13))
    )

    actions.open_due_periods(at(date(2026, 6, 1)))

    child = Assignment.objects.get(list=own, due_on=date(2026, 6, 26))
    assert child.source is not None
    assert (child.source.unit, child.source.due_on, child.source.stage) == (
        cast.county_a,
        date(2026, 6, 26),
        Stage.ACKNOWLEDGED,
    )
