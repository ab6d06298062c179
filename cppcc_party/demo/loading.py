"""Loads the demo: once, in one transaction, the same rows for the same day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from branches.models import DemoState, Unit, UnitGroup, User
from cppcc_party.demo import (
    changes,
    drafts,
    duties,
    english,
    followup,
    life,
    meetings,
    people,
    records,
    slips,
    story,
    tree,
)
from cppcc_party.demo.files import Shelf
from cppcc_party.demo.history import Past
from cppcc_party.demo.lists import Desk

MORNING_HOUR = 8  # at which a demo counts as loaded when a day is given instead of the clock


def load(today: date, now: datetime) -> bool:
    """Load everything as of `today`; False when a demo is there already. `now` is written as the time of loading."""
    shelf = Shelf()
    try:
        with transaction.atomic():
            if not _claim(now):
                return False
            units = tree.plant(today)
            persons = people.settle(units, today)
            life.breathe(units, persons, today)
            _hold_promises()
            life.end_past(today, keep=tree.ENDED_WITH_HISTORY)
            _tell(units, persons, shelf, today)
            life.end_past(today)
            meetings.hold(today)
            records.chronicle(persons)
            records.voices(units, persons, today)
            records.planned(units, persons, today)
            changes.lie_ahead(units, persons, today)
            english.speak(units[tree.CITY])
            _hold_promises()
    except BaseException:
        shelf.clear()
        raise
    return True


def _claim(now: datetime) -> bool:
    """Two loads at once wait for each other at the one row that says a demo is there."""
    _state, first = DemoState.objects.get_or_create(only=True, defaults={"loaded_at": now})
    return first


def _tell(units: dict[str, Unit], persons: dict[str, User], shelf: Shelf, today: date) -> None:
    groups = {group.name: group for group in UnitGroup.objects.filter(body=None)}
    past = Past(units, persons, shelf, today)
    story.tell(past, Desk(units, groups, today))
    drafts.lay(past, today)
    duties.lay(past)
    slips.lay(past)
    followup.lay(past)
    past.run()


def _hold_promises() -> None:
    """Let the database check now what it would check at the end: members are taken in before their branch ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
