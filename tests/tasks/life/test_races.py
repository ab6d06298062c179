"""Every move of an assignment from two connections at once: one wins, the other is told what a person would want to hear.

The two start together and meet at the row's lock; whatever the order, there is one line of history and one change.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from branches.models import Unit, User
from branches.roles import Role
from branches.writing import Conflict, Invalid, NotPossible, Refused
from tasks import actions
from tasks.actions.accepting import unapprove
from tasks.actions.handovers import hand_over
from tasks.actions.lengthening import lengthen
from tasks.models import Assignment, Delivery, Event
from tasks.plans import ReceiverPlan
from tasks.states import MOVES, ReceiverRole, Stage
from tests.branches.test_races import at_once
from tests.conftest import Cast, make_cast
from tests.factories import at, make_assignment, make_post, make_unit, make_user, op, reported

NOW = at(date(2026, 5, 12))
LATER = date(2026, 7, 31)
Deed = Callable[[Assignment, User], Any]
ELSEWHERE = {
    "record",  # a batch of returned files is claimed as one: tests/tasks/test_returns.py
    "record_progress",
    "branch_ended",  # a job's move: tests/tasks/test_handovers.py
}


class Arena:
    """The cast with what the races need: a second member of the branch, a second head of the county, another office."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.other: Unit = make_unit("研究室", "office", cast.county_a)
        make_post(make_user("研究室主任"), self.other, Role.HEAD)
        self.issuers = (cast.county_secretary, cast.county_head)
        self.doers = (cast.member, cast.head_a)
        self.sides: dict[str, tuple[User, User]] = {
            "progress": self.doers,
            "report": self.doers,
            "take_back": self.doers,
            "assign_person": (cast.head_a, cast.county_secretary),
            "unapprove": (cast.county_secretary, cast.county_secretary),  # whoever approved, on two pages
        }

    def row(self, stage: str) -> Assignment:
        """A row of branch A that stands where the move begins."""
        row = make_assignment(self.cast.branch_a.unit, self.cast.county_list)
        if stage in (Stage.REPORTED, Stage.COMPLETED):
            reported(row, make_user("写报告的人"), date(2026, 5, 11))
        if stage == Stage.COMPLETED:
            actions.approve(row, by=self.cast.county_secretary, op=op(), now=NOW)
        if stage == Stage.SUSPENDED:
            actions.move(row, "suspend", reason="等上级文件", by=self.cast.county_secretary, op=op(), now=NOW)
        return row

    def deed(self, name: str) -> Deed:
        """The action behind a move, as a function of row and person."""
        if name in ("progress", "report"):
            return lambda row, by: actions.report(
                row, done=name == "report", text="已完成", version=row.version, by=by, op=op(), now=NOW
            )
        if name == "take_back":
            return lambda row, by: actions.take_back(row, by=by, op=op(), now=NOW)
        if name == "approve":
            return lambda row, by: actions.approve(row, version=row.version, by=by, op=op(), now=NOW)
        if name == "unapprove":
            return lambda row, by: unapprove(row, by=by, op=op(), now=NOW)
        if name == "return":
            return lambda row, by: actions.return_report(row, reason="缺材料", by=by, op=op(), now=NOW)
        if name == "lengthen":
            return lambda row, by: lengthen([row.pk], LATER, "统一延长", by=by, op=op(), now=NOW)
        if name == "hand_over":
            return lambda row, by: hand_over(row, self.other, reason="职能调整", by=by, op=op(), now=NOW)
        if name == "assign_person":
            return lambda row, by: actions.assign_person(row, by, by=by, op=op(), now=NOW)
        return lambda row, by: actions.move(row, name, reason="说明原因", by=by, op=op(), now=NOW)


def copies(row: Assignment) -> list[Assignment]:
    """The row as each of two open pages has it."""
    return [Assignment.objects.get(pk=row.pk) for _n in range(2)]


def race(deeds: list[Deed], row: Assignment, people: tuple[User, User]) -> list[object]:
    """Both at once, each on his own copy of the row and his own connection."""
    pages = copies(row)
    return at_once(
        *[lambda d=d, page=page, by=by: d(page, by) for d, page, by in zip(deeds, pages, people, strict=True)]
    )


