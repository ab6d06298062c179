"""The world of the planner's row: very many open assignments, spread over a year, and who is told of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection

from branches.models import Unit, User
from devtools.bench.worlds import TODAY, city, words_of
from tasks.models import Assignment, Notice, Period, Reminder, Step, Task, TaskText
from tasks.reminders.plan import plan
from tests.factories import at, make_assignment, make_list

Job = Callable[[], object]
UNITS = 500
BEHIND, YEAR = 31, 365  # days back that the planner looks; over how many days the dates lie
ISSUED = date(2026, 1, 5)


def prepare(amount: int) -> None:
    """Tasks whose dates lie evenly over a year, from a month ago on, each with every unit; nothing planned yet."""
    units = min(UNITS, max(1, amount // 10))
    body, secretary, _offices = city(units)
    User.objects.update(email="bench@example.invalid")
    found = make_list(body, secretary, issued_on=ISSUED, published_at=at(ISSUED))
    template = make_assignment(_offices[0], found, due_on=TODAY + timedelta(days=YEAR))
    numbers = range(2, amount // units + 2)
    tasks = Task.objects.bulk_create(Task(list=found, number=str(n), position=n) for n in numbers)
    texts = TaskText.objects.bulk_create(
        TaskText(task=task, edition=1, content=words_of(task.position), due_written="按期") for task in tasks
    )
    for task, text in zip(tasks, texts, strict=True):
        task.text = text
    Task.objects.bulk_update(tasks, ["text"], batch_size=500)
    due = {task.pk: TODAY + timedelta(days=n * YEAR // len(tasks) - BEHIND) for n, task in enumerate(tasks)}
    steps = Step.objects.bulk_create(
        Step(task=task, phrase="按期", kind=Step.Kind.BY, dates=[due[task.pk]]) for task in tasks
    )
    Period.objects.bulk_create(
        Period(step=step, number=1, starts_on=ISSUED, due_on=due[step.task_id], opened_at=at(ISSUED)) for step in steps
    )
    _give_to_all(template)


def _give_to_all(template: Assignment) -> None:
    """One row for each period and unit, written by the database itself."""
    own = {
        "task_id": "s.task_id", "step_id": "s.id", "period_id": "p.id", "unit_id": "u.id", "unit_path": "u.path",
        "body_id": "u.body_id", "due_on": "p.due_on", "original_due_on": "p.due_on", "receiver_id": "NULL",
    }  # fmt: skip
    columns = [str(field.column) for field in Assignment._meta.concrete_fields if not field.primary_key]
    values = [own.get(column, f't."{column}"') for column in columns]
    written = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO tasks_assignment ({written}) SELECT {', '.join(values)} FROM tasks_assignment t, tasks_period p"  # noqa: S608 (our own names)
            " JOIN tasks_step s ON s.id = p.step_id, branches_unit u WHERE t.id = %s AND p.id <> t.period_id AND u.id = ANY(%s)",
            [template.pk, list(Unit.objects.filter(code__startswith="office-").values_list("pk", flat=True))],
        )


def prepare_planned(amount: int) -> None:
    """The same after a sweep."""
    prepare(amount)
    plan(at(TODAY))


def sweep(amount: int) -> Job:
    """The first sweep: it writes what is due."""
    logging.disable(logging.WARNING)

    def job() -> None:
        if not plan(at(TODAY)) or Assignment.objects.count() < amount:
            raise SystemExit("nothing was planned, or the world is too small")

    return job


def sweep_again(_amount: int) -> Job:
    """The sweep half a minute later: it has nothing to write."""
    logging.disable(logging.WARNING)
    before = (Reminder.objects.count(), Notice.objects.count())

    def job() -> None:
        again = plan(at(TODAY) + timedelta(seconds=30))
        if again or not all(before) or before != (Reminder.objects.count(), Notice.objects.count()):
            raise SystemExit(f"{again} rows more the second time")

    return job
