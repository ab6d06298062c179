"""A tiny world, made once: a city with two counties and three years of work, as of a day in autumn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

TODAY = date(2026, 11, 20)


@contextmanager
def world_on(day: date, **words: Any) -> Iterator[str]:
    """A world as of `day`, taken away again at the end; gives what the command said."""
    try:
        with transaction.atomic(), override_settings(DEMO=True):
            said = StringIO()
            call_command("simulate", scale="tiny", today=day, stdout=said, **words)
            yield said.getvalue()
            transaction.set_rollback(True)
    finally:
        with connection.cursor() as cursor:  # what the planner was told of the world outlives it; nor are tables empty
            cursor.execute(
                "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relnamespace = 'public'::regnamespace"
            )


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The world of most tests; they look and change nothing."""
    with django_db_blocker.unblock(), world_on(TODAY) as said:
        yield said
