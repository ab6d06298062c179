"""I-1 to I-10 (domain 7) attacked past every action: raw SQL, `update`, `bulk_create`. The database itself has to refuse.

Each attack runs in a savepoint with its deferred constraints forced, as a commit would; what it may do honestly is proved first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from branches import actions
from branches.actions import Appointment
from branches.models import Branch, Membership, Platform, Post, Standing, Unit, User
from branches.roles import Role
from branches.writing import Invalid
from tasks.models import Assignment
from tests.conftest import Cast
from tests.factories import (
    LONG_AGO,
    at,
    make_assignment,
    make_branch,
    make_post,
    make_standing,
    make_unit,
    make_user,
    op,
)

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
LATER = date(2026, 8, 1)


def settle() -> None:
    """Run what the constraint triggers would check at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def refused(words: str) -> Iterator[None]:
    """What is written inside is refused by the database with these words, at the statement or at the commit."""
    settle()  # nothing that was there before is to blame
    with pytest.raises(IntegrityError, match=words), transaction.atomic():  # noqa: PT012 # the body is the attack
        yield
        settle()


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def cpc(name: str, kind: str = "full") -> User:
    person = make_user(name)
    make_standing(person, kind)
    return person


def test_i1_tree_is_whole(cast: Cast) -> None:
    """No orphan, no cycle (a unit under itself has no path), no hole above others."""
    unit = cast.branch_a.unit

    with refused("unit_without_a_unit_above"):
        Unit.objects.filter(pk=unit.pk).update(path="ZZZZ0001", depth=2)
    with refused("unit_without_a_unit_above"):  # the county below one of its own
        Unit.objects.filter(pk=cast.county_a.pk).update(path=unit.path + "0001", depth=unit.depth + 1)
    with refused("unit_without_a_unit_above"):
        sql("DELETE FROM branches_post WHERE unit_id = %s", cast.committee.pk)
        sql("UPDATE branches_unit SET path = 'ZZZZ', depth = 1 WHERE id = %s", cast.city.pk)
    with refused("unit_path_is_no_place"):
        Unit.objects.filter(pk=cast.committee.pk).update(depth=7)
    with refused("unit_path"):  # two units at one place
        Unit.objects.filter(pk=cast.committee.pk).update(path=cast.city_office.path)


def test_i1_unit_with_work_is_not_deleted(cast: Cast) -> None:
    """Neither with open work of its own nor as issuer; a unit above others is not deleted either."""
    for unit in (cast.to_office.unit, cast.county_a):
        with refused("violates foreign key|unit_without_a_unit_above"):
            sql("DELETE FROM branches_unit WHERE id = %s", unit.pk)
    bare = make_unit("空处室", parent=make_unit("空上级", parent=cast.city))
    with refused("unit_without_a_unit_above"):
        sql("DELETE FROM branches_unit WHERE path = %s", bare.path[:-4])


def test_i2_unit_belongs_to_the_body_above_it(cast: Cast) -> None:
    with refused("unit_belongs_to_another_body|open_row_in_another_body"):
        Unit.objects.filter(pk=cast.branch_a.unit_id).update(body=cast.county_b)
    with refused("unit_belongs_to_another_body|open_row_in_another_body"):
        Unit.objects.filter(pk=cast.county_a.pk).update(kind="office")
    with refused("unit_belongs_to_another_body|open_row_in_another_body"):
        Unit.objects.filter(pk=cast.county_a.pk).update(kind="office", body=cast.city)
    hall = Platform.objects.create(name="乙厅", kind="hall", body=cast.county_b, starts_on=LONG_AGO)
    with refused("platform_of_another_body"):
        Branch.objects.filter(pk=cast.temporary_a.pk).update(platform=hall)


def test_i3_one_home_branch_on_any_day(cast: Cast) -> None:
    """Also one after the other: an ended home branch and the next one share no day; two memberships of one branch neither."""
    home = cast.member.memberships.get()

    with refused("one_home_branch|membership_overlaps"):
        Membership.objects.create(user=cast.member, branch=cast.branch_b, kind="home", starts_on=TODAY)
    Membership.objects.filter(pk=home.pk).update(ends_on=LATER)
    with refused("membership_overlaps"):
        Membership.objects.bulk_create(
            [Membership(user=cast.member, branch=cast.branch_b, kind="home", starts_on=TODAY)]
        )
    with refused("membership_overlaps"):
        Membership.objects.create(user=cast.member, branch=cast.branch_a, starts_on=TODAY)
    visit = Membership.objects.create(user=cast.member, branch=cast.branch_b, starts_on=TODAY)
    with refused("membership_overlaps"):
        Membership.objects.filter(pk=visit.pk).update(kind="home")
    Membership.objects.create(user=cast.member, branch=cast.city_branch, kind="home", starts_on=LATER)
    settle()


