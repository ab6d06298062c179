"""The page of notices: one's own and nobody else's, ticked off, put off, brought back; counted in the frame (ux S25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from branches.models import User
from tasks.actions.reminding import remind, take_back_reminding
from tasks.models import Notice
from tasks.reminders.notices import forget, wake
from tests.conftest import Cast
from tests.factories import at, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
MOST = 12  # queries of a page


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)


def notice(to: User, number: int = 1, kind: str = "due", **fields: object) -> Notice:
    facts = {
        "task": {"zh": f"第{number}项任务", "en": f"Task number {number}"}, "unit": {"zh": "办公室", "en": "Office"},
        "day": "2026-05-14", "path": f"/a/{number}/update/",
    }  # fmt: skip
    values = {
        "kind": kind,
        "subject_type": "assignment",
        "subject_id": number,
        "day": TODAY,
        "made_at": NOW,
        "facts": facts,
    }
    return Notice.objects.create(recipient=to, **(values | fields))


def enter(client: Client, user: User, language: str = "en") -> None:
    client.force_login(user)
    client.cookies["django_language"] = language


def test_everybody_finds_his_own_and_nobody_elses(client: Client, cast: Cast) -> None:
    notice(cast.clerk, 1)
    hidden = notice(cast.secretary, 2)
    enter(client, cast.clerk)

    page = client.get("/notices/").text

    assert "Due 14 May: Task number 1" in page
    assert "Task number 2" not in page
    assert client.post(f"/notices/{hidden.pk}/").status_code == 404
    client.post("/notices/", {"notice": hidden.pk, "do": "read"})
    client.post("/notices/", {"do": "all"})
    hidden.refresh_from_db()
    assert hidden.read_at is None


def test_it_speaks_the_language_of_its_reader(client: Client, cast: Cast) -> None:
    notice(cast.clerk)
    enter(client, cast.clerk, "zh-hans")
    assert "5-14 到期：第1项任务" in client.get("/notices/").text


def test_on_the_way_to_the_work_it_is_ticked_off(client: Client, cast: Cast) -> None:
    row = notice(cast.clerk, cast.to_office.pk)
    enter(client, cast.clerk)
    assert client.get(f"/notices/{row.pk}/").status_code == 405, "looking changes nothing"

    answer = client.post(f"/notices/{row.pk}/")

    assert answer.headers["Location"] == f"/a/{cast.to_office.pk}/update/"
    assert "Task number" not in client.get("/notices/").text
    assert "Task number" in client.get("/notices/?show=all").text


@pytest.mark.parametrize("path", ["https://example.org/", "//example.org/", "", "javascript:alert(1)"])
def test_no_notice_leads_away_from_the_site(client: Client, cast: Cast, path: str) -> None:
    row = notice(cast.clerk)
    Notice.objects.update(facts=row.facts | {"path": path})
    enter(client, cast.clerk)
    assert client.post(f"/notices/{row.pk}/").headers["Location"] == "/"


@pytest.mark.parametrize("days", [1, 3, 7])
def test_what_is_put_off_comes_back_on_its_day(client: Client, cast: Cast, days: int) -> None:
    row = notice(cast.clerk)
    enter(client, cast.clerk)
    client.post("/notices/", {"notice": row.pk, "do": f"later-{days}"})
    assert "Task number" not in client.get("/notices/").text
    assert "Task number" in client.get("/notices/?show=later").text

    wake(at(TODAY + timedelta(days=days - 1), 23))
    assert "Task number" not in client.get("/notices/").text
    wake(at(TODAY + timedelta(days=days), 0))
    assert "Task number" in client.get("/notices/").text


@pytest.mark.parametrize("deed", ["later-2", "later-", "later-99999999999", "", "burn"])
def test_nonsense_changes_nothing(client: Client, cast: Cast, deed: str) -> None:
    row = notice(cast.clerk)
    enter(client, cast.clerk)
    assert client.post("/notices/", {"notice": row.pk, "do": deed}).status_code == 400
    row.refresh_from_db()
    assert (row.read_at, row.snoozed_until) == (None, None)


def test_marks_are_taken_back(client: Client, cast: Cast) -> None:
    row = notice(cast.clerk)
    enter(client, cast.clerk)
    for deed, read, later in (
        ("read", True, False), ("read", True, False), ("unread", False, False), ("later-3", False, True),
        ("back", False, False), ("all", True, False),
    ):  # fmt: skip
        assert client.post("/notices/", {"notice": row.pk, "do": deed}).status_code == 302
        row.refresh_from_db()
        assert (row.read_at is not None, row.snoozed_until is not None) == (read, later), deed


def test_a_press_without_a_tick_is_told(client: Client, cast: Cast) -> None:
    notice(cast.clerk)
    enter(client, cast.clerk)
    assert "Choose at least one notice" in client.post("/notices/", {"do": "read"}, follow=True).text


def test_groups_narrow_the_view(client: Client, cast: Cast) -> None:
    notice(cast.clerk, 1)
    notice(cast.clerk, 2, "returned")
    enter(client, cast.clerk)
    page = client.get("/notices/?group=answers").text
    assert ("Task number 1" in page, "Task number 2" in page) == (False, True)
    assert "Task number 1" in client.get("/notices/?group=nothing&show=nothing").text


def test_the_frame_counts_what_is_unread(client: Client, cast: Cast) -> None:
    notice(cast.clerk, 1)
    notice(cast.clerk, 2, read_at=NOW)
    notice(cast.clerk, 3, snoozed_until=TODAY + timedelta(days=1))
    notice(cast.secretary, 4)
    enter(client, cast.clerk)
    assert "Notices: 1 unread" in client.get("/help/").text


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client: Client, cast: Cast, count: int, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(count):
        notice(cast.clerk, number)
    enter(client, cast.clerk)
    with django_assert_max_num_queries(MOST):
        assert client.get("/notices/?show=all").text.count("data-row") == count


def test_nothing_is_said_twice(cast: Cast) -> None:
    notice(cast.clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        notice(cast.clerk)


def test_what_is_older_than_half_a_year_goes(cast: Cast) -> None:
    notice(cast.clerk, 1)
    kept = notice(cast.clerk, 2, made_at=NOW + timedelta(days=30))
    assert forget(NOW + timedelta(days=190)) == 1
    assert Notice.objects.get() == kept


def test_a_reminder_by_hand_stands_among_the_notices_until_it_is_taken_back(cast: Cast) -> None:
    press = op()
    remind([cast.to_office.pk], by=cast.secretary, op=press, now=NOW)
    assert Notice.objects.get(kind="by_hand").recipient == cast.clerk
    take_back_reminding(press, by=cast.secretary, op=op(), now=NOW)
    assert not Notice.objects.exists()
