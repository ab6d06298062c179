"""Day by day through 2025 and 2026 against a second, simple reading of the rules that shares no code with the planner.

The oracle knows the days off of both years by heart (the notices of the State Council), walks through the days and says who
has to hear what. The product is ticked at odd hours, in the night and on days off as well, and left alone on some days. Faults
that others have made are put into the product, and the comparison has to see each of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest
from django.core import mail

from branches.clock import day_of
from branches.models import User
from tasks.models import Assignment, Digest, Reminder, TaskList
from tasks.reminders import ledger, occasions
from tasks.states import Stage
from tasks.workdays import Workdays
from tests.factories import at, make_user
from tests.reminders.conftest import World, give_back, plan_and_send
from tests.reminders.oracle import ONE, Known, Oracle, days_between

LONG_BEFORE = date(2024, 11, 4)


def span(first: date, last: date) -> set[date]:
    return set(days_between(first, last))


OFF = set().union(
    span(date(2025, 1, 1), date(2025, 1, 1)),
    span(date(2025, 1, 28), date(2025, 2, 4)),
    span(date(2025, 4, 4), date(2025, 4, 6)),
    span(date(2025, 5, 1), date(2025, 5, 5)),
    span(date(2025, 5, 31), date(2025, 6, 2)),
    span(date(2025, 10, 1), date(2025, 10, 8)),
    span(date(2026, 1, 1), date(2026, 1, 3)),
    span(date(2026, 2, 15), date(2026, 2, 23)),
    span(date(2026, 4, 4), date(2026, 4, 6)),
    span(date(2026, 5, 1), date(2026, 5, 5)),
    span(date(2026, 6, 19), date(2026, 6, 21)),
    span(date(2026, 9, 25), date(2026, 9, 27)),
    span(date(2026, 10, 1), date(2026, 10, 7)),
)
MADE_UP = {date(2025, month, day) for month, day in [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)]} | {
    date(2026, month, day) for month, day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
}


def works(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def shake(world: World, oracle: Oracle, people: list[User], today: date, chance: random.Random) -> None:
    """What happens in the early morning: new rows, finished rows, moved dates, other persons, returns."""
    now = at(today, 3)
    for _n in range(chance.choice([0, 0, 0, 1])):
        person = chance.choice(people)
        due = today + chance.randint(-2, 12) * ONE
        row = world.give(world.office, due, person=person, issued_on=today)
        oracle.rows[row.pk] = Known(person.username, due, today)
    running = [pk for pk, row in oracle.rows.items() if row.open]
    if not running:
        return
    row = Assignment.objects.get(pk=chance.choice(running))
    known = oracle.rows[row.pk]
    match chance.choice(["finish", "move", "give", "return", "nothing", "nothing"]):
        case "finish":
            Assignment.objects.filter(pk=row.pk).update(stage=Stage.REPORTED, reported_on=today, submitted_at=now)
            known.open = False
        case "move" if known.back_on is None:
            known.due += chance.randint(3, 9) * ONE
            Assignment.objects.filter(pk=row.pk).update(due_on=known.due, due_revision=row.due_revision + 1)
        case "give":
            person = chance.choice(people)
            known.person = person.username
            Assignment.objects.filter(pk=row.pk).update(person=person)
        case "return" if known.back_on is None:
            known.due, known.back_on, known.told_back = today + chance.randint(0, 9) * ONE, today, set()
            known.since = today
            give_back(row, world.secretary, now, known.due)


FESTIVAL = (date(2026, 2, 4), date(2026, 3, 5))
HALVES = [
    pytest.param(date(2025, 1, 2), date(2025, 7, 1), id="first half of 2025"),
    pytest.param(date(2025, 6, 24), date(2025, 12, 31), id="second half of 2025"),
    pytest.param(date(2025, 12, 24), date(2026, 7, 1), id="first half of 2026"),
    pytest.param(date(2026, 6, 24), date(2026, 12, 27), id="second half of 2026"),
]


def walk(world: World, first: date, last: date, *, ticks: int) -> tuple[Oracle, set[tuple[date, str, str, int]]]:
    """Live through the days; what the oracle expects, and what was said."""
    chance = random.Random(f"{first}")
    oracle = Oracle(works)
    TaskList.objects.update(issued_on=LONG_BEFORE, published_at=at(LONG_BEFORE))
    people = [make_user(f"党员{number}", username=f"p{number}") for number in range(4)]
    for offset in range(-6, min(40, (last - first).days), 2):
        person = people[offset % len(people)]
        row = world.give(world.office, first + offset * ONE, person=person, issued_on=LONG_BEFORE)
        oracle.rows[row.pk] = Known(person.username, first + offset * ONE, LONG_BEFORE)
    alone = set(chance.sample(list(days_between(first + ONE, last)), max(3, (last - first).days // 15)))

    for today in days_between(first, last):
        shake(world, oracle, people, today, chance)
        if today in alone:
            continue  # beat, worker and everything else stood still
        hours = [chance.randint(8, 19), *(chance.choice([0, 5, 7, 12, 20, 23]) for _n in range(ticks - 1))]
        for hour in sorted(hours):
            plan_and_send(at(today, hour))
        if works(today):
            oracle.speak(today)

    told = Reminder.objects.filter(state="sent").select_related("digest", "recipient")
    said = [(day_of(one.done_at), one.recipient.username, one.kind, one.subject_id) for one in told if one.done_at]
    assert len(said) == len(set(said))
    return oracle, set(said)


@pytest.mark.parametrize(("first", "last"), [pytest.param(*FESTIVAL, id="Spring Festival, thrice a day"), *HALVES])
def test_every_mail_is_the_oracles(world: World, first: date, last: date) -> None:
    oracle, actual = walk(world, first, last, ticks=3 if (first, last) == FESTIVAL else 1)
    assert actual == oracle.expected
    assert len(actual) > 10
    days_and_people = {(day, person) for day, person, kind, _row in actual if kind != "returned"}
    assert len(mail.outbox) == len(days_and_people) + sum(kind == "returned" for _d, _p, kind, _r in actual)
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == len(mail.outbox)


def without_make_up_days(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Workdays, "is_workday", lambda self, day: day.weekday() < 5 and day not in OFF)


def a_day_too_early(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(occasions, "AHEAD", 4)


def late_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(occasions, "LATE_FOR", 9)


def returns_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "returned_at", lambda _rows: {})


def a_key_without_the_day(patch: pytest.MonkeyPatch) -> None:
    right = ledger.message_id
    patch.setattr(ledger, "message_id", lambda user, channel, _day, slot: right(user, channel, date(2026, 1, 1), slot))


@pytest.mark.parametrize(
    "fault", [without_make_up_days, a_day_too_early, late_for_ever, returns_forgotten, a_key_without_the_day]
)
def test_the_oracle_sees_a_fault(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Callable[[pytest.MonkeyPatch], None]
) -> None:
    fault(monkeypatch)
    oracle, actual = walk(world, date(2026, 2, 9), date(2026, 3, 3), ticks=1)
    assert actual != oracle.expected


def test_every_occasion_ends_in_a_terminal_state(world: World) -> None:
    first, last = FESTIVAL
    rows = [world.give(world.office, day) for day in days_between(first, last)]

    for today in days_between(first - 7 * ONE, last + 14 * ONE):
        plan_and_send(at(today, 10))

    assert set(Reminder.objects.values_list("state", flat=True)) <= {"sent", "superseded"}
    assert Reminder.objects.count() == 4 * len(rows)
    assert not Digest.objects.filter(state="ready").exists()
    for row in rows:
        said = set(Reminder.objects.filter(subject_id=row.pk, state="sent").values_list("kind", flat=True))
        assert said == {"before", "due", "late", "escalated"}
