"""A body's own rules of organisational life, and what a branch is made of, where a rule asks (issue 4)."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _

from activities import rules
from activities.models import BranchShape, Cadence, CadenceChange
from branches import rules as who
from branches.clock import day_of
from branches.models import Branch, Post, Unit, User
from branches.writing import Conflict, Invalid, NotPossible, once
from tasks.rules import Actor

LOCK = 7_201_017  # one writer of a body's rules at a time: two new ones would want the same place
FIELDS = ("count", "per", "condition", "source")


@dataclass(frozen=True)
class CadenceWords:
    """A rule as a body writes it; year None: every year. Count 0: by the branch's plan."""

    kind: str
    branch_type: str
    year: int | None
    count: int
    per: str
    condition: str
    source: str


def set_rule(
    body: Unit, words: CadenceWords, *, version: int | None = None, by: User, op: uuid.UUID, now: datetime
) -> Cadence:
    """Write the body's own rule for a kind, a type and a year, or change the one that is there (`version` as it was read)."""

    def write() -> dict[str, Any]:
        post = _ruler(body, by, now)
        if not words.source.strip():
            raise Invalid(_("Name the source of the rule"), source=_("Name the source of the rule"))
        _one_at_a_time()
        place = {"kind": words.kind, "branch_type_id": words.branch_type, "body": body, "year": words.year}
        row = Cadence.objects.filter(**place).first()
        if row and row.version != version:
            raise Conflict(_("The body has a rule for this already. Look at it before changing it"), row=row)
        before = {name: getattr(row, name) for name in FIELDS} if row else None
        row = row or Cadence(**place, version=0)
        for name in FIELDS:
            setattr(row, name, getattr(words, name))
        row.version += 1
        row.save()
        _note(body, row, before, {name: getattr(row, name) for name in FIELDS}, by, post, op, now)
        return {"rule": row.pk}

    content = [body.pk, asdict(words), version]
    return Cadence.objects.get(pk=once(op, "set_cadence", write, by=by, now=now, content=content)["rule"])


def drop_rule(rule: Cadence, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Give up the body's own rule: what is less specific holds again. History keeps what it said."""

    def write() -> dict[str, Any]:
        if rule.body is None:
            raise PermissionDenied(_("National rules are changed with the product"))
        post = _ruler(rule.body, by, now)
        _one_at_a_time()
        row = Cadence.objects.filter(pk=rule.pk).first()
        if row is None:
            raise NotPossible(_("This rule is not there any more"))
        before = {name: getattr(row, name) for name in FIELDS}
        _note(rule.body, row, before, None, by, post, op, now)
        row.delete()
        return {}

    once(op, "drop_cadence", write, by=by, now=now, content=[rule.pk])


def set_shape(
    branch: Branch, *, has_committee: bool, has_groups: bool, version: int, by: User, op: uuid.UUID, now: datetime
) -> None:
    """Say whether the branch has a committee and groups: some rules are only for those that have them."""

    def write() -> dict[str, Any]:
        held = Branch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=branch.pk)
        hat = rules.recorder(Actor.of(by, day_of(now)), held.unit.path, held.unit.body_id)
        if hat is None:
            raise PermissionDenied(_("Meetings are recorded by the head or secretary of the branch"))
        row = BranchShape.objects.filter(branch=held).first() or BranchShape(branch=held, version=0)
        if row.version != version:
            raise Conflict(_("Somebody else changed this in the meantime. Compare both and choose."), row=row)
        before = {"has_committee": row.has_committee, "has_groups": row.has_groups} if row.pk else None
        row.has_committee, row.has_groups, row.version = has_committee, has_groups, version + 1
        row.save()
        CadenceChange.objects.create(
            body=held.unit.body, at=now, by=by, post=hat.post, rule={"branch": held.pk, "name": held.unit.name},
            before=before, after={"has_committee": has_committee, "has_groups": has_groups}, operation=op,
        )  # fmt: skip
        return {}

    once(op, "set_shape", write, by=by, now=now, content=[branch.pk, has_committee, has_groups, version])


def _ruler(body: Unit, by: User, now: datetime) -> Post:
    post = who.wisher(by.posts_on(day_of(now)), body.pk)
    if post is None:
        raise PermissionDenied(_("A body’s rules are written by its secretary or its organisation admin"))
    return post


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _note(
    body: Unit, row: Cadence, before: Any, after: Any, by: User, post: Post, op: uuid.UUID, now: datetime
) -> None:
    CadenceChange.objects.create(
        body=body, at=now, by=by, post=post, before=before, after=after, operation=op,
        rule={"kind": row.kind, "branch_type": row.branch_type_id, "year": row.year},
    )  # fmt: skip
