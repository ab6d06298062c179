"""How a branch comes to life and ends: the way through the pages, and each rule of domain 7 against the database itself."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from branches import actions, rules
from branches.actions import Appointment, BranchPlan, PlatformWords, UnitWords
from branches.models import Branch, BranchType, Unit
from branches.roles import Role
from branches.writing import Conflict, Invalid, NotPossible
from tests.conftest import Cast
from tests.factories import at, leave_no_work, make_post, make_standing, make_unit, make_user, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
ENDS = date(2026, 12, 1)


def plan(cast: Cast, type_code: str = "temporary", **more: object) -> Branch:
    kind = BranchType.objects.get(code=type_code)
    lounge = PlatformWords("木雕客厅", "lounge", TODAY, ENDS) if kind.needs_platform else None
    values: dict = {"platform": None, "new_platform": lounge, "ends_on": None} | more
    paper = BranchPlan(kind, kind.line, TODAY, **values)
    words = UnitWords("木雕客厅履职临时党支部")
    return actions.plan_branch(cast.county_a, words, paper, by=cast.county_admin, op=op(), now=NOW)


def approve(cast: Cast, branch: Branch) -> Branch:
    actions.approve_branch(
        branch,
        cast.county_a,
        "甲政协〔2026〕3号",
        TODAY,
        version=branch.version,
        by=cast.county_admin,
        op=op(),
        now=NOW,
    )
    return Branch.objects.get(pk=branch.pk)


def join(cast: Cast, branch: Branch, count: int, kind: str = "full") -> None:
    for number in range(count):
        person = make_user(f"党员{branch.pk}{number}")
        make_standing(person, kind)
        actions.add_member(branch, person, "temporary", TODAY, by=cast.county_admin, op=op(), now=NOW)


def activate(cast: Cast, branch: Branch) -> None:
    actions.activate_branch(branch, TODAY, version=branch.version, by=cast.county_admin, op=op(), now=NOW)


def test_branch_from_plan_to_active(cast: Cast) -> None:
    branch = plan(cast)
    assert (branch.state, branch.temporary, branch.unit.ends_on) == ("planned", True, ENDS)
    assert branch.unit.body == cast.county_a
    with pytest.raises(NotPossible) as problem:
        activate(cast, branch)
    assert len(problem.value.details["missing"]) == 3  # approval, members, head

    branch = approve(cast, branch)
    join(cast, branch, 3)
    actions.appoint(
        branch.memberships.all()[0].user, branch.unit, Appointment(Role.HEAD, TODAY, "书记", appointed_by=cast.county_a),
        by=cast.county_admin, op=op(), now=NOW,
    )  # fmt: skip
    activate(cast, branch)

    branch.refresh_from_db()
    assert (branch.state, branch.activated_on) == ("active", TODAY)
    verbs = list(branch.unit.changes.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["branch-planned", "branch-approved", *["member-added"] * 3, "appointed", "branch-activated"]


def test_temporary_branch_needs_a_platform_in_words(cast: Cast) -> None:
    with pytest.raises(Invalid) as problem:
        plan(cast, new_platform=None)

    assert "platform" in problem.value.details
    assert not Unit.objects.filter(name="木雕客厅履职临时党支部").exists()


def test_activation_names_exactly_what_is_missing(cast: Cast) -> None:
    branch = approve(cast, plan(cast))
    join(cast, branch, 2)
    join_probationary = make_user("预备")
    make_standing(join_probationary, "probationary")
    actions.add_member(branch, join_probationary, "temporary", TODAY, by=cast.county_admin, op=op(), now=NOW)
    make_post(cast.county_head, branch.unit, Role.HEAD)  # not appointed by the approving unit

    needs = {need.words: need.met for need in rules.needs_of(branch, TODAY)}

    assert [met for _words, met in needs.items()] == [True, True, False, False]
    assert any("2" in words for words, met in needs.items() if not met)


def test_branch_does_not_approve_itself(cast: Cast) -> None:
    branch = plan(cast)

    with pytest.raises(Invalid):
        actions.approve_branch(branch, branch.unit, "自批", TODAY, version=1, by=cast.county_admin, op=op(), now=NOW)


def test_approval_with_an_old_version_is_a_conflict(cast: Cast) -> None:
    branch = plan(cast)
    approve(cast, branch)

    with pytest.raises(Conflict):
        approve(cast, branch)


def test_founding_is_refused_to_another_body(cast: Cast) -> None:
    kind = BranchType.objects.get(code="office")
    assert plan(cast, "office")

    with pytest.raises(PermissionDenied):
        actions.plan_branch(
            cast.county_a, UnitWords("第二支部"), BranchPlan(kind, kind.line, TODAY), by=cast.admin, op=op(), now=NOW
        )


def test_fewer_members_later_only_warns(client: Client, cast: Cast) -> None:
    branch = cast.temporary_a
    row = branch.memberships.first()
    assert row is not None

    actions.end_membership(row, TODAY, by=cast.county_admin, op=op(), now=NOW)

    branch.refresh_from_db()
    assert branch.state == "active"
    client.force_login(cast.county_admin)
    page = client.get(reverse("branches:branch", args=[branch.pk]), headers={"Accept-Language": "en"}).text
    assert "there are 2" in page


def test_non_member_cannot_join_and_can_be_told_why(cast: Cast) -> None:
    with pytest.raises(Invalid) as problem:
        actions.add_member(cast.branch_a, cast.county_head, "temporary", TODAY, by=cast.county_admin, op=op(), now=NOW)

    assert "person" in problem.value.details


def test_second_home_branch_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as problem:
        actions.add_member(cast.temporary_a, cast.member, "home", TODAY, by=cast.county_admin, op=op(), now=NOW)
    assert "kind" in problem.value.details

    actions.add_member(cast.temporary_a, cast.member, "temporary", TODAY, by=cast.county_admin, op=op(), now=NOW)
    assert cast.member.memberships.count() == 2


def test_end_branch_today_releases_members_and_posts(cast: Cast) -> None:
    branch = cast.branch_a
    leave_no_work(branch.unit)

    actions.end_branch(branch, TODAY, version=1, reason="合并", by=cast.county_admin, op=op(), now=NOW)

    branch.refresh_from_db()
    assert branch.state == "ended"
    assert Unit.objects.get(pk=branch.unit_id).ends_on == TODAY
    assert not branch.memberships.active(TODAY).exists()
    assert not branch.unit.posts.active(TODAY).exists()
    with pytest.raises(NotPossible):
        actions.add_member(branch, cast.member, "temporary", TODAY, by=cast.county_admin, op=op(), now=NOW)


def test_end_branch_in_the_future_waits_for_its_day(cast: Cast) -> None:
    branch, later = cast.branch_a, date(2026, 6, 1)
    leave_no_work(branch.unit)
    actions.end_branch(branch, later, version=1, by=cast.county_admin, op=op(), now=NOW)
    assert actions.close_branches_due(NOW) == 0
    assert branch.memberships.active(later).exists()

    closed = [actions.close_branches_due(at(later)), actions.close_branches_due(at(later))]

    branch.refresh_from_db()
    assert (closed, branch.state) == ([1, 0], "ended")
    assert not branch.memberships.active(later).exists()
    line = branch.unit.changes.filter(verb="branch-ended").latest("pk")
    assert line.by is None


def test_end_platform_ends_its_branches_in_the_same_transaction(cast: Cast) -> None:
    branch = cast.temporary_a
    platform = branch.platform
    assert platform is not None

    ended = actions.end_platform(platform, TODAY, by=cast.county_admin, op=op(), now=NOW)

    assert ended == [branch]
    branch.refresh_from_db()
    assert branch.state == "ended"
    assert Unit.objects.get(pk=branch.unit_id).ends_on == TODAY
    assert branch.unit.changes.filter(verb="branch-ended").count() == 1


def test_branch_planned_past_its_platform_is_refused_beside_the_field(cast: Cast) -> None:
    with pytest.raises(Invalid) as problem:
        plan(cast, ends_on=date(2027, 1, 1))

    assert "ends_on" in problem.value.details


def refused_by_the_database(words: str):
    """The write goes past every action; the database itself says no, at the statement or at the commit."""
    return pytest.raises(IntegrityError, match=words)


def test_history_cannot_be_changed_or_deleted(cast: Cast) -> None:
    plan(cast)

    for statement in ("UPDATE branches_change SET subject = ''", "DELETE FROM branches_change"):
        with refused_by_the_database("append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_founding_through_the_pages(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_admin)
    data = {
        "parent": cast.county_a.pk, "type": "temporary", "name": "茶叶客厅临时党支部", "starts_on": "2026-05-01",
        "platform_name": "茶叶客厅", "platform_kind": "lounge", "op": str(op()),
    }  # fmt: skip
    page = client.post(reverse("branches:branch-new"), data)
    branch = Branch.objects.get(unit__name="茶叶客厅临时党支部")
    assert page.status_code == 302

    approve_data = {
        "approved_by": cast.county_a.pk, "approval_document": "甲政协〔2026〕4号", "approved_on": "2026-05-02",
        "version": "1", "op": str(op()),
    }  # fmt: skip
    assert client.post(reverse("branches:branch-approve", args=[branch.pk]), approve_data).status_code == 302

    early = client.post(
        reverse("branches:branch-activate", args=[branch.pk]),
        {"activated_on": "2026-05-03", "version": "2", "op": str(op())},
    )
    assert early.status_code == 409
    assert Branch.objects.get(pk=branch.pk).state == "approved"

    members = [make_user(f"茶{number}", username=f"tea{number}") for number in range(3)]
    for member in members:
        make_standing(member)
        make_post(member, make_unit(f"茶科{member.pk}", "division", cast.county_a_office), Role.MEMBER)
        member_data = {
            "person": f"x ({member.username})",
            "kind": "temporary",
            "starts_on": "2026-05-02",
            "op": str(op()),
        }
        assert client.post(reverse("branches:branch-members", args=[branch.pk]), member_data).status_code == 302
    head_data = {
        "person": f"x ({members[0].username})", "role": "head", "title": "书记", "starts_on": "2026-05-02",
        "appointed_by": cast.county_a.pk, "op": str(op()),
    }  # fmt: skip
    assert client.post(reverse("branches:appoint", args=[branch.unit_id]), head_data).status_code == 302
    done = client.post(
        reverse("branches:branch-activate", args=[branch.pk]),
        {"activated_on": "2026-05-03", "version": "2", "op": str(op())},
    )

    assert done.status_code == 302
    assert Branch.objects.get(pk=branch.pk).state == "active"
