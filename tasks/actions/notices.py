"""A person's own marks on his notices: read, unread again, put off for some days. Nobody else sees or counts them (ux C1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import User
from branches.writing import Invalid
from tasks.models import Notice

DAYS = (1, 3, 7)


def mark_read(rows: Collection[int] | None, *, by: User, now: datetime) -> int:
    """Tick off these notices, or all that are not put off; how many. Doing it twice changes nothing."""
    mine = Notice.objects.of(by).unread()
    return (mine if rows is None else mine.filter(pk__in=rows)).update(read_at=now)


def mark_unread(rows: Collection[int], *, by: User) -> int:
    """Back among the unread; how many."""
    return Notice.objects.of(by).filter(pk__in=rows, read_at__isnull=False).update(read_at=None)


def put_off(rows: Collection[int], days: int, *, by: User, now: datetime) -> int:
    """Out of the way until so many days from today, unread again then; how many. Raises Invalid for any other number."""
    if days not in DAYS:
        raise Invalid(_("Choose 1, 3 or 7 days"), days=_("Choose 1, 3 or 7 days"))
    day = day_of(now) + timedelta(days=days)
    return Notice.objects.of(by).awake().filter(pk__in=rows).update(snoozed_until=day, read_at=None)


def bring_back(rows: Collection[int], *, by: User) -> int:
    """What was put off stands there again; how many."""
    return Notice.objects.of(by).filter(pk__in=rows, snoozed_until__isnull=False).update(snoozed_until=None)
