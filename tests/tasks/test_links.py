"""Signed links: one form, one person, digits on a new device, and no way further (issue 6, design 6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from branches.models import BodySettings
from branches.roles import Role
from branches.writing import NotPossible
from tasks.actions.links import prove, withdraw_link
from tasks.links import REST, addresses
from tasks.models import Assignment, Event, Report, SignedLink
from tasks.models.links import LIFE, MOST_TRIES
from tasks.states import Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_post, op
from tests.uploads import photo, upload

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
MOST = 12  # queries of a page


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)


@pytest.fixture
def link(cast: Cast) -> SignedLink:
    """The link of the office's clerk for the row of the office."""
    cast.clerk.phone = "139-0000-4321"
    cast.clerk.save()
    addresses(cast.clerk, [cast.to_office], NOW)
    return SignedLink.objects.get()


def say(client: Client, link: SignedLink, digits: str) -> Any:
    return client.post(link.get_absolute_url(), {"digits": digits})


def opened(link: SignedLink) -> Client:
    """A browser in which the digits were said."""
    client = Client()
    assert say(client, link, "4321").status_code == 302
    return client


def snapshot() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (SignedLink, Assignment, Event, Report)]


def report(client: Client, row: Assignment, **more: Any) -> Any:
    words = {"text": "台账已整理", "done": "1", "version": row.version, "op": str(op())}
    return client.post(f"/a/{row.pk}/update/", {**words, **more})


def test_a_new_device_says_the_digits_and_reports_in_the_name_of_the_person(cast: Cast, link: SignedLink) -> None:
    client = Client()
    asked = client.get(link.get_absolute_url())
    assert "将以周文名义报送" in asked.content.decode()
    assert "办公室整理台账" not in asked.content.decode()  # nothing of the work before the digits
    assert client.get(f"/a/{cast.to_office.pk}/update/").status_code == 302  # nothing is open yet
    assert say(client, link, " 4321 ").headers["Location"] == f"/a/{cast.to_office.pk}/update/"
    form = client.get(f"/a/{cast.to_office.pk}/update/").content.decode()
    assert "将以周文名义报送" in form
    assert report(client, cast.to_office).headers["Location"] == f"/a/{cast.to_office.pk}/done/"
    cast.to_office.refresh_from_db()
    assert cast.to_office.stage == Stage.REPORTED
    event = Event.objects.get(assignment=cast.to_office, move="report")
    assert (event.by, event.post) == (cast.clerk, cast.clerk.posts.get())
    link.refresh_from_db()
    assert link.used_at is not None
    assert "链接不再打开别的内容" in client.get(f"/a/{cast.to_office.pk}/done/").content.decode()


def test_reading_the_address_changes_nothing(cast: Cast, link: SignedLink) -> None:
    before = snapshot()
    client = Client()
    for _time in range(2):
        assert client.get(link.get_absolute_url()).status_code == 200
        assert client.head(link.get_absolute_url()).status_code == 200
    known = opened(link)
    before_again = snapshot()
    known.get(link.get_absolute_url())
    known.get(f"/a/{cast.to_office.pk}/update/")
    assert before[1:] == before_again[1:] == snapshot()[1:]
    assert before[0] == before_again[0] == snapshot()[0]


def test_a_device_that_is_known_is_not_asked_again(cast: Cast, link: SignedLink) -> None:
    client = opened(link)
    client.cookies.pop("sessionid")
    assert client.get(f"/a/{cast.to_office.pk}/update/").status_code == 302
    assert client.get(link.get_absolute_url()).headers["Location"] == f"/a/{cast.to_office.pk}/update/"
    assert client.get(f"/a/{cast.to_office.pk}/update/").status_code == 200
    cast.clerk.phone = "139-0000-8765"
    cast.clerk.save()
    client.cookies.pop("sessionid")
    assert client.get(link.get_absolute_url()).status_code == 200  # another number: asked again


def test_closing_it_forgets_the_device(cast: Cast, link: SignedLink) -> None:
    client = opened(link)
    assert client.post("/l/close/").status_code == 302
    assert client.get(f"/a/{cast.to_office.pk}/update/").status_code == 302
    assert client.get(link.get_absolute_url()).status_code == 200


