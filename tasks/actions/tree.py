"""Moves, merges and new names of units with a day: planned, done on the day, and what they do to work (docs/decisions/0018).

Within one body open rows go along. Between two bodies what the old side issued stops there and waits for its decision; the
new body decides on new work. Rows that were closed stay with the body in which they were done, and so do its figures.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches import moving
from branches.actions.moves import absorb, place_of, transplant
from branches.actions.planned import (
    Kind,
    State,
    held,
    hold_promises,
    mark_done,
    mover_or_deny,
    new_row,
    rename,
    told_of,
)
from branches.actions.record import comma_list, hold_tree, note
from branches.actions.units import UnitWords, refuse_words
from branches.clock import day_of
from branches.models import PlannedChange, Post, Unit, User
from branches.writing import Invalid, NotPossible, Refused, once
from tasks import rules, tree_rules
from tasks.actions import history
from tasks.actions.handovers import heir_of, inherit, redirect_later
from tasks.models import Assignment, Receiver
from tasks.states import WITH_UNIT, ListStage, Stage, Stop

PLACES = {Kind.MOVE: "unit-moved", Kind.MERGE: "unit-merged"}
AGAINST_RULES = gettext_lazy("The change would break a rule of the register. Check the unit and plan it again")
log = structlog.get_logger(__name__)


def plan_change(
    kind: str, unit: Unit, target: Unit, effective_on: date, *, reason: str = "", by: User, op: uuid.UUID, now: datetime
) -> PlannedChange:
    """Move `unit` below `target`, or merge it into `target`, on that day; today means at once.

    Raises PermissionDenied for whoever does not keep the place it leaves, NotPossible with every reason that stands in the
    way, Invalid for the day.
    """

    def write() -> dict[str, Any]:
        today = day_of(now)
        hold_tree()
        wish = moving.Wish.of(kind, held(unit), held(target), effective_on)
        posts = by.posts_on(today)
        post = mover_or_deny(posts, wish.home)
        if effective_on < moving.earliest(wish, posts, today):
            words = _("The other body needs a day on which it can object: choose tomorrow or later")
            words = words if effective_on >= today else _("Choose today or a later day")
            raise Invalid(words, effective_on=words)
        if stones := tree_rules.obstacles(wish):
            raise NotPossible(comma_list(stones), stones=stones)
        row = _planned(wish, reason, by, post, now)
        if effective_on <= today:
            _do_now(row, wish, now, op)
        return {"change": row.pk}

    content = [kind, unit.pk, target.pk, effective_on, reason]
    return PlannedChange.objects.get(pk=once(op, "tree.plan_change", write, by=by, now=now, content=content)["change"])


def _planned(wish: moving.Wish, reason: str, by: User, post: Post, now: datetime) -> PlannedChange:
    change = new_row(
        kind=wish.kind, unit=wish.unit, target=wish.target, effective_on=wish.on, reason=reason.strip(), by=by, post=post,
        made_at=now, old_body_id=wish.home,
    )  # fmt: skip
    if wish.on > day_of(now):
        for unit in (wish.unit, wish.target):
            note("change-planned", wish.unit, by=by, post=post, op=None, now=now, unit=unit, after=told_of(change))
    return change


def _do(change: PlannedChange, wish: moving.Wish, now: datetime, op: uuid.UUID | None) -> None:
    """Make the change, under the tree lock, in the caller's transaction."""
    act: Callable[..., dict[str, Any]] = _move if wish.kind == Kind.MOVE else _merge
    before = place_of(wish.unit)
    after = act(change, wish, now, op)
    before["stopped"] = after.pop("rows", [])
    told: dict[str, Any] = {"reason": change.reason, "by": change.by, "post": change.post, "op": op, "now": now}
    shown = {
        "stands_below": wish.parent.name if wish.parent else "",
        "body": wish.unit.body.name if wish.unit.body else "",
    }
    now_at = Unit.objects.select_related("body").get(pk=wish.unit.pk)
    placed = {"stands_below": wish.target.name, "body": now_at.body.name if now_at.body else ""}
    for unit in (wish.unit, wish.target):
        note(PLACES[Kind(wish.kind)], wish.unit, unit=unit, before=shown, after=placed | after, **told)
    mark_done(change, now, before)
    hold_promises()


