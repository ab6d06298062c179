"""Which message carries what: one digest a person, channel and day, and a message of its own for what goes at once.

A message whose Message-ID may have reached somebody is never given anything more: whoever has it already would not see
the addition. So a digest takes rows while it is unclaimed; `claimed_at` stays on a message from the first try whose end
nobody knows (a killed sender, a connection that broke off), and comes off after a try that surely failed.

Locks are taken in one order everywhere, reminders before digests, so that planners and senders cannot wait in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from branches.clock import day_of
from branches.models import User
from tasks.models import Digest, Reminder
from tasks.models.reminders import LEASE, State
from tasks.reminders import ledger
from tasks.reminders.hours import Hours
from tasks.reminders.ledger import AT_ONCE, DAILY, Reason
from tasks.reminders.occasions import last_day_at_once
from tasks.reminders.people import hours_of
from tasks.workdays import Workdays

CHUNK = 1000


def attach(now: datetime, days: Workdays, subject_type: str = "", subjects: Sequence[int] = ()) -> int:
    """Give waiting rows a message: all of them, or those of some subjects. How many were left for a later day's message."""
    with transaction.atomic():
        pool = Reminder.objects.filter(state=State.READY, digest__isnull=True)
        pool = pool.select_for_update(no_key=True, skip_locked=True).order_by("pk")
        rows = list(pool.filter(subject_type=subject_type, subject_id__in=subjects) if subject_type else pool[:CHUNK])
        if not rows:
            return 0
        users = User.objects.in_bulk({row.recipient_id for row in rows})
        hours = hours_of(users, day_of(now), days)
        left = 0
        for channel in sorted({row.channel for row in rows}):
            mine = [row for row in rows if row.channel == channel]
            _attach_at_once(channel, [row for row in mine if row.kind in AT_ONCE], hours, now, days)
            left += _attach_daily(channel, [row for row in mine if row.kind not in AT_ONCE], hours, now)
        return left


def _attach_at_once(
    channel: str, rows: Sequence[Reminder], hours: Mapping[int, Hours], now: datetime, days: Workdays
) -> None:
    """A message for each, kept back until the person may be written to."""
    if not rows:
        return
    wanted = {
        (row.recipient_id, ledger.slot_of(row)): _message(
            row.recipient_id, channel, row.day, ledger.slot_of(row), hours[row.recipient_id].next_open(now),
            hours[row.recipient_id].closing(last_day_at_once(row.day, days)),
        )
        for row in rows
    }  # fmt: skip
    Digest.objects.bulk_create([wanted[key] for key in sorted(wanted)], ignore_conflicts=True)
    found = Digest.objects.filter(
        recipient__in={row.recipient_id for row in rows},
        slot__in={slot for _user, slot in wanted},
        channel=channel,
    )
    messages = {(digest.recipient_id, digest.slot): digest for digest in found}
    for row in rows:
        row.digest = messages[row.recipient_id, ledger.slot_of(row)]
    Reminder.objects.bulk_update(rows, ["digest"], batch_size=500)


def _attach_daily(channel: str, rows: Sequence[Reminder], hours: Mapping[int, Hours], now: datetime) -> int:
    """Today's digest, or the next day's where today's has gone; in the night the coming day's."""
    waiting: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        waiting[row.recipient_id].append(row.pk)
    moments = {user: hours[user].digest_moment(now) for user in waiting}
    for _try in range(2):
        _fill(channel, moments, waiting, hours)
        if not waiting:
            return 0
        moments = {
            user: hours[user].digest_moment(hours[user].closing(day_of(moments[user])) + timedelta(minutes=1))
            for user in waiting
        }
    return sum(map(len, waiting.values()))  # both days' messages are in a sender's hands: the next round finds a place


