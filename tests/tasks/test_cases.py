"""The twenty cases that the model must carry (cases.md): those without a better place, and a register of them all.

Each case has one right answer in the design; a test named after its number says it.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from branches.models import Unit, UnitGroup
from branches.roles import Role
from tasks import actions, rules
from tasks.models import Assignment, Delivery, Receiver, Step
from tasks.plans import ListPlan, Past, ReceiverPlan, Settlement, Span, StepPlan, TaskPlan
from tasks.states import ReceiverRole, Stage
from tests.conftest import Cast
from tests.factories import activate, at, make_assignment, make_branch, make_post, make_unit, make_user, op

TESTS = Path(__file__).resolve().parents[1]
LEAD, SUPPORT = ReceiverRole.LEAD, ReceiverRole.SUPPORT
JUNE = StepPlan("6月底前", Step.Kind.BY, [Span(date(2026, 1, 1), date(2026, 6, 30))])


def issue(cast: Cast, *tasks: TaskPlan, on: date = date(2026, 5, 12), **fields: object) -> list[Assignment]:
    """What a list of the city's with these tasks comes to, in the order of tasks and of establishment."""
    plan = ListPlan("2026年清单", 2026, **({"issuer": cast.city, "tasks": tasks} | fields))  # type: ignore[arg-type]
    by = cast.secretary if plan.issuer == cast.city else cast.county_secretary
    published = actions.issue(plan, by=by, op=op(), now=at(on))
    return list(published.assignments.order_by("task__position", "unit_path", "due_on"))


def test_case_2_secretary_of_two_units_and_member_of_a_branch_in_each(cast: Cast) -> None:
    both = make_user("两处任职")
    for unit in (cast.county_a_office, cast.county_b):
        make_post(both, unit, Role.SECRETARY)
    both.standings.create(kind="full", starts_on=date(2020, 1, 1))
    cast.branch_a.memberships.create(user=both, kind="home", starts_on=date(2021, 1, 1))
    cast.branch_b.memberships.create(user=both, kind="temporary", starts_on=date(2021, 1, 1))
    to_office = make_assignment(cast.county_a_office, cast.county_list)
    to_branch_b = make_assignment(cast.branch_b.unit, cast.county_list, person=cast.stranger)

    seen = set(Assignment.objects.visible_to(both, cast.today))
    actor = rules.Actor.of(both, cast.today)

    assert {to_office, cast.to_branch_a, cast.to_county_b, to_branch_b} <= seen
    assert cast.to_county_a not in seen  # an office's secretary does not see what came to the whole body
    assert rules.may(actor, cast.to_branch_a, "report")  # as a member
    assert rules.may(actor, to_branch_b, "report")  # from the desk of county B, though it is another's by name
    assert not rules.may(actor, cast.to_branch_a, "assign_person")
    line = actions.report(cast.to_branch_a, done=False, text="进展", by=both, op=op(), now=at(cast.today))
    assert line.post is None  # acted as a member of the branch, under none of his posts


def test_case_3_a_member_of_two_levels_in_a_branch_that_holds_both(cast: Cast) -> None:
    for body, name in ((cast.city, "八届"), (cast.county_a, "九届")):
        term = body.terms.create(name=name, starts_on=date(2022, 1, 1))
        body.seats.create(user=cast.member, term=term, starts_on=date(2022, 1, 1), sector_name="工会")
    other = activate(cast.temporary_a)[0]
    cast.city.seats.create(user=other, term=cast.city.terms.get(), starts_on=date(2022, 1, 1))
    cast.temporary_a.memberships.create(user=cast.member, kind="temporary", starts_on=date(2024, 1, 1))

    row = make_assignment(cast.temporary_a.unit, cast.county_list)

    assert cast.member.seats.count() == 2
    for person in (cast.member, other):
        assert row in Assignment.objects.visible_to(person, cast.today)
        assert rules.may(rules.Actor.of(person, cast.today), row, "report")
    assert cast.to_county_a not in Assignment.objects.visible_to(other, cast.today)  # a seat is no post


