"""What people answer to a change of the tree: take it back, object to it, undo it (docs/decisions/0018)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from branches import moving
from branches.actions.moves import transplant
from branches.actions.planned import Kind, State, hold_promises, told_of
from branches.actions.record import comma_list, hold_tree, note
from branches.clock import day_of
from branches.models import PlannedChange, Post, Unit, User
from branches.writing import Invalid, NotPossible, once
from tasks.actions import history
from tasks.actions.tree import settle_below
from tasks.models import Assignment, Event
from tasks.states import Stage


def withdraw(change: PlannedChange, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Take back a change before its day, or put away one that was objected to or could not be done."""

    def write() -> dict[str, Any]:
        row = _locked(change)
        post = moving.withdrawer(by.posts_on(day_of(now)), row, by.pk)
        if not row.is_open:
            raise NotPossible(_("This change is not planned any more"))
        if post is None:
            raise PermissionDenied(_("Only the side that planned it takes it back"))
        _say(row, State.WITHDRAWN, row.said, by)
        note("change-withdrawn", row.unit, by=by, post=post, op=op, now=now, unit=row.unit, before=told_of(row))
        return {}

    once(op, "tree.withdraw", write, by=by, now=now, content=change.pk)


def object_to(change: PlannedChange, words: str, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The receiving body says no before the day; nothing happens then, and both sides see why."""

    def write() -> dict[str, Any]:
        row = _locked(change)
        post = moving.objector(by.posts_on(day_of(now)), row, day_of(now))
        if row.state != State.PLANNED or row.effective_on <= day_of(now):
            raise NotPossible(_("It is too late to object: the change is not waiting any more"))
        if post is None:
            raise PermissionDenied(_("Only the desk, a leader or the organisation admin of the receiving body objects"))
        if not words.strip():
            raise Invalid(_("Say why"), words=_("Say why"))
        _say(row, State.OBJECTED, words.strip(), by)
        for unit in (row.unit, row.target):
            note(
                "change-objected", row.unit, by=by, post=post, op=op, now=now, unit=unit, reason=words.strip()[:300],
                before=told_of(row),
            )  # fmt: skip
        return {}

    once(op, "tree.object", write, by=by, now=now, content=[change.pk, words])


def _locked(change: PlannedChange) -> PlannedChange:
    hold_tree()
    rows = PlannedChange.objects.select_for_update(of=("self",)).select_related("unit", "target", "post")
    return rows.get(pk=change.pk)


def _say(row: PlannedChange, state: str, words: str, by: User) -> None:
    row.state, row.said, row.said_by = State(state), words[:500], by
    row.save(update_fields=["state", "said", "said_by"])


def undo(change: PlannedChange, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Put a moved unit back where it stood, within seven days and where nothing was built upon it; else the reason."""

    def write() -> dict[str, Any]:
        row = _locked(change)
        post = moving.undoer(by.posts_on(day_of(now)), row)
        if row.state != State.DONE or row.kind != Kind.MOVE:
            raise NotPossible(_("This change cannot be undone"))
        if post is None:
            raise PermissionDenied(_("Only the organisation admin of one of the two places undoes a move"))
        if stones := built_upon(row, now):
            raise NotPossible(comma_list(stones))
        _put_back(row, by, post, now, op)
        return {}

    once(op, "tree.undo", write, by=by, now=now, content=change.pk)


def built_upon(change: PlannedChange, now: datetime) -> list[str]:
    """Why a done move cannot be undone any more, in words; nothing when it can."""
    if change.done_at is None or now - change.done_at > moving.UNDO_WITHIN:
        return [_("A move can be undone for seven days")]
    unit = Unit.objects.select_related("kind", "body").get(pk=change.unit_id)
    parent = Unit.objects.select_related("kind", "body").filter(pk=change.before.get("parent")).first()
    here = Unit.objects.filter(path=unit.path[: -Unit.steplen]).values_list("pk", flat=True).first()
    if here != change.target_id:
        return [_("It has been moved on since")]
    if parent is None or not parent.holds_on(day_of(now)):
        return [_("The place where it stood is no more")]
    found = moving.obstacles(moving.Wish.of(Kind.MOVE, unit, parent, day_of(now)))
    if change.target is not None and change.old_body_id != change.target.body_id:
        subtree = Unit.objects.under(unit)
        new = Assignment.objects.filter(
            unit__in=subtree, issuer_body=change.target.body_id, issued_on__gte=day_of(change.done_at)
        )
        if new.exclude(issuer__in=subtree).exists():
            found.append(_("The new body has given it work since"))
        left = Assignment.objects.filter(pk__in=change.before.get("stopped", []))
        dropped = Event.objects.filter(move="dropped", assignment__in=left)
        if left.filter(heir__isnull=False).exists() or dropped.exists():
            found.append(_("The old body has decided what becomes of its open work"))
    return found


def _put_back(change: PlannedChange, by: User, post: Post, now: datetime, op: uuid.UUID) -> None:
    unit = Unit.objects.get(pk=change.unit_id)
    parent = Unit.objects.filter(pk=change.before.get("parent")).first()
    after = Unit.objects.filter(pk=change.before.get("after")).first()
    if after is not None and (parent is None or after.path[: -Unit.steplen] != parent.path):
        after = None
    left = unit.body_id
    settle_below(transplant(unit, parent, after=after), left, day_of(now))
    _open_again(change, by, post, now, op)
    change.state, change.said_by = State.UNDONE, by
    change.save(update_fields=["state", "said_by"])
    for each in (change.unit, change.target):
        note(
            "move-undone", change.unit, by=by, post=post, op=op, now=now, unit=each,
            before={"stands_below": change.target.name if change.target else ""},
            after={"stands_below": parent.name if parent else ""},
        )  # fmt: skip
    hold_promises()


def _open_again(change: PlannedChange, by: User, post: Post, now: datetime, op: uuid.UUID) -> None:
    """What the move stopped is open as it was."""
    assert change.done_at is not None  # noqa: S101 (a change that was done: constraint)
    stopped = change.before.get("stopped", [])
    events = Event.objects.filter(move="unit_moved", assignment__in=stopped, at=change.done_at)
    lines = []
    for event in events.select_related("assignment").order_by("assignment_id"):
        row = event.assignment
        assert row is not None  # noqa: S101 (the move stands in a row's history)
        Assignment.objects.filter(pk=row.pk).update(
            stage=event.from_stage, stop="", stop_reason="", suspended_from=event.changes.get("suspended_from", ""),
            version=F("version") + 1,
        )  # fmt: skip
        lines.append(
            history.line(
                "unit_moved_back", row=row, by=by, post=post, now=now, op=op, from_stage=Stage.STOPPED,
                to_stage=event.from_stage,
            )
        )  # fmt: skip
    history.write(lines)