def _do_now(change: PlannedChange, wish: moving.Wish, now: datetime, op: uuid.UUID) -> None:
    try:
        _do(change, wish, now, op)
    except IntegrityError as error:
        log.warning("change_refused", change=change.pk, error=str(error))
        raise NotPossible(str(AGAINST_RULES)) from error


def _move(change: PlannedChange, wish: moving.Wish, now: datetime, op: uuid.UUID | None) -> dict[str, Any]:
    stopped = _stop_outside(change, wish, now, op) if wish.crosses else []
    settle_below(transplant(wish.unit, wish.target), wish.unit.body_id, day_of(now))
    return {"stopped": len(stopped), "rows": stopped} if stopped else {}


def _stop_outside(change: PlannedChange, wish: moving.Wish, now: datetime, op: uuid.UUID | None) -> list[int]:
    """What the old side gave stops there: its desk sees it among the work left behind, and hands it over or drops it."""
    given = Assignment.objects.open().filter(unit_path__startswith=wish.unit.path)
    rows = list(given.exclude(issuer_path__startswith=wish.unit.path).select_for_update(of=("self",)).order_by("pk"))
    words = _("%(unit)s went to %(body)s") % {
        "unit": wish.unit.name,
        "body": wish.target.body.name if wish.target.body else wish.target.name,
    }
    lines = []
    for row in rows:
        changes = {"suspended_from": row.suspended_from}
        lines.append(
            history.line(
                "unit_moved", row=row, by=change.by, post=change.post, now=now, op=op, from_stage=row.stage,
                to_stage=Stage.STOPPED, reason=change.reason or words, changes=changes,
            )
        )  # fmt: skip
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
        stage=Stage.STOPPED, stop=Stop.UNIT_MOVED, stop_reason=words[:300], suspended_from="", version=F("version") + 1
    )
    history.write(lines)
    return [row.pk for row in rows]


def settle_below(moved: Unit, old_body: int | None, on: date) -> None:
    """Open rows inside the subtree go along into the new body; closed ones stay where they were done. A report in review
    goes to a seat in the new body when the old one lies outside it."""
    if moved.body_id == old_body:
        return
    inside = Assignment.objects.open().filter(unit_path__startswith=moved.path)
    inside.filter(body=old_body).update(body=moved.body_id, version=F("version") + 1)
    given = Assignment.objects.open().filter(issuer_path__startswith=moved.path, issuer_body=old_body)
    given.update(issuer_body=moved.body_id)
    for row in inside.filter(stage=Stage.REPORTED).exclude(review_unit__body=moved.body_id).select_related("issuer"):
        reseat(row, on)


def reseat(row: Assignment, on: date) -> None:
    """Find the reviewer anew for a report in review (design 4); where nobody is left, its issuer's desk will be asked."""
    seat = rules.review_seat(row.issuer, rules.authors(row), on)
    Assignment.objects.filter(pk=row.pk).update(
        review_unit_id=seat.unit_id if seat else row.issuer_id, review_leaders=bool(seat and seat.leaders)
    )


def _merge(change: PlannedChange, wish: moving.Wish, now: datetime, op: uuid.UUID | None) -> dict[str, Any]:
    took = absorb(wish.unit, wish.target, wish.on, change, now)
    into = Unit.objects.get(pk=wish.target.pk)
    rows = _pass_on(wish.unit, into, change, now, op)
    waiting = Assignment.objects.in_review().filter(review_unit=wish.unit)
    for row in list(waiting.select_related("issuer")):
        reseat(row, day_of(now))
    return asdict(took) | {"handed_over": rows}


