"""A desk reminds by hand, and takes it back while nothing has gone out (ux SEC-2, design 9)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Operation, User
from branches.writing import NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.calendar import working_days
from tasks.models import Assignment, Reminder
from tasks.models.reminders import State
from tasks.reminders import by_hand
from tasks.states import DESK

KIND = "remind"


def remind(rows: Collection[int], *, by: User, op: uuid.UUID, now: datetime) -> int:
    """Remind the people of these rows; how many will hear of it. Raises PermissionDenied for a row that another desk gave,
    NotPossible where nobody is left to be told: reported meanwhile, or reminded today already."""

    def write() -> dict[str, Any]:
        actor = rules.Actor.of(by, day_of(now))
        asked = Assignment.objects.visible_to(by, actor.on).filter(pk__in=rows)
        chosen = list(
            asked.select_for_update(of=("self",), no_key=True).order_by("pk")
        )  # two presses follow each other
        if len(chosen) != len(set(rows)) or not all(_gave(actor, row) for row in chosen):
            raise PermissionDenied("remind")
        still = list(by_hand.remindable(actor).filter(pk__in=[row.pk for row in chosen]).order_by("pk"))
        lines = [line for line in by_hand.heard(still, by, actor.on) if line.told]
        if not lines:
            raise NotPossible(
                _("Nobody is left to be reminded: it was reported meanwhile, or they were reminded today")
            )
        messages = by_hand.write(lines, now, working_days())
        history.write(
            history.line(
                "reminded", row=line.row, by=by, post=_post(actor, line.row), now=now, op=op,
                changes={"people": len(line.told)},
            )
            for line in lines
        )  # fmt: skip
        return {"messages": messages, "people": len(messages), "rows": [line.row.pk for line in lines]}

    return int(once(op, KIND, write, by=by, now=now, content=sorted(rows))["people"])


def take_back_reminding(press: uuid.UUID, *, by: User, op: uuid.UUID, now: datetime) -> int:
    """Take back what one press sent off, as far as no sender has it; how many people will not hear of it."""

    def write() -> dict[str, Any]:
        done = Operation.objects.select_for_update().filter(pk=press, kind=KIND, user=by).first()
        if done is None:
            raise PermissionDenied("take_back_reminding")
        waiting = _waiting(done.result["messages"])
        subjects = by_hand.take_back(done.result["messages"], now)
        if not subjects:
            raise NotPossible(_("It has been sent already and cannot be taken back"))
        actor = rules.Actor.of(by, day_of(now))
        rows = Assignment.objects.filter(pk__in=subjects).order_by("pk")
        history.write(
            history.line("reminding_taken_back", row=row, by=by, post=_post(actor, row), now=now, op=op) for row in rows
        )
        return {"people": waiting}

    return int(once(op, f"{KIND}_back", write, by=by, now=now, content=str(press))["people"])


def _waiting(messages: Collection[int]) -> int:
    ready = Reminder.objects.filter(digest__in=messages, state=State.READY, digest__claimed_at__isnull=True)
    return ready.values("recipient").distinct().count()


def _gave(actor: rules.Actor, row: Assignment) -> bool:
    return actor.hat_for(DESK, row.issuer_path, row.issuer_body_id) is not None


def _post(actor: rules.Actor, row: Assignment) -> Any:
    hat = actor.hat_for(DESK, row.issuer_path, row.issuer_body_id)
    return hat.post if hat else None
