"""To-do lists in DingTalk: whoever was told of a row there has it in his own list until nothing is owed (issue 6).

An entry begins with the message that told of the row and never without one, so it adds no noise; date and tick follow the
data. The table holds how each entry ought to stand; a change makes it wait for a sender again.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from datetime import time as clock_time

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from branches.clock import SHANGHAI, day_of
from tasks import links
from tasks.models import Assignment, Reminder, Todo
from tasks.models.reminders import Channel, State
from tasks.reminders import ledger
from tasks.reminders.letters import address, place_words
from tasks.reminders.people import Directory
from tasks.reminders.ways import way_to
from tasks.reminders.wires import Trouble, todos
from tasks.states import WITH_UNIT

BACK = timedelta(days=3)  # what was told before that begins no entry any more
LIFE = timedelta(days=30)  # as long a provider may be away
KEPT = timedelta(days=183)
CHUNK, BATCH = 500, 40
BUDGET = 60.0  # seconds of one round
MAX_ATTEMPTS = 8
END_OF_DAY = clock_time(23, 59)
log = structlog.get_logger(__name__)


def plan_todos(now: datetime) -> int:
    """Say how each entry ought to stand now; how many are new or changed. Nothing where the site has no to-do lists."""
    if not settings.DINGTALK_TODO_URL:
        return 0
    Todo.objects.filter(is_done=True, not_before__lt=now - KEPT).delete()
    Todo.objects.filter(state=State.READY, expires_at__lte=now).update(state=State.EXPIRED)
    made = _begin(now)
    changed, last = 0, 0
    open_rows = Todo.objects.filter(Q(is_done=False) | Q(assignment__stage__in=WITH_UNIT)).select_related("user")
    while page := list(open_rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        changed += _follow(page, now)
        last = page[-1].pk
    return made + changed


def _begin(now: datetime) -> int:
    """An entry for everyone who was told of a row in DingTalk just now and has none."""
    known = Todo.objects.filter(user=OuterRef("recipient"), assignment=OuterRef("subject_id"))
    told = Reminder.objects.filter(
        ~Exists(known),
        channel=Channel.DINGTALK,
        subject_type=ledger.ASSIGNMENT,
        state=State.SENT,
        done_at__gt=now - BACK,
    )
    pairs = told.order_by().values_list("recipient_id", "subject_id").distinct()
    rows = dict(Assignment.objects.filter(pk__in={row for _user, row in pairs}).values_list("pk", "due_on"))
    fresh = [
        Todo(user_id=user, assignment_id=row, due_on=rows[row], not_before=now, expires_at=now + LIFE)
        for user, row in pairs
        if row in rows
    ]
    return len(Todo.objects.bulk_create(fresh, ignore_conflicts=True))


def _follow(page: list[Todo], now: datetime) -> int:
    """Date and tick as the data says; a row that somebody else answers for now is ticked off."""
    on, changed = day_of(now), 0
    rows = {row.pk: row for row in ledger.remindable(on).filter(pk__in={one.assignment_id for one in page})}
    directory = Directory.load([ledger.place_of(row) for row in rows.values()], on)
    for one in page:
        row = rows.get(one.assignment_id)
        owes = row is not None and way_to(one.user) == Channel.DINGTALK and one.user.is_active
        if row is not None and owes:
            owes = any(who.user_id == one.user_id for who in directory.of(ledger.place_of(row)))
        due = row.clock_on if row is not None and owes else one.due_on
        if (due, not owes) == (one.due_on, one.is_done):
            continue
        never_sent = not one.entry and one.claimed_at is None and one.attempts == 0
        asleep = not owes and never_sent
        as_read = Todo.objects.filter(pk=one.pk, due_on=one.due_on, is_done=one.is_done, entry=one.entry)
        changed += as_read.update(
            due_on=due, is_done=not owes, state=State.CANCELLED if asleep else State.READY, attempts=0, error="",
            not_before=now, expires_at=now + LIFE,
        )  # fmt: skip
    return changed


def send_todos(now: datetime) -> int:
    """Tell the provider what waits, oldest first, until it is away or the time of a round is used up; how many stand now."""
    if not settings.DINGTALK_TODO_URL:
        return 0
    sent, begun = 0, time.monotonic()
    waiting = Todo.objects.waiting(now).filter(expires_at__gt=now).order_by("not_before", "pk")
    for pk in list(waiting.values_list("pk", flat=True)[:BATCH]):
        if time.monotonic() - begun > BUDGET:
            break
        one = waiting.filter(pk=pk).select_related("user").first()
        if one is None or not Todo.objects.claim(one, now):
            continue
        trouble = _send(one, now)
        sent += trouble is None
        if trouble is not None and trouble.away:
            break
    return sent


def _send(one: Todo, now: datetime) -> Trouble | None:
    """Bring one entry to what is wanted, and note what came of it."""
    place = todos.Place(one.owner, one.entry)
    trouble = todos.write(one.user.dingtalk_id, place, _wanted(one, now))
    with transaction.atomic(durable=True):
        held = Todo.objects.held(one, now)
        if trouble is None:
            held.update(state=State.SENT, sent_at=now, error="", attempts=0, claimed_at=None)
        else:
            _put_back(one, trouble, now)
        # where it stands is a fact, whatever became of the claim meanwhile
        Todo.objects.filter(pk=one.pk).update(owner=place.owner, entry=place.entry)
    return trouble


def _put_back(one: Todo, trouble: Trouble, now: datetime) -> None:
    attempts = one.attempts if trouble.away else one.attempts + 1
    log.warning("todo_not_written", todo=one.pk, attempts=attempts, away=trouble.away, error=trouble.words)
    held, words = Todo.objects.held(one, now), trouble.words[:300]
    if trouble.final or attempts >= MAX_ATTEMPTS:
        held.update(state=State.DEAD, attempts=attempts, error=words)
        return
    pause = max(trouble.pause(attempts), timedelta(seconds=trouble.wait))
    held.update(not_before=now + pause, claimed_at=None, attempts=attempts, error=words)


def _wanted(one: Todo, now: datetime) -> todos.Entry:
    """The entry in the person's language; without words where he may not see the row any more."""
    rows = Assignment.objects.visible_to(one.user, day_of(now)).filter(pk=one.assignment_id)
    row = rows.select_related("task__text", "unit__body", "list").first()
    source = str(one.source)
    with override(one.user.language):
        if row is None:
            return todos.Entry(source, _("Not open any more"), "", None, address("/"), done=True)
        own = {} if one.is_done else links.addresses(one.user, [row], now)
        path = own.get(row.pk) or f"{row.get_absolute_url()}update/"
        where = f"{place_words(row.unit)}\n{row.list.local_name}"
        subject = " ".join(row.task.local_name.split())
        return todos.Entry(source, subject, where, _end_of(one.due_on), address(path), one.is_done)


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day, END_OF_DAY, tzinfo=SHANGHAI) if day else None


def failed() -> QuerySet[Todo]:
    """Entries that could not be written, newest first, for whoever looks after what is sent."""
    return Todo.objects.filter(state=State.DEAD).select_related("user").order_by("-not_before", "-pk")


def again(pk: int, now: datetime) -> bool:
    """Let a failed entry be tried as a new one; whether it had failed. Inside the caller's transaction."""
    return bool(
        Todo.objects.filter(pk=pk, state=State.DEAD).update(
            state=State.READY, attempts=0, error="", claimed_at=None, not_before=now, expires_at=now + LIFE
        )
    )
