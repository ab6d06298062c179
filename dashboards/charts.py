"""What a chart is given: plain values, made by queries, drawn by dashboards/templatetags/charts.py.

A `title` is the finding in words ("District B is 5 short, mostly waiting for papers"), never the name of the chart: it
is what a screen reader says and what stands above it. Each address leads to the rows behind the figure (ux.md d.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class UnitBar:
    """One unit against the plan: bar = completed of those due, mark = due; work done early stands apart (design 7)."""

    label: str
    url: str
    due: int
    completed: int
    overdue: int = 0
    in_review: int = 0
    in_time: int = 0  # of the gap: due today, or returned with a supplement date to come
    early: int = 0
    total: int = 0
    reason: str = ""
    completed_url: str = ""
    due_url: str = ""
    overdue_url: str = ""
    in_review_url: str = ""

    @property
    def gap(self) -> int:
        """Due less completed: overdue, in review, and what is still within time."""
        return self.due - self.completed

    @property
    def length(self) -> int:
        """How far the row reaches on the common scale."""
        return max(self.total, self.due + self.early)


@dataclass(frozen=True)
class BulletBars:
    """Which unit is behind: one row a unit, in the order given (establishment, or gap for those who have to help)."""

    title: str
    rows: Sequence[UnitBar]

    @property
    def scale(self) -> int:
        """The longest row; every bar starts at zero and is drawn on this scale."""
        return max([row.length for row in self.rows] or [0]) or 1


@dataclass(frozen=True)
class Amount:
    """One labelled number, such as a reason for being late."""

    label: str
    value: int
    url: str = ""


@dataclass(frozen=True)
class PlainBars:
    """Why: the few largest reasons, longest first."""

    title: str
    rows: Sequence[Amount]

    @property
    def scale(self) -> int:
        """The largest value."""
        return max([row.value for row in self.rows] or [0]) or 1


@dataclass(frozen=True)
class HeatCell:
    """One month of one unit: what is printed in the cell, and the share from 0 to 1 that shades it (None: no base)."""

    text: str
    share: float | None = None
    url: str = ""


@dataclass(frozen=True)
class HeatRow:
    """One unit's months; None where nothing was due, which is hatched."""

    label: str
    cells: Sequence[HeatCell | None]
    url: str = ""


@dataclass(frozen=True)
class HeatMap:
    """Since when: unit × month, the number always in the cell, darker is higher."""

    title: str
    columns: Sequence[str]
    rows: Sequence[HeatRow]
    steps: tuple[float, float, float, float] = (0.6, 0.75, 0.85, 0.95)

    def level(self, cell: HeatCell) -> int:
        """The shade of a cell, 1 (lightest) to 5."""
        return 1 + sum((cell.share or 0) >= step for step in self.steps)


@dataclass(frozen=True)
class Point:
    """A running total at the end of a day."""

    on: date
    value: int
    url: str = ""


@dataclass(frozen=True)
class BurnUp:
    """Will the year's list be done: running total of completed work against the plan, today marked."""

    title: str
    plan: Sequence[Point]
    done: Sequence[Point]
    today: date

    @property
    def span(self) -> tuple[date, date]:
        """First and last day drawn."""
        days = [point.on for point in (*self.plan, *self.done)] or [self.today]
        return min(days), max(days)

    @property
    def top(self) -> int:
        """The highest total."""
        return max([point.value for point in (*self.plan, *self.done)] or [0]) or 1


@dataclass(frozen=True)
class Sparkline:
    """How punctual over time: one small line beside its number; None leaves a gap."""

    title: str
    values: Sequence[float | None]
    labels: Sequence[str] = ()


@dataclass(frozen=True)
class Month:
    """One month of a branch: meetings held and meetings expected by its own rule."""

    label: str
    held: int
    expected: int = 1


@dataclass(frozen=True)
class MonthSquares:
    """Meetings held per month as a row of small squares."""

    title: str
    months: Sequence[Month]
