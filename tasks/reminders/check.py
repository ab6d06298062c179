"""Right before sending: is every row of a message still true, still due, and still for this person? (reliability 4.2, 3)

Reads afresh, with the same words as planning. What is not true any more gets its end and its reason; what is left, with
everything the letter needs to say it, is the content of the message.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import QuerySet

from branches.clock import day_of
from branches.models import Unit, User
from tasks.models import Assignment, Digest, Event, Reminder, TaskList
from tasks.models.reminders import State
from tasks.reminders import ledger
from tasks.reminders.ledger import ASSIGNMENT, Reason
from tasks.reminders.occasions import begun, last_day_at_once, occasions
from tasks.reminders.people import Addressee, Directory
from tasks.reminders.topics import TOPICS, Moment, Topic
from tasks.reminders.ways import reaches
from tasks.reminders.words import Facts
from tasks.states import ListStage, Stage
from tasks.workdays import Workdays


@dataclass(frozen=True)
class Item:
    """One line of a letter: a row, and as what this person hears of it."""

    row: Assignment
    addressee: Addressee
    words: str = ""  # of a return: what is missing


@dataclass(frozen=True)
class News:
    """One line of a letter that a topic has to tell: its facts, and as what this person hears of it."""

    kind: str
    facts: Facts
    addressee: Addressee


@dataclass
class Content:
    """What is still true of a message: rows of the digest or of a return, or a new list with the person's rows."""

    kept: list[int] = field(default_factory=list)  # reminders that this message sends
    ended: dict[tuple[State, Reason], list[int]] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    units: dict[int, Unit] = field(default_factory=dict)  # those that the reasons name
    new_list: TaskList | None = None
    news: list[News] = field(default_factory=list)  # what topics have to tell
    links: dict[int, str] = field(default_factory=dict)  # by row: the path of the reader's own link to its form

    def end(self, reminder: Reminder, state: State, reason: Reason) -> None:
        """Note that this row of the ledger is not sent."""
        self.ended.setdefault((state, reason), []).append(reminder.pk)


def content_of(digest: Digest, now: datetime, days: Workdays) -> Content:
    """Everything in the message that may still be said; a handful of queries, none of them locked."""
    content = Content()
    waiting = list(Reminder.objects.filter(digest=digest, state=State.READY).order_by("pk"))
    closed = _closed(digest.recipient, digest.channel)
    if closed is not None:
        for reminder in waiting:
            content.end(reminder, State.CANCELLED, closed)
        return content
    about_rows = [reminder for reminder in waiting if reminder.subject_type == ASSIGNMENT]
    if about_rows:
        _check_rows(content, about_rows, digest.recipient, now, days)
    for reminder in waiting:
        if reminder.kind == Reminder.Kind.NEW_LIST:
            _check_list(content, reminder, digest.recipient, now, days)
    for kind in dict.fromkeys(reminder.kind for reminder in waiting if reminder.kind in TOPICS):
        mine = [reminder for reminder in waiting if reminder.kind == kind]
        _check_topic(content, TOPICS[kind], mine, digest.recipient, Moment(now, days))
    return content


def _check_topic(content: Content, topic: Topic, waiting: Sequence[Reminder], user: User, moment: Moment) -> None:
    """What a topic still has to tell this person."""
    subjects = sorted({reminder.subject_id for reminder in waiting})
    told = {one.subject: one for one in topic.told(moment, subjects) if one.user_id == user.pk}
    facts, seen = topic.facts(subjects), topic.seen(subjects, user, moment.on)
    for reminder in waiting:
        mine = told.get(reminder.subject_id)
        if mine is None or reminder.subject_id not in facts:
            content.end(reminder, State.CANCELLED, Reason.NOT_OWED)
        elif reminder.subject_id not in seen:
            content.end(reminder, State.CANCELLED, Reason.NOT_SEEN)
        elif (mine.day, mine.revision) != (reminder.day, reminder.due_revision):
            content.end(reminder, State.SUPERSEDED, Reason.DATE_CHANGED)
        elif moment.on > last_day_at_once(reminder.day, moment.days):
            content.end(reminder, State.EXPIRED, Reason.TOO_LATE)
        else:
            content.kept.append(reminder.pk)
            content.news.append(News(reminder.kind, facts[reminder.subject_id], mine.addressee))
    missing = {one.addressee.unit_id for one in told.values() if one.addressee.unit_id} - set(content.units)
    content.units |= Unit.objects.in_bulk(missing)


def _closed(user: User, channel: str) -> Reason | None:
    if not user.is_active:
        return Reason.ACCOUNT_CLOSED
    return None if reaches(user, channel) else Reason.NO_ADDRESS


