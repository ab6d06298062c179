"""What the check page says about people before anything is published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from branches.models import Post, Unit
from branches.models.words import active_q
from tasks.states import DESK


def told(units: Iterable[Unit], on: date) -> int:
    """How many people will hear of the list: whoever keeps the desk of a receiving unit that day."""
    return (
        Post.objects.filter(active_q(on), unit__in=[unit.pk for unit in units], role__in=DESK, user__is_active=True)
        .values("user_id")
        .distinct()
        .count()
    )
