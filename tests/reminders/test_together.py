"""Many at once, with real threads and real transactions: two planners, eight senders, one mail a person."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from tasks.models import Assignment, Digest, Reminder
from tasks.reminders import jobs
from tasks.reminders.plan import plan
from tasks.reminders.send import send_some
from tests.factories import at, make_user
from tests.reminders.conftest import World, identities, make_world

NOW = at(date(2026, 5, 12), 9)
THURSDAY = date(2026, 5, 14)
PEOPLE = 24


@pytest.fixture
def crowd(transactional_db: None) -> World:
    """A world with many people, two rows each."""
    world = make_world()
    for number in range(PEOPLE):
        person = make_user(f"党员{number}")
        for _row in range(2):
            world.give(world.office, THURSDAY, person=person)
    return world


def together(count: int, work: Callable[[], Any]) -> list[Any]:
    """Run `work` in `count` threads that begin in the same moment; what they gave back. Raises what one of them raised."""
    start, results, errors = threading.Barrier(count), [], []

    def run() -> None:
        try:
            start.wait(timeout=30)
            results.append(work())
        except BaseException as error:  # told to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    if errors:
        raise errors[0]
    return results


def drain() -> None:
    while send_some(NOW, limit=5):
        pass


def test_plan_twice_and_eight_senders_mail_once(crowd: World) -> None:
    plan(NOW)
    plan(NOW)

    together(8, drain)

    assert Counter(message.to[0] for message in mail.outbox) == Counter(
        dict.fromkeys(Assignment.objects.values_list("person__email", flat=True), 1)
    )
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == PEOPLE
    assert set(Reminder.objects.values_list("state", flat=True)) == {"sent"}
    assert Counter(Digest.objects.values_list("state", "attempts")) == {("sent", 1): PEOPLE}


def test_four_planners_at_once_write_each_row_once(crowd: World) -> None:
    made = together(4, lambda: plan(NOW))

    assert max(made) == 2 * PEOPLE
    assert len(identities()) == Reminder.objects.count() == 2 * PEOPLE
    assert Digest.objects.count() == PEOPLE
    plan(NOW + timedelta(minutes=1))  # what a planner left in another's hands finds its message in the next round
    assert not Reminder.objects.filter(digest=None).exists()


def test_planners_and_senders_at_once_lose_nothing(crowd: World) -> None:
    def work() -> None:
        for _round in range(3):
            plan(NOW)
            drain()

    together(4, work)
    plan(NOW)
    drain()

    assert set(Reminder.objects.values_list("state", flat=True)) == {"sent"}
    assert len(mail.outbox) == PEOPLE


def test_second_sweep_leaves_the_planning_to_the_first(crowd: World, clock_at: Callable[..., None]) -> None:
    clock_at(date(2026, 5, 12))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [jobs.SWEEP_LOCK])

    assert together(1, jobs.plan_due) == [None]

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [jobs.SWEEP_LOCK])
    assert together(2, jobs.plan_due) in ([2 * PEOPLE, None], [None, 2 * PEOPLE], [2 * PEOPLE, 0])
