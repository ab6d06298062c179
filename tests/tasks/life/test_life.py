"""The whole life of assignments on random trees: random people try random moves, and what design 4 and 7 promise holds.

The invariants are I-13 to I-26 of the field's rules as the design restates them. `tests.tasks.life.world` says a second
time who may do what; the arrows stand here a second time as well.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from branches.models import Unit, UnitGroup, User
from branches.writing import Refused
from tasks import actions
from tasks.actions.accepting import unapprove
from tasks.actions.handovers import hand_over
from tasks.actions.lengthening import lengthen
from tasks.models import Assignment, Delivery, Event, Report, Step, TaskText
from tasks.plans import ListPlan, ReceiverPlan, Span, StepPlan, TaskPlan
from tasks.states import ReceiverRole
from tests.factories import at, op
from tests.tasks.life.world import Shape, World

START = date(2026, 5, 12)
WITH_UNIT = {"issued", "acknowledged", "in_progress", "returned"}
OPEN = WITH_UNIT | {"reported", "suspended"}
# deed → the side that may, the stages it starts from; where it ends is read from `ENDS`
DEEDS: dict[str, tuple[str, set[str]]] = {
    "progress": ("doer", WITH_UNIT),
    "report": ("doer", WITH_UNIT),
    "take_back": ("doer", {"reported"}),
    "return": ("reviewer", {"reported"}),
    "approve": ("reviewer", {"reported"}),
    "reopen": ("reviewer", {"completed"}),
    "unapprove": ("reviewer", {"completed"}),
    "suspend": ("issuer", WITH_UNIT | {"reported"}),
    "resume": ("issuer", {"suspended"}),
    "lengthen": ("issuer", WITH_UNIT | {"suspended"}),
    "cancel": ("issuer", OPEN),
    "terminate": ("issuer", OPEN),
    "not_applicable": ("issuer", OPEN),
    "hand_over": ("issuer", OPEN),
    "assign_person": ("unit", WITH_UNIT),
}
ENDS = {
    "sign": {"acknowledged"},
    "break_down": {"in_progress", "returned"},
    "progress": {"in_progress", "returned"},
    "report": {"reported"},
    "take_back": {"in_progress", "returned"},
    "return": {"returned"},
    "approve": {"completed"},
    "reopen": {"returned"},
    "unapprove": {"reported"},
    "suspend": {"suspended"},
    "resume": WITH_UNIT | {"reported"},
    "cancel": {"stopped"},
    "terminate": {"stopped"},
    "not_applicable": {"stopped"},
    "hand_over": {"stopped"},
}
FIXED = ("unit_id", "issuer_id", "list_id", "task_id", "step_id", "period_id", "issued_on", "kind")
bodies = st.builds(Shape, units=st.integers(0, 2), desk=st.integers(1, 3), leader=st.booleans())
counties = st.builds(
    Shape,
    units=st.integers(1, 3),
    desk=st.integers(1, 2),
    leader=st.booleans(),
    below=st.lists(bodies, max_size=1).map(tuple),
)
cities = st.builds(
    Shape,
    units=st.integers(0, 2),
    desk=st.integers(2, 3),
    leader=st.booleans(),
    below=st.lists(counties, min_size=1, max_size=3).map(tuple),
)


class Life(RuleBasedStateMachine):
    """Publishing, signing, breaking down and every move, by anybody, on any row, on any day."""

    def __init__(self) -> None:
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.day = START
        self.seen: dict[int, Assignment] = {}
        self.lengthened: set[int] = set()
        self.words: dict[int, tuple[str, str]] = {}
        self.told: list[tuple[int, str]] = []

    def teardown(self) -> None:
        """Nothing stays; what the database holds until the end of a transaction is asked for now."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    @initialize(city=cities, second=st.booleans(), data=st.data())
    def begin(self, city: Shape, second: bool, data: st.DataObject) -> None:
        other = Shape(units=1, desk=2, leader=True)
        self.world = World.build([city, other] if second else [city])
        self.publish(data)

    def _draw(self, data: st.DataObject, things: list[Any]) -> Any:
        return data.draw(st.sampled_from(things))

    def _some(self, data: st.DataObject, units: list[Unit], most: int) -> list[Unit]:
        """A few of them by their places: their keys grow from example to example, and so would the order of a set."""
        places = data.draw(st.lists(st.integers(0, len(units) - 1), max_size=most, unique=True))
        return [units[place] for place in places]

    def _attempt(self, work: Any) -> str:
        """What came of it: done, denied, refused."""
        try:
            with transaction.atomic():
                work()
        except PermissionDenied:
            return "denied"
        except Refused:
            return "refused"
        return "done"

    def _receivers(self, data: st.DataObject, issuer: Unit) -> list[ReceiverPlan]:
        own = [unit for unit in (*self.world.units, issuer) if unit.body_id == issuer.body_id]
        below = [body for body in self.world.bodies if body.depth == issuer.depth + 1 and body.is_below(issuer)]
        plans = []
        if below and data.draw(st.booleans()):
            group = UnitGroup.objects.get(name="各县（市、区）政协")
            plans.append(ReceiverPlan(ReceiverRole.LEAD, group=group))
        leads = self._some(data, [*own, *below], 2)
        plans += [ReceiverPlan(ReceiverRole.LEAD, unit=unit) for unit in leads]
        support = self._some(data, [*own, *below], 1)
        plans = plans or [ReceiverPlan(ReceiverRole.LEAD, unit=own[0])]
        return [*plans, *(ReceiverPlan(ReceiverRole.SUPPORT, unit=unit) for unit in support)]

    def _step(self, data: st.DataObject) -> StepPlan:
        kind = self._draw(data, ["by", "by", "every", "ongoing"])
        first = self.day + timedelta(days=data.draw(st.integers(0, 40)))
        if kind == "ongoing":
            return StepPlan("长期坚持", Step.Kind.ONGOING, [Span(self.day, None)])
        if kind == "every":
            spans = [Span(self.day + timedelta(days=30 * n), self.day + timedelta(days=30 * n + 20)) for n in range(3)]
            return StepPlan("每月", Step.Kind.EVERY, spans, rule="FREQ=MONTHLY")
        return StepPlan("按期", Step.Kind.BY, [Span(self.day, first)])

    @rule(data=st.data())
    def publish(self, data: st.DataObject) -> None:
        if Assignment.objects.count() > 40:
            return
        issuer = self._draw(data, [body for body in self.world.bodies if body.depth <= 2])
        by = self._draw(data, self._desk(issuer) + self.world.people[-1:])
        numbers = [str(n + 1) for n in range(data.draw(st.integers(1, 2)))]
        tasks = [TaskPlan(n, f"任务{n}", [self._step(data)], self._receivers(data, issuer)) for n in numbers]
        plan = ListPlan("清单", 2026, issuer, tasks)
        came = self._attempt(lambda: actions.issue(plan, by=by, op=op(), now=at(self.day)))
        assert (came == "denied") == (not self.world.keeps_desk_of(by, issuer)), came

    def _desk(self, unit: Unit) -> list[User]:
        return [person for person in self.world.people if self.world.keeps_desk_of(person, unit)]

    @rule(data=st.data())
    def sign_or_break_down(self, data: st.DataObject) -> None:
        deliveries = list(Delivery.objects.select_related("list", "body").order_by("pk"))
        if not deliveries:
            return
        delivery = self._draw(data, deliveries)
        by = self._draw(data, self._desk(delivery.body) * 2 + self.world.people)
        if data.draw(st.booleans()):
            came = self._attempt(lambda: actions.sign(delivery, by=by, op=op(), now=at(self.day)))
        else:
            rows = [
                actions.BreakRow(
                    task.pk,
                    self._receivers(data, delivery.body),
                    mandatory=data.draw(st.booleans()),
                    due_on=data.draw(st.none() | st.just(self.day + timedelta(days=5))),
                )
                for task in delivery.list.tasks.all()
            ]
            came = self._attempt(
                lambda: actions.break_down(delivery, rows[:1], "分解", by=by, op=op(), now=at(self.day))
            )
        assert (came == "denied") == (not self.world.signs_for(by, delivery.body)), came

    @rule(data=st.data(), fitting=st.booleans(), twice=st.booleans())
    def deed(self, data: st.DataObject, fitting: bool, twice: bool) -> None:
        rows = list(Assignment.objects.select_related("unit", "issuer", "body", "list").order_by("pk"))
        if not rows:
            return
        row = self._draw(data, rows)
        names = [name for name, (_side, stages) in DEEDS.items() if row.stage in stages] if fitting else list(DEEDS)
        name = self._draw(data, names or list(DEEDS))
        side, _stages = DEEDS[name]
        right = [person for person in self.world.people if self.world.may(person, row, side)]
        by = self._draw(data, right if fitting and right else self.world.people)
        self._try(data, row, name, by, twice)

    def _try(self, data: st.DataObject, row: Assignment, name: str, by: User, twice: bool) -> None:
        side, stages = DEEDS[name]
        before, may = Assignment.objects.get(pk=row.pk), self.world.may(by, row, side)
        seat = self.world.seat_for(row, by) if name == "report" else None
        lines, work = Event.objects.count(), self._work(data, row, name, by, op())
        came = self._attempt(work)
        after = Assignment.objects.get(pk=row.pk)
        if came == "done":
            assert may, (name, "done by somebody who may not")
            assert before.stage in stages
            assert after.stage in ENDS.get(name, {before.stage})
            if name == "report":
                assert (after.review_unit_id, after.review_leaders) == seat
            if name == "lengthen":
                self.lengthened.add(row.pk)
                assert after.extensions == before.extensions + 1
            if twice:
                count = Event.objects.count()
                assert self._attempt(work) == "done"  # the same operation again: its answer, and nothing else
                assert Event.objects.count() == count
        else:
            assert Event.objects.count() == lines
            assert (after.stage, after.version, after.due_on) == (before.stage, before.version, before.due_on)
            if came == "denied" and before.stage in stages:
                assert not may, (name, "denied to somebody who may")

    def _work(self, data: st.DataObject, row: Assignment, name: str, by: User, same: Any) -> Any:
        now = at(self.day)
        if name in ("progress", "report"):
            return lambda: actions.report(
                row, done=name == "report", text="进展", late_reason="其他", by=by, op=same, now=now
            )
        if name == "take_back":
            return lambda: actions.take_back(row, by=by, op=same, now=now)
        if name == "approve":
            return lambda: actions.approve(row, by=by, op=same, now=now)
        if name == "unapprove":
            return lambda: unapprove(row, by=by, op=same, now=now)
        if name == "return":
            return lambda: actions.return_report(row, reason="缺材料", by=by, op=same, now=now)
        if name == "assign_person":
            person = data.draw(st.none() | st.sampled_from(self.world.people))
            return lambda: actions.assign_person(row, person, by=by, op=same, now=now)
        if name == "hand_over":
            to = self._draw(data, [*self.world.units, *self.world.bodies])
            return lambda: hand_over(row, to, reason="职能调整", by=by, op=same, now=now)
        if name == "lengthen":
            day = self.day + timedelta(days=data.draw(st.integers(-3, 60)))
            return lambda: lengthen([row.pk], day, "统一延长", by=by, op=same, now=now)
        return lambda: actions.move(row, name, by=by, op=same, now=now, reason="说明原因")

    @rule(days=st.integers(1, 15))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)
        actions.open_due_periods(at(self.day))
        rows = Assignment.objects.count()
        assert actions.open_due_periods(at(self.day)) == 0  # I-18: run twice, late, or on two machines
        assert Assignment.objects.count() == rows

    @invariant()
    def every_promise_holds(self) -> None:
        rows = {row.pk: row for row in Assignment.objects.select_related("source", "task").order_by("pk")}
        lines: dict[int, list[Event]] = {pk: [] for pk in rows}
        for line in Event.objects.filter(assignment__isnull=False).order_by("pk"):
            lines[line.assignment_id or 0].append(line)
        reports: dict[int, list[Report]] = {pk: [] for pk in rows}
        for report in Report.objects.order_by("pk"):
            reports[report.assignment_id].append(report)
        for row in rows.values():
            self._row(row, lines[row.pk], reports[row.pk])
        self._whole(list(rows.values()))
        self._append_only()
        self.seen = rows

    def _row(self, row: Assignment, lines: list[Event], reports: list[Report]) -> None:
        old = self.seen.get(row.pk)
        if old is not None:
            assert all(getattr(row, name) == getattr(old, name) for name in FIXED)
            assert row.original_due_on == old.original_due_on  # I-15
            assert row.days_late >= old.days_late
            if row.role != old.role:  # who supported takes the lead over with the work, never the other way round
                assert (old.role, lines[-1].move) == ("support", "taken_over")
            if row.due_on != old.due_on:  # I-20
                assert row.pk in self.lengthened
                assert row.due_on is not None
                assert old.due_on is not None
                assert row.due_on > old.due_on
                assert row.due_on >= self.day
        assert (row.due_on is None) == (row.kind == Step.Kind.ONGOING)  # I-17: of the kinds made here
        assert (row.stage == "completed") == (row.completed_on is not None)
        if row.completed_on:  # I-25, I-23
            assert row.issued_on <= row.completed_on <= self.day
            assert any(report.kind == "completion" for report in reports)
        stages = [line.to_stage for line in lines]
        assert stages[-1] == row.stage
        for before, line in zip(stages, lines[1:], strict=False):  # I-21, I-31: one unbroken chain of allowed arrows
            assert line.from_stage == before, (line.move, line.from_stage, before)
            if line.move in ENDS:
                assert line.to_stage in ENDS[line.move]
            if line.move in ("approve", "return"):  # I-22
                last = [report for report in reports if report.at <= line.at and report.kind == "completion"][-1]
                assert line.by_id not in (last.by_id, last.on_behalf_of_id)
        if row.source is not None and row.source.due_on is not None:  # I-14
            assert row.due_on is None or row.due_on <= row.source.due_on

    def _whole(self, rows: list[Assignment]) -> None:
        shares = [(row.step_id, row.period_id, row.unit_id, row.person_id) for row in rows if row.stage != "stopped"]
        assert len(shares) == len(set(shares))  # I-13: lead and supporting never both, one share a unit
        for row in rows:  # I-24
            if row.stage == "completed":
                parts = [part for part in rows if part.source_id == row.pk and part.task.mandatory]
                assert all(part.stage in ("completed", "stopped") for part in parts)
        late = {
            row.pk
            for row in rows
            if row.owes_report
            and (
                (row.stage in ("issued", "acknowledged", "in_progress") and row.due_on and row.due_on < self.day)
                or (row.stage == "returned" and row.supplement_by and row.supplement_by < self.day)
            )
        }
        assert set(Assignment.objects.overdue(self.day).values_list("pk", flat=True)) == late  # I-16, I-27

    def _append_only(self) -> None:
        """I-26: what was said stays said; I-15: the phrase of an issued task stays as it was written."""
        told = list(Report.objects.order_by("pk").values_list("pk", "text"))
        assert told[: len(self.told)] == self.told
        self.told = told
        words = {pk: (said, due) for pk, said, due in TaskText.objects.values_list("pk", "content", "due_written")}
        assert all(words[pk] == was for pk, was in self.words.items())
        self.words = words


@pytest.mark.usefixtures("db")
def test_random_people_on_random_trees_break_no_promise() -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=40,
            stateful_step_count=45,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # the steps that failed are printed whole; making them fewer takes minutes
        ),
    )
