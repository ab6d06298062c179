"""Planning: what the data of this moment gives reason to say, written to the ledger; safe twice, late, and by two at once.

Nothing here depends on when the planner last ran. A due date names its occasions with days of their own, the unique key
lets each row in once, and `ignore_conflicts` makes the second planner a reader. What was missed is not sent in bulk: only
the newest occasion of a date may still be said, the older ones are written down as superseded, so that every occasion has
a row that ends somewhere (reliability 4.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from branches.clock import day_of
from branches.models import User
from tasks.calendar import working_days
from tasks.models import Assignment, Reminder, TaskList
from tasks.models.reminders import Channel, State
from tasks.reminders import digests, ledger, notices
from tasks.reminders.ledger import ASSIGNMENT, DATED, LIST, Reason
from tasks.reminders.occasions import begun, first_alive, horizon, last_day_at_once, occasions
from tasks.reminders.people import Addressee, Directory, Place
from tasks.reminders.rules import Wanted, unwanted
from tasks.reminders.topics import TOPICS, Moment, Topic
from tasks.reminders.ways import way_to
from tasks.reminders.words import Facts
from tasks.states import ListStage, Stage
from tasks.workdays import Workdays

CHUNK = 500
LOOK_BACK = 31  # days: what was due before this is history, and gets no row however long nobody planned
LISTS_BACK = timedelta(days=14)
PLANNED = (*DATED, Reminder.Kind.RETURNED, Reminder.Kind.NEW_LIST)  # what this module plans itself
Key = tuple[str, int, int, int, date]  # kind, subject, revision, recipient, day


@dataclass(frozen=True)
class Saying:
    """One row as it ought to be when it is written now: said, or ended with its reason."""

    key: Key
    subject_type: str
    addressee: Addressee
    state: State = State.READY
    reason: Reason | None = None

    def ended(self, state: State, reason: Reason) -> Saying:
        """The same, not to be said any more."""
        return replace(self, state=state, reason=reason)


def plan(now: datetime, workdays: Workdays | None = None) -> int:
    """Bring the ledger up to this moment; how many rows were new. A dozen queries for every 500 rows that are due."""
    days = workdays or working_days()
    digests.release(now, days)
    notices.wake(now)
    notices.forget(now)
    made = _plan_lists(now, days)
    for topic in TOPICS.values():
        made += _plan_topic(topic, Moment(now, days))
    last = 0
    while rows := _page(day_of(now), last, days):
        made += _plan_rows(rows, now, days)
        last = rows[-1].pk
        if len(rows) < CHUNK:
            break
    digests.attach(now, days)
    return made


def _page(on: date, last: int, days: Workdays) -> list[Assignment]:
    """The next rows with something to say: due within the horizon, or returned. Closed chapters are not read again."""
    told = Reminder.objects.filter(
        subject_type=ASSIGNMENT,
        subject_id=OuterRef("pk"),
        due_revision=OuterRef("due_revision"),
        kind=Reminder.Kind.LATE,
    )
    alive = Q(due_on__gte=first_alive(on, LOOK_BACK, days)) | ~Exists(told)
    running = (
        ~Q(stage=Stage.RETURNED) & Q(due_on__gte=on - timedelta(days=LOOK_BACK), due_on__lte=horizon(on, days)) & alive
    )
    rows = ledger.remindable(on).filter(running | Q(stage=Stage.RETURNED), pk__gt=last).order_by("pk")
    return list(rows.only(*COLUMNS)[:CHUNK])


COLUMNS = (
    "stage", "due_on", "supplement_by", "due_revision", "issued_on", "unit_id", "unit_path", "body_id", "person_id",
)  # fmt: skip


@transaction.atomic
def _plan_rows(rows: Sequence[Assignment], now: datetime, days: Workdays) -> int:
    on = day_of(now)
    directory = Directory.load([ledger.place_of(row) for row in rows], on)
    returned = ledger.returned_at([row.pk for row in rows if row.stage == Stage.RETURNED])
    wanted: list[Saying] = []
    for row in rows:
        people = directory.of(ledger.place_of(row))
        back = day_of(returned[row.pk]) if row.pk in returned else None
        wanted += _dated(row, people, back or row.issued_on, on, days)
        if back is not None:
            wanted += _at_once(Reminder.Kind.RETURNED, ASSIGNMENT, row.pk, row.due_revision, back, people, on, days)
    return _write(ASSIGNMENT, [row.pk for row in rows], wanted, now, days, notices.rows_of)


def _dated(row: Assignment, people: Iterable[Addressee], since: date, on: date, days: Workdays) -> list[Saying]:
    """Before, due and late for the date that counts now: the newest may be said, the older ones are behind us."""
    due = row.clock_on
    if due is None or due < on - timedelta(days=LOOK_BACK):
        return []
    found = begun(occasions(due, since, days, returned=row.stage == Stage.RETURNED), on)
    sayings = []
    for person in people:
        for occasion in found:
            key = (occasion.kind.value, row.pk, row.due_revision, person.user_id, occasion.day)
            saying = Saying(key, ASSIGNMENT, person)
            if occasion is not found[-1]:
                saying = saying.ended(State.SUPERSEDED, Reason.NEWER_STAGE)
            elif not occasion.holds_on(on):
                saying = saying.ended(State.EXPIRED, Reason.TOO_LATE)
            sayings.append(saying)
    return sayings


def _at_once(
    kind: Reminder.Kind, subject_type: str, subject: int, revision: int, day: date, people: Iterable[Addressee], on: date,
    days: Workdays,
) -> list[Saying]:  # fmt: skip
    """A notice that does not wait for the digest, while it is still news."""
    keys = [((kind.value, subject, revision, person.user_id, day), person) for person in people]
    return [_news(Saying(key, subject_type, person), on, days) for key, person in keys]


def _news(saying: Saying, on: date, days: Workdays) -> Saying:
    """What may be said for some working days after its own, and has expired then."""
    if on > last_day_at_once(saying.key[4], days):
        return saying.ended(State.EXPIRED, Reason.TOO_LATE)
    return saying


@transaction.atomic
def _plan_lists(now: datetime, days: Workdays) -> int:
    """One notice of a new list for everyone who answers for a row of it, except the person who published it.

    A list that was announced is not new again with its next version: that is a topic of its own.
    """
    told = Reminder.objects.filter(
        Q(due_revision=OuterRef("edition")) | Q(state=State.SENT),
        subject_type=LIST, subject_id=OuterRef("pk"), kind=Reminder.Kind.NEW_LIST,
    )  # fmt: skip
    fresh = TaskList.objects.filter(stage=ListStage.ISSUED, published_at__gt=now - LISTS_BACK, published_at__lte=now)
    lists = {one.pk: one for one in fresh.filter(~Exists(told)).order_by("pk")}
    if not lists:
        return 0
    on = day_of(now)
    rows = ledger.remindable(on).filter(list__in=lists).order_by("list_id", "unit_id", "person_id")
    found = rows.values_list("list_id", "unit_id", "unit_path", "body_id", "person_id").distinct()
    places = [(pk, Place(unit, path, body, person)) for pk, unit, path, body, person in found]
    directory = Directory.load([place for _pk, place in places], on)
    people: dict[int, dict[int, Addressee]] = {}
    for pk, place in places:
        people.setdefault(pk, {}).update({one.user_id: one for one in directory.of(place)})
    wanted: list[Saying] = []
    for pk, answering in people.items():
        one = lists[pk]
        others = [person for person in answering.values() if person.user_id != one.published_by_id]
        published = day_of(one.published_at) if one.published_at else on
        wanted += _at_once(Reminder.Kind.NEW_LIST, LIST, pk, one.edition, published, others, on, days)
    return _write(LIST, list(lists), wanted, now, days, notices.lists_of)


def _plan_topic(topic: Topic, moment: Moment) -> int:
    """What a topic has to tell now; what waits and is true no more ends."""
    waiting = set(Reminder.objects.filter(kind=topic.kind, state=State.READY).values_list("subject_id", flat=True))
    told = {*topic.told(moment), *(topic.told(moment, waiting) if waiting else ())}
    subjects = {one.subject for one in told} | waiting
    if not subjects:
        return 0
    wanted = []
    for one in told:
        key = (topic.kind.value, one.subject, one.revision, one.user_id, one.day)
        wanted.append(_news(Saying(key, topic.subject_type, one.addressee), moment.on, moment.days))
    with transaction.atomic():
        return _write(
            topic.subject_type, sorted(subjects), wanted, moment.now, moment.days, topic.facts, kinds=[topic.kind],
            by_mail=topic.by_mail,
        )  # fmt: skip


def _write(
    subject_type: str, subjects: list[int], wanted: Sequence[Saying], now: datetime, days: Workdays,
    facts: Callable[[list[int]], dict[int, Facts]], kinds: Sequence[str] = PLANNED, *, by_mail: bool = True,
) -> int:  # fmt: skip
    """Let in what is new, end what is no longer wanted, and give the rest a message to go with.

    Everybody finds it on his page of notices as well; for a topic that is not sent by mail that is all.
    """
    notices.write(subject_type, subjects, wanted, facts, now)
    if not by_mail:
        return 0
    known = {
        (row.kind, row.subject_id, row.due_revision, row.recipient_id, row.day): row
        for row in Reminder.objects.filter(subject_type=subject_type, subject_id__in=subjects, kind__in=kinds)
    }
    fresh = [saying for saying in wanted if saying.key not in known]
    users = User.objects.in_bulk({saying.key[3] for saying in fresh})
    said = {_words(key) for key, row in known.items() if row.state == State.SENT}
    off = (
        unwanted(subject_type, [_asked(saying) for saying in fresh if saying.state == State.READY]) if fresh else set()
    )
    rows = [_row(_fit(saying, users, said, off), users[saying.key[3]], now) for saying in fresh]
    rows.sort(key=lambda row: (row.subject_id, row.kind, row.due_revision, row.recipient_id, row.day))  # no deadlock
    if rows:
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    _end_stale(
        {key: row for key, row in known.items() if row.state == State.READY}, wanted, now, topical=kinds != PLANNED
    )
    digests.attach(now, days, subject_type=subject_type, subjects=subjects)
    return len(rows)


def _words(key: Key) -> tuple[str, int, int, date]:
    """What the person hears: the key without its revision."""
    kind, subject, _revision, user, day = key
    return kind, subject, user, day


def _asked(saying: Saying) -> Wanted:
    """What the rules of a body are asked about."""
    return saying.key[0], saying.key[1], saying.addressee.unit_id


def _fit(saying: Saying, users: dict[int, User], said: set[tuple[str, int, int, date]], off: set[Wanted]) -> Saying:
    """A new row that cannot be sent says so at once; words that were sent for an earlier revision are not sent again."""
    if saying.state != State.READY:
        return saying
    if saying.key[0] in DATED and _words(saying.key) in said:
        return saying.ended(State.SUPERSEDED, Reason.TOLD_ALREADY)
    if _asked(saying) in off:
        return saying.ended(State.CANCELLED, Reason.NOT_WANTED)
    if way_to(users[saying.key[3]]) is None:
        return saying.ended(State.CANCELLED, Reason.NO_ADDRESS)
    return saying


def _row(saying: Saying, person: User, now: datetime) -> Reminder:
    kind, subject, revision, user, day = saying.key
    return Reminder(
        kind=kind, subject_type=saying.subject_type, subject_id=subject, due_revision=revision, recipient_id=user, day=day,
        channel=way_to(person) or Channel.MAIL, state=saying.state,
        reason=saying.reason.value if saying.reason else "", planned_at=now,
        done_at=None if saying.state == State.READY else now,
    )  # fmt: skip


def _end_stale(waiting: dict[Key, Reminder], wanted: Sequence[Saying], now: datetime, *, topical: bool) -> None:
    """End rows that wait but are no longer what ought to be said; a mail in flight keeps its word and marks them sent."""
    now_wanted = {saying.key: saying for saying in wanted}
    heard = {(saying.key[1], saying.key[3]): saying.key[2] for saying in wanted}  # (subject, recipient) → revision
    stale: dict[tuple[State, Reason], list[int]] = {}
    for key, row in waiting.items():
        saying = now_wanted.get(key)
        if saying is None and topical:
            stale.setdefault((State.CANCELLED, Reason.NOT_OWED), []).append(row.pk)
        elif saying is None:
            revision = heard.get((key[1], key[3]))
            reason = Reason.SOMEONE_ELSE if revision is None else Reason.DATE_CHANGED
            stale.setdefault((State.SUPERSEDED, reason), []).append(row.pk)
        elif saying.reason is not None:
            stale.setdefault((saying.state, saying.reason), []).append(row.pk)
    for (state, reason), rows in stale.items():
        ledger.end(rows, state, reason, now)
