"""The second factor: demanded of people who administer a site, asked at sign-in, lost and taken away by another (design 11)."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from branches import actions
from branches.models import Change, User
from branches.roles import Role
from branches.writing import NotPossible
from tests.conftest import Cast
from tests.factories import at, make_post, make_user, op

PASSWORD = "ein-langes-passwort-17"


@pytest.fixture
def demanded(settings: Any, cast: Cast) -> Cast:
    """A site that demands it, with an admin who has a password."""
    settings.SECOND_FACTOR_DEMANDED = True
    cast.admin.set_password(PASSWORD)
    cast.admin.save()
    return cast


def sign_in(client: Client, person: User) -> str:
    answer = client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert answer.status_code == 302
    return str(answer["Location"])


def code_of(secret: str) -> str:
    counter = int(time.time()) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def set_up(client: Client) -> tuple[str, list[str]]:
    """Read the secret from the page, prove it, and read the recovery codes."""
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    assert "<path d=" in page.text
    secret = re.search(r"<kbd>([A-Z2-7 ]+)</kbd>", page.text)
    assert secret
    plain = secret[1].replace(" ", "")
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(plain)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<kbd>(\d+)</kbd>", client.get(answer["Location"]).text)
    return plain, codes


def test_who_administers_sets_it_up_before_anything_else(client: Client, demanded: Cast) -> None:
    sign_in(client, demanded.admin)
    for address in ("/", "/units/", f"/people/{demanded.clerk.pk}/account/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_activate_totp"))
    assert client.post("/units/new/", {"name": "x"})["Location"] == reverse("mfa_activate_totp")
    member = Client()
    member.force_login(demanded.member)
    assert member.get("/").status_code == 200

    secret, codes = set_up(client)

    assert client.get("/units/").status_code == 200
    assert len(codes) == 10
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert Change.objects.filter(person=demanded.admin, verb="second-factor-added").exists()
    give_up = client.post(reverse("mfa_deactivate_totp"))
    assert give_up.status_code in (200, 302)
    assert Authenticator.objects.filter(user=demanded.admin, type="totp").exists()  # nobody who administers gives it up


def test_code_is_asked_after_the_password_and_a_recovery_code_works_once(demanded: Cast) -> None:
    first = Client()
    sign_in(first, demanded.admin)
    _secret, codes = set_up(first)

    again = Client()
    assert sign_in(again, demanded.admin) == reverse("mfa_authenticate")
    assert again.get("/units/").status_code == 302
    assert again.post(reverse("mfa_authenticate"), {"code": "123456"}).status_code == 200
    assert again.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert again.get("/units/").status_code == 200
    third = Client()
    sign_in(third, demanded.admin)
    assert third.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    assert third.get("/units/").status_code == 302


def test_lost_device_is_the_affair_of_another_admin(demanded: Cast) -> None:
    first = Client()
    sign_in(first, demanded.admin)
    set_up(first)
    now = at(demanded.today)

    with pytest.raises(NotPossible):
        actions.drop_second_factor(demanded.admin, by=demanded.admin, op=op(), now=now)
    with pytest.raises(PermissionDenied):
        actions.drop_second_factor(demanded.admin, by=demanded.county_admin, op=op(), now=now)
    other = make_user("管二")
    make_post(other, demanded.city, Role.TREE_ADMIN)
    actions.drop_second_factor(demanded.admin, by=other, op=op(), now=now)

    assert not Authenticator.objects.filter(user=demanded.admin).exists()
    assert Change.objects.filter(verb="second-factor-dropped", by=other).exists()
    again = Client()
    sign_in(again, demanded.admin)
    assert again.get("/units/")["Location"] == reverse("mfa_activate_totp")
