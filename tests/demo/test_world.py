"""The demo looks alive on any day of the year: every stage, light and state is there, and all of it holds together.

Each of the five people whom a visitor enters as has something to do. One module, so that each day is loaded once.
"""

from __future__ import annotations

import csv
import hashlib
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count, F
from PIL import Image

from branches.clock import day_of
from branches.models import (
    Branch,
    BranchState,
    DemoState,
    Feedback,
    Membership,
    Platform,
    Post,
    Standing,
    Unit,
    UnitGroup,
    User,
    Wording,
)
from branches.roles import Role
from branches.second_language import HAN
from cppcc_party.demo.english import NAMES, English, written
from tasks import deadlines
from tasks.dispatch import Resolver, resolve
from tasks.lights import Thresholds
from tasks.models import (
    Approval,
    Assignment,
    Delivery,
    Event,
    PaperDraft,
    Slip,
    SlipState,
    Step,
    StoredFile,
    TaskList,
    TaskText,
)
from tasks.papers.drafts import Paper
from tasks.papers.names import Names
from tasks.papers.sheet import split_units
from tasks.rules import Actor, may, review_queue, review_seats
from tasks.states import WITH_UNIT, Light, ListStage, Stage, Stop
from tasks.uploads import location

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parent.parent / "data" / "10-expected.csv"


def city() -> Unit:
    return Unit.objects.select_related("body", "kind").get(code="demo-city")


def test_every_stage_and_every_stop_a_person_can_choose_is_there(today: date) -> None:
    assert set(Assignment.objects.leads().values_list("stage", flat=True)) == set(Stage)
    assert {Stop.CANCELLED, Stop.TERMINATED, Stop.NOT_APPLICABLE} <= set(
        Assignment.objects.values_list("stop", flat=True)
    )


def test_every_light_is_there_from_due_today_to_long_overdue(today: date) -> None:
    thresholds = Thresholds.load(today)
    rows = Assignment.objects.leads().filter(issuer__code="demo-city")
    assert {thresholds.lamp(row).code for row in rows} == set(Light)
    with_unit = rows.filter(stage__in=WITH_UNIT)
    assert with_unit.filter(due_on=today).exists(), "due today"
    over = [row.days_over(today) for row in rows.overdue(today)]
    assert min(over) <= 3
    assert max(over) >= 20


def test_work_came_in_on_time_late_with_a_reason_and_after_a_return(today: date) -> None:
    done = Assignment.objects.completed()
    assert done.filter(days_late=0, due_on__isnull=False).count() > 30
    assert done.filter(days_late__gt=0).count() >= 4
    assert not Assignment.objects.filter(days_late__gt=0, late_reason="").exists()
    assert done.filter(supplement_by__isnull=False, days_late=0).exists(), "a return made good in time"
    returned = Assignment.objects.filter(stage=Stage.RETURNED)
    assert returned.filter(supplement_by__lt=today).exists()
    assert returned.filter(supplement_by__gte=today).exists()


def test_one_county_is_behind_and_another_in_step(today: date) -> None:
    given = Assignment.objects.leads().filter(issuer_body=city(), unit__kind__is_body=True)
    overdue = dict(given.overdue(today).values_list("unit__code").annotate(n=Count("pk")))
    assert overdue.pop("demo-yi") >= 3 + max(overdue.values())
    bing = given.filter(unit__code="demo-bing").due(today)
    assert bing.count() >= 4
    assert set(bing.values_list("stage", "days_late")) == {(Stage.COMPLETED, 0)}


def test_lists_stand_in_every_stage(today: date) -> None:
    stages = set(TaskList.objects.values_list("stage", flat=True))
    assert stages == set(ListStage) - {ListStage.RECALLED}  # a recalled list is a draft again
    closed = TaskList.objects.get(stage=ListStage.CLOSED)
    assert not closed.assignments.exclude(stage__in=[Stage.COMPLETED, Stage.STOPPED]).exists()
    draft = Paper(PaperDraft.objects.get(published=None), today)
    assert {problem.column for problem in draft.problems} == {"units", "due"}, "something is left to repair"
    waiting = Paper(PaperDraft.objects.get(published__isnull=False), today)
    assert waiting.problems == []
    assert resolve(waiting.plan(), today).blockers == []


def test_deadlines_are_worded_as_the_reader_reads_them(today: date) -> None:
    steps = Step.objects.filter(kind=Step.Kind.BY, task__list__broken_down_from=None).select_related("task__list")
    assert steps.count() >= 30
    for step in steps:
        assert list(deadlines.read(step.phrase, step.task.list.year).dates) == step.dates, step.phrase


def test_two_counties_broke_the_key_list_down_and_their_rows_are_linked(today: date) -> None:
    own = TaskList.objects.filter(broken_down_from__isnull=False)
    assert set(own.values_list("issuer__code", flat=True)) == {"demo-jia", "demo-bing"}
    rows = Assignment.objects.filter(list__in=own)
    assert not rows.filter(source=None).exists()
    assert not rows.filter(due_on__gt=F("source__due_on")).exists(), "no date is later than its source's"
    assert not rows.exclude(source__unit=F("issuer")).exists()


