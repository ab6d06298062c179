"""Rules of a body, one by one: what is switched off sends no message there, and nobody else's changes."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from branches.models import Change
from tasks.models import Notice, Reminder, ReminderRules
from tasks.reminders.rules import RULES, unwanted
from tasks.states import Stage
from tests.factories import at, op
from tests.reminders.conftest import World, give_back, plan_and_send

MONDAY, DUE = date(2026, 5, 11), date(2026, 5, 14)
NOW = at(MONDAY)


def test_what_a_body_switched_off_is_not_sent_but_noticed_and_other_bodies_hear_it(world: World) -> None:
    ReminderRules.objects.create(body=world.city, off=["before"])
    mine, theirs = world.give(world.office, DUE), world.give(world.county, DUE)
    named = world.give(world.office, DUE, person=world.head)
    plan_and_send(NOW)
    told = {(one.subject_id, one.state, one.reason) for one in Reminder.objects.all()}
    assert told == {
        (mine.pk, "cancelled", "not wanted"),
        (theirs.pk, "sent", ""),
        (named.pk, "cancelled", "not wanted"),
    }
    assert set(Notice.objects.values_list("subject_id", flat=True)) == {mine.pk, theirs.pk, named.pk}
    assert len(mail.outbox) == 1


def test_other_rules_of_the_same_body_hold(world: World) -> None:
    ReminderRules.objects.create(body=world.city, off=["before", "late"])
    row = world.give(world.office, DUE)
    for day in (MONDAY, DUE, date(2026, 5, 15)):
        plan_and_send(at(day))
    assert dict(Reminder.objects.filter(subject_id=row.pk).values_list("kind", "state")) == {
        "before": "cancelled", "due": "sent", "late": "cancelled",
    }  # fmt: skip
    give_back(row, world.secretary, at(date(2026, 5, 18)), date(2026, 5, 25))
    plan_and_send(at(date(2026, 5, 18), 10))
    assert Reminder.objects.get(kind="returned").state == "sent"
    row.refresh_from_db()
    assert row.stage == Stage.RETURNED


def test_switched_on_again_it_speaks_of_what_comes_and_not_of_what_was(world: World) -> None:
    rules = ReminderRules.objects.create(body=world.city, off=["before"])
    world.give(world.office, DUE)
    plan_and_send(NOW)
    rules.delete()
    later = world.give(world.office, date(2026, 5, 15))
    plan_and_send(at(date(2026, 5, 12)))
    assert set(Reminder.objects.filter(state="sent").values_list("subject_id", flat=True)) == {later.pk}


def test_a_desk_switches_rules_and_two_editors_do_not_overwrite_each_other(world: World, client: Client) -> None:
    client.force_login(world.secretary)
    page = f"/units/{world.city.pk}/rules/"
    every = [rule.value for rule in RULES]
    assert client.get(page).content.decode().count(" checked>") == len(every)
    less = [rule for rule in every if rule != "late"]
    assert client.post(page, {"rule": less, "version": 1, "op": str(op())}).status_code == 302
    stored = ReminderRules.objects.get()
    assert (stored.body, stored.off, stored.version) == (world.city, ["late"], 2)
    assert Change.objects.get(verb="reminder-rules").after == {"rules_off": "逾期首日"}
    assert client.post(page, {"rule": every, "version": 1, "op": str(op())}).status_code == 409
    assert client.post(page, {"rule": ["nonsense"], "version": 2, "op": str(op())}).status_code == 400
    assert ReminderRules.objects.get().off == ["late"]
    assert client.post(page, {"rule": every, "version": 2, "op": str(op())}).status_code == 302
    assert ReminderRules.objects.get().off == []
    client.force_login(world.clerk)
    assert client.post(page, {"rule": less, "version": 3, "op": str(op())}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_asking_the_rules_costs_three_queries_whatever_the_number_of_rows(
    world: World, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    asked = [("before", world.give(world.office, DUE).pk, world.office.pk if n else None) for n in range(rows + 1)]
    with django_assert_num_queries(1):
        assert unwanted("assignment", asked) == set()
    ReminderRules.objects.create(body=world.city, off=["before"])
    with django_assert_num_queries(3):
        assert unwanted("assignment", asked) == set(asked)
