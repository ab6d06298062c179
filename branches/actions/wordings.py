"""The write of a body's words in two languages."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from branches.actions.record import changed, expect, locked, note, wisher_or_deny, write_once
from branches.models import BodySettings, Unit, User, Wording


def set_wordings(body: Unit, pairs: dict[str, str], *, version: int, by: User, op: uuid.UUID, now: datetime) -> None:
    """Set what the body's words are called in English, all of them at once; `version` is that of its settings."""

    def write() -> dict[str, Any]:
        acting = wisher_or_deny(by, body, now)
        locked(Unit, body.pk)  # two who save at once: the second finds another version
        row = BodySettings.of(body)
        expect(row, version)
        held = dict(Wording.objects.filter(body=body).values_list("words", "words_en"))
        words = sorted({*held, *pairs})
        before, after = changed({one: held.get(one, "") for one in words}, {one: pairs.get(one, "") for one in words})
        if not after:
            return {}
        Wording.objects.filter(body=body, words__in=list(after)).delete()
        Wording.objects.bulk_create(
            Wording(body=body, words=one, words_en=english) for one, english in after.items() if english
        )
        row.version = version + 1
        row.save()
        note("wordings-changed", body, by=by, post=acting, op=op, now=now, unit=body, before=before, after=after)
        return {}

    content = {"body": body.pk, "version": version, "pairs": pairs}
    write_once("set_wordings", write, by=by, op=op, now=now, content=content)
