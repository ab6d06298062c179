"""Writing a list in the browser: a draft is begun, its rows are changed and the last change is taken back (ux S06).

A draft lies on the table of its maker alone; two windows of his are told apart by the version. No task is written here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Unit, User
from branches.writing import Conflict, Invalid, NotPossible, once
from tasks import rules
from tasks.models import Edition, PaperDraft, TaskList


def begin_draft(
    issuer: Unit,
    answers: Mapping[str, Any],
    rows: list[dict[str, Any]],
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    source: TaskList | None = None,
) -> PaperDraft:
    """Put an empty list, or a copy of `source`, on the table of the person who writes it. Raises PermissionDenied without
    the issuer's desk, or where the source is not visible."""

    def write() -> dict[str, Any]:
        on = day_of(now)
        if not rules.may_issue(rules.Actor.of(by, on), issuer):
            raise PermissionDenied("begin_draft")
        if source is not None and not TaskList.objects.visible_to(by, on).filter(pk=source.pk).exists():
            raise PermissionDenied("begin_draft")
        if not str(answers.get("title", "")).strip():
            raise Invalid(_("Enter a list name"), title=_("Enter a list name"))
        draft = PaperDraft.objects.create(
            owner=by,
            issuer=issuer,
            source_list=source,
            rows={"title": "", "note": "", "rows": rows},
            answers=dict(answers),
            created_at=now,
            changed_at=now,
        )
        return {"draft": draft.pk}

    content = [issuer.pk, answers, source.pk if source else None]
    result = once(op, "begin_draft", write, by=by, now=now, content=content)
    return PaperDraft.objects.get(pk=result["draft"])


def keep_rows(
    draft: PaperDraft,
    rows: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    version: int,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> PaperDraft:
    """Keep the rows as they were left; other answers stay. Raises Conflict when the draft was changed in another window,
    NotPossible when it has gone out or waits for a leader's word."""

    def write() -> dict[str, Any]:
        if not PaperDraft.objects.visible_to(by, day_of(now)).filter(pk=draft.pk).exists():
            raise PermissionDenied("keep_rows")
        if PaperDraft.objects.filter(pk=draft.pk, published__isnull=False).exists():
            raise NotPossible(_("This list has been published already"))
        if Edition.objects.still().filter(draft=draft).exists():
            raise NotPossible(_("This version is out, or waits for a leader’s word"))
        still = PaperDraft.objects.filter(pk=draft.pk, version=version)
        changed = still.update(
            rows={**draft.rows, **rows}, answers={**draft.answers, **answers}, version=F("version") + 1, changed_at=now
        )
        if not changed:
            raise Conflict(_("This draft was changed in another window. Both versions stand below"))
        return {"draft": draft.pk}

    once(op, "keep_rows", write, by=by, now=now, content=[draft.pk, version, rows.get("rows"), answers])
    draft.refresh_from_db()
    return draft
