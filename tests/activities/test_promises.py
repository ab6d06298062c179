"""What the database holds by itself: meetings within the life of a branch (I-9), members as members, history kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from activities.models import Attendance, Meeting, MeetingEvent, Participation
from branches.models import Membership, Unit
from branches.roles import Role
from tests.activities.factories import make_attendance, make_meeting
from tests.conftest import TODAY, Cast
from tests.factories import at, make_post, make_standing, make_user


def now_checked() -> None:
    """Let the deferred triggers speak now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refused(attack: Callable[[], object], word: str) -> None:
    def committed() -> None:
        with transaction.atomic():
            attack()
            now_checked()

    with pytest.raises(DatabaseError, match=word):
        committed()


def test_no_meeting_after_the_end_or_before_the_beginning(cast: Cast) -> None:
    Unit.objects.filter(pk=cast.branch_a.unit_id).update(ends_on=date(2026, 5, 1))
    type(cast.branch_a).objects.filter(pk=cast.branch_a.pk).update(activated_on=date(2026, 2, 1))
    kept = make_meeting(cast.branch_a, cast.head_a, date(2026, 4, 30))
    now_checked()  # the last day is still a day of the branch

    refused(lambda: make_meeting(cast.branch_a, cast.head_a, date(2026, 5, 1)), "meeting_after_its_branch")
    refused(lambda: make_meeting(cast.branch_a, cast.head_a, date(2026, 1, 31)), "meeting_before_its_branch")
    refused(lambda: Meeting.objects.filter(pk=kept.pk).update(held_on=date(2026, 1, 1)), "meeting_before_its_branch")
    refused(
        lambda: make_meeting(cast.branch_a, cast.head_a, date(2026, 6, 1), state="planned"), "meeting_after_its_branch"
    )
    refused(
        lambda: Participation.objects.create(
            meeting=make_meeting(cast.city_branch, cast.secretary, date(2026, 5, 2)), branch=cast.branch_a
        ),
        "meeting_after_its_branch",
    )
    refused(lambda: Participation.objects.create(meeting=kept, branch=cast.branch_a), "joint_with_itself")


def test_nobody_is_a_member_who_was_none_that_day(cast: Cast) -> None:
    late = make_user("新党员")
    make_standing(late)
    Membership.objects.create(user=late, branch=cast.branch_a, starts_on=TODAY)
    guide = make_user("指导员")
    make_post(guide, cast.branch_a.unit, Role.INSTRUCTOR)
    today, before = (make_meeting(cast.branch_a, cast.head_a, day) for day in (TODAY, TODAY - timedelta(1)))
    make_attendance(today, late)
    make_attendance(today, guide, capacity="instructor")
    now_checked()

    refused(lambda: make_attendance(before, late), "attendance_by_no_member")
    refused(lambda: make_attendance(before, guide), "attendance_by_no_member")
    refused(lambda: make_attendance(today, cast.nobody, capacity="instructor"), "attendance_by_no_member")
    refused(lambda: Meeting.objects.filter(pk=today.pk).update(held_on=TODAY - timedelta(2)), "attendance_by_no_member")
    refused(lambda: Attendance.objects.filter(user=late).update(user=cast.stranger), "attendance_by_no_member")


def test_rows_that_cannot_be(cast: Cast) -> None:
    first = make_meeting(cast.branch_a, cast.head_a, TODAY)
    make_meeting(cast.branch_a, cast.head_a, TODAY, kind="lecture")
    make_meeting(cast.branch_a, cast.head_a, TODAY, kind="life", state="struck", struck_reason="记错")

    refused(lambda: make_meeting(cast.branch_a, cast.head_a, TODAY), "meeting_once_a_day")
    refused(lambda: Meeting.objects.filter(pk=first.pk).update(recorded_on=date(2026, 5, 11)), "meeting_held_is_past")
    refused(lambda: Meeting.objects.filter(pk=first.pk).update(state="struck"), "meeting_struck_has_a_reason")
    refused(lambda: Meeting.objects.filter(pk=first.pk).update(duty="visit"), "meeting_duty_has_a_sort")


def test_history_and_records_are_kept(cast: Cast) -> None:
    meeting = make_meeting(cast.branch_a, cast.head_a, TODAY)
    event = MeetingEvent.objects.create(meeting=meeting, verb="recorded", at=at(TODAY), by=cast.head_a)

    refused(lambda: MeetingEvent.objects.filter(pk=event.pk).update(verb="changed"), "append-only")
    refused(lambda: MeetingEvent.objects.filter(pk=event.pk).delete(), "append-only")
    refused(lambda: MeetingEvent.objects.all()._raw_delete("default"), "append-only")
    other = make_meeting(cast.branch_a, cast.head_a, TODAY, kind="lecture")
    refused(lambda: Meeting.objects.filter(pk=other.pk)._raw_delete("default"), "append-only")
