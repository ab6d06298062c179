"""A paper on its way to a list: what was read, what a person answered, what still has to be answered, and the plan it makes.

Everything is worked out from the stored reading and answers at each look, so that every problem shows at once and nothing
is written before publishing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches.clock import day_of
from branches.models import Line
from tasks import deadlines
from tasks.calendar import working_days
from tasks.deadlines import Reading
from tasks.models import PaperDraft, Step
from tasks.papers.names import Match, Names, even
from tasks.papers.returned import seems_done
from tasks.papers.steps import DatedStep, steps_of, together
from tasks.plans import ListPlan, Past, ReceiverPlan, Settlement, Span, StepPlan, TaskPlan
from tasks.states import ReceiverRole

# What an offset is counted from when publishing itself starts the clock
FROM_ISSUE = ("issue", "印发", "下发", "收到", "发布", "交办", "接到")
EVIDENCE = "佐证材料"  # a word of the paper, not of the screen
DUE_CHOICES = ("6月底前", "年底前", "每季度", "长期坚持")
DUE_CHOICES_EN = ("by the end of June", "by the end of the year", "quarterly", "ongoing")


@dataclass(frozen=True)
class Problem:
    """Something that blocks publishing: in which column of the paper, in words, and the field that repairs it.

    `place` is the standard column in which it stands, `text` what is written there.
    """

    row: str
    column: str
    message: str
    field: str
    place: str = ""
    text: str = ""


@dataclass
class CheckedRow:
    """One row as read, with its deadline's reading and the receivers its unit columns name."""

    key: str
    cells: Mapping[str, Any]
    phrase: str
    reading: Reading
    leads: list[Match]
    supports: list[Match]
    skipped: bool = False
    same_as: str = ""
    kept_twice: bool = False
    merged: bool = False  # goes into the row that it is the same as: its units and its date are added there
    problems: list[Problem] = field(default_factory=list)
    steps: list[DatedStep] = field(default_factory=list)  # several in one cell; empty where it names one deadline

    @property
    def number(self) -> str:
        """The printed number, or the row's own where the paper has none."""
        return str(self.cells.get("number") or self.key)

    def as_before(self, name: str) -> bool:
        """Whether a cell of an issued task still says what it said when its new version was begun."""
        was = self.cells.get("was") or {}
        now = self.phrase if name == "due" else self.cells.get(name)
        return name in was and (list(now) if isinstance(now, (list, tuple)) else now) == was[name]

    @property
    def asks(self) -> str:
        """What a person should confirm; it blocks nothing."""
        return deadlines.explain(self.reading) if self.reading.confirm and not self.reading.problem else ""

    @property
    def described(self) -> str:
        """The deadline's reading in words."""
        if self.steps and not self.reading.problem:
            separator = pgettext("between statements", "; ")
            return separator.join(deadlines.describe(step.reading) for step in self.steps)
        return "" if self.reading.problem else deadlines.describe(self.reading)


