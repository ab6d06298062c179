"""`/healthz` says that the process lives, `/readyz` what it can do (design 11); a database that is away is a 503 with words.

The database that is away is a port on which nobody listens, in a process of its own.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import Settings

from cppcc_party.celery import app
from tasks.models import Digest
from tests import site
from tests.conftest import TODAY
from tests.factories import at, make_user
from tests.test_headers import lacks

CLOSED = "postgres://nobody@127.0.0.1:1/nothing"


@pytest.fixture
def answer(client: Client, db: None) -> Any:
    """What `/readyz` says: status and content."""

    def ask() -> tuple[int, dict[str, Any]]:
        found = client.get("/readyz")
        return found.status_code, found.json()

    return ask


def digest(**fields: Any) -> Digest:
    """A message that waits to be sent."""
    values = {"day": TODAY, "message_id": "<1@example.org>", "not_before": at(TODAY, 9), "expires_at": at(TODAY, 20)}
    return Digest.objects.create(recipient=make_user("王明"), **(values | fields))


def test_the_process_lives(client: Client, django_assert_max_num_queries: Any, db: None) -> None:
    with django_assert_max_num_queries(1):  # a demo reads its clock
        found = client.get("/healthz")

    assert (found.status_code, found.json()) == (200, {"status": "ok"})
    assert client.post("/healthz").status_code == 405


def test_without_a_worker_it_is_degraded_and_ready(answer: Any) -> None:
    status, said = answer()

    assert status == 200
    assert (said["status"], said["database"], said["broker"], said["migrations"]) == ("degraded", "ok", "ok", 0)
    assert said["degraded"] == ["worker"]
    assert said["oldest_unsent_seconds"] == 0


def test_without_a_broker_it_is_degraded_and_ready(answer: Any, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    status, said = answer()

    assert (status, said["status"]) == (200, "degraded")
    assert said["degraded"] == ["broker", "worker"]


def test_a_living_worker_is_seen(answer: Any, celery_answers: None) -> None:
    _status, said = answer()

    assert (said["status"], said["worker"]) == ("ok", "ok")


@pytest.fixture
def celery_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker's answer to a ping; the real one is met in tests/integration."""
    monkeypatch.setattr(app.control, "ping", lambda **_options: [{"celery@host": {"ok": "pong"}}])


@pytest.mark.parametrize(
    ("fields", "minute", "late"),
    [
        ({"not_before": at(TODAY, 9)}, 9, False),
        ({"not_before": at(TODAY, 9)}, 11, True),
        ({"not_before": at(TODAY, 10)}, 30, False),
        # tried in vain: its next try is in the future, and it waits since the morning all the same
        ({"not_before": at(TODAY, 12), "error": "451 later", "attempts": 3}, 30, True),
        ({"state": "sent", "sent_at": at(TODAY, 9)}, 30, False),
    ],
)
def test_messages_that_wait(
    answer: Any, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], minute: int, late: bool
) -> None:
    digest(**fields)
    monkeypatch.setattr("branches.clock.now", lambda: at(TODAY, 9, minute))

    status, said = answer()

    assert status == 200
    assert said["reminders"] == ("late" if late else "ok")
    assert ("reminders" in said["degraded"]) is late


def test_an_unapplied_migration_is_not_ready(answer: Any) -> None:
    ((app, last),) = MigrationLoader(connection).graph.leaf_nodes("tasks")
    MigrationRecorder(connection).record_unapplied(app, last)

    status, said = answer()

    assert (status, said["status"], said["migrations"]) == (503, "unavailable", 1)


@pytest.mark.parametrize("demo", ["0", "1"])
def test_with_the_database_away(tmp_path: Path, demo: str) -> None:
    host = "127.0.0.1" if demo == "1" else site.HOST
    signed_in = {"sessionid": "a" * 32, "__Host-sessionid": "a" * 32}
    pages = ["/", "/me/", "/a/1/", "/a/1/update/", "/lists/", "/units/", "/files/1/", "/dashboard/"]
    steps: list[dict[str, Any]] = [{"path": "/healthz"}, {"path": "/readyz"}]
    steps += [{"path": page, "cookies": signed_in} for page in pages]
    steps += [{"path": "/a/1/update/", "method": "POST", "data": {"text": "写了很久"}, "cookies": signed_in}]
    steps += [{"path": "/accounts/login/", "method": "POST", "data": {"login": "x", "password": "y"}}]
    steps += [{"path": "/help/", "cookies": signed_in}]

    answers, log = site.ask(
        tmp_path, [{**step, "host": host} for step in steps], DATABASE_URL=CLOSED, DEMO=demo, ALLOWED_HOSTS=host
    )

    alive, ready, *shown = answers
    assert (alive["status"], json.loads(alive["text"])) == (200, {"status": "ok"})
    assert ready["status"] == 503
    assert [answer["status"] for answer in shown] == [503] * len(shown)
    assert {answer["headers"].get("Retry-After") for answer in shown} == {"30"}
    assert all("<h1>" in answer["text"] and "Traceback" not in answer["text"] for answer in shown)
    assert [lacks(answer["headers"]) for answer in answers] == [[]] * len(answers)
    assert "写了很久" not in log


def test_an_old_failure_does_not_count_for_ever(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    digest(state="dead", error="550 no such box", day=TODAY - timedelta(days=3))
    monkeypatch.setattr("branches.clock.now", lambda: at(TODAY, 9, 30))

    assert answer()[1]["reminders"] == "ok"


def test_a_session_that_could_not_be_kept_is_no_bad_request(client: Client, db: None) -> None:
    """Django calls it a suspicious request when the database goes away between the view and the session."""
    client.force_login(make_user("王明"))

    def goes_away(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "django_session"'):
            raise OperationalError("connection refused")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(goes_away):
        found = client.get("/me/")

    assert found.status_code == 503
    assert found.headers["Retry-After"] == "30"
