"""City to county: a body signs for a list that arrived, and breaks it down into its own list (design 3, 4).

The receiving body owns its rows from then on: own words, own receivers, dates not later than the source's.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Line, User
from branches.writing import Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.actions.offspring import Answer, take_over
from tasks.actions.publish import _issue
from tasks.actions.revising import unsigned
from tasks.models import Assignment, Delivery, Period, Step, Task, TaskList
from tasks.plans import ListPlan, Past, ReceiverPlan, Settlement, Span, StepPlan, TaskPlan
from tasks.states import WITH_UNIT, ReceiverRole, Stage


@dataclass(frozen=True)
class BreakRow:
    """What a county makes of one task that the city passed on. No receivers: the body keeps it whole."""

    source_task: int
    receivers: Sequence[ReceiverPlan] = ()
    content: str = ""  # empty: the source's words
    measures: str = ""
    due_on: date | None = None  # an earlier day of the county's own, for tasks with one date
    mandatory: bool = True


@dataclass(frozen=True)
class _Source:
    """A passed-on task with the body's own open rows of it, by period number."""

    task: Task
    rows: Mapping[int, Assignment] = field(default_factory=dict)


def sign(
    delivery: Delivery,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    persons: Mapping[int, User] | None = None,
    answers: Mapping[int, Answer] | None = None,
) -> Delivery:
    """Sign for the whole list at once; with `persons` (assignment id → person) name who is responsible in the same act.

    For a new version `answers` (assignment id → answer) says what becomes of each row that the body made from it.
    """
    named = sorted((pk, person.pk) for pk, person in (persons or {}).items())
    said = sorted((pk, one.choice, one.day, one.reason) for pk, one in (answers or {}).items())
    once(
        op,
        "sign",
        lambda: _sign(delivery, by, op, now, persons or {}, answers or {}),
        by=by,
        now=now,
        content=[delivery.pk, named, *said],
    )
    delivery.refresh_from_db()
    return delivery


def _sign(
    delivery: Delivery,
    by: User,
    op: uuid.UUID,
    now: datetime,
    persons: Mapping[int, User],
    answers: Mapping[int, Answer],
) -> dict[str, Any]:
    verdict = rules.may_sign(rules.Actor.of(by, day_of(now)), delivery.body)
    if not verdict:
        raise PermissionDenied("sign")
    editions = unsigned(delivery)
    still = Delivery.objects.filter(pk=delivery.pk, signed_at__isnull=True)
    if not still.update(signed_at=now, signed_by=by):
        raise NotPossible(_("This list has been signed for already"))
    earlier = Delivery.objects.filter(list=delivery.list_id, body=delivery.body_id, edition__lt=delivery.edition)
    earlier.filter(signed_at__isnull=True).update(signed_at=now, signed_by=by)  # the newest version holds them all
    rows = Assignment.objects.filter(list=delivery.list, body=delivery.body, stage=Stage.ISSUED).select_for_update(
        of=("self",)
    )
    events = []
    for row in rows:
        person = persons.get(row.pk)
        changes = {"person": [row.person_id, person.pk]} if person else {}
        events.append(
            history.line(
                "sign",
                row=row,
                by=by,
                post=verdict.post,
                now=now,
                op=op,
                from_stage=row.stage,
                to_stage=Stage.ACKNOWLEDGED,
                changes=changes,
            )
        )
        values: dict[str, Any] = {"person": person} if person else {}
        Assignment.objects.filter(pk=row.pk).update(
            stage=Stage.ACKNOWLEDGED, accepted_edition=delivery.edition, version=F("version") + 1, **values
        )
    if editions:
        take_over(delivery, editions, answers, by=by, post=verdict.post, op=op, now=now)
    Assignment.objects.filter(list=delivery.list, body=delivery.body).update(accepted_edition=delivery.edition)
    told = {"edition": delivery.edition, "body": delivery.body_id}
    signed = history.line("sign", task_list=delivery.list, by=by, post=verdict.post, now=now, op=op, changes=told)
    history.write([*events, signed])
    return {"delivery": delivery.pk}


def break_down(
    delivery: Delivery,
    rows: Sequence[BreakRow],
    title: str,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    title_en: str = "",
) -> TaskList | None:
    """Sign for the list (if not yet) and publish the body's own list made from it; None when everything is kept whole.

    Raises Invalid where a date is later than the source's, NotPossible where a task is broken down already.
    """
    content = [delivery.pk, title, [[r.source_task, r.content, r.due_on, len(r.receivers)] for r in rows]]
    result = once(
        op,
        "break_down",
        lambda: _break_down(delivery, rows, title, title_en, by, op, now),
        by=by,
        now=now,
        content=content,
    )
    return TaskList.objects.get(pk=result["list"]) if result["list"] else None


