"""Every page of this room against the people who matter: admin, secretary, member, strangers, a guest."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Platform
from tests.conftest import Cast
from tests.factories import LONG_AGO

OPEN, NOT_YOURS, HIDDEN, SIGN_IN = 200, 403, 404, 302
PEOPLE = ("county_admin", "county_secretary", "member", "stranger", "system_admin", None)


@pytest.fixture
def places(cast: Cast) -> dict[str, object]:
    """What the addresses of county A point to."""
    platform = Platform.objects.create(name="工艺客厅", kind="lounge", body=cast.county_a, starts_on=LONG_AGO)
    return {
        "body": cast.county_a.pk,
        "unit": cast.county_a_office.pk,
        "branch": cast.branch_a.pk,
        "branch_unit": cast.branch_a.unit_id,
        "row": cast.branch_a.memberships.first().pk,
        "person": cast.county_secretary.pk,
        "post": cast.county_secretary.posts.get().pk,
        "platform": platform.pk,
    }


def verdicts(*codes: int) -> dict[str | None, int]:
    return dict(zip(PEOPLE, codes, strict=True))


EVERYBODY = verdicts(OPEN, OPEN, OPEN, OPEN, OPEN, SIGN_IN)
BODY = verdicts(OPEN, OPEN, OPEN, HIDDEN, OPEN, SIGN_IN)
KEEPER = verdicts(OPEN, NOT_YOURS, NOT_YOURS, HIDDEN, OPEN, SIGN_IN)
ANY_KEEPER = verdicts(OPEN, NOT_YOURS, NOT_YOURS, NOT_YOURS, OPEN, SIGN_IN)
PAGES = [
    ("branches:units", [], EVERYBODY),
    ("branches:unit-new", [], ANY_KEEPER),
    ("branches:unit", ["unit"], BODY),
    ("branches:unit", ["branch_unit"], BODY),
    ("branches:unit-edit", ["unit"], KEEPER),
    ("branches:unit-end", ["unit"], KEEPER),
    ("branches:appoint", ["unit"], KEEPER),
    ("branches:post-end", ["post"], KEEPER),
    ("branches:people", [], EVERYBODY),
    ("branches:person-new", [], ANY_KEEPER),
    ("branches:person", ["person"], BODY),
    ("branches:person-edit", ["person"], KEEPER),
    ("branches:platforms", [], EVERYBODY),
    ("branches:platform-new", [], ANY_KEEPER),
    ("branches:platform", ["platform"], BODY),
    ("tasks:platform-end", ["platform"], KEEPER),
    ("branches:branches", [], EVERYBODY),
    ("branches:branch-new", [], ANY_KEEPER),
    ("branches:branch", ["branch"], BODY),
    ("branches:branch-approve", ["branch"], KEEPER),
    ("branches:branch-activate", ["branch"], KEEPER),
    ("tasks:branch-end", ["branch"], KEEPER),
    ("branches:branch-members", ["branch"], KEEPER),
    ("branches:member-end", ["branch", "row"], KEEPER),
    ("branches:settings", ["body"], verdicts(OPEN, OPEN, NOT_YOURS, HIDDEN, OPEN, SIGN_IN)),
    ("branches:me", [], EVERYBODY),
    ("branches:feedback", [], EVERYBODY),
    ("branches:help", [], verdicts(OPEN, OPEN, OPEN, OPEN, OPEN, OPEN)),
    ("branches:accessibility", [], verdicts(OPEN, OPEN, OPEN, OPEN, OPEN, OPEN)),
]


@pytest.mark.parametrize(("name", "args", "expected"), PAGES, ids=[f"{name} {args}" for name, args, _e in PAGES])
def test_page_access(
    client: Client, cast: Cast, places: dict[str, object], name: str, args: list[str], expected: dict
) -> None:
    found = {}
    for who in PEOPLE:
        client.logout()
        if who:
            client.force_login(cast.person(who))
        found[who] = client.get(reverse(name, args=[places[arg] for arg in args])).status_code

    assert found == {who: expected[who] for who in PEOPLE}


WRITES = [
    ("branches:alias-add", ["unit"], {"alias": "区办"}),
    ("branches:person-standing", ["person"], {"kind": "full", "starts_on": "2020-01-01"}),
    ("branches:person-account", ["person"], {"do": "reset"}),
]


@pytest.mark.parametrize(("name", "args", "data"), WRITES, ids=[name for name, _a, _d in WRITES])
def test_write_is_refused_to_a_member_and_hidden_from_a_stranger(
    client: Client, cast: Cast, places: dict[str, object], name: str, args: list[str], data: dict[str, str]
) -> None:
    url = reverse(name, args=[places[arg] for arg in args])
    data = {**data, "op": "7f2c6f7e-2c57-4a0e-8a52-0d0b8c7a1f11"}
    found = {}
    for who in ("member", "stranger", "county_admin"):
        client.force_login(cast.person(who))
        found[who] = client.post(url, data).status_code

    assert found["county_admin"] in (200, 302)
    assert found["member"] == NOT_YOURS
    assert found["stranger"] == HIDDEN
