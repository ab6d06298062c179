"""Writes of instructions: a leader's words become a to-do of one unit's desk, which answers with words (ux LEAD-3, I-26)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Unit, User
from branches.writing import Invalid, NotPossible, once
from tasks import asking
from tasks.actions import history
from tasks.actions.said import clean
from tasks.models import Assignment, Instruction, Task
from tasks.rules import Actor, Verdict

State = Instruction.State


def instruct(
    unit: Unit,
    text: str,
    due_on: date | None,
    *,
    row: Assignment | None = None,
    task: Task | None = None,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> Instruction:
    """Give the desk of `unit` an instruction, about one of its rows, about a task that it issued, or about the unit."""

    def write() -> dict[str, Any]:
        on = day_of(now)
        verdict = asking.may_instruct(Actor.of(by, on), unit, row)
        if verdict.post is None:
            raise PermissionDenied("instruct")
        if (row and row.unit_id != unit.pk) or (task and task.list.issuer_id != unit.pk) or not unit.holds_on(on):
            raise NotPossible(_("This unit has nothing to do with it any more"))
        words = clean("text", text, needed=_("Write the instruction"))
        if due_on is None or due_on < on:
            raise Invalid(_("Choose today or a later day"), due_on=_("Choose today or a later day"))
        given = Instruction.objects.create(
            unit=unit, issuer=verdict.post.unit, assignment=row, task=task, text=words, given_on=on, due_on=due_on,
            by=by, post=verdict.post, at=now,
        )  # fmt: skip
        _tell(given, "instruction_given", verdict, by, op, now, reason=words)
        return {"instruction": given.pk}

    about = [unit.pk, row.pk if row else None, task.pk if task else None]
    content = [*about, text.strip(), due_on.isoformat() if due_on else ""]
    result = once(op, "instruct", write, by=by, now=now, content=content)
    return Instruction.objects.get(pk=result["instruction"])


def answer_instruction(given: Instruction, answer: str, *, by: User, op: uuid.UUID, now: datetime) -> Instruction:
    """The unit's desk says what was done; with that the instruction is done with."""

    def write() -> dict[str, Any]:
        held = _locked(given)
        verdict = asking.answers_instruction(Actor.of(by, day_of(now)), held)
        if not verdict:
            raise PermissionDenied("answer_instruction")
        held.answer = clean("answer", answer, needed=_("Write the answer"))
        _end(held, State.ANSWERED, verdict, by, now)
        _tell(held, "instruction_answered", verdict, by, op, now, reason=held.answer)
        return {}

    once(op, "answer_instruction", write, by=by, now=now, content=[given.pk, answer.strip()])
    given.refresh_from_db()
    return given


def withdraw_instruction(given: Instruction, *, by: User, op: uuid.UUID, now: datetime) -> Instruction:
    """The leader takes his own words back, as long as nobody has answered; the history keeps them."""

    def write() -> dict[str, Any]:
        held = _locked(given)
        if held.by_id != by.pk:
            raise PermissionDenied("withdraw_instruction")
        verdict = Verdict(True, asking.may_instruct(Actor.of(by, day_of(now)), held.unit, held.assignment).hat)
        _end(held, State.WITHDRAWN, verdict, by, now)
        _tell(held, "instruction_withdrawn", verdict, by, op, now)
        return {}

    once(op, "withdraw_instruction", write, by=by, now=now, content=given.pk)
    given.refresh_from_db()
    return given


def _locked(given: Instruction) -> Instruction:
    rows = Instruction.objects.select_for_update(of=("self",))
    held = rows.select_related("unit", "issuer", "assignment", "task__list").get(pk=given.pk)
    if not held.is_open:
        raise NotPossible(_("This has been answered already") if held.answer else _("This instruction was withdrawn"))
    return held


def _end(held: Instruction, state: str, verdict: Verdict, by: User, now: datetime) -> None:
    held.state, held.ended_by, held.ended_post, held.ended_at = state, by, verdict.post, now
    held.save()


def _tell(
    given: Instruction, move: str, verdict: Verdict, by: User, op: uuid.UUID, now: datetime, *, reason: str = ""
) -> None:
    """A line in the history of the row or task; one about a whole unit stands for itself. What a receiving body's own leader
    writes on work from above is that body's inner matter and is named so (design 3)."""
    changes = {"instruction": given.pk, "day": given.due_on.isoformat()}
    said: dict[str, Any] = {"by": by, "post": verdict.post, "now": now, "op": op, "reason": reason, "changes": changes}
    if given.assignment is not None:
        inner = given.assignment.crosses_boundary and given.issuer.body_id != given.assignment.issuer_body_id
        history.write([history.line(f"own_{move}" if inner else move, row=given.assignment, **said)])
    elif given.task is not None:
        history.write([history.line(move, task=given.task, **said)])
