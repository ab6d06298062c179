"""Rows by the million: PostgreSQL's COPY, with indexes and foreign keys put aside and built again, all in one transaction.

Checks and unique keys hold for every row, and a foreign key that is put back is asked about every row. Triggers sleep
meanwhile; what they would have refused is asked afterwards in one query each (cppcc_party.simulation.checking).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from cppcc_party.simulation.progress import Progress

FULL = 20_000  # lines of all tables that wait before they are sent; this bounds the memory
NULL = r"\N"
FOREIGN = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"
PLAIN = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE i.indrelid = %s::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""


def text(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return NULL
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, (dict, list)):
        return _plain(json.dumps(value, ensure_ascii=False))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return _plain(value) if isinstance(value, str) else str(value)


def _plain(words: str) -> str:
    if words == NULL:
        return words
    return words.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def many(values: Sequence[Any]) -> str:
    """Several values for an array column; plain dates and words without quotes only."""
    return "{" + ",".join(str(value) for value in values) + "}"


class Table:
    """The table of a model, with lines that wait to be sent and a counter for its keys."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.fields = list(model._meta.concrete_fields)
        self.lines: list[str] = []
        self.first = self.last = self._given_last()

    @property
    def made(self) -> int:
        """How many keys were given out here."""
        return self.last - self.first

    def nth(self, key: int) -> int:
        """Which of our rows it is: what is chosen by it is the same in every world, wherever the keys begin."""
        return key - self.first

    def _given_last(self) -> int:
        """The last key that the database gave. A sequence never goes back, and so neither do we."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [self.name])
            cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {cursor.fetchone()[0]}")  # noqa: S608
            return int(cursor.fetchone()[0])

    def key(self) -> int:
        """The next free key."""
        self.last += 1
        return self.last

    def form(self, *open_places: str, **same: Any) -> Form:
        """A form for rows that differ in the `open_places` only; what is not named takes the model's default."""
        return Form(self, open_places, same)

    def send(self) -> None:
        """Hand the waiting lines to the database."""
        if self.lines:
            columns = ", ".join(f'"{field.column}"' for field in self.fields)
            with connection.cursor() as cursor:
                cursor.cursor.copy_expert(f"COPY {self.name} ({columns}) FROM STDIN", io.StringIO("".join(self.lines)))
            self.lines.clear()


class Form:
    """Rows that are alike but for some places."""

    def __init__(self, table: Table, open_places: tuple[str, ...], same: dict[str, Any]) -> None:
        known = {field.attname for field in table.fields}
        if unknown := (set(open_places) | set(same)) - known:
            raise ValueError(f"{table.name} has no {', '.join(sorted(unknown))}")
        self.lines = table.lines
        parts = []
        for field in table.fields:
            if field.attname in open_places:
                parts.append(f"{{{open_places.index(field.attname)}}}")
            else:
                value = same[field.attname] if field.attname in same else field.get_default()
                value = many(value) if isinstance(field, ArrayField) else value
                parts.append(text(value).replace("{", "{{").replace("}", "}}"))
        self.write = ("\t".join(parts) + "\n").format

    def add(self, *values: str | int) -> None:
        """One row; words are given as COPY reads them."""
        self.lines.append(self.write(*values))


class Tables:
    """The tables that are filled together."""

    def __init__(self, *kinds: type[models.Model]) -> None:
        self.all = {model: Table(model) for model in kinds}

    def __getitem__(self, model: type[models.Model]) -> Table:
        return self.all[model]

    def send(self, *, least: int = FULL) -> None:
        """Send everything once enough is waiting."""
        if sum(len(table.lines) for table in self.all.values()) >= least:
            for table in self.all.values():
                table.send()

    def count_on(self) -> None:
        """Let the keys that the database gives go on after ours."""
        with connection.cursor() as cursor:
            for table in self.all.values():
                if table.made:
                    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table.name, table.last])


@contextmanager
def put_aside(tables: Tables, progress: Progress) -> Iterator[None]:
    """Foreign keys, plain indexes and triggers of the tables away, and back at the end. Inside a transaction: it is all of it
    or nothing, and nobody ever sees the tables without them."""
    names = [table.name for table in tables.all.values()]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table that has checks waiting cannot be changed
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        foreign, plain = _found(cursor, FOREIGN, names), _found(cursor, PLAIN, names)
        for table, name, _rule in foreign:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for _table, name, _rule in plain:
            cursor.execute(f'DROP INDEX "{name}"')
        for table in names:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    tables.send(least=1)
    progress.begin("Indexes and foreign keys", len(plain) + len(foreign))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '384MB'")
        for done, (_table, _name, rule) in enumerate(plain):
            cursor.execute(rule)
            progress.tick(done + 1)
        for done, (table, name, rule) in enumerate(foreign):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {rule}')
            progress.tick(len(plain) + done + 1)
        for table in names:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    progress.end(f"{len(plain)} indexes, {len(foreign)} foreign keys")


def _found(cursor: Any, question: str, names: Sequence[str]) -> list[tuple[str, str, str]]:
    found = []
    for table in names:
        cursor.execute(question, [table])
        found += [(table, name, rule) for name, rule in cursor.fetchall()]
    return found
