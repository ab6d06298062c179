"""Writes to the tree: add, rename and end units, and keep the other names under which lists call them."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from treebeard.exceptions import PathOverflow

from branches import clock, names, rules
from branches.actions.record import (
    changed,
    comma_list,
    expect,
    hold_tree,
    keeper_or_deny,
    locked,
    not_before,
    note,
    write_once,
)
from branches.models import Post, Unit, UnitAlias, UnitKind, User
from branches.writing import Invalid, NotPossible


@dataclass(frozen=True)
class UnitWords:
    """What a unit is called; an empty code is made from the name."""

    name: str
    short_name: str = ""
    name_en: str = ""
    code: str = ""


def add_unit(
    parent: Unit | None,
    words: UnitWords,
    kind: UnitKind,
    *,
    starts_on: date,
    after: Unit | None = None,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> Unit:
    """A new unit below `parent` (a new root for a system admin): last among its siblings, or right after one of them."""
    content = {
        **asdict(words),
        "kind": kind.pk,
        "parent": parent and parent.pk,
        "after": after and after.pk,
        "on": starts_on,
    }

    def write() -> dict[str, Any]:
        hold_tree()
        post = keeper_or_deny(by, parent and locked(Unit, parent.pk), now)
        unit = plant(parent, words, kind, starts_on=starts_on, after=after)
        note(
            "unit-added", unit, by=by, post=post, op=op, now=now, unit=unit,
            after={"name": unit.name, "kind": kind.name, "starts_on": starts_on},
        )  # fmt: skip
        return {"unit": unit.pk}

    return Unit.objects.get(pk=write_once("add_unit", write, by=by, op=op, now=now, content=content)["unit"])


def plant(
    parent: Unit | None,
    words: UnitWords,
    kind: UnitKind,
    *,
    starts_on: date,
    ends_on: date | None = None,
    after: Unit | None = None,
) -> Unit:
    """Put a new unit into the tree and work out its body. Inside a transaction; permission and history are the caller's."""
    hold_tree()
    parent = Unit.objects.get(pk=parent.pk) if parent else None
    code = words.code or _free_code(names.code_from(words.short_name or words.name, parent.code if parent else ""))
    _refuse_taken_code(code)
    _refuse_same_name(parent, words.name)
    if parent and not parent.holds_on(starts_on):
        raise Invalid(
            _("The unit above does not exist on that day"), starts_on=_("The unit above does not exist on that day")
        )
    fields = asdict(words) | {"code": code, "kind": kind, "starts_on": starts_on, "ends_on": ends_on}
    unit = Unit(**fields, **names.unit_letters(words.name, words.short_name))
    unit.body = parent.body if parent and not kind.is_body else None
    try:
        _place(unit, parent, after)
    except PathOverflow as error:
        raise NotPossible(_("The tree has no room left at this place")) from error
    if kind.is_body:
        Unit.objects.filter(pk=unit.pk).update(body=unit)
    return Unit.objects.get(pk=unit.pk)


def _place(unit: Unit, parent: Unit | None, after: Unit | None) -> None:
    sibling = Unit.objects.get(pk=after.pk) if after else None
    if sibling and sibling.path[: -Unit.steplen] == (parent.path if parent else ""):
        Unit.objects.add_sibling(sibling, "right", instance=unit)
    elif sibling:
        raise Invalid(_("That unit is not beside the new one"), after=_("That unit is not beside the new one"))
    elif parent:
        Unit.objects.add_child(parent, instance=unit)
    else:
        Unit.objects.add_root(instance=unit)


