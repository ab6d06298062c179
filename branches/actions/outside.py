"""Writes about accounts elsewhere by which people sign in: connected and disconnected by their owner, ended by a reset."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branches.actions.record import locked, note, write_once
from branches.models import Post, User
from branches.writing import NotPossible


def connect_outside(door: str, mark: str, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """From now on whoever is known there by this mark comes in as `by`."""

    def write() -> dict[str, Any]:
        row = locked(User, by.pk)
        if not row.is_active or not row.has_usable_password():  # closed or reset while he was over there
            raise NotPossible(_("This account was reset or closed meanwhile. Nothing was connected"))
        if SocialAccount.objects.filter(user=row, provider=door).exists():
            raise NotPossible(_("An account is connected there already. Disconnect it first"))
        try:
            with transaction.atomic():
                made = SocialAccount.objects.create(user=row, provider=door, uid=mark)
        except IntegrityError as error:
            raise NotPossible(_("That account is connected with somebody else here. Nothing was changed")) from error
        SocialAccount.objects.filter(pk=made.pk).update(date_joined=now)
        note("outside-connected", row, by=by, post=None, op=op, now=now, person=row, after={"sign_in_with": door})
        return {}

    write_once("connect_outside", write, by=by, op=op, now=now, content={"door": door, "mark": mark})


def disconnect_outside(door: str, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The account there lets nobody in any more."""

    def write() -> dict[str, Any]:
        row = locked(User, by.pk)
        if not end_outside(row, door, by=by, post=None, op=op, now=now):
            raise NotPossible(_("No account is connected there"))
        return {}

    write_once("disconnect_outside", write, by=by, op=op, now=now, content={"door": door})


def end_outside(row: User, door: str = "", *, by: User | None, post: Post | None, op: uuid.UUID, now: datetime) -> int:
    """End one connection of this person, whose row is held, or all of them; how many there were."""
    found = SocialAccount.objects.filter(user=row, **({"provider": door} if door else {}))
    codes = sorted(found.values_list("provider", flat=True))
    found.delete()
    for code in codes:
        note("outside-ended", row, by=by, post=post, op=op, now=now, person=row, before={"sign_in_with": code})
    return len(codes)
