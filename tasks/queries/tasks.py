"""What the page of one task across its units reads (ux S10): a receiving body sees its own rows, a supporting unit the leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet

from branches.models import User
from tasks.lights import Lamp, Thresholds
from tasks.models import Assignment, Period, Receiver, Step, Task
from tasks.queries.assignments import stage_detail, task_papers
from tasks.queries.followup import told_all
from tasks.states import MOVES, ReceiverRole, Stage


@dataclass
class Row:
    """One unit's share as a line of the page."""

    row: Assignment
    lamp: Lamp
    detail: str


@dataclass
class TaskSheet:
    """One task with its steps, the occurrence that is shown, and the rows of it that this person may open."""

    task: Task
    issues: bool  # the person serves the issuing side and sees every unit
    steps: list[Step]
    periods: list[Period]
    period: Period | None
    leads: list[Row] = field(default_factory=list)
    supports: list[Row] = field(default_factory=list)
    lead_names: list[Assignment] = field(default_factory=list)  # for a supporting unit: whom it supports, by name
    printed: list[Receiver] = field(default_factory=list)  # named on paper, given nothing here

    @property
    def dated(self) -> bool:
        """Whether somebody still has to report by a day that can be made later."""
        return any(
            one.row.due_on and one.row.stage in MOVES["lengthen"].sources for one in [*self.leads, *self.supports]
        )

    @property
    def done(self) -> int:
        """How many lead rows of this occurrence are completed."""
        return sum(one.row.stage == Stage.COMPLETED for one in self.leads)


def tasks(user: User, on: date) -> QuerySet[Task]:
    """Tasks that `user` may open, with their words, list and files: one query."""
    return (
        Task.objects.visible_to(user, on)
        .select_related("text", "list__issuer__body", "source_task__text")
        .annotate(task_files=task_papers("pk"), told_all=told_all("pk"))
    )


def task_sheet(task: Task, user: User, on: date, number: int | None = None) -> TaskSheet:
    """The page of a task; `number` picks the occurrence of a repeated one. Five queries, however many units it has."""
    sight, issuer = user.sight(on), task.list.issuer
    steps = list(task.steps.order_by("position"))
    opened = Period.objects.filter(step__task=task, opened_at__isnull=False)
    periods = list(opened.select_related("step").order_by("due_on", "pk"))
    page = TaskSheet(
        task, sight.serves(issuer.path, issuer.body_id, issuer.pk), steps, periods, _shown(periods, on, number)
    )
    rows = _rows(task, user, on, page)
    lights = Thresholds.load(on)
    for row in rows:
        line = Row(row, lights.lamp(row), stage_detail(row))
        (page.leads if row.role == ReceiverRole.LEAD else page.supports).append(line)
    if page.issues:
        page.printed = _printed(task)
    elif not page.leads:
        leads = Assignment.objects.filter(task=task, role=ReceiverRole.LEAD).exclude(stage=Stage.STOPPED)
        page.lead_names = list(leads.select_related("unit").order_by("unit_path", "pk").distinct("unit_path"))
    return page


def _rows(task: Task, user: User, on: date, page: TaskSheet) -> QuerySet[Assignment]:
    """The rows of the shown occurrence; a supporting unit's one row belongs to every occurrence."""
    rows = Assignment.objects.visible_to(user, on).filter(task=task).select_related("unit", "person", "issuer")
    if page.period is not None and len(page.periods) > 1:
        rows = rows.filter(period=page.period) | rows.filter(role=ReceiverRole.SUPPORT)
    return rows.order_by("unit_path", "due_on", "pk")


def _shown(periods: Sequence[Period], on: date, number: int | None) -> Period | None:
    """The occurrence asked for, else the next that is due, else the last."""
    asked = next((period for period in periods if period.pk == number), None)
    coming = next((period for period in periods if period.due_on and period.due_on >= on), None)
    return asked or coming or (periods[-1] if periods else None)


def _printed(task: Task) -> list[Receiver]:
    """Receivers that hold no posts here: recorded and printed, not counted (design 3, 4)."""
    receivers = task.receivers.select_related("unit__kind").filter(group__isnull=True).order_by("position", "pk")
    return [one for one in receivers if one.unit is None or not one.unit.kind.has_people]
