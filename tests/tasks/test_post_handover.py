"""Posts go to a successor, with everything that hangs on the person because of them (ux ADM-3; I-4, I-7; cases.md 2, 16)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from branches.models import Change, CppccMembership, Platform, Post, Term, User
from branches.roles import Role
from branches.writing import Invalid, NotPossible
from tasks import actions, rules, succession
from tasks.actions.posts import Handing, hand_posts_over, settle_post_handovers, undo_post_handover
from tasks.models import Approval, Assignment, Event, PaperDraft, PostHandover
from tasks.rules import Actor
from tests.conftest import Cast
from tests.factories import LONG_AGO, at, make_assignment, make_post, make_standing, make_user, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)


def heir_of(cast: Cast) -> User:
    """Somebody of county A's office who takes over."""
    heir = make_user("新任", username="heir", pinyin="xinren xr")
    make_post(heir, cast.county_a_office, Role.MEMBER)
    return heir


def hand(cast: Cast, person: User, to: User | None, on: date = TODAY, **more: Any) -> PostHandover:
    """All posts of `person`, or those that `more` names, given by the county's admin."""
    posts = more.pop("posts", None) or list(person.posts.values_list("pk", flat=True))
    what = Handing(posts=posts, on=on, successor=to, **more)
    return hand_posts_over(person, what, by=cast.county_admin, op=more.get("op") or op(), now=NOW)


def test_everything_that_hangs_on_the_person_goes_along_and_history_names_both(cast: Cast) -> None:
    person, heir = cast.county_secretary, heir_of(cast)
    named = make_assignment(cast.county_a, cast.city_list, person=person, content="由赵敏负责")
    both = make_assignment(cast.county_a, cast.city_list, person=person, content="每人一份")
    Assignment.objects.filter(pk=both.pk).update(leader=person)
    own = make_assignment(cast.county_a, cast.city_list, task=both.task, person=heir)
    draft = PaperDraft.objects.create(owner=person, issuer=cast.county_a, created_at=NOW, changed_at=NOW)
    foreign = make_assignment(cast.foreign_city, cast.foreign_row.list, person=person, content="别处的事")
    before = succession.along(person, list(succession.handable(person, TODAY)), heir, TODAY)
    assert ([(unit.pk, n) for unit, n in before.named], before.twice, before.drafts) == ([(cast.county_a.pk, 1)], 1, 1)

    row = hand(cast, person, heir)

    for one in (named, both, own, draft, foreign):
        one.refresh_from_db()
    assert (named.person, draft.owner) == (heir, heir)
    assert (both.person, own.person) == (person, heir), "a share that the heir has himself stays as it is"
    assert foreign.person == person, "another body's work has nothing to do with this post"
    old, new = Post.objects.get(pk=row.old_posts[0]), Post.objects.get(pk=row.new_posts[0])
    assert (old.ends_on, new.starts_on, new.unit, new.role) == (TODAY, TODAY, cast.county_a, Role.SECRETARY)
    told = {change.person: change.after for change in Change.objects.filter(verb__startswith="post-")}
    assert (told[person]["successor"], told[heir]["predecessor"]) == (heir.name, person.name)
    line = Event.objects.get(assignment=named, move="assign_person")
    assert (line.by, line.changes) == (cast.county_admin, {"person": [person.pk, heir.pk]})
    assert rules.on_side(Actor.of(heir, TODAY), cast.to_county_a, "report").post == new
    assert not rules.on_side(Actor.of(person, TODAY), cast.to_county_a, "report")


def test_only_ticked_posts_go_and_where_the_person_goes_on_his_work_stays(cast: Cast) -> None:
    person, heir = cast.county_secretary, heir_of(cast)
    office = make_post(person, cast.county_a_office, Role.HEAD)
    stays = make_assignment(cast.county_a, cast.city_list, person=person, content="县级事项")
    goes = make_assignment(cast.county_a_office, cast.county_list, person=person, content="办公室事项")

    hand(cast, person, heir, posts=[office.pk])

    stays.refresh_from_db(), goes.refresh_from_db()
    assert (stays.person, goes.person) == (person, heir)
    assert [post.unit for post in person.posts_on(TODAY)] == [cast.county_a]
    assert {post.role for post in heir.posts_on(TODAY)} == {Role.MEMBER, Role.HEAD}


def test_a_planned_handover_holds_by_its_day_and_the_sweep_settles_it_once(cast: Cast) -> None:
    person, heir, day = cast.county_secretary, heir_of(cast), date(2026, 6, 1)
    named = make_assignment(cast.county_a, cast.city_list, person=person)
    row = hand(cast, person, heir, on=day)

    assert settle_post_handovers(NOW) == 0
    assert rules.on_side(Actor.of(person, date(2026, 5, 31)), cast.to_county_a, "report"), "until the day it is his"
    assert not rules.on_side(Actor.of(person, day), cast.to_county_a, "report")
    late = make_assignment(cast.county_a, cast.city_list, person=person, content="后来才指定")
    assert [settle_post_handovers(at(day)), settle_post_handovers(at(date(2026, 6, 3)))] == [1, 0]

    named.refresh_from_db(), late.refresh_from_db(), row.refresh_from_db()
    assert (named.person, late.person) == (heir, heir), "what was named between the order and its day goes along"
    assert sorted(row.moved["named"]) == sorted([named.pk, late.pk])


