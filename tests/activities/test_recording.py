"""Recording a meeting: one record, its roll, the reports it serves, its history, and who may see it."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from activities import actions, queries
from activities.actions import MeetingWords, Roll
from activities.models import Cadence, Meeting, MeetingReport
from branches.models import Branch, User
from branches.writing import Conflict, Invalid, NotPossible
from tasks.models import PaperDraft, Report
from tasks.papers.drafts import Paper
from tasks.rules import Actor
from tasks.states import Stage
from tests.activities.factories import make_attendance, make_meeting
from tests.conftest import TODAY, Cast
from tests.factories import at, leave_no_work, make_assignment, op

NOW = at(TODAY)


def words(held_on: date = TODAY, **fields: Any) -> MeetingWords:
    return MeetingWords(**({"kind": "theme_day", "held_on": held_on, "line": "office", "place": "三楼会议室"} | fields))


def record(branch: Branch, by: User, given: MeetingWords | None = None, **fields: Any) -> Meeting:
    return actions.record_meeting(branch, given or words(), **({"by": by, "op": op(), "now": NOW} | fields))


def test_a_record_keeps_who_came_and_who_wrote_it_for_whom(cast: Cast) -> None:
    roll = (Roll(cast.member.pk, "leave", "出差"), Roll(cast.head_a.pk, "present"), Roll(cast.stranger.pk, "present"))

    row = record(cast.branch_a, cast.head_a, words(roll=roll), on_behalf_of=cast.member)

    assert sorted(row.attendance.values_list("user__name", "came", "note")) == [
        ("吴刚", "present", ""),
        ("孙悦", "leave", "出差"),
    ]  # the stranger is no member: left out
    assert (row.by, row.on_behalf_of, row.state) == (cast.head_a, cast.member, "held")
    event = row.events.get()
    assert (event.verb, event.by, event.on_behalf_of, event.post) == (
        "recorded", cast.head_a, cast.member, cast.head_a.posts.get(),
    )  # fmt: skip


def test_the_record_is_the_report_of_the_tasks_it_answers(cast: Cast) -> None:
    fits = make_assignment(cast.branch_a.unit, cast.county_list, content="开展主题党日活动", due_on=date(2026, 5, 31))
    other = make_assignment(cast.branch_a.unit, cast.county_list, content="报送简报", due_on=date(2026, 5, 31))
    times = make_assignment(cast.branch_a.unit, cast.county_list, content="主题党日不少于2次", times_wanted=2)

    offered = queries.answerable(cast.branch_a, "theme_day", TODAY, _actor(cast.head_a))
    row = record(cast.branch_a, cast.head_a, words(decisions="下月走访"), answers=[fits, times])

    assert {one.row.pk for one in offered if one.fits} == {fits.pk, times.pk}
    fits.refresh_from_db()
    times.refresh_from_db()
    other.refresh_from_db()
    assert (fits.stage, times.stage, times.times, other.stage) == (Stage.REPORTED, Stage.IN_PROGRESS, 1, Stage.ISSUED)
    assert set(MeetingReport.objects.values_list("meeting", "report__assignment")) == {
        (row.pk, fits.pk), (row.pk, times.pk),
    }  # fmt: skip
    text = Report.objects.get(assignment=fits).text
    assert "三楼会议室" in text
    assert "下月走访" in text
    assert cast.head_a.name not in text  # a body above reads counts, no names


def _actor(user: User) -> Any:
    return Actor.of(user, TODAY)


def test_nothing_of_a_record_stays_when_a_task_refuses(cast: Cast) -> None:
    done = make_assignment(cast.branch_a.unit, cast.county_list, content="主题党日")
    foreign = make_assignment(cast.branch_b.unit, cast.county_list, content="主题党日")
    done.task.evidence_required, done.task.evidence_reason = True, "需照片"
    done.task.save()

    with pytest.raises(Invalid):
        record(cast.branch_a, cast.head_a, answers=[done])
    with pytest.raises(PermissionDenied):
        record(cast.branch_a, cast.head_a, answers=[foreign])

    assert Meeting.objects.count() == 0


def test_a_day_ahead_announces_and_the_day_itself_fulfils(cast: Cast) -> None:
    ahead = TODAY + timedelta(3)
    planned = record(cast.branch_a, cast.head_a, words(ahead, roll=(Roll(cast.member.pk, "present"),)))
    assert (planned.state, planned.attendance.count()) == ("planned", 0)
    assert list(queries.announced(cast.member, TODAY)) == [planned]
    assert not queries.announced(cast.member, ahead + timedelta(1)).exists()
    assert not queries.announced(cast.stranger, TODAY).exists()

    held = record(cast.branch_a, cast.head_a, words(ahead, roll=(Roll(cast.member.pk, "present"),)), now=at(ahead))

    assert held == planned
    assert (held.state, held.attendance.count()) == ("held", 1)
    assert [event.verb for event in held.events.all()] == ["recorded", "announced"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"held_on": date(2019, 12, 31)}, "held_on"),
        ({"decisions": "机密★三年"}, "decisions"),
        ({"kind": "duty"}, "duty"),
        ({"platform_id": 10**9}, "platform"),
        ({"joint": (10**9,)}, "joint"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(cast: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        record(cast.branch_a, cast.head_a, words(**given))

    assert set(refusal.value.details) == {field}
    assert Meeting.objects.count() == 0


def test_another_branch_takes_part_inside_the_body_only_and_it_counts_for_both_once_in_all(cast: Cast) -> None:
    with pytest.raises(Invalid):
        record(cast.branch_a, cast.head_a, words(joint=(cast.branch_b.pk,)))
    Cadence.objects.filter(branch_type="temporary", kind="activity").update(count=1)

    row = record(cast.branch_a, cast.head_a, words(joint=(cast.temporary_a.pk,), line="joint"))

    own, other = queries.branch_years([cast.branch_a, cast.temporary_a], 2026, TODAY)
    assert (own.held, other.held) == (1, 1)
    assert queries.total_held([own, other]) == 1
    member = cast.temporary_a.memberships.first().user
    assert list(Meeting.objects.visible_to(member, TODAY)) == [row]


def test_second_editor_and_second_record(cast: Cast) -> None:
    row = record(cast.branch_a, cast.head_a)
    record(cast.branch_a, cast.county_secretary, words(place="村部"), meeting=row, version=1)

    with pytest.raises(Conflict) as clash:
        record(cast.branch_a, cast.head_a, words(place="议事厅"), meeting=row, version=1)
    with pytest.raises(NotPossible) as double:
        record(cast.branch_a, cast.head_a)

    assert clash.value.details["row"].place == "村部"
    assert double.value.details["meeting"] == row.pk
    change = row.events.first()
    assert change is not None
    assert change.changes == {"place": ["三楼会议室", "村部"]}


def test_a_struck_record_counts_no_more_and_makes_room(cast: Cast) -> None:
    row = record(cast.branch_a, cast.head_a)
    actions.strike_meeting(row, "记错支部", version=1, by=cast.head_a, op=op(), now=NOW)

    again = record(cast.branch_a, cast.head_a)

    assert again != row
    assert queries.branch_years([cast.branch_a], 2026, TODAY)[0].held == 1
    with pytest.raises(NotPossible):
        record(cast.branch_a, cast.head_a, meeting=row, version=2)


@pytest.mark.parametrize("who", ["member", "clerk", "stranger", "leader", "secretary", "county_admin", "system_admin"])
def test_only_the_desk_of_the_branch_or_above_records(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        record(cast.branch_a, cast.person(who))


SEES_A = {"county_secretary", "county_head", "head_a", "member"}


def test_meetings_stay_inside_the_body(cast: Cast) -> None:
    mine, theirs = make_meeting(cast.branch_a, cast.head_a, TODAY), make_meeting(cast.branch_b, cast.stranger, TODAY)
    people = ("secretary", "leader", "clerk", "admin", "system_admin", "auditor", "nobody", "foreigner", *SEES_A)

    seen = {who: set(Meeting.objects.visible_to(cast.person(who), TODAY)) for who in (*people, "stranger")}

    assert seen == {who: {mine} if who in SEES_A else set() for who in people} | {"stranger": {theirs}}


def test_a_platform_shows_what_was_held_there(client: Client, cast: Cast, clock_at: Any) -> None:
    """Those who may see the meetings; the one who keeps the tree sees the platform only (design 2)."""
    branch = cast.temporary_a
    clock_at(TODAY)
    here = make_meeting(branch, cast.head_a, date(2026, 4, 1), platform=branch.platform)
    gone = {"state": "struck", "struck_reason": "重复"}
    struck = make_meeting(branch, cast.head_a, date(2026, 4, 2), platform=branch.platform, **gone)
    elsewhere = make_meeting(branch, cast.head_a, date(2026, 4, 3))

    for who, shown in ((cast.county_secretary, [here]), (cast.county_admin, [])):
        client.force_login(who)
        page = client.get(branch.platform.get_absolute_url()).text
        assert [one for one in (here, struck, elsewhere) if f'"{one.get_absolute_url()}"' in page] == shown


def test_an_ended_branch_is_read_and_takes_no_record(cast: Cast) -> None:
    row = make_meeting(cast.branch_a, cast.head_a, date(2026, 4, 1))
    cast.branch_a.memberships.update(ends_on=date(2026, 5, 1))
    cast.branch_a.unit.posts.update(ends_on=date(2026, 5, 1))
    leave_no_work(cast.branch_a.unit)
    Branch.objects.filter(pk=cast.branch_a.pk).update(state="ended")
    type(cast.branch_a.unit).objects.filter(pk=cast.branch_a.unit_id).update(ends_on=date(2026, 5, 1))

    with pytest.raises(Invalid):
        record(cast.branch_a, cast.county_secretary, words(date(2026, 5, 2)))
    with pytest.raises(Invalid):
        record(cast.branch_a, cast.county_secretary, words(date(2026, 4, 2)))

    assert list(Meeting.objects.visible_to(cast.county_secretary, TODAY)) == [row]


@pytest.mark.django_db(transaction=True)
def test_two_records_at_once_are_one(cast: Cast) -> None:
    same = uuid.uuid4()

    def write(key: uuid.UUID) -> str:
        try:
            return str(record(cast.branch_a, cast.head_a, op=key).pk)
        except NotPossible as problem:
            return f"there: {problem.details['meeting']}"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(write, [same, same, uuid.uuid4(), uuid.uuid4()]))

    row = Meeting.objects.get()
    assert row.events.count() == 1
    assert set(found) <= {str(row.pk), f"there: {row.pk}"}


def test_the_number_is_the_length_of_its_list(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    make_meeting(cast.branch_a, cast.head_a, date(2026, 1, 9))
    client.force_login(cast.county_secretary)

    overview = client.get("/activities/").context
    behind = client.get("/activities/missing/").context

    # theme days of February to April, the members' meeting of the first quarter
    assert (overview["gaps"], behind["gaps"], len(behind["page_obj"])) == (4, 4, 4)


def test_decisions_become_rows_of_a_draft(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    row = record(cast.branch_a, cast.head_a, words(decisions="整理台账 6月底前\n走访困难群众"))
    client.force_login(cast.head_a)
    form = {"op": str(uuid.uuid4()), "decision": ["0", "1"]}

    for _twice in range(2):
        answer = client.post(f"/activities/{row.pk}/tasks/", form)

    draft = PaperDraft.objects.get()
    assert answer.headers["Location"] == f"/lists/import/{draft.pk}/rows/"
    assert draft.issuer == cast.branch_a.unit
    assert [(one["content"], one["due"], one["lead_units"]) for one in draft.rows["rows"]] == [
        ("整理台账", "6月底前", ["机关党支部"]),
        ("走访困难群众", "", ["机关党支部"]),
    ]
    assert row.events.filter(verb="tasked").count() == 1


def test_rules_become_a_draft_that_publishes_as_any_list(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.county_secretary)
    rule = {
        "kind": "theme_day",
        "branch_type": "office",
        "year": "2026",
        "count": "2",
        "per": "month",
        "source": "甲区规定",
    }
    client.post("/activities/cadence/", rule | {"op": str(uuid.uuid4())})

    client.post("/activities/cadence/list/", {"op": str(uuid.uuid4())})

    paper = Paper(PaperDraft.objects.get(), TODAY)
    assert paper.title == "组织生活任务清单 2026"
    assert ("开展主题党日", "每月2次") in [(row.cells["content"], row.phrase) for row in paper.rows]
    assert paper.problems == []
    assert "乙区" not in str(paper.draft.rows)


def test_a_page_of_many_branches_asks_as_often_as_of_one(
    cast: Cast, client: Client, clock_at: Any, django_assert_max_num_queries: Any
) -> None:
    clock_at(TODAY)
    row = make_meeting(cast.branch_a, cast.head_a, TODAY, decisions="甲\n乙")
    make_attendance(row, cast.member)
    client.force_login(cast.county_secretary)
    client.get("/me/")  # the session notes that it is awake
    branch = cast.branch_a.pk
    for address in (
        "/activities/", "/activities/missing/", "/activities/cadence/", f"/activities/{row.pk}/",
        f"/activities/branch/{branch}/", f"/activities/new/?branch={branch}&kind=theme_day", f"/activities/{row.pk}/edit/",
    ):  # fmt: skip
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
