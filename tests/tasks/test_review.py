"""The review desk: the oldest first, one press to decide, two reviewers at once, nobody his own judge (ux S13, SEC-3)."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from branches.models import BodySettings, User
from branches.roles import Role
from tasks import actions
from tasks.models import Assignment, Event
from tasks.states import Stage
from tasks.uploads import keep
from tests import uploads
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_post, op
from tests.uploads import upload

TODAY = date(2026, 5, 12)


@pytest.fixture(autouse=True)
def _day(clock_at: Callable[..., None], settings: Any, tmp_path: Path) -> None:
    clock_at(TODAY, hour=18)
    settings.MEDIA_ROOT = str(tmp_path)


def enter(client: Client, user: User) -> None:
    client.force_login(user)
    client.cookies["django_language"] = "en"


def reported(row: Assignment, by: User, hour: int = 9, day: int = 12, text: str = "已报送") -> Assignment:
    actions.report(row, done=True, text=text, by=by, op=op(), now=at(date(2026, 5, day), hour))
    return row


def decide(client: Client, row: Assignment, decision: str, **fields: Any) -> Any:
    row.refresh_from_db()
    values = {"op": str(uuid.uuid4()), "version": row.version, "decision": decision, **fields}
    return client.post(reverse("tasks:review-one", args=[row.pk]), values)


def waiting(text: str) -> list[str]:
    """The addresses of the queue, top to bottom."""
    return re.findall(r'<li><a class="card-link" href="([^"]+)"', text)


def door(row: Assignment) -> str:
    return reverse("tasks:review-one", args=[row.pk])


# --- the queue ------------------------------------------------------------------------------------


def test_the_queue_is_the_reviewers_own_with_the_oldest_first(client: Client, cast: Cast) -> None:
    reported(cast.to_office, cast.clerk, day=11)
    reported(cast.to_county_a, cast.county_secretary, day=7)
    reported(cast.to_branch_a, cast.member, day=6)
    enter(client, cast.secretary)

    page = client.get(reverse("tasks:review"))

    assert waiting(page.text) == [door(cast.to_county_a), door(cast.to_office)]
    assert "甲区报送党建案例" in page.text[page.text.index('id="item"') :]
    assert "支部报送案例" not in page.text
    assert page.text.count("<h1") == 1


def test_waiting_days_count_against_the_reviewer(client: Client, cast: Cast) -> None:
    reported(cast.to_office, cast.clerk, day=11)
    actions.report(
        cast.to_county_a, done=True, text="早交的", by=cast.county_secretary, op=op(), now=at(date(2026, 4, 27))
    )
    enter(client, cast.secretary)

    page = client.get(reverse("tasks:review")).text

    assert re.findall(r'class="waited( waited-long)?">([^<]+)<', page)[:2] == [
        (" waited-long", "waiting 15 days"),
        ("", "waiting 1 day"),
    ]


def test_an_empty_queue_says_what_was_done_today(client: Client, cast: Cast) -> None:
    enter(client, cast.secretary)
    before = client.get(reverse("tasks:review")).text
    reported(cast.to_office, cast.clerk)
    actions.approve(cast.to_office, by=cast.secretary, op=op(), now=at(TODAY, 10))

    after = client.get(reverse("tasks:review")).text

    assert "Nothing to review<" in before
    assert "Nothing to review. 1 done today" in after


@pytest.mark.parametrize("count", [1, 3])
def test_queue_queries(
    client: Client, cast: Cast, count: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    rows = [make_assignment(cast.county_a, cast.city_list, content=f"第{n}件") for n in range(count)]
    for number, row in enumerate(rows):
        file = keep(
            upload("a.jpg", uploads.photo(colour=["red", "green", "blue"][number])),
            by=cast.county_secretary,
            unit=None,
            now=at(TODAY),
        )
        actions.report(row, done=True, text="一。", files=[file], by=cast.county_secretary, op=op(), now=at(TODAY, 8))
        actions.return_report(row, reason="缺", by=cast.second, op=op(), now=at(TODAY, 9))
        actions.report(row, done=True, text="一。二。", by=cast.county_secretary, op=op(), now=at(TODAY, 10))
    enter(client, cast.secretary)
    client.get(reverse("branches:help"))

    for address in (reverse("tasks:review"), door(rows[0])):
        with django_assert_max_num_queries(11):  # the demo's clock asks one more
            assert len(waiting(client.get(address).text)) == count


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("secretary", 200), ("second", 200), ("leader", 403), ("county_secretary", 403), ("stranger", 404), ("clerk", 404),
        ("member", 404), ("foreigner", 404), ("auditor", 404),
    ],
)  # fmt: skip
def test_item_access(client: Client, cast: Cast, person: str, status: int) -> None:
    reported(cast.to_county_a, cast.county_secretary)
    enter(client, cast.person(person))

    read = client.get(door(cast.to_county_a))
    decided = decide(client, cast.to_county_a, "approve")

    assert (read.status_code, decided.status_code) == (status, 302 if status == 200 else status)
    cast.to_county_a.refresh_from_db()
    assert cast.to_county_a.stage == (Stage.COMPLETED if status == 200 else Stage.REPORTED)


def test_nobody_reviews_his_own_report(client: Client, cast: Cast) -> None:
    own = make_assignment(cast.city, cast.city_list, content="市级自己的事")
    reported(own, cast.secretary)
    enter(client, cast.secretary)

    assert waiting(client.get(reverse("tasks:review")).text) == []
    assert [client.get(door(own)).status_code, decide(client, own, "approve").status_code] == [403, 403]

    enter(client, cast.second)
    assert decide(client, own, "approve").status_code == 302


# --- the item -------------------------------------------------------------------------------------


def test_an_item_shows_words_files_and_what_changed(client: Client, cast: Cast) -> None:
    row, author = cast.to_branch_a, cast.member
    first = keep(upload("台账.jpg", uploads.photo()), by=author, unit=None, now=at(TODAY))
    second = keep(upload("照片.jpg", uploads.photo(colour="red")), by=author, unit=None, now=at(TODAY))
    actions.report(row, done=True, text="已建台账12本。活动2次。", files=[first], by=author, op=op(), now=at(TODAY, 8))
    actions.return_report(row, reason="缺照片", by=cast.county_head, op=op(), now=at(TODAY, 9))
    actions.report(
        row, done=True, text="已建台账12本。活动3次。", files=[first, second], by=author, op=op(), now=at(TODAY, 10)
    )
    enter(client, cast.county_secretary)

    page = client.get(door(row)).text
    since = page[page.index("Since the last report") :]

    assert "report no. 2" in page
    assert re.findall(r"<ins>(?:<span[^>]*>)?([^<]+)", since) == ["活动3次。", "照片.jpg"]
    assert re.findall(r"<del>(?:<span[^>]*>)?([^<]+)", since) == ["活动2次。"]
    assert reverse("tasks:thumb", args=[second.pk]) in page


def test_stock_phrases_are_the_bodys_own(client: Client, cast: Cast) -> None:
    BodySettings.objects.create(body=cast.city, return_phrases=["缺签到表"], late_reasons=["其他"])
    reported(cast.to_county_a, cast.county_secretary)
    enter(client, cast.secretary)

    page = client.get(door(cast.to_county_a)).text

    assert "缺签到表" in page
    assert "数字不符" not in page
    assert 'name="supplement_by" value="2026-05-15"' in page


# --- the decision -----------------------------------------------------------------------------------


def test_approve_goes_on_to_the_next(client: Client, cast: Cast) -> None:
    first, second, third = (
        reported(make_assignment(cast.county_a, cast.city_list, content=f"第{n}件"), cast.county_secretary, hour=8 + n)
        for n in range(3)
    )
    enter(client, cast.secretary)

    ways = [decide(client, row, "approve").headers["Location"] for row in (second, third, first)]

    assert ways == [door(third), door(first), reverse("tasks:review")]
    assert Event.objects.filter(move="approve").count() == 3


def test_the_same_press_twice_decides_once(client: Client, cast: Cast) -> None:
    reported(cast.to_county_a, cast.county_secretary)
    enter(client, cast.secretary)
    same = {"op": str(uuid.uuid4()), "version": cast.to_county_a.version}

    answers = [decide(client, cast.to_county_a, "approve", **same) for _n in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Event.objects.filter(assignment=cast.to_county_a, move="approve").count() == 1


def test_a_return_carries_words_and_a_day(client: Client, cast: Cast) -> None:
    reported(cast.to_county_a, cast.county_secretary)
    enter(client, cast.secretary)

    without = decide(client, cast.to_county_a, "return", reason=" ", supplement_by="2026-05-15")
    past = decide(client, cast.to_county_a, "return", reason="缺材料", supplement_by="2026-05-11")
    unread = decide(client, cast.to_county_a, "return", reason="缺材料", supplement_by="下周")
    secret = decide(client, cast.to_county_a, "return", reason="见机密★文件", supplement_by="2026-05-15")
    done = decide(client, cast.to_county_a, "return", reason="缺材料", supplement_by="2026-05-20")

    cast.to_county_a.refresh_from_db()
    assert [one.status_code for one in (without, past, unread, secret, done)] == [400, 400, 400, 400, 302]
    assert without.text.count("Say what is missing") == 2
    assert "缺材料</textarea>" in past.text
    assert (cast.to_county_a.stage, cast.to_county_a.supplement_by) == (Stage.RETURNED, date(2026, 5, 20))


def test_return_supplement_approve(client: Client, cast: Cast) -> None:
    row = cast.to_branch_a
    reported(row, cast.member, hour=8)
    enter(client, cast.county_secretary)
    decide(client, row, "return", reason="缺4月内容", supplement_by="2026-05-15")

    enter(client, cast.member)
    values = {"op": str(uuid.uuid4()), "text": "已补4月内容", "done": 1}
    row.refresh_from_db()
    client.post(reverse("tasks:update", args=[row.pk]), {**values, "version": row.version})
    enter(client, cast.county_head)
    answer = decide(client, row, "approve")

    row.refresh_from_db()
    assert (answer.status_code, row.stage, row.days_late) == (302, Stage.COMPLETED, 0)


@pytest.mark.parametrize(
    ("first", "told"),
    [
        ("approve", "李静 approved this at 17:00"),
        ("return", "李静 returned this at 17:00"),
        ("take_back", "took this back at 17:00"),
    ],
)
def test_the_second_of_two_reviewers_is_told_what_the_first_decided(
    client: Client, cast: Cast, first: str, told: str
) -> None:
    row = reported(cast.to_county_a, cast.county_secretary)
    read = row.version
    enter(client, cast.secretary)
    client.get(door(row))
    if first == "approve":
        actions.approve(row, by=cast.second, op=op(), now=at(TODAY, 17))
    elif first == "return":
        actions.return_report(row, reason="缺材料", by=cast.second, op=op(), now=at(TODAY, 17))
    else:
        actions.take_back(row, by=cast.county_secretary, op=op(), now=at(TODAY, 17))

    answer = decide(client, row, "return", reason="第二人的话", supplement_by="2026-05-15", version=read)
    later = client.get(door(row))

    assert (answer.status_code, later.status_code) == (409, 200)
    for page in (answer, later):
        assert told in re.sub(r"<[^>]*>", "", page.text)
    assert Event.objects.filter(assignment=row, by=cast.secretary).count() == 0


def test_a_report_that_was_replaced_while_it_was_read_is_shown_anew(client: Client, cast: Cast) -> None:
    row = reported(cast.to_county_a, cast.county_secretary, text="旧的话")
    read = row.version
    enter(client, cast.secretary)
    actions.take_back(row, by=cast.county_secretary, op=op(), now=at(TODAY, 10))
    reported(row, cast.county_secretary, hour=11, text="新的话")

    answer = decide(client, row, "approve", version=read)

    row.refresh_from_db()
    assert (answer.status_code, row.stage) == (409, Stage.REPORTED)
    assert "新的话" in answer.text
    assert f'name="version" value="{row.version}"' in answer.text


def test_a_row_with_open_parts_below_is_not_approved(client: Client, cast: Cast) -> None:
    row = reported(cast.to_county_a, cast.county_secretary)
    make_assignment(cast.branch_a.unit, cast.county_list, source=row)
    enter(client, cast.secretary)

    answer = decide(client, row, "approve")

    assert answer.status_code == 409
    assert "still open below" in answer.text


@pytest.mark.parametrize("fields", [{"decision": "x"}, {"op": "x"}, {"version": "-1"}])
def test_nonsense_is_a_bad_request(client: Client, cast: Cast, fields: dict[str, str]) -> None:
    reported(cast.to_county_a, cast.county_secretary)
    enter(client, cast.secretary)

    decision = fields.pop("decision", "approve")
    assert decide(client, cast.to_county_a, decision, **fields).status_code == 400


def test_the_scope_switch_narrows_the_queue(client: Client, cast: Cast) -> None:
    party = make_post(cast.secretary, cast.city_party, Role.SECRETARY)
    reported(cast.to_office, cast.clerk)
    enter(client, cast.secretary)
    assert waiting(client.get(reverse("tasks:review")).text) == [door(cast.to_office)]

    client.post(reverse("scope"), {"post": party.pk, "next": "/"})

    assert waiting(client.get(reverse("tasks:review")).text) == []


# --- grades ---------------------------------------------------------------------------------------


def test_a_body_without_grades_is_not_asked_for_one(client: Client, cast: Cast) -> None:
    row = reported(cast.to_office, cast.clerk)
    enter(client, cast.secretary)
    assert "id_grade" not in client.get(door(row)).text
    assert decide(client, row, "approve", grade="良好").status_code == 302
    row.refresh_from_db()
    assert (row.stage, row.grade) == (Stage.COMPLETED, "")


def test_a_grade_stands_with_the_completed_row_until_it_is_opened_again(client: Client, cast: Cast) -> None:
    BodySettings.objects.create(body=cast.city, grades=["良好", "需改进"])
    row = reported(cast.to_office, cast.clerk)
    enter(client, cast.secretary)
    assert "Not graded" in client.get(door(row)).text

    wrong = decide(client, row, "approve", grade="第一名")
    assert (wrong.status_code, "id_grade_error" in wrong.text) == (400, True)
    row.refresh_from_db()
    assert row.stage == Stage.REPORTED

    assert decide(client, row, "approve", grade="良好").status_code == 302
    row.refresh_from_db()
    assert (row.stage, row.grade) == (Stage.COMPLETED, "良好")
    page = client.get(row.get_absolute_url()).text
    assert page.count("良好") == 2, "beside the stage, and in the history"

    assert decide(client, row, "unapprove").status_code == 302
    row.refresh_from_db()
    assert (row.stage, row.grade) == (Stage.REPORTED, "")


def test_one_grade_goes_to_several_reports(client: Client, cast: Cast) -> None:
    BodySettings.objects.create(body=cast.city, grades=["良好"])
    rows = [reported(cast.to_office, cast.clerk), reported(cast.to_county_a, cast.county_secretary)]
    enter(client, cast.secretary)
    form: dict[str, Any] = {"op": str(op()), "row": [row.pk for row in rows]}
    form |= {f"version-{row.pk}": Assignment.objects.get(pk=row.pk).version for row in rows}
    refused = client.post("/review/accept/", form | {"grade": "第一名"})
    assert (refused.status_code, refused.text.count(" checked")) == (400, 2)
    assert client.post("/review/accept/", form | {"grade": "良好"}).status_code == 302
    assert set(Assignment.objects.filter(pk__in=form["row"]).values_list("stage", "grade")) == {("completed", "良好")}


def test_no_row_keeps_a_grade_without_being_completed(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=cast.to_office.pk).update(grade="良好")
