"""Writes of requests for more time: asked, passed on by the head, decided once, taken back (design 4; I-20, I-22, I-26).

Asking stops no clock. A later date is given by the same function as when the issuer gives it to everyone (ux SEC-7).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import BodySettings, User
from branches.writing import Invalid, NotPossible, once
from tasks import asking
from tasks.actions import history
from tasks.actions.lengthening import give_later, problems_of
from tasks.actions.said import clean
from tasks.calendar import working_days
from tasks.models import Assignment, Extension
from tasks.models.followup import AWAKE
from tasks.rules import Actor, Verdict
from tasks.states import WITH_UNIT

State = Extension.State


def ask_extension(
    row: Assignment, day: date | None, reason: str, progress: str = "", *, by: User, op: uuid.UUID, now: datetime
) -> Extension:
    """Ask for a later due date, on the due day at the latest. One open request a row; the head agrees first where the
    unit's body wants it. Raises Invalid with words for each field, NotPossible when it is too late for asking."""

    def write() -> dict[str, Any]:
        on = day_of(now)
        held = Assignment.objects.select_for_update(of=("self",)).select_related("source").get(pk=row.pk)
        verdict = asking.does(Actor.of(by, on), held)
        if not verdict:
            raise PermissionDenied("ask_extension")
        wishes = BodySettings.of(held.issuer_body)
        refuse_asking(held, wishes, on)
        problems = problems_of([held], day, reason, on)
        if problems or day is None or held.due_on is None:
            raise Invalid(next(iter(problems.values())), **problems)
        words, so_far = clean("reason", reason, needed=_("Say why")), clean("progress", progress)
        higher = asking.is_decided_higher(held, wishes, {by.pk, held.person_id or by.pk}, on)
        if higher is None:
            raise NotPossible(_("Nobody else keeps the desk of the issuer, so nobody could decide on it"))
        heads = asking.heads_of(held, on) if BodySettings.of(held.body).extension_head_first else set()
        inside = bool(heads) and by.pk not in heads
        asked = Extension.objects.create(
            assignment=held, state=State.AT_UNIT if inside else State.ASKED, due_on=held.due_on, wished_on=day,
            asked_on=on, reason=words, progress=so_far, higher=higher, by=by, post=verdict.post, at=now,
            decide_by=None if inside else _decide_by(wishes, on),
        )  # fmt: skip
        _tell(asked, "extension_proposed" if inside else "extension_asked", verdict, by, op, now, reason=words)
        return {"extension": asked.pk}

    content = [row.pk, day.isoformat() if day else "", reason.strip(), progress.strip()]
    result = once(op, "ask_extension", write, by=by, now=now, content=content)
    return Extension.objects.get(pk=result["extension"])


def refuse_asking(row: Assignment, wishes: BodySettings, on: date) -> None:
    """Raise NotPossible, with words, where more time cannot be asked for this row now; the page asks the same."""
    if row.stage not in WITH_UNIT or not row.owes_report:
        raise NotPossible(_("This assignment has moved on. Here is how it stands"))
    if row.due_on is None:
        raise NotPossible(_("This assignment has no due date"))
    if row.due_on < on:
        raise NotPossible(_("The due date has passed. Report the work as late, with its reason, or ask for help"))
    if row.extensions >= wishes.extensions_most:
        raise NotPossible(_("The date was made later %(n)d times already; that is the most") % {"n": row.extensions})
    if Extension.objects.filter(assignment=row.pk, state__in=[State.AT_UNIT, State.ASKED]).exists():
        raise NotPossible(_("More time has been asked for already"))


def pass_on(asked: Extension, agrees: bool, words: str = "", *, by: User, op: uuid.UUID, now: datetime) -> Extension:
    """The head of the unit sends the request to the issuer, or ends it with words; before that nothing of it is seen above."""

    def write() -> dict[str, Any]:
        on, held = day_of(now), _locked(asked, State.AT_UNIT)
        verdict = asking.passes_on(Actor.of(by, on), held.assignment)
        if not verdict:
            raise PermissionDenied("pass_on")
        said = clean("words", words, needed="" if agrees else _("Say why"))
        if agrees:
            _in_time(held.assignment, on)
            held.state, held.head = State.ASKED, by
            held.decide_by = _decide_by(BodySettings.of(held.assignment.issuer_body), on)
            held.save()
        else:
            _end(held, State.DECLINED, verdict, by, now, words=said)
        _tell(
            held,
            "extension_asked" if agrees else "extension_declined",
            verdict,
            by,
            op,
            now,
            reason=said or held.reason,
        )
        return {}

    once(op, "pass_on", write, by=by, now=now, content=[asked.pk, agrees, words.strip()])
    asked.refresh_from_db()
    return asked


