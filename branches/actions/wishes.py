"""Writes of what a body wants, and of what people say about the product: settings (ux S27) and feedback (design 10)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches import clock, rules
from branches.actions.record import changed, expect, locked, note, wisher_or_deny, write_once
from branches.markings import secret_marking
from branches.models import BodySettings, Feedback, Unit, User
from branches.writing import Invalid, NotPossible

FIELDS = tuple(field.name for field in BodySettings._meta.fields if field.name not in ("id", "body", "version"))


def set_wishes(body: Unit, values: dict[str, Any], *, version: int, by: User, op: uuid.UUID, now: datetime) -> None:
    """Set what a body wants. A body that never said anything has version 1 and the national defaults."""
    values = {name: values[name] for name in FIELDS}

    def write() -> dict[str, Any]:
        acting = wisher_or_deny(by, body, now)
        locked(Unit, body.pk)  # the first two to set anything would otherwise both make the row
        row = BodySettings.of(body)
        expect(row, version)
        before, after = changed({name: getattr(row, name) for name in FIELDS}, values)
        if not after:
            return {}
        for name, value in values.items():
            setattr(row, name, value)
        row.version = version + 1
        row.save()
        note("settings-changed", body, by=by, post=acting, op=op, now=now, unit=body, before=before, after=after)
        return {}

    write_once("set_wishes", write, by=by, op=op, now=now, content={"body": body.pk, "version": version, **values})


def write_feedback(text: str, page: str, body: Unit | None, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Something somebody wants to say, from any page."""
    text = text.strip()

    def write() -> dict[str, Any]:
        if not text:
            raise Invalid(_("Write what it is about"), text=_("Write what it is about"))
        _refuse_secrets(text, "text")
        row = Feedback.objects.create(by=by, body=body, page=page[:300], text=text, at=now)
        return {"feedback": row.pk}

    write_once("write_feedback", write, by=by, op=op, now=now, content={"text": text, "page": page})


def answer_feedback(row: Feedback, answer: str, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Answer in the place where it was asked; the first answer stands, since somebody may have read it."""
    answer = answer.strip()

    def write() -> dict[str, Any]:
        held = locked(Feedback, row.pk)
        acting = rules.answerer(by.posts_on(clock.day_of(now)), held.body_id)
        if acting is None:
            raise PermissionDenied(_("Feedback is answered by the secretary or the organisation admin of the body"))
        if not answer:
            raise Invalid(_("Write an answer"), answer=_("Write an answer"))
        _refuse_secrets(answer, "answer")
        if held.answered_at:
            raise NotPossible(_("%(person)s has answered already") % {"person": held.answered_by})
        Feedback.objects.filter(pk=held.pk).update(answer=answer, answered_by=by, answered_at=now)
        note("feedback-answered", held.by, by=by, post=acting, op=op, now=now, unit=held.body)
        return {}

    write_once("answer_feedback", write, by=by, op=op, now=now, content={"feedback": row.pk, "answer": answer})


def _refuse_secrets(text: str, field: str) -> None:
    """Words with a secrecy marking are refused before storing, and not repeated anywhere (design 10)."""
    if secret_marking(text):
        words = _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")
        raise Invalid(words, **{field: words})
