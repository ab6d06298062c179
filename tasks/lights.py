"""Lights: what the dates say of an open assignment. Computed from due date and day, each with its rule and inputs (design 4).

Every place that shows or counts a light asks here, so that a tile and the list behind it cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import F, OrderBy, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import BodySettings
from tasks.calendar import wishes_and_days
from tasks.models.assignments import Assignment
from tasks.models.lists import Step
from tasks.states import WITH_UNIT, Light, Stage
from tasks.workdays import Workdays


@dataclass(frozen=True)
class Lamp:
    """A light as a page shows it: never the colour without the word."""

    code: Light
    word: str
    days: int | None = None  # days left, or days over


@dataclass(frozen=True)
class Thresholds:
    """From which day on "due soon" shines, by issuing body; `None` holds the national default."""

    on: date
    last_days: dict[int | None, tuple[date, date]]  # body → (last day soon for long tasks, for short ones)

    @classmethod
    def load(cls, on: date, workdays: Workdays | None = None) -> Thresholds:
        """Read the wishes of all bodies that have any; one query."""
        rows, known = wishes_and_days("body_id", "due_soon_days", "due_soon_workdays")
        days = workdays or known
        default = BodySettings()
        wishes: dict[int | None, tuple[int, int]] = {None: (default.due_soon_days, default.due_soon_workdays)}
        for body, calendar_days, working in rows:
            if (calendar_days, working) != wishes[None]:
                wishes[body] = (calendar_days, working)
        return cls(on, {body: (on + timedelta(days=c), days.add(on, w)) for body, (c, w) in wishes.items()})

    @classmethod
    def of_body(cls, on: date, wishes: BodySettings, workdays: Workdays) -> Thresholds:
        """Those of one body whose wishes and calendar are in hand; for a page that shows rows of that body alone."""
        last = (on + timedelta(days=wishes.due_soon_days), workdays.add(on, wishes.due_soon_workdays))
        return cls(on, {None: last})

    def soon_q(self) -> Q:
        """Due soon: with the unit, not past its date, and the date within the threshold of the issuing body."""
        special = [body for body in self.last_days if body is not None]
        parts = [self._within(None) & ~Q(issuer_body__in=special)]
        parts += [self._within(body) & Q(issuer_body=body) for body in special]
        return Q(stage__in=WITH_UNIT, owes_report=True) & reduce(or_, parts)

    def _within(self, body: int | None) -> Q:
        long, short = self.last_days[body]
        running = ~Q(stage=Stage.RETURNED)
        by_due = (
            running & Q(due_on__gte=self.on) & (Q(short=False, due_on__lte=long) | Q(short=True, due_on__lte=short))
        )
        return by_due | Q(stage=Stage.RETURNED, supplement_by__gte=self.on, supplement_by__lte=short)

    def lamp(self, row: Assignment) -> Lamp:
        """The light of one row in hand; the same question as `soon_q` and `overdue_q`."""
        clock = row.clock_on
        if row.stage not in WITH_UNIT or clock is None or not row.owes_report:
            return Lamp(Light.NONE, undated(row, self.on) if row.stage in WITH_UNIT and clock is None else "")
        left = (clock - self.on).days
        if left < 0:
            return Lamp(Light.OVERDUE, ngettext("%(n)d day overdue", "%(n)d days overdue", -left) % {"n": -left}, -left)
        long, short = self.last_days.get(row.issuer_body_id, self.last_days[None])
        if clock > (short if row.short or row.stage == Stage.RETURNED else long):
            return Lamp(Light.ON_TRACK, _("On track"), left)
        word = ngettext("Due in %(n)d day", "Due in %(n)d days", left) % {"n": left} if left else _("Due today")
        return Lamp(Light.SOON, word, left)

    def explain(self, row: Assignment) -> str:
        """Why the light is what it is: rule and inputs in one sentence."""
        clock = row.clock_on
        if row.stage == Stage.REPORTED:
            return _("Submitted: the clock stands still until the review")
        if row.stage not in WITH_UNIT:
            return _("No light: the assignment is not running")
        if not row.owes_report:
            return _("No light: this unit supports and owes no report")
        if clock is None:
            return _why_undated(row, self.on)
        long, short = self.last_days.get(row.issuer_body_id, self.last_days[None])
        values = {"day": clock, "today": self.on, "soon": short if row.short or row.stage == Stage.RETURNED else long}
        if row.stage == Stage.RETURNED:
            return _("Returned: to be supplemented by %(day)s, that day included. Today is %(today)s") % values
        return (
            _("Counted to %(day)s, that day included. Today is %(today)s; due dates up to %(soon)s count as due soon")
            % values
        )


def quarter_of(day: date) -> date:
    """The first day of the quarter in which `day` lies."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def missed_quarter(row: Assignment, on: date) -> date | None:
    """The quarter, by its first day, that ended without a word on ongoing work; its own mark, never overdue (design 4).

    Work that was given out in that quarter is asked from the next one on.
    """
    if row.kind != Step.Kind.ONGOING or not row.owes_report or row.stage not in WITH_UNIT:
        return None
    last = quarter_of(quarter_of(on) - timedelta(days=1))
    if row.issued_on >= last or (row.said_on is not None and row.said_on >= last):
        return None
    return last


def undated(row: Assignment, on: date) -> str:
    """What is said where a due date would stand: a quarter without progress, or a day that is still to be named."""
    if not row.owes_report:
        return ""
    if missed := missed_quarter(row, on):
        return _("No progress in quarter %(quarter)d of %(year)d") % {
            "quarter": (missed.month + 2) // 3,
            "year": missed.year,
        }
    return _("Day not set yet") if row.kind in (Step.Kind.AFTER, Step.Kind.NOTICE) else ""


def _why_undated(row: Assignment, on: date) -> str:
    if row.kind == Step.Kind.ONGOING:
        asked = _("Ongoing work is never overdue; a word of progress is asked for every quarter")
        said = _("The last one came on %(day)s") % {"day": row.said_on} if row.said_on else _("None has come yet")
        return _("%(rule)s. %(fact)s") % {"rule": asked, "fact": said}
    if row.kind == Step.Kind.AFTER:
        return _("No light yet: its due date counts from a day that has not been entered")
    if row.kind == Step.Kind.NOTICE:
        return _("No light yet: the issuer sets the date later")
    return _("No light: the task has no due date")


def order_by_urgency() -> list[OrderBy | str]:
    """Work queues: the date that counts first, undated work last."""
    return [F("due_on").asc(nulls_last=True), "pk"]
