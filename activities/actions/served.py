"""One record serves as report: the assignments that were ticked get theirs in the transaction of the record (ux MEM-4)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from activities.kinds import Came
from activities.models import Meeting, MeetingReport
from branches.models import User
from branches.writing import Invalid, NotPossible
from tasks import actions
from tasks.actions.reports import TEXT_LIMIT
from tasks.models import Assignment, StoredFile


def serve(
    meeting: Meeting,
    answers: Sequence[Assignment],
    *,
    files: Sequence[StoredFile],
    late_reason: str,
    on_behalf_of: User | None,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> None:
    """Report on each assignment with words made from the record, and link the two. Raises Invalid for the ticks.

    A task that asks for a number of times is counted one further, and reported as completed with the last of them.
    """
    words = report_text(meeting)
    for row in answers:
        if row.unit_id != meeting.branch.unit_id:
            raise PermissionDenied("serve")
        times = row.times + 1 if row.times_wanted else None
        try:
            report = actions.report(
                row,
                done=times is None or times >= row.times_wanted,
                text=words,
                files=files,
                late_reason=late_reason,
                times=times,
                by=by,
                op=uuid.uuid5(op, f"assignment {row.pk}"),
                now=now,
                on_behalf_of=on_behalf_of,
            )
        except Invalid as problem:
            if "late_reason" in problem.details:
                raise
            raise Invalid(problem.message, answers=problem.message) from problem
        except NotPossible as problem:
            raise Invalid(problem.message, answers=problem.message) from problem
        MeetingReport.objects.create(meeting=meeting, report=report)


def report_text(meeting: Meeting) -> str:
    """The record in words, without anybody's name: it may be read in the body above."""
    counts = dict(meeting.attendance.order_by().values_list("came").annotate(n=Count("pk")))
    present = counts.get(Came.PRESENT, 0)
    day = date_format(meeting.held_on, pgettext("day on an official paper", "j F Y"))
    head = _("%(kind)s on %(day)s") % {"kind": meeting.called, "day": day}
    parts = [head]
    if meeting.place:
        parts.append(_("place: %(place)s") % {"place": meeting.place})
    if meeting.topic:
        parts.append(_("topic: %(topic)s") % {"topic": meeting.topic})
    parts.append(ngettext("%(n)d present", "%(n)d present", present) % {"n": present})
    if counts.get(Came.LEAVE):
        parts.append(_("%(n)d on leave") % {"n": counts[Came.LEAVE]})
    if counts.get(Came.ABSENT):
        parts.append(_("%(n)d absent") % {"n": counts[Came.ABSENT]})
    text = pgettext("between statements", "; ").join(parts)
    if meeting.decisions.strip():
        text += "\n" + _("Decisions") + pgettext("between a label and its value", ": ") + meeting.decisions.strip()
    return text[:TEXT_LIMIT]