def test_five_wrong_tries_over_all_links_of_a_person_end_them(cast: Cast, link: SignedLink) -> None:
    other = make_assignment(cast.city_office, cast.city_list)
    addresses(cast.clerk, [other], NOW)
    second = SignedLink.objects.get(assignment=other)
    client = Client()
    for number in range(MOST_TRIES - 1):
        answer = say(client, (link, second)[number % 2], "0000")
        assert answer.status_code == 400
        assert str(MOST_TRIES - 1 - number) in answer.content.decode()
    assert say(client, second, "0000").status_code == 410
    for one in (link, second):
        assert say(Client(), one, "4321").status_code == 410
        assert Client().get(one.get_absolute_url()).status_code == 410
    assert set(SignedLink.objects.values_list("why", flat=True)) == {"tries"}
    assert addresses(cast.clerk, [cast.to_office], NOW + REST - timedelta(hours=1)) == {}
    assert addresses(cast.clerk, [cast.to_office], NOW + REST + timedelta(hours=1)) != {}


def test_the_right_digits_begin_the_count_anew_and_nonsense_is_no_try(cast: Cast, link: SignedLink) -> None:
    for _time in range(2 * MOST_TRIES):
        assert say(Client(), link, "abc").status_code == 400
    for _time in range(3):
        for _try in range(MOST_TRIES - 1):
            assert say(Client(), link, "9999").status_code == 400
        opened(link)


def test_it_runs_out_and_a_later_message_prolongs_it(
    cast: Cast, link: SignedLink, clock_at: Callable[..., None]
) -> None:
    address = link.get_absolute_url()
    late = TODAY + LIFE + timedelta(days=1)
    clock_at(late)
    assert Client().get(address).status_code == 410
    assert addresses(cast.clerk, [cast.to_office], at(late)) == {cast.to_office.pk: address}
    assert Client().get(address).status_code == 200


def test_withdrawing_works_at_once_for_browsers_that_hold_it(cast: Cast, link: SignedLink, client: Client) -> None:
    holder = opened(link)
    client.force_login(cast.secretary)
    assert "周文" in client.get(f"/a/{cast.to_office.pk}/told/").content.decode()
    assert client.post(f"/links/{link.pk}/withdraw/", {"op": str(op())}).status_code == 302
    assert holder.get(f"/a/{cast.to_office.pk}/update/").status_code == 302
    assert report(holder, cast.to_office).status_code == 302
    cast.to_office.refresh_from_db()
    assert cast.to_office.stage != Stage.REPORTED
    fresh = addresses(cast.clerk, [cast.to_office], NOW)[cast.to_office.pk]
    assert fresh != link.get_absolute_url()


def test_only_its_person_and_the_desks_withdraw_it(cast: Cast, link: SignedLink, client: Client) -> None:
    for name, status in {"leader": 403, "member": 404, "stranger": 404, "foreigner": 404, "nobody": 404}.items():
        client.force_login(cast.person(name))
        assert client.post(f"/links/{link.pk}/withdraw/", {"op": str(op())}).status_code == status, name
    assert SignedLink.objects.filter(withdrawn_at=None).exists()
    client.force_login(cast.clerk)
    assert "办公室整理台账" in client.get("/links/").content.decode()
    assert client.post("/links/", {"do": "all", "op": str(op())}).status_code == 302
    link.refresh_from_db()
    assert link.why == "owner"
    assert "办公室整理台账" not in client.get("/links/").content.decode()


def test_it_opens_its_own_form_and_nothing_else(cast: Cast, link: SignedLink) -> None:
    other = make_assignment(cast.city_office, cast.city_list)
    assert Assignment.objects.visible_to(cast.clerk, TODAY).filter(pk=other.pk).exists()  # he could see it himself
    client = opened(link)
    closed = [
        "/",
        "/me/",
        "/lists/",
        f"/a/{cast.to_office.pk}/",
        f"/a/{other.pk}/update/",
        "/notices/",
        "/links/",
        "/search/",
    ]
    for address in closed:
        answer = client.get(address)
        assert answer.status_code in (302, 404), address
        assert "/accounts/login/" in answer.headers.get("Location", "/accounts/login/")
    assert report(client, other).status_code == 302
    assert not Report.objects.exists()