def _check_rows(content: Content, waiting: Iterable[Reminder], user: User, now: datetime, days: Workdays) -> None:
    waiting = list(waiting)
    on = day_of(now)
    rows = _rows(ledger.remindable(on).filter(pk__in=[reminder.subject_id for reminder in waiting]), user, on)
    back = _returns([pk for pk, (row, _seen) in rows.items() if row.stage == Stage.RETURNED])
    directory = Directory.load([ledger.place_of(row) for row, _seen in rows.values()], on)
    content.units |= _units(directory, rows)
    for reminder in waiting:
        row, seen = rows.get(reminder.subject_id, (None, False))
        if row is None:
            content.end(reminder, State.CANCELLED, Reason.NOT_OWED)
            continue
        mine = next((one for one in directory.of(ledger.place_of(row)) if one.user_id == user.pk), None)
        if mine is None:
            content.end(reminder, State.SUPERSEDED, Reason.SOMEONE_ELSE)
        elif not seen:
            content.end(reminder, State.CANCELLED, Reason.NOT_SEEN)
        elif verdict := _untrue(reminder, row, back.get(row.pk), on, days):
            content.end(reminder, *verdict)
        else:
            content.kept.append(reminder.pk)
            words = back[row.pk].reason if reminder.kind == Reminder.Kind.RETURNED and row.pk in back else ""
            content.items.append(Item(row, mine, words))


def _untrue(
    reminder: Reminder, row: Assignment, back: Event | None, on: date, days: Workdays
) -> tuple[State, Reason] | None:
    """Why a row of the ledger is not what the data says now; None while it is."""
    if reminder.kind == Reminder.Kind.BY_HAND:
        return None
    if reminder.due_revision != row.due_revision:
        return State.SUPERSEDED, Reason.DATE_CHANGED
    if reminder.kind == Reminder.Kind.RETURNED:
        if row.stage != Stage.RETURNED:
            return State.CANCELLED, Reason.NOT_OWED
        return (State.EXPIRED, Reason.TOO_LATE) if on > last_day_at_once(reminder.day, days) else None
    due = row.clock_on
    if due is None:
        return State.CANCELLED, Reason.NOT_OWED
    since = day_of(back.at) if back else row.issued_on
    found = begun(occasions(due, since, days, returned=row.stage == Stage.RETURNED), on)
    if not any((one.kind, one.day) == (reminder.kind, reminder.day) for one in found):
        return State.SUPERSEDED, Reason.DATE_CHANGED
    if found[-1].kind != reminder.kind:
        return State.SUPERSEDED, Reason.NEWER_STAGE
    return None if found[-1].holds_on(on) else (State.EXPIRED, Reason.TOO_LATE)


def _check_list(content: Content, reminder: Reminder, user: User, now: datetime, days: Workdays) -> None:
    """A new list as it concerns this person: the rows of it that he answers for."""
    on = day_of(now)
    task_list = TaskList.objects.filter(pk=reminder.subject_id, stage=ListStage.ISSUED).select_related("issuer").first()
    if task_list is None:
        content.end(reminder, State.CANCELLED, Reason.NOT_OWED)
        return
    if task_list.edition != reminder.due_revision:
        content.end(reminder, State.SUPERSEDED, Reason.DATE_CHANGED)
        return
    if on > last_day_at_once(reminder.day, days):
        content.end(reminder, State.EXPIRED, Reason.TOO_LATE)
        return
    visible = Assignment.objects.visible_to(user, on).filter(list=task_list)
    rows = _rows(ledger.remindable(on).filter(pk__in=visible.values("pk")), user, on)
    directory = Directory.load([ledger.place_of(row) for row, _seen in rows.values()], on)
    content.units |= _units(directory, rows)
    for row, _seen in rows.values():
        mine = next((one for one in directory.of(ledger.place_of(row)) if one.user_id == user.pk), None)
        if mine is not None:
            content.items.append(Item(row, mine))
    if content.items:
        content.kept.append(reminder.pk)
        content.new_list = task_list
    else:
        content.end(reminder, State.CANCELLED, Reason.NOT_OWED)


def _rows(chosen: QuerySet[Assignment], user: User, on: date) -> dict[int, tuple[Assignment, bool]]:
    """The rows with their words, soonest first, each with whether this person may see it (design 6)."""
    rows = chosen.select_related("task__text", "unit__body", "list").order_by("due_on", "pk")
    found = {row.pk: row for row in rows}
    seen = set(Assignment.objects.visible_to(user, on).filter(pk__in=found).values_list("pk", flat=True))
    return {pk: (row, pk in seen) for pk, row in found.items()}


def _returns(rows: list[int]) -> dict[int, Event]:
    """The last return of each of these rows, with its words."""
    events = Event.objects.filter(assignment__in=rows, move="return").order_by("at", "pk")
    return {event.assignment_id: event for event in events if event.assignment_id}


def _units(directory: Directory, rows: Mapping[int, tuple[Assignment, bool]]) -> dict[int, Unit]:
    """The units that the reasons name."""
    units = {row.unit_id: row.unit for row, _seen in rows.values()}
    asked = {
        one.unit_id
        for row, _seen in rows.values()
        for one in directory.of(ledger.place_of(row))
        if one.unit_id is not None
    }
    return units | Unit.objects.in_bulk(asked - set(units))
