"""Rows follow the record of a version: new day, new words, or the end. The issuing body's rows at once, another body's when
it signs, for every version that it has not signed yet (docs/decisions/0014-editions.md)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date

from branches.models import Post, User
from tasks.actions import history
from tasks.dispatch import is_short
from tasks.editions import Why
from tasks.models import Assignment, Delivery, Edition, Event, Period, Step
from tasks.states import OPEN, Stage, Stop

BATCH = 500


@dataclass
class Effect:
    """What the versions come to for one row."""

    row: Assignment
    edition: int
    stop: str | None = None  # the reason for which it ends
    dated: bool = False
    day: date | None = None
    reason: str = ""
    moved: list[tuple[date | None, date | None]] = field(default_factory=list)

    @property
    def moves(self) -> bool:
        """Whether its due date changes. A later date of its own (a lengthening for this unit alone) is kept."""
        if not self.dated or self.stop is not None or self.day == self.row.due_on:
            return False
        own = self.row.due_on is not None and self.moved[0][0] != self.row.due_on
        return not (own and self.day is not None and self.row.due_on is not None and self.row.due_on > self.day)

    @property
    def later(self) -> bool:
        """A lengthening by the issuer, which is counted."""
        old = self.row.due_on
        return self.moves and old is not None and (self.day is None or self.day > old)


def effects(rows: Iterable[Assignment], editions: Iterable[Edition]) -> list[Effect]:
    """What these published versions, oldest first, come to for these open rows; rows they do not speak of are left out."""
    by_task: dict[int, list[Assignment]] = {}
    for row in rows:
        by_task.setdefault(row.task_id, []).append(row)
    found: dict[int, Effect] = {}
    for edition in editions:
        for entry in edition.changes.get("tasks", []):
            for row in by_task.get(entry["task"], []):
                effect = found.setdefault(row.pk, Effect(row, edition.number or 0))
                _add(effect, entry, edition.number or 0)
    return list(found.values())


def _add(effect: Effect, entry: Mapping[str, Any], number: int) -> None:
    row, reasons = effect.row, entry.get("reasons", {})
    effect.edition = number
    if effect.stop is not None:
        return
    if entry["withdrawn"] or row.period_id in {gone["period"] for gone in entry["gone"]}:
        effect.stop = str(reasons.get(Why.WITHDRAWN, ""))
    elif [row.unit_id, row.role] in entry["units_gone"]:
        effect.stop = str(reasons.get(Why.OUT, ""))
    for each in entry["dates"]:
        if each["period"] == row.period_id:
            effect.dated, effect.day = True, _day(each["to"])
            effect.moved.append((_day(each["from"]), effect.day))
            effect.reason = str(reasons.get(Why.LATER, ""))


def _day(text: str | None) -> date | None:
    return parse_date(text) if text else None


def follow(
    found: Sequence[Effect], *, by: User, post: Post | None, op: uuid.UUID, now: datetime, accepted: int | None = None
) -> None:
    """Let the rows take their effects, each with its line of history. `accepted` is the version a body signs for."""
    steps = Step.objects.in_bulk({effect.row.step_id for effect in found})
    starts = dict(Period.objects.filter(pk__in={e.row.period_id for e in found}).values_list("pk", "starts_on"))
    events: list[Event] = []
    for effect in found:
        row = effect.row
        before, due = row.stage, row.due_on
        name, reason = "edition", ""
        changes: dict[str, Any] = {"edition": effect.edition}
        if effect.stop is not None:
            name, reason = "cancel", effect.stop
            row.stage, row.stop, row.stop_reason, row.suspended_from = Stage.STOPPED, Stop.CANCELLED, reason[:300], ""
        elif effect.moves:
            name, reason = "new_date", effect.reason if effect.later else ""
            row.extensions += effect.later
            redate(row, effect.day, starts[row.period_id])
            changes |= {"due_on": [due.isoformat() if due else None, effect.day.isoformat() if effect.day else None]}
        step = steps[row.step_id]
        row.kind, row.times_wanted = step.kind, step.times_wanted
        row.accepted_edition = accepted or effect.edition
        row.version += 1
        events.append(
            history.line(
                name, row=row, by=by, post=post, now=now, op=op, from_stage=before, to_stage=row.stage, reason=reason,
                changes=changes,
            )
        )  # fmt: skip
    save([effect.row for effect in found])
    history.write(events)


def redate(row: Assignment, day: date | None, starts_on: date) -> None:
    """Give a row in hand another due date: reminders are planned anew, the first date stays for ever."""
    row.due_on = day
    row.original_due_on = row.original_due_on or day
    row.due_revision += 1
    row.short = is_short(max(starts_on, row.issued_on), day)


def save(rows: Sequence[Assignment]) -> None:
    """Write rows that were locked and changed."""
    Assignment.objects.bulk_update(
        rows,
        ["stage", "stop", "stop_reason", "suspended_from", "due_on", "original_due_on", "due_revision", "short",
         "extensions", "kind", "times_wanted", "accepted_edition", "version"],
        batch_size=BATCH,
    )  # fmt: skip


def unsigned(delivery: Delivery) -> list[Edition]:
    """The versions that a body has not followed yet, up to the one delivered; none when it has signed for it. Two queries."""
    if delivery.edition == 1 or delivery.signed_at is not None:
        return []
    last = (
        Delivery.objects.filter(list=delivery.list_id, body=delivery.body_id, signed_at__isnull=False)
        .order_by("-edition")
        .values_list("edition", flat=True)
        .first()
    )
    return list(
        Edition.objects.published().filter(list=delivery.list_id, number__gt=last or 1, number__lte=delivery.edition)
    )


def concerned(delivery: Delivery, editions: Sequence[Edition], *, lock: bool = False) -> list[Effect]:
    """What those versions come to for the body's open rows of the list."""
    if not editions:
        return []
    rows = Assignment.objects.filter(list=delivery.list_id, body=delivery.body_id, stage__in=OPEN).order_by("pk")
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("task__text", "unit", "step")
    return effects(rows, editions)