def test_case_4_every_month_to_all_branches_with_one_founded_in_may_and_one_ended_in_august(cast: Cast) -> None:
    spans = [Span(date(2026, month, 1), date(2026, month, 26)) for month in range(3, 10)]
    monthly = StepPlan("每月26日前", Step.Kind.EVERY, spans, rule="FREQ=MONTHLY;BYMONTHDAY=26")
    old = make_branch("机关第二党支部", cast.county_a)
    activate(old)
    group = UnitGroup.objects.get(name="各党支部")
    task = TaskPlan("1", "报送信息", [monthly], [ReceiverPlan(LEAD, group=group)])
    plan = ListPlan("甲区清单", 2026, cast.county_a, [task])
    published = actions.issue(plan, by=cast.county_secretary, op=op(), now=at(date(2026, 3, 1)))

    for month in range(4, 10):
        if month == 5:
            young = make_branch("新建党支部", cast.county_a, starts_on=date(2026, 4, 20))
            activate(young)
        if month == 9:
            Unit.objects.filter(pk=old.unit_id).update(ends_on=date(2026, 8, 20))
        actions.open_due_periods(at(date(2026, month, 1)))

    months: dict[str, list[int]] = {}
    for row in Assignment.objects.filter(list=published).select_related("unit").order_by("due_on"):
        assert row.due_on is not None
        months.setdefault(row.unit.name, []).append(row.due_on.month)
    assert months["新建党支部"] == [5, 6, 7, 8, 9]
    assert months[old.unit.name] == [3, 4, 5, 6, 7, 8]
    assert months[cast.branch_a.unit.name] == [3, 4, 5, 6, 7, 8, 9]


def test_case_5_supporting_units_outside_the_tree_and_in_another_body(cast: Cast) -> None:
    receivers = [
        ReceiverPlan(LEAD, unit=cast.city_office),
        ReceiverPlan(SUPPORT, outside="市委组织部", written="市委组织部"),
        ReceiverPlan(SUPPORT, unit=cast.county_a),
    ]
    rows = issue(cast, TaskPlan("1", "联合开展调研", [JUNE], receivers))

    assert [(row.unit, row.role, row.owes_report) for row in rows] == [
        (cast.city_office, LEAD, True),
        (cast.county_a, SUPPORT, False),
    ]
    assert Receiver.objects.get(outside_name="市委组织部").assignments.count() == 0  # printed, not counted
    seen = Assignment.objects.visible_to(cast.county_secretary, cast.today).filter(list=rows[0].list)
    assert list(seen) == [rows[1]]  # its own row, not the lead's
    assert not rows[1].is_overdue(date(2026, 7, 1))


def test_case_6_all_counties_lead_in_one_row_and_one_of_them_supports_too(cast: Cast) -> None:
    for number in range(3, 10):
        body = make_unit(f"第{number}县政协", "body", cast.city)
        make_post(make_user(f"主席{number}"), body, Role.HEAD)
    group = UnitGroup.objects.get(name="各县（市、区）政协")
    receivers = [ReceiverPlan(LEAD, group=group), ReceiverPlan(SUPPORT, unit=cast.county_a)]

    rows = issue(cast, TaskPlan("1", "报送品牌案例", [JUNE], receivers))

    assert len(rows) == 9
    assert {row.role for row in rows} == {LEAD}
    assert len({row.unit_id for row in rows}) == 9  # each is sole lead of its share; lead goes before support


def test_case_15_reported_three_weeks_early_and_approved_two_weeks_later(cast: Cast) -> None:
    due = date(2026, 6, 30)
    row = make_assignment(cast.city_office, cast.city_list, due_on=due)

    actions.report(row, done=True, text="已办", by=cast.clerk, op=op(), now=at(date(2026, 6, 9)))
    assert row not in Assignment.objects.overdue(date(2026, 7, 5))
    actions.approve(row, by=cast.secretary, op=op(), now=at(date(2026, 6, 23)))

    assert (row.reported_on, row.completed_on, row.days_late) == (date(2026, 6, 9), date(2026, 6, 23), 0)
    assert not Assignment.objects.due(date(2026, 6, 23)).filter(pk=row.pk).exists()  # early work stands apart
    assert Assignment.objects.due(due).filter(pk=row.pk).exists()


