"""`manage.py simulate`: fill an empty database with an invented city, province or nation and years of its work."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from branches import clock
from cppcc_party.demo.words import at
from cppcc_party.simulation import world
from cppcc_party.simulation.progress import Progress
from cppcc_party.simulation.scales import SCALES

MORNING_HOUR = 8


class Command(BaseCommand):
    """Makes a whole world or nothing, and says how it goes."""

    help = "Fills an empty database with an invented city, province or nation and years of its work, to measure with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", choices=SCALES, required=True, help="how large")
        parser.add_argument("--seed", type=int, default=1, help="another number, another world of the same size")
        parser.add_argument("--years", type=int, choices=range(1, 6), default=3, help="this year and those before it")
        parser.add_argument("--today", type=date.fromisoformat, help="as of this day (YYYY-MM-DD), for tests")

    def handle(self, *args: Any, scale: str, seed: int, years: int, today: date | None = None, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("A world is simulated only where DEMO is set: a site keeps its own data.")
        now = at(today, MORNING_HOUR) if today else clock.now()
        try:
            made = world.make(SCALES[scale], seed, years, clock.day_of(now), now, Progress(self.stdout))
        except world.Taken:
            raise CommandError("This database is not empty. A world is made in an empty one only.") from None
        except world.Broken as broken:
            raise CommandError(f"The world does not hang together, and nothing was kept:\n{broken}") from None
        if not connection.in_atomic_block:
            world.analyse("VACUUM ANALYZE")
        self.stdout.write(", ".join(f"{number:,} {name}" for name, number in made.items()))
