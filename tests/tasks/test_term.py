"""A change of term: what nobody answers stays, what is answered happens once and together (domain 1.13; cases.md 16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from branches.models import Branch, BranchState, CppccMembership, Term, User
from branches.roles import Role
from branches.writing import Conflict, Invalid, NotPossible
from tasks import terms
from tasks.actions.terms import answer_term, apply_terms_due, begin_term, confirm_term, drop_term, take_term_back
from tasks.models import Assignment, Event, PostHandover, TermPlan
from tasks.states import OPEN, Stage, Stop
from tests.conftest import Cast
from tests.factories import (
    LONG_AGO,
    activate,
    at,
    make_assignment,
    make_branch,
    make_post,
    make_standing,
    make_user,
    op,
)

TODAY, DAY = date(2026, 5, 12), date(2026, 6, 1)
NOW = at(TODAY)


def seated(cast: Cast, names: int = 4) -> tuple[Term, list[CppccMembership]]:
    """County A's eighth term with some members; the last one is kept contact with by the first."""
    term = Term.objects.create(body=cast.county_a, name="八届", starts_on=LONG_AGO)
    people = [make_user(f"委员{number}") for number in range(names)]
    make_standing(people[0])
    rows = [
        CppccMembership.objects.create(user=one, body=cast.county_a, term=term, sector_name="经济", starts_on=LONG_AGO)
        for one in people
    ]
    CppccMembership.objects.filter(pk=rows[-1].pk).update(contact=people[0])
    return term, rows


def begun(cast: Cast, day: date = DAY) -> TermPlan:
    return begin_term(cast.county_a, "九届", day, by=cast.county_admin, op=op(), now=NOW)


def answered(plan: TermPlan, cast: Cast, **parts: Any) -> TermPlan:
    return answer_term(plan, parts, version=plan.version, by=cast.county_admin, op=op(), now=NOW)


def confirmed(plan: TermPlan, cast: Cast, now: Any = NOW) -> TermPlan:
    return confirm_term(plan, version=plan.version, by=cast.county_admin, op=op(), now=now)


def test_case_16_members_change_branches_end_heads_hand_over_and_sixty_open_assignments_find_their_heirs(
    cast: Cast,
) -> None:
    old, seats = seated(cast)
    heir = make_user("新书记")
    make_post(heir, cast.county_a_office, Role.MEMBER)
    ends, anew = (make_branch(name, cast.county_a, "office", starts_on=LONG_AGO) for name in ("届满支部", "续建支部"))
    activate(ends), activate(anew)
    named = [
        make_assignment(cast.county_a, cast.city_list, person=cast.county_secretary, content=f"县{n}")
        for n in range(20)
    ]
    for unit in (ends.unit, anew.unit):
        for number in range(20):
            make_assignment(unit, cast.county_list, content=f"{unit.name}{number}")
    before = Assignment.objects.filter(stage__in=OPEN).count()
    desk = cast.county_secretary.posts.get()
    plan = begun(cast)
    answered(plan, cast, carried=[row.pk for row in seats[:3]])
    answered(plan, cast, branches={ends.pk: "end", anew.pk: "anew"})
    answered(plan, cast, posts={desk.pk: heir.pk}, work={ends.pk: cast.branch_a.unit_id})
    told = terms.summary(plan)
    assert (told.carried, told.leaving, told.handed, told.passed_on) == (3, 1, 1, 40)
    confirmed(plan, cast)

    assert apply_terms_due(NOW) == 0, "its day has not come"
    assert ends.unit.posts.filter(ends_on=None).exists()
    assert [apply_terms_due(at(DAY)), apply_terms_due(at(DAY)), apply_terms_due(at(date(2026, 6, 2)))] == [1, 0, 0]

    plan.refresh_from_db(), old.refresh_from_db()
    assert (old.ends_on, plan.term.seats.count(), old.seats.filter(ends_on=DAY).count()) == (DAY, 3, 4)
    assert {row.person for row in Assignment.objects.filter(pk__in=[one.pk for one in named])} == {heir}
    assert [post.unit for post in cast.county_secretary.posts_on(DAY)] == []
    for branch in (ends, anew):
        branch.refresh_from_db()
        assert (branch.state, branch.unit.ends_on) == (BranchState.ENDED, DAY)
        assert not Assignment.objects.filter(unit=branch.unit, stage__in=OPEN).exists()
        assert branch.memberships.active(date(2026, 5, 31)).count() == 3, "the old line-up stays readable"
    new = Branch.objects.get(unit__name="续建支部", state=BranchState.PLANNED)
    assert (new.unit.starts_on, new.memberships.active(DAY).count(), new.type) == (DAY, 3, anew.type)
    assert Assignment.objects.filter(unit=new.unit, stage=Stage.ISSUED).count() == 20
    assert Assignment.objects.filter(unit=cast.branch_a.unit, heir_of__unit=ends.unit).count() == 20
    assert Assignment.objects.filter(stage__in=OPEN).count() == before, "nothing is lost and nothing doubled"
    assert Event.objects.filter(move="hand_over", by=cast.county_admin).count() == 40
    assert PostHandover.objects.get().count == 1


