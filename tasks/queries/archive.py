"""What goes into the archive package of a list: each row that one may see, its words and its files, read in pieces."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from branches.clock import day_of
from branches.models import User
from tasks.models import Assignment, Evidence, Report, StoredFile, TaskList
from tasks.states import Stage

PIECE = 200  # rows read at a time
NONE_WANTED = {"", "无", "/", "-", "—", "－"}  # what lists write where no evidence is asked for


@dataclass(frozen=True)
class Paper:
    """A file that was handed in, and the day."""

    file: StoredFile
    on: date


@dataclass(frozen=True)
class Entry:
    """A row, the report that stands for it, and every file that came with what one may read of it."""

    row: Assignment
    report: Report | None = None
    papers: Sequence[Paper] = field(default_factory=list)
    shows_person: bool = False

    @property
    def handed_in_on(self) -> date | None:
        """The day of the report that stands for the row."""
        return day_of(self.report.at) if self.report else None

    @property
    def lacks_evidence(self) -> bool:
        """Whether its task asks for evidence and none is there; supports owe none, stopped work neither."""
        text = self.row.task.text
        asked = self.row.task.evidence_required or (text.evidence_written.strip() if text else "") not in NONE_WANTED
        return asked and not self.papers and self.row.owes_report and self.row.stage != Stage.STOPPED


def anything(task_list: TaskList, user: User, on: date) -> bool:
    """Whether this person may see any row of the list."""
    return Assignment.objects.visible_to(user, on).filter(list=task_list).exists()


def entries(task_list: TaskList, user: User, on: date) -> Iterator[Entry]:
    """The rows in the order of the list and of establishment. Who may see what is asked afresh for every piece.

    Across the body boundary nothing is read but what stands in the other body's own report (design 3): its words and files
    come through `Report.visible_to`, and whom it named for the work stays its own affair.
    """
    rows = Assignment.objects.visible_to(user, on).filter(list=task_list)
    order = ("task__position", "task_id", "unit_path", "step__position", "period__number", "pk")
    keys = array("q", rows.order_by(*order).values_list("pk", flat=True))  # eight bytes a row
    for first in range(0, len(keys), PIECE):
        yield from _piece(keys[first : first + PIECE].tolist(), user, on)


def _piece(keys: list[int], user: User, on: date) -> Iterator[Entry]:
    rows = Assignment.objects.visible_to(user, on).select_related("task__text", "step", "period", "unit", "person")
    found = rows.in_bulk(keys)
    reports, papers = _reports(keys, user, on), _papers(keys, user, on)
    sight = user.sight(on)
    for key in keys:
        if row := found.get(key):
            inside = not row.crosses_boundary or sight.serves(row.unit_path, row.body_id, row.unit_id)
            yield Entry(row, _standing(row, reports[key]), papers[key], inside)


def _standing(row: Assignment, reports: Sequence[Report]) -> Report | None:
    """The accepted report of a completed row; else the latest words."""
    if row.stage == Stage.COMPLETED:
        reports = [report for report in reports if report.kind == Report.Kind.COMPLETION] or reports
    return reports[-1] if reports else None


def _reports(keys: Sequence[int], user: User, on: date) -> dict[int, list[Report]]:
    found: dict[int, list[Report]] = defaultdict(list)
    for report in Report.objects.visible_to(user, on).filter(assignment__in=keys).order_by("at", "pk"):
        found[report.assignment_id].append(report)
    return found


def _papers(keys: Sequence[int], user: User, on: date) -> dict[int, list[Paper]]:
    """The files of each row, each once, the oldest first."""
    found: dict[int, dict[int, Paper]] = defaultdict(dict)
    reports = Report.objects.visible_to(user, on).filter(assignment__in=keys).order_by().values("pk")
    rows = Evidence.objects.filter(report__in=reports, file__in=StoredFile.objects.visible_to(user, on).order_by())
    for evidence in rows.select_related("file", "report").order_by("report__at", "pk"):
        report = evidence.report
        found[report.assignment_id].setdefault(evidence.file_id, Paper(evidence.file, day_of(report.at)))
    return defaultdict(list, {key: list(papers.values()) for key, papers in found.items()})
