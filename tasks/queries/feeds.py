"""What a person's calendar holds: the days that count for the work that waits for him, each as a whole day (RFC 5545)."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from branches.clock import day_of
from branches.models import User
from tasks.queries.assignments import own_work
from tasks.rules import Actor

MOST = 500  # days; whoever has more reads them in the system


def calendar_of(user: User, now: datetime) -> bytes:
    """The file. Days without a time, so that no time zone moves them; an id that stays, so that a moved date moves."""
    on = day_of(now)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    with override(user.language):
        found = Calendar()
        found.add("prodid", "-//CPPCC party-building tasks//EN")
        found.add("version", "2.0")
        found.add("method", "PUBLISH")
        found.add("x-wr-calname", _("CPPCC party-building tasks"))
        found.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
        rows = own_work(Actor.of(user, on)).filter(due_on__isnull=False).select_related("task__text", "unit")
        for row in rows[:MOST]:
            day = row.clock_on
            if day is None:
                continue
            event = Event()
            event.add("uid", f"assignment-{row.pk}@{host}")
            event.add("dtstamp", now)
            event.add("sequence", row.due_revision)
            event.add("dtstart", day)
            event.add("dtend", day + timedelta(days=1))
            event.add("summary", " ".join(row.task.local_name.split()))
            event.add("description", row.unit.local_name)
            event.add("url", f"{settings.SITE_URL}/a/{row.pk}/update/")
            event.add("transp", "TRANSPARENT")
            found.add_component(event)
    return bytes(found.to_ical())
