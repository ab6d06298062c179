"""The one clock. Views and jobs read it, everything below them is told the time (design 5).

A demo may move its clock forward, so that planner and worker really run through the coming days; a site cannot.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from branches.models import DemoState

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The instant that holds for this process: aware, and moved ahead where a demo's clock was moved."""
    real = timezone.now()
    if not settings.DEMO:
        return real
    ahead = DemoState.objects.values_list("days_ahead", flat=True).first() or 0
    return real + timedelta(days=ahead)


def today() -> date:
    """The day in Shanghai that holds for this process."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """The day in Shanghai on which `instant` falls."""
    return instant.astimezone(SHANGHAI).date()
