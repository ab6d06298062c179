"""Filters that a person keeps for himself: kept under a name, renamed, dropped. Nobody else sees them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Unit, User
from branches.writing import Invalid, once
from tasks.filters import known
from tasks.models import SavedFilter

MOST = 20  # of one page; chips are to be found at a glance


def keep_filter(
    page: str, name: str, query: str, *, by: User, op: uuid.UUID, now: datetime, unit: Unit | None = None
) -> SavedFilter:
    """Keep what the page is narrowed to; the same name again means the new filter. Raises Invalid in words."""

    def write() -> dict[str, Any]:
        asked, called = known(page, query), _name(name)
        if not asked:
            raise Invalid(_("Choose a filter first"))
        if unit is not None and not Unit.objects.visible_to(by, day_of(now)).filter(pk=unit.pk).exists():
            raise PermissionDenied("keep_filter")
        mine = SavedFilter.objects.filter(user=by, page=page)
        if mine.count() >= MOST and not mine.filter(name=called).exists():
            raise Invalid(_("At most %(n)d filters are kept. Drop one first") % {"n": MOST})
        kept, _new = SavedFilter.objects.update_or_create(
            user=by, page=page, name=called, defaults={"query": asked, "unit": unit, "created_at": now}
        )
        return {"filter": kept.pk}

    content = [page, name, query, unit.pk if unit else None]
    return SavedFilter.objects.get(pk=once(op, "keep_filter", write, by=by, now=now, content=content)["filter"])


def rename_filter(kept: SavedFilter, name: str, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Call it something else. Raises Invalid where the name is taken."""

    def write() -> dict[str, Any]:
        _own(kept, by)
        called = _name(name)
        if SavedFilter.objects.filter(user=by, page=kept.page, name=called).exclude(pk=kept.pk).exists():
            raise Invalid(_("A filter of this name is kept already"))
        SavedFilter.objects.filter(pk=kept.pk).update(name=called)
        return {"filter": kept.pk}

    once(op, "rename_filter", write, by=by, now=now, content=[kept.pk, name])


def drop_filter(kept: SavedFilter, *, by: User) -> None:
    """Forget it; done twice it is still gone."""
    _own(kept, by)
    SavedFilter.objects.filter(pk=kept.pk).delete()


def _own(kept: SavedFilter, by: User) -> None:
    if kept.user_id != by.pk:
        raise PermissionDenied("filter")


def _name(name: str) -> str:
    called = name.replace("\x00", "").strip()[:30]
    if not called:
        raise Invalid(_("Enter a name for the filter"))
    return called
