"""Undated work: entered event days, dates that are notified later, a number of times, quarterly words (design 4, cases.md 18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils.translation import override

from branches.writing import Invalid, NotPossible
from tasks import actions
from tasks.actions.occasions import enter_day, move_day
from tasks.lights import Thresholds, missed_quarter
from tasks.models import Assignment, Event, Step
from tasks.plans import ListPlan, ReceiverPlan, StepPlan, TaskPlan
from tasks.states import ReceiverRole, Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment, op

LEAD = ReceiverRole.LEAD
PUBLISHED = at(date(2026, 5, 12))
AFTER = StepPlan("会后3个工作日内", Step.Kind.AFTER, offset=3, offset_unit="workday", event="会")
NOTICE = StepPlan("另行通知", Step.Kind.NOTICE)


def issued(cast: Cast, step: StepPlan) -> Step:
    receivers = [ReceiverPlan(LEAD, unit=cast.city_office), ReceiverPlan(LEAD, unit=cast.county_a)]
    plan = ListPlan("会议清单", 2026, cast.city, [TaskPlan("1", "报送会议情况", [step], receivers)])
    published = actions.issue(plan, by=cast.secretary, op=op(), now=PUBLISHED)
    return Step.objects.get(task__list=published)


def dues(step: Step) -> list[tuple[str, date | None]]:
    rows = Assignment.objects.filter(step=step).order_by("due_on", "unit__path")
    return [(row.unit.name, row.due_on) for row in rows]


def test_case_18_an_event_entered_twice_makes_two_instances_and_moves_once(cast: Cast) -> None:
    """cases.md 18: "会后…" for an activity that is entered twice, and once moved."""
    step = issued(cast, AFTER)
    assert dues(step) == [("办公室", None), ("甲区政协", None)]

    first = enter_day(step, date(2026, 5, 14), event="第一次会议", by=cast.secretary, op=op(), now=PUBLISHED)
    assert dues(step) == [("办公室", date(2026, 5, 19)), ("甲区政协", date(2026, 5, 19))]

    second = enter_day(step, date(2026, 6, 1), by=cast.secretary, op=op(), now=PUBLISHED)
    assert dues(step)[2:] == [("办公室", date(2026, 6, 4)), ("甲区政协", date(2026, 6, 4))]

    move_day(second, date(2026, 6, 8), by=cast.secretary, op=op(), now=PUBLISHED)
    assert [day for _name, day in dues(step)] == [date(2026, 5, 19)] * 2 + [date(2026, 6, 11)] * 2
    moved = second.assignments.get(unit=cast.city_office)
    assert (moved.original_due_on, moved.due_revision) == (date(2026, 6, 4), 2)
    assert Event.objects.filter(assignment=moved, move="event_moved").count() == 1
    assert first.assignments.get(unit=cast.city_office).original_due_on == date(2026, 5, 19)


def test_what_was_reported_stays_when_its_event_moves(cast: Cast) -> None:
    step = issued(cast, AFTER)
    period = enter_day(step, date(2026, 5, 14), by=cast.secretary, op=op(), now=PUBLISHED)
    office = period.assignments.get(unit=cast.city_office)
    actions.report(office, done=True, text="已报", by=cast.clerk, op=op(), now=PUBLISHED)

    move_day(period, date(2026, 5, 20), by=cast.secretary, op=op(), now=PUBLISHED)

    assert dues(step) == [("办公室", date(2026, 5, 19)), ("甲区政协", date(2026, 5, 25))]


def test_one_day_is_entered_once(cast: Cast) -> None:
    step, again = issued(cast, AFTER), op()
    enter_day(step, date(2026, 5, 14), by=cast.secretary, op=again, now=PUBLISHED)
    enter_day(step, date(2026, 5, 14), by=cast.secretary, op=again, now=PUBLISHED)

    with pytest.raises(Invalid) as error:
        enter_day(step, date(2026, 5, 14), by=cast.secretary, op=op(), now=PUBLISHED)

    assert "event_on" in error.value.details
    assert len(dues(step)) == 2


def test_a_unit_enters_the_day_of_its_own_meeting_for_itself_alone(cast: Cast) -> None:
    step = issued(cast, AFTER)

    enter_day(step, date(2026, 5, 14), unit=cast.county_a, by=cast.county_secretary, op=op(), now=PUBLISHED)

    assert dues(step) == [("甲区政协", date(2026, 5, 19)), ("办公室", None)]
    with pytest.raises(PermissionDenied):
        enter_day(step, date(2026, 5, 15), by=cast.county_secretary, op=op(), now=PUBLISHED)
    with pytest.raises(PermissionDenied):
        enter_day(step, date(2026, 5, 15), unit=cast.city_office, by=cast.county_secretary, op=op(), now=PUBLISHED)


def test_a_day_whose_due_date_has_passed_asks_by_when(cast: Cast) -> None:
    step = issued(cast, AFTER)
    with pytest.raises(Invalid) as error:
        enter_day(step, date(2026, 5, 6), by=cast.secretary, op=op(), now=PUBLISHED)
    assert "due_on" in error.value.details
    assert dues(step) == [("办公室", None), ("甲区政协", None)]

    enter_day(step, date(2026, 5, 6), due_on=date(2026, 5, 15), by=cast.secretary, op=op(), now=PUBLISHED)
    assert {day for _name, day in dues(step)} == {date(2026, 5, 15)}


def test_a_further_event_passes_those_who_wait_no_longer(cast: Cast) -> None:
    step = issued(cast, AFTER)
    out = Assignment.objects.get(step=step, unit=cast.city_office)
    actions.move(out, "not_applicable", reason="不涉及", by=cast.secretary, op=op(), now=PUBLISHED)

    enter_day(step, date(2026, 5, 14), by=cast.secretary, op=op(), now=PUBLISHED)

    assert dues(step) == [("甲区政协", date(2026, 5, 19)), ("办公室", None)]


def test_a_date_to_be_notified_is_set_once_by_the_issuer(cast: Cast) -> None:
    step = issued(cast, NOTICE)
    row = Assignment.objects.get(step=step, unit=cast.county_a)
    with override("en"):
        assert Thresholds.load(date(2026, 5, 12)).lamp(row).word == "Day not set yet"
    with pytest.raises(PermissionDenied):
        enter_day(step, date(2026, 7, 1), unit=cast.county_a, by=cast.county_secretary, op=op(), now=PUBLISHED)

    enter_day(step, date(2026, 7, 1), by=cast.secretary, op=op(), now=PUBLISHED)

    row.refresh_from_db()
    assert (row.due_on, row.original_due_on, row.due_revision) == (date(2026, 7, 1), date(2026, 7, 1), 2)
    with pytest.raises(NotPossible):
        enter_day(step, date(2026, 8, 1), by=cast.secretary, op=op(), now=PUBLISHED)


def test_a_quota_counts_its_reports_in_one_row(cast: Cast) -> None:
    """cases.md 18: "不少于2次" with three reports."""
    step = issued(cast, StepPlan("不少于2次", Step.Kind.QUOTA, [], count=2))
    row = Assignment.objects.get(step=step, unit=cast.city_office)

    for times in (1, 2, 3):
        actions.report(row, done=times == 3, text=f"第{times}次", times=times, by=cast.clerk, op=op(), now=PUBLISHED)

    assert Assignment.objects.filter(step=step, unit=cast.city_office).count() == 1
    assert (row.stage, row.times, row.times_wanted) == (Stage.REPORTED, 3, 2)
    assert list(row.reports.order_by("pk").values_list("times", flat=True)) == [1, 2, 3]


def test_the_form_asks_for_the_number_only_where_the_task_does(
    cast: Cast, client: Client, clock_at: Callable[..., None]
) -> None:
    clock_at(date(2026, 5, 12))
    counted = issued(cast, StepPlan("不少于2次", Step.Kind.QUOTA, [], count=2))
    client.force_login(cast.clerk)
    row = Assignment.objects.get(step=counted, unit=cast.city_office)
    shown = client.get(f"/a/{row.pk}/update/").content.decode()
    assert 'name="times"' in shown
    assert 'name="times"' not in client.get(f"/a/{cast.to_office.pk}/update/").content.decode()

    sent = {"text": "开展", "times": "两", "done": "0", "version": row.version, "op": str(op())}
    assert client.post(f"/a/{row.pk}/update/", sent).status_code == 400
    assert client.post(f"/a/{row.pk}/update/", sent | {"times": "1", "op": str(op())}).status_code == 302
    row.refresh_from_db()
    assert row.times == 1


@pytest.mark.parametrize(
    ("given_on", "said_on", "on", "missed"),
    [
        (date(2026, 1, 5), None, date(2026, 6, 30), None),  # given out in the quarter that ended
        (date(2026, 1, 5), None, date(2026, 7, 1), date(2026, 4, 1)),
        (date(2026, 1, 5), date(2026, 4, 1), date(2026, 7, 1), None),
        (date(2026, 1, 5), date(2026, 3, 31), date(2026, 7, 1), date(2026, 4, 1)),
        (date(2026, 1, 5), date(2026, 7, 1), date(2026, 7, 1), None),
        (date(2025, 6, 1), None, date(2026, 1, 1), date(2025, 10, 1)),
    ],
)
def test_a_missed_quarter_has_its_own_mark_and_is_never_overdue(
    cast: Cast, given_on: date, said_on: date | None, on: date, missed: date | None
) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=None, issued_on=given_on, said_on=said_on)

    assert row.kind == Step.Kind.ONGOING
    assert missed_quarter(row, on) == missed
    assert not row.is_overdue(on)
    assert bool(Thresholds.load(on).lamp(row).word) == bool(missed)


def test_the_page_of_days_is_for_those_who_see_the_task(
    cast: Cast, client: Client, clock_at: Callable[..., None]
) -> None:
    clock_at(date(2026, 5, 12))
    step = issued(cast, AFTER)
    address = f"/steps/{step.pk}/days/"
    for person, status in (
        (cast.secretary, 200),
        (cast.county_secretary, 200),
        (cast.stranger, 404),
        (cast.nobody, 404),
    ):
        client.force_login(person)
        assert client.get(address).status_code == status, person

    client.force_login(cast.secretary)
    sent = {"event_on": "2026-05-14", "event": "常委会会议", "unit": "", "due_on": "", "op": str(op())}
    assert client.post(address, sent | {"event_on": "x", "op": str(op())}).status_code == 400
    assert client.post(address, sent).status_code == 302
    period = step.periods.get(event_on=date(2026, 5, 14))
    moved = {"period": period.pk, f"p{period.pk}-event_on": "2026-05-18", "op": str(op())}
    assert client.post(address, moved).status_code == 302
    assert {day for _name, day in dues(step)} == {date(2026, 5, 21)}

    client.force_login(cast.county_secretary)
    assert "常委会会议" in client.get(address).content.decode()
    assert client.post(address, moved | {"op": str(op())}).status_code == 403
