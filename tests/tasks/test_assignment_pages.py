"""The page of an assignment and of a task: who sees which words of it, and what may be done from there (ux S10, S11)."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import User
from tasks import actions
from tasks.models import Assignment, Event, Evidence, Receiver, TaskFile
from tasks.states import ReceiverRole, Stage
from tasks.uploads import keep
from tests import uploads
from tests.conftest import Cast
from tests.factories import at, make_assignment, op
from tests.uploads import upload

TODAY = date(2026, 5, 12)
NOTE, SUBMITTED, INNER = "canary-note", "canary-submitted", "canary-inner"


@pytest.fixture(autouse=True)
def _day(clock_at: Callable[..., None], settings: Any, tmp_path: Path) -> None:
    clock_at(TODAY, hour=18)
    settings.MEDIA_ROOT = str(tmp_path)


def page(client: Client, user: User, row: Assignment, status: int = 200) -> str:
    """The words of a row's page in English, as this person reads them."""
    client.force_login(user)
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("tasks:assignment", args=[row.pk]))
    assert answer.status_code == status
    return answer.text


def words(text: str) -> str:
    """What is read, without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split()).replace(" ,", ",")


def photo(user: User, name: str) -> Any:
    return keep(
        upload(name, uploads.photo(colour="red" if "note" in name else "blue")), by=user, unit=None, now=at(TODAY)
    )


def told(cast: Cast, row: Assignment, by: User) -> None:
    """A note on the way and a submission, each with words and a file of its own."""
    actions.report(row, done=False, text=NOTE, files=[photo(by, "note.jpg")], by=by, op=op(), now=at(TODAY, 8))
    actions.report(row, done=True, text=SUBMITTED, files=[photo(by, "submitted.jpg")], by=by, op=op(), now=at(TODAY, 9))


# --- who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "seeing"),
    [
        ("to_branch_a", {"member", "head_a", "county_secretary", "county_head"}),
        ("to_county_a", {"county_secretary", "county_head", "secretary", "second", "leader"}),
        ("to_office", {"clerk", "secretary", "second", "leader"}),
        ("to_county_b", {"stranger", "secretary", "second", "leader"}),
        ("foreign_row", {"foreigner"}),
    ],
)
def test_a_row_is_seen_by_its_unit_its_issuer_and_those_above_in_the_body(
    client: Client, cast: Cast, row: str, seeing: set[str]
) -> None:
    everyone = [
        "member",
        "head_a",
        "county_secretary",
        "county_head",
        "secretary",
        "second",
        "leader",
        "clerk",
        "stranger",
    ]
    everyone += ["foreigner", "admin", "county_admin", "system_admin", "auditor", "nobody"]

    answers: dict[str, set[int]] = {}
    for name in everyone:
        client.force_login(cast.person(name))
        target = getattr(cast, row)
        answers[name] = {
            client.get(reverse(door, args=[key])).status_code
            for door, key in [("tasks:assignment", target.pk), ("tasks:task", target.task_id)]
        }

    assert {name for name, status in answers.items() if status == {200}} == seeing
    assert {name for name, status in answers.items() if status == {404}} == set(everyone) - seeing


@pytest.mark.parametrize(
    ("person", "note", "submitted"),
    [
        ("county_secretary", True, True),
        ("county_head", True, True),
        ("secretary", False, True),
        ("leader", False, True),
    ],
)
def test_notes_stay_inside_the_body_and_reports_cross(
    client: Client, cast: Cast, person: str, note: bool, submitted: bool
) -> None:
    told(cast, cast.to_county_a, cast.county_secretary)

    text = page(client, cast.person(person), cast.to_county_a)

    assert (NOTE in text, "note.jpg" in text) == (note, note)
    assert (SUBMITTED in text, "submitted.jpg" in text) == (submitted, submitted)
    assert ("Progress saved" in text) is note


def test_a_note_changes_nothing_that_the_issuing_body_reads_but_the_stage(client: Client, cast: Cast) -> None:
    actions.report(cast.to_county_a, done=False, text="一", by=cast.county_secretary, op=op(), now=at(TODAY, 8))
    mask = lambda text: re.sub(r'value="[\w-]{36,}"|"X-CSRFToken": "\w+"', "", text)  # noqa: E731
    before = mask(page(client, cast.secretary, cast.to_county_a))

    actions.report(cast.to_county_a, done=False, text=NOTE, by=cast.county_head, op=op(), now=at(TODAY, 9))

    assert mask(page(client, cast.secretary, cast.to_county_a)) == before


def test_a_submission_that_was_taken_back_is_read_inside_only(client: Client, cast: Cast) -> None:
    told(cast, cast.to_county_a, cast.county_secretary)
    actions.take_back(cast.to_county_a, by=cast.county_secretary, op=op(), now=at(TODAY, 10))

    assert SUBMITTED in page(client, cast.county_secretary, cast.to_county_a)
    assert SUBMITTED not in page(client, cast.secretary, cast.to_county_a)


def test_inside_one_body_the_issuer_reads_everything(client: Client, cast: Cast) -> None:
    told(cast, cast.to_branch_a, cast.member)

    text = page(client, cast.county_head, cast.to_branch_a)

    assert NOTE in text
    assert "note.jpg" in text


# --- what was broken down ---------------------------------------------------------------------------


def broken_down(cast: Cast) -> Assignment:
    """Branch A's share of what county A was given."""
    Assignment.objects.filter(pk=cast.to_county_a.pk).update(broken_down=True, stage=Stage.IN_PROGRESS)
    return make_assignment(
        cast.branch_a.unit,
        cast.county_list,
        content="支部分到的任务",
        due_on=date(2026, 6, 20),
        source=cast.to_county_a,
    )


