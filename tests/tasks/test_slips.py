"""Supervision slips: numbers without gaps, who issues, answers and reads, and that nothing of one changes (I-26)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from branches.models import User
from branches.writing import Invalid, NotPossible
from tasks.actions.slips import SlipPlan, answer_slip, decide_slip, issue_slip, set_words, withdraw_slip
from tasks.models import Event, Slip, SlipNote, SlipState, SlipWords
from tasks.slips import days
from tests.branches.test_races import at_once
from tests.conftest import Cast, make_cast
from tests.factories import at, make_assignment, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
DUE = date(2026, 5, 20)


def a_plan(cast: Cast, **fields: Any) -> SlipPlan:
    values: dict[str, Any] = {
        "body": cast.city, "level": 2, "lead": cast.county_b, "matter": "报送党建案例", "content": "尽快报送，督办暗记",
        "instructed_by": cast.leader, "leading": [cast.leader], "contact": "王明", "phone": "0570-1234567",
        "due_on": DUE, "rows": [cast.to_county_b],
    }  # fmt: skip
    return SlipPlan(**(values | fields))


def issued(cast: Cast, **fields: Any) -> Slip:
    return issue_slip(a_plan(cast, **fields), by=cast.secretary, op=op(), now=NOW)


def state(slip: Slip) -> str:
    return slip.now_stands


def seen(slip: Slip, user: User) -> bool:
    return Slip.objects.visible_to(User.objects.get(pk=user.pk), TODAY).filter(pk=slip.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_two_numbers_and_a_refused_one_leaves_no_gap(db: None) -> None:
    cast = make_cast()
    late = a_plan(cast, due_on=date(2026, 5, 1))

    def issue(plan: SlipPlan) -> Any:
        return lambda: issue_slip(plan, by=cast.secretary, op=op(), now=NOW)

    found = at_once(issue(a_plan(cast)), issue(late), issue(a_plan(cast)), issue(a_plan(cast)))

    assert [type(one) for one in found if not isinstance(one, Slip)] == [Invalid]
    assert sorted(Slip.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert {one.called for one in Slip.objects.all()} == {f"示例市政协督〔2026〕{n}号" for n in (1, 2, 3)}


def test_numbers_run_by_body_kind_and_year(cast: Cast) -> None:
    set_words(
        cast.city,
        ["提醒", "督办", "重办"],
        ["示政提", "示政督", "示政督"],
        version=1,
        by=cast.secretary,
        op=op(),
        now=NOW,
    )

    made = [issued(cast, level=level) for level in (1, 2, 3)]
    next_year = issue_slip(a_plan(cast, due_on=date(2027, 2, 1)), by=cast.second, op=op(), now=at(date(2027, 1, 4)))

    assert [one.called for one in made] == ["示政提〔2026〕1号", "示政督〔2026〕1号", "示政督〔2026〕2号"]
    assert next_year.called == "示政督〔2027〕1号"
    assert SlipWords.of(cast.county_a).names == ["提醒", "督办", "催办重办"]


def test_a_double_click_issues_one(cast: Cast) -> None:
    twice = op()

    first, second = (issue_slip(a_plan(cast), by=cast.secretary, op=twice, now=NOW) for _n in range(2))

    assert first == second
    assert Event.objects.filter(assignment=cast.to_county_b, move="slip_issued").count() == 1


@pytest.mark.parametrize("who", ["clerk", "county_secretary", "member", "stranger", "admin", "foreigner"])
def test_only_desk_and_leaders_of_the_body_issue(cast: Cast, who: str) -> None:
    assert issue_slip(a_plan(cast), by=cast.leader, op=op(), now=NOW).post

    with pytest.raises(PermissionDenied):
        issue_slip(a_plan(cast), by=cast.person(who), op=op(), now=NOW)


def test_what_a_slip_may_not_be(cast: Cast) -> None:
    inner = make_assignment(cast.city_branch.unit, cast.city_list, content="支部任务")
    wrong: dict[str, dict[str, Any]] = {
        "level": {"level": 4},
        "matter": {"matter": " "},
        "content": {"content": "", "rows": []},
        "lead": {"rows": [cast.to_county_b, inner]},
        "rows": {"lead": cast.branch_a.unit, "rows": [cast.to_branch_a]},
        "leading": {"leading": [cast.stranger]},
        "supports": {"supports": [cast.county_b]},
        "due_on": {"due_on": date(2026, 5, 11)},
    }
    for name, fields in wrong.items():
        with pytest.raises(Invalid) as error:
            issued(cast, **fields)
        assert name in error.value.details
    for far in (cast.branch_b.unit, cast.foreign_city, cast.city):
        with pytest.raises(Invalid) as error:
            issued(cast, lead=far, rows=[])
        assert "lead" in error.value.details
    with pytest.raises(Invalid, match=r"secrecy|密"):
        issued(cast, content="机密★十年")
    assert Slip.objects.count() == 0


def test_who_reads_a_slip_across_the_boundary(cast: Cast) -> None:
    slip = issued(cast, supports=[cast.county_a])

    readers = {name for name in vars(cast) if isinstance(getattr(cast, name), User) and seen(slip, cast.person(name))}

    assert readers == {"secretary", "second", "leader", "stranger", "county_secretary", "county_head"}


def test_nothing_of_a_slip_changes(cast: Cast) -> None:
    slip = issued(cast)
    note = answer_slip(slip, slip.dues.get(), "已报送", by=cast.stranger, op=op(), now=NOW)

    for change in (
        lambda: Slip.objects.filter(pk=slip.pk).update(matter="别的"),
        lambda: SlipNote.objects.filter(pk=note.pk).update(text="别的"),
        slip.leading.clear,
        slip.assignments.clear,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_answered_asked_again_accepted(cast: Cast) -> None:
    slip, later = issued(cast), at(date(2026, 5, 13))
    due = slip.dues.get()
    assert due.due_on == DUE
    with pytest.raises(PermissionDenied):  # the issuer does not answer for the unit
        answer_slip(slip, due, "代答", by=cast.secretary, op=op(), now=later)
    with pytest.raises(NotPossible):
        decide_slip(slip, due, True, by=cast.secretary, op=op(), now=later)
    states = [state(slip)]
    twice = op()
    for _n in range(2):
        answer_slip(slip, due, "正在办理", by=cast.stranger, op=twice, now=later)
    states.append(state(slip))
    with pytest.raises(NotPossible):  # a second answer waits until it is asked for
        answer_slip(slip, due, "又办理", by=cast.stranger, op=op(), now=later)
    with pytest.raises(PermissionDenied):
        decide_slip(slip, due, True, by=cast.stranger, op=op(), now=later)
    with pytest.raises(Invalid):
        decide_slip(slip, due, False, " ", by=cast.second, op=op(), now=later)
    decide_slip(slip, due, False, "补充时间表", by=cast.second, op=op(), now=later)
    states.append(state(slip))
    answer_slip(slip, due, "时间表如下", by=cast.stranger, op=op(), now=at(date(2026, 5, 14)))
    decide_slip(slip, due, True, by=cast.leader, op=op(), now=at(date(2026, 5, 15)))
    states.append(state(slip))

    assert states == [SlipState.WAITING, SlipState.ANSWERED, SlipState.WAITING, SlipState.CLOSED]
    assert list(Event.objects.filter(assignment=cast.to_county_b).order_by("at", "pk").values_list("move", flat=True)) == [
        "slip_issued", "slip_answered", "slip_again", "slip_answered", "slip_accepted",
    ]  # fmt: skip


def test_a_withdrawn_slip_refuses_answers_and_keeps_its_number(cast: Cast) -> None:
    slip = issued(cast)
    with pytest.raises(Invalid):
        withdraw_slip(slip, "", by=cast.secretary, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):
        withdraw_slip(slip, "不办了", by=cast.stranger, op=op(), now=NOW)

    withdraw_slip(slip, "发错单位", by=cast.second, op=op(), now=NOW)

    with pytest.raises(NotPossible):
        answer_slip(slip, slip.dues.get(), "已报送", by=cast.stranger, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        withdraw_slip(slip, "再撤", by=cast.second, op=op(), now=NOW)
    assert (state(slip), issued(cast).number) == (SlipState.WITHDRAWN, slip.number + 1)


def test_regular_answers_have_each_their_day(cast: Cast) -> None:
    slip = issued(cast, feedback=Slip.Feedback.MONTHLY, due_on=date(2026, 7, 1))
    first, last = slip.dues.all()
    answer_slip(slip, first, "五月进展", by=cast.stranger, op=op(), now=NOW)
    decide_slip(slip, first, True, by=cast.secretary, op=op(), now=NOW)

    row = Slip.objects.with_standing().get(pk=slip.pk)

    assert (first.due_on, last.due_on) == (date(2026, 6, 12), date(2026, 7, 1))
    assert (row.state, row.next_due) == (SlipState.WAITING, date(2026, 7, 1))  # type: ignore[attr-defined]
    answer_slip(slip, last, "六月进展", by=cast.stranger, op=op(), now=NOW)
    decide_slip(slip, last, True, by=cast.secretary, op=op(), now=NOW)
    assert state(slip) == SlipState.CLOSED


@pytest.mark.parametrize(
    ("feedback", "last", "expected"),
    [
        ("once", date(2026, 3, 5), [date(2026, 3, 5)]),
        ("weekly", date(2026, 2, 14), [date(2026, 2, 7), date(2026, 2, 14)]),
        ("monthly", date(2026, 4, 1), [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 1)]),
        ("quarterly", date(2026, 8, 1), [date(2026, 4, 30), date(2026, 7, 31), date(2026, 8, 1)]),
        ("monthly", date(2026, 2, 1), [date(2026, 2, 1)]),
    ],
)
def test_days_of_answers(feedback: str, last: date, expected: list[date]) -> None:
    assert days(feedback, date(2026, 1, 31), last) == expected
