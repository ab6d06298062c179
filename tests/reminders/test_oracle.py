"""Day by day through 2026 against a second, simple reading of the rules that shares no code with the planner.

The oracle knows the days off of 2026 by heart (the notice of the State Council), walks through the days and says who has to
hear what. The product is ticked several times a day, in the night and on days off as well, and left alone on some days.
"""

from __future__ import annotations

import random
from datetime import date

import pytest
from django.core import mail

from branches.clock import day_of
from branches.models import User
from tasks.models import Assignment, Digest, Reminder
from tasks.states import Stage
from tests.factories import at, make_user
from tests.reminders.conftest import World, give_back, plan_and_send
from tests.reminders.oracle import ONE, Known, Oracle, days_between


def span(first: date, last: date) -> set[date]:
    return set(days_between(first, last))


OFF = set().union(
    span(date(2026, 1, 1), date(2026, 1, 3)),
    span(date(2026, 2, 15), date(2026, 2, 23)),
    span(date(2026, 4, 4), date(2026, 4, 6)),
    span(date(2026, 5, 1), date(2026, 5, 5)),
    span(date(2026, 6, 19), date(2026, 6, 21)),
    span(date(2026, 9, 25), date(2026, 9, 27)),
    span(date(2026, 10, 1), date(2026, 10, 7)),
)
MADE_UP = {date(2026, month, day) for month, day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]}


def works(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def shake(world: World, oracle: Oracle, people: list[User], today: date, chance: random.Random) -> None:
    """What happens in the early morning: new rows, finished rows, moved dates, other persons, returns."""
    now = at(today, 3)
    for _n in range(chance.choice([0, 0, 1, 2])):
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
            known.due, known.back_on, known.told_back = today + chance.randint(0, 9) * ONE, today, False
            known.since = today
            give_back(row, world.secretary, now, known.due)


SEASONS = [
    pytest.param(date(2026, 2, 4), date(2026, 3, 5), id="Spring Festival"),
    pytest.param(date(2026, 4, 22), date(2026, 5, 15), id="May Day"),
    pytest.param(date(2026, 9, 16), date(2026, 10, 15), id="National Day"),
    pytest.param(date(2026, 5, 25), date(2026, 6, 8), id="month end"),
]


@pytest.mark.parametrize(("first", "last"), SEASONS)
def test_every_mail_of_a_season_is_the_oracles(world: World, first: date, last: date) -> None:
    chance = random.Random(f"{first}")
    oracle = Oracle(works)
    people = [make_user(f"党员{number}", username=f"p{number}") for number in range(4)]
    for offset in range(-6, (last - first).days, 2):
        person = people[offset % len(people)]
        row = world.give(world.office, first + offset * ONE, person=person)
        oracle.rows[row.pk] = Known(person.username, first + offset * ONE, date(2025, 11, 3))
    alone = set(chance.sample(list(days_between(first + ONE, last)), 3))

    for today in days_between(first, last):
        shake(world, oracle, people, today, chance)
        if today in alone:
            continue  # beat, worker and everything else stood still
        for hour in (chance.choice([0, 5, 7]), chance.randint(8, 19), chance.choice([20, 22, 23])):
            plan_and_send(at(today, hour))
        if works(today):
            oracle.speak(today)

    told = Reminder.objects.filter(state="sent").select_related("digest", "recipient")
    actual = {(day_of(one.done_at), one.recipient.username, one.kind, one.subject_id) for one in told if one.done_at}
    assert actual == oracle.expected
    assert len(told) == len(actual) > 10
    days_and_people = {(day, person) for day, person, kind, _row in actual if kind != "returned"}
    assert len(mail.outbox) == len(days_and_people) + sum(kind == "returned" for _d, _p, kind, _r in actual)
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == len(mail.outbox)


@pytest.mark.parametrize(("first", "last"), SEASONS[:1])
def test_every_occasion_ends_in_a_terminal_state(world: World, first: date, last: date) -> None:
    rows = [world.give(world.office, day) for day in days_between(first, last)]

    for today in days_between(first - 7 * ONE, last + 14 * ONE):
        plan_and_send(at(today, 10))

    assert set(Reminder.objects.values_list("state", flat=True)) <= {"sent", "superseded"}
    assert Reminder.objects.count() == 4 * len(rows)
    assert not Digest.objects.filter(state="ready").exists()
    for row in rows:
        said = set(Reminder.objects.filter(subject_id=row.pk, state="sent").values_list("kind", flat=True))
        assert said == {"before", "due", "late", "escalated"}
