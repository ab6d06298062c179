"""Writes of the days off and make-up days of this site (design 5); nothing that is due moves by itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches import clock, rules
from branches.actions.record import note, write_once
from branches.models import CalendarDay, Post, User
from branches.writing import Invalid

MOST = 120  # days in one write; a notice names some forty


def set_calendar_days(
    days: Mapping[date, tuple[bool, str]], *, by: User, op: uuid.UUID, now: datetime
) -> dict[str, Any]:
    """Enter days: worked or off, each with its name; a day that stands already is overwritten."""

    def write() -> dict[str, Any]:
        post = _keeper(by, now)
        if not days:
            raise Invalid(_("No day was found to enter"))
        if len(days) > MOST:
            raise Invalid(_("At most %(count)d days at once") % {"count": MOST})
        rows = [CalendarDay(day=day, worked=worked, name=name[:40]) for day, (worked, name) in sorted(days.items())]
        CalendarDay.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["day"], update_fields=["worked", "name"]
        )
        after = {
            "days_off": [row.day.isoformat() for row in rows if not row.worked],
            "days_worked": [row.day.isoformat() for row in rows if row.worked],
        }
        note("calendar-changed", rows[0].day.year, by=by, post=post, op=op, now=now, after=after)
        return {"days": len(rows)}

    content = [[day.isoformat(), *what] for day, what in sorted(days.items())]
    return write_once("set_calendar_days", write, by=by, op=op, now=now, content=content)


def remove_calendar_day(day: date, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Take a day out of the table: the published calendar holds for it again."""

    def write() -> dict[str, Any]:
        post = _keeper(by, now)
        if CalendarDay.objects.filter(day=day).delete()[0]:
            after = {"days_removed": [day.isoformat()]}
            note("calendar-changed", day.year, by=by, post=post, op=op, now=now, after=after)
        return {}

    write_once("remove_calendar_day", write, by=by, op=op, now=now, content=day.isoformat())


def _keeper(by: User, now: datetime) -> Post:
    post = rules.calendar_keeper(by.posts_on(clock.day_of(now)))
    if post is None:
        raise PermissionDenied(_("Days off are entered by the organisation admin of the topmost body"))
    return post
