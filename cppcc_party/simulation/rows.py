"""Writes one assignment with its history and its reports: the shape in which the product's own actions would have left them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from branches.models.units import LATE_REASONS
from cppcc_party.simulation import words
from cppcc_party.simulation.copying import NULL, Tables
from cppcc_party.simulation.lives import Days, Deed, Life
from cppcc_party.simulation.tree import Body
from tasks.dispatch import MONTH
from tasks.models import Assignment, Event, Report
from tasks.states import ReceiverRole, Stage

if TYPE_CHECKING:
    from cppcc_party.simulation.work import OpenList, OpenTask, Span

HOURS = {"sign": "09:10", "break_down": "09:40", "progress": "11:{:02}", "report": "14:{:02}"}  # of the unit
LATER = "16:{:02}"  # what the issuer does
OF_THE_UNIT = frozenset(HOURS)
SAID = {"return": words.RETURNED, "cancel": words.CANCELLED, "suspend": words.SUSPENDED}


@dataclass(frozen=True)
class Given:
    """An assignment to be written: whose, of what, by whom it is done."""

    key: int
    list: OpenList
    task: OpenTask
    span: Span
    receiver: int
    body: Body
    unit: str
    doer: tuple[int, int]  # user and post
    by_name: bool
    support: bool
    source: int


class RowWriter:
    """Forms for assignments, events and reports."""

    def __init__(self, tables: Tables, days: Days, today: int) -> None:
        self.days, self.today = days, today
        self.table, self.event_keys, self.report_keys = tables[Assignment], tables[Event], tables[Report]
        self.assignments = self.table.form(
            "id", "list_id", "task_id", "step_id", "period_id", "receiver_id", "unit_id", "unit_path", "body_id", "person_id",
            "role", "owes_report", "kind", "said_on", "line", "issuer_id", "issuer_path", "issuer_body_id", "leader_id", "stage",
            "suspended_from", "stop", "stop_reason", "source_id", "broken_down", "due_on", "original_due_on", "due_revision",
            "short", "supplement_by", "accepted_edition", "issued_on", "reported_on", "submitted_at", "completed_on",
            "days_late", "late_reason", "review_unit_id", "version",
        )  # fmt: skip
        self.events = tables[Event].form(
            "id", "at", "by_id", "post_id", "list_id", "task_id", "assignment_id", "move", "from_stage", "to_stage", "reason",
            "changes",
        )  # fmt: skip
        self.reports = tables[Report].form(
            "id", "assignment_id", "kind", "text", "late_reason", "by_id", "post_id", "at"
        )

    def key(self) -> int:
        """The next free key of an assignment."""
        return self.table.key()

    def write(self, given: Given, life: Life, own_list: int = 0) -> None:
        """The row as its life left it; `own_list` is what it was broken down into."""
        one, task, span = given.list, given.task, given.span
        unit, issuer = given.body.units[given.unit], one.body.unit
        nth = self.table.nth(given.key)
        minute = nth % 60
        due, reason = self._day(span.due), LATE_REASONS[nth % len(LATE_REASONS)]
        submitted = self._at(life.submitted_on, "report", minute) if life.submitted_on else NULL
        split = any(deed.move == "break_down" for deed in life.deeds)
        signed = given.unit == "" and bool(life.deeds)
        self.assignments.add(
            given.key, one.key, task.key, task.step, span.key, given.receiver, unit.pk, unit.path, given.body.unit.pk,
            given.doer[0] if given.by_name else NULL, ReceiverRole.SUPPORT if given.support else ReceiverRole.LEAD,
            "f" if given.support else "t", task.kind, self._day(life.said_on), one.line, issuer.pk, issuer.path, issuer.pk,
            task.leader or NULL, life.stage, life.suspended_from, life.stop, words.CANCELLED if life.stop else "",
            given.source or NULL, "t" if split else "f", due, due, 1 + life.returns,
            "t" if span.due - max(span.starts, one.issued) < MONTH else "f", self._day(life.supplement_by),
            "1" if signed else NULL, self._day(span.begun), self._day(life.reported_on), submitted,
            self._day(life.completed_on), life.days_late, reason if life.late else "",
            issuer.pk if life.submitted_on else NULL, 1 + len(life.deeds),
        )  # fmt: skip
        by_desk = span.begun == one.issued
        who = one.body.desk[0] if by_desk else (NULL, NULL)
        at = f"{self._day(span.begun)} {'10:00' if by_desk else '00:20'}:00+08"
        self._event(given, at, who, "issued", ("", Stage.ISSUED), "", "{}")
        for deed in life.deeds:
            self._done(given, deed, reason, minute, own_list)

    def _done(self, given: Given, deed: Deed, reason: str, minute: int, own_list: int) -> None:
        """The line of history of a deed, and the report that came with it."""
        user, post = given.doer if deed.move in OF_THE_UNIT else given.list.body.desk[0]
        changes = "{}"
        if deed.supplement_by:
            changes = f'{{"supplement_by": "{self._day(deed.supplement_by)}"}}'
        elif deed.move == "break_down":
            changes = f'{{"list": {own_list}}}'
        at = self._at(deed.day, deed.move, minute)
        self._event(given, at, (user, post), deed.move, (deed.before, deed.after), SAID.get(deed.move, ""), changes)
        if deed.move in ("progress", "report"):
            done = deed.move == "report"
            texts = words.DONE if done else words.PROGRESS
            said = texts[self.table.nth(given.key) % len(texts)]
            self.reports.add(
                self.report_keys.key(), given.key, Report.Kind.COMPLETION if done else Report.Kind.PROGRESS,
                said, reason if deed.late else "", user, NULL if given.by_name else post, at,
            )  # fmt: skip

    def _event(
        self,
        given: Given,
        at: str,
        who: tuple[int | str, int | str],
        move: str,
        stages: tuple[str, str],
        reason: str,
        changes: str,
    ) -> None:
        key, subject = self.event_keys.key(), (given.list.key, given.task.key, given.key)
        self.events.add(key, at, *who, *subject, move, *stages, reason, changes)

    def _day(self, day: int) -> str:
        return self.days.word(day) if day else NULL

    def _at(self, day: int, move: str, minute: int) -> str:
        return f"{self.days.word(day)} {HOURS.get(move, LATER).format(minute)}:00+08"
