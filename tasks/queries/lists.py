"""What the list pages read: lists with their figures, one list by task, by unit and as a matrix, and who signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from branches.models import Unit, User
from tasks.figures import Counts, Figure, aggregates
from tasks.lights import Lamp, Thresholds
from tasks.models import Assignment, Delivery, Task, TaskList
from tasks.states import DESK, ListStage, ReceiverRole, Stage

WANTED = (
    Figure.TOTAL,
    Figure.DUE,
    Figure.COMPLETED,
    Figure.COMPLETED_DUE,
    Figure.IN_REVIEW,
    Figure.OVERDUE,
    Figure.DUE_SOON,
)


ALIKE = {Stage.ACKNOWLEDGED.value: Stage.ISSUED.value, Stage.SUSPENDED.value: Stage.STOPPED.value}  # one word on screen
LIT = ("overdue", "soon")
SIDES = ("ours", "received", "waiting")  # issued by a unit one serves, by another, not signed for yet


def lists(
    user: User,
    on: date,
    *,
    year: int | None = None,
    stage: str = "",
    line: str = "",
    kind: str = "",
    side: str = "",
    words: str = "",
) -> QuerySet[TaskList]:
    """Lists that `user` may open, newest first; every word of `words` is in the title, the number or the issuer's name.

    A task list that a leader sent back lives on as its paper, so the question it was is not a list.
    """
    rows = TaskList.objects.visible_to(user, on).select_related("issuer", "issuer__body")
    rows = rows.exclude(kind=TaskList.Kind.TASK, stage=ListStage.DRAFT)
    if kind:
        rows = rows.filter(kind=kind)
    if side in ("ours", "received"):
        ours = Q(issuer__in=user.posts.active(on).values("unit_id"))
        rows = rows.filter(ours if side == "ours" else ~ours)
    if side == "waiting":
        rows = rows.filter(pk__in=waiting_deliveries(user, on).order_by().values("list_id"))
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(title_en__icontains=word)
            | Q(document_number__icontains=word)
            | Q(issuer__name__icontains=word)
            | Q(issuer__name_en__icontains=word)
        )
    if year:
        rows = rows.filter(year=year)
    if stage:
        rows = rows.filter(stage=stage)
    if line:
        rows = rows.filter(line=line)
    return rows.order_by("-year", "-issued_on", "-pk")


def figures_of(
    rows: Iterable[TaskList], user: User, on: date, thresholds: Thresholds | None = None
) -> dict[int, Counts]:
    """The figures of each list over the lead shares that `user` may open; one query for a page."""
    counted = (
        Assignment.objects.visible_to(user, on)
        .leads()
        .filter(list__in=[row.pk for row in rows])
        .values("list_id")
        .order_by()
        .annotate(**aggregates(on, thresholds or Thresholds.load(on), WANTED))
    )
    return {row["list_id"]: Counts.of(row) for row in counted}


@dataclass
class Cell:
    """What one unit has of one task: its rows, the one that counts now first."""

    unit: Unit
    rows: list[Assignment] = field(default_factory=list)
    lamps: list[Lamp] = field(default_factory=list)

    @property
    def now(self) -> Assignment:
        """The row to look at: the first open one, else the last."""
        return next((row for row in self.rows if row.is_open), self.rows[-1])

    @property
    def lamp(self) -> Lamp:
        """The light of that row."""
        return self.lamps[self.rows.index(self.now)]

    @property
    def done(self) -> int:
        """How many of its rows are completed."""
        return sum(row.stage == "completed" for row in self.rows)


@dataclass
class TaskLine:
    """One task of a list with what its units have of it."""

    task: Task
    leads: list[Cell] = field(default_factory=list)
    supports: list[Cell] = field(default_factory=list)
    by_unit: dict[int, Cell] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many lead rows are completed."""
        return sum(cell.done for cell in self.leads)

    @property
    def total(self) -> int:
        """How many lead rows there are."""
        return sum(len(cell.rows) for cell in self.leads)


