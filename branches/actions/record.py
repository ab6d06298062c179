"""Small parts that every action shares: its line of history, rows taken under a lock, versions, permission in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches import clock, rules
from branches.models import Change, Post, Unit, User
from branches.writing import Conflict, Invalid, once

TREE_LOCK = 7_201_001  # one writer of the tree's shape at a time: two new siblings would want the same place
M = TypeVar("M", bound=models.Model)


def write_once(
    kind: str,
    write: Callable[[], dict[str, Any]],
    *,
    by: User | None,
    op: uuid.UUID,
    now: datetime,
    content: Any = None,
) -> dict[str, Any]:
    """Do `write` once for this operation (branches.writing)."""
    return once(op, f"branches.{kind}", write, by=by, now=now, content=content)


def note(
    verb: str, subject: object, *, by: User | None, post: Post | None, op: uuid.UUID | None, now: datetime, **what: Any
) -> None:
    """Write one line of history: `unit` and `person` it belongs to, `before` and `after` as plain JSON, `reason`."""
    before, after = plain(what.pop("before", {})), plain(what.pop("after", {}))
    Change.objects.create(
        verb=verb,
        subject=str(subject)[:200],
        by=by,
        post=post,
        at=now,
        operation=op,
        before=before,
        after=after,
        **what,
    )


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as history keeps them: days as text, people and units by name."""
    return {
        name: value if isinstance(value, int | bool | list | None) else str(value) for name, value in values.items()
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two sides of a change without what stayed as it was."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def locked(model: type[M], pk: int) -> M:
    """The row as it stands now, held until the transaction ends."""
    return model._default_manager.select_for_update().get(pk=pk)


def hold_tree() -> None:
    """Wait until no other transaction changes the shape of the tree."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def expect(row: Any, version: int, **details: Any) -> None:
    """Refuse the write when the row is no longer the one that this person read (design 8)."""
    if row.version != version:
        raise Conflict(_("Somebody else changed this in the meantime. Compare both and choose."), row=row, **details)


def keeper_or_deny(by: User, unit: Unit | None, now: datetime) -> Post:
    """The post under which `by` may change this part of the tree, or a refusal that says who may."""
    posts = by.posts_on(clock.day_of(now))
    post = rules.is_system_admin(posts) if unit is None else rules.keeper(posts, unit.body_id)
    if post is None:
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    return post


def wisher_or_deny(by: User, body: Unit, now: datetime) -> Post:
    """The post under which `by` may say what this body wants, or a refusal that says who may."""
    post = rules.wisher(by.posts_on(clock.day_of(now)), body.pk)
    if post is None:
        raise PermissionDenied(_("Only a secretary or the organisation admin of this body changes its settings"))
    return post


def comma_list(words: list[str]) -> str:
    """Several reasons in one sentence."""
    return pgettext("between the items of a list", ", ").join(words)


def day_words(day: date) -> str:
    """A day inside a sentence, as tables show it."""
    return date_format(day, pgettext("day in a table", "j M Y"))


def not_before(day: date, first: date, field: str = "ends_on") -> None:
    """Refuse an end that lies before its beginning."""
    if day < first:
        raise Invalid(_("The end lies before the first day"), **{field: _("The end lies before the first day")})