def _free_code(wanted: str) -> str:
    taken = set(Unit.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 3) if (code := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def _refuse_taken_code(code: str, but: int | None = None) -> None:
    if Unit.objects.filter(code=code).exclude(pk=but).exists():
        words = _("Another unit has the code %(code)s") % {"code": code}
        raise Invalid(words, code=words)


def _refuse_same_name(parent: Unit | None, name: str, but: int | None = None) -> None:
    """Names repeat across the tree, but two open siblings of one name could not be told apart in a list."""
    siblings = Unit.objects.get_children(parent) if parent else Unit.objects.get_root_nodes()
    if siblings.filter(name=name, ends_on__isnull=True).exclude(pk=but).exists():
        words = _("There is a unit of this name at this place already")
        raise Invalid(words, name=words)


def rename_unit(unit: Unit, words: UnitWords, *, version: int, by: User, op: uuid.UUID, now: datetime) -> Unit:
    """Call a unit differently. Issued lists keep the words they were issued with; the old name stays as an alias."""

    def write() -> dict[str, Any]:
        hold_tree()
        row = locked(Unit, unit.pk)
        post = keeper_or_deny(by, row, now)
        expect(row, version)
        return {"unit": call_differently(row, words, by=by, post=post, op=op, now=now).pk}

    content = {"unit": unit.pk, "version": version, **asdict(words)}
    return Unit.objects.get(pk=write_once("rename_unit", write, by=by, op=op, now=now, content=content)["unit"])


def call_differently(
    row: Unit,
    words: UnitWords,
    *,
    by: User | None,
    post: Post | None,
    op: uuid.UUID | None,
    now: datetime,
    reason: str = "",
) -> Unit:
    """Give a unit that is held under lock other words, with its line of history; the old name stays as an alias."""
    refuse_words(row, words)
    before, after = changed({name: getattr(row, name) for name in asdict(words)}, asdict(words))
    if not after:
        return row
    if "name" in after:
        _keep_old_name(row)
    letters = names.unit_letters(words.name, words.short_name)
    Unit.objects.filter(pk=row.pk, version=row.version).update(**asdict(words), **letters, version=row.version + 1)
    note("unit-renamed", row, by=by, post=post, op=op, now=now, unit=row, before=before, after=after, reason=reason)
    return row


def refuse_words(row: Unit, words: UnitWords) -> None:
    """Refuse words that the unit cannot be called by: no code, a code of another, the name of a unit beside it."""
    if not words.code:
        raise Invalid(_("Enter a code"), code=_("Enter a code"))
    _refuse_taken_code(words.code, but=row.pk)
    if words.name != row.name:
        _refuse_same_name(Unit.objects.get_parent(row), words.name, but=row.pk)


def _keep_old_name(unit: Unit) -> None:
    """Next year's list is often copied from last year's, with last year's names; a body's name stands in lists above it."""
    parent = Unit.objects.get_parent(unit) if unit.is_body else None
    for body_id in {unit.body_id, parent.body_id if parent else None} - {None}:
        UnitAlias.objects.get_or_create(body_id=body_id, name=unit.name, defaults={"unit": unit})


def end_unit(
    unit: Unit, ends_on: date, *, version: int, reason: str = "", by: User, op: uuid.UUID, now: datetime
) -> Unit:
    """The day from which a unit is no more. Refused in words while units below it or posts go on; nothing is deleted."""

    def write() -> dict[str, Any]:
        hold_tree()
        row = locked(Unit, unit.pk)
        post = keeper_or_deny(by, row, now)
        expect(row, version)
        if hasattr(row, "branch"):
            raise NotPossible(_("A branch is ended on its own page, so that its members are released with it"))
        if row.ends_on and row.ends_on <= clock.day_of(now):
            raise NotPossible(_("This unit has ended already"))
        not_before(ends_on, row.starts_on)
        if stones := rules.blocks_ending(row, ends_on):
            raise NotPossible(_("The unit cannot end yet: %(reasons)s") % {"reasons": comma_list(stones)})
        Unit.objects.filter(pk=row.pk, version=version).update(ends_on=ends_on, version=version + 1)
        note(
            "unit-ended", row, by=by, post=post, op=op, now=now, unit=row, reason=reason,
            before={"ends_on": row.ends_on}, after={"ends_on": ends_on},
        )  # fmt: skip
        return {"unit": row.pk}

    content = {"unit": unit.pk, "version": version, "ends_on": ends_on, "reason": reason}
    return Unit.objects.get(pk=write_once("end_unit", write, by=by, op=op, now=now, content=content)["unit"])


def add_alias(unit: Unit, name: str, body: Unit, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Another name under which the lists of `body` call the unit, which may be a body below it."""
    name = name.strip()

    def write() -> dict[str, Any]:
        acting = keeper_or_deny(by, locked(Unit, body.pk), now)
        taken = UnitAlias.objects.filter(body=body, name=name).select_related("unit").first()
        if taken:
            words = _("Lists already call %(unit)s by this name") % {"unit": taken.unit}
            raise Invalid(words, alias=words)
        UnitAlias.objects.create(unit=unit, body=body, name=name)
        note("alias-added", unit, by=by, post=acting, op=op, now=now, unit=unit, after={"alias": name})
        return {}

    write_once("add_alias", write, by=by, op=op, now=now, content={"unit": unit.pk, "body": body.pk, "name": name})


def remove_alias(alias: UnitAlias, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Lists of this body no longer call the unit by this name."""

    def write() -> dict[str, Any]:
        acting = keeper_or_deny(by, locked(Unit, alias.body_id), now)
        UnitAlias.objects.filter(pk=alias.pk).delete()
        note(
            "alias-removed",
            alias.unit,
            by=by,
            post=acting,
            op=op,
            now=now,
            unit=alias.unit,
            before={"alias": alias.name},
        )
        return {}

    write_once("remove_alias", write, by=by, op=op, now=now, content={"alias": alias.pk, "name": alias.name})
