"""A small world for reminders: a city, one county with a branch, and a list issued long before the days of the tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from activities.models import Cadence
from branches.models import Branch, Unit, User
from branches.roles import Role
from tasks.models import Assignment, Digest, Event, Reminder, TaskList
from tasks.models.reminders import State
from tasks.reminders.plan import plan
from tasks.reminders.send import Outcome, send_some
from tasks.states import Stage
from tests.factories import activate, at, make_assignment, make_branch, make_list, make_post, make_unit, make_user

ISSUED = date(2025, 11, 3)


@dataclass
class World:
    """Units and the people who are told."""

    city: Unit
    office: Unit
    county: Unit
    branch: Branch
    secretary: User  # of the city: issues the list
    clerk: User  # secretary of the city's office
    head: User  # head of the branch, which has no secretary
    county_secretary: User
    list: TaskList

    def give(self, unit: Unit, due_on: date | None, **fields: Any) -> Assignment:
        """A row of the list for a unit; given long ago unless `issued_on` says otherwise."""
        return make_assignment(unit, self.list, due_on=due_on, **fields)


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    """Reminders as on a site: a demo has no night."""
    settings.DEMO = False


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def make_world() -> World:
    """Build the world in the current database."""
    city = make_unit("示例市政协", "body", name_en="Sample City CPPCC")
    office = make_unit("办公室", "office", city, name_en="Office")
    county = make_unit("甲区政协", "body", city, name_en="District A CPPCC")
    branch = make_branch("机关党支部", county)
    people = {name: make_user(words, username=name) for name, words in [
        ("secretary", "王明"), ("clerk", "周文"), ("head", "吴刚"), ("county_secretary", "赵敏")]}  # fmt: skip
    make_post(people["secretary"], city, Role.SECRETARY)
    make_post(people["clerk"], office, Role.SECRETARY)
    activate(branch, people["head"])
    Cadence.objects.all().delete()  # no rule for meetings: what falls short of one is looked at in tests/activities
    make_post(people["county_secretary"], county, Role.SECRETARY)
    issued = make_list(city, people["secretary"], issued_on=ISSUED, published_at=at(ISSUED))
    return World(city=city, office=office, county=county, branch=branch, **people, list=issued)


def give_back(
    row: Assignment, by: User, now: datetime, supplement_by: date, words: str = "缺 4 月活动内容"
) -> Assignment:
    """Return a row as the action leaves it."""
    Assignment.objects.filter(pk=row.pk).update(
        stage=Stage.RETURNED, supplement_by=supplement_by, reported_on=ISSUED, due_revision=row.due_revision + 1
    )
    Event.objects.create(
        at=now, by=by, list=row.list, task=row.task, assignment=row, move="return", reason=words,
        from_stage=Stage.REPORTED, to_stage=Stage.RETURNED,
    )  # fmt: skip
    row.refresh_from_db()
    return row


def plan_and_send(now: datetime) -> dict[Outcome, int]:
    """One tick: plan, then send until nothing more goes."""
    plan(now)
    total: dict[Outcome, int] = {}
    while found := send_some(now):
        for outcome, number in found.items():
            total[outcome] = total.get(outcome, 0) + number
        if Outcome.AWAY in found:
            break
    return total


def identities() -> set[tuple[Any, ...]]:
    """What the ledger holds, by identity."""
    return set(Reminder.objects.values_list("kind", "subject_id", "due_revision", "recipient__username", "day"))


def states(row: Assignment | None = None) -> list[tuple[str, str]]:
    """Kind and state of every row of the ledger, in the order of their days."""
    found = Reminder.objects.order_by("day", "pk")
    if row is not None:
        found = found.filter(subject_type="assignment", subject_id=row.pk)
    return list(found.values_list("kind", "state"))


def sent() -> list[tuple[str, str, str]]:
    """Who was told what and when: (person, kind, day on which it went out)."""
    done = Reminder.objects.filter(state=State.SENT).select_related("digest").order_by("done_at", "pk")
    return [(one.recipient.username, one.kind, one.digest.day.isoformat() if one.digest else "") for one in done]


def ready() -> list[Digest]:
    """Messages that wait."""
    return list(Digest.objects.filter(state=State.READY).order_by("pk"))
