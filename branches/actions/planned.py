"""Planned changes of the tree as rows, and new names with a day; moves and merges, which also change work, stand in
tasks.actions.tree (docs/decisions/0018)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from branches import moving
from branches.actions.record import expect, hold_tree, locked, note
from branches.actions.units import UnitWords, call_differently, refuse_words
from branches.clock import day_of
from branches.models import PlannedChange, Post, Unit, User
from branches.writing import Invalid, NotPossible, once

Kind, State = PlannedChange.Kind, PlannedChange.State


def plan_name(
    unit: Unit,
    words: UnitWords,
    effective_on: date,
    *,
    version: int,
    reason: str = "",
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> PlannedChange:
    """Call a unit differently from that day on; today means at once."""

    def write() -> dict[str, Any]:
        today = day_of(now)
        hold_tree()
        row = held(unit)
        post = mover_or_deny(by.posts_on(today), row.body_id)
        expect(row, version)
        if effective_on < today:
            raise Invalid(_("Choose today or a later day"), effective_on=_("Choose today or a later day"))
        refuse_words(row, words)
        if row.ends_on is not None and row.ends_on <= effective_on:
            raise NotPossible(_("%(unit)s will have ended by then") % {"unit": row.local_name})
        change = new_row(
            kind=Kind.RENAME, unit=row, words=asdict(words), effective_on=effective_on, reason=reason.strip(), by=by,
            post=post, made_at=now, old_body_id=row.body_id,
        )  # fmt: skip
        if effective_on <= today:
            rename(change, row, now, op)
        else:
            note("change-planned", row, by=by, post=post, op=op, now=now, unit=row, after=told_of(change))
        return {"change": change.pk}

    content = [unit.pk, version, asdict(words), effective_on, reason]
    return PlannedChange.objects.get(pk=once(op, "tree.plan_name", write, by=by, now=now, content=content)["change"])


def held(unit: Unit) -> Unit:
    """The unit under lock, with what the questions read."""
    locked(Unit, unit.pk)
    return Unit.objects.select_related("kind", "body", "branch__type", "branch__platform").get(pk=unit.pk)


def mover_or_deny(posts: Sequence[Post], home: int | None) -> Post:
    """The post under which a unit is taken away from its place, or a refusal that says who may."""
    post = moving.mover(posts, home)
    if post is None:
        raise PermissionDenied(_("Only the organisation admin of the body that a unit leaves moves it"))
    return post


def new_row(**values: Any) -> PlannedChange:
    """Keep a change; a unit has one way and one new name ahead of it."""
    try:
        with transaction.atomic():
            return PlannedChange.objects.create(**values)
    except IntegrityError as error:
        raise NotPossible(_("A change of this kind is planned for the unit already: withdraw it first")) from error


def told_of(change: PlannedChange) -> dict[str, Any]:
    """What a line of history says of a change."""
    told = {"change": change.kind, "effective_on": change.effective_on, "target": change.target or ""}
    return told | {"name": change.words["name"]} if change.words else told


def hold_promises() -> None:
    """Let the database check now what it would check at the end, so that a refusal can still be told."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def mark_done(change: PlannedChange, now: datetime, before: dict[str, Any]) -> None:
    """Say that the change was made, and where things stood before."""
    change.state, change.done_at, change.before, change.said = State.DONE, now, before, ""
    change.save(update_fields=["state", "done_at", "before", "said"])


def rename(change: PlannedChange, row: Unit, now: datetime, op: uuid.UUID | None) -> None:
    """Give the unit the planned words now."""
    before = {"name": row.name}
    call_differently(
        row, UnitWords(**change.words), by=change.by, post=change.post, op=op, now=now, reason=change.reason
    )
    mark_done(change, now, before)
