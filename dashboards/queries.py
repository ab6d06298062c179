"""What the boards read: the figures of a scope by unit and month in one query, and the rows that need somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber, TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Unit, User
from dashboards.models import ClosedMonth
from dashboards.scopes import Measure, Period, Scope, with_parent_body
from tasks.figures import Counts, Figure, aggregates, conditions
from tasks.lights import Lamp, Thresholds
from tasks.models import Assignment
from tasks.states import SUSPENDED_WORD, Light, Stage

SHOWN = {"overdue": 8, "in_review": 5}  # rows of each list on a board; the rest is one click away
SIBLINGS_NEEDED = 3  # a mean of fewer would show a single sibling (design 6)


@dataclass
class Group:
    """The rows of one bar."""

    unit: Unit
    counts: Counts = field(default_factory=Counts)
    months: dict[date, Counts] = field(default_factory=dict)  # first day of the month → its figures
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def main_reason(self) -> str:
        """The reason for late work named most often."""
        return max(self.reasons, key=lambda reason: self.reasons[reason], default="")


@dataclass(frozen=True)
class Board:
    """The figures of a scope. The groups stand in establishment order; `counts` is their sum."""

    scope: Scope
    groups: Sequence[Group]
    known_months: Sequence[date]  # all months in which anything is due, whatever period is chosen
    lines: Mapping[str, Counts] = field(default_factory=dict)  # office, members, joint: each row stands in one of them
    recorded: ClosedMonth | None = None  # a closed month: the figures are those that were written down

    @property
    def on(self) -> date:
        """The day of which the figures speak."""
        return self.recorded.counted_on if self.recorded else self.scope.on

    @cached_property
    def counts(self) -> Counts:
        """The figures of all groups together."""
        return Counts.sum(group.counts for group in self.groups)

    @cached_property
    def reasons(self) -> list[tuple[str, int]]:
        """Why work is or was late: the five reasons named most often."""
        found: dict[str, int] = {}
        for group in self.groups:
            for reason, number in group.reasons.items():
                found[reason] = found.get(reason, 0) + number
        return sorted(found.items(), key=lambda pair: -pair[1])[:5]

    def by_gap(self) -> list[Group]:
        """The groups for those who have to help: largest gap first, then most overdue, then establishment order."""
        return sorted(self.groups, key=lambda group: (-group.counts["gap"], -group.counts["gap_overdue"]))

    @property
    def furthest_behind(self) -> Group | None:
        """The group with the largest gap, where there are several groups and one has a gap."""
        first = next(iter(self.by_gap()), None)
        return first if first and len(self.groups) > 1 and first.counts["gap"] else None

    @property
    def units(self) -> dict[str, Unit]:
        """The units of the groups and of the board, by path."""
        return {self.scope.unit.path: self.scope.unit} | {group.unit.path: group.unit for group in self.groups}


def board(scope: Scope, thresholds: Thresholds, known: Mapping[str, Unit] | None = None) -> Board:
    """The figures of a scope by unit, month and reason: one query for the figures, one for units not `known` by path."""
    parts = (
        replace(scope, period=None)
        .rows()
        .values(at=scope.group_path(), due_month=TruncMonth("due_on"), reason=F("late_reason"), way=F("line"))
        .annotate(**aggregates(scope.on, thresholds))
        .order_by("at", "due_month")
    )
    found = list(parts)
    paths = {part["at"] for part in found}
    units = {path: unit for path, unit in (known or {}).items() if path in paths}
    if unknown := paths - units.keys():
        units |= {unit.path: unit for unit in with_parent_body(Unit.objects.filter(path__in=unknown))}
    groups = {path: Group(units[path]) for path in sorted(units)}
    by_line: dict[str, Counts] = {}
    for part in found:
        if scope.period is None or scope.period.holds(part["due_month"]):
            counts = Counts.of(part)
            _add(groups[part["at"]], part["due_month"], part["reason"], counts)
            by_line[part["way"]] = Counts.sum([by_line.get(part["way"], Counts()), counts])
    months = sorted({part["due_month"] for part in found if part["due_month"]})
    return Board(scope, [group for group in groups.values() if group.counts.get("total")], months, by_line)


def _add(group: Group, month: date | None, reason: str, counts: Counts) -> None:
    group.counts = Counts.sum([group.counts, counts])
    if month:
        group.months[month] = Counts.sum([group.months.get(month, Counts()), counts])
    if reason and counts["late"]:
        group.reasons[reason] = group.reasons.get(reason, 0) + counts["late"]


@dataclass(frozen=True)
class Line:
    """An assignment as a board shows it. Of what only grew from a passed-on row: unit, title, stage and dates (design 3)."""

    row: Assignment
    lamp: Lamp
    above: Sequence[Unit]  # the units between the board's and the row's, highest first
    opened: bool

    @property
    def url(self) -> str:
        """Where it opens, for those who may open it."""
        return self.row.get_absolute_url() if self.opened else ""

    @property
    def reason(self) -> str:
        """Why it is late, where the person may read it."""
        return self.row.late_reason if self.opened else ""

    @property
    def due_on(self) -> date | None:
        """The date that counts now."""
        return self.row.clock_on

    @property
    def was_due_on(self) -> date | None:
        """The date that no longer counts: the due date while a supplement is awaited, else the first due date."""
        return self.row.due_on if self.row.stage == Stage.RETURNED else self.row.original_due_on

    @property
    def detail(self) -> str:
        """What belongs to the stage: on time or how late, why it was stopped."""
        if self.row.stage == Stage.STOPPED:
            return self.row.get_stop_display()
        if self.row.stage == Stage.SUSPENDED:
            return str(SUSPENDED_WORD)
        if self.row.stage != Stage.COMPLETED or self.row.due_on is None:
            return ""
        late = self.row.days_late
        return ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late} if late else _("On time")

    @property
    def once_late(self) -> str:
        """A miss that was made good stays visible (design 4)."""
        late = self.row.days_late
        if not late or self.row.stage == Stage.COMPLETED or self.lamp.code == Light.OVERDUE:
            return ""
        return ngettext("was %(n)d day late", "was %(n)d days late", late) % {"n": late}


def readable(rows: QuerySet[Assignment], user: User, on: date) -> QuerySet[Assignment]:
    """Rows with what a line needs, and `opened`: whether this person may open the assignment itself."""
    mine = Assignment.objects.visible_to(user, on).filter(pk=OuterRef("pk"))
    return rows.select_related("task__text", "unit").annotate(opened=Exists(mine))


def lines(rows: Iterable[Assignment], anchor: Unit, known: dict[str, Unit], thresholds: Thresholds) -> list[Line]:
    """Rows as lines; the path of a unit is told from the board's unit down, as far as the names are known."""
    found = []
    for row in rows:
        above = [known[path] for path in _paths_above(row.unit_path, anchor) if path in known]
        found.append(Line(row, thresholds.lamp(row), above, bool(getattr(row, "opened", False))))
    return found


