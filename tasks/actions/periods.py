"""Opening the periods of recurring tasks when they begin, so that groups mean who is there then (design 4, case 4).

Safe to run twice, late, or on two machines: a period is claimed by one conditional update.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from branches.clock import day_of
from branches.models import Unit
from tasks.actions import history
from tasks.actions.publish import Leaders, new_row
from tasks.dispatch import Resolver
from tasks.models import Assignment, Delivery, Period, Receiver
from tasks.plans import ReceiverPlan
from tasks.states import ListStage, ReceiverRole, Stage


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
    on = day_of(now)
    period = Period.objects.select_related("step__task__list__issuer__body", "step__task__text").get(pk=pk)
    task = period.step.task
    source = _source_of(period) if task.source_task_id else None
    if task.source_task_id and source is None:
        return False  # the list above has not opened this period yet: the next sweep asks again
    if not Period.objects.filter(pk=pk, opened_at__isnull=True).update(opened_at=now):
        return False  # another machine was faster
    rows = _shares(period, now)
    if source is not None and rows:
        Assignment.objects.filter(pk=source.pk).update(broken_down=True)
        for row in rows:
            row.source = source
    leader = Leaders(task.list.issuer, on).named(task.text.leader_written if task.text else "")
    for row in rows:
        row.leader = leader
    made = Assignment.objects.bulk_create(rows)
    history.write(history.line("issued", row=row, by=None, now=now, to_stage=row.stage) for row in made)
    return True


def _shares(period: Period, now: datetime) -> list[Assignment]:
    """Resolve the task's lead receivers as of today."""
    on, task = day_of(now), period.step.task
    resolver = Resolver(task.list.issuer, on)
    receivers = task.receivers.filter(role=ReceiverRole.LEAD).filter(
        Q(from_on=None) | Q(from_on__lte=on), Q(until_on=None) | Q(until_on__gt=on)
    )
    named: list[tuple[Receiver, Unit]] = []
    for receiver in receivers.select_related("unit__kind", "unit__body", "group", "person"):
        plan = ReceiverPlan(ReceiverRole.LEAD, unit=receiver.unit, group=receiver.group)
        named += [(receiver, unit) for unit in resolver.units(plan) if unit.holds_on(on)]
    staffed = resolver.staffed([unit for _r, unit in named])
    signed = dict(Delivery.objects.filter(list=task.list, signed_at__isnull=False).values_list("body_id", "edition"))
    rows: dict[int, Assignment] = {}
    for receiver, unit in named:
        if unit.pk not in staffed or unit.pk in rows:
            continue
        row = new_row(task.list, task, period.step, period, unit, on)
        row.receiver, row.person, row.owes_report = receiver, receiver.person, receiver.owes_report
        if (
            row.crosses_boundary and unit.body_id in signed
        ):  # the body signed for the list: its later periods need no tap
            row.stage, row.accepted_edition = Stage.ACKNOWLEDGED, signed[unit.body_id]
        rows[unit.pk] = row
    return list(rows.values())


def _source_of(period: Period) -> Assignment | None:
    """A broken-down recurring task follows its source: the row of the same number in the body that broke it down."""
    task = period.step.task
    return Assignment.objects.filter(
        task=task.source_task_id, period__number=period.number, unit__body=task.list.issuer.body, role=ReceiverRole.LEAD
    ).first()
