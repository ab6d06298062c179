"""The switches of the frame and the doors of the demo."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from branches import clock
from branches.models import DemoMail, DemoState, User
from branches.roles import Role
from tests.conftest import Cast
from tests.factories import SHANGHAI, make_post, make_user

REAL_PASSWORD = "ein-langes-passwort-17"


def test_language_switch_keeps_place_and_filters(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)

    answer = client.post(reverse("set_language"), {"language": "en", "next": "/units/?q=ta&body=1"})

    assert answer["Location"] == "/units/?q=ta&body=1"
    assert client.get(reverse("branches:units"))["Content-Language"] == "en"
    assert User.objects.get(pk=cast.admin.pk).language == "en"


def test_language_switch_works_for_guests(client: Client, db: None) -> None:
    client.post(reverse("set_language"), {"language": "en", "next": "/help/"})

    assert "<h1>Help</h1>" in client.get("/help/").text


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_switch_never_leads_elsewhere(client: Client, db: None, to: str) -> None:
    answer = client.post(reverse("set_language"), {"language": "en", "next": to})

    assert answer["Location"] == "/"


def test_unknown_language_is_a_bad_request(client: Client, db: None) -> None:
    assert client.post(reverse("set_language"), {"language": "de", "next": "/"}).status_code == 400
    assert client.get(reverse("set_language")).status_code == 405


def test_large_type_on_and_off(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)

    client.post(reverse("large-type"), {"large": "1", "next": "/help/"})
    assert ' class="large"' in client.get("/help/").text
    assert User.objects.get(pk=cast.member.pk).large_type

    client.post(reverse("large-type"), {"large": "0", "next": "/help/"})
    assert client.cookies["large_type"]["max-age"] == 0
    del client.cookies["large_type"]  # as a browser does
    assert ' class="large"' not in client.get("/help/").text
    assert not User.objects.get(pk=cast.member.pk).large_type


def test_sign_in_brings_language_and_type_along(client: Client, cast: Cast) -> None:
    person = cast.clerk
    person.set_password(REAL_PASSWORD)
    person.language, person.large_type = "en", True
    person.save()

    client.post(reverse("account_login"), {"login": "clerk", "password": REAL_PASSWORD})
    page = client.get("/help/")

    assert '<html lang="en" class="large"' in page.text


def test_scope_switch_filters_to_a_post_of_ones_own(client: Client, cast: Cast) -> None:
    second = make_post(cast.clerk, cast.county_a, Role.MEMBER)
    other = cast.leader.posts.get()
    client.force_login(cast.clerk)

    answer = client.post(reverse("scope"), {"post": second.pk, "next": "/units/"})
    assert answer["Location"] == "/units/"
    assert client.session["scope"] == second.pk

    client.post(reverse("scope"), {"post": other.pk, "next": "/units/"})
    assert "scope" not in client.session
    assert client.post(reverse("scope"), {"post": "x"}).status_code == 400


@pytest.fixture
def demo(cast: Cast, settings: Settings) -> User:
    settings.DEMO, settings.PRODUCTION = True, False
    DemoState.objects.create(loaded_at=datetime(2026, 5, 12, tzinfo=SHANGHAI))
    person = make_user("王示", username="demo-secretary", name_en="Wang Shi")
    make_post(person, cast.city, Role.SECRETARY, title="专职副书记", title_en="Deputy secretary")
    return person


def test_demo_people_enter_by_one_press(client: Client, demo: User) -> None:
    page = client.get(reverse("account_login"), headers={"Accept-Language": "en"})
    assert [person.username for person in page.context["demo_people"]] == ["demo-secretary"]
    assert "Sample City CPPCC · Deputy secretary" in page.text

    answer = client.post(reverse("demo-enter"), {"person": "demo-secretary", "next": "/units/"})

    assert answer["Location"] == "/units/"
    assert client.get("/units/").context["user"] == demo


@pytest.mark.parametrize("who", ["admin", "system-admin", "demo-admin", ""])
def test_demo_enters_as_nobody_else(client: Client, demo: User, who: str) -> None:
    assert client.post(reverse("demo-enter"), {"person": who}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("doors", ["not a demo", "production", "nothing loaded"])
def test_demo_doors_do_not_exist_elsewhere(client: Client, demo: User, settings: Settings, doors: str) -> None:
    mail = DemoMail.objects.create(message_id="a", to="x@example.invalid", subject="s", text="t", at=clock.now())
    if doors == "not a demo":
        settings.DEMO = False
    elif doors == "production":
        settings.PRODUCTION = True
    else:
        DemoState.objects.all().delete()

    answers = {
        "enter": client.post(reverse("demo-enter"), {"person": "demo-secretary"}).status_code,
        "next day": client.post(reverse("demo-next-day")).status_code,
        "mailbox": client.get(reverse("demo-mailbox")).status_code,
        "mail": client.get(reverse("demo-mail", args=[mail.pk])).status_code,
    }

    assert set(answers.values()) == {404}, answers
    assert (
        "demo_people" not in client.get(reverse("account_login")).context
        or not (client.get(reverse("account_login")).context["demo_people"])
    )


def test_demo_mailbox_lists_mails_by_person(client: Client, demo: User) -> None:
    at = datetime(2026, 5, 12, 8, tzinfo=SHANGHAI)
    mine = DemoMail.objects.create(
        message_id="a", to=demo.email, subject="今天：1 项到期", text="http://127.0.0.1:8000/a/1/", at=at
    )
    DemoMail.objects.create(message_id="b", to="other@example.invalid", subject="别人的", text="t", at=at)

    page = client.get(reverse("demo-mailbox") + f"?to={demo.email}").text
    assert "今天：1 项到期" in page
    assert "别人的" not in page

    assert '<a href="http://127.0.0.1:8000/a/1/"' in client.get(reverse("demo-mail", args=[mine.pk])).text


def test_demo_goes_on_to_the_next_working_day(client: Client, demo: User) -> None:
    before = clock.today()

    client.post(reverse("demo-next-day"), {"next": "/help/"})

    assert clock.today() == clock.next_working_day(before)
    assert DemoState.objects.get().days_ahead >= 1


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 5, 12), date(2026, 5, 13)),
        (date(2026, 5, 15), date(2026, 5, 18)),
        (date(2026, 9, 30), date(2026, 10, 8)),  # National Day holidays
        (date(2040, 6, 1), date(2040, 6, 4)),  # not published: Monday to Friday
    ],
)
def test_next_working_day(day: date, following: date) -> None:
    assert clock.next_working_day(day) == following