def test_i4_posts_have_days_that_do_not_overlap(cast: Cast) -> None:
    post = cast.county_head.posts.get()

    with refused("post_span"):
        Post.objects.filter(pk=post.pk).update(ends_on=date(2019, 1, 1))
    with refused("null value"):
        sql("UPDATE branches_post SET starts_on = NULL WHERE id = %s", post.pk)
    Post.objects.filter(pk=post.pk).update(ends_on=LATER)
    with refused("post_overlaps"):
        Post.objects.bulk_create([Post(user=cast.county_head, unit=cast.county_a, role=Role.HEAD, starts_on=TODAY)])
    Post.objects.create(user=cast.county_head, unit=cast.county_a, role=Role.HEAD, starts_on=LATER)
    settle()


def test_i5_host_and_approval_by_another_unit(cast: Cast) -> None:
    branch = cast.temporary_a
    duties = make_unit("学习小组", "duty_group", branch.unit)
    planned = make_branch("待批支部", cast.county_a, "temporary", state="planned", approved_by=None, approved_on=None)

    with refused("branch_temporary_has_host_and_approval"):
        Branch.objects.filter(pk=branch.pk).update(platform=None)
    with refused("branch_temporary_has_host_and_approval"):
        Branch.objects.filter(pk=planned.pk).update(state="approved")
    with refused("branch_approved_by_another"):
        Branch.objects.filter(pk=planned.pk).update(approved_by=planned.unit)
    with refused("branch_approval_stands|branch_approved_by_itself"):
        Branch.objects.filter(pk=branch.pk).update(approved_by=duties)
    with refused("branch_approval_stands"):
        Branch.objects.filter(pk=branch.pk).update(approved_by=cast.city_party)
    functional = make_branch("功能型支部", cast.county_a, "functional")
    with refused("branch_without_approval"):
        Branch.objects.filter(pk=functional.pk).update(approval_document="")
    with refused("branch_without_approval"):
        Branch.objects.filter(pk=functional.pk).update(approved_by=None)


def test_i5_nature_of_a_branch_is_that_of_its_type(cast: Cast) -> None:
    with refused("branch_nature_of_type"):
        Branch.objects.filter(pk=cast.temporary_a.pk).update(temporary=False)


def test_i6_three_full_members_and_a_head_who_is_one_of_them(cast: Cast) -> None:
    branch = make_branch("新支部", cast.county_a, "temporary")
    people = [cpc(f"甲{n}") for n in range(3)]
    for person in people[:2]:
        Membership.objects.create(user=person, branch=branch, starts_on=LONG_AGO)
    outsider = make_post(cpc("外来"), branch.unit, Role.HEAD, appointed_by=cast.county_a)
    begin = Branch.objects.filter(pk=branch.pk)

    with refused("branch_needs_three_full_members"):
        begin.update(state="active", activated_on=TODAY)
    third = Membership.objects.create(user=people[2], branch=branch, starts_on=LONG_AGO)
    with refused("branch_head_is_no_member"):
        begin.update(state="active", activated_on=TODAY)
    with refused("branch_head_is_no_member"):  # a member once
        Membership.objects.create(user=outsider.user, branch=branch, starts_on=LONG_AGO, ends_on=date(2026, 5, 1))
        begin.update(state="active", activated_on=TODAY)
    with refused("branch_needs_an_appointed_head"):
        Post.objects.filter(pk=outsider.pk).update(user=people[0], ends_on=date(2026, 5, 1))
        begin.update(state="active", activated_on=TODAY)
    Membership.objects.filter(pk=third.pk).update(starts_on=LATER)
    with refused("branch_needs_three_full_members"):  # not yet there on the first day
        begin.update(state="active", activated_on=TODAY)

    Membership.objects.filter(pk=third.pk).update(starts_on=TODAY)
    make_post(outsider.user, branch.unit, Role.INSTRUCTOR)  # the named instructor may lead it
    begin.update(state="active", activated_on=TODAY)
    settle()


def test_i7_heads_are_appointed_by_the_unit_that_approved(cast: Cast) -> None:
    branch = cast.temporary_a
    member = branch.memberships.exclude(user__posts__unit=branch.unit).select_related("user")[0].user
    head = branch.unit.posts.get(role=Role.HEAD)

    with refused("branch_head_appointed_by_another"):
        Post.objects.create(
            user=member, unit=branch.unit, role=Role.HEAD, starts_on=TODAY, appointed_by=cast.city_party
        )
    with refused("branch_head_appointed_by_another"):
        Post.objects.bulk_create([Post(user=member, unit=branch.unit, role=Role.HEAD, starts_on=TODAY)])
    with refused("branch_head_appointed_by_another"):
        Post.objects.filter(pk=head.pk).update(appointed_by=cast.county_b)

    with pytest.raises(Invalid) as problem:
        actions.appoint(
            member, branch.unit, Appointment(Role.HEAD, TODAY, appointed_by=cast.city_party),
            by=cast.county_admin, op=op(), now=NOW,
        )  # fmt: skip
    assert "appointed_by" in problem.value.details


