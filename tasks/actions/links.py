"""Signed links: the digits of a new device, withdrawing by the person or a desk, and when one was last used."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.clock import day_of
from branches.models import User
from branches.writing import Invalid, NotPossible, once
from tasks import links, rules
from tasks.models import SignedLink
from tasks.models.links import MOST_TRIES


def prove(link: SignedLink, digits: str, *, now: datetime) -> None:
    """Whoever holds the link says the last four digits of its person's phone. Wrong ones are counted over all his links.

    Raises Invalid with what is left, NotPossible when the link opens nothing any more. The wrong try stays written down.
    """
    error = _prove(link, digits, now)
    if error is not None:
        raise error


@transaction.atomic
def _prove(link: SignedLink, digits: str, now: datetime) -> Invalid | NotPossible | None:
    User.objects.select_for_update(no_key=True).get(pk=link.user_id)  # two tries at once are two tries
    mine = SignedLink.objects.filter(user=link.user_id)
    if not mine.open(now).filter(pk=link.pk).exists():
        return NotPossible(_("This link does not open anything any more"))
    if links.fits(link.user, digits):
        mine.filter(tries__gt=0).update(tries=0)
        return None
    wrong = (mine.filter(withdrawn_at__isnull=True).aggregate(n=Sum("tries"))["n"] or 0) + 1
    SignedLink.objects.filter(pk=link.pk).update(tries=F("tries") + 1)
    if wrong >= MOST_TRIES:
        mine.filter(withdrawn_at__isnull=True).update(withdrawn_at=now, why=SignedLink.Why.TRIES)
        return NotPossible(_("The digits were wrong five times: the links of this person open nothing any more"))
    left = MOST_TRIES - wrong
    words = ngettext(
        "These are not the last four digits; %(n)d try is left",
        "These are not the last four digits; %(n)d tries are left",
        left,
    ) % {"n": left}
    return Invalid(words, digits=words)


def withdraw_link(link: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The link opens nothing any more: by its person, or by a desk that gave the work or answers for it.

    Raises PermissionDenied for anybody else. Withdrawing twice changes nothing; the next message carries a new link.
    """

    def write() -> dict[str, Any]:
        row = SignedLink.objects.select_for_update(of=("self",)).select_related("assignment").get(pk=link)
        actor = rules.Actor.of(by, day_of(now))
        if row.user_id != by.pk and not rules.may_see_mail(actor, row.assignment):
            raise PermissionDenied("withdraw_link")
        if row.withdrawn_at is None:
            row.withdrawn_at, row.withdrawn_by = now, by
            row.why = SignedLink.Why.OWNER if row.user_id == by.pk else SignedLink.Why.DESK
            row.save(update_fields=["withdrawn_at", "withdrawn_by", "why"])
        return {}

    once(op, "withdraw_link", write, by=by, now=now, content=link)


def withdraw_own_links(*, by: User, op: uuid.UUID, now: datetime) -> int:
    """All of one's links, as after a lost phone; how many stood."""

    def write() -> dict[str, Any]:
        standing = SignedLink.objects.filter(user=by, withdrawn_at__isnull=True)
        return {"n": standing.update(withdrawn_at=now, withdrawn_by=by, why=SignedLink.Why.OWNER)}

    return int(once(op, "withdraw_own_links", write, by=by, now=now)["n"])


def note_use(link: SignedLink, *, now: datetime) -> None:
    """Something is being sent through it: the desk can see when that was last."""
    SignedLink.objects.filter(pk=link.pk).update(used_at=now)
