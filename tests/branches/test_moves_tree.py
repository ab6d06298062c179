"""Moves, merges and new names of units: what they do to the tree, to people and to work (issue 4; decision 0018)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branches.actions import UnitWords
from branches.actions.planned import plan_name
from branches.models import Branch, BranchState, CppccMembership, PlannedChange, Term, Unit, UnitAlias
from branches.roles import Role
from branches.writing import Invalid, NotPossible
from tasks.actions.handovers import drop, hand_over
from tasks.actions.periods import shares
from tasks.actions.tree import do_changes_due, pass_on_returned, plan_change
from tasks.actions.tree_answers import object_to, undo, withdraw
from tasks.models import Assignment, Event, Receiver
from tasks.queries.handovers import left_work
from tasks.rules import Actor
from tasks.states import Stage
from tests.conftest import Cast
from tests.factories import (
    activate,
    at,
    make_assignment,
    make_branch,
    make_list,
    make_post,
    make_unit,
    make_user,
    op,
    reported,
)

NOW = at(date(2026, 5, 12))
TODAY = NOW.date()
NEXT_MONTH = date(2026, 6, 1)
pytestmark = pytest.mark.django_db


def fresh(unit: Unit) -> Unit:
    return Unit.objects.get(pk=unit.pk)


def whole() -> None:
    """The tree has no problem, every unit its body, every open row the path and body of its unit and issuer."""
    assert Unit.objects.find_problems() == ([], [], [], [], [])
    units = {unit.path: unit for unit in Unit.objects.select_related("kind")}
    for unit in units.values():
        above = units.get(unit.path[: -Unit.steplen])
        assert unit.body_id == (unit.pk if unit.kind.is_body else above.body_id if above else None), unit
    for row in Assignment.objects.select_related("unit", "issuer"):
        assert (row.unit_path, row.issuer_path) == (row.unit.path, row.issuer.path)
        if row.is_open:
            assert (row.body_id, row.issuer_body_id) == (row.unit.body_id, row.issuer.body_id)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def move(cast: Cast, unit: Unit, target: Unit, on: date = TODAY, who: str = "system_admin") -> PlannedChange:
    return plan_change("move", unit, target, on, reason="联系点调整", by=cast.person(who), op=op(), now=NOW)


@pytest.fixture
def organ_b(cast: Cast) -> Unit:
    """A place in county B where a branch can go."""
    return make_unit("乙区政协机关党委", "party_organ", cast.county_b)


def test_case_10_a_branch_moves_to_another_county_with_five_open_assignments(cast: Cast, organ_b: Unit) -> None:
    unit = cast.branch_a.unit
    rows = [cast.to_branch_a, *(make_assignment(unit, cast.county_list) for _n in range(4))]
    rows[1] = reported(rows[1], cast.head_a, date(2026, 5, 11))
    done = make_assignment(unit, cast.county_list, stage=Stage.COMPLETED, completed_on=date(2026, 4, 1))
    members = set(cast.branch_a.memberships.values_list("user_id", "kind", "ends_on"))

    change = move(cast, unit, organ_b)

    whole()
    moved = fresh(unit)
    assert moved.body_id == cast.county_b.pk
    assert moved.path.startswith(organ_b.path)
    assert set(cast.branch_a.memberships.values_list("user_id", "kind", "ends_on")) == members
    stopped = Assignment.objects.filter(pk__in=[row.pk for row in rows])
    assert {(row.stage, row.stop, row.body_id) for row in stopped} == {("stopped", "unit_moved", cast.county_a.pk)}
    assert Event.objects.filter(move="unit_moved", by=cast.system_admin).count() == 5
    done.refresh_from_db()
    assert (done.stage, done.body_id) == (Stage.COMPLETED, cast.county_a.pk), "past figures stay where it was done"

    old, new = Actor.of(cast.county_secretary, cast.today), Actor.of(cast.stranger, cast.today)
    assert set(left_work(old)) == set(stopped), "the old issuer decides what becomes of it"
    assert not left_work(new).exists()
    for name, sees in [("county_secretary", 6), ("stranger", 0), ("head_a", 6), ("member", 6)]:
        person = type(cast.member).objects.get(username=name.replace("_", "-"))
        assert Assignment.objects.visible_to(person, cast.today).filter(unit=unit).count() == sees, name

    make_post(make_user("甲区办公室"), cast.county_a_office, Role.HEAD)
    heir = hand_over(rows[0], cast.county_a_office, reason="支部调整", by=cast.county_secretary, op=op(), now=NOW)
    drop(rows[2], reason="不再开展", by=cast.county_secretary, op=op(), now=NOW)
    assert (heir.unit, heir.body) == (cast.county_a_office, cast.county_a)
    assert left_work(old).count() == 3
    with pytest.raises(NotPossible):
        undo(change, by=cast.system_admin, op=op(), now=NOW)
    whole()


def test_case_9_two_branches_merge(cast: Cast) -> None:
    other = make_branch("机关第二党支部", cast.county_a)
    head = activate(other)[0]
    both = make_user("两边都在")
    both.standings.create(kind="full", starts_on=date(2020, 1, 1))
    other.memberships.create(user=both, kind="home", starts_on=date(2021, 1, 1))
    cast.branch_a.memberships.create(user=both, kind="temporary", starts_on=date(2022, 1, 1))
    group = make_unit("第一党小组", "heading", other.unit)
    UnitAlias.objects.create(unit=other.unit, body=cast.county_a, name="机关二支部")
    shared = make_assignment(other.unit, cast.county_list, content="两支部共同任务")
    twin = make_assignment(cast.branch_a.unit, cast.county_list, task=shared.task)
    open_row = make_assignment(other.unit, cast.county_list, due_on=date(2026, 7, 20))
    by_name = make_assignment(other.unit, cast.county_list, person=both)
    handed_in = reported(make_assignment(other.unit, cast.county_list), head, date(2026, 6, 30))
    last_quarter = make_assignment(
        other.unit, cast.county_list, due_on=date(2026, 3, 31), stage=Stage.COMPLETED, completed_on=date(2026, 3, 30)
    )
    july = at(date(2026, 7, 1))
    change = plan_change("merge", other.unit, cast.branch_a.unit, july.date(), by=cast.county_admin, op=op(), now=NOW)
    assert Branch.objects.get(pk=other.pk).state == BranchState.ACTIVE, "nothing happens before the day"

    assert do_changes_due(july) == 1
    assert do_changes_due(july) == 0

    whole()
    change.refresh_from_db()
    assert change.state == "done"
    ended = Branch.objects.select_related("unit").get(pk=other.pk)
    assert (ended.state, ended.unit.ends_on) == (BranchState.ENDED, july.date())
    assert not other.memberships.active(july.date()).exists()
    assert not other.unit.posts.active(july.date()).exists()
    assert cast.branch_a.memberships.active(july.date()).count() == 4 + 3 + 1
    home = both.memberships.active(july.date())
    assert [(row.branch_id, row.kind) for row in home] == [(cast.branch_a.pk, "home")]
    heads = cast.branch_a.unit.posts.active(july.date()).filter(role=Role.HEAD)
    assert [post.user for post in heads] == [cast.head_a], "the branch that goes on keeps its head"
    assert fresh(group).path.startswith(fresh(cast.branch_a.unit).path)
    names = UnitAlias.objects.filter(unit=cast.branch_a.unit, body=cast.county_a).values_list("name", flat=True)
    assert set(names) == {"机关二支部", "机关第二党支部"}
    for row in (shared, open_row, by_name, handed_in, last_quarter):
        row.refresh_from_db()
    assert shared.heir == twin
    assert open_row.heir is not None
    assert (open_row.heir.unit, open_row.heir.due_on) == (cast.branch_a.unit, date(2026, 7, 20))
    assert by_name.heir is not None
    assert by_name.heir.person == both
    assert (handed_in.stage, last_quarter.stage) == (Stage.REPORTED, Stage.COMPLETED)
    assert last_quarter.unit == other.unit, "last quarter's figures stay with the branch that earned them"

    Assignment.objects.filter(pk=handed_in.pk).update(stage=Stage.RETURNED, supplement_by=date(2026, 7, 6))
    assert pass_on_returned(at(date(2026, 7, 2))) == 1
    assert pass_on_returned(at(date(2026, 7, 2))) == 0
    handed_in.refresh_from_db()
    assert handed_in.heir is not None


def test_inside_a_body_the_work_goes_along(cast: Cast) -> None:
    organ = make_unit("甲区政协机关党委", "party_organ", cast.county_a)
    waiting = reported(make_assignment(cast.branch_a.unit, cast.county_list), cast.head_a, date(2026, 5, 11))

    change = move(cast, cast.branch_a.unit, organ, who="county_admin")

    whole()
    for row in (cast.to_branch_a, waiting):
        before = row.stage
        row.refresh_from_db()
        assert (row.stage, row.body) == (before, cast.county_a)
        assert row.unit_path.startswith(organ.path)
    assert Assignment.objects.visible_to(cast.county_secretary, cast.today).filter(pk=waiting.pk).exists()
    again = op()
    undo(change, by=cast.county_admin, op=again, now=NOW)
    undo(change, by=cast.county_admin, op=again, now=NOW)
    assert Unit.objects.get_parent(fresh(cast.branch_a.unit)) == cast.county_a
    whole()


def test_a_move_to_another_body_is_undone_whole(cast: Cast, organ_b: Unit) -> None:
    place = fresh(cast.branch_a.unit).path
    Assignment.objects.filter(pk=cast.to_branch_a.pk).update(stage=Stage.SUSPENDED, suspended_from=Stage.IN_PROGRESS)
    change = move(cast, cast.branch_a.unit, organ_b)
    with pytest.raises(NotPossible):
        undo(change, by=cast.system_admin, op=op(), now=NOW + timedelta(days=8))

    undo(change, by=cast.system_admin, op=op(), now=NOW + timedelta(days=6))

    whole()
    cast.to_branch_a.refresh_from_db()
    assert (cast.to_branch_a.stage, cast.to_branch_a.suspended_from) == (Stage.SUSPENDED, Stage.IN_PROGRESS)
    assert fresh(cast.branch_a.unit).path == place
    new_list = make_list(cast.county_b, cast.stranger, issued_on=cast.today)
    change = move(cast, cast.branch_a.unit, organ_b)
    make_assignment(fresh(cast.branch_a.unit), new_list)
    with pytest.raises(NotPossible):
        undo(change, by=cast.system_admin, op=op(), now=NOW)


def test_the_receiving_body_objects_before_the_day(cast: Cast) -> None:
    change = move(cast, cast.city_branch.unit, cast.county_a, NEXT_MONTH, who="admin")
    assert set(PlannedChange.objects.visible_to(cast.county_secretary, cast.today)) == {change}
    assert not PlannedChange.objects.visible_to(cast.stranger, cast.today).exists()
    for who in ("stranger", "member", "admin"):
        with pytest.raises(PermissionDenied):
            object_to(change, "不同意", by=cast.person(who), op=op(), now=NOW)
    with pytest.raises(Invalid):
        object_to(change, " ", by=cast.county_secretary, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        object_to(change, "晚了", by=cast.county_secretary, op=op(), now=at(NEXT_MONTH))

    object_to(change, "支部人数已满", by=cast.county_secretary, op=op(), now=NOW)

    assert do_changes_due(at(NEXT_MONTH)) == 0
    change.refresh_from_db()
    assert (change.state, change.said) == ("objected", "支部人数已满")
    withdraw(change, by=cast.admin, op=op(), now=NOW)
    change.refresh_from_db()
    assert change.state == "withdrawn"
    assert fresh(cast.city_branch.unit).body_id == cast.city.pk


def test_who_may_move_and_when(cast: Cast) -> None:
    unit = cast.city_branch.unit
    with pytest.raises(PermissionDenied):
        move(cast, unit, cast.city_office, who="county_admin")
    with pytest.raises(PermissionDenied):
        move(cast, unit, cast.city_office, who="secretary")
    with pytest.raises(Invalid):
        move(cast, unit, cast.city_office, date(2026, 5, 11), who="admin")
    with pytest.raises(Invalid):
        move(cast, unit, cast.county_a, who="admin")  # today: the county could not object
    plan = move(cast, unit, cast.county_a, date(2026, 5, 13), who="admin")
    with pytest.raises(NotPossible):
        move(cast, unit, cast.city_office, NEXT_MONTH, who="admin")  # one way at a time
    withdraw(plan, by=cast.admin, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):
        move(cast, cast.county_a, cast.foreign_city, NEXT_MONTH, who="county_admin")  # a body does not leave by itself


def test_what_cannot_be_is_said(cast: Cast, organ_b: Unit) -> None:
    city, organ = cast.city, cast.city_party
    for unit, target in [
        (organ, organ),  # itself
        (organ, cast.city_branch.unit),  # its own child
        (organ, city),  # there already
        (cast.county_a, cast.city_office),  # a body below an office
        (cast.branch_b.unit, cast.county_a),  # a unit of that name is there
        (cast.temporary_a.unit, organ_b),  # hangs on a platform of the body it would leave
        (cast.branch_a.unit, cast.city_branch.unit),  # a branch below a branch
    ]:
        with pytest.raises(NotPossible):
            move(cast, unit, target, NEXT_MONTH)
    Unit.objects.filter(pk=cast.committee.pk).update(ends_on=date(2026, 5, 31))
    with pytest.raises(NotPossible):
        move(cast, cast.city_branch.unit, cast.committee, NEXT_MONTH)  # has ended by then
    term = Term.objects.create(body=city, name="九届", starts_on=date(2022, 1, 1))
    sector = make_unit("经济界", "sector", city)
    CppccMembership.objects.create(user=cast.nobody, body=city, term=term, sector=sector, starts_on=date(2022, 1, 1))
    with pytest.raises(NotPossible):
        move(cast, sector, cast.county_a, NEXT_MONTH)
    make_assignment(cast.city_branch.unit, make_list(cast.city_office, cast.clerk))
    with pytest.raises(NotPossible):
        move(cast, cast.city_office, cast.foreign_city, NEXT_MONTH)  # gave work to units that stay
    for unit, target in [
        (cast.branch_a.unit, organ_b),
        (cast.county_a, cast.county_b),
        (cast.branch_a.unit, cast.branch_b.unit),
    ]:
        with pytest.raises(NotPossible):
            plan_change("merge", unit, target, NEXT_MONTH, by=cast.system_admin, op=op(), now=NOW)
    assert not PlannedChange.objects.exists()


def test_a_change_that_cannot_be_done_on_its_day_keeps_the_reason(cast: Cast) -> None:
    change = move(cast, cast.city_branch.unit, cast.committee, NEXT_MONTH, who="admin")
    name = plan_name(
        cast.city_office, UnitWords("办公厅", "", "", "city-office"), NEXT_MONTH,
        version=cast.city_office.version, by=cast.admin, op=op(), now=NOW,
    )  # fmt: skip
    Unit.objects.filter(pk=cast.committee.pk).update(ends_on=date(2026, 5, 20))

    assert do_changes_due(at(date(2026, 5, 31))) == 0
    assert do_changes_due(at(date(2026, 6, 3))) == 1, "a sweep that was late"

    change.refresh_from_db()
    name.refresh_from_db()
    assert change.state == "failed"
    assert "提案委员会" in change.said
    assert fresh(cast.city_office).name == "办公厅"
    assert UnitAlias.objects.get(name="办公室").unit == cast.city_office
    assert name.state == "done"


@transaction.atomic
def wrongly_given(moved: Unit, cast: Cast) -> None:
    make_assignment(moved, cast.county_list, body=cast.county_a)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_recurring_work_of_the_old_body_does_not_follow(cast: Cast, organ_b: Unit) -> None:
    """A list that names the branch opens its next period without it; the database refuses an open row in the wrong body."""
    move(cast, cast.branch_a.unit, organ_b)
    moved = fresh(cast.branch_a.unit)
    with pytest.raises(IntegrityError, match="open_row_in_another_body"):
        wrongly_given(moved, cast)
    row = Assignment.objects.get(pk=cast.to_branch_a.pk)
    assert Receiver.objects.filter(task=row.task, unit=moved).exists()
    assert not shares(row.period, NOW)


def test_pages_of_a_change_ask_little(cast: Cast, organ_b: Unit, client: Client, clock_at: Callable[..., None]) -> None:
    """At most 12 queries, whatever stands in the way or goes along; who loses and gains sight is said by name."""
    clock_at(TODAY)
    client.force_login(cast.system_admin)
    unit = cast.branch_a.unit
    pages = [f"/units/{unit.pk}/move/?q=jg", f"/units/{unit.pk}/move/?to={organ_b.pk}", f"/units/{unit.pk}/merge/"]
    for page in pages:
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(page)
        assert answer.status_code == 200
        assert len(asked) <= 12, [query["sql"][:120] for query in asked]
    words = client.get(pages[1]).text
    for name in (cast.county_secretary.name, cast.county_head.name, cast.stranger.name, cast.county_admin.name):
        assert name in words

    again = {"to": organ_b.pk, "effective_on": "2026-06-01", "reason": "", "op": str(op())}
    first, second = (client.post(f"/units/{unit.pk}/move/", again) for _n in range(2))
    change = PlannedChange.objects.get()
    assert first.url == second.url == change.get_absolute_url()
    client.force_login(cast.stranger)
    for page in (change.get_absolute_url(), "/", f"/units/{organ_b.pk}/"):
        assert unit.name in client.get(page).text, "the receiving body is told"
