"""What came back beside what stands: the one page on which returned files are compared with a list (issue 3, section 4).

Worked out from the stored rows and the assignments at each look, so that a page is never older than the record. A batch of
any size costs three queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from branches.markings import secret_marking
from branches.models import Unit, UnitAlias, User
from tasks.actions.reports import TEXT_LIMIT
from tasks.models import Assignment, Report, ReturnBatch, Task, TaskList
from tasks.papers.names import even as even_name
from tasks.papers.returned import Guess, Known, Matcher, Office, even, seems_done
from tasks.states import WITH_UNIT, Stage

EVIDENCE_AS_WRITTEN = "佐证材料："  # data of the paper: the users' own column name, in the report as in their file
LINK_ENDINGS = ("政协", "委员会", "党支部")


class State(StrEnum):
    """What is to be done with a row of a returned file."""

    NEW = "new"  # nothing stands yet: offered, ticked
    CONFLICT = "conflict"  # something else stands, or two files speak: somebody chooses
    SAME = "same"  # stands already
    KEPT = "kept"  # somebody chose to leave what stands
    EMPTY = "empty"  # the unit wrote nothing
    CLOSED = "closed"  # in review, completed or stopped: nothing can be recorded now
    ASK = "ask"  # like several tasks, or not like enough
    OTHER = "other"  # a task that this unit does not have
    STRANGE = "strange"  # not in the list


@dataclass
class Entry:
    """What one file says to one assignment, or a row that found none."""

    key: str
    row: int
    number: str
    content: str
    text: str = ""
    done: bool = False
    state: State = State.STRANGE
    file: FileView | None = None
    assignment: Assignment | None = None
    stands: Report | None = None
    again: Report | None = None  # the same words for another period of the task: perhaps the same file once more
    near: list[Task] = field(default_factory=list)
    problem: str = ""
    only_progress: bool = False  # the task asks for a file that a row of a table cannot carry


@dataclass
class FileView:
    """One file of a batch: what it is taken for, and its rows."""

    index: int
    name: str
    error: str = ""
    unit: Unit | None = None
    why: str = ""
    entries: list[Entry] = field(default_factory=list)

    def of(self, *states: State) -> list[Entry]:
        """Its rows in these states."""
        return [entry for entry in self.entries if entry.state in states]

    @property
    def new(self) -> list[Entry]:
        """Rows to tick."""
        return self.of(State.NEW)

    @property
    def asked(self) -> list[Entry]:
        """Rows whose task somebody has to name."""
        return self.of(State.ASK)

    @property
    def left_out(self) -> list[Entry]:
        """Rows that are not recorded, with what they say."""
        return self.of(State.STRANGE, State.OTHER, State.CLOSED)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        found: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            found[entry.state.value] += 1
        return dict(found)


@dataclass
class Clash:
    """One assignment for which what stands and a file, or two files, differ."""

    assignment: Assignment
    stands: Report | None
    entries: list[Entry]


def offices_of(task_list: TaskList, user: User, on: date) -> list[Office]:
    """The units that have tasks of the list, with every name under which a file may speak of them. Two queries."""
    rows = Assignment.objects.visible_to(user, on).filter(list=task_list).order_by()
    units = list(Unit.objects.filter(pk__in=rows.values("unit")).select_related("body").order_by("path"))
    body = task_list.issuer.body
    names: dict[int, set[str]] = {unit.pk: _names(unit, body) for unit in units}
    for alias in UnitAlias.objects.filter(unit__in=units, body=body):
        names[alias.unit_id].add(alias.name)
    return [
        Office(unit.pk, tuple(sorted(name for name in names[unit.pk] if name)))
        for unit in units
        if unit.pk != task_list.issuer_id
    ]


def _names(unit: Unit, body: Unit | None) -> set[str]:
    found = {unit.name, unit.short_name, unit.name_en}
    for ending in LINK_ENDINGS:
        stem = even_name(unit.name).removesuffix(ending)
        if len(stem) > 1 and stem != unit.name and unit.is_body:
            found.add(stem)
    if body and unit.body_id == body.pk:
        found |= {prefix + unit.name for prefix in (body.name, body.short_name, "市政协", "县政协", "区政协") if prefix}
    return found


class Differences:
    """A batch compared with the record as of now, for one person."""

    def __init__(self, batch: ReturnBatch, user: User, on: date) -> None:
        self.batch, self.on = batch, on
        rows = Assignment.objects.visible_to(user, on).filter(list=batch.list_id).exclude(stage=Stage.STOPPED)
        self.rows = list(
            rows.select_related("unit", "task__text", "step", "period", "person").order_by("due_on", "period__number")
        )
        self.units = {row.unit_id: row.unit for row in self.rows}
        self.tasks = {row.task_id: row.task for row in self.rows}
        self.reports: dict[int, list[Report]] = defaultdict(list)
        for report in Report.objects.visible_to(user, on).filter(assignment__list=batch.list_id).select_related("by"):
            self.reports[report.assignment_id].append(report)
        self._owned: dict[int, dict[int, list[Assignment]]] = defaultdict(lambda: defaultdict(list))
        for row in self.rows:
            self._owned[row.unit_id][row.task_id].append(row)
        self._all = Matcher(self._known(self.tasks.values()))
        self.files = [self._file(index, read) for index, read in enumerate(batch.files)]
        self.clashes = self._clashes()

    @property
    def choices(self) -> list[tuple[int, Unit]]:
        """Units that a file can be taken for, in establishment order."""
        return [(unit.pk, unit) for unit in sorted(self.units.values(), key=lambda unit: unit.path)]

    @property
    def new(self) -> list[Entry]:
        """All rows to tick."""
        return [entry for file in self.files for entry in file.new]

    @property
    def open(self) -> bool:
        """Whether anything is left to decide."""
        return bool(
            self.new or self.clashes or any(file.asked or (not file.error and not file.unit) for file in self.files)
        )

    def entry(self, key: str) -> Entry | None:
        """A row that can be taken, by its key."""
        wanted = (State.NEW, State.CONFLICT)
        return next((e for file in self.files for e in file.of(*wanted) if e.key == key and not e.problem), None)

    def own_tasks(self, file: FileView) -> list[Task]:
        """The tasks of which a file's unit has a share, in printed order."""
        owned = self._owned[file.unit.pk] if file.unit else {}
        return sorted((self.tasks[key] for key in owned), key=lambda task: task.position)

    def _known(self, tasks: Iterable[Task]) -> list[Known]:
        return [Known(task.pk, task.number, task.name) for task in tasks]

    def _file(self, index: int, read: dict[str, Any]) -> FileView:
        file = FileView(index, read["name"], read.get("error", ""))
        if file.error:
            return file
        chosen = self.batch.answers.get("units", {}).get(str(index))
        guess = Guess(int(chosen), "chosen") if chosen else Guess(read.get("taken_for"), read.get("why", ""))
        file.unit, file.why = self.units.get(guess.key or 0), guess.why
        if file.unit:
            file.entries = self._entries(file, read["rows"])
        return file

    def _entries(self, file: FileView, rows: Sequence[dict[str, Any]]) -> list[Entry]:
        assert file.unit is not None  # noqa: S101 (tells the type checker what the caller has asked)
        owned = self._owned[file.unit.pk]
        own = Matcher(self._known(self.tasks[key] for key in owned)).places(rows)
        anywhere = self._all.places(rows)
        named = self.batch.answers.get("tasks", {})
        found: dict[str, Entry] = {}
        for row, place, elsewhere in zip(rows, own, anywhere, strict=True):
            key = f"{file.index}-{row['row']}"
            entry = Entry(key, row["row"], row["number"], row["content"], row["result"], file=file)
            answer = str(named.get(key, ""))
            task = int(answer) if answer.isdecimal() else place.key
            if answer == "none":
                entry.state = State.KEPT
            elif task in owned:
                self._fit(entry, owned[task], row)
                twin = found.get(f"row {entry.assignment.pk}") if entry.assignment else None
                if twin and entry.state is not State.EMPTY:
                    self._join(twin, entry)
                    continue
                if entry.assignment and entry.state is not State.EMPTY:
                    found[f"row {entry.assignment.pk}"] = entry
                    continue
            elif not (row["result"] or row["evidence"]):
                entry.state = State.EMPTY
            elif elsewhere.key is not None and elsewhere.key not in owned:
                entry.state = State.OTHER
            elif place.near:
                entry.state, entry.near = State.ASK, [self.tasks[near] for near in place.near]
            found[key] = entry
        return list(found.values())

    def _fit(self, entry: Entry, shares: Sequence[Assignment], row: dict[str, Any]) -> None:
        """Put a row beside the share it speaks of: the one with the same deadline as written, else the next open one."""
        waiting = [share for share in shares if share.stage in WITH_UNIT]
        due = even(row["due"])
        same_step = [share for share in shares if due and even(share.step.phrase) == due]
        pool = waiting or list(shares)
        if len({share.step_id for share in shares}) > 1 and same_step:
            pool = [share for share in same_step if share.stage in WITH_UNIT] or same_step
        share = pool[0] if waiting else pool[-1]
        entry.assignment = share
        entry.text = self._words(row, share.task)
        entry.done = seems_done(row["result"])
        before = [report for other in shares if other is not share for report in self.reports[other.pk]]
        entry.again = next((report for report in before if even(report.text) == even(entry.text)), None)
        self._judge(entry)

    @staticmethod
    def _words(row: dict[str, Any], task: Task) -> str:
        """What the unit wrote: progress, and evidence unless it is only what the list asked for."""
        asked = task.text.evidence_written if task.text else ""
        parts = [row["result"]] if row["result"] else []
        if row["evidence"] and even(row["evidence"]) != even(asked):
            parts.append(EVIDENCE_AS_WRITTEN + row["evidence"])
        return "\n".join(parts)

    def _judge(self, entry: Entry) -> None:
        share = entry.assignment
        assert share is not None  # noqa: S101 (set right before)
        said = self.reports[share.pk]
        entry.stands = said[0] if said else entry.again
        entry.problem = _problem(entry.text)
        entry.only_progress = share.task.evidence_required
        if not entry.text:
            entry.state = State.EMPTY
        elif entry.key in self.batch.answers.get("taken", {}) or _among(entry.text, said):
            entry.state = State.SAME
        elif entry.key in self.batch.answers.get("kept", {}):
            entry.state = State.KEPT
        elif share.stage not in WITH_UNIT:
            entry.state = State.CLOSED
        else:
            entry.state = State.CONFLICT if entry.stands else State.NEW

    def _join(self, first: Entry, more: Entry) -> None:
        """Several rows of one file for one share are one report, in the order of the file."""
        if even(more.text) not in even(first.text):
            first.text = f"{first.text}\n{more.text}"
            first.done = first.done and more.done
        self._judge(first)

    def _clashes(self) -> list[Clash]:
        """Shares for which somebody has to choose: two files that differ, or a file against what stands."""
        by_share: dict[int, list[Entry]] = defaultdict(list)
        for file in self.files:
            for entry in file.of(State.NEW, State.CONFLICT):
                if entry.assignment:
                    by_share[entry.assignment.pk].append(entry)
        found = []
        for entries in by_share.values():
            different: list[Entry] = []
            for entry in entries:
                if any(even(entry.text) == even(other.text) for other in different):
                    entry.state = State.SAME
                else:
                    different.append(entry)
            if len(different) > 1:
                for entry in different:
                    entry.state = State.CONFLICT
            if different[0].state is State.CONFLICT and different[0].assignment:
                found.append(Clash(different[0].assignment, different[0].stands, different))
        return found


def _among(text: str, reports: Iterable[Report]) -> bool:
    """Whether one of the reports says the same."""
    return any(even(report.text) == even(text) for report in reports)


def _problem(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        return _("Too long to be recorded: %(n)d characters, %(max)d at most") % {"n": len(text), "max": TEXT_LIMIT}
    if secret_marking(text):
        return _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")
    return ""
