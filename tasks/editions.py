"""A new version of an issued list as it is meant, before anything is written, and its record as plain data (design 4).

The page that shows what will change, the leader who approves it and the action that publishes it all read this one plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from branches.models import Unit
from tasks.models import Period, Receiver, Step, Task, TaskList
from tasks.plans import ListPlan, ReceiverPlan, Span, StepPlan, TaskPlan
from tasks.states import ReceiverRole


class Why(StrEnum):
    """What a version may not do without saying why."""

    LATER = "later"  # a due date becomes later: a lengthening by the issuer
    WITHDRAWN = "withdrawn"  # a task, a deadline or one of its days is no longer there
    OUT = "out"  # a receiver is taken out


@dataclass(frozen=True)
class NewDate:
    """An occurrence that stays and gets another day."""

    period: Period
    span: Span

    @property
    def later(self) -> bool:
        """A lengthening; so is a day that falls away."""
        old, new = self.period.due_on, self.span.due_on
        return old is not None and (new is None or new > old)


@dataclass
class StepChange:
    """A deadline whose words changed: the step it was, if it was one; the plan it is now, unless it is gone."""

    step: Step | None
    plan: StepPlan | None
    dates: list[NewDate] = field(default_factory=list)
    fresh: list[Span] = field(default_factory=list)  # days that the list did not have
    gone: list[Period] = field(default_factory=list)


@dataclass
class TaskChange:
    """One task of the list that the version changes or withdraws."""

    task: Task
    text: Mapping[str, Any] = field(default_factory=dict)  # the fields of its new TaskText
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # old and new, as the page shows them
    steps: Sequence[StepChange] = ()
    added: Sequence[ReceiverPlan] = ()
    out: Sequence[Receiver] = ()
    come: Sequence[tuple[Unit, ReceiverPlan]] = ()  # units that get rows now
    gone: frozenset[tuple[int, str]] = frozenset()  # units and roles whose rows end
    withdrawn: bool = False

    def asks(self) -> set[Why]:
        """For what it owes a reason."""
        wanted = set()
        if any(each.later for step in self.steps for each in step.dates):
            wanted.add(Why.LATER)
        if self.withdrawn or any(step.plan is None or step.gone for step in self.steps):
            wanted.add(Why.WITHDRAWN)
        if self.out:
            wanted.add(Why.OUT)
        return wanted


@dataclass(frozen=True)
class Trouble:
    """Something that keeps the version from going out: the field it belongs to, and the words."""

    target: str
    text: str


@dataclass
class EditionPlan:
    """A whole version: what changes, what is new, in which order the tasks stand, and what was said about it."""

    list: TaskList
    base: int
    title: str
    changes: Sequence[TaskChange]
    new: ListPlan
    positions: Mapping[int, int] = field(default_factory=dict)  # task → its place
    new_positions: Sequence[int] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)  # "later-12" → words; "all" holds for the rest
    troubles: Sequence[Trouble] = ()
    new_units: Sequence[Unit] = ()  # to whom the new tasks go
    rows_in: Mapping[int | None, int] = field(default_factory=dict)  # body → its open rows of changed tasks

    @property
    def own_rows(self) -> int:
        """How many rows of the issuing body follow at once."""
        return self.rows_in.get(self.list.issuer.body_id, 0)

    @property
    def bodies(self) -> int:
        """How many other bodies are asked to sign."""
        come = [unit for change in self.changes for unit, _plan in change.come]
        found = {*self.rows_in, *(unit.body_id for unit in [*come, *self.new_units])}
        return len(found - {self.list.issuer.body_id})

    @property
    def empty(self) -> bool:
        """Whether it says nothing that the list does not say already."""
        return not (self.changes or self.new.tasks or self.title != self.list.title)

    def reason(self, why: Why, task: int) -> str:
        """The words given for one change, else those for all."""
        return (self.reasons.get(f"{why}-{task}", "").strip() or self.reasons.get("all", "").strip())[:300]

    def record(self) -> dict[str, Any]:
        """What changes, as plain data: kept for ever, shown on every page, followed by the rows."""
        found: dict[str, Any] = {"tasks": [self._changed(change) for change in self.changes]}
        if self.title != self.list.title:
            found["title"] = [self.list.title, self.title]
        found["new"] = [
            {
                "number": task.number,
                "content": task.content,
                "due": task.due_written or "；".join(step.phrase for step in task.steps),
                "lead": task.lead_written,
                "support": task.support_written,
            }
            for task in self.new.tasks
        ]
        return found

    def _changed(self, change: TaskChange) -> dict[str, Any]:
        task = change.task
        dates = [each for step in change.steps for each in step.dates]
        return {
            "task": task.pk,
            "number": task.number,
            "content": task.name,
            "withdrawn": change.withdrawn,
            "words": {name: list(pair) for name, pair in change.words.items()},
            "dates": [
                {"period": each.period.pk, "from": _iso(each.period.due_on), "to": _iso(each.span.due_on)}
                for each in dates
            ],
            "fresh": [_iso(span.due_on) for step in change.steps for span in step.fresh],
            "gone": [
                {"period": period.pk, "due": _iso(period.due_on)} for step in change.steps for period in step.gone
            ],
            "steps_gone": [step.step.pk for step in change.steps if step.plan is None and step.step],
            "added": [
                {"name": str(plan.written or plan.unit or plan.group), "role": plan.role} for plan in change.added
            ],
            "out": [{"name": str(receiver), "role": receiver.role} for receiver in change.out],
            "units_gone": sorted([unit, role] for unit, role in change.gone),
            "reasons": {why.value: self.reason(why, task.pk) for why in sorted(change.asks())},
        }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def matched(
    step: Step, periods: Sequence[Period], spans: Iterable[Span], owed: set[int], on: date
) -> tuple[list[NewDate], list[Span], list[Period]]:
    """Which occurrences of a step stay, with which new day; which are new; which are gone.

    One day against one day is the same occurrence. Of several, equal days are the same, and what is left is matched in
    order as long as somebody still owes it; days that lie behind us both before and after are history.
    """
    old = [period for period in periods if period.event_on is None]
    new = list(spans)
    if len(old) == 1 and len(new) == 1:
        return _dates(zip(old, new, strict=True), on), [], []
    by_day = {span.due_on: span for span in new}
    same = {period.due_on for period in old if period.due_on in by_day}
    left = [span for span in new if span.due_on not in same]
    live = [p for p in old if p.due_on not in same and (p.opened_at is None or p.pk in owed)]
    if len(live) == len(left):
        return _dates(zip(live, left, strict=True), on), [], []
    fresh = [span for span in left if span.due_on is None or span.due_on >= on]
    gone = [period for period in live if period.due_on is None or period.due_on >= on]
    return [], fresh, gone


def _dates(pairs: Iterable[tuple[Period, Span]], on: date) -> list[NewDate]:
    found = []
    for period, span in pairs:
        past = period.due_on is not None and period.due_on < on and span.due_on is not None and span.due_on < on
        if period.due_on != span.due_on and not past:
            found.append(NewDate(period, span))
    return found


def number_of(change: TaskChange | TaskPlan) -> str:
    """How people name a task."""
    return change.task.number if isinstance(change, TaskChange) else change.number


def roles(units: Iterable[tuple[Unit, ReceiverPlan]]) -> set[tuple[int, str]]:
    """Unit and role, as rows are told apart."""
    return {(unit.pk, str(ReceiverRole(plan.role))) for unit, plan in units}
