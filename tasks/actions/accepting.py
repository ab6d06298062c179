"""Several reports accepted in one press, and an acceptance taken back while nothing has followed (docs/decisions/0027)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import User
from branches.writing import NotPossible, once
from tasks import rules
from tasks.actions.moves import step
from tasks.actions.reports import accept
from tasks.actions.together import Outcome, held, one_by_one, pressed
from tasks.models import Assignment, Event
from tasks.states import Stage

KIND = "approve_several"


def approve_several(seen: Mapping[int, int], *, grade: str = "", by: User, op: uuid.UUID, now: datetime) -> Outcome:
    """Accept the reports of these rows, each in the version that the person saw; what moved on since is left with words.
    A `grade` goes to all of them.

    Raises PermissionDenied for a row that this person does not see, NotPossible when none could be accepted.
    """

    def write() -> dict[str, Any]:
        rows = held(seen, by, day_of(now))
        outcome = one_by_one(rows, lambda row: accept(row, grade=grade, by=by, op=op, now=now, version=seen[row.pk]))
        if not outcome.done:
            raise NotPossible(outcome.left[0][1] if outcome.left else _("Choose at least one report"))
        return outcome.result

    return Outcome.of(once(op, KIND, write, by=by, now=now, content=[sorted(seen.items()), grade]))


def unapprove(row: Assignment, *, by: User, op: uuid.UUID, now: datetime) -> Assignment:
    """Whoever accepted a report takes that back on the same day: it waits for review again, as if nothing had been said.

    Raises NotPossible as soon as anything followed from it, or when another accepted it; work is then opened again with
    words (docs/decisions/0026). PermissionDenied for whoever does not review it.
    """
    once(op, "unapprove", lambda: _unapprove(row, by, op, now), by=by, now=now, content=row.pk)
    row.refresh_from_db()
    return row


def take_back_approvals(press: uuid.UUID, *, by: User, op: uuid.UUID, now: datetime) -> Outcome:
    """Take back what one press accepted, as far as nothing has followed from it. Raises NotPossible when nothing could be."""

    def write() -> dict[str, Any]:
        rows = held(pressed(press, KIND, by).result["done"], by, day_of(now))
        outcome = one_by_one(rows, lambda row: _unapprove(row, by, op, now))
        if not outcome.done:
            raise NotPossible(outcome.left[0][1])
        return outcome.result | {"of": str(press)}

    return Outcome.of(once(op, f"{KIND}_back", write, by=by, now=now, content=str(press)))


def may_unapprove(row: Assignment, by: User, now: datetime) -> bool:
    """Whether the page of a row offers it: it stands as this person's acceptance of today left it."""
    return row.stage == Stage.COMPLETED and _accepted_by(row, by, now)


def _accepted_by(row: Assignment, by: User, now: datetime) -> bool:
    last = Event.objects.filter(assignment=row).order_by("-at", "-pk").first()
    return last is not None and last.move == "approve" and last.by_id == by.pk and day_of(last.at) == day_of(now)


def _unapprove(row: Assignment, by: User, op: uuid.UUID, now: datetime) -> dict[str, Any]:
    fresh = Assignment.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if not rules.on_side(rules.Actor.of(by, day_of(now)), fresh, "unapprove"):
        raise PermissionDenied("unapprove")
    if fresh.stage == Stage.COMPLETED and not _accepted_by(fresh, by, now):
        raise NotPossible(_("Something has followed from it, or another accepted it. Open it again with words instead"))
    source = Assignment.objects.select_for_update(of=("self",)).filter(offspring=row).first()
    if source is not None and source.stage == Stage.COMPLETED and row.task.mandatory:  # I-24
        raise NotPossible(_("The work it comes from is completed. That has to be opened again first"))
    return step(row, "unapprove", by=by, op=op, now=now)
