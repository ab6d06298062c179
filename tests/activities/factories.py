"""Meetings as rows, for tests that look at reading; no surprises."""

from __future__ import annotations

from datetime import date
from typing import Any

from activities.models import Attendance, Meeting
from branches.models import Branch, User
from tests.factories import at


def make_meeting(branch: Branch, by: User, held_on: date, kind: str = "theme_day", **fields: Any) -> Meeting:
    """A meeting that was held and recorded the same day, with nobody on its roll."""
    values = {"line": branch.line, "place": "三楼会议室", "recorded_at": at(held_on, 17), "recorded_on": held_on}
    return Meeting.objects.create(branch=branch, kind=kind, held_on=held_on, by=by, **(values | fields))


def make_attendance(meeting: Meeting, user: User, came: str = "present", **fields: Any) -> Attendance:
    """Somebody on the roll."""
    return Attendance.objects.create(meeting=meeting, user=user, came=came, **fields)
