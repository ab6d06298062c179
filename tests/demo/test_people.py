"""Each of the five people whom a visitor enters as has something to do, on any day of the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from branches.clock import day_of
from branches.models import Branch, BranchState, Feedback, User
from branches.roles import Role
from tasks.lights import Thresholds
from tasks.models import Approval, Assignment, Delivery, PaperDraft, TaskList
from tasks.rules import Actor, may, review_queue
from tasks.states import Light, Stage

pytestmark = pytest.mark.xdist_group("demo")


def person(username: str) -> User:
    return User.objects.get(username=username)


def test_the_secretary_has_reports_to_review_and_a_draft(today: date) -> None:
    secretary = person("demo-secretary")
    waiting = list(review_queue(secretary, today))
    assert len(waiting) >= 5
    assert (today - day_of(waiting[0].submitted_at)).days >= 5, "the oldest waits for some days"
    assert all(may(Actor.of(secretary, today), row, "approve") for row in waiting)
    assert PaperDraft.objects.visible_to(secretary, today).filter(published=None).count() == 1
    assert "机关党委专职副书记" in [post.title for post in secretary.posts_on(today)]


def test_the_county_has_a_list_to_sign_and_others_broken_down(today: date) -> None:
    county = person("demo-county")
    unsigned = Delivery.objects.get(body__code="demo-jia", signed_at=None)
    assert unsigned.sign_by >= today
    assert Assignment.objects.filter(list=unsigned.list, body=unsigned.body, stage=Stage.ISSUED).leads().count() == 4
    assert TaskList.objects.filter(issuer__code="demo-jia", broken_down_from__isnull=False).exists()
    assert Delivery.objects.filter(body__code="demo-yi", signed_at=None, sign_by__lt=today).exists(), (
        "one is late to sign"
    )
    assert review_queue(county, today).exists()


def test_the_member_has_due_today_due_soon_returned_and_done(today: date) -> None:
    member = person("demo-member")
    thresholds, actor = Thresholds.load(today), Actor.of(member, today)
    mine = [row for row in Assignment.objects.visible_to(member, today) if row.person_id in (None, member.pk)]
    doable = [row for row in mine if may(actor, row, "report")]
    assert any(row.due_on == today for row in doable)
    assert any(row.stage == Stage.RETURNED and not row.is_overdue(today) for row in doable)
    assert any(
        thresholds.lamp(row).code == Light.SOON and row.due_on != today and row.person_id == member.pk for row in doable
    )
    assert sum(row.stage == Stage.COMPLETED for row in mine) >= 3
    assert len(doable) <= 6, "a few minutes a week"


def test_the_leader_has_a_report_to_review_and_a_list_to_approve(today: date) -> None:
    leader = person("demo-leader")
    row = review_queue(leader, today).get()
    assert may(Actor.of(leader, today), row, "approve")
    assert Approval.objects.get(approver=leader).decision == Approval.Decision.ASKED
    assert any(post.title == "副主席" and post.fields_in_charge for post in leader.posts_on(today))
    assert Assignment.objects.filter(leader=leader).open().count() > 10


def test_the_admin_keeps_the_tree_and_nothing_else(today: date) -> None:
    admin = person("demo-admin")
    assert [post.role for post in admin.posts_on(today)] == [Role.TREE_ADMIN]
    assert not admin.memberships.exists()
    own = Branch.objects.filter(unit__body__code="demo-city")
    assert own.filter(state__in=[BranchState.PLANNED, BranchState.APPROVED]).count() == 3
    assert own.filter(state=BranchState.ACTIVE, unit__ends_on__lte=today + timedelta(days=14)).count() == 1
    assert Feedback.objects.visible_to(admin, today).filter(answer="").exists()
