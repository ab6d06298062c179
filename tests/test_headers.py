"""What an application controls of reliability.md 6: headers of every answer, protections of a site, sessions, tries.

Headers are looked at on every address of the URLconf, and on what no view answers. A site under production settings is a
process of its own (tests/site.py), because settings are read once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import User
from tests import site
from tests.conftest import Cast, make_cast
from tests.factories import make_user
from tests.test_access import world as everything  # noqa: F401 (a fixture, used by its name below)
from tests.test_bad_input import places

PASSWORD = "ein-langes-passwort-17"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'",
    "manifest-src 'self'",
}  # fmt: skip
NOTHING_RUNS = {"default-src 'none'", "sandbox"}


def lacks(headers: Any, policy: set[str] = POLICY) -> list[str]:
    """Headers that are not as they should be."""
    found = [name for name, value in HEADERS.items() if headers.get(name) != value]
    if set(re.split(r";\s*", headers.get("Content-Security-Policy", ""))) - {""} != policy:
        found.append("Content-Security-Policy")
    if "Access-Control-Allow-Origin" in headers or "X-Powered-By" in headers:
        found.append("something that should not be there")
    return found


def not_kept(response: HttpResponse) -> bool:
    """Whether no cache may keep the answer."""
    return "no-store" in response.headers.get("Cache-Control", "")


def test_every_address(cast: Cast, everything: Cast) -> None:  # noqa: F811 (the fixture)
    wrong = []
    for url, who in places(cast):
        for person in {None, who}:
            client = Client(raise_request_exception=False)
            if person:
                client.force_login(cast.person(person))
            for method in ("get", "put"):
                answer = getattr(client, method)(url)
                policy = (
                    NOTHING_RUNS if answer.headers.get("Content-Disposition", "").startswith("attachment") else POLICY
                )
                wrong += [(url, person, method, name) for name in lacks(answer.headers, policy)]
                wrong += [] if not_kept(answer) else [(url, person, method, "Cache-Control")]

    assert wrong == []


@pytest.mark.urls("tests.broken_urls")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing/", 404),
        ("/?q=%00", 400),
        ("/broken/", 500),
        ("/me/", 302),
        ("/static/nothing.css", 404),
        ("/healthz", 200),
    ],
)
def test_answers_of_no_view(db: None, path: str, status: int) -> None:
    answer = Client(raise_request_exception=False).get(path)

    assert (answer.status_code, lacks(answer.headers), not_kept(answer)) == (status, [], True)


def test_forms_without_a_token_are_refused_with_words_and_headers(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.member)

    answer = client.post("/me/", {"language": "en"})

    assert (answer.status_code, lacks(answer.headers)) == (403, [])
    assert str(settings.SECRET_KEY) not in answer.text


def test_unknown_hosts_are_refused_with_headers(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/help/", headers={"host": "evil.example"})

    assert (answer.status_code, lacks(answer.headers)) == (400, [])


def test_static_files(db: None) -> None:
    answer = Client().get("/static/css/app.css")

    assert (answer.status_code, lacks(answer.headers)) == (200, [])
    assert "public" in answer["Cache-Control"]


def test_words_for_a_mistake_of_ours_show_nothing_of_it(db: None, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.broken_urls"

    answer = Client(raise_request_exception=False).get("/broken/")

    assert "mistake of ours" not in answer.text
    assert "<h1>" in answer.text


# --- a site ----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def static(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files of a site, collected once."""
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def variables(transactional_db: None) -> dict[str, str]:
    """The test's own servers for the site's process."""
    return {"DATABASE_URL": site.database_url(), "REDIS_URL": settings.REDIS_URL}


