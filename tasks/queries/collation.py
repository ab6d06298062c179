"""The collation (汇总稿): under each task every unit's latest accepted text, units in establishment order, no ranking.

Across the body boundary stands only what the other body submitted as its own report: `Report.objects.visible_to`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import OuterRef, Q, Subquery

from branches.models import User
from tasks.models import Assignment, Report, Task, TaskList
from tasks.queries.asked import sums_of_all
from tasks.states import OPEN, Stage


@dataclass(frozen=True)
class Answer:
    """One unit's text. `mark`: nothing for an accepted one, "review" or "progress" for one that is not yet."""

    unit: str
    text: str
    mark: str = ""


@dataclass
class Section:
    """One task with what came back."""

    task: int
    number: str
    heading: tuple[str, ...]
    content: str
    answers: list[Answer] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)  # what the task asks for, with the sum of it
    silent: list[str] = field(default_factory=list)  # leads that owe a report and have no text here


def tasks_of(task_list: TaskList, user: User, on: date, desks: Collection[int] = ()) -> list[Task]:
    """The tasks of a list that `user` may see, in printed order. `source_row`: the open share of one of these desks that
    the task was broken down from, into whose report the collation can go."""
    sources = Assignment.objects.filter(task=OuterRef("pk"), source__unit__in=desks, source__stage__in=OPEN)
    tasks = Task.objects.visible_to(user, on).filter(list=task_list).select_related("text").order_by("position")
    return list(tasks.annotate(source_row=Subquery(sources.order_by("pk").values("source_id")[:1])))


def collate(tasks: Collection[Task], user: User, on: date, *, unfinished: bool = False) -> list[Section]:
    """The texts under each task as far as `user` may read them. Two queries, whatever the number of texts;
    one more where figures are asked for.

    A unit with several dates says its latest accepted text; `unfinished` adds what is in review or in progress.
    """
    rows = list(
        Assignment.objects.visible_to(user, on)
        .filter(task__in=[task.pk for task in tasks])
        .exclude(stage=Stage.STOPPED)
        .order_by("unit_path", "person_id", "due_on", "pk")
        .values_list("pk", "task_id", "unit_id", "person_id", "unit__name", "body__name", "stage", "owes_report")
    )
    said = _said({row[0] for row in rows}, user, on, unfinished=unfinished)
    sections = {task.pk: _section(task) for task in tasks}
    for task, sums in sums_of_all(tasks, user, on).items():
        sections[task].figures = list(zip(sums.names, sums.sums, strict=True)) if sums.lines else []
    shares: dict[tuple[int, int, int | None], list[tuple[int, str, str, bool]]] = {}
    called = _called({(row[2], row[4], row[5] or "") for row in rows})
    for pk, task, unit, person, _name, _body, stage, owes in rows:
        shares.setdefault((task, unit, person), []).append((pk, called[unit], stage, owes))
    spoke = {(task, unit) for (task, unit, _person), found in shares.items() if any(row[0] in said for row in found)}
    for (task, unit, _person), found in shares.items():
        section, name = sections[task], found[0][1]
        answers = [(said[pk], stage) for pk, _name, stage, _owes in found if pk in said]
        done = [(report, stage) for report, stage in answers if stage == Stage.COMPLETED]
        waiting = [(report, stage) for report, stage in answers if stage != Stage.COMPLETED]
        for kept in (done, waiting):  # the latest accepted one, and where wanted the latest that is not
            if kept:
                report, stage = max(kept, key=lambda pair: pair[0].at)
                section.answers.append(Answer(name, report.text.strip(), _mark(stage)))
        if (task, unit) not in spoke and any(owes for *_rest, owes in found) and name not in section.silent:
            section.silent.append(name)
    return list(sections.values())


def _called(units: Collection[tuple[int, str, str]]) -> dict[int, str]:
    """Each unit by its name; where several have the same one, with the body before it."""
    names = Counter(name for _pk, name, _body in units)
    return {pk: f"{body}{name}" if names[name] > 1 and body != name else name for pk, name, body in units}


def _said(rows: set[int], user: User, on: date, *, unfinished: bool) -> dict[int, Report]:
    """The text of each row: of a completed one the report that was accepted, of an open one the latest, where wanted."""
    wanted = Q(assignment__stage=Stage.COMPLETED, kind=Report.Kind.COMPLETION)
    if unfinished:
        wanted |= Q(assignment__stage__in=OPEN)
    reports = Report.objects.visible_to(user, on).filter(wanted, assignment__in=rows).exclude(text="")
    latest = reports.order_by("assignment_id", "-at", "-pk").distinct("assignment_id")
    return {report.assignment_id: report for report in latest.only("assignment_id", "text", "at")}


def _mark(stage: str) -> str:
    return {Stage.COMPLETED: "", Stage.REPORTED: "review"}.get(Stage(stage), "progress")


def _section(task: Task) -> Section:
    text = task.text
    return Section(task.pk, task.number, tuple(text.heading) if text else (), text.content if text else "")


def offspring_text(source: Assignment, user: User, on: date) -> str:
    """What the units below reported as accepted on the tasks this share was broken down into: a text for its own report."""
    grown = Assignment.objects.grown_from(source).order_by().values("task_id")
    tasks = Task.objects.visible_to(user, on).filter(pk__in=grown).select_related("text").order_by("list", "position")
    sections = collate(list(tasks), user, on)
    return "\n".join(f"{one.unit}：{one.text}" for section in sections for one in section.answers)
