"""Standing in for somebody who is away: both names are kept, rights end by themselves, nobody judges his own (cases.md 13)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from branches.actions.standins import end_stand_in, name_stand_in
from branches.models import StandIn, Unit, User
from branches.roles import Role
from branches.writing import Invalid, NotPossible
from tasks import actions, rules
from tasks.models import Assignment, Event, Report, TaskList
from tasks.reminders.people import Directory, Place
from tasks.rules import Actor
from tasks.states import Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_post, make_user, op, reported

FIRST, LAST = date(2026, 5, 12), date(2026, 6, 1)
NOW = at(FIRST)
BACK = date(2026, 6, 2)


def lend(absent: User, person: User, **more: Any) -> list[StandIn]:
    """The posts of `absent` to `person` for three weeks, named by himself."""
    posts = more.pop("posts", None) or list(absent.posts.values_list("pk", flat=True))
    days = (more.pop("first", FIRST), more.pop("last", LAST))
    return name_stand_in(absent, person, posts, *days, by=more.pop("by", absent), op=op(), now=NOW)


def deputy(cast: Cast) -> User:
    """Somebody of county A's office."""
    person = make_user("李四", username="deputy")
    make_post(person, cast.county_a_office, Role.MEMBER)
    return person


def test_case_13_a_stand_in_returns_a_report_and_the_member_supplements_when_the_secretary_is_back(cast: Cast) -> None:
    absent, person, row = cast.county_secretary, deputy(cast), reported(cast.to_branch_a, cast.member, FIRST)
    [lent] = lend(absent, person)
    assert row in rules.review_queue(person, FIRST)

    actions.return_report(row, reason="缺照片", by=person, op=op(), now=NOW)
    actions.report(row, done=True, text="已补照片", late_reason="材料补正", by=cast.member, op=op(), now=at(BACK))

    told = Event.objects.get(assignment=row, move="return")
    assert (told.by, told.on_behalf_of, told.post) == (person, absent, lent.post)
    row.refresh_from_db()
    assert (row.stage, row.review_unit) == (Stage.REPORTED, cast.county_a)
    assert row in rules.review_queue(absent, BACK)
    assert row not in rules.review_queue(person, BACK), "his rights ended by themselves"
    with pytest.raises(PermissionDenied):
        actions.approve(row, by=person, op=op(), now=at(BACK))
    actions.approve(row, by=absent, op=op(), now=at(BACK))


def test_nobody_judges_what_was_made_by_him_or_for_him_under_any_post(cast: Cast) -> None:
    absent, person = cast.secretary, cast.clerk  # the city's desk is lent to the secretary of its office
    lend(absent, person)
    own, for_absent, second = (make_assignment(cast.city_office, cast.city_list, content=f"第{n}项") for n in range(3))
    actions.report(own, done=True, text="自己报的", by=person, op=op(), now=NOW)
    actions.report(second, done=True, text="王明报的", by=absent, op=op(), now=NOW)
    other = make_assignment(cast.city_party, cast.city_list, content="代王明报")
    actions.report(other, done=True, text="代报", by=person, op=op(), now=NOW)
    for_absent = Report.objects.get(assignment=other)

    assert (for_absent.by, for_absent.on_behalf_of) == (person, absent), "both names stand on the report"
    assert Report.objects.get(assignment=own).on_behalf_of is None, "his own post goes before the lent one"
    assert {row.pk for row in rules.review_queue(person, FIRST)} == set()
    assert {row.pk for row in rules.review_queue(absent, FIRST)} == {own.pk}
    assert {row.pk for row in rules.review_queue(cast.second, FIRST)} == {own.pk, second.pk, other.pk}
    for row, who in [(own, person), (second, person), (second, absent), (other, person), (other, absent)]:
        assert not rules.on_side(Actor.of(who, BACK), row, "approve")
        with pytest.raises(PermissionDenied):
            actions.approve(row, by=who, op=op(), now=NOW)


def seen(user: User, on: date) -> tuple[set[int], set[int], set[int]]:
    """What somebody sees that day: assignments, lists, units."""
    fresh = User.objects.get(pk=user.pk)
    return tuple(  # type: ignore[return-value]
        set(model.objects.visible_to(fresh, on).values_list("pk", flat=True)) for model in (Assignment, TaskList, Unit)
    )