def test_who_is_on_the_new_roster_goes_on_and_posts_of_those_who_leave_are_offered_to_end(
    cast: Cast, client: Client, clock_at: Callable[..., None]
) -> None:
    _old, seats = seated(cast)
    stays, leaves = (make_post(row.user, cast.county_a, Role.MEMBER) for row in seats[:2])
    plan = begun(cast)
    newcomer = make_user("新委员")
    for user in (seats[0].user, newcomer):
        CppccMembership.objects.create(user=user, body=cast.county_a, term=plan.term, sector_name="经济", starts_on=DAY)

    told = terms.summary(plan)
    assert (told.carried, told.new, told.leaving) == (1, 1, 3)
    clock_at(TODAY)
    client.force_login(cast.county_admin)
    page = client.get(f"/terms/plans/{plan.pk}/posts/").text
    ticked = {post.pk for post in (stays, leaves) if f'name="end-{post.pk}" value="1" checked' in page}
    assert ticked == {leaves.pk}


def test_what_nobody_answers_stays(cast: Cast) -> None:
    _old, seats = seated(cast)
    rows = list(Assignment.objects.values_list("pk", "stage", "unit", "person").order_by("pk"))
    posts = list(cast.county_secretary.posts.values_list("pk", "ends_on"))
    plan = confirmed(begun(cast, TODAY), cast)

    assert plan.applied_at == NOW, "a change whose day is today is done at once"
    assert plan.term.seats.count() == len(seats)
    last = plan.term.seats.get(user=seats[-1].user)
    assert (last.contact, last.sector_name) == (seats[0].user, "经济")
    assert list(Assignment.objects.values_list("pk", "stage", "unit", "person").order_by("pk")) == rows
    assert list(cast.county_secretary.posts.values_list("pk", "ends_on")) == posts
    assert not Branch.objects.filter(unit__body=cast.county_a, state=BranchState.ENDED).exists()


def test_a_roster_of_the_new_term_says_who_goes_on(cast: Cast) -> None:
    _old, seats = seated(cast)
    plan = begun(cast)
    new = make_user("新委员")
    for user in (new, seats[1].user):
        CppccMembership.objects.create(user=user, body=cast.county_a, term=plan.term, starts_on=DAY)

    assert terms.carried(plan, terms.Answers.of(plan), list(terms.seats(plan))) == []
    answered(plan, cast, carried=[seats[0].pk, seats[1].pk])
    confirmed(plan, cast)
    apply_terms_due(at(DAY))

    assert set(plan.term.seats.values_list("user", flat=True)) == {new.pk, seats[0].user_id, seats[1].user_id}


