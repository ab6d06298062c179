"""Writes of help: asked by who does the work, answered by the issuer, and told to every receiver where it concerns all."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import User
from branches.writing import Invalid, NotPossible, once
from tasks import asking
from tasks.actions import history
from tasks.actions.said import clean
from tasks.models import Assignment, Clarification, HelpRequest, StoredFile, Task
from tasks.rules import Actor, Verdict, may_issue
from tasks.states import OPEN

State = HelpRequest.State


def ask_help(row: Assignment, why: str, text: str, *, by: User, op: uuid.UUID, now: datetime) -> HelpRequest:
    """Ask the issuer for help: no stage, light or figure changes. One open request a row."""

    def write() -> dict[str, Any]:
        held = Assignment.objects.select_for_update(of=("self",)).get(pk=row.pk)
        verdict = asking.does(Actor.of(by, day_of(now)), held)
        if not verdict:
            raise PermissionDenied("ask_help")
        if not held.is_open:
            raise NotPossible(_("This assignment has moved on. Here is how it stands"))
        if HelpRequest.objects.filter(assignment=held, state=State.OPEN).exists():
            raise NotPossible(_("Help has been asked for already and is not answered yet"))
        words = clean("text", text, needed=_("Say what help is needed"))
        if why not in HelpRequest.Why.values:
            raise Invalid(_("Choose a reason"), why=_("Choose a reason"))
        asked = HelpRequest.objects.create(assignment=held, why=why, text=words, by=by, post=verdict.post, at=now)
        _tell(asked, "help_asked", verdict, by, op, now, reason=words)
        return {"help": asked.pk}

    result = once(op, "ask_help", write, by=by, now=now, content=[row.pk, why, text.strip()])
    return HelpRequest.objects.get(pk=result["help"])


def answer_help(
    asked: HelpRequest, answer: str, *, to_all: bool = False, by: User, op: uuid.UUID, now: datetime
) -> HelpRequest:
    """Answer with words; with `to_all` every receiver of the task reads the answer as a clarification, and not who asked."""

    def write() -> dict[str, Any]:
        held = _locked(asked)
        verdict = asking.answers_help(Actor.of(by, day_of(now)), held)
        if not verdict:
            raise PermissionDenied("answer_help")
        held.answer = clean("answer", answer, needed=_("Write the answer"))
        if to_all:
            held.published = _clarify(held.assignment.task, held.answer, verdict, by, op, now, but=held.assignment)
        _end(held, State.ANSWERED, verdict, by, now)
        _tell(held, "help_answered", verdict, by, op, now, reason=held.answer)
        return {}

    once(op, "answer_help", write, by=by, now=now, content=[asked.pk, answer.strip(), to_all])
    asked.refresh_from_db()
    return asked


def withdraw_help(asked: HelpRequest, *, by: User, op: uuid.UUID, now: datetime) -> HelpRequest:
    """The side that asked closes the request: it needs no answer any more."""

    def write() -> dict[str, Any]:
        held = _locked(asked)
        verdict = asking.does(Actor.of(by, day_of(now)), held.assignment)
        if not verdict:
            raise PermissionDenied("withdraw_help")
        _end(held, State.WITHDRAWN, verdict, by, now)
        _tell(held, "help_withdrawn", verdict, by, op, now)
        return {}

    once(op, "withdraw_help", write, by=by, now=now, content=asked.pk)
    asked.refresh_from_db()
    return asked


def clarify(
    task: Task, text: str, file: StoredFile | None = None, *, by: User, op: uuid.UUID, now: datetime
) -> Clarification:
    """Words of the issuer's desk, perhaps with a file, to every receiver of the task; no new version, no date moves."""

    def write() -> dict[str, Any]:
        verdict = may_issue(Actor.of(by, day_of(now)), task.list.issuer)
        if not verdict:
            raise PermissionDenied("clarify")
        if not task.list.published_at:
            raise NotPossible(_("This list is not published yet: change its words instead"))
        words = clean("text", text, needed=_("Write the clarification"))
        if file is not None and not StoredFile.objects.visible_to(by, day_of(now)).filter(pk=file.pk).exists():
            raise PermissionDenied("file")
        return {"clarification": _clarify(task, words, verdict, by, op, now, file=file).pk}

    content = [task.pk, text.strip(), *([file.pk] if file else [])]
    result = once(op, "clarify", write, by=by, now=now, content=content)
    return Clarification.objects.get(pk=result["clarification"])


def _clarify(
    task: Task,
    text: str,
    verdict: Verdict,
    by: User,
    op: uuid.UUID,
    now: datetime,
    but: Assignment | None = None,
    file: StoredFile | None = None,
) -> Clarification:
    """The words, and a line in the history of every open row of the task (but the one whose own history tells the answer)."""
    made = Clarification.objects.create(task=task, text=text, file=file, by=by, post=verdict.post, at=now)
    rows = Assignment.objects.filter(task=task, stage__in=OPEN)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    said: dict[str, Any] = {"by": by, "post": verdict.post, "now": now, "op": op, "reason": text}
    if file is not None:
        said["changes"] = {"file": file.name}
    history.write([history.line("clarified", row=row, **said) for row in rows])
    return made


def _locked(asked: HelpRequest) -> HelpRequest:
    """The request with its row, both held. Raises NotPossible when it is over."""
    row = Assignment.objects.select_for_update(of=("self",)).select_related("task__list").get(pk=asked.assignment_id)
    held = HelpRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    if not held.is_open:
        raise NotPossible(_("This has been answered already") if held.answer else _("This request was withdrawn"))
    held.assignment = row
    return held


def _end(held: HelpRequest, state: str, verdict: Verdict, by: User, now: datetime) -> None:
    held.state, held.ended_by, held.ended_post, held.ended_at = state, by, verdict.post, now
    held.save()


def _tell(
    asked: HelpRequest, move: str, verdict: Verdict, by: User, op: uuid.UUID, now: datetime, *, reason: str = ""
) -> None:
    changes = {"help": asked.pk, "why": asked.why}
    said: dict[str, Any] = {"by": by, "post": verdict.post, "now": now, "op": op, "reason": reason}
    history.write([history.line(move, row=asked.assignment, changes=changes, **said)])
