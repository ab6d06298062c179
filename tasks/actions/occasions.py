"""Undated work gets its dates: an entered event day ("会后3个工作日内") makes an instance, a date to be notified is set later
(design 4; cases.md 18).

The first event dates the row that waits for it, every further one gives each receiver a row of its own. The issuer's desk
enters a day for all receivers, a unit's desk the day of its own meeting. An event may move as long as nobody has reported.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Post, Unit, User
from branches.writing import Invalid, NotPossible, once
from tasks import deadlines, rules
from tasks.actions import history
from tasks.actions.periods import linked, shares
from tasks.calendar import working_days
from tasks.dispatch import is_short
from tasks.models import Assignment, Period, Step
from tasks.states import DESK, WITH_UNIT, ListStage, ReceiverRole, Stage
from tasks.workdays import Workdays

WAITING = (Step.Kind.AFTER, Step.Kind.NOTICE)


def due_of(step: Step, event_on: date, workdays: Workdays | None = None) -> date:
    """The day by which work that counts from an event is due; for a date to be notified that date itself."""
    if step.kind == Step.Kind.NOTICE:
        return event_on
    return deadlines.due_after(step.offset or 0, step.offset_unit or "day", event_on, workdays or working_days())


def enter_day(
    step: Step,
    event_on: date,
    *,
    event: str = "",
    due_on: date | None = None,
    unit: Unit | None = None,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> Period:
    """Enter the day of an event, or set the date that was to be notified; for `unit` alone where one is given.

    `due_on` overrides what the phrase makes of the day. Raises Invalid with words for `event_on` or `due_on`, NotPossible
    where no share is left to be dated, PermissionDenied for anybody but the issuer's desk and, for its own unit, the unit's.
    """
    result = once(
        op,
        "enter_day",
        lambda: {"period": _enter(step, event_on, event.strip(), due_on, unit, by, op, now).pk},
        by=by,
        now=now,
        content=[step.pk, event_on, event, due_on, unit.pk if unit else None],
    )
    return Period.objects.get(pk=result["period"])


def _enter(
    step: Step,
    event_on: date,
    event: str,
    due_on: date | None,
    unit: Unit | None,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> Period:
    step = _locked(step)
    post = _allowed(step, unit, by, day_of(now))
    due = _due(step, event_on, due_on, day_of(now))
    taken = step.periods.filter(due_on__isnull=False)
    if step.kind == Step.Kind.NOTICE and taken.exists():
        raise NotPossible(_("The date has been set already. A later one is given as more time on the task's page"))
    if taken.filter(event_on=_event_on(step, event_on), for_unit=unit).exists():
        raise Invalid(_("This day has been entered already"), event_on=_("This day has been entered already"))
    period = Period.objects.create(
        step=step,
        number=(step.periods.aggregate(last=Max("number"))["last"] or 0) + 1,
        starts_on=min(event_on, due),
        due_on=due,
        opened_at=now,
        event=event[:60],
        event_on=_event_on(step, event_on),
        for_unit=unit,
    )
    rows = _date_rows(period, unit, by, post, op, now)
    if not rows:
        raise NotPossible(_("Nobody is left who could be given this: every share is completed or stopped"))
    _not_after_source(rows, due)
    return period


def move_day(
    period: Period, event_on: date, *, due_on: date | None = None, by: User, op: uuid.UUID, now: datetime
) -> Period:
    """The event moves to another day: its open rows move with it, what has been reported stays as it is.

    Raises Invalid for a day that is taken or past, NotPossible when nothing of it is open any more.
    """
    once(
        op,
        "move_day",
        lambda: _move(period, event_on, due_on, by, op, now),
        by=by,
        now=now,
        content=[period.pk, event_on, due_on],
    )
    period.refresh_from_db()
    return period


def _move(
    period: Period, event_on: date, due_on: date | None, by: User, op: uuid.UUID, now: datetime
) -> dict[str, Any]:
    step = _locked(period.step)
    period = Period.objects.select_related("for_unit").get(pk=period.pk)
    post = _allowed(step, period.for_unit, by, day_of(now))
    if period.event_on is None:
        raise NotPossible(_("This date does not come from an event"))
    due = _due(step, event_on, due_on, day_of(now))
    others = step.periods.filter(event_on=event_on, for_unit=period.for_unit).exclude(pk=period.pk)
    if others.exists():
        raise Invalid(_("This day has been entered already"), event_on=_("This day has been entered already"))
    rows = list(period.assignments.select_for_update(of=("self",)).filter(stage__in=WITH_UNIT).order_by("pk"))
    if not rows:
        raise NotPossible(_("Everybody has reported on this event, or was stopped: it cannot be moved any more"))
    before = period.event_on
    Period.objects.filter(pk=period.pk).update(event_on=event_on, due_on=due, starts_on=min(event_on, due))
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
        due_on=due, due_revision=F("due_revision") + 1, version=F("version") + 1
    )
    _not_after_source(rows, due)
    changes = {"event": [before.isoformat(), event_on.isoformat()], "due_on": due.isoformat()}
    history.write(_lines("event_moved", rows, changes, by, post, op, now))
    return {"period": period.pk}


def _locked(step: Step) -> Step:
    """The step with its list, locked, so that two desks enter one day once."""
    step = Step.objects.select_for_update(of=("self",)).select_related("task__list__issuer__body").get(pk=step.pk)
    if step.kind not in WAITING or step.task.list.stage != ListStage.ISSUED or step.task.withdrawn_on:
        raise NotPossible(_("This deadline does not wait for a day to be entered"))
    return step


def _allowed(step: Step, unit: Unit | None, by: User, on: date) -> Post | None:
    """The issuer's desk for everybody; the desk of one unit for its own share."""
    actor = rules.Actor.of(by, on)
    if verdict := rules.may_issue(actor, step.task.list.issuer):
        return verdict.post
    own = unit and actor.hat_for(DESK, unit.path, unit.body_id)
    if not own or step.kind != Step.Kind.AFTER:
        raise PermissionDenied("enter_day")
    return own.post


