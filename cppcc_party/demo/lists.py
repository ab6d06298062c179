"""The demo's papers as plans, ready to be published: units and groups found, deadlines worded for their year."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from branches.models import Unit, UnitGroup
from cppcc_party.demo import words
from cppcc_party.demo.papers import Item, Paper
from tasks.models import Step
from tasks.plans import ListPlan, ReceiverPlan, Span, StepPlan, TaskPlan
from tasks.states import ReceiverRole

MONTHLY_DAY = 26  # 每月26日前
TIME_NEEDED = 14  # days: an occurrence that is due sooner after the issue of the list is left out


@dataclass
class Desk:
    """Makes plans from papers: knows the units, the groups and the day."""

    units: dict[str, Unit]
    groups: dict[str, UnitGroup]
    today: date

    def issued_on(self, paper: Paper) -> date:
        """Lists are published on working days."""
        return words.workday(self.today, paper.offset)

    def plan(self, paper: Paper) -> ListPlan:
        """The paper as publishing wants it."""
        issued_on = self.issued_on(paper)
        parts = {"year": issued_on.year, "month": issued_on.month, "month_en": calendar.month_name[issued_on.month]}
        return ListPlan(
            title=paper.title.format(**parts), title_en=paper.title_en.format(**parts), year=issued_on.year,
            issuer=self.units[paper.issuer], line=paper.line, document_number=paper.number.format(**parts),
            source=paper.source, tasks=[self.task(item, issued_on) for item in paper.items],
        )  # fmt: skip

    def task(self, item: Item, issued_on: date) -> TaskPlan:
        """One line of the paper with its deadline and receivers."""
        step = self.step(item, issued_on)
        leads = [self.receiver(name, ReceiverRole.LEAD, item.each_member) for name in item.leads]
        supports = [self.receiver(name, ReceiverRole.SUPPORT) for name in item.supports]
        return TaskPlan(
            number=item.number, content=item.content, content_en=item.content_en, steps=[step],
            receivers=[*leads, *supports],
            heading=[item.heading] if item.heading else [], measures=item.measures, leader_written=item.leader,
            lead_written="、".join(receiver.written for receiver in leads),
            support_written="、".join(receiver.written for receiver in supports), due_written=step.phrase,
            evidence_written=item.evidence, line=item.line, starred=item.starred, evidence_reason=item.evidence_reason,
        )  # fmt: skip

    def receiver(self, name: str, role: ReceiverRole, each_member: bool = False) -> ReceiverPlan:
        """A unit by its code or a group by its name."""
        if name in self.groups:
            return ReceiverPlan(role, group=self.groups[name], written=name)
        return ReceiverPlan(role, unit=self.units[name], written=self.units[name].name, each_member=each_member)

    def step(self, item: Item, issued_on: date) -> StepPlan:
        """The deadline as a list of that year writes it, and its reading."""
        kind = Step.Kind
        if item.due == "monthly":
            return StepPlan(
                f"每月{MONTHLY_DAY}日前", kind.EVERY, months(issued_on), f"FREQ=MONTHLY;BYMONTHDAY={MONTHLY_DAY}"
            )
        if item.due == "quarterly":
            return StepPlan("每季度", kind.EVERY, quarters(issued_on), "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1")
        if item.due == "after":
            return StepPlan("会后7日内", kind.AFTER, offset=7, offset_unit="day", event="会后")
        if isinstance(item.due, str):
            return StepPlan("实时", kind.ONGOING)
        due_on = words.days(self.today, item.due)
        return StepPlan(words.deadline(due_on, issued_on.year), kind.BY, [Span(issued_on, due_on)])


def months(issued_on: date) -> list[Span]:
    """The occurrences of 每月26日前 from the issue of a list to the end of its year."""
    wanted = [(date(issued_on.year, month, 1), date(issued_on.year, month, MONTHLY_DAY)) for month in range(1, 13)]
    return _from_issue(wanted, issued_on) or [Span(issued_on, date(issued_on.year + 1, 1, MONTHLY_DAY))]


def quarters(issued_on: date) -> list[Span]:
    """The occurrences of 每季度 from the issue of a list to the end of its year."""
    year = issued_on.year
    wanted = [(date(year, m - 2, 1), date(year, m, calendar.monthrange(year, m)[1])) for m in (3, 6, 9, 12)]
    return _from_issue(wanted, issued_on) or [Span(issued_on, date(year + 1, 3, 31))]


def _from_issue(wanted: list[tuple[date, date]], issued_on: date) -> list[Span]:
    """The occurrences that leave time; the first of them begins with the list."""
    left = [(first, last) for first, last in wanted if (last - issued_on).days >= TIME_NEEDED]
    return [Span(first if position else issued_on, last) for position, (first, last) in enumerate(left)]
