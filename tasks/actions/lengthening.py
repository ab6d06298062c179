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
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.clock import day_of
from branches.models import Post, User
from branches.writing import Invalid, NotPossible, Refused, once
from tasks import rules
from tasks.actions import history
from tasks.actions.together import Outcome, held, one_by_one, pressed
from tasks.dispatch import is_short
from tasks.models import Assignment, Event
from tasks.states import MOVES, Stage

KIND = "lengthen"
MOST = 400  # rows in one go: each is listed with its people before anything is changed
OPEN_TO_IT = MOVES["lengthen"].sources


def lengthen(
    rows: Collection[int], day: date | None, reason: str, *, by: User, op: uuid.UUID, now: datetime
) -> Outcome:
    """Give these rows the later due date `day`, of whatever lists; what has moved on since is left with words.

    The first date stays, the lengthening is counted, reminders planned for the old date are void. Raises PermissionDenied
    for a row of another desk, Invalid for a date that is no lengthening of any row and without a reason, NotPossible where
    every row has been reported or closed since.
    """

    def write() -> dict[str, Any]:
        on = day_of(now)
        actor, found = rules.Actor.of(by, on), held(rows, by, on)
        posts = {row.pk: _desk(actor, row) for row in found}
        if day is None or day < on or not reason.strip() or not found or len(found) > MOST:
            problems = problems_of(found, day, reason, on)
            raise Invalid(next(iter(problems.values())), **problems)
        before = {row.pk: (row.due_on, row.short, row.supplement_by) for row in found}
        outcome = one_by_one(found, lambda row: _fits(row, day), writes=False)
        chosen = [row for row in found if row.pk in set(outcome.done)]
        if not chosen:
            raise _nothing_left(found, day)
        give_later(chosen, day)
        history.write(
            _line("lengthen", row, [before[row.pk][0], day], by=by, post=posts[row.pk], now=now, op=op, reason=reason)
            for row in chosen
        )
        kept = {pk: [_iso(due), short, _iso(supplement)] for pk, (due, short, supplement) in before.items()}
        revisions = {row.pk: row.due_revision + 1 for row in chosen}
        return outcome.result | {"before": {pk: [*kept[pk], revisions[pk]] for pk in revisions}}

    content = [sorted(rows), day.isoformat() if day else "", reason.strip()]
    return Outcome.of(once(op, KIND, write, by=by, now=now, content=content))


def take_back_time(press: uuid.UUID, *, by: User, op: uuid.UUID, now: datetime) -> Outcome:
    """Give the rows of one press their earlier dates again, on the same day and as far as nothing has followed from it.

    Raises NotPossible when no row could be given back, PermissionDenied for another's press.
    """

    def write() -> dict[str, Any]:
        on = day_of(now)
        done = pressed(press, KIND, by)
        if day_of(done.at) != on:
            raise NotPossible(_("It was given on another day and stands. An earlier date is a new version of the list"))
        actor, before = rules.Actor.of(by, on), done.result["before"]
        found = held([int(pk) for pk in before], by, on)
        posts = {row.pk: _desk(actor, row) for row in found}
        lines: list[Event] = []

        def give_back(row: Assignment) -> None:
            due, short, supplement, revision = before[str(row.pk)]
            later, earlier = row.due_on, parse_date(due or "")
            if row.due_revision != revision or row.stage not in OPEN_TO_IT or earlier is None:
                raise NotPossible(_("It has moved on since"))
            if row.offspring.exclude(stage=Stage.STOPPED).filter(due_on__gt=earlier).exists():  # I-14
                raise NotPossible(_("What was made of it below is due later than that by now"))
            Assignment.objects.filter(pk=row.pk).update(
                due_on=earlier, short=short, supplement_by=parse_date(supplement or ""),
                due_revision=F("due_revision") + 1, extensions=F("extensions") - 1, version=F("version") + 1,
            )  # fmt: skip
            post = posts[row.pk]
            lines.append(_line("time_taken_back", row, [later, earlier], by=by, post=post, now=now, op=op, reason=""))

        outcome = one_by_one(found, give_back)
        if not outcome.done:
            raise NotPossible(outcome.left[0][1])
        history.write(lines)
        return outcome.result | {"of": str(press)}

    return Outcome.of(once(op, f"{KIND}_back", write, by=by, now=now, content=str(press)))


def _desk(actor: rules.Actor, row: Assignment) -> Post | None:
    verdict = rules.on_side(actor, row, "lengthen")
    if not verdict:
        raise PermissionDenied("lengthen")
    return verdict.post


def _line(move: str, row: Assignment, days: Sequence[date | None], *, reason: str, **who: Any) -> Event:
    changes = {"due_on": [_iso(day) for day in days]}
    reason = reason.strip()[:300]
    return history.line(move, row=row, from_stage=row.stage, to_stage=row.stage, reason=reason, changes=changes, **who)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


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


def _fits(row: Assignment, day: date) -> None:
    """Refuses a row that this date does not reach any more."""
    if row.stage not in OPEN_TO_IT or row.due_on is None:
        raise NotPossible(_("It has moved on since"))
    if problems := _not_later([row], day):
        raise NotPossible(problems["day"])


def _nothing_left(rows: Sequence[Assignment], day: date) -> Refused:
    """Why not one row could be given the date: the date itself, else that all have moved on."""
    still = [row for row in rows if row.stage in OPEN_TO_IT and row.due_on is not None]
    if still and (problems := _not_later(still, day)):
        return Invalid(problems["day"], **problems)
    return NotPossible(_("These assignments have moved on since. Look at them again"))


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
