"""One function walks the arrows of `tasks.states` and lets the database decide the race (style 6)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import BodySettings, User
from branches.writing import Conflict, Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.calendar import working_days
from tasks.models import Assignment
from tasks.states import MOVES, STOPS, SUSPENDED_WORD, Stage


def move(
    row: Assignment,
    name: str,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> Assignment:
    """Make one move that needs nothing but words: suspend, resume, cancel, terminate, not applicable, reopen.

    Raises PermissionDenied for the wrong side, Invalid without a needed reason, NotPossible when somebody was faster,
    Conflict when the row has another version than the one the person read.
    """
    if name == "reopen":
        return reopen(row, reason=reason, by=by, op=op, now=now)
    if MOVES[name].needs_reason and not reason.strip():
        raise Invalid(_("Say why"), reason=_("Say why"))
    once(
        op,
        name,
        lambda: step(row, name, by=by, op=op, now=now, reason=reason, version=version),
        by=by,
        now=now,
        content=[row.pk, name, reason],
    )
    row.refresh_from_db()
    return row


def step(
    row: Assignment,
    name: str,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    reason: str = "",
    version: int | None = None,
    changes: dict[str, Any] | None = None,
    fields: dict[str, Any] | None = None,
    on_behalf_of: User | None = None,
) -> dict[str, Any]:
    """Walk one arrow inside the caller's transaction: permission under the lock, conditional update, line of history.

    `fields` are written with the stage; `changes` is what the history says changed. The row given is brought up to date.
    """
    fresh = Assignment.objects.select_for_update(of=("self",)).get(pk=row.pk)
    actor = rules.Actor.of(by, day_of(now))
    verdict = rules.on_side(actor, fresh, name)
    if not verdict:
        raise PermissionDenied(name)
    arrow = MOVES[name]
    if fresh.stage not in arrow.sources or (arrow.to_bodies_only and not fresh.crosses_boundary):
        raise NotPossible(_("This assignment has moved on. Here is how it stands"), stage=fresh.stage)
    if version is not None and version != fresh.version:
        raise Conflict(_("Somebody changed this assignment while it was open here"), version=fresh.version)
    before = fresh.stage
    target = _target(fresh, name)
    values: dict[str, Any] = {"stage": target, "version": F("version") + 1, **(fields or {})}
    if name in STOPS:
        values |= {"stop": STOPS[name], "stop_reason": reason[:300], "suspended_from": ""}
    if name == "suspend":
        values["suspended_from"] = before
    if name == "resume":
        values["suspended_from"] = ""
    if before == Stage.COMPLETED:
        values |= {"completed_on": None, "grade": ""}
    Assignment.objects.filter(pk=fresh.pk).update(**values)
    history.write(
        [
            history.line(
                name,
                row=fresh,
                by=by,
                post=verdict.post,
                now=now,
                op=op,
                from_stage=before,
                to_stage=target,
                reason=reason,
                changes=changes,
                on_behalf_of=on_behalf_of,
            )
        ]
    )
    row.refresh_from_db()
    return {"assignment": fresh.pk}


def _target(row: Assignment, name: str) -> Stage:
    """Where the arrow ends; a note moves not-started work to in progress, resume goes back to where it was."""
    if name == "take_back" and row.supplement_by:
        return Stage.RETURNED  # a supplement taken back: its date goes on counting
    target = MOVES[name].target
    if target is not None:
        return target
    if name == "resume":
        return Stage(row.suspended_from)
    if name in ("progress", "record_progress") and row.stage in (Stage.ISSUED, Stage.ACKNOWLEDGED):
        return Stage.IN_PROGRESS
    return Stage(row.stage)


def take_back(row: Assignment, *, by: User, op: uuid.UUID, now: datetime) -> Assignment:
    """The author's side takes a submission back before it is reviewed.

    A first submission taken back was none: the clock runs as if it had never been made.
    """

    def write() -> dict[str, Any]:
        fields: dict[str, Any] = {"review_unit": None, "review_leaders": False, "submitted_at": None}
        if not Assignment.objects.filter(pk=row.pk, supplement_by__isnull=False).exists():
            fields["reported_on"] = None
        return step(row, "take_back", by=by, op=op, now=now, fields=fields)

    once(op, "take_back", write, by=by, now=now, content=row.pk)
    row.refresh_from_db()
    return row


def reopen(row: Assignment, *, reason: str, by: User, op: uuid.UUID, now: datetime) -> Assignment:
    """The reviewer opens completed work again, with words: it is supplemented by a date like a returned report, so that
    nobody is late at once by somebody else's second thoughts (docs/decisions/0026).

    Refused while the work it came from is completed: that is opened again first (I-24).
    """
    on = day_of(now)
    if not reason.strip():
        raise Invalid(_("Say why"), reason=_("Say why"))

    def write() -> dict[str, Any]:
        source = Assignment.objects.select_for_update(of=("self",)).filter(offspring=row).first()
        if source is not None and source.stage == Stage.COMPLETED and row.task.mandatory:
            raise NotPossible(_("The work it comes from is completed. That has to be opened again first"))
        day = working_days().add(on, BodySettings.of(row.issuer_body).supplement_workdays)
        fields: dict[str, Any] = {"supplement_by": day, "due_revision": F("due_revision") + 1}
        fields |= {"review_unit": None, "review_leaders": False, "submitted_at": None}
        changes = {"supplement_by": day.isoformat()}
        return step(row, "reopen", by=by, op=op, now=now, reason=reason, fields=fields, changes=changes)

    once(op, "reopen", write, by=by, now=now, content=[row.pk, reason])
    row.refresh_from_db()
    return row


def assign_person(row: Assignment, person: User | None, *, by: User, op: uuid.UUID, now: datetime) -> Assignment:
    """The unit's desk names who is responsible for its share, or takes the name off again."""

    def write() -> dict[str, Any]:
        on = day_of(now)
        if person is not None:
            serves = any(
                hat.covers(row.unit_path, row.body_id) or hat.unit_id == row.unit_id
                for hat in rules.Actor.of(person, on).hats
            )
            below = (
                person.posts.active(on).filter(unit__path__startswith=row.unit_path, unit__body=row.body_id).exists()
            )
            if not serves and not below:
                raise Invalid(
                    _("%(name)s does not serve this unit") % {"name": person.name},
                    person=_("Choose somebody of this unit"),
                )
        twin = Assignment.objects.filter(
            task=row.task_id, step=row.step_id, period=row.period_id, unit=row.unit_id, person=person
        )
        if twin.exclude(pk=row.pk).exclude(stage=Stage.STOPPED).exists():
            raise Invalid(_("This person has this task already"), person=_("Choose somebody else"))
        changes = {"person": [row.person_id, person.pk if person else None]}
        return step(row, "assign_person", by=by, op=op, now=now, changes=changes, fields={"person": person})

    once(op, "assign_person", write, by=by, now=now, content=[row.pk, person.pk if person else None])
    row.refresh_from_db()
    return row


def stopped_word(row: Assignment) -> str:
    """The exact word beside "stopped" (ux 0.3)."""
    return str(SUSPENDED_WORD) if row.stage == Stage.SUSPENDED else row.get_stop_display()
