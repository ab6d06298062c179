"""The branch side of moving and merging units: the tree itself, people, names. What it does to work stands in tasks.actions.tree.

Inside the caller's transaction, under the tree lock; permission and the question whether it can be done are the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from treebeard.exceptions import PathOverflow

from branches.actions.record import note
from branches.models import (
    Branch,
    BranchState,
    Membership,
    PlannedChange,
    Post,
    Unit,
    UnitAlias,
)
from branches.roles import Role
from branches.rules import appoints_leaders, is_cpc_member
from branches.writing import NotPossible


def place_of(unit: Unit) -> dict[str, Any]:
    """Where a unit stands: below what, after which unit beside it; enough to put it back."""
    above = Unit.objects.filter(path=unit.path[: -unit.steplen]).first()
    beside = Unit.objects.filter(depth=unit.depth, path__startswith=unit.path[: -unit.steplen], path__lt=unit.path)
    before = beside.order_by("-path").first()
    return {"parent": above.pk if above else None, "after": before.pk if before else None}


def transplant(unit: Unit, target: Unit | None, *, after: Unit | None = None) -> Unit:
    """Put a unit with everything below it under `target`, last or right after one of the units there, and give the whole
    subtree its body. Rows that carry a copy of the path follow by their foreign key."""
    unit, old_body = Unit.objects.get(pk=unit.pk), Unit.objects.get(pk=unit.pk).body_id
    try:
        if after is not None:
            Unit.objects.move(unit, Unit.objects.get(pk=after.pk), "right")
        elif target is not None:
            Unit.objects.move(unit, Unit.objects.get(pk=target.pk), "last-child")
        else:
            Unit.objects.move(unit, Unit.objects.get_last_root_node(), "last-sibling")
    except PathOverflow as error:
        raise NotPossible(_("The tree has no room left at this place")) from error
    moved = Unit.objects.get(pk=unit.pk)
    body = Unit.objects.get(pk=target.pk).body_id if target else None
    if not moved.is_body and body != old_body:
        Unit.objects.under(moved).filter(body=old_body).update(body=body)
    Unit.objects.filter(pk=moved.pk).update(version=F("version") + 1)
    return Unit.objects.get(pk=moved.pk)


@dataclass(frozen=True)
class Took:
    """What a merge did to people and names, for its line of history."""

    posts: int
    members: int
    units: int


def absorb(unit: Unit, into: Unit, on: date, change: PlannedChange, now: datetime) -> Took:
    """Merge the people, the units below and the names of `unit` into another, and end it on `on`. Nothing is deleted."""
    took = Took(_posts(unit, into, on, change, now), _members(unit, into, on, change, now), _children(unit, into))
    _names(unit, into)
    Unit.objects.filter(pk=unit.pk).update(ends_on=on, version=F("version") + 1)
    Branch.objects.filter(unit=unit).update(state=BranchState.ENDED, version=F("version") + 1)
    return took


def _posts(unit: Unit, into: Unit, on: date, change: PlannedChange, now: datetime) -> int:
    """Open posts end with the unit and go on at the other one; where that has a head already, or appoints its own, the
    head serves on as member."""
    branch = Branch.objects.filter(unit=into).select_related("type").first()
    headed = into.posts.filter(Q(ends_on=None) | Q(ends_on__gt=on), role=Role.HEAD).exists()
    took = 0
    for post in list(unit.posts.exclude(ends_on__lte=on).select_related("user").order_by("pk")):
        last = post.ends_on
        Post.objects.filter(pk=post.pk).update(ends_on=Greatest("starts_on", Value(on)))
        role = post.role
        unfit = branch is not None and appoints_leaders(branch) and post.appointed_by_id != branch.approved_by_id
        if role == Role.HEAD and (headed or unfit):
            if branch is not None:
                continue  # a member by his membership
            role = Role.MEMBER
        held = Post.objects.filter(user=post.user_id, unit=into, role=role).exclude(ends_on__lte=on)
        if held.exists():
            continue
        new = Post.objects.create(
            user_id=post.user_id, unit=into, role=role, title=post.title if role == post.role else "",
            title_en=post.title_en if role == post.role else "", fields_in_charge=post.fields_in_charge,
            appointed_by_id=post.appointed_by_id, appointment=post.appointment,
            starts_on=max(on, post.starts_on), ends_on=last,
        )  # fmt: skip
        note(
            "appointed", post.user, by=change.by, post=change.post, op=None, now=now, unit=into, person=post.user,
            reason=change.reason, after={"role": new.role, "title": new.title, "starts_on": new.starts_on},
        )  # fmt: skip
        took += 1
    return took


def _members(unit: Unit, into: Unit, on: date, change: PlannedChange, now: datetime) -> int:
    """Open memberships go on in the other branch from that day; one home branch stays one (I-3), and nobody without
    standing is carried (I-10)."""
    branch, other = Branch.objects.filter(unit=unit).first(), Branch.objects.filter(unit=into).first()
    if branch is None or other is None:
        return 0
    took = 0
    for row in list(branch.memberships.exclude(ends_on__lte=on).select_related("user").order_by("pk")):
        last = row.ends_on
        Membership.objects.filter(pk=row.pk).update(ends_on=Greatest("starts_on", Value(on)))
        first = max(on, row.starts_on)
        there = other.memberships.filter(user=row.user_id).exclude(ends_on__lte=first).order_by("pk").first()
        if there is not None and not (row.kind == Membership.Kind.HOME and there.kind == Membership.Kind.TEMPORARY):
            continue
        if not is_cpc_member(row.user, first):
            continue
        if there is not None:  # there for a time, and now at home
            Membership.objects.filter(pk=there.pk).update(ends_on=Greatest("starts_on", Value(first)))
        Membership.objects.create(user_id=row.user_id, branch=other, kind=row.kind, starts_on=first, ends_on=last)
        note(
            "member-added", row.user, by=change.by, post=change.post, op=None, now=now, unit=into, person=row.user,
            reason=change.reason, after={"kind": row.kind, "starts_on": first},
        )  # fmt: skip
        took += 1
    return took


def _children(unit: Unit, into: Unit) -> int:
    below = list(Unit.objects.under(unit).filter(depth=unit.depth + 1))
    for child in below:
        transplant(child, into)
    return len(below)


def _names(unit: Unit, into: Unit) -> None:
    """Lists that still say the old name mean the unit that goes on."""
    UnitAlias.objects.filter(unit=unit).update(unit=into)
    for name in {unit.name, unit.short_name} - {"", into.name, into.short_name}:
        UnitAlias.objects.get_or_create(body_id=into.body_id, name=name, defaults={"unit": into})