def test_a_site_protects_itself(variables: dict[str, str], static: Path) -> None:
    cast = make_cast()
    steps = [
        {"path": "/accounts/login/", "secure": False},
        {"path": "/healthz", "secure": False},
        {"path": "/accounts/login/"},
        {"path": "/demo/mailbox/"},
        {"path": "/demo/enter/", "method": "POST", "data": {"person": "demo-member"}},
        {"path": "/demo/next-day/", "method": "POST"},
        {"path": "/nothing/"},
        {"path": "/help/", "host": "evil.example"},
        {"path": "/me/", "enter": cast.member.username},
        {"path": "/accounts/logout/", "method": "POST"},
        {"path": "/language/", "method": "POST", "data": {"language": "en"}},
    ]

    answers, _log = site.ask(static, steps, **variables)

    plain, health, login, mailbox, enter, next_day, nothing, foreign, me, logout, language = answers
    assert (plain["status"], plain["headers"]["Location"]) == (301, f"https://{site.HOST}/accounts/login/")
    assert health["status"] == 200
    assert [a["status"] for a in (mailbox, enter, next_day, nothing, foreign, me)] == [404, 404, 404, 404, 400, 200]
    assert [lacks(answer["headers"]) for answer in answers] == [[]] * len(answers)
    for answer in (login, mailbox, nothing, me, logout):
        assert answer["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    kept = {"httponly": True, "secure": True, "samesite": "Lax", "path": "/"}
    found = {
        name: cookie for answer in (login, language) for name, cookie in answer["cookies"].items() if cookie["value"]
    }
    assert {"__Host-csrftoken", settings.LANGUAGE_COOKIE_NAME} <= set(found)
    for name, cookie in found.items():
        assert (name, {key: cookie.get(key) for key in (*kept, "domain")}) == (name, {**kept, "domain": None})
    assert logout["headers"]["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_a_site_hands_out_hashed_files_for_good(variables: dict[str, str], static: Path) -> None:
    (page,), _log = site.ask(static, [{"path": "/accounts/login/"}], **variables)
    hashed = re.search(r"/static/css/app\.[0-9a-f]+\.css", page["text"])
    assert hashed

    (answer,), _log = site.ask(static, [{"path": hashed[0]}], **variables)

    assert answer["status"] == 200
    assert "immutable" in answer["headers"]["Cache-Control"]
    assert lacks(answer["headers"]) == []


def test_on_a_site_whoever_administers_is_signed_out_after_ten_minutes(variables: dict[str, str], static: Path) -> None:
    cast = make_cast()
    Authenticator.objects.create(
        user=cast.admin, type=Authenticator.Type.TOTP, data={}
    )  # without it there is only its set-up
    steps: list[dict[str, Any]] = [
        {"path": "/me/", "enter": who.username, "rest": seconds}
        for who, seconds in [(cast.admin, 590), (cast.admin, 620), (cast.member, 620), (cast.member, 12 * 3600 + 60)]
    ]

    answers, _log = site.ask(static, steps, **variables)

    assert [answer["status"] for answer in answers] == [200, 302, 200, 302]


def test_a_site_demands_a_second_factor_of_whoever_administers(variables: dict[str, str], static: Path) -> None:
    cast = make_cast()
    steps: list[dict[str, Any]] = [
        {"path": "/units/", "enter": cast.admin.username},
        {"path": "/accounts/second-factor/set-up/"},
        {"path": "/units/", "enter": cast.member.username},
        {"path": "/join/aaaa-bbbb-cccc-dddd/"},
    ]

    setup, page, member, dead = site.ask(static, steps, **variables)[0]

    assert setup["headers"]["Location"] == "/accounts/second-factor/set-up/"
    assert "<path d=" in page["text"]
    assert (page["status"], member["status"], dead["status"]) == (200, 200, 404)
    assert "no-store" in dead["headers"]["Cache-Control"]


def test_session_cookies_of_a_site(variables: dict[str, str], static: Path) -> None:
    cast = make_cast()
    cast.member.set_password(PASSWORD)
    cast.member.save()
    login = {
        "path": "/accounts/login/",
        "method": "POST",
        "data": {"login": cast.member.username, "password": PASSWORD},
    }

    (answer,), _log = site.ask(static, [login], **variables)

    cookie = answer["cookies"]["__Host-sessionid"]
    assert answer["status"] == 302
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, True, "Lax", "/")
    assert "domain" not in cookie


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"DEMO": "1"}, "loopback names only"),
        ({"DEMO": "1", "ALLOWED_HOSTS": "*"}, "loopback names only"),
        ({"DEMO": "1", "ALLOWED_HOSTS": "127.0.0.1,demo.example.org"}, "loopback names only"),
    ],
)
def test_a_site_that_would_be_open_does_not_start(changes: dict[str, str], words: str) -> None:
    done = site.run(["manage.py", "check"], **changes)

    assert done.returncode != 0
    assert words in done.stderr


def test_settings_of_a_site_are_clean() -> None:
    done = site.run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])

    assert done.returncode == 0, done.stderr


# --- sessions and tries ----------------------------------------------------------------------------------------------
@pytest.fixture
def person(db: None) -> User:
    user = make_user("孙悦", username="sun-yue", email="sun@example.org")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, name: str, password: str = PASSWORD, **headers: str) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": name, "password": password}, **headers)  # type: ignore[arg-type]


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_the_session_gets_a_new_key_at_sign_in_and_dies_at_sign_out(person: User, client: Client) -> None:
    session = client.session
    session["before"] = "1"
    session.save()
    before = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = before

    sign_in(client, person.username)

    after = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert is_in(client)
    assert after != before
    client.post(reverse("account_logout"))
    client.cookies[settings.SESSION_COOKIE_NAME] = after
    assert not is_in(client)


def test_a_closed_account_is_out_at_its_next_request(person: User, client: Client) -> None:
    sign_in(client, person.username)
    assert is_in(client)

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert not is_in(client)


def test_a_session_that_rested_half_a_day_is_over(person: User, client: Client) -> None:
    sign_in(client, person.username)
    assert is_in(client)
    session = client.session
    session["seen_at"] = (timezone.now() - timedelta(hours=12, minutes=1)).isoformat()
    session.save()

    assert not is_in(client)


@pytest.mark.parametrize("spoofed", [False, True])
def test_ten_tries_for_an_account(person: User, client: Client, spoofed: bool) -> None:
    for number in range(10):
        sign_in(client, person.username, "wrong", **({"HTTP_X_FORWARDED_FOR": f"10.0.0.{number}"} if spoofed else {}))

    refused = sign_in(client, person.username)

    assert not is_in(client)
    assert refused.status_code in (200, 429)
    assert is_in(_signed_in(make_user("李静", username="li-jing"))), "another account is not refused"


def _signed_in(user: User) -> Client:
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    sign_in(client, user.username)
    return client


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_known_and_unknown_accounts_get_the_same_answer(person: User, name: str, clock_at: Callable[..., None]) -> None:
    clock_at(date(2026, 5, 12))  # the foot of a page tells the minute
    answers = []
    for who in ("sun@example.org", "nun@example.org"):
        data = {"login": who, "password": "wrong"} if name == "account_login" else {"email": who}
        answer = Client().post(reverse(name), data)
        text = re.sub(r'value="[\w-]{36,}"|"X-CSRFToken": "\w+"', "", answer.text).replace(who, "")
        answers.append((answer.status_code, answer.headers.get("Location"), text))

    assert answers[0] == answers[1]
