"""Responsibility lists: what the database refuses, who may write, who sees which duty (design 4, 6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from branches.models import BodySettings, UnitGroup, User
from branches.roles import Role
from branches.writing import Conflict, Invalid, NotPossible
from tasks.actions.duties import (
    BearerPlan,
    DutyListPlan,
    DutyPlan,
    decide_duties,
    draft_duties,
    issue_duties,
    issue_on_word,
    link_task,
    note_breach,
    save_duties,
    send_duties,
    unlink_task,
)
from tasks.models import Bearer, Breach, Duty, DutyTask, Event, TaskList
from tasks.models.duties import standing_breaches
from tests.conftest import Cast
from tests.factories import activate, at, make_branch, make_post, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)


def a_plan(cast: Cast, **fields: Any) -> DutyListPlan:
    """Three levels: the city's leader, the county's body, every branch; and one thing that must not be."""
    branches = UnitGroup.objects.get(body=None, name="各党支部")
    duties = (
        DutyPlan("研究部署党建工作", ("党组", "第一责任人"), (BearerPlan(unit=cast.city, post_title="主席"),)),
        DutyPlan("督促各支部落实", ("机关党委",), (BearerPlan(unit=cast.city_party),), source="党章"),
        DutyPlan("落实上级部署", ("县区政协",), (BearerPlan(unit=cast.county_a),)),
        DutyPlan("开好支部党员大会", ("党支部",), (BearerPlan(group=branches),)),
        DutyPlan("不得以会议落实会议", ("负面清单",), (BearerPlan(unit=cast.county_a),), negative=True),
    )
    values: dict[str, Any] = {"title": "2026年党建责任清单", "year": 2026, "issuer": cast.city, "duties": duties}
    return DutyListPlan(**(values | fields))


def drafted(cast: Cast, **fields: Any) -> TaskList:
    return draft_duties(a_plan(cast, **fields), by=cast.secretary, op=op(), now=NOW)


def issued(cast: Cast, **fields: Any) -> TaskList:
    return issue_duties(drafted(cast, **fields), by=cast.secretary, op=op(), now=NOW)


def duty(task_list: TaskList, position: int) -> Duty:
    return task_list.duties.select_related("list__issuer__body").get(position=position)


def seen(task_list: TaskList, user: User, on: date = TODAY) -> list[int]:
    user = User.objects.get(pk=user.pk)
    return list(task_list.duties.visible_to(user, on).order_by("position").values_list("position", flat=True))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"content": ""}, "duty_has_words"),
        ({"heading": ["一", "二", "三", "四"]}, "duty_headings"),
        ({"position": 1}, "duty_once_a_place"),
    ],
)
def test_a_duty_the_database_refuses(cast: Cast, fields: dict[str, Any], name: str) -> None:
    row = drafted(cast)
    Duty.objects.create(list=row, position=8, content="好的")

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Duty.objects.create(**({"list": row, "position": 9, "content": "责任"} | fields))


def test_a_duty_stands_in_a_responsibility_list_only(cast: Cast) -> None:
    with pytest.raises(DatabaseError, match="duty_stands_in_a_responsibility_list"), transaction.atomic():
        Duty.objects.create(list=cast.city_list, position=1, content="责任")
    with pytest.raises(DatabaseError, match="list_kind_never_changes"), transaction.atomic():
        TaskList.objects.filter(pk=cast.city_list.pk).update(kind="responsibility")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"unit": "city", "outside_name": "市委组织部"},
        {"unit": "city", "group": True},
    ],
)
def test_a_bearer_is_one_thing(cast: Cast, fields: dict[str, Any]) -> None:
    row = duty(drafted(cast), 1)
    values: dict[str, Any] = dict(fields)
    if "unit" in values:
        values["unit"] = cast.city
    if "group" in values:
        values["group"] = UnitGroup.objects.first()

    with pytest.raises(IntegrityError, match="bearer_is_one_thing"), transaction.atomic():
        Bearer.objects.create(duty=row, position=7, **values)


def test_an_issued_duty_never_changes(cast: Cast) -> None:
    row = issued(cast)
    first = duty(row, 1)

    for deed in (
        lambda: Duty.objects.filter(pk=first.pk).update(content="别的"),
        lambda: Duty.objects.create(list=row, position=9, content="后加"),
        lambda: Duty.objects.filter(pk=first.pk).delete(),
        lambda: Bearer.objects.filter(duty=first).update(post_title="副主席"),
        lambda: Bearer.objects.filter(duty=first).delete(),
    ):
        with pytest.raises(DatabaseError, match="issued_duty_never_changes"), transaction.atomic():
            deed()


def test_a_negative_duty_carries_no_task_and_a_positive_one_no_breach(cast: Cast) -> None:
    row = issued(cast)
    with pytest.raises(DatabaseError, match="negative_duty_has_no_tasks"), transaction.atomic():
        DutyTask.objects.create(duty=duty(row, 5), task=cast.to_county_a.task, linked_by=cast.secretary, linked_at=NOW)
    with pytest.raises(DatabaseError, match="breach_of_an_issued_negative_duty"), transaction.atomic():
        _breach(duty(row, 1), cast)


def _breach(row: Duty, cast: Cast, **fields: Any) -> Breach:
    values = {
        "on_day": TODAY,
        "words": "以会议落实会议",
        "noted_by": cast.secretary,
        "noted_at": NOW,
        "noted_on": TODAY,
    }
    return Breach.objects.create(duty=row, **(values | fields))


def test_a_breach_note_is_never_rubbed_out(cast: Cast) -> None:
    row = duty(issued(cast), 5)
    note = _breach(row, cast)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Breach.objects.filter(pk=note.pk).update(words="没有")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Breach.objects.filter(pk=note.pk).delete()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"words": ""}, "breach_has_words"),
        ({"on_day": date(2026, 5, 13)}, "breach_not_in_the_future"),
        ({"withdrawn": True}, "breach_withdrawn_corrects_one"),
    ],
)
def test_a_breach_the_database_refuses(cast: Cast, fields: dict[str, Any], name: str) -> None:
    row = duty(issued(cast), 5)
    _breach(row, cast)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        _breach(row, cast, **fields)


def test_a_correction_keeps_the_old_note_and_is_made_once(cast: Cast) -> None:
    row = duty(issued(cast), 5)
    first = note_breach(row, date(2026, 5, 6), "记错了", by=cast.secretary, op=op(), now=NOW)
    second = note_breach(row, date(2026, 5, 7), "更正", corrects=first, by=cast.secretary, op=op(), now=NOW)

    assert standing_breaches(row.breaches.all()) == [second]
    with pytest.raises(NotPossible):
        note_breach(row, TODAY, "再更正", corrects=first, by=cast.secretary, op=op(), now=NOW)
    note_breach(row, TODAY, "查无此事", corrects=second, withdrawn=True, by=cast.secretary, op=op(), now=NOW)
    assert standing_breaches(row.breaches.all()) == []
    assert row.breaches.count() == 3
    assert Event.objects.filter(list=row.list, move="breach_corrected").count() == 2


def test_a_breach_needs_words_and_a_past_day(cast: Cast) -> None:
    row = duty(issued(cast), 5)

    with pytest.raises(Invalid) as refused:
        note_breach(row, date(2026, 5, 13), " ", by=cast.secretary, op=op(), now=NOW)

    assert set(refused.value.details) == {"on_day", "words"}


def test_a_list_is_drafted_once_saved_by_version_and_issued(cast: Cast) -> None:
    same, plan = op(), a_plan(cast)
    first = draft_duties(plan, by=cast.secretary, op=same, now=NOW)
    assert draft_duties(plan, by=cast.secretary, op=same, now=NOW) == first
    saved = save_duties(first, a_plan(cast, title="新名"), version=1, by=cast.second, op=op(), now=NOW)
    assert (saved.title, saved.duties.count(), saved.version) == ("新名", 5, 2)

    with pytest.raises(Conflict):
        save_duties(first, plan, version=1, by=cast.secretary, op=op(), now=NOW)
    done = issue_duties(saved, by=cast.secretary, op=op(), now=NOW)
    assert (done.stage, done.issued_on) == ("issued", TODAY)
    with pytest.raises(NotPossible):
        save_duties(first, plan, version=3, by=cast.secretary, op=op(), now=NOW)


def test_a_leader_sends_it_back_and_then_agrees(cast: Cast) -> None:
    BodySettings.objects.create(body=cast.city, approve_lists=True)
    row = drafted(cast)
    with pytest.raises(NotPossible):
        issue_duties(row, by=cast.secretary, op=op(), now=NOW)
    asked = send_duties(row, cast.leader, by=cast.secretary, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):
        decide_duties(asked, True, "", by=cast.second, op=op(), now=NOW)
    with pytest.raises(Invalid):
        decide_duties(asked, False, "", by=cast.leader, op=op(), now=NOW)

    assert decide_duties(asked, False, "漏了支部", by=cast.leader, op=op(), now=NOW).stage == "draft"
    again = send_duties(row, cast.leader, by=cast.secretary, op=op(), now=NOW)
    assert decide_duties(again, True, "", by=cast.leader, op=op(), now=NOW).stage == "issued"


def test_a_leader_agrees_by_telephone(cast: Cast) -> None:
    BodySettings.objects.create(body=cast.city, approve_lists=True)
    row = drafted(cast)
    for approver, paper in ((cast.leader, " "), (cast.secretary, "电话记录"), (cast.foreigner, "电话记录")):
        with pytest.raises(Invalid):
            issue_on_word(row, approver, paper, by=cast.secretary, op=op(), now=NOW)

    done = issue_on_word(row, cast.leader, "5月12日电话记录", by=cast.secretary, op=op(), now=NOW)

    asked = done.approvals.get()
    assert (done.stage, asked.oral, asked.approver, asked.recorded_by, asked.paper) == (
        "issued",
        True,
        cast.leader,
        cast.secretary,
        "5月12日电话记录",
    )


def test_the_drafter_is_no_approver_while_others_are(cast: Cast) -> None:
    with pytest.raises(Invalid):
        send_duties(drafted(cast), cast.secretary, by=cast.secretary, op=op(), now=NOW)


@pytest.mark.parametrize("who", ["leader", "county_secretary", "stranger", "foreigner", "member", "admin"])
def test_only_the_desk_writes(cast: Cast, who: str) -> None:
    row = issued(cast)
    by = cast.person(who)
    for deed in (
        lambda: draft_duties(a_plan(cast), by=by, op=op(), now=NOW),
        lambda: save_duties(row, a_plan(cast), version=1, by=by, op=op(), now=NOW),
        lambda: issue_duties(row, by=by, op=op(), now=NOW),
        lambda: send_duties(row, cast.leader, by=by, op=op(), now=NOW),
        lambda: link_task(duty(row, 1), cast.to_county_a.task, by=by, op=op(), now=NOW),
        lambda: unlink_task(duty(row, 1), cast.to_county_a.task_id, by=by, op=op(), now=NOW),
        lambda: note_breach(duty(row, 5), TODAY, "有", by=by, op=op(), now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_a_list_without_a_bearer_or_with_a_foreign_one_does_not_leave_the_desk(cast: Cast) -> None:
    empty = drafted(cast, duties=(DutyPlan("无人负责"),))
    with pytest.raises(Invalid, match="1"):
        issue_duties(empty, by=cast.secretary, op=op(), now=NOW)
    with pytest.raises(Invalid):
        drafted(cast, duties=(DutyPlan("越界", bearers=(BearerPlan(unit=cast.branch_a.unit),)),))
    with pytest.raises(Invalid):
        issue_duties(drafted(cast, duties=()), by=cast.secretary, op=op(), now=NOW)


def test_who_sees_which_duty(cast: Cast) -> None:
    """The issuing side sees all; another body what its body bears; a branch of the body what every branch bears."""
    row = issued(cast)
    head = cast.city_branch.unit.posts.get(role=Role.HEAD).user

    assert seen(row, cast.secretary) == [1, 2, 3, 4, 5] == seen(row, cast.leader)
    assert seen(row, cast.county_secretary) == [3, 5]
    assert seen(row, head) == [4]
    for who in ("stranger", "foreigner", "member", "head_a", "nobody", "admin"):
        assert seen(row, cast.person(who)) == [], who
        assert not TaskList.objects.visible_to(cast.person(who), TODAY).filter(pk=row.pk).exists()
    assert TaskList.objects.visible_to(cast.county_secretary, TODAY).filter(pk=row.pk).exists()
    assert TaskList.objects.visible_to(head, TODAY).filter(pk=row.pk).exists()


def test_a_draft_is_seen_on_its_desk_only(cast: Cast) -> None:
    row = drafted(cast)

    assert seen(row, cast.secretary) == [1, 2, 3, 4, 5]
    assert seen(row, cast.county_secretary) == [] == seen(row, cast.leader)


def test_a_branch_founded_later_bears_what_every_branch_bears(cast: Cast) -> None:
    row = issued(cast)
    young = make_branch("新支部", cast.city_party, starts_on=date(2026, 6, 1))
    activate(young)
    head = young.unit.posts.get(role=Role.HEAD).user

    assert seen(row, head, date(2026, 6, 2)) == [4]


def test_counties_as_a_group_and_a_post_without_a_unit(cast: Cast) -> None:
    counties = UnitGroup.objects.get(body=None, name="各县（市、区）政协")
    duties = (
        DutyPlan("县区都有", bearers=(BearerPlan(group=counties),)),
        DutyPlan("办公室主任负责", bearers=(BearerPlan(post_title="办公室主任"),)),
    )
    row = issued(cast, duties=duties)
    make_post(cast.auditor, cast.city_office, Role.MEMBER, title="办公室主任")

    assert seen(row, cast.stranger) == [1]
    assert seen(row, cast.auditor) == [2]
    assert seen(row, cast.foreigner) == []


def test_links_are_made_once_within_sight_and_stay_in_the_history(cast: Cast) -> None:
    row = issued(cast)
    first = duty(row, 1)
    for _turn in range(2):
        link_task(first, cast.to_county_a.task, by=cast.secretary, op=op(), now=NOW)
    assert first.links.count() == 1
    with pytest.raises(Invalid):
        link_task(first, cast.foreign_row.task, by=cast.secretary, op=op(), now=NOW)

    unlink_task(first, cast.to_county_a.task_id, by=cast.secretary, op=op(), now=NOW)

    assert first.links.count() == 0
    assert list(Event.objects.filter(list=row, move__in=["linked", "unlinked"]).values_list("move", flat=True)) == [
        "unlinked",
        "linked",
    ]