@dataclass
class Overview:
    """A list as its page shows it: tasks in printed order, units in establishment order."""

    lines: list[TaskLine]
    units: list[Unit]

    def narrowed(self, unit: int | None, state: str) -> Overview:
        """The same list with only the cells of one unit, of one state, or of both; tasks and units without any fall out."""
        lines = []
        for line in self.lines:
            kept = {
                pk: cell
                for pk, cell in line.by_unit.items()
                if unit in (None, pk) and (not state or state in state_of(cell))
            }
            if kept:
                leads = [cell for cell in line.leads if cell.unit.pk in kept]
                supports = [cell for cell in line.supports if cell.unit.pk in kept]
                lines.append(TaskLine(line.task, leads, supports, kept))
        units = {pk for line in lines for pk in line.by_unit}
        return Overview(lines, [one for one in self.units if one.pk in units])

    def by_unit(self) -> list[tuple[Unit, list[tuple[Task, Cell]]]]:
        """The same cells, unit by unit."""
        found: dict[int, list[tuple[Task, Cell]]] = defaultdict(list)
        for line in self.lines:
            for cell in [*line.leads, *line.supports]:
                found[cell.unit.pk].append((line.task, cell))
        return [(unit, found[unit.pk]) for unit in self.units]

    def matrix(self) -> list[tuple[Task, list[Cell | None]]]:
        """Task × unit; None where the unit has nothing of the task."""
        return [(line.task, [line.by_unit.get(unit.pk) for unit in self.units]) for line in self.lines]


def state_of(cell: Cell) -> set[str]:
    """The words by which a cell is found: its stage, and its light where it is lit. Two stages that read alike are one."""
    found = {ALIKE.get(cell.now.stage, cell.now.stage)} if cell.now.owes_report else set()
    return found | ({cell.lamp.code} if cell.lamp.code in LIT else set())


def states_of(whole: Overview) -> list[tuple[str, str]]:
    """The states that occur in the list, in the order of the work, with their words."""
    there = {name for line in whole.lines for cell in line.by_unit.values() for name in state_of(cell)}
    words = [("overdue", gettext("Overdue")), ("soon", gettext("Due soon"))]
    words += [(stage.value, str(stage.label)) for stage in Stage if stage.value not in ALIKE]
    return [(name, word) for name, word in words if name in there]


def overview(task_list: TaskList, user: User, on: date, thresholds: Thresholds | None = None) -> Overview:
    """Everything of one list that `user` may open; three queries whatever its length."""
    rows = list(
        Assignment.objects.visible_to(user, on)
        .filter(list=task_list)
        .select_related("unit__body", "person", "period", "issuer")
        .order_by("task__position", "unit_path", "due_on", "pk")
    )
    tasks = Task.objects.filter(list=task_list).select_related("text").order_by("position")
    if not sees_all(task_list, user, on):
        tasks = tasks.filter(pk__in={row.task_id for row in rows})
    thresholds = thresholds or Thresholds.load(on)
    lines = {task.pk: TaskLine(task) for task in tasks}
    units: dict[int, Unit] = {}
    for row in rows:
        line = lines[row.task_id]
        units[row.unit_id] = row.unit
        cell = line.by_unit.get(row.unit_id)
        if cell is None:
            cell = line.by_unit[row.unit_id] = Cell(row.unit)
            (line.leads if row.role == ReceiverRole.LEAD else line.supports).append(cell)
        cell.rows.append(row)
        cell.lamps.append(thresholds.lamp(row))
    return Overview(list(lines.values()), sorted(units.values(), key=lambda unit: unit.path))


def sees_all(task_list: TaskList, user: User, on: date) -> bool:
    """Whether the person serves the issuing side and so sees every task, dispatched or not."""
    sight = user.sight(on)
    issuer = task_list.issuer
    return issuer.pk in sight.own or any(
        body == issuer.body_id and issuer.path.startswith(path) for body, path in sight.below
    )


def waiting_deliveries(user: User, on: date) -> QuerySet[Delivery]:
    """Lists that this person's desk has not signed for, oldest first."""
    desks = user.posts.active(on).filter(role__in=DESK).values("unit_id")
    return (
        Delivery.objects.waiting()
        .filter(body__in=desks)
        .select_related("list__issuer", "body")
        .order_by("delivered_at")
    )


def own_delivery(task_list: TaskList, user: User, on: date) -> Delivery | None:
    """How this list arrived at a body whose desk this person keeps."""
    desks = user.posts.active(on).filter(role__in=DESK).values("unit_id")
    return (
        task_list.deliveries.filter(body__in=desks)
        .select_related("body__body", "signed_by")
        .order_by("-edition")
        .first()
    )


def signing_rows(delivery: Delivery) -> Sequence[Assignment]:
    """The body's own lead rows of a delivered list, one for each task: the next open occurrence."""
    rows = (
        Assignment.objects.filter(list=delivery.list, unit=delivery.body, role=ReceiverRole.LEAD)
        .select_related("task__text", "step", "person", "period")
        .order_by("task__position", "period__number")
    )
    found: dict[int, Assignment] = {}
    for row in rows:
        kept = found.get(row.task_id)
        if kept is None or (not kept.is_open and row.is_open):
            found[row.task_id] = row
    return list(found.values())