def test_files_of_other_rows_are_neither_offered_nor_opened(cast: Cast, link: SignedLink, client: Client) -> None:
    other = make_assignment(cast.city_office, cast.city_list)
    client.force_login(cast.clerk)
    assert report(client, other, files=upload("别的任务.jpg", photo())).status_code == 302
    secret = Report.objects.get().evidence.get().file
    type(secret).objects.filter(pk=secret.pk).update(uploaded_at=NOW - timedelta(days=3))
    assert (
        "别的任务" in client.get(f"/a/{cast.to_office.pk}/update/").content.decode()
    )  # after signing in it is offered
    visitor = opened(link)
    assert "别的任务" not in visitor.get(f"/a/{cast.to_office.pk}/update/").content.decode()
    assert visitor.get(f"/files/{secret.pk}/").status_code == 302
    assert report(visitor, cast.to_office, file=secret.pk).status_code == 400
    assert report(visitor, cast.to_office, files=upload("台账.jpg", photo())).status_code == 302
    mine = Report.objects.get(assignment=cast.to_office).evidence.get().file
    assert visitor.get(f"/files/{mine.pk}/").status_code == 200


def test_somebody_else_who_is_signed_in_stays_himself(cast: Cast, link: SignedLink, client: Client) -> None:
    client.force_login(cast.second)
    answer = client.get(link.get_absolute_url())
    assert answer.status_code == 409
    assert "周文" in answer.content.decode()
    assert say(client, link, "4321").status_code == 409
    client.force_login(cast.clerk)
    assert client.get(link.get_absolute_url()).headers["Location"] == f"/a/{cast.to_office.pk}/update/"


def test_no_link_for_who_administers_has_no_number_or_serves_a_body_that_wants_none(cast: Cast) -> None:
    rows = [cast.to_office]
    assert addresses(cast.clerk, rows, NOW) == {}
    for phone in ("12", "一三九", "139-0000-4321"):
        cast.clerk.phone = phone
        cast.clerk.save()
        assert bool(addresses(cast.clerk, rows, NOW)) == phone.startswith("139")
    post = make_post(cast.clerk, cast.city, Role.TREE_ADMIN)
    assert addresses(cast.clerk, rows, NOW) == {}
    post.delete()
    BodySettings.objects.create(body=cast.city, signed_links=False)
    assert addresses(cast.clerk, rows, NOW) == {}


def test_a_closed_account_or_another_person_for_the_row_ends_what_it_opens(cast: Cast, link: SignedLink) -> None:
    client = opened(link)
    cast.clerk.posts.update(ends_on=TODAY - timedelta(days=1))
    assert client.get(f"/a/{cast.to_office.pk}/update/").status_code == 404  # he may not see the row himself any more
    cast.clerk.is_active = False
    cast.clerk.save()
    assert Client().get(link.get_absolute_url()).status_code == 410


def test_two_messages_carry_one_link(cast: Cast, link: SignedLink) -> None:
    for day in range(3):
        addresses(cast.clerk, [cast.to_office], NOW + timedelta(days=day))
    assert SignedLink.objects.count() == 1


def test_withdrawing_twice_changes_nothing(cast: Cast, link: SignedLink) -> None:
    withdraw_link(link.pk, by=cast.secretary, op=op(), now=NOW)
    withdraw_link(link.pk, by=cast.clerk, op=op(), now=NOW + timedelta(hours=1))
    link.refresh_from_db()
    assert (link.why, link.withdrawn_at) == ("desk", NOW)


def test_proving_a_withdrawn_link_is_refused_without_counting(cast: Cast, link: SignedLink) -> None:
    withdraw_link(link.pk, by=cast.clerk, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        prove(link, "0000", now=NOW)
    link.refresh_from_db()
    assert link.tries == 0


def test_the_form_behind_a_link_costs_no_more_than_any_page(
    cast: Cast, link: SignedLink, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = opened(link)
    with django_assert_max_num_queries(MOST):
        client.get(f"/a/{cast.to_office.pk}/update/")
    client.force_login(cast.clerk)
    with django_assert_max_num_queries(MOST):
        client.get("/links/")