def test_a_stand_in_sees_the_two_together_and_no_day_longer(cast: Cast) -> None:
    absent, person = cast.county_secretary, deputy(cast)
    alone, other = seen(person, FIRST), seen(absent, FIRST)
    assert cast.to_county_a.pk in other[0] - alone[0]

    lend(absent, person)

    assert seen(person, FIRST) == seen(person, LAST) == tuple(a | b for a, b in zip(alone, other, strict=True))
    assert seen(person, BACK) == alone
    assert seen(absent, FIRST) == other, "who is away loses nothing"
    assert cast.to_county_b.pk not in seen(person, FIRST)[0]
    with_posts = User.objects.get(pk=person.pk)
    with_posts.note_posts(FIRST, with_posts.posts_on(FIRST))
    assert with_posts.sight(FIRST) == User.objects.get(pk=person.pk).sight(FIRST)


def test_work_that_names_the_absent_one_is_done_in_his_name(cast: Cast) -> None:
    absent, person = make_user("王五"), deputy(cast)
    make_post(absent, cast.county_a_office, Role.LIAISON)
    row = make_assignment(cast.county_a_office, cast.county_list, person=absent)
    assert not rules.may(Actor.of(person, FIRST), row, "report")

    lend(absent, person)
    actions.report(row, done=True, text="已办", by=person, op=op(), now=NOW)

    assert Report.objects.get(assignment=row).on_behalf_of == absent
    assert not rules.may(Actor.of(person, BACK), row, "take_back")


def test_reminders_reach_both_while_it_lasts(cast: Cast) -> None:
    absent, person = cast.clerk, make_user("替")
    make_post(person, cast.committee, Role.MEMBER)
    lend(absent, person)
    unit = cast.city_office
    desk = Place(unit.pk, unit.path, unit.body_id, None)
    named = Place(unit.pk, unit.path, unit.body_id, absent.pk)

    for place in (desk, named):
        told = Directory.load([place], FIRST).of(place)
        assert [one.user_id for one in told] == [absent.pk, person.pk]
        assert [one.instead_of for one in told] == ["", absent.name]
        assert [one.user_id for one in Directory.load([place], BACK).of(place)] == [absent.pk]


def test_who_may_name_whom(cast: Cast) -> None:
    absent, person = cast.county_secretary, deputy(cast)
    for by in (cast.county_head, person, cast.admin):
        with pytest.raises(PermissionDenied):
            lend(absent, person, by=by)
    wrong: list[dict[str, Any]] = [
        {"first": date(2026, 5, 11)}, {"last": date(2026, 5, 11)}, {"last": date(2028, 1, 1)},
    ]  # fmt: skip
    for days in wrong:
        with pytest.raises(Invalid):
            lend(absent, person, **days)
    with pytest.raises(Invalid):
        lend(absent, cast.stranger)  # of another body
    with pytest.raises(Invalid):
        lend(absent, absent)
    with pytest.raises(Invalid):
        lend(cast.system_admin, cast.clerk)
    [row] = lend(absent, person, by=cast.county_admin)
    with pytest.raises(Invalid):
        lend(absent, cast.county_head)
    with pytest.raises(NotPossible):
        lend(person, absent, posts=[row.post_id])  # what is lent is not one's own to lend on
    with pytest.raises(IntegrityError), transaction.atomic():
        StandIn.objects.filter(pk=row.pk).update(absent=cast.county_head)
    end_stand_in(row, by=absent, op=op(), now=NOW)
    assert all(post.held_for is None for post in person.posts_on(FIRST))


def test_the_page_names_a_stand_in_and_ends_it(
    client: Client, cast: Cast, clock_at: Any, django_assert_max_num_queries: Any
) -> None:
    clock_at(FIRST)
    absent, person = cast.county_secretary, deputy(cast)
    client.force_login(absent)
    sent = {
        "op": str(op()), "person": person.username, "post": [absent.posts.get().pk],
        "starts_on": "2026-05-12", "last_on": "2026-06-01", "reason": "培训",
    }  # fmt: skip
    address = f"/people/{absent.pk}/stand-in/"

    assert client.get(address).status_code == 200
    assert client.post(address, {**sent, "op": str(op()), "last_on": "2026-05-01"}).status_code == 400
    for _time in range(2):
        assert client.post(address, sent).status_code == 302
    row = StandIn.objects.get()
    client.force_login(person)
    with django_assert_max_num_queries(12):
        assert absent.name in client.get("/me/").text
    assert client.post(f"/stand-ins/{row.pk}/end/", {"op": str(op())}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == FIRST
