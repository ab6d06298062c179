"""What the check page says about people before anything is published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncMonth

from branches.models import Post, Unit
from branches.models.words import active_q
from tasks.models import Assignment
from tasks.states import DESK


def told(units: Iterable[Unit], on: date) -> int:
    """How many people will hear of the list: whoever keeps the desk of a receiving unit that day."""
    return (
        Post.objects.filter(active_q(on), unit__in=[unit.pk for unit in units], role__in=DESK, user__is_active=True)
        .values("user_id")
        .distinct()
        .count()
    )


def due_by_month(units: Iterable[int], first: date, last: date) -> dict[tuple[int, tuple[int, int]], int]:
    """What is open for each unit and due in each month of a span; supports stand apart (design 7)."""
    rows = (
        Assignment.objects.open()
        .leads()
        .filter(unit__in=list(units), due_on__range=(first, last))
        .order_by()
        .annotate(month=TruncMonth("due_on"))
        .values_list("unit_id", "month")
        .annotate(n=Count("pk"))
    )
    return {(unit, (month.year, month.month)): n for unit, month, n in rows}
