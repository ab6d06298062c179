"""Rows that many tests begin with, copied in rather than built anew: the first build of a process is the pattern.

A copy holds row by row what the build wrote, so a test finds what a build would have given it. Sequences never go back, so
the keys of the pattern stay free for it; the words it points to (kinds of units and branches) are keyed by their codes.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.db import connection, transaction

T = TypeVar("T")
ROOMS = ("branches", "tasks", "activities")


@dataclass(frozen=True)
class Pattern:
    """What a build returned, and the rows it wrote, table by table."""

    returned: bytes
    rows: tuple[tuple[str, str], ...]


class Snapshot(Generic[T]):
    """A build that is done once a process and copied from then on."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._pattern: Pattern | None = None

    def lay_out(self) -> T:
        """What the build returns, with its rows in the database of this test."""
        if self._pattern is None:
            before = dict(_last_keys())
            made = self._build()
            self._pattern = Pattern(pickle.dumps(made), tuple(_written(before)))
            return made
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # the rows were checked when they were built
            for table, rows in self._pattern.rows:
                cursor.copy_expert(f'COPY "{table}" FROM STDIN', StringIO(rows))
            cursor.execute("SET LOCAL session_replication_role = origin")
        laid_out: T = pickle.loads(self._pattern.returned)  # noqa: S301 (our own bytes of a moment ago)
        return laid_out


def _tables() -> list[tuple[str, str]]:
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]
    return [(model._meta.db_table, model._meta.pk.column) for model in models if model._meta.pk]


def _last_keys() -> Iterator[tuple[str, Any]]:
    """The greatest key of each table; None where it is empty. Keys grow, so what comes after it is new."""
    with connection.cursor() as cursor:
        for table, key in _tables():
            cursor.execute(f'SELECT "{key}" FROM "{table}" ORDER BY "{key}" DESC LIMIT 1')  # noqa: S608 (our own names)
            found = cursor.fetchone()
            yield table, found[0] if found else None


def _written(before: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each table's new rows as PostgreSQL copies them."""
    with connection.cursor() as cursor:
        for table, key in _tables():
            new = cursor.mogrify(f'"{key}" > %s', [before[table]]).decode() if before[table] is not None else "TRUE"
            rows = StringIO()
            cursor.copy_expert(f'COPY (SELECT * FROM "{table}" WHERE {new}) TO STDOUT', rows)  # noqa: S608
            if rows.getvalue():
                yield table, rows.getvalue()
