"""Makes a whole world, in one transaction: all of it, checked, or nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from django.db import connection, transaction

from activities.models import Attendance, Meeting, MeetingEvent
from branches.clock import SHANGHAI
from branches.models import DemoState, Unit
from cppcc_party.simulation import people, tree
from cppcc_party.simulation.checking import faults
from cppcc_party.simulation.copying import Tables, put_aside
from cppcc_party.simulation.lives import Days
from cppcc_party.simulation.meetings import Keeper
from cppcc_party.simulation.progress import Progress
from cppcc_party.simulation.scales import Scale
from cppcc_party.simulation.work import Worker
from tasks.models import Assignment, Delivery, Event, Period, Receiver, Report, Step, Task, TaskList, TaskText

FILLED = (
    TaskList, Task, TaskText, Step, Period, Receiver, Delivery, Assignment, Event, Report,
    Meeting, MeetingEvent, Attendance,
)  # fmt: skip
AHEAD = timedelta(days=430)  # dates that are looked up lie no further away


class Taken(Exception):
    """The database holds units, lists or a demo already."""


class Broken(Exception):
    """The world does not hang together; the sentences say where. Nothing was kept."""


def make(scale: Scale, seed: int, years: int, today: date, now: datetime, progress: Progress) -> dict[str, int]:
    """A world of `scale` with the work of this year and those before it, as of the morning of `today`; how much it holds."""
    with transaction.atomic():
        _claim(now)
        top = tree.grow(scale, Unit._get_path("", 1, 1), progress)
        persons = people.settle(top, datetime(2020, 1, 6, 9, tzinfo=SHANGHAI), progress)
        tables = Tables(*FILLED)
        with put_aside(tables, progress):
            _work(scale, top, tables, seed, range(today.year - years + 1, today.year + 1), today, progress)
        tables.count_on()
        progress.begin("Checking")
        analyse("ANALYZE")
        units = sum(len(body.units) for body in top.family())
        if found := faults(tables, units, today):
            raise Broken("\n".join(found))
        progress.end("it hangs together")
    sizes = {table.model.__name__: table.made for table in tables.all.values()}
    return {"Unit": units, "User": persons, **sizes}


def analyse(word: str) -> None:
    """Tell the planner what is there: ANALYZE, or VACUUM ANALYZE, which goes outside a transaction only."""
    names = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        cursor.execute(f"{word} {', '.join(names)}")


def _claim(now: datetime) -> None:
    """Only an empty database is filled; the row that says so also keeps the demo from being loaded on top."""
    _state, first = DemoState.objects.get_or_create(only=True, defaults={"loaded_at": now})
    if not first or Unit.objects.exists() or any(kind._default_manager.exists() for kind in FILLED):
        raise Taken


def _work(
    scale: Scale, top: tree.Body, tables: Tables, seed: int, years: range, today: date, progress: Progress
) -> None:
    """Year by year, body by body, from the top."""
    days = Days(date(years[0], 1, 1), today + AHEAD)
    chance = Random(seed)  # noqa: S311 (the same world for the same seed)
    worker = Worker(tables, scale.year, days, today.toordinal(), chance)
    keeper = Keeper(tables, days, today.toordinal(), chance)
    bodies = list(top.family())
    progress.begin("Work", len(bodies) * len(years))
    for number, year in enumerate(years):
        for place, body in enumerate(bodies, 1):
            worker.year(body, year)
            keeper.year(body, year)
            tables.send()
            progress.tick(number * len(bodies) + place, f", {tables[Assignment].made:,} assignments")
        worker.end_year()
    tables.send(least=1)
    progress.end(f"{tables[Assignment].made:,} assignments, {tables[Event].made:,} events")