def test_i8_branch_does_not_outlive_its_platform(cast: Cast) -> None:
    branch = cast.temporary_a

    with refused("branch_outlives_its_platform"):
        Platform.objects.filter(pk=branch.platform_id).update(ends_on=LATER)
    with refused("branch_outlives_its_platform"):
        sql("UPDATE branches_platform SET ends_on = '2026-05-12' WHERE id = %s", branch.platform_id)
    with refused("branch_ended_without_a_day"):
        Branch.objects.filter(pk=branch.pk).update(state="ended")
    with refused("branch_has_ended"):  # a last day, but its people stay
        Unit.objects.filter(pk=branch.unit_id).update(ends_on=TODAY)
        Branch.objects.filter(pk=branch.pk).update(state="ended")


def test_i8_ended_branch_leaves_no_work_open(cast: Cast) -> None:
    """Not even by raw SQL; what is in review may still be decided after the end."""
    branch = cast.temporary_a
    row = make_assignment(branch.unit, cast.county_list, content="未了的事")
    rows = Assignment.objects.filter(pk=row.pk)

    for stage in ("issued", "in_progress", "suspended"):
        with refused("ended_branch_has_open_work"):
            rows.update(stage=stage, suspended_from="issued" if stage == "suspended" else "")
            end_by_hand(branch)
    rows.update(stage="reported", reported_on=TODAY, submitted_at=NOW)
    end_by_hand(branch)
    settle()


def end_by_hand(branch: Branch) -> None:
    """What an ending writes, past every action."""
    sql("UPDATE branches_membership SET ends_on = %s WHERE branch_id = %s", TODAY, branch.pk)
    sql("UPDATE branches_post SET ends_on = %s WHERE unit_id = %s", TODAY, branch.unit_id)
    sql("UPDATE branches_unit SET ends_on = %s WHERE id = %s", TODAY, branch.unit_id)
    sql("UPDATE branches_branch SET state = 'ended' WHERE id = %s", branch.pk)


def test_i9_ended_branch_takes_nobody_and_nothing(cast: Cast) -> None:
    branch, person = cast.temporary_a, cpc("后来")
    held, head = branch.memberships.all()[0], branch.unit.posts.get(role=Role.HEAD)
    actions.end_branch(branch, TODAY, version=branch.version, by=cast.county_admin, op=op(), now=NOW)

    with refused("branch_has_ended"):
        Membership.objects.bulk_create([Membership(user=person, branch=branch, starts_on=TODAY)])
    with refused("branch_has_ended"):
        Membership.objects.filter(pk=held.pk).update(ends_on=None)
    with refused("branch_has_ended"):
        Membership.objects.filter(user=cast.member).update(branch=branch)
    with refused("branch_has_ended"):
        Post.objects.filter(pk=head.pk).update(ends_on=None)
    with refused("branch_has_ended"):
        Post.objects.create(user=person, unit=branch.unit, role=Role.MEMBER, starts_on=TODAY)
    with refused("branch_has_ended"):
        Branch.objects.filter(pk=branch.pk).update(state="active")
    with refused("receiver_has_ended"):
        make_assignment(branch.unit, cast.county_list, content="新任务")


def test_i10_members_are_cpc_members_every_day(cast: Cast) -> None:
    outside, standing = cpc("党外", "none"), cast.member.standings.get()

    with refused("member_is_no_cpc_member"):
        Membership.objects.bulk_create([Membership(user=outside, branch=cast.branch_a, starts_on=TODAY)])
    with refused("member_is_no_cpc_member"):
        Membership.objects.filter(user=cast.member).update(user=outside)
    with refused("member_is_no_cpc_member"):
        Standing.objects.filter(pk=standing.pk).update(ends_on=TODAY)
    with refused("member_is_no_cpc_member"):
        Standing.objects.filter(pk=standing.pk).update(kind="none")
    with refused("member_is_no_cpc_member"):
        sql("DELETE FROM branches_standing WHERE id = %s", standing.pk)
    with refused("standing_overlaps"):
        Standing.objects.create(user=cast.member, kind="none", starts_on=TODAY)

    actions.record_standing(cast.member, "none", TODAY, by=cast.county_admin, op=op(), now=NOW)

    settle()
    assert not cast.member.memberships.active(TODAY).exists()
    assert cast.member.changes.filter(verb="member-ended").count() == 1
