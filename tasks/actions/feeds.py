"""A person's own calendar address: made, made anew, withdrawn. It shows his dates and lets nobody do anything."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from branches.models import User
from branches.secrets import hash_of, token_of
from branches.writing import once
from tasks.models import CalendarFeed
from tasks.models.feeds import PURPOSE


def make_feed(*, by: User, op: uuid.UUID, now: datetime) -> CalendarFeed:
    """A new address; the one before stops working. The same press sent twice makes one."""

    def write() -> dict[str, Any]:
        seed = uuid.uuid4()
        CalendarFeed.objects.update_or_create(
            user=by, defaults={"seed": seed, "token_hash": hash_of(token_of(PURPOSE, seed)), "made_at": now}
        )
        return {}

    once(op, "make_feed", write, by=by, now=now)
    return CalendarFeed.objects.get(user=by)


def withdraw_feed(*, by: User, op: uuid.UUID, now: datetime) -> None:
    """The address stops working at once; withdrawing twice changes nothing."""

    def write() -> dict[str, Any]:
        CalendarFeed.objects.filter(user=by).delete()
        return {}

    once(op, "withdraw_feed", write, by=by, now=now)
