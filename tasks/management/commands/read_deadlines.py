"""`manage.py read_deadlines FILE --year 2026`: how a file of deadlines is read, one phrase a line, as CSV."""

from __future__ import annotations

import csv
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tasks.deadlines import Kind, Reading, describe, explain, read
from tasks.papers.grid import Unreadable
from tasks.papers.workbook import decoded

COLUMNS = ("phrase", "kind", "dates", "rule", "count", "offset", "confirm", "reason")


class Command(BaseCommand):
    """Reads phrases, writes readings; needs no database."""

    help = (
        "Read a file of deadlines, one phrase a line (an empty line is a missing one), and print the readings as CSV."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the plan year, and the day from which 本月底 is counted."""
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--year", type=int, required=True, help="the plan year")
        parser.add_argument("--on", type=date.fromisoformat, help="the day of reading (default: today)")

    def handle(self, *args: Any, **options: Any) -> None:
        """One row a line, in the order of the file."""
        on = options["on"] or timezone.localdate()  # not the clock of the demo, which needs a database
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        for phrase in self._phrases(options["file"]):
            writer.writerow(row_of(read(phrase, options["year"], on=on, listed=False)))

    def _phrases(self, name: str) -> list[str]:
        try:
            data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            text = decoded(data)
        except (OSError, Unreadable) as error:
            raise CommandError(f"{name}: {error}") from error
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.removesuffix("\n").split("\n") if text else []


def row_of(reading: Reading) -> tuple[str, ...]:
    """A reading as the columns of the table; work counted from an event says in words from which, since a number cannot."""
    reason = explain(reading)
    if not reason and reading.kind is Kind.AFTER:
        reason = describe(reading)
    return (
        reading.phrase,
        reading.kind.value,
        " ".join(day.isoformat() for day in reading.dates),
        reading.rule,
        "" if reading.count is None else str(reading.count),
        "" if reading.offset is None else str(reading.offset),
        str(int(reading.confirm)),
        reason,
    )