def _fill(
    channel: str, moments: Mapping[int, datetime], waiting: dict[int, list[int]], hours: Mapping[int, Hours]
) -> None:
    """Put the waiting rows into the digests of these moments; those that found a place leave `waiting`."""
    fresh = [
        _message(user, channel, day_of(moment), DAILY, moment, hours[user].closing(day_of(moment)))
        for user, moment in sorted(moments.items())
        if user in waiting
    ]
    Digest.objects.bulk_create(fresh, ignore_conflicts=True)
    wanted = {(digest.recipient_id, digest.day) for digest in fresh}
    open_ones = [
        digest
        for digest in Digest.objects.select_for_update(no_key=True)
        .filter(
            recipient__in=[user for user, _day in wanted], day__in={day for _user, day in wanted}, slot=DAILY,
            channel=channel, claimed_at__isnull=True, state__in=[State.READY, State.CANCELLED],
        )
        .order_by("pk")
        if (digest.recipient_id, digest.day) in wanted
    ]  # fmt: skip
    # one that had nothing left to say never went out: it may speak again
    Digest.objects.filter(pk__in=[digest.pk for digest in open_ones if digest.state == State.CANCELLED]).update(
        state=State.READY, error=""
    )
    mine = Digest.objects.filter(pk__in=[digest.pk for digest in open_ones], recipient=OuterRef("recipient"))
    placed = [pk for digest in open_ones for pk in waiting[digest.recipient_id]]
    Reminder.objects.filter(pk__in=placed).update(digest=Subquery(mine.values("pk")[:1]))
    for digest in open_ones:
        del waiting[digest.recipient_id]


def _message(user: int, channel: str, day: date, slot: str, not_before: datetime, expires_at: datetime) -> Digest:
    return Digest(
        recipient_id=user, channel=channel, day=day, slot=slot, not_before=not_before, expires_at=expires_at,
        message_id=ledger.message_id(user, channel, day, slot),
    )  # fmt: skip


def release(now: datetime, days: Workdays) -> None:
    """End messages whose day is over. What a digest surely did not deliver is free for the next day's digest; one whose
    fate nobody knows keeps its Message-ID and tries again on the next working day, so that nobody reads it twice."""
    over = Digest.objects.filter(state=State.READY, expires_at__lte=now)
    unknown = Q(claimed_at__isnull=False)
    _end_undelivered(over.filter(claimed_at__isnull=True), now)
    lapsed = over.filter(unknown, claimed_at__lt=now - LEASE)
    _carry_over(lapsed.filter(slot=DAILY), now, days)
    _end_undelivered(lapsed.exclude(slot=DAILY), now)


def _end_undelivered(over: Iterable[Digest], now: datetime) -> None:
    with transaction.atomic():
        digests = {digest.pk: digest for digest in over}
        rows = list(
            Reminder.objects.select_for_update(no_key=True).filter(digest__in=digests, state=State.READY).order_by("pk")
        )
        ended = set(
            Digest.objects.select_for_update(no_key=True)
            .filter(pk__in=digests, state=State.READY, expires_at__lte=now)
            .filter(Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - LEASE))
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        free = [row.pk for row in rows if row.digest_id in ended and digests[row.digest_id].slot == DAILY]
        gone = [row.pk for row in rows if row.digest_id in ended and digests[row.digest_id].slot != DAILY]
        Reminder.objects.filter(pk__in=free).update(digest=None)
        ledger.end(gone, State.EXPIRED, Reason.TOO_LATE, now)
        Digest.objects.filter(pk__in=ended).update(state=State.EXPIRED)


def _carry_over(lapsed: Iterable[Digest], now: datetime, days: Workdays) -> None:
    digests = list(lapsed)
    users = User.objects.in_bulk({digest.recipient_id for digest in digests})
    hours = hours_of(users, day_of(now), days) if users else {}
    for digest in digests:
        moment = hours[digest.recipient_id].next_open(now)
        Digest.objects.filter(
            pk=digest.pk, state=State.READY, claimed_at=digest.claimed_at, attempts=digest.attempts
        ).update(not_before=moment, expires_at=hours[digest.recipient_id].closing(day_of(moment)))