def test_the_issuing_body_sees_of_the_offspring_unit_title_stage_and_dates_only(client: Client, cast: Cast) -> None:
    part = broken_down(cast)
    actions.report(
        part, done=True, text=INNER, files=[photo(cast.member, "inner.jpg")], by=cast.member, op=op(), now=at(TODAY)
    )

    outside, inside = (
        page(client, cast.secretary, cast.to_county_a),
        page(client, cast.county_secretary, cast.to_county_a),
    )

    for text in (outside, inside):
        assert "机关党支部 支部分到的任务 20 Jun 2026 In review" in words(text)
    assert part.get_absolute_url() in inside
    assert part.get_absolute_url() not in outside
    assert INNER not in outside
    assert "inner.jpg" not in outside
    assert page(client, cast.secretary, part, 404) is not None


def test_a_supporting_unit_of_another_body_sees_the_leads_name_and_its_own_row(client: Client, cast: Cast) -> None:
    support = make_assignment(
        cast.county_b, cast.city_list, task=cast.to_county_a.task, role=ReceiverRole.SUPPORT, owes_report=False
    )
    told(cast, cast.to_county_a, cast.county_secretary)

    text = page(client, cast.stranger, support)
    client.force_login(cast.stranger)
    task = client.get(reverse("tasks:task", args=[support.task_id])).text

    assert "甲区报送党建案例" in text
    for shown in (text, task):
        assert "District A CPPCC" in shown
        assert cast.to_county_a.get_absolute_url() not in shown
        assert SUBMITTED not in shown
    assert "In review" not in text


# --- what it says -----------------------------------------------------------------------------------


def test_a_miss_that_was_made_good_stays_visible(client: Client, cast: Cast) -> None:
    row = cast.to_branch_a
    actions.report(
        row, done=True, text="迟了", late_reason="人员变动", by=cast.member, op=op(), now=at(date(2026, 5, 24))
    )
    actions.return_report(row, reason="缺4月内容", by=cast.county_secretary, op=op(), now=at(date(2026, 5, 25)))
    returned = page(client, cast.member, row)
    actions.report(row, done=True, text="补了", by=cast.member, op=op(), now=at(date(2026, 5, 26)))
    actions.approve(row, by=cast.county_secretary, op=op(), now=at(date(2026, 5, 27)))
    completed = page(client, cast.member, row)

    assert "Was 4 days overdue" in returned
    assert "缺4月内容" in returned
    assert "4 days late" in completed


def test_a_moved_date_shows_the_first_one_struck(client: Client, cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_branch_a.pk).update(due_on=date(2026, 5, 30), due_revision=2)

    text = page(client, cast.member, cast.to_branch_a)

    assert re.search(r"<b><span class=\"atom\">30 May 2026</span></b> <s>.*20 May 2026.*</s>", text)


def test_the_light_opens_to_its_rule(client: Client, cast: Cast) -> None:
    text = words(page(client, cast.member, cast.to_branch_a))

    assert "How this is worked out Counted to 2026-05-20, that day included. Today is 2026-05-12" in text


