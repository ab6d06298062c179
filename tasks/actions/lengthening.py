"""More time for everyone: one later due date and one reason for many rows of a list (ux SEC-7, design 4, 5).

Only the issuer's own rows move; what a receiving body made of them keeps its dates. An earlier date is no lengthening: it
is a new version of the list, which everyone concerned is told about.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.clock import day_of
from branches.models import User
from branches.writing import Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.dispatch import is_short
from tasks.models import Assignment, TaskList
from tasks.states import MOVES, Stage

MOST = 400  # rows in one go: each is listed with its people before anything is changed
OPEN_TO_IT = MOVES["lengthen"].sources


def lengthen(
    task_list: TaskList,
    rows: Collection[int],
    day: date | None,
    reason: str,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> int:
    """Give the rows of `task_list` the later due date `day`; how many have it now.

    The first date stays, the lengthening is counted, reminders planned for the old date are void. Raises PermissionDenied
    without the issuer's desk, Invalid for a date that is no lengthening and without a reason, NotPossible where a row has
    been reported or closed since.
    """

    def write() -> dict[str, Any]:
        on = day_of(now)
        verdict = rules.may_issue(rules.Actor.of(by, on), task_list.issuer)
        if not verdict:
            raise PermissionDenied("lengthen")
        found = Assignment.objects.select_for_update(of=("self",)).filter(list=task_list, pk__in=rows)
        held = list(found.select_related("period", "source").order_by("pk"))
        if len(held) != len(set(rows)):
            raise PermissionDenied("lengthen")
        later = _checked(held, day, reason, on)
        give_later(held, later)
        lines = [
            history.line(
                "lengthen",
                row=row,
                by=by,
                post=verdict.post,
                now=now,
                op=op,
                from_stage=row.stage,
                to_stage=row.stage,
                reason=reason.strip()[:300],
                changes={"due_on": [row.due_on.isoformat() if row.due_on else "", later.isoformat()]},
            )
            for row in held
        ]
        history.write(lines)
        return {"rows": len(held)}

    content = [task_list.pk, sorted(rows), day.isoformat() if day else "", reason.strip()]
    return int(once(op, "lengthen", write, by=by, now=now, content=content)["rows"])


def problems_of(rows: Sequence[Assignment], day: date | None, reason: str, on: date) -> dict[str, str]:
    """Why these rows cannot have this date, by field; the page asks it before the people are listed."""
    found: dict[str, str] = {}
    if not rows:
        found["rows"] = _("Choose at least one assignment")
    elif len(rows) > MOST:
        found["rows"] = _("At most %(n)d assignments at a time. Choose fewer tasks") % {"n": MOST}
    if day is None:
        found["day"] = _("Enter the new due date")
    elif day < on:
        found["day"] = _("The new date is in the past. Choose today or a later day")
    else:
        found |= _not_later(rows, day)
    if not reason.strip():
        found["reason"] = _("Say why")
    return found


def _not_later(rows: Sequence[Assignment], day: date) -> dict[str, str]:
    count = sum(row.due_on is not None and row.due_on >= day for row in rows)
    if count:
        words = ngettext(
            "%(n)d of these assignments is due on that day or later. An earlier date is a new version of the list",
            "%(n)d of these assignments are due on that day or later. An earlier date is a new version of the list",
            count,
        )
        return {"day": words % {"n": count}}
    above = [row.source.due_on for row in rows if row.source and row.source.due_on and row.source.due_on < day]
    if above:
        return {"day": _("The work this comes from is due on %(day)s; no later date is possible") % {"day": min(above)}}
    return {}


def _checked(rows: Sequence[Assignment], day: date | None, reason: str, on: date) -> date:
    if any(row.stage not in OPEN_TO_IT or row.due_on is None for row in rows):
        raise NotPossible(_("Some of these assignments have moved on since. Look at them again"))
    problems = problems_of(rows, day, reason, on)
    if problems or day is None:
        raise Invalid(next(iter(problems.values())), **problems)
    return day


def give_later(rows: Sequence[Assignment], day: date) -> None:
    """The one place that makes due dates later, two updates for any number of rows; a returned one gets the new day for its
    supplement too. The caller holds the rows and has asked `problems_of`."""
    for short in (True, False):
        chosen = [row.pk for row in rows if is_short(row.period.starts_on, day) == short]
        if chosen:
            Assignment.objects.filter(pk__in=chosen).update(
                due_on=day,
                short=short,
                due_revision=F("due_revision") + 1,
                extensions=F("extensions") + 1,
                version=F("version") + 1,
            )
    returned = Q(pk__in=[row.pk for row in rows], stage=Stage.RETURNED, supplement_by__lt=day)
    Assignment.objects.filter(returned).update(supplement_by=day)