def decide_extension(
    asked: Extension,
    day: date | None,
    words: str = "",
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> Extension:
    """Agree to `day` (the date asked for or another later one), or, without a day, refuse with words. Decided once: the
    second of two deciders is told. Raises Invalid for a date that is not later than the present one (I-20)."""

    def write() -> dict[str, Any]:
        on, held = day_of(now), _locked(asked, State.ASKED)
        row = held.assignment
        verdict = asking.decides(Actor.of(by, on), held)
        if not verdict:
            raise PermissionDenied("decide_extension")
        said = clean("words", words, needed="" if day else _("Say why"))
        held.decided_on = on
        if day is None:
            _end(held, State.REFUSED, verdict, by, now, words=said)
            _tell(held, "extension_refused", verdict, by, op, now, reason=said)
            return {}
        problems = problems_of([row], day, held.reason, on)
        if problems:
            raise Invalid(next(iter(problems.values())), **problems)
        held.moved_from, held.granted_on = row.due_on, day
        _end(held, State.AGREED, verdict, by, now, words=said)
        give_later([row], day)
        _tell(held, "extension_agreed", verdict, by, op, now, reason=said)
        return {}

    content = [asked.pk, day.isoformat() if day else "", words.strip()]
    once(op, "decide_extension", write, by=by, now=now, content=content)
    asked.refresh_from_db()
    return asked


def withdraw_extension(asked: Extension, *, by: User, op: uuid.UUID, now: datetime) -> Extension:
    """The side that asked takes it back, as long as nobody has decided."""

    def write() -> dict[str, Any]:
        held = _locked(asked, State.AT_UNIT, State.ASKED, asleep=True)
        verdict = asking.does(Actor.of(by, day_of(now)), held.assignment)
        if not verdict:
            raise PermissionDenied("withdraw_extension")
        told = "extension_withdrawn" if held.passed_on else "extension_dropped"
        _end(held, State.WITHDRAWN, verdict, by, now)
        _tell(held, told, verdict, by, op, now)
        return {}

    once(op, "withdraw_extension", write, by=by, now=now, content=asked.pk)
    asked.refresh_from_db()
    return asked


def _locked(asked: Extension, *states: str, asleep: bool = False) -> Extension:
    """The request with its row, both held: first the row, as every other write does. Raises NotPossible when it is over."""
    row = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("source", "period")
        .get(pk=asked.assignment_id)
    )
    held = Extension.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if held.state not in states:
        raise NotPossible(_("This has been decided already") if not held.is_open else _("It is with somebody else now"))
    if not asleep and row.stage not in AWAKE:
        raise NotPossible(_("This assignment has moved on. Here is how it stands"))
    held.assignment = row
    return held


def _in_time(row: Assignment, on: date) -> None:
    if row.due_on is not None and row.due_on < on:
        raise NotPossible(_("The due date has passed. Report the work as late, with its reason, or ask for help"))


def _decide_by(wishes: BodySettings, on: date) -> date:
    return working_days().add(on, wishes.decide_workdays)


def _end(held: Extension, state: str, verdict: Verdict, by: User, now: datetime, *, words: str = "") -> None:
    held.state, held.words = state, words
    held.ended_by, held.ended_post, held.ended_at = by, verdict.post, now
    held.save()


def _tell(
    asked: Extension, move: str, verdict: Verdict, by: User, op: uuid.UUID, now: datetime, *, reason: str = ""
) -> None:
    row = asked.assignment
    day = asked.granted_on or asked.wished_on
    changes = {"due_on": [(asked.moved_from or asked.due_on).isoformat(), day.isoformat()], "extension": asked.pk}
    line = history.line(
        move, row=row, by=by, post=verdict.post, now=now, op=op, from_stage=row.stage, to_stage=row.stage,
        reason=reason, changes=changes,
    )  # fmt: skip
    history.write([line])