def test_branches_stand_in_every_state(today: date) -> None:
    assert set(Branch.objects.values_list("state", flat=True)) == set(BranchState)
    soon = today + timedelta(days=14)
    assert Branch.objects.filter(state=BranchState.ACTIVE, unit__ends_on__gt=today, unit__ends_on__lte=soon).exists()
    assert not Branch.objects.filter(state=BranchState.ACTIVE, unit__ends_on__lte=today).exists()
    ended = Branch.objects.filter(state=BranchState.ENDED, unit__assignments__stage=Stage.COMPLETED)
    assert ended.exists(), "an ended branch has its history"


def test_active_branches_have_three_full_members_and_a_head(today: date) -> None:
    full = Standing.objects.active(today).filter(kind=Standing.Kind.FULL).values("user")
    members = Membership.objects.active(today).filter(user__in=full)
    for branch in Branch.objects.filter(state=BranchState.ACTIVE).select_related("unit", "type"):
        assert members.filter(branch=branch).count() >= 3, branch
        heads = Post.objects.serving(branch.unit, today, {Role.HEAD})
        assert heads.exists(), branch
        if branch.type.appointed_leaders:
            assert not heads.exclude(appointed_by=branch.approved_by_id).exists(), branch


def test_the_tree_is_sound_and_repeats_names_as_life_does(today: date) -> None:
    assert not any(Unit.objects.find_problems())
    assert Unit.objects.filter(name="机关党支部").count() == 9
    assert not Unit.objects.filter(code="demo-xin-organ").exists(), "a missing level"
    assert not Unit.objects.filter(body=None).exists()
    assert Post.objects.values("user").annotate(n=Count("unit", distinct=True)).filter(n__gte=3).exists()


def test_whoever_owes_a_report_can_make_it_and_somebody_else_can_review_it(today: date) -> None:
    rows = Assignment.objects.filter(owes_report=True)
    units = {row.unit for row in rows.select_related("unit")}
    assert Resolver(city(), today).staffed(unit for unit in units if unit.ends_on is None) >= {
        unit.pk for unit in units if unit.ends_on is None
    }
    for issuer in {row.issuer for row in rows.select_related("issuer")}:
        assert len({person for seat in review_seats(issuer, today) for person in seat.people}) >= 2, issuer


def test_every_unit_of_the_sample_list_is_known(today: date) -> None:
    names = Names(city(), today)
    with SAMPLE.open(encoding="utf-8-sig") as lines:
        columns = [row[column] for row in csv.DictReader(lines) for column in ("牵头单位", "配合单位")]
    written = {name for cell in columns for name in split_units(cell)}
    assert len(written) == 17
    candidates = UnitGroup.candidates(city(), today)
    for name in sorted(written):
        match = names.find(name)
        assert match.unit or match.group, name
        if match.group:
            assert any(match.group.takes(unit, city()) for unit in candidates), name


def test_the_sample_list_itself_is_left_to_the_visitor(today: date) -> None:
    assert not TaskList.objects.filter(title__contains="政协系统").exists()


def test_everything_has_an_english_name(today: date) -> None:
    for model in (Unit, Platform, User):
        assert not model.objects.filter(name_en="").exists(), model
    assert not TaskList.objects.filter(title_en="").exists()
    assert not TaskText.objects.filter(content_en="").exists()
    assert not Post.objects.filter(title_en="").exists()


def test_people_cannot_be_mistaken_for_real_ones_or_enter_by_a_password(today: date) -> None:
    assert not User.objects.exclude(email__endswith="@demo.invalid").exists()
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert User.objects.values("pinyin").distinct().count() == User.objects.count()


def test_nothing_happened_after_the_day_of_loading(today: date) -> None:
    assert not Event.objects.filter(at__date__gt=today).exists()
    assert not Assignment.objects.filter(submitted_at__date__gt=today).exists()
    assert Event.objects.count() > 600


def test_files_are_there_and_are_what_they_say(today: date) -> None:
    files = StoredFile.objects.filter(evidence__isnull=False).distinct()
    assert {"image/jpeg", "image/png"} < set(files.values_list("content_type", flat=True))
    for stored in files:
        data = location(stored).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (stored.size, stored.sha256)
        if stored.is_image:
            assert Image.open(location(stored)).format in ("JPEG", "PNG")


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


def test_a_second_load_says_so_and_changes_nothing(today: date) -> None:
    models = (Unit, User, Post, Membership, Assignment, Event, StoredFile, TaskText)
    before = [model.objects.count() for model in models]
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert said.getvalue() == "The demo is loaded already; nothing was changed.\n"
    assert [model.objects.count() for model in models] == before
    assert DemoState.objects.count() == 1


def test_one_slip_is_closed_and_one_waits_for_the_county(today: date) -> None:
    found = {slip.state: slip for slip in Slip.objects.with_standing().select_related("lead")}  # type: ignore[attr-defined]

    assert set(found) == {SlipState.CLOSED, SlipState.WAITING}
    assert found[SlipState.WAITING].lead.code == "demo-jia"
    assert all(slip.assignments.exists() for slip in found.values())


def test_every_word_of_the_demo_is_given_in_english(today: date) -> None:
    english = English()
    words = set(written(english))
    assert len(words) > 300
    assert {word for word in words if not english.of(word)} == set()
    assert {said for word in words if HAN.search(said := english.of(word))} == set()
    assert words == set(Wording.objects.values_list("words", flat=True))
    for model, _name, name_en in NAMES:
        spoken = list(model._default_manager.values_list(name_en, flat=True))
        assert not [one for one in spoken if not one or HAN.search(one)], model