def test_the_head_of_a_branch_is_appointed_by_the_unit_that_approved_it(cast: Cast) -> None:
    branch, heir = cast.temporary_a, heir_of(cast)
    head = branch.unit.posts.get(role=Role.HEAD)

    row = hand(cast, head.user, heir, posts=[head.pk], appointment="示例〔2026〕8号")

    new = Post.objects.get(pk=row.new_posts[0])
    assert (new.appointed_by, new.appointment) == (branch.approved_by, "示例〔2026〕8号")
    assert Change.objects.get(verb="post-taken-over").after["appointed_by"] == branch.approved_by.name


def test_what_waits_for_his_word_and_what_he_leads_go_along_but_contacts_only_when_ticked(cast: Cast) -> None:
    person, heir = cast.county_head, heir_of(cast)
    waiting = Approval.objects.create(
        list=cast.county_list, edition=2, approver=person, asked_at=NOW, recorded_by=cast.county_secretary
    )
    Assignment.objects.filter(pk=cast.to_branch_a.pk).update(leader=person)
    term = Term.objects.create(body=cast.county_a, name="八届", starts_on=LONG_AGO)
    for each in (person, heir):
        make_standing(each)
        CppccMembership.objects.create(user=each, body=cast.county_a, term=term, starts_on=LONG_AGO)
    seats = [
        CppccMembership.objects.create(
            user=make_user("党外"), body=cast.county_a, term=term, contact=person, starts_on=LONG_AGO
        )
        for _n in range(2)
    ]
    hall = Platform.objects.create(
        name="议事堂", kind="hall", body=cast.county_a, lead_member=person, starts_on=LONG_AGO
    )

    hand(cast, person, heir, contacts=[seats[0].pk], platforms=[])

    waiting.refresh_from_db(), cast.to_branch_a.refresh_from_db(), hall.refresh_from_db()
    assert (waiting.approver, cast.to_branch_a.leader, hall.lead_member) == (heir, heir, person)
    assert [CppccMembership.objects.get(pk=seat.pk).contact for seat in seats] == [heir, person]


def test_undo_puts_everything_back_until_the_successor_has_acted(cast: Cast) -> None:
    person, heir = cast.county_secretary, heir_of(cast)
    named = make_assignment(cast.county_a, cast.city_list, person=person)
    row = hand(cast, person, heir)

    undo_post_handover(row, by=cast.county_admin, op=op(), now=NOW)

    named.refresh_from_db()
    assert (named.person, [post.role for post in heir.posts_on(TODAY)]) == (person, [Role.MEMBER])
    assert person.posts.get().ends_on is None
    again = hand(cast, person, heir)
    actions.report(cast.to_county_a, done=False, text="已着手", by=heir, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        undo_post_handover(again, by=cast.county_admin, op=op(), now=NOW)


def test_a_new_successor_gets_an_account_and_the_posts_in_one_write(cast: Cast) -> None:
    same = op()
    for _time in range(2):
        what = Handing(posts=[cast.county_secretary.posts.get().pk], on=TODAY, new_name="曾新来")
        row = hand_posts_over(cast.county_secretary, what, by=cast.county_admin, op=same, now=NOW)

    assert (row.successor.username, row.successor.has_usable_password()) == ("cengxinlai", False)
    assert row.successor.posts.get().unit == cast.county_a
    assert PostHandover.objects.count() == 1


def test_who_may_not_and_what_cannot(cast: Cast) -> None:
    person, heir = cast.county_secretary, heir_of(cast)
    posts = list(person.posts.values_list("pk", flat=True))
    for stranger in (cast.county_secretary, cast.stranger, cast.admin):
        with pytest.raises(PermissionDenied):
            hand_posts_over(person, Handing(posts=posts, on=TODAY, successor=heir), by=stranger, op=op(), now=NOW)
    with pytest.raises(Invalid):
        hand(cast, person, heir, on=date(2026, 5, 11))
    with pytest.raises(Invalid):
        hand(cast, person, person)
    with pytest.raises(NotPossible):
        hand(cast, person, heir, posts=[*posts, cast.county_head.posts.get().pk])
    assert not PostHandover.objects.exists()
    assert hand(cast, person, heir).count == 1


def test_the_pages_list_what_moves_do_it_and_take_it_back(
    client: Client, cast: Cast, clock_at: Any, django_assert_max_num_queries: Any
) -> None:
    clock_at(TODAY)
    person, heir = cast.county_secretary, heir_of(cast)
    make_assignment(cast.county_a, cast.city_list, person=person)
    client.force_login(cast.county_admin)
    address = f"/people/{person.pk}/hand-over/"

    asked = client.get(address, {"to": "xinren", "on": "2026-06-01"})
    assert asked["Location"] == f"{address}?heir={heir.pk}&on=2026-06-01"
    with django_assert_max_num_queries(12):
        page = client.get(asked["Location"])
    assert page.context["along"].named_total == 1
    sent = {"op": str(op()), "heir": heir.pk, "on": "2026-06-01", "post": [person.posts.get().pk]}
    for _time in range(2):
        assert client.post(address, sent).status_code == 302
    row = PostHandover.objects.get()
    with django_assert_max_num_queries(12):
        assert f"/handovers/{row.pk}/undo/" in client.get(f"/people/{person.pk}/").text
    assert client.post(address, {**sent, "op": str(op()), "post": []}).status_code == 400
    client.post(f"/handovers/{row.pk}/undo/", {"op": str(op())})
    row.refresh_from_db()
    assert row.undone_by == cast.county_admin