def _paths_above(path: str, anchor: Unit) -> list[str]:
    """The paths between the board's unit (or its body, for a unit elsewhere in it) and a unit, highest first."""
    tops = [anchor.path, anchor.body.path if anchor.body else ""]
    start = next((len(top) for top in tops if top and path.startswith(top)), 0)
    return [path[:length] for length in range(start + Unit.steplen, len(path), Unit.steplen)]


def attention(scope: Scope, thresholds: Thresholds) -> dict[str, list[Assignment]]:
    """The rows a board names: overdue longest, and in review longest; one query for both lists."""
    defined = conditions(scope.on, thresholds)
    overdue, in_review = defined[Figure.OVERDUE], defined[Figure.IN_REVIEW]
    rows = readable(scope.rows().filter(overdue | in_review), scope.user, scope.on).annotate(
        lot=Case(When(in_review, then=Value("in_review")), default=Value("overdue"))
    )
    rows = rows.annotate(
        place=Window(
            RowNumber(), partition_by=[F("lot")], order_by=[F("submitted_at").asc(), F("due_on").asc(), F("pk").asc()]
        )
    )
    found: dict[str, list[Assignment]] = {"overdue": [], "in_review": []}
    for row in rows.filter(place__lte=max(SHOWN.values())).order_by("place"):
        lot = found[row.lot]
        if len(lot) < SHOWN[row.lot]:
            lot.append(row)
    return found


def figure_rows(scope: Scope, figure: Figure, thresholds: Thresholds, reason: str = "") -> QuerySet[Assignment]:
    """The rows behind a figure, soonest due first; their number is the figure."""
    rows = scope.rows().filter(conditions(scope.on, thresholds)[figure])
    if reason:
        rows = rows.filter(late_reason=reason)
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def names_above(rows: Iterable[Assignment], anchor: Unit) -> dict[str, Unit]:
    """The units between a board's unit and those of its rows, by path; one query."""
    paths = {path for row in rows for path in _paths_above(row.unit_path, anchor)}
    return {unit.path: unit for unit in Unit.objects.filter(path__in=paths)} if paths else {}


@dataclass(frozen=True)
class Mean:
    """What the siblings of a body completed of what fell due, taken together; never one of them alone (design 6)."""

    siblings: int
    completed: int
    due: int


def siblings_mean(scope: Scope, thresholds: Thresholds) -> Mean | None:
    """The mean of the other bodies under the same body, of what that body gave; None under three of them, or where the
    body above does not want it shown."""
    parent = getattr(scope.unit, "parent_body_id", None)
    if not (scope.unit.is_body and scope.measure == Measure.GIVEN and scope.giver and scope.giver.body_id == parent):
        return None
    rows = (
        Assignment.objects.leads()
        .given_by(scope.giver)
        .filter(body__depth=scope.unit.depth, body__path__startswith=scope.unit.path[: -Unit.steplen])
        .exclude(body=scope.unit)
        .exclude(issuer_body__wishes__siblings_mean=False)
    )
    if scope.list:
        rows = rows.filter(list=scope.list)
    if scope.period:
        rows = rows.in_period(scope.period.first, scope.period.last)
    wanted = aggregates(scope.on, thresholds, [Figure.DUE, Figure.COMPLETED_DUE])
    found = [Counts.of(part) for part in rows.order_by().values("body").annotate(**wanted)]
    each = [counts for counts in found if counts["due"]]
    if len(each) < SIBLINGS_NEEDED:
        return None
    return Mean(len(each), sum(counts["completed_due"] for counts in each), sum(counts["due"] for counts in each))


def known_periods(months: Sequence[date]) -> list[Period]:
    """The periods that a board offers: each year in which anything is due, newest first, with its months."""
    found: list[Period] = []
    for year in sorted({month.year for month in months}, reverse=True):
        found.append(Period(year))
        found += [Period(month.year, month.month) for month in months if month.year == year]
    return found
