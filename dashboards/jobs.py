"""The door for Celery: months that are over are written down. Safe twice, late and on two machines (dashboards.closing)."""

from __future__ import annotations

from celery import shared_task

from branches import clock
from dashboards.closing import close_months


@shared_task(name="dashboards.jobs.close")
def close() -> int:
    """Write down the figures of every month that is over; how many months were new."""
    return close_months(clock.now())
