"""Writes of a roster on its way into a body: kept, answered, taken in, discarded (ux ADM-4)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from branches import rules
from branches.actions.roster import PersonPlan, Taken, take_in
from branches.clock import day_of
from branches.models import Term, Unit, User
from branches.writing import Conflict, NotPossible, once
from tasks.models import RosterDraft

KEPT = timedelta(days=7)


def keep_roster(
    body: Unit, term: Term | None, name: str, grid: bytes, *, by: User, op: uuid.UUID, now: datetime
) -> RosterDraft:
    """Put a roster on the table of the one who brought it; what lay there for a week untouched goes."""

    def write() -> dict[str, Any]:
        if rules.keeper(by.posts_on(day_of(now)), body.pk) is None:
            raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
        RosterDraft.objects.filter(taken_at=None, changed_at__lt=now - KEPT).delete()
        draft = RosterDraft.objects.create(
            owner=by, body=body, term=term, name=name[:160], grid=grid, created_at=now, changed_at=now
        )
        return {"draft": draft.pk}

    done = once(op, "keep_roster", write, by=by, now=now, content=[body.pk, term.pk if term else None, name, len(grid)])
    return RosterDraft.objects.get(pk=done["draft"])


def answer_roster(
    draft: RosterDraft, answers: Mapping[str, Any], *, version: int, by: User, op: uuid.UUID, now: datetime
) -> None:
    """Keep the answers. Raises Conflict where another window has changed them."""

    def write() -> dict[str, Any]:
        held = RosterDraft.objects.filter(pk=draft.pk, owner=by, version=version, taken_at=None)
        if not held.update(answers=dict(answers), version=F("version") + 1, changed_at=now):
            raise Conflict(_("This roster was changed in another window. It is shown as it stands now"))
        return {}

    once(op, "answer_roster", write, by=by, now=now, content=[draft.pk, answers, version])


def take_roster(
    draft: RosterDraft, plans: Callable[[], Sequence[PersonPlan]], *, by: User, op: uuid.UUID, now: datetime
) -> Taken:
    """Bring its people into the body, once however often it is pressed; the cells with personal entries go."""
    with transaction.atomic():
        held = RosterDraft.objects.select_for_update().get(pk=draft.pk, owner=by)
        if held.taken_at:
            return Taken(**held.result)
        if not held.grid:
            raise NotPossible(_("This roster was discarded"))
        taken = take_in(held.body, plans, by=by, op=op, now=now, content=draft.pk)
        RosterDraft.objects.filter(pk=draft.pk).update(
            grid=b"", answers={}, taken_at=now, result=vars(taken), version=F("version") + 1, changed_at=now
        )
    return taken


def drop_roster(draft: RosterDraft, *, by: User) -> None:
    """Throw it away; the same again is the same."""
    RosterDraft.objects.filter(pk=draft.pk, owner=by, taken_at=None).delete()
