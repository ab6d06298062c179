"""What a list is when it goes out: its lines as far as one may see them, read in pieces so that memory stays flat."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from branches.models import User
from tasks.models import Assignment, Evidence, Report, Task, TaskList
from tasks.queries import duties
from tasks.queries.duties import Held
from tasks.queries.lists import sees_all
from tasks.states import ReceiverRole

PIECE = 500  # tasks read at a time

Words = tuple[tuple[str, ...], tuple[str, ...]]  # the headings over a task, and its nine columns


def lines(task_list: TaskList, user: User, on: date, piece: int = PIECE) -> Iterator[Words]:
    """The tasks of a list in printed order, with the latest words of each unit and the names of its files.

    Who does not serve the issuing side gets the tasks and units of the rows that he may open (design 6).
    """
    whole = sees_all(task_list, user, on)
    tasks = Task.objects.filter(list=task_list).order_by("position", "pk")
    if not whole:
        seen = Assignment.objects.visible_to(user, on).filter(list=task_list)
        tasks = tasks.filter(pk__in=seen.order_by().values("task_id"))
    keys = array("q", tasks.values_list("pk", flat=True))  # once: to sort the list anew for each piece costs its square
    for first in range(0, len(keys), piece):
        some = keys[first : first + piece].tolist()
        found = Task.objects.select_related("text").in_bulk(some)
        yield from _lines_of([found[key] for key in some if key in found], user, on, whole=whole)


def duty_lines(task_list: TaskList, user: User, on: date) -> Iterator[Words]:
    """The duties of a responsibility list as far as one may see them: who answers, what for, its tasks and their state."""
    for line in duties.lines_of(task_list, user, on):
        duty = line.duty
        cells = (
            str(duty.position),
            "\n".join(filter(None, (_bearing_unit(held) for held in line.bearers))),
            "\n".join(filter(None, (_bearing_post(held) for held in line.bearers))),
            duty.content,
            duty.source,
            str(duty.get_kind_display()),
            "\n".join(str(task.name) for task in line.tasks),
            line.state.word if task_list.issued_on else "",
        )
        yield tuple(duty.heading), cells


def _bearing_unit(held: Held) -> str:
    return held.bearer.thing.name if held.bearer.thing else held.bearer.outside_name


def _bearing_post(held: Held) -> str:
    """The post, and who holds it today."""
    title = held.bearer.post_title
    return f"{title}（{held.person.name}）" if held.person else title


def _lines_of(tasks: Sequence[Task], user: User, on: date, *, whole: bool) -> Iterator[Words]:
    units = _units(tasks, user, on)
    supported = [] if whole else [task for task, role in units if role == ReceiverRole.SUPPORT]
    led_by = _leads(supported) if supported else {}
    results = _results(tasks, user, on)
    files = _files(tasks, user, on)
    for task in tasks:
        text = task.text
        if text is None:
            continue
        leads, supports = units[task.pk, ReceiverRole.LEAD], units[task.pk, ReceiverRole.SUPPORT]
        cells = (
            task.number,
            text.content,
            text.measures,
            text.leader_written,
            text.lead_written if whole else "、".join({**leads, **led_by.get(task.pk, {})}),
            text.support_written if whole else "、".join(supports),
            text.due_written,
            "\n".join(_result(results[task.pk], alone=len({*leads, *supports}) < 2)),
            "\n".join(files[task.pk]),
        )
        yield tuple(text.heading), cells


def _result(said: dict[str, str], *, alone: bool) -> list[str]:
    """The words of each unit; its name stands before them where a task has several."""
    return [words if alone else f"{unit}：{words}" for unit, words in said.items()]


def _units(tasks: Sequence[Task], user: User, on: date) -> dict[tuple[int, str], dict[str, None]]:
    """The units of each task and role in establishment order, each once."""
    found: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    rows = Assignment.objects.visible_to(user, on).filter(task__in=[task.pk for task in tasks])
    for task, role, name in rows.order_by("unit_path", "pk").values_list("task_id", "role", "unit__name"):
        found[task, role][name] = None
    return found


def _leads(tasks: Sequence[int]) -> dict[int, dict[str, None]]:
    """The names of the lead units of tasks that the reader's own unit supports: he sees these names, no more (design 3)."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    rows = Assignment.objects.filter(task__in=tasks, role=ReceiverRole.LEAD)
    for task, name in rows.order_by("unit_path", "pk").values_list("task_id", "unit__name"):
        found[task][name] = None
    return found


def _results(tasks: Sequence[Task], user: User, on: date) -> dict[int, dict[str, str]]:
    """The latest words of each unit, in establishment order."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    rows = Report.objects.visible_to(user, on).filter(assignment__task__in=[task.pk for task in tasks]).exclude(text="")
    latest = rows.order_by("assignment__task_id", "assignment__unit_path", "-at", "-pk")
    latest = latest.distinct("assignment__task_id", "assignment__unit_path")
    for task, name, words in latest.values_list("assignment__task_id", "assignment__unit__name", "text"):
        found[task][name] = words
    return found


def _files(tasks: Sequence[Task], user: User, on: date) -> dict[int, dict[str, None]]:
    """The names of the files handed in, each once, the oldest first."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    reports = Report.objects.visible_to(user, on).filter(assignment__task__in=[task.pk for task in tasks])
    rows = Evidence.objects.filter(report__in=reports.order_by().values("pk")).order_by("report__at", "pk")
    for task, name in rows.values_list("report__assignment__task_id", "file__name"):
        found[task][name] = None
    return found
