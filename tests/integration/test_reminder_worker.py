"""A real Celery worker on a real broker, a real SMTP server, and SIGKILL: each reminder arrives once, with its link.

The worker runs as in a demo, whose nights are open and whose clock can be moved, so that the test passes at any hour.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from celery.app.base import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone

from branches.clock import day_of
from branches.models import DemoState
from tasks.models import Assignment, Digest, Reminder
from tasks.models.reminders import LEASE
from tasks.workdays import Workdays
from tests.reminders.conftest import World, make_world
from tests.reminders.sink import Sink, serving

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
PATIENCE = 60  # seconds
ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def today() -> date:
    """The working day on which the demo's clock stands for this test."""
    real = day_of(timezone.now())
    day = Workdays().on_or_after(real)
    DemoState.objects.create(only=True, loaded_at=timezone.now(), days_ahead=(day - real).days)
    return day


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world()


def broker() -> str:
    """A database of the run's own broker that no other test uses."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 8
    return urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{number}"))


def environment(port: int, **changes: str) -> dict[str, str]:
    """The same site as this test, on the test's database, with mail to the test's server."""
    base = connection.settings_dict
    who = quote(base["USER"]) + (f":{quote(base['PASSWORD'])}" if base["PASSWORD"] else "")
    host = quote(base["HOST"] or "", safe="")
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{who}@{host}:{base['PORT']}/{base['NAME']}",
        "REDIS_URL": broker(),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "SITE_URL": "http://127.0.0.1:8000",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DEMO": "1",
        **changes,
    }


class Worker:
    """A worker in a process group of its own, so that a kill leaves none of its children."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.env, self.log = env, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        argv = [sys.executable, "-m", "celery", "-A", "cppcc_party", "worker", "--concurrency", "1"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                argv, env=self.env, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def working(env: dict[str, str], log: Path) -> Iterator[Worker]:
    worker = Worker(env, log)
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()


def sweep() -> None:
    """What beat does at every tick."""
    with Celery(broker=broker(), set_as_current=False) as app:
        app.conf.broker_connection_retry_on_startup = True
        app.send_task("tasks.reminders.jobs.sweep", expires=PATIENCE)


def until(condition: Callable[[], object], log: Path) -> None:
    """Look again and again, but not for ever."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"nothing came of it in {PATIENCE} s; the worker says:\n{log.read_text()[-4000:]}")
        time.sleep(0.05)


def to(sink: Sink, address: str) -> list[str]:
    """The mails that arrived for this address, as text."""
    return [
        message.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
        for message in sink.stored
        if message["To"] == address
    ]


def tomorrow(world: World, today: date) -> Assignment:
    """A row that is due on the next working day."""
    return world.give(world.office, Workdays().add(today, 1))


def test_due_tomorrow_arrives_once_after_two_sweeps_and_a_worker_restart(
    world: World, today: date, tmp_path: Path
) -> None:
    row, sink, log = tomorrow(world, today), Sink(), tmp_path / "worker.log"

    with serving(sink) as port, working(environment(port), log) as worker:
        sweep()
        until(lambda: to(sink, world.clerk.email), log)
        until(
            lambda: Digest.objects.filter(state="sent").exists(), log
        )  # a kill between mail and mark is the storm's affair
        worker.kill()
        worker.start()
        # the mail for this one tells when the sweeps after the restart are through
        marker = world.give(world.county, Workdays().add(today, 1))
        sweep()
        sweep()
        until(lambda: to(sink, world.county_secretary.email), log)
        until(lambda: not Digest.objects.filter(state="ready").exists(), log)

    (text,) = to(sink, world.clerk.email)
    assert re.findall(r"http://127\.0\.0\.1:8000/a/(\d+)/update/", text) == [str(row.pk)]
    assert len(to(sink, world.county_secretary.email)) == 1
    assert set(Reminder.objects.values_list("subject_id", "kind", "state")) == {
        (row.pk, "before", "sent"),
        (marker.pk, "before", "sent"),
    }


def test_worker_killed_with_the_mail_in_its_hands(world: World, today: date, tmp_path: Path) -> None:
    tomorrow(world, today)
    sink, log = Sink("store and hang"), tmp_path / "worker.log"

    with serving(sink) as port, working(environment(port), log) as worker:
        sweep()
        until(lambda: sink.stored, log)
        worker.kill()  # the server has the mail, and nobody can write that down any more
        assert list(Digest.objects.values_list("state", "attempts")) == [("ready", 1)]
        sink.mode = "take"
        Digest.objects.update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))  # time goes by
        worker.start()
        sweep()
        sweep()
        until(lambda: Digest.objects.filter(state="sent").exists(), log)

    assert list(sink.raw().values()) == [2]  # raw; explained by the second attempt in the ledger
    assert len(sink.shown()) == 1  # a receiver that goes by Message-ID shows one
    assert list(Digest.objects.values_list("state", "attempts")) == [("sent", 2)]


def test_no_broker_no_celery_the_command_sends_all_the_same(world: World, today: date) -> None:
    tomorrow(world, today)
    sink = Sink()

    with serving(sink) as port:
        env = environment(port, REDIS_URL="redis://127.0.0.1:1/0")
        sweep_alone = "import django; django.setup(); from tasks.reminders import jobs; jobs.sweep()"
        subprocess.run([sys.executable, "-c", sweep_alone], env=env, cwd=ROOT, check=True, timeout=PATIENCE)
        assert list(Reminder.objects.values_list("state", flat=True)) == ["ready"]
        for _time in range(2):
            subprocess.run(
                [sys.executable, "manage.py", "send_reminders"], env=env, cwd=ROOT, check=True, timeout=PATIENCE
            )

    assert len(to(sink, world.clerk.email)) == 1
