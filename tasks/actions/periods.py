"""Opening the periods of recurring tasks when they begin, so that groups mean who is there then (design 4, case 4).

Safe to run twice, late, or on two machines: a period is claimed by one conditional update.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from branches.clock import day_of
from branches.models import Unit, User
from tasks import rules
from tasks.actions import history
from tasks.actions.publish import Leaders, new_row
from tasks.dispatch import Resolver, people
from tasks.models import Assignment, Delivery, Period, Receiver
from tasks.plans import ReceiverPlan
from tasks.states import WITH_UNIT, ListStage, ReceiverRole, Stage


def open_due_periods(now: datetime, limit: int = 500) -> int:
    """Make the assignments of every period that has begun; how many periods were opened. The sweep calls it."""
    on = day_of(now)
    waiting = Period.objects.filter(
        opened_at__isnull=True,
        starts_on__lte=on,
        step__task__list__stage=ListStage.ISSUED,
        step__task__withdrawn_on=None,
    ).order_by("starts_on", "pk")
    return sum(_open(pk, now) for pk in waiting.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _open(pk: int, now: datetime) -> bool:
    period = Period.objects.select_related("step__task__list__issuer__body", "step__task__text").get(pk=pk)
    task = period.step.task
    source = _source_of(period) if task.source_task_id else None
    if task.source_task_id and source is None:
        return False  # the list above has not opened this period yet: the next sweep asks again
    if not Period.objects.filter(pk=pk, opened_at__isnull=True).update(opened_at=now):
        return False  # another machine was faster
    rows = shares(period, now)
    if source is not None and rows:
        Assignment.objects.filter(pk=source.pk).update(broken_down=True)
        for row in rows:
            row.source = source
    made = Assignment.objects.bulk_create(rows)
    history.write(history.line("issued", row=row, by=None, now=now, to_stage=row.stage) for row in made)
    return True


def shares(period: Period, now: datetime, only: Unit | None = None) -> list[Assignment]:
    """The unsaved rows of a period: the task's lead receivers as of today, each unit or each member once; `only` one unit."""
    on, task = day_of(now), period.step.task
    resolver = Resolver(task.list.issuer, on)
    receivers = task.receivers.filter(role=ReceiverRole.LEAD).filter(
        Q(from_on=None) | Q(from_on__lte=on), Q(until_on=None) | Q(until_on__gt=on)
    )
    named: list[tuple[Receiver, Unit]] = []
    for receiver in receivers.select_related("unit__kind", "unit__body", "group", "person"):
        plan = ReceiverPlan(ReceiverRole.LEAD, unit=receiver.unit, group=receiver.group)
        named += [
            (receiver, unit)
            for unit in resolver.units(plan)
            if unit.holds_on(on) and rules.receivable(task.list.issuer, unit)  # it may have gone to another body since
        ]
    staffed = resolver.staffed([unit for _r, unit in named])
    signed = dict(Delivery.objects.filter(list=task.list, signed_at__isnull=False).values_list("body_id", "edition"))
    leader = Leaders(task.list.issuer, on).named(task.text.leader_written if task.text else "")
    rows: dict[int, list[Assignment]] = {}
    for receiver, unit in named:
        if unit.pk not in staffed or unit.pk in rows or (only is not None and unit != only):
            continue
        rows[unit.pk] = [_row(period, receiver, unit, person, on) for person in people(receiver, unit, on)]
        for row in rows[unit.pk]:
            row.leader = leader
            if row.crosses_boundary and unit.body_id in signed:  # signed for: its later periods need no tap
                row.stage, row.accepted_edition = Stage.ACKNOWLEDGED, signed[unit.body_id]
    return [row for of_unit in rows.values() for row in of_unit]


def _row(period: Period, receiver: Receiver, unit: Unit, person: User | None, on: date) -> Assignment:
    task = period.step.task
    row = new_row(task.list, task, period.step, period, unit, on)
    row.receiver, row.person, row.owes_report = receiver, person, receiver.owes_report
    return row


def linked(period: Period, rows: list[Assignment]) -> list[Assignment]:
    """Rows of a further event in a list that was broken down, linked to the row above of the same event day."""
    task = period.step.task
    if not rows or not task.source_task_id or period.event_on is None:
        return rows
    above = Assignment.objects.filter(
        task=task.source_task_id,
        period__event_on=period.event_on,
        unit__body=task.list.issuer.body,
        role=ReceiverRole.LEAD,
        stage__in=WITH_UNIT,
    ).first()
    if above is not None:
        Assignment.objects.filter(pk=above.pk).update(broken_down=True)
        for row in rows:
            row.source = above
    return rows


def _source_of(period: Period) -> Assignment | None:
    """A broken-down recurring task follows its source: the row of the same number in the body that broke it down."""
    task = period.step.task
    return Assignment.objects.filter(
        task=task.source_task_id, period__number=period.number, unit__body=task.list.issuer.body, role=ReceiverRole.LEAD
    ).first()
