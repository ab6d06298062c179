"""`manage.py load_demo`: fill an empty database with the invented city, once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches import clock
from cppcc_party.demo import loading, words


def _day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    """Loads the demo. A second call says that it is there and changes nothing."""

    help = "Loads the demo: an invented city with its counties, people, branches and lists, dated relative to today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=_day, help="load as of this day (YYYY-MM-DD), for tests and pictures")

    def handle(self, *args: Any, today: date | None = None, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is loaded only where DEMO is set: a site keeps its own data.")
        now = words.at(today, loading.MORNING_HOUR) if today else clock.now()
        if loading.load(today or clock.day_of(now), now):
            self.stdout.write("The demo is loaded.")
        else:
            self.stdout.write("The demo is loaded already; nothing was changed.")
