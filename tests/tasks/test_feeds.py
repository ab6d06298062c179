"""The calendar feed: whole days, one's own work, a secret address that can be withdrawn and lets nobody do anything (issue 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from branches.models import User
from branches.secrets import token_of
from tasks.actions.feeds import make_feed, withdraw_feed
from tasks.models import Assignment, CalendarFeed
from tasks.models.feeds import PURPOSE
from tests.conftest import Cast
from tests.factories import at, make_assignment, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
MOST = 12  # queries of a page


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)


def subscribed(user: User) -> str:
    return f"/calendar/{make_feed(by=user, op=op(), now=NOW).token}.ics"


def events(client: Client, address: str) -> dict[str, date]:
    """What a calendar program reads: the titles with their days."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/calendar")
    found = {}
    for event in Calendar.from_ical(answer.content).walk("VEVENT"):
        assert (event.decoded("dtend") - event.decoded("dtstart")).days == 1
        found[str(event["summary"])] = event.decoded("dtstart")
    return found


def test_whoever_has_the_address_reads_the_dates_as_whole_days_and_nobody_elses(client: Client, cast: Cast) -> None:
    found = events(client, subscribed(cast.clerk))
    assert found == {"办公室整理台账": date(2026, 5, 14)}
    assert b"DTSTART;VALUE=DATE:20260514" in client.get(subscribed(cast.clerk)).content
    assert "甲区报送党建案例" in events(client, subscribed(cast.county_secretary))


def test_a_moved_date_moves_in_the_calendar(client: Client, cast: Cast) -> None:
    address = subscribed(cast.clerk)
    before = Calendar.from_ical(client.get(address).content).walk("VEVENT")[0]
    Assignment.objects.filter(pk=cast.to_office.pk).update(due_on=date(2026, 5, 20), due_revision=2)
    after = Calendar.from_ical(client.get(address).content).walk("VEVENT")[0]
    assert before["uid"] == after["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == date(2026, 5, 20)


def test_done_work_and_work_without_a_date_leave_the_calendar(client: Client, cast: Cast) -> None:
    make_assignment(cast.city_office, cast.city_list, due_on=None, content="长期坚持")
    address = subscribed(cast.clerk)
    assert len(events(client, address)) == 1
    Assignment.objects.filter(pk=cast.to_office.pk).update(
        stage="reported", reported_on=TODAY, submitted_at=NOW, review_unit=cast.city
    )
    assert events(client, address) == {}


def test_a_new_address_ends_the_old_one_and_withdrawn_there_is_none(client: Client, cast: Cast) -> None:
    old, press = subscribed(cast.clerk), op()
    new = f"/calendar/{make_feed(by=cast.clerk, op=press, now=NOW).token}.ics"
    assert f"/calendar/{make_feed(by=cast.clerk, op=press, now=NOW).token}.ics" == new, "pressed twice"
    assert [client.get(address).status_code for address in (old, new)] == [404, 200]
    for _press in range(2):
        withdraw_feed(by=cast.clerk, op=op(), now=NOW)
    assert client.get(new).status_code == 404


def test_a_closed_account_has_no_calendar(client: Client, cast: Cast) -> None:
    address = subscribed(cast.clerk)
    User.objects.filter(pk=cast.clerk.pk).update(is_active=False)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "..%2f", "字"])
def test_a_guessed_address_leads_nowhere(client: Client, cast: Cast, token: str) -> None:
    subscribed(cast.clerk)
    assert client.get(f"/calendar/{token}.ics").status_code in (400, 404)


def test_the_table_alone_gives_nobody_in(cast: Cast, settings: object) -> None:
    row = make_feed(by=cast.clerk, op=op(), now=NOW)
    kept = {str(value) for value in CalendarFeed.objects.values_list("seed", "token_hash").get()}
    assert row.token not in kept
    settings.SECRET_KEY = "another key of another site"  # type: ignore[attr-defined]
    assert token_of(PURPOSE, row.seed) != ""
    assert row.token == "", "with another key a new address has to be made"


def test_the_page_makes_shows_and_withdraws(client: Client, cast: Cast) -> None:
    client.force_login(cast.clerk)
    client.cookies["django_language"] = "en"
    door = "/notices/calendar/"
    assert "Make an address" in client.get(door).text
    assert not CalendarFeed.objects.exists(), "looking makes nothing"
    client.post(door, {"op": str(op()), "do": "make"})
    row = CalendarFeed.objects.get()
    assert row.token in client.get(door).text
    client.force_login(cast.secretary)
    assert row.token not in client.get(door).text
    client.force_login(cast.clerk)
    client.post(door, {"op": str(op()), "do": "withdraw"})
    assert not CalendarFeed.objects.exists()
    assert client.post(door, {"op": str(op()), "do": "burn"}).status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client: Client, cast: Cast, count: int, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(count - 1):
        make_assignment(cast.city_office, cast.city_list, due_on=TODAY, content=f"第{number}项")
    address = subscribed(cast.clerk)
    with django_assert_max_num_queries(MOST):
        assert len(events(client, address)) == count