def test_work_of_an_ended_branch_is_stopped_or_put_before_the_unit_that_approved_it(cast: Cast) -> None:
    seated(cast)
    first, second = (make_branch(name, cast.county_a, "office") for name in ("甲支部", "乙支部"))
    activate(first), activate(second)
    stopped, left = (make_assignment(one.unit, cast.county_list) for one in (first, second))
    plan = begun(cast, TODAY)
    answered(plan, cast, branches={first.pk: "end", second.pk: "end"}, work={first.pk: "stop"})

    confirmed(plan, cast)

    stopped.refresh_from_db(), left.refresh_from_db()
    assert (stopped.stop, left.stop) == (Stop.TERMINATED, Stop.BRANCH_ENDED)


def test_who_leaves_without_a_successor_leaves_no_name_behind(cast: Cast) -> None:
    seated(cast)
    row = make_assignment(cast.county_a, cast.city_list, person=cast.county_secretary)
    plan = begun(cast, TODAY)
    answered(plan, cast, posts={cast.county_secretary.posts.get().pk: None})

    confirmed(plan, cast)

    row.refresh_from_db()
    assert (row.person, row.stage) == (None, Stage.ISSUED)
    assert not User.objects.get(pk=cast.county_secretary.pk).posts_on(TODAY)


def test_who_may_and_what_cannot(cast: Cast) -> None:
    for stranger in (cast.county_secretary, cast.admin, cast.stranger):
        with pytest.raises(PermissionDenied):
            begin_term(cast.county_a, "九届", DAY, by=stranger, op=op(), now=NOW)
    with pytest.raises(Invalid):
        begun(cast, date(2026, 5, 11))
    plan = begun(cast)
    with pytest.raises(NotPossible):
        begun(cast)
    with pytest.raises(Conflict):
        answer_term(plan, {"carried": []}, version=plan.version + 1, by=cast.county_admin, op=op(), now=NOW)
    with pytest.raises(Invalid):
        confirmed(plan, cast, at(date(2026, 6, 2)))  # its day went by unconfirmed
    confirmed(plan, cast)
    with pytest.raises(NotPossible):
        answered(plan, cast, carried=[])
    take_term_back(plan, by=cast.county_admin, op=op(), now=NOW)
    drop_term(plan, by=cast.county_admin, op=op(), now=NOW)
    assert not Term.objects.filter(body=cast.county_a).exists()


def test_the_pages_lead_through_it_and_the_old_term_stays_readable(
    client: Client, cast: Cast, clock_at: Callable[..., None], django_assert_max_num_queries: Any
) -> None:
    clock_at(TODAY)
    old, seats = seated(cast, 30)
    client.force_login(cast.county_admin)
    answer = client.post("/terms/new/", {"op": str(op()), "name": "九届", "starts_on": "2026-05-12"})
    plan = TermPlan.objects.get()
    assert answer["Location"] == f"/terms/plans/{plan.pk}/members/"
    sent: dict[str, dict[str, Any]] = {
        "members": {"seat": [seats[0].pk, seats[1].pk]},
        "branches": {f"branch-{cast.temporary_a.pk}": "end"},
        "posts": {f"post-{cast.county_head.posts.get().pk}": f"新主席 ({cast.county_secretary.username})"},
        "work": {},
    }
    for step, data in sent.items():
        with django_assert_max_num_queries(12):
            assert client.get(f"/terms/plans/{plan.pk}/{step}/").status_code == 200
        plan.refresh_from_db()
        answer = client.post(f"/terms/plans/{plan.pk}/{step}/", {"op": str(op()), "version": plan.version, **data})
        assert answer.status_code == 302, step
    with django_assert_max_num_queries(12):
        assert client.get(f"/terms/plans/{plan.pk}/summary/").context["summary"].leaving == 28
    plan.refresh_from_db()
    same = {"op": str(op()), "version": plan.version}
    for _time in range(2):
        assert client.post(f"/terms/plans/{plan.pk}/summary/", same).status_code == 302

    plan.refresh_from_db(), old.refresh_from_db()
    assert (plan.term.seats.count(), old.ends_on) == (2, TODAY)
    for term in (old, plan.term):
        with django_assert_max_num_queries(12):
            assert client.get(f"/terms/{term.pk}/").status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get("/terms/").status_code == 200