def _pass_on(unit: Unit, into: Unit, change: PlannedChange, now: datetime, op: uuid.UUID | None) -> int:
    """Open work of a merged unit goes on at the other one, each row with the link to its heir; what waits for review is
    reviewed as it was handed in, and comes along if it is returned."""
    on, reason = day_of(now), _("%(unit)s was merged into %(into)s") % {"unit": unit.name, "into": into.name}
    rows = Assignment.objects.filter(unit=unit, stage__in=[*WITH_UNIT, Stage.SUSPENDED])
    handed = 0
    for row in rows.select_for_update(of=("self",)).select_related("issuer").order_by("pk"):
        heir = heir_of(row, into, on, row.person)
        before = row.stage
        Assignment.objects.filter(pk=row.pk).update(
            stage=Stage.STOPPED, stop=Stop.HANDED_OVER, stop_reason=reason[:300], suspended_from="",
            version=F("version") + 1,
        )  # fmt: skip
        line = history.line(
            "hand_over", row=row, by=change.by, post=change.post, now=now, op=op, from_stage=before,
            to_stage=Stage.STOPPED, reason=change.reason or reason, changes={"to": into.pk, "change": change.pk},
        )  # fmt: skip
        history.write([line])
        inherit(row, heir, reason=reason, later=False, by=change.by, post=change.post, op=op, now=now)
        handed += 1
    named = Receiver.objects.filter(unit=unit, task__list__stage=ListStage.ISSUED)
    for task, role in set(named.values_list("task_id", "role")):
        redirect_later(task, unit.pk, into, on, role)
    return handed


def pass_on_returned(now: datetime) -> int:
    """Reports of merged units that were returned after the merge go on at the unit that took them in. The sweep calls it."""
    merged = PlannedChange.objects.filter(kind=Kind.MERGE, state=State.DONE, unit__assignments__stage__in=WITH_UNIT)
    done = 0
    for pk in set(merged.values_list("pk", flat=True)):
        with transaction.atomic():
            rows = PlannedChange.objects.select_for_update(of=("self",)).select_related("unit", "target", "post")
            change = rows.get(pk=pk)
            assert change.target is not None  # noqa: S101 (a merge has one: constraint)
            done += _pass_on(change.unit, change.target, change, now, None)
    return done


def do_changes_due(now: datetime) -> int:
    """Make the changes whose day has come; how many. Each is asked again whether it can be done; one that cannot keeps the
    reason and is shown to its admin. Safe to run twice, late or on two machines."""
    waiting = PlannedChange.objects.waiting(day_of(now)).order_by("effective_on", "pk")
    return sum(_do_due(pk, now) for pk in list(waiting.values_list("pk", flat=True)))


def _do_due(pk: int, now: datetime) -> int:
    try:
        with transaction.atomic():
            hold_tree()
            change = PlannedChange.objects.select_for_update(of=("self",)).waiting(day_of(now)).filter(pk=pk).first()
            if change is None:
                return 0  # another machine was faster
            unit = held(change.unit)
            if change.kind == Kind.RENAME:
                refuse_words(unit, UnitWords(**change.words))
                rename(change, unit, now, None)
            else:
                assert change.target is not None  # noqa: S101 (constraint)
                wish = moving.Wish.of(change.kind, unit, held(change.target), change.effective_on)
                if stones := tree_rules.obstacles(wish):
                    raise NotPossible(comma_list(stones))
                _do(change, wish, now, None)
    except Refused as problem:
        return _failed(pk, problem.message)
    except DatabaseError:
        log.exception("planned_change_refused", change=pk)
        return _failed(pk, str(AGAINST_RULES))
    return 1


def _failed(pk: int, words: str) -> int:
    PlannedChange.objects.filter(pk=pk, state=State.PLANNED).update(state=State.FAILED, said=words[:500])
    return 0