def _break_down(
    delivery: Delivery, rows: Sequence[BreakRow], title: str, title_en: str, by: User, op: uuid.UUID, now: datetime
) -> dict[str, Any]:
    verdict = rules.may_sign(rules.Actor.of(by, day_of(now)), delivery.body)
    if not verdict:
        raise PermissionDenied("break_down")
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("list", "body").get(pk=delivery.pk)
    if delivery.signed_at is None:
        _sign(delivery, by, op, now, {}, {})
    chosen = [row for row in rows if row.receivers]
    if not chosen:
        return {"list": None}
    sources = {row.source_task: _source(delivery, row) for row in chosen}
    plans = [_plan(row, sources[row.source_task]) for row in chosen]
    links = {
        (index, 0, number - 1): source.pk
        for index, row in enumerate(chosen)
        for number, source in sources[row.source_task].rows.items()
    }
    plan = ListPlan(
        title=title,
        title_en=title_en,
        year=delivery.list.year,
        issuer=delivery.body,
        tasks=plans,
        line=Line(delivery.list.line),
        source=delivery.list.title,
        broken_down_from=delivery.list_id,
        settlements=_overdue_stays(plans),
    )
    task_list = _issue(plan, by, op, now, None, links)
    parents = [row for source in sources.values() for row in source.rows.values() if row.stage in WITH_UNIT]
    history.write(
        history.line(
            "break_down",
            row=row,
            by=by,
            post=verdict.post,
            now=now,
            op=op,
            from_stage=row.stage,
            to_stage=_begun(row),
            changes={"list": task_list.pk},
        )
        for row in parents
    )
    for stage in {_begun(row) for row in parents}:
        Assignment.objects.filter(pk__in=[row.pk for row in parents if _begun(row) == stage]).update(
            broken_down=True, stage=stage, version=F("version") + 1
        )
    return {"list": task_list.pk}


def _begun(row: Assignment) -> Stage:
    """Work that was returned stays so while it is broken down: its supplement date goes on counting."""
    return Stage.RETURNED if row.stage == Stage.RETURNED else Stage.IN_PROGRESS


def _source(delivery: Delivery, row: BreakRow) -> _Source:
    """The body's own rows of the task, still with it and not broken down before."""
    own = Assignment.objects.filter(
        task=row.source_task, list=delivery.list, unit=delivery.body, role=ReceiverRole.LEAD
    ).select_related("task__text", "period", "step")
    open_rows = {r.period.number: r for r in own if r.stage in WITH_UNIT}
    if not open_rows:
        raise NotPossible(_("A task of this list is no longer open here"), task=row.source_task)
    if any(r.broken_down for r in open_rows.values()):
        raise NotPossible(_("A task of this list has been broken down already"), task=row.source_task)
    return _Source(next(iter(open_rows.values())).task, open_rows)


def _plan(row: BreakRow, source: _Source) -> TaskPlan:
    task, text = source.task, source.task.text
    if text is None or task.withdrawn_on is not None:
        raise NotPossible(_("A task of this list is no longer open here"))
    step = next(iter(source.rows.values())).step
    if row.due_on is not None:
        if len(step.dates) != 1:
            raise Invalid(
                _("No. %(number)s has no single date that could be changed") % {"number": task.number}, task=task.pk
            )
        limit = max((r.due_on for r in source.rows.values() if r.due_on), default=None)
        if limit is not None and row.due_on > limit:
            raise Invalid(
                _("No. %(number)s: the date cannot be later than %(limit)s, the date of the list it comes from")
                % {"number": task.number, "limit": limit},
                task=task.pk,
            )
    spans = _spans(row, source, step.pk)
    closed = frozenset(
        index for index, period in enumerate(_periods(step.pk)) if period.opened_at and period.number not in source.rows
    )
    return TaskPlan(
        number=task.number,
        content=row.content.strip() or text.content,
        content_en="" if row.content.strip() else text.content_en,
        heading=tuple(text.heading),
        measures=row.measures.strip() or text.measures,
        leader_written="",
        lead_written="、".join(str(r.written or r.unit or r.group) for r in row.receivers),
        due_written=step.phrase,
        evidence_written=text.evidence_written,
        line=Line(task.line),
        source_task=task.pk,
        mandatory=row.mandatory,
        evidence_reason=task.evidence_reason,
        receivers=row.receivers,
        steps=[
            StepPlan(
                phrase=step.phrase,
                kind=Step.Kind(step.kind),
                spans=spans,
                rule=step.rule,
                count=step.count,
                offset=step.offset,
                offset_unit=step.offset_unit,
                event=step.event,
                confirmed=True,
                closed=closed,
            )
        ],
    )


def _spans(row: BreakRow, source: _Source, step: int) -> list[Span]:
    """The periods of the source that are open or still to come, so that later ones can follow by their number."""
    spans = []
    for period in _periods(step):
        due_on = source.rows[period.number].due_on if period.number in source.rows else period.due_on
        spans.append(Span(period.starts_on, row.due_on or due_on))
    return spans


def _periods(step: int) -> list[Period]:
    return list(Period.objects.filter(step=step).order_by("number"))


def _overdue_stays(plans: Sequence[TaskPlan]) -> dict[tuple[str, date] | date, Settlement]:
    """What was late above is late below as well; nobody is asked a second time."""
    late = Settlement(Past.OVERDUE)
    return {
        (task.number, span.due_on): late for task in plans for step in task.steps for span in step.spans if span.due_on
    }