class Paper:
    """A draft, read and answered, as of one day."""

    def __init__(self, draft: PaperDraft, on: date) -> None:
        self.draft, self.on = draft, on
        self.answers: dict[str, Any] = draft.answers
        self.names = Names(draft.issuer, on)
        self._calendar = working_days()
        self.keys_of_tasks: dict[int, str] = {}  # by the place of a task in the plan made last: its row
        self._readings: dict[str, tuple[list[DatedStep], Reading]] = {}

    @property
    def title(self) -> str:
        """The list's name: answered, else from the paper's first row."""
        return str(self.answers.get("title", self.draft.rows.get("title", ""))).strip()

    @property
    def year(self) -> int:
        """The plan year."""
        return int(self.answers.get("year") or self.on.year)

    @cached_property
    def rows(self) -> list[CheckedRow]:
        """Every row with all its problems."""
        found: list[CheckedRow] = []
        seen: dict[tuple[str, tuple[str, ...]], str] = {}
        previous: Reading | None = None
        for cells in self.draft.rows.get("rows", []):
            row = self._check(cells, previous)
            previous = row.reading
            mark = (even(str(cells.get("content", ""))), tuple(cells.get("lead_units", [])))
            if not row.skipped and mark in seen and not cells.get("continues") and not cells.get("task"):
                row.same_as = seen[mark]
            if row.same_as and not row.kept_twice and not row.merged:
                row.problems.append(
                    Problem(
                        row.key,
                        "content",
                        _("Row %(row)s is the same as row %(other)s") % {"row": row.key, "other": seen[mark]},
                        f"twice-{row.key}",
                        "content",
                        str(cells.get("content", "")),
                    )
                )
            seen.setdefault(mark, row.key)
            found.append(row)
        return found

    def _check(self, cells: Mapping[str, Any], previous: Reading | None) -> CheckedRow:
        key = str(cells["row"])
        repair: Mapping[str, Any] = self.answers.get("rows", {}).get(key, {})
        phrase = str(repair.get("due", cells.get("due", "")))
        choices: Mapping[str, str] = self.answers.get("names", {})
        steps, reading = self._read(phrase, previous if cells.get("continues") else None)
        row = CheckedRow(
            key=key,
            cells=cells,
            phrase=phrase,
            reading=reading,
            steps=steps,
            leads=[
                self.names.find(name, choices.get(name, ""))
                for name in self.names.apart(cells.get("lead_units", []), choices)
            ]
            or self._usual_lead(cells),
            supports=[
                self.names.find(name, choices.get(name, ""))
                for name in self.names.apart(cells.get("supporting_units", []), choices)
            ],
            skipped=bool(repair.get("skip")),
            kept_twice=bool(repair.get("twice")),
            merged=bool(repair.get("merge")),
        )
        if not row.skipped:
            row.problems += [p for p in self._problems(row) if not row.as_before(p.place)]
        return row

    def _read(self, phrase: str, previous: Reading | None) -> tuple[list[DatedStep], Reading]:
        """The steps and the reading of a deadline. `previous` is the step before it in the same task, which 同上 goes back to;
        without it the same words have the same reading, and long lists repeat them."""
        if previous is None and phrase in self._readings:
            return self._readings[phrase]
        on = day_of(self.draft.created_at)
        steps = steps_of(phrase, self.year, on, self._calendar)
        if steps:
            read = steps, together(phrase, steps)
        else:
            read = [], deadlines.read(phrase, self.year, previous=previous, on=on, calendar=self._calendar)
        if previous is None:
            self._readings[phrase] = read
        return read

    def _usual_lead(self, cells: Mapping[str, Any]) -> list[Match]:
        """The unit that was named for every row without a lead, where the paper has no such column or left it empty."""
        choice = str(self.answers.get("lead", ""))
        if not choice or cells.get("continues"):
            return []
        match = self.names.find("", choice)
        return [replace(match, written=match.called)] if match.unit or match.group else []

    @property
    def without_lead(self) -> list[CheckedRow]:
        """The kept rows whose paper names no lead unit, whether or not one was named for all of them."""
        return [row for row in self.kept if not row.cells.get("lead_units") and not row.cells.get("continues")]

    def _problems(self, row: CheckedRow) -> list[Problem]:
        found = []
        if not str(row.cells.get("content", "")).strip():
            found.append(
                Problem(
                    row.key, "content", _("Row %(row)s has no task") % {"row": row.key}, f"skip-{row.key}", "content"
                )
            )
        if not row.leads and not row.cells.get("continues"):  # a further step belongs to its task's units
            words = _("Row %(row)s names no lead unit") % {"row": row.key}
            found.append(Problem(row.key, "lead", words, f"skip-{row.key}", "lead_units"))
        for match in [*row.leads, *row.supports]:
            if match.several:
                words = _("There are %(n)d units called %(name)s; choose one") % {
                    "n": len(match.several),
                    "name": match.written,
                }
            elif not match.found:
                words = _("Row %(row)s: no unit “%(name)s”. Choose a suggestion") % {
                    "row": row.key,
                    "name": match.written,
                }
            else:
                continue
            place = "lead_units" if match in row.leads else "supporting_units"
            found.append(Problem(row.key, "units", words, f"name-{match.written}", place, match.written))
        if row.reading.problem:
            words = _("Row %(row)s: %(why)s") % {"row": row.key, "why": deadlines.explain(row.reading)}
            found.append(Problem(row.key, "due", words, f"due-{row.key}", "due", row.phrase))
        return found

    @property
    def problems(self) -> list[Problem]:
        """Everything that blocks, each unknown name once."""
        found: dict[tuple[str, str], Problem] = {}
        for row in self.rows:
            for problem in row.problems:
                found.setdefault((problem.column, problem.field), problem)
        return list(found.values())

    @property
    def kept(self) -> list[CheckedRow]:
        """The rows that become tasks."""
        return [row for row in self.rows if not row.skipped]

    @property
    def open_names(self) -> list[Match]:
        """Every name that has to be answered, once."""
        found = {m.written: m for row in self.kept for m in [*row.leads, *row.supports] if not m.found}
        return list(found.values())

    def plan(self) -> ListPlan:
        """The list as it will be published; rows with problems keep it from being complete, so ask `problems` first."""
        tasks = self._numbered(self._tasks())
        return ListPlan(
            title=self.title,
            title_en=str(self.answers.get("title_en", "")),
            year=self.year,
            issuer=self.draft.issuer,
            tasks=tasks,
            line=Line(self.answers.get("line", Line.JOINT)),
            document_number=str(self.answers.get("document_number", "")),
            source=str(self.answers.get("source", self.draft.rows.get("note", "")))[:200],
            settlements={**self.settlements, **self._said_finished(tasks)},
        )

    def _tasks(self) -> list[TaskPlan]:
        """A task for each kept row; a row that only continues the one above is one more dated step of it."""
        tasks: list[TaskPlan] = []
        left = False  # the task itself was skipped: its further steps go with it, never to the task above
        places: dict[str, int] = {}  # where the task of each row stands
        place = 0
        for row in self.rows:
            left = left if row.cells.get("continues") else row.skipped
            if left or row.skipped or row.problems:
                continue
            if row.cells.get("continues") and tasks:
                further = self._steps(row)
                if further[0].result == tasks[place].steps[0].result:  # one merged cell for all steps
                    further[0] = replace(further[0], result="")
                tasks[place] = replace(tasks[place], steps=[*tasks[place].steps, *further])
                continue
            if row.merged and row.same_as in places:
                place = places[row.same_as]
                tasks[place] = self._with_twin(tasks[place], row)
            else:
                place = len(tasks)
                tasks.append(self._task(row))
            places[row.key] = place
        self.keys_of_tasks = {}
        for key, found in places.items():
            self.keys_of_tasks.setdefault(found, key)
        return tasks

    def _with_twin(self, task: TaskPlan, row: CheckedRow) -> TaskPlan:
        """The task with what a row of the same words adds: a deadline that it does not have yet, and units not yet named."""
        phrases = {step.phrase for step in task.steps}
        written = {receiver.written for receiver in task.receivers}
        return replace(
            task,
            steps=[*task.steps, *(step for step in self._steps(row) if step.phrase not in phrases)],
            receivers=[
                *task.receivers,
                *(_receiver(m, ReceiverRole.SUPPORT) for m in row.supports if m.written not in written),
            ],
        )

    def _numbered(self, tasks: list[TaskPlan]) -> list[TaskPlan]:
        """Numbers are unique in a list (I-12): a repeated one gets a letter behind it."""
        taken: dict[str, int] = {}
        for index, task in enumerate(tasks):
            taken[task.number] = taken.get(task.number, 0) + 1
            if taken[task.number] > 1:
                tasks[index] = replace(task, number=f"{task.number}-{taken[task.number]}")
        return tasks

    def _said_finished(self, tasks: Sequence[TaskPlan]) -> dict[tuple[str, date] | date, Settlement]:
        """Tasks of which the paper itself says that they are finished: finished when due, unless that was switched off."""
        if not self.answers.get("finished", True):
            return {}
        return {
            (task.number, span.due_on): Settlement(Past.FINISHED, span.due_on)
            for task in tasks
            if seems_done(task.result_written)
            for step in task.steps
            for span in step.spans
            if span.due_on
        }

    @property
    def settlements(self) -> dict[tuple[str, date] | date, Settlement]:
        """What was answered for past due dates: for all of them, or day by day."""
        found: dict[tuple[str, date] | date, Settlement] = {}
        for text, answer in self.answers.get("past", {}).items():
            day = parse_date(text)
            if day and answer.get("past") in list(Past):
                found[day] = Settlement(
                    Past(answer["past"]), parse_date(answer.get("day") or "") if answer.get("day") else None
                )
        return found

    def _task(self, row: CheckedRow) -> TaskPlan:
        cells = row.cells
        return TaskPlan(
            number=row.number[:14],
            content=str(cells["content"])[:300],
            content_en=str(cells.get("content_en", ""))[:400],
            heading=tuple(str(part)[:120] for part in cells.get("heading", [])),
            measures=str(cells.get("measures", "")),
            leader_written=str(cells.get("leader", ""))[:60],
            lead_written="、".join(match.written for match in row.leads)[:300],
            support_written="、".join(match.written for match in row.supports)[:300],
            due_written=str(cells.get("due", ""))[:120],
            evidence_written=str(cells.get("evidence", ""))[:300],
            result_written=str(cells.get("result", "")),
            steps=self._steps(row),
            receivers=[
                *(_receiver(match, ReceiverRole.LEAD) for match in row.leads),
                *(_receiver(match, ReceiverRole.SUPPORT) for match in row.supports),
            ],
        )

    def task(self, row: CheckedRow, further: Sequence[CheckedRow] = ()) -> TaskPlan:
        """One row as a task, with the rows that continue it."""
        first = self._task(row)
        return replace(first, steps=[*first.steps, *(step for other in further for step in self._steps(other))])

    def steps(self, row: CheckedRow) -> list[StepPlan]:
        """The dated steps that one row names."""
        return self._steps(row)

    def _steps(self, row: CheckedRow) -> list[StepPlan]:
        """The dated steps of a row: those of its cell, or the one that its deadline names; the first with what was done."""
        if row.steps:
            found = [
                replace(step_plan(step.reading, confirmed=step.reading.confirm), name=step.words[:120])
                for step in row.steps
            ]
        else:
            step = step_plan(row.reading, confirmed=self._confirmed(row))
            name = str(row.cells.get("measures", ""))[:120] if row.cells.get("continues") else ""
            found = [replace(step, name=name)]
        found[0] = replace(found[0], result=self._words_of(row))
        return found

    def _words_of(self, row: CheckedRow) -> str:
        """What the paper says of the work so far, unless it was asked to leave that out; evidence alone says what is wanted."""
        said = str(row.cells.get("result", "")).strip()
        if not said or not self.answers.get("reports", True):
            return ""
        evidence = str(row.cells.get("evidence", "")).strip()
        return f"{said}\n{EVIDENCE}：{evidence}" if evidence else said

    def _confirmed(self, row: CheckedRow) -> bool:
        """A reading is confirmed by whoever went past it with the question before his eyes."""
        return row.reading.confirm


def _receiver(match: Match, role: ReceiverRole) -> ReceiverPlan:
    outside = "" if match.unit or match.group else match.written
    return ReceiverPlan(role, unit=match.unit, group=match.group, outside=outside, written=match.written)


def step_plan(reading: Reading, *, confirmed: bool = False) -> StepPlan:
    """A reading as the step of a task. An offset from publishing becomes a date when the list is published."""
    kind = Step.Kind(reading.kind.value)
    from_issue = kind == Step.Kind.AFTER and (not reading.event or any(word in reading.event for word in FROM_ISSUE))
    return StepPlan(
        phrase=reading.phrase[:120],
        kind=kind,
        spans=[Span(span.starts_on, span.due_on) for span in reading.periods],
        rule=reading.rule[:160],
        count=reading.count,
        offset=reading.offset,
        offset_unit=reading.offset_unit[:8],
        event=reading.event[:60],
        from_issue=from_issue,
        confirmed=confirmed,
        provisional=reading.provisional,
    )
