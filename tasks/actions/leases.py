"""Two people in one draft: it is shared by its maker, and a row in which somebody writes is leased to him for a minute.

A lease is renewed by each save of the script and lapses by itself: a window that was closed locks nothing, and whoever comes
next takes the row over. Nothing typed is lost for it; the version of the draft still decides every race (ux S06, design 8).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection

from branches.clock import day_of
from branches.models import User
from branches.writing import NotPossible, once
from tasks.models import PaperDraft, RowLease

LEASE = timedelta(seconds=60)


def share_draft(draft: PaperDraft, shared: bool, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Let everyone at the issuer's desk write the rows, or end that; only the maker decides."""

    def write() -> dict[str, Any]:
        if draft.owner_id != by.pk:
            raise PermissionDenied("share_draft")
        if not PaperDraft.objects.filter(pk=draft.pk, published=None).update(shared=shared):
            raise NotPossible("share_draft")
        if not shared:
            RowLease.objects.filter(draft=draft).exclude(user=by).delete()
        return {"draft": draft.pk}

    once(op, "share_draft", write, by=by, now=now, content=[draft.pk, shared])


def take_lease(draft: PaperDraft, row: str, *, by: User, now: datetime) -> bool:
    """Hold the row for a minute more; False while somebody else holds it. One statement, so that two takers cannot both win."""
    if not PaperDraft.objects.visible_to(by, day_of(now)).filter(pk=draft.pk).exists():
        raise PermissionDenied("take_lease")
    RowLease.objects.filter(draft=draft, user=by).exclude(row=row).delete()  # one is in one row at a time
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tasks_rowlease (draft_id, row, user_id, until_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (draft_id, row) DO UPDATE SET user_id = EXCLUDED.user_id, until_at = EXCLUDED.until_at"
            " WHERE tasks_rowlease.user_id = EXCLUDED.user_id OR tasks_rowlease.until_at <= %s",
            [draft.pk, row, by.pk, now + LEASE, now],
        )
        return bool(cursor.rowcount)


def locks(draft: PaperDraft, *, by: User, now: datetime) -> dict[str, User]:
    """Rows in which somebody else is writing just now, with his name."""
    held = RowLease.objects.running(now).filter(draft=draft).exclude(user=by).select_related("user")
    return {lease.row: lease.user for lease in held}
