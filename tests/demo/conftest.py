"""The demo loaded once for each day that is asked for; every test looks at the same world and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

NEW_YEAR, SPRING_FESTIVAL = date(2026, 1, 1), date(2026, 2, 17)
AUTUMN, YEARS_END = date(2026, 11, 22), date(2026, 12, 31)
LEAP_DAY = date(2028, 2, 29)  # in a year whose days off are not published
DAYS = (NEW_YEAR, AUTUMN, YEARS_END, LEAP_DAY)


@contextmanager
def demo_on(day: date, media: Path) -> Iterator[str]:
    """The demo as of `day`, taken away again at the end; gives what the command said."""
    with transaction.atomic(), override_settings(DEMO=True, MEDIA_ROOT=str(media)):
        said = StringIO()
        call_command("load_demo", today=day, stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)


@pytest.fixture(scope="module", params=DAYS, ids=str)
def today(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[date]:
    """A day of the year on which somebody starts the demo, with the demo of that day in the database."""
    with django_db_blocker.unblock(), demo_on(request.param, tmp_path_factory.mktemp("media")):  # type: ignore[attr-defined]
        yield request.param