def test_case_17_three_levels_and_a_city_without_counties(cast: Cast) -> None:
    province = make_unit("示例省政协", "body")
    clerk, chair = make_user("省干事"), make_user("省秘书长")
    make_post(clerk, province, Role.SECRETARY)
    make_post(chair, province, Role.LEADER)
    under = make_unit("省辖市政协", "body", province)
    make_post(make_user("市秘书"), under, Role.SECRETARY)
    head = under.posts.get().user
    district = make_unit("唯一区政协", "body", under)
    make_post(make_user("区主任"), district, Role.HEAD)
    lone = make_unit("无县市政协", "body", province)
    make_post(make_user("独秘书"), lone, Role.SECRETARY)
    make_post(make_user("独主席"), lone, Role.LEADER)
    group = UnitGroup.objects.get(name="各县（市、区）政协")
    plan = ListPlan("省清单", 2026, province, [TaskPlan("1", "报案例", [JUNE], [ReceiverPlan(LEAD, group=group)])])

    published = actions.issue(plan, by=clerk, op=op(), now=at(cast.today))
    row = published.assignments.get(unit=under)
    delivery = Delivery.objects.get(list=published, body=under)
    parts = [actions.BreakRow(row.task_id, [ReceiverPlan(LEAD, unit=district)])]
    own = actions.break_down(delivery, parts, "市清单", by=head, op=op(), now=at(cast.today))

    assert {each.unit for each in published.assignments.all()} == {
        under,
        lone,
    }  # not the district: the body between passes on
    assert own is not None
    part = own.assignments.get()
    assert (part.unit, part.source) == (district, row)
    assert part not in Assignment.objects.visible_to(clerk, cast.today)
    assert part in Assignment.objects.countable_by(clerk, cast.today)  # two levels down: unit, title, stage and dates


def test_case_19_a_county_joins_in_september_a_list_of_january(cast: Cast) -> None:
    spans = [Span(date(2026, month, 1), date(2026, month, 26)) for month in range(1, 13)]
    monthly = StepPlan("每月26日前", Step.Kind.EVERY, spans, rule="FREQ=MONTHLY;BYMONTHDAY=26")
    group = UnitGroup.objects.get(name="各县（市、区）政协")
    task = TaskPlan("1", "报送信息", [monthly], [ReceiverPlan(LEAD, group=group)])
    plan = ListPlan("全年清单", 2026, cast.city, [task])
    published = actions.issue(plan, by=cast.secretary, op=op(), now=at(date(2026, 1, 2)))

    for month in range(2, 13):
        if month == 9:
            late = make_unit("新加入县政协", "body", cast.city, starts_on=date(2026, 8, 25))
            make_post(make_user("新县主席"), late, Role.HEAD)
            make_post(make_user("新县秘书"), late, Role.SECRETARY)
        actions.open_due_periods(at(date(2026, month, 1)))

    def dues(name: str) -> list[int]:
        rows = Assignment.objects.filter(list=published, unit__name=name).order_by("due_on")
        return [row.due_on.month for row in rows if row.due_on]

    assert dues("新加入县政协") == [9, 10, 11, 12]  # nothing is owed for the months before
    assert dues(cast.county_a.name) == list(range(1, 13))


def test_case_19_work_that_began_before_the_system_is_settled_group_by_group(cast: Cast) -> None:
    past = [date(2026, 3, 31), date(2026, 4, 30)]
    tasks = [
        TaskPlan(
            str(n),
            "工作",
            [StepPlan("按期", Step.Kind.BY, [Span(date(2026, 1, 1), day)])],
            [ReceiverPlan(LEAD, unit=cast.committee)],
        )
        for n, day in enumerate(past, 1)
    ]
    settled = {past[0]: Settlement(Past.FINISHED, date(2026, 3, 20)), past[1]: Settlement(Past.OVERDUE)}

    rows = issue(cast, *tasks, settlements=settled)

    assert [(row.stage, row.completed_on, row.is_overdue(cast.today)) for row in rows] == [
        (Stage.COMPLETED, date(2026, 3, 20), False),
        (Stage.ISSUED, None, True),
    ]
    again = rules.Actor.of(cast.secretary, cast.today)
    assert rules.may(again, rows[0], "reopen")  # what was settled by word can be opened again by the issuer's desk


def test_each_of_the_twenty_cases_has_a_test_of_its_number() -> None:
    named = {
        int(number)
        for file in TESTS.rglob("test_*.py")
        for number in re.findall(r"^def test_case_(\d+)_", file.read_text(encoding="utf-8"), re.M)
    }

    assert named == set(range(1, 21))
