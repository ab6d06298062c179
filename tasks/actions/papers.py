"""Keeping a paper while it is being checked: made from a reading, changed by answers. No task is written here."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Unit, UnitAlias, User
from branches.writing import Conflict, NotPossible, once
from tasks import rules
from tasks.models import ColumnName, Edition, PaperDraft, PaperSource


def keep_paper(
    issuer: Unit, rows: Mapping[str, Any], file_name: str, year: int, *, by: User, op: uuid.UUID, now: datetime
) -> PaperDraft:
    """Put a reading on the table of the person who pasted or uploaded it."""

    def write() -> dict[str, Any]:
        if not rules.may_issue(rules.Actor.of(by, day_of(now)), issuer):
            raise PermissionDenied("keep_paper")
        draft = PaperDraft.objects.create(
            owner=by,
            issuer=issuer,
            rows=dict(rows),
            file_name=file_name[:160],
            answers={"year": year},
            created_at=now,
            changed_at=now,
        )
        return {"draft": draft.pk}

    result = once(op, "keep_paper", write, by=by, now=now, content=[issuer.pk, file_name, rows])
    return PaperDraft.objects.get(pk=result["draft"])


def keep_source(
    draft: PaperDraft,
    kind: PaperSource.Kind,
    name: str,
    data: bytes,
    digest: str,
    about: int,
    *,
    now: datetime,
    read: bool,
) -> PaperSource:
    """Keep what a draft is read from: already read (`read`), or to be read in the background."""
    source, _new = PaperSource.objects.get_or_create(
        draft=draft,
        defaults={
            "kind": PaperSource.Kind.GRID if read else kind,
            "name": name[:160],
            "data": data,
            "digest": digest,
            "about": about,
            "asked_at": now,
            "read_at": now if read else None,
        },
    )
    return source


def finish_reading(
    source: PaperSource, rows: Mapping[str, Any] | None, data: bytes, *, error: str, now: datetime
) -> None:
    """Put what was read into its draft, or why it could not be read; once, whoever was first."""
    with transaction.atomic():
        fresh = PaperSource.objects.select_for_update().filter(pk=source.pk, read_at=None).first()
        if fresh is None:
            return
        if rows is not None:
            untouched = PaperDraft.objects.filter(pk=source.draft_id, version=1)
            untouched.update(rows=dict(rows), changed_at=now)
        fresh.kind, fresh.data, fresh.error = PaperSource.Kind.GRID, data, error[:400]
        fresh.read_at, fresh.done = now, fresh.about
        fresh.save()


def read_again(
    draft: PaperDraft,
    rows: Mapping[str, Any],
    said: Mapping[str, str],
    *,
    version: int,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> None:
    """Keep the rows as read by other columns; `said` (heading → column) is remembered for the issuing body's next papers."""

    def write() -> dict[str, Any]:
        _mine(draft, by)
        still = PaperDraft.objects.filter(pk=draft.pk, version=version)
        if not still.update(rows=dict(rows), version=F("version") + 1, changed_at=now):
            raise Conflict(_("This draft was changed in another window. Look at it again"))
        if draft.issuer.body_id:
            for heading, column in said.items():
                known = {"column": column}
                ColumnName.objects.update_or_create(body=draft.issuer.body, heading=heading, defaults=known)
        return {"draft": draft.pk}

    once(op, "read_again", write, by=by, now=now, content=[draft.pk, rows.get("columns"), said])


def _mine(draft: PaperDraft, by: User) -> None:
    if draft.owner_id != by.pk:
        raise PermissionDenied("answer")
    if PaperDraft.objects.filter(pk=draft.pk, published__isnull=False).exists():
        raise NotPossible(_("This list has been published already"))
    if Edition.objects.still().filter(draft=draft).exists():
        raise NotPossible(_("This version is out, or waits for a leader’s word"))


def answer(
    draft: PaperDraft, answers: Mapping[str, Any], *, version: int, by: User, op: uuid.UUID, now: datetime
) -> PaperDraft:
    """Keep what was answered on one step of the way; other answers stay as they are. Raises Conflict for a stale page."""

    def write() -> dict[str, Any]:
        _mine(draft, by)
        still = PaperDraft.objects.filter(pk=draft.pk, version=version)
        if not still.update(answers={**draft.answers, **answers}, version=F("version") + 1, changed_at=now):
            raise Conflict(_("This draft was changed in another window. Look at it again"))
        _learn(draft, answers.get("names", {}))
        return {"draft": draft.pk}

    once(op, "answer_paper", write, by=by, now=now, content=[draft.pk, answers])
    draft.refresh_from_db()
    return draft


def _learn(draft: PaperDraft, names: Mapping[str, str]) -> None:
    """A name that was answered with a unit this issuer may use is known next time; kept for the issuing body."""
    chosen = {
        name: int(choice[5:]) for name, choice in names.items() if choice.startswith("unit:") and choice[5:].isdecimal()
    }
    learn_names(draft.issuer.body, chosen)


def learn_names(body: Unit | None, chosen: Mapping[str, int]) -> None:
    """Keep how this body's papers call units, its own and the bodies directly below it; what is known already stays."""
    if body is None or not chosen:
        return
    near = Q(body=body) | Q(path__startswith=body.path, depth=body.depth + 1, kind__is_body=True)
    usable = set(Unit.objects.filter(near, pk__in=chosen.values()).values_list("pk", flat=True))
    UnitAlias.objects.bulk_create(
        [UnitAlias(unit_id=unit, body=body, name=name[:120]) for name, unit in chosen.items() if unit in usable],
        ignore_conflicts=True,
    )


def drop_paper(draft: PaperDraft, *, by: User) -> None:
    """Throw an unpublished paper away; it was nobody's but its maker's."""
    if draft.owner_id != by.pk:
        raise PermissionDenied("drop_paper")
    if not Edition.objects.still().filter(draft=draft).exists():
        PaperDraft.objects.filter(pk=draft.pk, published=None).delete()
