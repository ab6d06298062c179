"""提醒所选: once a row, person and day, at once within the hours, outside the automatic ones, taken back until it is sent."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client

from branches.writing import NotPossible
from tasks.actions.reminding import remind, take_back_reminding
from tasks.models import Assignment, Digest, Event, Reminder
from tasks.reminders.plan import plan
from tasks.reminders.send import send_some
from tests.factories import at, op
from tests.reminders.conftest import World, states

TUESDAY = date(2026, 5, 12)
MORNING = at(TUESDAY, 10)
SOON = MORNING + timedelta(minutes=2)


@pytest.fixture
def late(world: World) -> list[Assignment]:
    """Two rows of the office and one of the county, all overdue for long: the automatic reminders are behind them."""
    units = (world.office, world.office, world.county)
    return [world.give(unit, date(2026, 3, 2), content=f"任务{n}") for n, unit in enumerate(units)]


def press(world: World, rows: list[Assignment], key: UUID | None = None, now: object = MORNING) -> int:
    return remind([row.pk for row in rows], by=world.secretary, op=key or op(), now=now)  # type: ignore[arg-type]


def test_one_mail_a_person_at_once_and_once_a_day(world: World, late: list[Assignment]) -> None:
    key = op()

    assert (press(world, late, key), press(world, late, key)) == (2, 2)  # a double click is one press
    assert send_some(MORNING) == {}  # held back for a minute
    send_some(SOON)

    assert sorted(message.to[0] for message in mail.outbox) == sorted([world.clerk.email, world.county_secretary.email])
    assert sum("任务0" in message.body and "任务1" in message.body for message in mail.outbox) == 1
    assert {state for _kind, state in states()} == {"sent"}
    assert Event.objects.filter(move="reminded").count() == 3
    with pytest.raises(NotPossible):
        press(world, late, now=SOON)
    assert Reminder.objects.count() == 3
    assert press(world, late, now=at(date(2026, 5, 13))) == 2  # the next day they may be reminded again


def test_the_automatic_ones_go_on_as_planned(world: World) -> None:
    row = world.give(world.office, TUESDAY)
    press(world, [row])
    plan(MORNING)
    plan(SOON)

    while send_some(SOON):
        pass

    assert sorted(set(states(row))) == [("before", "superseded"), ("by_hand", "sent"), ("due", "sent")]


def test_in_the_night_it_waits_for_the_morning(world: World, late: list[Assignment]) -> None:
    press(world, late, now=at(TUESDAY, 22))

    assert {digest.not_before for digest in Digest.objects.all()} == {at(date(2026, 5, 13), 8)}


def test_taken_back_until_it_is_sent_and_said_anew_the_same_day(world: World, late: list[Assignment]) -> None:
    first = op()
    press(world, late, first)

    assert take_back_reminding(first, by=world.secretary, op=op(), now=MORNING) == 2
    send_some(SOON)
    assert mail.outbox == []
    assert {state for _kind, state in states()} == {"cancelled"}

    second = op()
    assert press(world, late, second, now=SOON) == 2
    send_some(SOON + timedelta(minutes=2))
    assert len(mail.outbox) == 2
    with pytest.raises(NotPossible):
        take_back_reminding(second, by=world.secretary, op=op(), now=SOON)
    with pytest.raises(PermissionDenied):
        take_back_reminding(second, by=world.clerk, op=op(), now=SOON)


def test_what_was_reported_meanwhile_is_not_asked_after(world: World, late: list[Assignment]) -> None:
    press(world, late)
    Assignment.objects.filter(unit=world.county).update(stage="reported", reported_on=TUESDAY, submitted_at=MORNING)

    send_some(SOON)

    assert [message.to[0] for message in mail.outbox] == [world.clerk.email]
    with pytest.raises(NotPossible):
        press(world, late[2:], now=SOON)


@pytest.mark.parametrize("who", ["clerk", "county_secretary", "head"])
def test_only_the_desk_that_gave_it_reminds(world: World, late: list[Assignment], who: str) -> None:
    with pytest.raises(PermissionDenied):
        remind([late[2].pk], by=getattr(world, who), op=op(), now=MORNING)
    assert not Reminder.objects.exists()


def test_the_preview_counts_units_people_and_who_is_skipped(
    client: Client, world: World, late: list[Assignment], clock_at: object
) -> None:
    clock_at(TUESDAY, 10)  # type: ignore[operator]
    press(world, late[2:])
    client.force_login(world.secretary)
    client.cookies["django_language"] = "en"

    page = client.get("/remind/?all=overdue")

    assert "1 unit, 1 person; 1 was reminded today already and is skipped" in " ".join(page.text.split())
    assert client.get("/remind/?row=x").status_code == client.get("/remind/?all=x").status_code == 400
    answer = client.post("/remind/", {"op": str(op()), "row": [row.pk for row in late]}, follow=True)
    assert "1 person is reminded" in answer.text
    assert client.post("/remind/", {"op": str(op()), "row": [row.pk for row in late]}).status_code == 409
