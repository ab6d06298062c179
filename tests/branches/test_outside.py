"""Signing in with an account elsewhere: who is let in, who is not, and providers that fail in every way (decision 0032)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialAccount
from django.core.checks import run_checks
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from branches import actions
from branches.models import Change, User
from branches.outside import session, wecom
from branches.writing import NotPossible
from tests.branches.test_second_factor import set_up
from tests.conftest import Cast
from tests.elsewhere import DingTalk, Issuer, WeCom, asked, issuing
from tests.factories import at, make_user, op
from tests.reminders.receiver import receiving

PASSWORD = "ein-langes-passwort-17"
Provider = Any  # one of the three
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_kept_tokens() -> None:
    wecom.forget_tokens()


@pytest.fixture
def oidc(settings: Settings) -> Iterator[Issuer]:
    with issuing() as found:
        settings.OUTWARD_PRIVATE = ["localhost"]
        settings.SIGN_IN_OIDC, settings.SIGN_IN_OIDC_NAME = found.setting, "市统一身份认证"
        yield found


@pytest.fixture
def dingtalk(settings: Settings) -> Iterator[DingTalk]:
    with receiving() as receiver:
        settings.OUTWARD_PRIVATE = ["localhost"]
        settings.SIGN_IN_DINGTALK = f"http://appkey:appsecret@localhost:{receiver.port}"
        provider = DingTalk(receiver)
        receiver.decide = provider.decide
        yield provider


@pytest.fixture
def corp(settings: Settings) -> Iterator[WeCom]:
    with receiving() as receiver:
        settings.OUTWARD_PRIVATE = ["localhost"]
        settings.SIGN_IN_WECOM = f"http://corp:secret@localhost:{receiver.port}/1000002"
        provider = WeCom(receiver)
        receiver.decide = provider.decide
        yield provider


@pytest.fixture(params=["oidc", "dingtalk", "corp"])
def elsewhere(request: pytest.FixtureRequest) -> Provider:
    return request.getfixturevalue(request.param)


@pytest.fixture
def person(cast: Cast) -> User:
    return with_password(cast.member)


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def inside(user: User) -> Client:
    """A browser in which this person has just signed in with the password."""
    client = Client()
    assert client.post(reverse("account_login"), {"login": user.username, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def onward(page: HttpResponse) -> str:
    """Where the page leads by itself, which is where its button leads too."""
    assert page.status_code == 200
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found
    assert f'href="{found[1]}"' in page.text
    return unescape(found[1])


def local(address: str) -> str:
    parts = urlsplit(address)
    assert parts.netloc == "testserver"
    return f"{parts.path}?{parts.query}"


def begin(client: Client, provider: Provider, **more: str) -> str:
    return onward(client.post(reverse("account_outside_start", args=[provider.code]), more))


def enter(client: Client, provider: Provider, **more: str) -> HttpResponse:
    """The whole way of a sign-in."""
    return client.get(local(provider.agree(begin(client, provider, **more))))


def connect(client: Client, provider: Provider) -> str:
    """Connect, and what the page says then."""
    page = client.post(reverse("account_outside_connect", args=[provider.code]), {"op": str(op())})
    answer = client.get(local(provider.agree(onward(page))))
    assert answer["Location"] == "/me/"
    return client.get("/me/").text


# --- the way in ------------------------------------------------------------------------------------------------------
def test_connected_once_and_in_from_then_on(person: User, elsewhere: Provider) -> None:
    stranger = enter(Client(), elsewhere)
    assert (stranger.status_code, "还没有人绑定" in stranger.text) == (403, True)
    assert not User.objects.filter(username="").exists()

    page = connect(inside(person), elsewhere)
    assert "绑定完成" in page
    assert reverse("account_outside_end", args=[elsewhere.code]) in page

    browser = Client()
    assert enter(browser, elsewhere)["Location"] == "/"
    assert browser.get("/me/").context["user"] == person
    line = Change.objects.get(person=person, verb="outside-connected")
    assert (line.by, line.after) == (person, {"sign_in_with": elsewhere.code})


def test_nothing_but_a_mark_is_kept(person: User, elsewhere: Provider) -> None:
    connect(inside(person), elsewhere)
    enter(Client(), elsewhere)
    row = SocialAccount.objects.get()
    assert (row.user, row.extra_data, len(row.uid)) == (person, {}, 64)
    assert elsewhere.person not in row.uid
    assert User.objects.get(pk=person.pk).name == person.name  # nor is anything of his changed
    assert not row.socialtoken_set.exists()


def test_buttons_stand_only_where_the_site_has_doors(settings: Settings, dingtalk: DingTalk, oidc: Issuer) -> None:
    page = Client().get(reverse("account_login")).text
    assert ("用钉钉登录" in page, "用市统一身份认证登录" in page, "企业微信" in page) == (True, True, False)
    settings.SIGN_IN_DINGTALK = settings.SIGN_IN_OIDC = ""
    page = Client().get(reverse("account_login")).text
    assert "/accounts/with/" not in page
    assert Client().post(reverse("account_outside_start", args=["dingtalk"])).status_code == 404


@pytest.mark.parametrize("name", ["start", "connect", "end"])
def test_a_link_begins_nothing(person: User, oidc: Issuer, name: str) -> None:
    assert inside(person).get(reverse(f"account_outside_{name}", args=["oidc"])).status_code == 405
    assert oidc.got == []


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [("/tasks/?q=x", "/tasks/?q=x"), ("https://evil.example/", "/"), ("//evil.example/", "/"), ("", "/")],
)
def test_onward_goes_within_the_site_only(person: User, oidc: Issuer, wanted: str, reached: str) -> None:
    connect(inside(person), oidc)
    assert enter(Client(), oidc, next=wanted)["Location"] == reached


def test_inside_wecom_the_page_that_knows_who_it_is(corp: WeCom) -> None:
    url = reverse("account_outside_start", args=["wecom"])
    phone = onward(Client(headers={"user-agent": "Mozilla/5.0 wxwork/4.1"}).post(url))
    desk = onward(Client().post(url))
    assert phone.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?")
    assert phone.endswith("#wechat_redirect")
    assert asked(phone)["scope"] == "snsapi_base"
    assert desk.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?")
    assert asked(desk)["login_type"] == "CorpApp"


def test_a_provider_in_the_house_has_pages_of_its_own(settings: Settings, corp: WeCom, dingtalk: DingTalk) -> None:
    settings.SIGN_IN_WECOM += "?page=https://wx.example.gov.cn"
    settings.SIGN_IN_DINGTALK += "?page=https://ding.example.gov.cn"
    assert begin(Client(), corp).startswith("https://wx.example.gov.cn/wwlogin/sso/login?")
    assert begin(Client(), dingtalk).startswith("https://ding.example.gov.cn/oauth2/auth?")


# --- who is not let in -----------------------------------------------------------------------------------------------
def test_one_account_there_belongs_to_one_person_here(person: User, elsewhere: Provider) -> None:
    other = with_password(make_user("李静"))
    connect(inside(person), elsewhere)
    assert "由本系统的另一人绑定" in connect(inside(other), elsewhere)
    assert [row.user for row in SocialAccount.objects.all()] == [person]
    assert not Change.objects.filter(person=other).exists()


def test_a_person_has_one_account_of_each(person: User, elsewhere: Provider) -> None:
    connect(inside(person), elsewhere)
    elsewhere.person = "another"
    assert "先解除" in connect(inside(person), elsewhere)
    assert SocialAccount.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        SocialAccount.objects.create(user=person, provider=elsewhere.code, uid="mark")


def test_the_same_mail_address_is_nobody(person: User, oidc: Issuer) -> None:
    User.objects.filter(pk=person.pk).update(email="a@b.cn")
    oidc.claims = {"email": "a@b.cn", "email_verified": True}
    assert enter(Client(), oidc).status_code == 403
    assert not SocialAccount.objects.exists()


def test_closed_accounts_stay_out(person: User, elsewhere: Provider) -> None:
    connect(inside(person), elsewhere)
    User.objects.filter(pk=person.pk).update(is_active=False)
    browser = Client()
    assert enter(browser, elsewhere)["Location"] == reverse("account_inactive")
    assert not is_in(browser)


def test_the_second_factor_is_asked_all_the_same(settings: Settings, cast: Cast, elsewhere: Provider) -> None:
    settings.SECOND_FACTOR_DEMANDED = True
    first = inside(with_password(cast.admin))
    _secret, codes = set_up(first)
    connect(first, elsewhere)

    browser = Client()
    assert enter(browser, elsewhere)["Location"] == reverse("mfa_authenticate")
    assert not re.search("of-the-person|token/0|access_token", str(dict(browser.session)))
    assert browser.get("/units/").status_code == 302
    assert browser.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert browser.get("/units/").status_code == 200


def test_who_must_have_a_second_factor_and_has_none_sets_it_up(settings: Settings, cast: Cast, oidc: Issuer) -> None:
    connect(inside(with_password(cast.admin)), oidc)
    settings.SECOND_FACTOR_DEMANDED = True
    browser = Client()
    enter(browser, oidc)
    assert browser.get("/units/")["Location"] == reverse("mfa_activate_totp")
    password = browser.get(reverse("mfa_activate_totp"))["Location"]  # the account elsewhere alone sets up nothing
    assert password.startswith(reverse("account_reauthenticate"))


# --- the way back ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("change", ["other", "none", "twice", "browser", "late", "door"])
def test_a_way_back_that_was_not_begun_here(
    person: User, oidc: Issuer, corp: WeCom, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    connect(inside(person), oidc)
    client = Client()
    way = local(oidc.agree(begin(client, oidc)))
    state = asked(way)["state"]
    oidc.got.clear()
    if change == "twice":
        assert client.get(way).status_code == 302
        client.post(reverse("account_logout"))
        oidc.got.clear()
    if change == "late":
        monkeypatch.setattr(statekit, "STATE_TTL", -1)
    way = {
        "other": way.replace(state, "0" * 16),
        "none": way.replace(f"state={state}", ""),
        "door": way.replace("/oidc/", "/wecom/"),
    }.get(change, way)
    if change == "browser":
        client = Client()
    page = client.get(way)
    assert (page.status_code, "重新开始" in page.text) == (400, True)
    assert (is_in(client), oidc.got) == (False, [])


def test_stopped_over_there(oidc: Issuer, corp: WeCom) -> None:
    client = Client()
    way = reverse("account_outside_back", args=["oidc"])
    page = client.get(way, {"error": "access_denied", "state": asked(begin(client, oidc))["state"]})
    assert (page.status_code, "没有任何更改" in page.text) == (200, True)
    page = client.get(
        reverse("account_outside_back", args=["wecom"]), {"state": asked(begin(client, corp))["state"]}
    )  # WeCom says nothing at all
    assert (page.status_code, "没有任何更改" in page.text) == (200, True)
    page = client.get(way, {"error": "server_error", "state": asked(begin(client, oidc))["state"]})
    assert page.status_code == 503


def test_only_who_began_to_connect_goes_on(person: User, oidc: Issuer) -> None:
    browser = inside(person)
    page = browser.post(reverse("account_outside_connect", args=["oidc"]), {"op": str(op())})
    way = local(oidc.agree(onward(page)))
    other = inside(with_password(make_user("李静")))
    kept = other.session
    kept[statekit.STATES_SESSION_KEY] = browser.session[statekit.STATES_SESSION_KEY]
    kept.save()
    assert other.get(way).status_code == 400
    assert not SocialAccount.objects.exists()


def test_nothing_is_connected_with_an_account_that_was_reset_meanwhile(person: User, oidc: Issuer) -> None:
    stale = User.objects.get(pk=person.pk)
    person.set_unusable_password()
    person.save()
    with pytest.raises(NotPossible, match="重置"):
        actions.connect_outside("oidc", "mark", by=stale, op=op(), now=at(date(2026, 5, 12)))


# --- providers that fail ---------------------------------------------------------------------------------------------
def test_a_provider_that_is_down(settings: Settings, elsewhere: Provider) -> None:
    client = Client()
    way = local(elsewhere.agree(begin(client, elsewhere)))
    with receiving() as gone:
        port = gone.port
    for name in ("SIGN_IN_OIDC", "SIGN_IN_DINGTALK", "SIGN_IN_WECOM"):
        setattr(settings, name, re.sub(r"localhost:\d+", f"localhost:{port}", getattr(settings, name)))
    page = client.get(way)
    assert (page.status_code, "没有正常应答" in page.text) == (503, True)
    assert not is_in(client)


@pytest.mark.parametrize("status", [500, 404, 302])
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token"])
def test_a_server_that_answers_with_an_error(person: User, oidc: Issuer, path: str, status: int) -> None:
    connect(inside(person), oidc)
    client = Client()
    way = local(oidc.agree(begin(client, oidc)))
    oidc.status[path] = status
    assert client.get(way).status_code == 503
    assert "/realms/office/elsewhere" not in oidc.got  # no redirect is followed
    assert not is_in(client)


@pytest.mark.parametrize("answer", [{}, {"errcode": 0}, {"accessToken": 5}, {"access_token": ["x"], "userid": 7}])
@pytest.mark.parametrize("status", [200, 500])
def test_a_provider_that_talks_nonsense(dingtalk: DingTalk, corp: WeCom, answer: dict[str, Any], status: int) -> None:
    for provider in (dingtalk, corp):
        client = Client()
        way = local(provider.agree(begin(client, provider)))
        provider.receiver.decide, provider.receiver.answer, provider.receiver.status = None, answer, status
        assert client.get(way).status_code == 503


def test_a_provider_that_says_nothing_holds_nobody_up(oidc: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SECONDS", 0.3)
    oidc.silent = threading.Event()
    began = time.monotonic()
    assert Client().post(reverse("account_outside_start", args=["oidc"])).status_code == 503
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-client"}, {"aud": None}, {"iss": "https://evil.example"}, {"iss": None}, {"exp": 1_000_000_000},
        {"exp": None}, {"sub": ""}, {"sub": None}, {"sub": 7},
    ],
)  # fmt: skip
def test_a_token_that_is_not_for_us_opens_nothing(person: User, oidc: Issuer, claims: dict[str, Any]) -> None:
    connect(inside(person), oidc)
    oidc.claims = claims
    client = Client()
    assert enter(client, oidc).status_code == 503
    assert not is_in(client)


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://evil.example"}, {"issuer": 5}, {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://evil.example/a"}, {"authorization_endpoint": None},
    ],
)  # fmt: skip
def test_a_server_that_leads_elsewhere_is_not_followed(oidc: Issuer, says: dict[str, Any]) -> None:
    oidc.says = says
    page = Client().post(reverse("account_outside_start", args=["oidc"]))
    assert (page.status_code, "evil" in page.text) == (503, False)


@pytest.mark.parametrize("end", ["https://evil.example/token", "https://169.254.169.254/token", "file:///etc/passwd"])
def test_hosts_that_the_server_names_are_asked_only_where_allowed(oidc: Issuer, end: str) -> None:
    oidc.says = {"token_endpoint": end}
    assert enter(Client(), oidc).status_code == 503
    assert "/realms/office/token" not in oidc.got


def test_the_same_name_at_another_issuer_is_somebody_else(settings: Settings, person: User, oidc: Issuer) -> None:
    connect(inside(person), oidc)
    with issuing() as second:
        settings.SIGN_IN_OIDC = second.setting
        assert enter(Client(), second).status_code == 403


def test_a_host_that_is_not_allowed_is_not_asked(settings: Settings, oidc: Issuer) -> None:
    settings.OUTWARD_PRIVATE = []
    assert Client().post(reverse("account_outside_start", args=["oidc"])).status_code == 503
    assert oidc.got == []
    assert "SIGN_IN_OIDC cannot be asked: host not allowed" in str(run_checks())


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("SIGN_IN_OIDC", "https://login.example.org/"), ("SIGN_IN_OIDC", "office:secret@host"),
        ("SIGN_IN_DINGTALK", "1"), ("SIGN_IN_DINGTALK", "https://k:s@api.dingtalk.com?page=javascript:x"),
        ("SIGN_IN_WECOM", "https://corp:secret@qyapi.weixin.qq.com"), ("SIGN_IN_WECOM", "https://c:s@host:port/1"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_said_at_the_start(settings: Settings, name: str, url: str) -> None:
    setattr(settings, name, url)
    assert f"{name} is not https://" in str(run_checks())
    assert "/accounts/with/" not in Client().get(reverse("account_login")).text


def test_settings_that_work(settings: Settings, oidc: Issuer) -> None:
    settings.SIGN_IN_DINGTALK = "https://key:secret@api.dingtalk.com"
    settings.SIGN_IN_WECOM = "https://corp:secret@qyapi.weixin.qq.com/1000002"
    assert run_checks() == []


def test_too_many_ways_that_come_to_nothing(settings: Settings, oidc: Issuer) -> None:
    settings.OUTSIDE_FAILURES = "3/15m/ip"
    client, way = Client(), reverse("account_outside_back", args=["oidc"])
    assert [client.get(way).status_code for _turn in range(4)] == [400, 400, 400, 429]
    assert client.post(reverse("account_outside_start", args=["oidc"])).status_code == 429
    assert oidc.got == []


def test_a_stale_token_of_the_application_is_asked_for_anew(person: User, corp: WeCom) -> None:
    connect(inside(person), corp)
    corp.tokens.append("somebody asked for another one")
    assert enter(Client(), corp).status_code == 302
    assert enter(Client(), corp).status_code == 302
    assert len([one for one in corp.receiver.got if one.path.startswith("/cgi-bin/gettoken")]) == 2


def test_customers_of_a_corp_are_nobody_here(corp: WeCom) -> None:
    corp.customer = True
    assert enter(Client(), corp).status_code == 503


def test_secrets_are_not_logged(corp: WeCom, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    client = Client()
    way = local(corp.agree(begin(client, corp)))
    corp.receiver.decide, corp.receiver.status = None, 500
    client.get(way)
    said = caplog.text + "".join(capsys.readouterr())
    assert "outside_sign_in" in said
    assert "corpsecret" not in said


# --- ending it -------------------------------------------------------------------------------------------------------
def test_disconnected_by_its_owner(person: User, elsewhere: Provider) -> None:
    browser = inside(person)
    connect(browser, elsewhere)
    browser.post(reverse("account_outside_end", args=[elsewhere.code]), {"op": str(op())})
    assert enter(Client(), elsewhere).status_code == 403
    assert is_in(browser)
    line = Change.objects.get(person=person, verb="outside-ended")
    assert (line.by, line.before) == (person, {"sign_in_with": elsewhere.code})
    connect(browser, elsewhere)
    assert enter(Client(), elsewhere).status_code == 302


def test_a_door_that_the_site_gave_up_can_still_be_disconnected(person: User, settings: Settings, oidc: Issuer) -> None:
    browser = inside(person)
    connect(browser, oidc)
    settings.SIGN_IN_OIDC = ""
    assert reverse("account_outside_end", args=["oidc"]) in browser.get("/me/").text
    browser.post(reverse("account_outside_end", args=["oidc"]), {"op": str(op())})
    assert not SocialAccount.objects.exists()
    assert "/accounts/with/" not in browser.get("/me/").text


@pytest.mark.parametrize("name", ["connect", "end"])
def test_the_password_is_asked_first_and_the_press_goes_on(person: User, oidc: Issuer, name: str) -> None:
    connect(inside(person), oidc)
    client = Client()
    enter(client, oidc)  # in by the account elsewhere alone
    answer = client.post(reverse(f"account_outside_{name}", args=["oidc"]), {"op": str(op())})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert SocialAccount.objects.count() == 1
    answer = client.post(answer["Location"], {"password": PASSWORD})
    if name == "end":
        assert (answer["Location"], SocialAccount.objects.count()) == ("/me/", 0)
    else:
        assert onward(answer).startswith(oidc.issuer)


def test_guests_connect_and_disconnect_nothing(oidc: Issuer) -> None:
    for name in ("connect", "end"):
        answer = Client().post(reverse(f"account_outside_{name}", args=["oidc"]), {"op": str(op())})
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("reset", ["admin", "server"])
def test_a_reset_ends_the_accounts_elsewhere(cast: Cast, oidc: Issuer, reset: str) -> None:
    browser = inside(with_password(cast.member))
    connect(browser, oidc)
    acts: dict[str, Callable[[], Any]] = {
        "admin": lambda: actions.reset_account(cast.member, by=cast.county_admin, op=op(), now=at(cast.today)),
        "server": lambda: actions.invite_from_server(cast.member, op=op(), now=at(cast.today)),
    }
    acts[reset]()
    assert not is_in(browser)
    assert enter(Client(), oidc).status_code == 403
    line = Change.objects.get(person=cast.member, verb="outside-ended")
    assert line.by == (cast.county_admin if reset == "admin" else None)


def test_history_says_it_in_words(cast: Cast, oidc: Issuer) -> None:
    connect(inside(with_password(cast.clerk)), oidc)
    client = Client()
    client.force_login(cast.admin)
    page = client.get(cast.clerk.get_absolute_url()).text
    assert "绑定外部账号" in page
    assert "登录方式" in page


@pytest.mark.parametrize("connected", [0, 1, 3])
def test_queries_of_ones_own_page(
    person: User, settings: Settings, django_assert_max_num_queries: Any, connected: int
) -> None:
    settings.SIGN_IN_DINGTALK = "https://key:secret@api.dingtalk.com"
    settings.SIGN_IN_WECOM = "https://corp:secret@qyapi.weixin.qq.com/1000002"
    for code in ("dingtalk", "wecom", "oidc")[:connected]:
        SocialAccount.objects.create(user=person, provider=code, uid=code)
    client = inside(person)
    client.get("/me/")
    with django_assert_max_num_queries(12):
        page = client.get("/me/")
    assert page.text.count("/end/") == connected
