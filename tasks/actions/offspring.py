"""What becomes of a body's own rows when it signs for a new version: each takes a new date, is kept, or stops (design 4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Post, User
from branches.writing import Invalid
from tasks.actions import history
from tasks.actions.revising import Effect, concerned, follow, redate, save
from tasks.models import Assignment, Delivery, Edition, Event, Period
from tasks.states import OPEN, Stage, Stop


class Choice(StrEnum):
    """The three answers of design 4."""

    DATE = "date"
    KEEP = "keep"
    STOP = "stop"


@dataclass(frozen=True)
class Answer:
    """What one row below is to do."""

    choice: Choice
    day: date | None = None
    reason: str = ""


def offspring_of(found: Sequence[Effect]) -> QuerySet[Assignment]:
    """Open rows that grew from rows which end or move; words alone ask nothing."""
    moved = [effect.row.pk for effect in found if effect.stop is not None or effect.moves]
    return Assignment.objects.filter(source__in=moved, stage__in=OPEN).order_by("source", "unit_path", "pk")


def take_over(
    delivery: Delivery,
    editions: Sequence[Edition],
    answers: Mapping[int, Answer],
    *,
    by: User,
    post: Post | None,
    op: uuid.UUID,
    now: datetime,
) -> None:
    """Within the signature: the body's rows follow the versions, its own rows the answers. Raises Invalid beside each."""
    found = concerned(delivery, editions, lock=True)
    by_source = {effect.row.pk: effect for effect in found}
    below = list(offspring_of(found).filter(body=delivery.body_id).select_for_update(of=("self",)))
    problems: dict[str, str] = {}
    for row in below:
        _check(row, by_source[row.source_id or 0], answers.get(row.pk), day_of(now), problems)
    if problems:
        raise Invalid(next(iter(problems.values())), **problems)
    events = [_answered(row, by_source[row.source_id or 0], answers[row.pk]) for row in below]
    _later_periods(delivery, editions)
    follow(found, by=by, post=post, op=op, now=now, accepted=delivery.edition)
    changed = [row for row, event in zip(below, events, strict=True) if event]
    save(changed)
    lines: list[Event] = []
    for row, event in zip(below, events, strict=True):
        if event:
            name, before, reason, changes = event
            lines.append(
                history.line(
                    name, row=row, by=by, post=post, now=now, op=op, from_stage=before, to_stage=row.stage,
                    reason=reason, changes=changes,
                )
            )  # fmt: skip
    history.write(lines)


def _check(row: Assignment, effect: Effect, answer: Answer | None, on: date, problems: dict[str, str]) -> None:
    named = {"unit": row.unit.local_name}
    if answer is None:
        problems[f"choice-{row.pk}"] = _("%(unit)s: choose a new date, keep or stop") % named
    elif answer.choice == Choice.STOP and not answer.reason.strip():
        problems[f"reason-{row.pk}"] = _("%(unit)s: say why it stops") % named
    elif answer.choice == Choice.DATE:
        limit = effect.day if effect.moves else effect.row.due_on
        if answer.day is None or answer.day < on:
            problems[f"day-{row.pk}"] = _("%(unit)s: choose today or a later day") % named
        elif limit is not None and answer.day > limit:
            problems[f"day-{row.pk}"] = _("%(unit)s: no later than %(limit)s, the date of the list it comes from") % {
                **named,
                "limit": limit,
            }


def _answered(row: Assignment, effect: Effect, answer: Answer) -> tuple[str, str, str, dict[str, object]] | None:
    """Change the row in hand; its line of history, or None where it stays as it is."""
    before, due = row.stage, row.due_on
    row.version += 1
    if answer.choice == Choice.STOP:
        row.stage, row.stop, row.suspended_from = Stage.STOPPED, Stop.CANCELLED, ""
        row.stop_reason = answer.reason.strip()[:300]
        return "cancel", before, answer.reason.strip()[:500], {"source_edition": effect.edition}
    if answer.choice == Choice.KEEP or answer.day is None or answer.day == due:
        return None
    row.extensions += due is not None and answer.day > due
    redate(row, answer.day, row.issued_on)
    days = [due.isoformat() if due else None, answer.day.isoformat()]
    return "new_date", before, effect.reason, {"due_on": days, "source_edition": effect.edition}


def _later_periods(delivery: Delivery, editions: Sequence[Edition]) -> None:
    """Occurrences that no one has been given yet follow the list above: never later than its own."""
    moved = {
        each["period"]: parse_date(each["to"])
        for edition in editions
        for entry in edition.changes.get("tasks", [])
        for each in entry["dates"]
        if each["to"]
    }
    for period in Period.objects.filter(pk__in=moved, opened_at=None).select_related("step"):
        Period.objects.filter(
            step__task__source_task=period.step.task_id, step__task__list__issuer__body=delivery.body_id,
            number=period.number, opened_at=None, due_on__gt=moved[period.pk],
        ).update(due_on=moved[period.pk])  # fmt: skip
