"""What is written and handed out at a scale, measured in one process: update, publish, export, archive, sweep, closing, import.

`python -m devtools.bench.scales.writes` prints one line of JSON. Everything but the first sweep is rolled back, constraints
checked before, so that the world is the same afterwards.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc_party.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from branches import clock  # noqa: E402
from branches.clock import day_of  # noqa: E402
from branches.models import Unit, UnitGroup, User  # noqa: E402
from branches.roles import Role  # noqa: E402
from dashboards import closing  # noqa: E402
from dashboards.models import ClosedMonth  # noqa: E402
from devtools.bench.scales.crowd import Times  # noqa: E402
from tasks.actions import issue  # noqa: E402
from tasks.models import Assignment, Step, TaskList  # noqa: E402
from tasks.papers.out import Line, Sheet  # noqa: E402
from tasks.papers.out.workbook import write_xlsx  # noqa: E402
from tasks.plans import ListPlan, ReceiverPlan, Span, StepPlan, TaskPlan  # noqa: E402
from tasks.reminders.plan import plan  # noqa: E402
from tasks.states import ReceiverRole, Stage  # noqa: E402

UPDATES, PUBLISHED, READ = 20, 30, 500
TO_ALL = ("各党支部", "各功能型党支部", "各履职临时党支部", "各专委会", "各处室", "各县（市、区）政协")


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that is checked to its end and then taken back."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def taken(job: Callable[[], object], times: int = 1, *, keep: bool = False) -> Times:
    """How long a job takes, from nothing to checked."""
    each = []
    for _number in range(times):
        began = time.perf_counter()
        if keep:
            job()
            each.append(time.perf_counter() - began)
            continue
        with undone():
            job()
        each.append(time.perf_counter() - began)
    return Times(each)


def measure() -> Iterator[tuple[str, str, Times]]:
    """Every write: its name, how much of it, what it took."""
    now, desk = clock.now(), User.objects.get(username="demo-secretary")
    client = Client()
    client.force_login(desk)
    client.get("/lists/")
    body = desk.posts.get(role=Role.SECRETARY).unit
    planned: list[int] = []
    first = taken(lambda: planned.append(plan(now)), keep=True)
    yield "First sweep of a day", f"{planned[0]:,} reminders", first
    yield "Sweep with nothing new", "", taken(lambda: plan(now + timedelta(seconds=30)), 3)
    yield "Update of an assignment", f"{UPDATES} rows", _updates(client, body)
    shares = PUBLISHED * _to_all(body)
    yield "Publish a list to all units", f"{shares:,} assignments", taken(lambda: _publish(body, desk), 3)
    largest = TaskList.objects.filter(issuer=body).annotate(n=Count("assignments")).order_by("-n", "pk").first()
    if largest is None:
        raise SystemExit("the city has issued nothing")
    rows = f"{largest.assignments.count():,} assignments"
    for name, file in (("Export a list to Excel", "export.xlsx"), ("Archive package of a list", "archive.zip")):
        yield name, rows, taken(lambda file=file: _download(client, f"/lists/{largest.pk}/{file}"), 3)  # type: ignore[misc]
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as paper:
        _write_paper(paper, body)
        words = ("import_list", paper.name, "--unit", body.code, "--year", str(now.year), "--dry-run", "--json")
        yield "Read a list (.xlsx)", f"{READ} rows", taken(lambda: call_command(*words, stdout=io.StringIO()), 3)
    month = closing._months_before(day_of(now).replace(day=1), 1)
    if not ClosedMonth.objects.filter(month=month).exists():
        yield "Close last month", "", taken(lambda: closing.close_month(month, now))


def _updates(client: Client, body: Unit) -> Times:
    """The city's desk records progress for rows of its offices, each in a request of its own."""
    open_rows = Assignment.objects.filter(body=body, unit__kind="branch", stage=Stage.ISSUED, person=None)
    rows = list(open_rows.order_by("pk").values_list("pk", "version")[:UPDATES])

    def update() -> None:
        pk, version = rows.pop()
        values = {"op": str(uuid.uuid4()), "version": version, "text": "已制定方案", "done": 0}
        if client.post(f"/a/{pk}/update/", values).status_code != 302:
            raise SystemExit(f"the update of row {pk} was not taken")

    return taken(update, len(rows))


def _to_all(body: Unit) -> int:
    """How many units a list to all reaches."""
    on, groups = clock.today(), UnitGroup.objects.filter(name__in=TO_ALL, body=None)
    units = list(UnitGroup.candidates(body, on))
    return sum(any(group.takes(unit, body) for group in groups) for unit in units)


def _publish(body: Unit, by: User) -> None:
    now = clock.now()
    due = day_of(now) + timedelta(days=30)
    groups = UnitGroup.objects.filter(name__in=TO_ALL, body=None)
    receivers = [ReceiverPlan(ReceiverRole.LEAD, group=group, written=group.name) for group in groups]
    step = StepPlan("年底前", Step.Kind.BY, [Span(day_of(now), due)])
    tasks = [TaskPlan(str(n), f"第{n}项重点工作", [step], receivers) for n in range(1, PUBLISHED + 1)]
    issue(ListPlan("补充任务清单", now.year, body, tasks), by=by, op=uuid.uuid4(), now=now)


def _download(client: Client, address: str) -> None:
    answer: Any = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    for _piece in answer:
        pass


def _write_paper(file: Any, body: Unit) -> None:
    """A workbook in the nine columns, given to units of the city."""
    names = list(Unit.objects.filter(body=body).exclude(pk=body.pk).values_list("name", flat=True))
    lines = (
        Line(("一、重点工作",), (str(n), f"第{n}项重点工作", "", "", names[n % len(names)], "", "11月底前", "", ""))
        for n in range(1, READ + 1)
    )
    write_xlsx(Sheet("补充任务清单", body.name), lines, file)
    file.flush()


def main() -> None:
    """Measure and print."""
    setup_test_environment()
    logging.disable(logging.ERROR)
    told = []
    for name, amount, times in measure():
        sys.stderr.write(f"  {name}: {times.median:.2f} s\n")
        told.append({"name": name, "amount": amount, **times.told()})
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
