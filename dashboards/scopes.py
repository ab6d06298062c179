"""Which rows a board speaks of: whose board, by which of the two measures, for which list and period (design 7).

**given**: what a giver (a body, or a unit in it) issued, counted where it was received. On the giver's own board the units
are the receivers: its own units, and the bodies it passed work on to. On a receiver's board the same rows, received there.
**below**: all work at or below the unit that may be seen or counted, rows without offspring only, so that nothing counts twice.
One page shows one measure. A bar of one board is, row for row, the board of that bar's unit in the same measure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Left, Length
from django.utils.dateformat import format as format_date
from django.utils.translation import pgettext

from branches.models import Sight, Unit, User
from branches.models.units import STEP
from dashboards.models import Measure
from tasks.models import Assignment, TaskList
from tasks.models.assignments import AssignmentQuerySet
from tasks.states import ListStage


def with_parent_body(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """Adds `parent_body_id`: the body of the unit directly above, which for a body is the body it hangs under."""
    above = Unit.objects.filter(path=Left(OuterRef("path"), Length(OuterRef("path")) - STEP))
    return units.annotate(parent_body_id=Subquery(above.values("body_id")[:1]))


def may_open(sight: Sight, unit: Unit) -> bool:
    """Whether a person with this sight may open the board of `unit` (read by `with_parent_body`): units he serves, and
    bodies directly below one that he serves as a whole; of those only what may be counted (design 3)."""
    if unit.pk in sight.own or any(unit.body_id == body and unit.path.startswith(path) for body, path in sight.below):
        return True
    above = getattr(unit, "parent_body_id", None)
    return unit.is_body and any(body == above and unit.path.startswith(path) for body, path in sight.below)


@dataclass(frozen=True)
class Scope:
    """The rows of one board for one person on one day."""

    user: User
    on: date
    unit: Unit
    measure: Measure
    giver: Unit | None = None  # measure given: who gave; the board's own unit, or one above it
    list: TaskList | None = None
    period: Period | None = None
    line: str = ""  # office, members or joint only
    child: Unit | None = None  # one of the board's groups only

    @property
    def own_giving(self) -> bool:
        """Whether the board shows what its own unit gave, wherever it was received."""
        return self.measure == Measure.GIVEN and self.giver is not None and self.giver.pk == self.unit.pk

    def wider(self) -> Self:
        """The same board without list, period, line and child."""
        return replace(self, list=None, period=None, line="", child=None)

    def rows(self) -> AssignmentQuerySet:
        """The lead shares in question."""
        rows = self._placed().leads()
        if self.list:
            rows = rows.filter(from_list(self.list.pk))
        if self.line:
            rows = rows.filter(line=self.line)
        if self.period:
            rows = rows.in_period(self.period.first, self.period.last)
        if self.child:
            rows = rows.filter(self._at(self.child))
        return rows

    def _placed(self) -> AssignmentQuerySet:
        rows = Assignment.objects.countable_by(self.user, self.on)
        if self.measure == Measure.BELOW:
            return rows.under(self.unit).filter(broken_down=False)
        if self.giver is None:
            return rows.none()
        rows = rows.given_by(self.giver)
        return rows if self.own_giving else rows.under(self.unit)

    def _at(self, child: Unit) -> Q:
        """Rows of one group: of exactly this unit where it is the board's own or stands above it, else of its subtree."""
        if self.unit.path.startswith(child.path):
            return Q(unit_path=child.path)
        return Q(unit_path__startswith=child.path)

    def group_path(self) -> models.Expression | F:
        """The path of the unit under which a row is shown: the first step below the board's unit, or the unit itself. Of
        what was given to units elsewhere in the body: the first step below the nearest unit above both."""
        path = self.unit.path
        if not self.own_giving or self.unit.is_body:
            return Left("unit_path", len(path) + STEP)
        steps = [
            When(unit_path__startswith=path[:length], then=Left("unit_path", length + STEP))
            for length in range(len(path), 0, -STEP)
        ]
        return Case(*steps, default=F("unit_path"), output_field=CharField(db_collation="C"))

    def is_group_of_one(self, unit: Unit) -> bool:
        """Whether a group holds the rows of exactly one unit, the board's own or one above it: it has no board to lead to."""
        return self.unit.path.startswith(unit.path)

    def lists(self) -> QuerySet[TaskList]:
        """The lists by which the board can be narrowed: of rows this person may open, never what grew from them."""
        rows = self.wider()._placed_openly().order_by().values("list_id").distinct()  # once, not for each list there is
        return TaskList.objects.exclude(stage__in=[ListStage.DRAFT, ListStage.IN_APPROVAL]).filter(pk__in=rows)

    def _placed_openly(self) -> AssignmentQuerySet:
        rows = Assignment.objects.visible_to(self.user, self.on).leads()
        if self.measure == Measure.BELOW or self.giver is None:
            return rows.under(self.unit)
        rows = rows.given_by(self.giver)
        return rows if self.own_giving else rows.under(self.unit)


def from_list(pk: int) -> Q:
    """Rows of a list, and what grew from them: a body's own list stands in for the one it was broken down from."""
    return Q(list=pk) | Q(source__list=pk) | Q(source__source__list=pk)


@dataclass(frozen=True)
class Period:
    """A month or a year; rows belong to it by their current due date (design 7)."""

    year: int
    month: int | None = None

    @classmethod
    def read(cls, text: str) -> Period | None:
        """From an address: "2026-05" or "2026"; None for anything else."""
        year, _dash, month = text.partition("-")
        if not (len(year) == 4 and year.isascii() and year.isdigit() and 1900 <= int(year) <= 9998):
            return None
        if not month:
            return None if _dash else cls(int(year))
        if len(month) == 2 and month.isascii() and month.isdigit() and 1 <= int(month) <= 12:
            return cls(int(year), int(month))
        return None

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}" if self.month else f"{self.year:04d}"

    @property
    def words(self) -> str:
        """Its name on the page: May 2026, or 2026."""
        form = pgettext("month with its year", "F Y") if self.month else pgettext("year", "Y")
        return format_date(self.first, form)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        following = date(self.year + 1, 1, 1) if self.month in (None, 12) else date(self.year, (self.month or 0) + 1, 1)
        return date.fromordinal(following.toordinal() - 1)

    def holds(self, day: date | None) -> bool:
        """Whether a due date lies in it."""
        return day is not None and self.first <= day <= self.last