def _event_on(step: Step, day: date) -> date | None:
    return None if step.kind == Step.Kind.NOTICE else day


def _due(step: Step, event_on: date, due_on: date | None, on: date) -> date:
    """The due day; one that has passed has to be said in so many words (design 5)."""
    read = due_of(step, event_on)
    if due_on is not None and due_on < on and due_on != read:
        raise Invalid(_("The due date cannot be in the past"), due_on=_("Choose today or a later day"))
    if due_on is None and read < on:
        words = _(
            "By the phrase it was due on %(day)s, which has passed: say here by when it is due, or enter that day itself"
        ) % {"day": date_format(read, "Y-m-d")}
        raise Invalid(words, due_on=words)
    return due_on or read


def _not_after_source(rows: Iterable[Assignment], due: date) -> None:
    """What was broken down is not due later than its source (design 4)."""
    sources = [row.source_id for row in rows if row.source_id]
    latest = Assignment.objects.filter(pk__in=sources, due_on__lt=due).order_by("due_on").first()
    if latest is not None and latest.due_on is not None:
        words = _("Not later than %(day)s, the due date of the task it was broken down from") % {
            "day": date_format(latest.due_on, "Y-m-d")
        }
        raise Invalid(words, due_on=words)


def _date_rows(
    period: Period, unit: Unit | None, by: User, post: Post | None, op: uuid.UUID, now: datetime
) -> list[Assignment]:
    """Rows that wait for a day get it; a receiver whose row has its day already gets another row."""
    step, on = period.step, day_of(now)
    waiting = step.assignments.select_for_update(of=("self",)).filter(due_on=None, stage__in=WITH_UNIT)
    waiting = waiting.filter(role=ReceiverRole.LEAD)
    if unit is not None:
        waiting = waiting.filter(unit=unit)
    dated = {(row.unit_id, row.person_id): row for row in waiting.select_related("unit").order_by("pk")}
    # not for those who wait no longer: suspended, or stopped before their first day came
    out = set(
        step.assignments.filter(due_on=None, stage__in=[Stage.SUSPENDED, Stage.STOPPED]).values_list(
            "unit_id", flat=True
        )
    )
    new = [] if step.kind == Step.Kind.NOTICE else shares(period, now, only=unit)
    new = [row for row in new if (row.unit_id, row.person_id) not in dated and row.unit_id not in out]
    Assignment.objects.filter(pk__in=[row.pk for row in dated.values()]).update(
        period=period,
        due_on=period.due_on,
        original_due_on=period.due_on,
        short=is_short(on, period.due_on),
        due_revision=F("due_revision") + 1,
        version=F("version") + 1,
    )
    made = Assignment.objects.bulk_create(linked(period, new))
    changes: dict[str, Any] = {"event": [None, period.event_on.isoformat()]} if period.event_on else {}
    changes |= {"name": period.event, "due_on": period.due_on.isoformat() if period.due_on else None}
    history.write(
        [
            *_lines("dated", dated.values(), changes, by, post, op, now),
            *_lines("issued", made, changes, by, post, op, now),
        ]
    )
    return [*dated.values(), *made]


def _lines(
    move: str,
    rows: Iterable[Assignment],
    changes: dict[str, Any],
    by: User,
    post: Post | None,
    op: uuid.UUID,
    now: datetime,
) -> list[Any]:
    return [
        history.line(
            move,
            row=row,
            by=by,
            post=post,
            now=now,
            op=op,
            from_stage=row.stage if move != "issued" else "",
            to_stage=row.stage,
            changes=changes,
        )
        for row in rows
    ]
