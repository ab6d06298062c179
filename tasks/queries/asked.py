"""The figures that came back for a task, by unit and in all: one definition for page, collation and prefilled reports.

A row counts the figures of the report that was accepted with it: its latest submission, once it is completed. Occurrences
add up; a task sums its own rows only, so what a county reports and what its branches reported to it are never both added.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from branches.models import Unit, User
from tasks.models import Assignment, Report, Task
from tasks.states import ReceiverRole, Stage


@dataclass
class Sums:
    """A column for each name asked; a line for each unit that reported any, in establishment order; the totals."""

    names: list[str]
    lines: list[tuple[Unit, list[Decimal | None]]] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[Unit, list[str]]]:
        """The lines as they are shown; "--" where a unit gave no such figure."""
        return [(unit, ["--" if value is None else plain(value) for value in values]) for unit, values in self.lines]

    @property
    def sums(self) -> list[str]:
        """The totals as they are shown."""
        return [plain(value) for value in self.totals]

    @property
    def totals(self) -> list[Decimal]:
        """The sum of each column."""
        return [sum((values[n] or Decimal(0) for _u, values in self.lines), Decimal(0)) for n in range(len(self.names))]


def plain(value: Decimal) -> str:
    """A number without trailing noughts and never with an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value: Any) -> Decimal | None:
    """A stored figure; None where none was given."""
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None


def sums_of(task: Task, user: User, on: date) -> Sums | None:
    """What came back for a task as far as `user` may read it; None where it asks for no figures. One query."""
    return sums_of_all([task], user, on).get(task.pk)


def sums_of_all(tasks: Iterable[Task], user: User, on: date) -> dict[int, Sums]:
    """The same for many tasks by their key, those that ask for figures; still one query."""
    names = {task.pk: list(task.figures) for task in tasks if task.figures}
    if not names:
        return {}
    rows = Assignment.objects.visible_to(user, on).filter(task__in=names, role=ReceiverRole.LEAD)
    reports: dict[int, list[Report]] = {pk: [] for pk in names}
    for report in _accepted(rows, Report.objects.visible_to(user, on)):
        reports[report.assignment.task_id].append(report)
    return {pk: _summed(names[pk], reports[pk]) for pk in names}


def of_parts(row: Assignment, user: User, on: date) -> dict[str, Decimal]:
    """The totals of what a body's own units reported on the parts of this row, to begin its report with."""
    names = list(row.task.figures)
    if not names or not row.broken_down:
        return {}
    parts = Assignment.objects.visible_to(user, on).filter(source=row)
    sums = _summed(names, _accepted(parts, Report.objects.visible_to(user, on)))
    return dict(zip(names, sums.totals, strict=True)) if sums.lines else {}


def _accepted(rows: Any, readable: Any) -> Iterable[Report]:
    done = rows.filter(stage=Stage.COMPLETED).order_by().values("pk")
    reports = readable.filter(assignment__in=done, kind=Report.Kind.COMPLETION).select_related("assignment__unit")
    return list(
        reports.order_by("assignment__unit_path", "assignment_id", "-at", "-pk").distinct(
            "assignment__unit_path", "assignment_id"
        )
    )


def _summed(names: list[str], reports: Iterable[Report]) -> Sums:
    found: dict[Unit, list[Decimal | None]] = {}
    for report in reports:
        values = [number(report.figures.get(name)) for name in names]
        if not any(value is not None for value in values):
            continue
        line = found.setdefault(report.assignment.unit, [None] * len(names))
        for n, value in enumerate(values):
            if value is not None:
                line[n] = (line[n] or Decimal(0)) + value
    return Sums(names, list(found.items()))
