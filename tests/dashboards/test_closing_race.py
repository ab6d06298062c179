"""Two sweeps close the same month at the same moment: it is written down once, with the figures of one (design 7)."""

from __future__ import annotations

from datetime import date

import pytest

from dashboards.closing import close_month
from dashboards.models import ClosedMonth, FigureSnapshot
from tests.branches.test_races import at_once
from tests.conftest import make_cast
from tests.dashboards.test_closed_months import APRIL, april_rows
from tests.factories import at


@pytest.mark.django_db(transaction=True)
def test_of_two_sweeps_that_close_a_month_at_once_one_writes_it(db: None) -> None:
    april_rows(make_cast())
    works = [lambda: close_month(APRIL, at(date(2026, 5, 1), 0, 1))] * 2

    found = at_once(*works)

    assert sorted(map(repr, found)) == ["False", "True"]
    month = ClosedMonth.objects.get()
    assert month.figures.exists()
    assert month.figures.count() == FigureSnapshot.objects.count()
