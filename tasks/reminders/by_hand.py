"""Reminding by hand: who would hear of which rows, and who has heard of them today already (design 9, ux SEC-2).

At most once a row, person and day, outside the cap of the automatic ones. The rows of the ledger are those of any other
reminder; only their message is one of their own, sent at once within the hours of the person, a minute later so that it
can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from branches.clock import day_of
from branches.models import User
from tasks.models import Assignment, Digest, Notice, Reminder
from tasks.models.assignments import overdue_q
from tasks.models.reminders import Channel, State
from tasks.reminders import ledger, notices
from tasks.reminders.ledger import ASSIGNMENT
from tasks.reminders.people import Addressee, Directory, hours_of
from tasks.reminders.ways import way_to
from tasks.rules import Actor, given_q
from tasks.workdays import Workdays

HELD_BACK = timedelta(minutes=1)  # before the sender takes it: long enough to take a slip of the finger back
MOST = 400  # rows in one go


@dataclass
class Heard:
    """One row, and what becomes of reminding its people."""

    row: Assignment
    told: list[User] = field(default_factory=list)
    heard_as: dict[int, Addressee] = field(default_factory=dict)  # by the key of the person
    skipped: list[User] = field(default_factory=list)  # reminded by hand today already
    unreachable: list[User] = field(default_factory=list)  # neither a mail address nor an id in a chat program


def remindable(actor: Actor) -> QuerySet[Assignment]:
    """The rows whose people this person may remind: given by a unit whose desk he keeps, with a date, somebody owing."""
    rows = ledger.remindable(actor.on).filter(given_q(actor), owes_report=True, due_on__isnull=False)
    return rows.exclude(person=actor.user)


def overdue(actor: Actor) -> QuerySet[Assignment]:
    """Those of them that are overdue today."""
    return remindable(actor).filter(overdue_q(actor.on))


def heard(rows: Sequence[Assignment], by: User, on: date) -> list[Heard]:
    """Who would hear of each row on that day; never the one who reminds. Four queries, however many rows."""
    places = {row.pk: ledger.place_of(row) for row in rows}
    directory = Directory.load(places.values(), on)
    people = {row.pk: {one.user_id: one for one in directory.of(places[row.pk])} for row in rows}
    for told in people.values():
        told.pop(by.pk, None)
    users = User.objects.in_bulk({user for found in people.values() for user in found})
    today = _of_the_day(rows, on).exclude(state=State.CANCELLED)
    done = set(today.values_list("subject_id", "recipient_id"))
    found = []
    for row in rows:
        line = Heard(row, heard_as=people[row.pk])
        for user in people[row.pk]:
            if (row.pk, user) in done:
                line.skipped.append(users[user])
            else:
                (line.told if way_to(users[user]) else line.unreachable).append(users[user])
        found.append(line)
    return found


def write(lines: Sequence[Heard], now: datetime, days: Workdays) -> list[int]:
    """One row of the ledger for each row and person, one message for each person; the keys of the messages.

    Inside the caller's transaction. A reminder that was taken back today is said anew rather than written twice.
    """
    on = day_of(now)
    users = {user.pk: user for line in lines for user in line.told}
    hours = hours_of(users, on, days)
    ways = {pk: way_to(user) or Channel.MAIL for pk, user in users.items()}
    slot = f"{Reminder.Kind.BY_HAND}-{int(now.timestamp() * 1_000_000)}"
    messages = {digest.recipient_id: digest for digest in Digest.objects.bulk_create([
        Digest(
            recipient_id=pk, channel=ways[pk], day=on, slot=slot, not_before=hours[pk].next_open(now + HELD_BACK),
            expires_at=hours[pk].closing(day_of(hours[pk].next_open(now + HELD_BACK))),
            message_id=ledger.message_id(pk, ways[pk], on, slot),
        )
        for pk in sorted(users)
    ])}  # fmt: skip
    wanted = {(line.row.pk, user.pk): line.row for line in lines for user in line.told}
    again = [
        row
        for row in _of_the_day([line.row for line in lines], on).filter(state=State.CANCELLED).select_for_update()
        if (row.subject_id, row.recipient_id) in wanted
    ]
    for row in again:
        assignment = wanted.pop((row.subject_id, row.recipient_id))
        row.state, row.reason, row.planned_at, row.done_at = State.READY, "", now, None
        row.due_revision, row.digest = assignment.due_revision, messages[row.recipient_id]
        row.channel = ways[row.recipient_id]
    Reminder.objects.bulk_update(
        again, ["state", "reason", "planned_at", "done_at", "due_revision", "digest", "channel"]
    )
    Reminder.objects.bulk_create(
        Reminder(
            kind=Reminder.Kind.BY_HAND, subject_type=ASSIGNMENT, subject_id=subject, due_revision=row.due_revision,
            recipient_id=user, channel=ways[user], day=on, planned_at=now, digest=messages[user],
        )
        for (subject, user), row in sorted(wanted.items())
    )  # fmt: skip
    _notify(lines, now)
    return [digest.pk for digest in messages.values()]


def _notify(lines: Sequence[Heard], now: datetime) -> None:
    """The same on the pages of notices; taken back there with the mail."""
    facts = notices.rows_of([line.row.pk for line in lines])
    Notice.objects.bulk_create(
        [
            notices.made(
                Reminder.Kind.BY_HAND, ASSIGNMENT, line.row.pk, line.row.due_revision, user.pk, day_of(now),
                facts[line.row.pk], line.heard_as[user.pk], now,
            )
            for line in lines
            for user in line.told
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def take_back(messages: Sequence[int], now: datetime) -> list[int]:
    """End what no sender has taken yet; the assignments that were spoken of in it. Inside the caller's transaction."""
    free = Digest.objects.filter(pk__in=messages, state=State.READY, claimed_at__isnull=True)
    mine = list(free.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    rows = Reminder.objects.filter(digest__in=mine, kind=Reminder.Kind.BY_HAND, state=State.READY)
    found = list(rows.values_list("pk", "subject_id"))
    ledger.end([pk for pk, _subject in found], State.CANCELLED, ledger.Reason.TAKEN_BACK, now)
    Digest.objects.filter(pk__in=mine).update(state=State.CANCELLED, error=ledger.Reason.TAKEN_BACK.value)
    told = {"kind": Reminder.Kind.BY_HAND, "subject_type": ASSIGNMENT, "read_at": None, "day": day_of(now)}
    people = Digest.objects.filter(pk__in=mine).values("recipient")
    Notice.objects.filter(subject_id__in={subject for _pk, subject in found}, recipient__in=people, **told).delete()
    return sorted({subject for _pk, subject in found})


def _of_the_day(rows: Sequence[Assignment], on: date) -> QuerySet[Reminder]:
    return Reminder.objects.filter(
        kind=Reminder.Kind.BY_HAND, subject_type=ASSIGNMENT, subject_id__in=[row.pk for row in rows], day=on
    ).order_by("pk")
