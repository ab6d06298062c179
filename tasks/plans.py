"""A list as it is meant, before anything is written: what a paper, a single task, a break-down or the demo hands to publishing.

The counts shown before publishing and the rows written by it come from the same plan, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from branches.models import Line, Unit, UnitGroup, User
from tasks.models import Step
from tasks.states import ReceiverRole


@dataclass(frozen=True)
class Span:
    """One occurrence of a step: its first day and its due date (None: undated)."""

    starts_on: date
    due_on: date | None


@dataclass(frozen=True)
class StepPlan:
    """A deadline as written and its reading. `from_issue`: counted from publishing, offset in days or working days."""

    phrase: str
    kind: Step.Kind
    spans: Sequence[Span] = ()
    rule: str = ""
    count: int | None = None
    offset: int | None = None
    offset_unit: str = ""
    event: str = ""
    from_issue: bool = False
    name: str = ""
    confirmed: bool = False
    provisional: bool = False
    result: str = ""  # what the paper says has been done; becomes the first report (tasks.actions.first_reports)
    closed: frozenset[int] = frozenset()  # occurrences (from 0) that are over and are given to nobody

    @property
    def lazy(self) -> bool:
        """Whether its later occurrences are made when they begin, so that groups are resolved then (design 4)."""
        return self.kind == Step.Kind.EVERY


@dataclass(frozen=True)
class ReceiverPlan:
    """To whom: a unit, a group, or a name that the tree does not know."""

    role: ReceiverRole
    unit: Unit | None = None
    group: UnitGroup | None = None
    outside: str = ""
    written: str = ""
    person: User | None = None
    each_member: bool = False
    owes_report: bool | None = None  # None: leads do, supports do not


@dataclass(frozen=True)
class TaskPlan:
    """One task with its words, deadlines and receivers."""

    number: str
    content: str
    steps: Sequence[StepPlan]
    receivers: Sequence[ReceiverPlan]
    heading: Sequence[str] = ()
    content_en: str = ""
    measures: str = ""
    leader_written: str = ""
    lead_written: str = ""
    support_written: str = ""
    due_written: str = ""
    evidence_written: str = ""
    line: Line = Line.JOINT
    starred: bool = False
    evidence_reason: str = ""  # not empty: evidence is required, for this reason
    source_task: int | None = None
    mandatory: bool = True
    result_written: str = ""  # 完成情况 as it came with the paper


class Past(StrEnum):
    """What to do with a due date that has passed when the list is published (design 5)."""

    FINISHED = "finished"
    OVERDUE = "overdue"
    NEW_DATE = "new_date"


@dataclass(frozen=True)
class Settlement:
    """The answer for one group of past dates; `day` is the day it was finished, or the new date."""

    past: Past
    day: date | None = None


@dataclass(frozen=True)
class ListPlan:
    """A whole list. `settlements` answers past due dates: by (task number, due date), or for all by due date alone."""

    title: str
    year: int
    issuer: Unit
    tasks: Sequence[TaskPlan]
    title_en: str = ""
    line: Line = Line.JOINT
    document_number: str = ""
    source: str = ""
    broken_down_from: int | None = None
    settlements: Mapping[tuple[str, date] | date, Settlement] = field(default_factory=dict)

    def settlement(self, number: str, due_on: date) -> Settlement | None:
        """The answer given for a past due date of a task."""
        return self.settlements.get((number, due_on)) or self.settlements.get(due_on)
