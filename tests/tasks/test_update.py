"""Sending progress: saved once, kept in words whatever goes wrong, and the page that says what happens next (ux S12, MEM-1)."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from branches.models import User
from tasks import actions
from tasks.models import Assignment, Evidence, Report, StoredFile
from tasks.states import ReceiverRole, Stage
from tasks.uploads import keep as keep_file
from tests import uploads
from tests.conftest import Cast
from tests.factories import at, make_assignment, op
from tests.uploads import upload

TODAY = date(2026, 5, 12)
LATE = date(2026, 5, 25)


@pytest.fixture(autouse=True)
def _day(clock_at: Callable[..., None], settings: Any, tmp_path: Path) -> None:
    clock_at(TODAY)
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def member(client: Client, cast: Cast) -> Client:
    """The phone of a branch member, signed in, in English."""
    client.force_login(cast.member)
    client.cookies["django_language"] = "en"
    return client


def send(client: Client, row: Assignment, done: int = 1, **fields: Any) -> HttpResponse:
    """Press one of the two buttons."""
    values = {"op": str(uuid.uuid4()), "version": row.version, "text": "已报送案例一篇", "done": done, **fields}
    return client.post(reverse("tasks:update", args=[row.pk]), values)  # type: ignore[return-value]


def read(text: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"<[^>]*>", "", text)


def fresh(row: Assignment) -> Assignment:
    return Assignment.objects.get(pk=row.pk)


# --- who, and in how many questions ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("member", 200), ("head_a", 200), ("county_secretary", 200), ("county_head", 200), ("secretary", 404), ("leader", 404),
        ("clerk", 404), ("stranger", 404), ("foreigner", 404), ("county_admin", 404), ("auditor", 404), ("nobody", 404),
    ],
)  # fmt: skip
def test_form_access(client: Client, cast: Cast, person: str, status: int) -> None:
    client.force_login(cast.person(person))

    doors = [reverse(f"tasks:{name}", args=[cast.to_branch_a.pk]) for name in ("update", "done")]
    answers = [client.get(door).status_code for door in doors]
    posted = client.post(
        reverse("tasks:upload", args=[cast.to_branch_a.pk]), {"files": upload("a.jpg", uploads.photo())}
    )

    assert (answers, posted.status_code) == ([status, status], status)


def test_the_issuer_sees_a_row_of_another_body_and_may_not_write_in_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)

    answers = [client.get(reverse("tasks:update", args=[cast.to_county_a.pk])), send(client, cast.to_county_a)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert not Report.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_form_queries(
    member: Client,
    cast: Cast,
    count: int,
    django_assert_max_num_queries: Callable[..., Any],
    clock_at: Callable[..., None],
) -> None:
    for number in range(count):
        actions.report(
            cast.to_branch_a,
            done=False,
            text=f"进展{number}",
            by=cast.member,
            op=op(),
            now=at(TODAY, 7 + number),
            files=[keep(cast.member, f"{number}.jpg", number)],
        )
        make_assignment(cast.branch_a.unit, cast.county_list, due_on=date(2026, 6, number + 1))
    clock_at(LATE)
    member.get(reverse("branches:help"))  # the session's own mark is written once a minute

    for door in ("update", "done"):
        with django_assert_max_num_queries(12):
            assert member.get(reverse(f"tasks:{door}", args=[cast.to_branch_a.pk])).status_code == 200


def keep(by: User, name: str, number: int = 0) -> StoredFile:
    content = uploads.photo(colour=["red", "green", "blue", "black"][number % 4])
    return keep_file(upload(name, content), by=by, unit=None, now=at(TODAY))


# --- the way through ------------------------------------------------------------------------------


def test_from_the_link_to_reported_with_a_photo(member: Client, cast: Cast) -> None:
    page = member.get(reverse("tasks:update", args=[cast.to_branch_a.pk]))
    assert page.text.count("<h1") == 1

    answer = send(member, cast.to_branch_a, files=[upload("台账.jpg", uploads.photo())])
    done = member.get(answer.headers["Location"])

    row = fresh(cast.to_branch_a)
    assert (answer.status_code, row.stage, row.reported_on) == (302, Stage.REPORTED, TODAY)
    assert Evidence.objects.get(report__assignment=row).file.name == "台账.jpg"
    assert "District A CPPCC reviews it by 19 May 2026" in read(done.text)
    assert f"No. 2026-{row.task.number}-{row.pk}" in done.text
    assert "Take back and change" in done.text


def test_saving_progress_moves_to_in_progress_and_keeps_the_clock(member: Client, cast: Cast) -> None:
    answer = send(member, cast.to_branch_a, done=0, text="已布置")

    row = fresh(cast.to_branch_a)
    assert (answer.status_code, row.stage, row.reported_on) == (302, Stage.IN_PROGRESS, None)
    assert "Take back and change" not in member.get(answer.headers["Location"]).text


def test_the_done_page_names_the_next_task(member: Client, cast: Cast) -> None:
    following = make_assignment(cast.branch_a.unit, cast.county_list, content="下一件", due_on=date(2026, 5, 30))
    make_assignment(cast.branch_a.unit, cast.county_list, content="再下一件", due_on=date(2026, 6, 30))

    done = member.get(send(member, cast.to_branch_a).headers["Location"])

    assert reverse("tasks:update", args=[following.pk]) in done.text
    assert "Back to my tasks (2 left)" in done.text


def test_the_same_press_twice_is_one_report(member: Client, cast: Cast) -> None:
    same = {"op": str(uuid.uuid4()), "files": [upload("a.jpg", uploads.photo())]}

    first = send(member, cast.to_branch_a, **same)
    second = send(member, cast.to_branch_a, **{**same, "files": [upload("a.jpg", uploads.photo())]})

    assert (first.status_code, second.status_code) == (302, 302)
    assert (Report.objects.count(), StoredFile.objects.count()) == (1, 1)


def test_an_operation_used_for_other_words_writes_nothing_and_keeps_them(member: Client, cast: Cast) -> None:
    same = str(uuid.uuid4())
    send(member, cast.to_branch_a, done=0, op=same)

    answer = send(member, cast.to_branch_a, done=0, op=same, text="另写的话")

    assert (answer.status_code, Report.objects.count()) == (409, 1)
    assert "另写的话" in answer.text
    assert same not in answer.text  # the form is ready to be sent under an id of its own


def test_taking_back_goes_on_from_the_same_words_and_files(member: Client, cast: Cast) -> None:
    send(member, cast.to_branch_a, files=[upload("台账.jpg", uploads.photo())])
    file = StoredFile.objects.get()

    answer = member.post(reverse("tasks:take-back", args=[cast.to_branch_a.pk]), {"op": str(uuid.uuid4())})
    form = member.get(answer.headers["Location"])

    assert fresh(cast.to_branch_a).stage == Stage.IN_PROGRESS
    assert "已报送案例一篇</textarea>" in form.text
    assert f'name="file" value="{file.pk}" checked' in form.text


def test_last_words_come_from_the_last_occurrence_of_the_same_step(member: Client, cast: Cast) -> None:
    row = cast.to_branch_a
    actions.report(row, done=True, text="上月小结", by=cast.member, op=op(), now=at(TODAY))
    later = make_assignment(row.unit, row.list, task=row.task, due_on=date(2026, 6, 20))

    form = member.get(reverse("tasks:update", args=[later.pk]), {"last": "1"})

    assert "上月小结</textarea>" in form.text


def test_a_form_that_can_no_longer_be_sent_leads_to_the_row(member: Client, cast: Cast) -> None:
    send(member, cast.to_branch_a)

    answer = member.get(reverse("tasks:update", args=[cast.to_branch_a.pk]))

    assert (answer.status_code, answer.headers["Location"]) == (302, cast.to_branch_a.get_absolute_url())


def test_a_returned_row_shows_what_is_missing_and_by_when(member: Client, cast: Cast) -> None:
    row = cast.to_branch_a
    actions.report(row, done=True, text="已报送", by=cast.member, op=op(), now=at(TODAY))
    actions.return_report(row, reason="缺4月活动内容", by=cast.county_secretary, op=op(), now=at(TODAY, 10))

    form = member.get(reverse("tasks:update", args=[row.pk]))

    assert "缺4月活动内容" in form.text
    assert "15 May 2026" in form.text


# --- what goes wrong ------------------------------------------------------------------------------


def test_nothing_written_is_said_beside_the_field_and_on_top(member: Client, cast: Cast) -> None:
    answer = send(member, cast.to_branch_a, text=" ")

    assert answer.status_code == 400
    assert answer.text.count("Write a sentence or add a file") == 2
    assert "<title>Error:" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_late_work_asks_why_and_only_a_report_needs_it(
    member: Client, cast: Cast, clock_at: Callable[..., None]
) -> None:
    clock_at(LATE)

    saved = send(member, cast.to_branch_a, done=0)
    asked = send(member, fresh(cast.to_branch_a), text="写了很久的话")
    given = send(member, fresh(cast.to_branch_a), late_reason="人员变动")

    row = fresh(cast.to_branch_a)
    assert [answer.status_code for answer in (saved, asked, given)] == [302, 400, 302]
    assert "Choose why it is late" in asked.text
    assert "写了很久的话" in asked.text
    assert (row.days_late, row.late_reason) == (5, "人员变动")


def test_work_in_time_is_not_asked_why_it_is_late(member: Client, cast: Cast) -> None:
    form = member.get(reverse("tasks:update", args=[cast.to_branch_a.pk]))

    assert "late_reason" not in form.text


def test_a_supporting_unit_that_owes_no_report_is_never_late(
    member: Client, cast: Cast, clock_at: Callable[..., None]
) -> None:
    clock_at(LATE)
    role = ReceiverRole.SUPPORT
    support = make_assignment(cast.branch_a.unit, cast.county_list, due_on=TODAY, role=role, owes_report=False)

    answer = send(member, support)

    assert (answer.status_code, fresh(support).days_late) == (302, 0)


def test_required_evidence_shows_its_reason_and_may_have_come_before(member: Client, cast: Cast) -> None:
    task = cast.to_branch_a.task
    task.evidence_required, task.evidence_reason = True, "上级统一归档"
    task.save()

    without = send(member, cast.to_branch_a)
    with_progress = send(member, cast.to_branch_a, done=0, files=[upload("a.jpg", uploads.photo())])
    later = send(member, fresh(cast.to_branch_a))

    assert [answer.status_code for answer in (without, with_progress, later)] == [400, 302, 302]
    assert "上级统一归档" in without.text


def test_a_refused_file_keeps_the_words_and_the_files_that_arrived(member: Client, cast: Cast) -> None:
    files = [upload("好.jpg", uploads.photo()), upload("坏.svg", uploads.SVG)]

    answer = send(member, cast.to_branch_a, files=files, text="写好的话")

    kept = StoredFile.objects.get()
    assert (answer.status_code, Report.objects.count()) == (400, 0)
    assert "写好的话" in answer.text
    assert read(answer.text).count("坏.svg: Use .jpg") == 2
    assert f'name="file" value="{kept.pk}" checked' in answer.text

    again = send(member, cast.to_branch_a, file=[kept.pk], text="写好的话")
    assert (again.status_code, Evidence.objects.get().file) == (302, kept)


def test_a_file_of_somebody_else_cannot_be_ticked(member: Client, cast: Cast) -> None:
    foreign = keep(cast.stranger, "别人的.jpg")

    answer = send(member, cast.to_branch_a, file=[foreign.pk])

    assert (answer.status_code, Report.objects.count()) == (400, 0)
    assert "A chosen file is not there any more" in answer.text
    assert "别人的" not in answer.text


def test_a_secret_text_is_not_saved_and_not_kept_on_the_device(member: Client, cast: Cast) -> None:
    answer = send(member, cast.to_branch_a, text="附件为机密★5年")

    assert (answer.status_code, Report.objects.count()) == (400, 0)
    assert "secrecy marking" in answer.text
    assert 'data-drafts="wipe"' in answer.text
    assert "data-keep" not in answer.text


def test_the_second_of_two_editors_sees_both_and_loses_nothing(member: Client, cast: Cast) -> None:
    read = cast.to_branch_a.version
    actions.report(cast.to_branch_a, done=False, text="书记写的话", by=cast.head_a, op=op(), now=at(TODAY, 8))

    answer = send(member, cast.to_branch_a, done=0, version=read, text="成员写的话")

    assert (answer.status_code, Report.objects.count()) == (409, 1)
    assert "书记写的话" in answer.text
    assert "成员写的话</textarea>" in answer.text
    assert f'name="version" value="{fresh(cast.to_branch_a).version}"' in answer.text
    assert 'data-drafts="hold"' in answer.text

    again = send(member, fresh(cast.to_branch_a), done=0, text="成员写的话")
    assert (again.status_code, Report.objects.count()) == (302, 2)


def test_what_can_no_longer_be_sent_says_how_it_stands_and_keeps_the_words(member: Client, cast: Cast) -> None:
    actions.report(cast.to_branch_a, done=True, text="书记已报", by=cast.head_a, op=op(), now=at(TODAY, 8))

    answer = send(member, fresh(cast.to_branch_a), text="成员的话")

    assert (answer.status_code, Report.objects.count()) == (409, 1)
    assert "In review" in answer.text
    assert "成员的话</textarea>" in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"op": "x"},
        {"op": ""},
        {"version": "x"},
        {"version": "9" * 30},
        {"done": "2"},
        {"done": ""},
        {"file": ["x"]},
        {"file": ["９"]},
    ],
)
def test_nonsense_is_a_bad_request(member: Client, cast: Cast, fields: dict[str, Any]) -> None:
    answer = send(member, cast.to_branch_a, **fields)

    assert (answer.status_code, Report.objects.count()) == (400, 0)


def test_a_photo_goes_up_while_the_person_types(member: Client, cast: Cast) -> None:
    door = reverse("tasks:upload", args=[cast.to_branch_a.pk])

    taken = member.post(door, {"files": upload("台账.jpg", uploads.photo())})
    refused = member.post(door, {"files": upload("台账.svg", uploads.SVG)})

    file = StoredFile.objects.get()
    assert (taken.status_code, refused.status_code) == (200, 200)  # a fragment says what is wrong in place (style 8)
    assert f'name="file" value="{file.pk}" checked' in taken.text
    assert "台账.svg: Use .jpg" in read(refused.text)


def test_files_sent_before_are_offered_again(member: Client, cast: Cast) -> None:
    file = keep(cast.member, "台账.jpg")

    form = member.get(reverse("tasks:update", args=[cast.to_branch_a.pk]))

    assert f'name="file" value="{file.pk}">' in form.text


def test_head_records_for_the_member_whom_the_row_names_and_both_names_stay(client: Client, cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_branch_a.pk).update(person=cast.member)
    row = fresh(cast.to_branch_a)
    client.force_login(cast.head_a)
    client.cookies["django_language"] = "en"
    assert "both names are kept" in read(client.get(reverse("tasks:update", args=[row.pk])).text)

    send(client, row)

    report = Report.objects.get(assignment=row)
    assert (report.by, report.on_behalf_of) == (cast.head_a, cast.member)
    page = read(client.get(row.get_absolute_url()).text)
    assert "吴刚" in page
    assert "(for 孙悦)" in page
    own = make_assignment(cast.branch_a.unit, cast.county_list, person=cast.member)
    client.force_login(cast.member)
    assert "both names are kept" not in read(client.get(reverse("tasks:update", args=[own.pk])).text)
    send(client, own)
    assert Report.objects.get(assignment=own).on_behalf_of is None