def test_history_names_who_under_which_title_and_for_which_unit(client: Client, cast: Cast) -> None:
    actions.move(cast.to_office, "suspend", reason="等上级文件", by=cast.secretary, op=op(), now=at(TODAY))

    text = words(page(client, cast.clerk, cast.to_office))

    assert "Suspended 12 May 09:00 王明, Party-affairs secretary, Sample City CPPCC" in text
    assert "Waiting for papers from above 等上级文件" in text
    assert "Stopped suspended" in text


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("person", ["county_secretary", "secretary"])
def test_page_queries(
    client: Client, cast: Cast, person: str, count: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    row = cast.to_county_a
    broken_down(cast)
    row.refresh_from_db()
    for number in range(count):
        actions.report(
            row,
            done=False,
            text=f"{number}",
            files=[photo(cast.county_secretary, f"{number}.jpg")],
            by=cast.county_secretary,
            op=op(),
            now=at(TODAY, 8 + number),
        )
        make_assignment(cast.branch_a.unit, cast.county_list, due_on=date(2026, 6, number + 1), source=row)
        make_assignment(
            cast.county_b, cast.city_list, task=row.task, due_on=date(2026, 6, number + 1), role=ReceiverRole.SUPPORT
        )
        TaskFile.objects.create(
            task=row.task,
            file=keep(upload(f"{number}.txt", f"附件{number}".encode()), by=cast.secretary, unit=None, now=at(TODAY)),
        )
    client.force_login(cast.person(person))
    client.get(reverse("branches:help"))

    for door, key in (("tasks:assignment", row.pk), ("tasks:task", row.task_id)):
        with django_assert_max_num_queries(11):  # the demo's clock asks one more
            answer = client.get(reverse(door, args=[key]))
        assert answer.text.count("<h1") == 1


SLIP = "Issue a supervision slip"
ASKS = ("Ask for more time", "Ask for help")


# --- what may be done -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "buttons"),
    [
        ("county_secretary", {"Sign for and break down", "Update progress", "Save the person", *ASKS}),
        (
            "secretary",
            {"Suspend", "Cancel the assignment", "Terminate the assignment", "Mark as not applicable", SLIP}
            | {"Clarify the task"},
        ),
        ("leader", {SLIP, "Write an instruction"}),
    ],
)
def test_buttons_are_those_that_the_rules_allow(client: Client, cast: Cast, person: str, buttons: set[str]) -> None:
    text = page(client, cast.person(person), cast.to_county_a)
    main = text[text.index("<main") : text.index("</main")]

    found = re.findall(r'<(?:button|a) class="btn[^>]*>\s*([^<]+?)\s*<', main)

    assert set(found) == buttons


def post(client: Client, user: User, name: str, args: list[Any], **fields: Any) -> Any:
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client.post(reverse(f"tasks:{name}", args=args), {"op": str(uuid.uuid4()), **fields})


def test_the_issuer_stops_a_row_with_a_reason_once(client: Client, cast: Cast) -> None:
    same = str(uuid.uuid4())

    without = post(client, cast.secretary, "move", [cast.to_county_a.pk, "cancel"], reason=" ")
    done = [
        post(client, cast.secretary, "move", [cast.to_county_a.pk, "cancel"], reason="上级调整", op=same)
        for _n in range(2)
    ]
    again = post(client, cast.second, "move", [cast.to_county_a.pk, "suspend"], reason="写了的理由")

    cast.to_county_a.refresh_from_db()
    assert [without.status_code, *(one.status_code for one in done), again.status_code] == [400, 302, 302, 409]
    assert "Say why" in without.text
    assert "写了的理由" not in without.text
    assert (cast.to_county_a.stage, cast.to_county_a.stop_reason) == (Stage.STOPPED, "上级调整")
    assert Event.objects.filter(assignment=cast.to_county_a, move="cancel").count() == 1


@pytest.mark.parametrize(
    ("person", "status"), [("county_secretary", 403), ("leader", 403), ("stranger", 404), ("member", 404)]
)
def test_others_may_not_steer_a_row(client: Client, cast: Cast, person: str, status: int) -> None:
    answer = post(client, cast.person(person), "move", [cast.to_county_a.pk, "suspend"], reason="不行")

    cast.to_county_a.refresh_from_db()
    assert (answer.status_code, cast.to_county_a.stage) == (status, Stage.ISSUED)


@pytest.mark.parametrize("name", ["approve", "report", "branch_ended", "hand_over", "nothing"])
def test_only_plain_moves_have_a_door(client: Client, cast: Cast, name: str) -> None:
    assert post(client, cast.secretary, "move", [cast.to_county_a.pk, name], reason="x").status_code == 404


def test_a_reason_with_a_secrecy_marking_is_refused(client: Client, cast: Cast) -> None:
    answer = post(client, cast.secretary, "move", [cast.to_county_a.pk, "suspend"], reason="见秘密★文件")

    cast.to_county_a.refresh_from_db()
    assert (answer.status_code, cast.to_county_a.stage) == (400, Stage.ISSUED)


def test_the_desk_of_the_unit_names_who_is_responsible(client: Client, cast: Cast) -> None:
    named = post(client, cast.county_secretary, "person", [cast.to_branch_a.pk], person=cast.member.pk)
    stranger = post(client, cast.county_secretary, "person", [cast.to_branch_a.pk], person=cast.stranger.pk)
    by_member = post(client, cast.member, "person", [cast.to_branch_a.pk], person="")

    cast.to_branch_a.refresh_from_db()
    assert [one.status_code for one in (named, stranger, by_member)] == [302, 400, 403]
    assert cast.to_branch_a.person == cast.member
    assert "Choose somebody of this unit" in stranger.text
    assert (
        f"Person responsible named 12 May 18:00 赵敏, Party-affairs secretary, District A CPPCC · {cast.member.name}"
        in words(page(client, cast.county_secretary, cast.to_branch_a))
    )


def test_taking_back_is_refused_once_it_was_reviewed(client: Client, cast: Cast) -> None:
    actions.report(cast.to_branch_a, done=True, text="已报", by=cast.member, op=op(), now=at(TODAY))
    actions.approve(cast.to_branch_a, by=cast.county_secretary, op=op(), now=at(TODAY, 10))

    answer = post(client, cast.member, "take-back", [cast.to_branch_a.pk])

    assert answer.status_code == 409
    assert "Completed" in answer.text


# --- the task across units -----------------------------------------------------------------------------


def test_a_task_shows_the_issuer_every_unit_and_a_receiver_its_own(client: Client, cast: Cast) -> None:
    task = cast.to_county_a.task
    make_assignment(cast.county_b, cast.city_list, task=task)
    Receiver.objects.create(task=task, outside_name="市委组织部", role=ReceiverRole.SUPPORT)

    seen = {}
    for name in ("secretary", "county_secretary"):
        client.force_login(cast.person(name))
        client.cookies["django_language"] = "en"
        text = client.get(reverse("tasks:task", args=[task.pk])).text
        seen[name] = [word in text for word in ("District A CPPCC", "District B CPPCC", "市委组织部")]

    assert seen == {"secretary": [True, True, True], "county_secretary": [True, False, False]}


def test_the_issuing_desk_adds_and_removes_papers(client: Client, cast: Cast) -> None:
    task = cast.to_county_a.task
    fields = {"kind": "form", "file": upload("空表.xlsx", uploads.office("xl/workbook.xml"))}

    added = post(client, cast.secretary, "task-files", [task.pk], **fields)
    paper = TaskFile.objects.get(task=task)
    shown = page(client, cast.county_secretary, cast.to_county_a)
    by_county = post(client, cast.county_secretary, "task-files", [task.pk], remove=paper.file_id)
    bad = post(client, cast.secretary, "task-files", [task.pk], kind="form", file=upload("x.svg", uploads.SVG))
    none = post(client, cast.secretary, "task-files", [task.pk], kind="form")
    removed = post(client, cast.secretary, "task-files", [task.pk], remove=paper.file_id)
    again = post(client, cast.secretary, "task-files", [task.pk], remove=paper.file_id)

    statuses = [one.status_code for one in (added, by_county, bad, none, removed, again)]
    assert statuses == [302, 403, 400, 400, 302, 409]
    assert (paper.kind, paper.file.name) == ("form", "空表.xlsx")
    assert "空表.xlsx" in shown
    assert not TaskFile.objects.exists()
    assert not Evidence.objects.exists()
    assert [event.move for event in Event.objects.filter(task=task).order_by("pk")] == ["add_file", "remove_file"]


def test_a_repeated_task_shows_one_occurrence_at_a_time(client: Client, cast: Cast) -> None:
    row = cast.to_county_a
    later = make_assignment(cast.county_a, cast.city_list, task=row.task, due_on=date(2026, 7, 31))
    client.force_login(cast.secretary)

    now = client.get(reverse("tasks:task", args=[row.task_id])).text
    then = client.get(reverse("tasks:task", args=[row.task_id]), {"period": later.period_id}).text

    assert (row.get_absolute_url() in now, later.get_absolute_url() in now) == (True, False)
    assert (row.get_absolute_url() in then, later.get_absolute_url() in then) == (False, True)