def told(answer: object) -> bool:
    """Whether somebody was refused with words to read."""
    return isinstance(answer, (NotPossible, Conflict, Invalid)) and bool(str(answer.message).strip())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_the_same_move_one_wins_and_the_other_is_told(db: None) -> None:
    arena = Arena(make_cast())
    raced = set()
    for name, move in MOVES.items():
        if name in ELSEWHERE or move.to_bodies_only:
            continue
        row = arena.row(move.sources[-1] if name == "resume" else move.sources[0])
        before = Event.objects.filter(assignment=row).count()

        found = race([arena.deed(name)] * 2, row, arena.sides.get(name, arena.issuers))

        lines = Event.objects.filter(assignment=row).count() - before
        refused = [answer for answer in found if isinstance(answer, Exception)]
        if (
            name == "assign_person"
        ):  # the second name is a second decision: both stand in the history, the last one holds
            assert lines == 2 - len(refused), (name, found)
        else:
            assert [told(answer) for answer in refused] == [True], (name, found)
            assert lines == 1, (name, found)
        raced.add(name)
    assert raced | ELSEWHERE | {"sign", "break_down"} == set(MOVES)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_one_row_apart_one_wins_and_the_other_is_told(db: None) -> None:
    arena = Arena(make_cast())
    cast = arena.cast
    pairs = [
        ("approve", "return", Stage.REPORTED, arena.issuers),
        ("unapprove", "reopen", Stage.COMPLETED, (cast.county_secretary, cast.county_head)),
        ("approve", "take_back", Stage.REPORTED, (cast.county_secretary, cast.member)),
        ("report", "cancel", Stage.ISSUED, (cast.member, cast.county_secretary)),
        ("report", "suspend", Stage.ISSUED, (cast.member, cast.county_secretary)),
        ("hand_over", "terminate", Stage.ISSUED, arena.issuers),
        ("resume", "cancel", Stage.SUSPENDED, arena.issuers),
    ]
    for first, second, stage, people in pairs:
        row = arena.row(stage)
        before = Event.objects.filter(assignment=row).count()

        found = race([arena.deed(first), arena.deed(second)], row, people)

        row.refresh_from_db()
        refused = [answer for answer in found if isinstance(answer, Exception)]
        assert all(isinstance(answer, Refused) for answer in refused), (first, second, found)
        lines = list(Event.objects.filter(assignment=row).order_by("pk"))[before:]
        assert len(lines) == 2 - len(refused), (first, second, found)
        stages = [line.from_stage for line in lines] + [row.stage]  # both may follow each other, never pass each other
        assert stages[0] == stage
        assert all(line.to_stage == then for line, then in zip(lines, stages[1:], strict=True))


@pytest.mark.django_db(transaction=True)
def test_case_20_two_reviewers_in_one_second_and_the_member_in_the_next(db: None) -> None:
    arena = Arena(make_cast())
    row = arena.row(Stage.REPORTED)

    found = race([arena.deed("approve"), arena.deed("return")], row, arena.issuers)
    after = at_once(lambda: actions.take_back(row, by=arena.cast.member, op=op(), now=NOW))

    assert [told(answer) for answer in found if isinstance(answer, Exception)] == [True]
    assert told(after[0])
    row.refresh_from_db()
    assert row.stage in (Stage.COMPLETED, Stage.RETURNED)
    assert Event.objects.filter(assignment=row, move__in=["approve", "return", "take_back"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_the_desk_of_a_county_sign_and_break_down_once(db: None) -> None:
    arena = Arena(make_cast())
    cast = arena.cast
    row = cast.to_county_a
    arrived: dict[str, Any] = {"delivered_at": NOW, "sign_by": LATER, "edition": 1}
    delivery = Delivery.objects.create(list=cast.city_list, body=cast.county_a, **arrived)
    parts = [actions.BreakRow(row.task_id, [ReceiverPlan(ReceiverRole.LEAD, unit=cast.branch_a.unit)])]

    signed = at_once(*[lambda by=by: actions.sign(delivery, by=by, op=op(), now=NOW) for by in arena.issuers])
    broken = at_once(
        *[
            lambda by=by: actions.break_down(delivery, parts, "分解清单", by=by, op=op(), now=NOW)
            for by in arena.issuers
        ]
    )

    assert [told(answer) for answer in signed if isinstance(answer, Exception)] == [True]
    assert [told(answer) for answer in broken if isinstance(answer, Exception)] == [True]
    assert Assignment.objects.filter(source=row).count() == 1
    assert Event.objects.filter(assignment=row, move="break_down").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_part_is_opened_again_or_its_whole_is_approved_never_both(db: None) -> None:
    arena = Arena(make_cast())
    cast = arena.cast
    whole = reported(cast.to_county_a, make_user("写报告的人"), date(2026, 5, 11))
    part = arena.row(Stage.COMPLETED)
    Assignment.objects.filter(pk=part.pk).update(source=whole)

    at_once(
        lambda: actions.move(part, "reopen", reason="数字有误", by=cast.county_head, op=op(), now=NOW),
        lambda: actions.approve(whole, by=cast.secretary, op=op(), now=NOW),
    )

    part.refresh_from_db()
    whole.refresh_from_db()
    assert (part.stage, whole.stage) in {
        (Stage.RETURNED, Stage.REPORTED),
        (Stage.COMPLETED, Stage.COMPLETED),
    }
