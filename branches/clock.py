"""The one clock. Views and jobs read it, everything below them is told the time (design 5).

A demo may move its clock forward, so that planner and worker really run through the coming days; a site cannot.
"""

from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
from django.conf import settings
from django.utils import timezone

from branches.models import DemoState

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = 5
_kept: ContextVar[dict[str, Any] | None] = ContextVar("kept_for_a_request", default=None)
_demo_known: ContextVar[bool | None] = ContextVar("demo_known", default=None)


def now() -> datetime:
    """The instant that holds for this process: aware, and moved ahead where a demo's clock was moved."""
    real = timezone.now()
    if not settings.DEMO:
        return real
    ahead = DemoState.objects.values_list("days_ahead", flat=True).first()
    _demo_known.set(ahead is not None)
    return real + timedelta(days=ahead or 0)


def demo_loaded() -> bool:
    """Whether a demo is loaded; costs no query in a request whose clock was read."""
    if not settings.DEMO:
        return False
    known = _demo_known.get()
    return DemoState.objects.exists() if known is None else known


def begin_request() -> None:
    """Forget what an earlier request knew, and make room for what this one reads once (`kept`)."""
    _demo_known.set(None)
    _kept.set({})


def end_request() -> None:
    """What one request read is never told to another, nor to a job in the same thread."""
    _kept.set(None)


def kept() -> dict[str, Any] | None:
    """What this request has read once already; None outside a request, where everything is read afresh."""
    return _kept.get()


def today() -> date:
    """The day in Shanghai that holds for this process."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in Shanghai on which `instant` falls."""
    return instant.astimezone(SHANGHAI).date()


def next_working_day(day: date) -> date:
    """The first working day after `day`: where a demo's clock is moved to. Years not yet published count Monday to Friday.

    `tasks.workdays` knows more (a body's own days off) and lies above this room.
    """
    day += timedelta(days=1)
    while not _is_worked(day):
        day += timedelta(days=1)
    return day


def _is_worked(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY
