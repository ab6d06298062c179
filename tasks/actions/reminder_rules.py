"""A body switches rules of reminders off and on, one by one."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from branches.actions.record import expect, note, wisher_or_deny
from branches.models import Unit, User
from branches.writing import Invalid, once
from tasks.models import ReminderRules
from tasks.reminders.rules import RULES


def set_rules(body: Unit, on: Collection[str], *, version: int, by: User, op: uuid.UUID, now: datetime) -> None:
    """Say which rules send messages. Raises PermissionDenied, Invalid for a rule that is none, Conflict for an old page."""

    def write() -> dict[str, Any]:
        post = wisher_or_deny(by, body, now)
        if set(on) - {rule.value for rule in RULES}:
            raise Invalid(_("Choose from the rules"), rules=_("Choose from the rules"))
        Unit.objects.select_for_update(no_key=True).get(pk=body.pk)
        row = ReminderRules.objects.filter(body=body).first() or ReminderRules(body=body)
        expect(row, version)
        off = [rule.value for rule in RULES if rule.value not in on]
        if off == row.off:
            return {}
        note(
            "reminder-rules", body, by=by, post=post, op=op, now=now, unit=body,
            before={"rules_off": _said(row.off)}, after={"rules_off": _said(off)},
        )  # fmt: skip
        row.off, row.version = off, version + 1
        row.save()
        return {}

    once(op, "set_rules", write, by=by, now=now, content=[body.pk, version, sorted(on)])


def _said(off: Collection[str]) -> str:
    """Rules as history keeps them, in the words of the site."""
    with override(settings.LANGUAGE_CODE):
        return "、".join(str(rule.label) for rule in RULES if rule.value in off)
