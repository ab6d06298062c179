"""No page asks the database more than twelve times, one row or many."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from branches import actions
from branches.models import DemoMail, DemoState, Membership, Platform
from branches.roles import Role
from tests.conftest import Cast
from tests.factories import (
    LONG_AGO,
    SHANGHAI,
    activate,
    at,
    make_branch,
    make_post,
    make_standing,
    make_unit,
    make_user,
    op,
)

NOW = at(date(2026, 5, 12))
MOST = 12
PAGES = [
    "branches:units", "units?q", "branches:unit-new", "branches:unit", "branches:unit-edit", "branches:unit-end",
    "branches:appoint", "branches:post-end", "branches:people", "branches:person-new", "branches:person",
    "branches:person-edit", "branches:platforms", "branches:platform-new", "branches:platform", "tasks:platform-end",
    "branches:platform-edit", "branches:platform-gap", "branches:branch-summary", "branches:branch-card",
    "branches:branch-pair",
    "branches:branches", "branches:branch-new", "branches:branch", "branches:branch-approve", "branches:branch-activate",
    "tasks:branch-end", "branches:branch-members", "branches:settings", "branches:me", "branches:feedback",
    "branches:help", "branches:accessibility", "demo-mailbox", "account_login",
]  # fmt: skip


@pytest.fixture
def addresses(cast: Cast, settings: Settings) -> dict[str, str]:
    """A demo, because the frame then asks most; everything belongs to county A."""
    settings.DEMO, settings.PRODUCTION = True, False
    DemoState.objects.create(loaded_at=datetime(2026, 5, 12, tzinfo=SHANGHAI))
    platform = Platform.objects.create(name="客厅", kind="lounge", body=cast.county_a, starts_on=LONG_AGO)
    one = {
        "unit": cast.county_a.pk,
        "branch": cast.branch_a.pk,
        "person": cast.county_secretary.pk,
        "platform": platform.pk,
    }
    found = {}
    for name in PAGES:
        noun = name.rpartition(":")[2].split("-")[0]
        if name == "units?q":
            found[name] = reverse("branches:units") + "?q=办"
        elif name == "branches:appoint":
            found[name] = reverse(name, args=[cast.county_a.pk])
        elif name == "branches:post-end":
            found[name] = reverse(name, args=[cast.county_secretary.posts.get().pk])
        elif name == "branches:settings":
            found[name] = reverse(name, args=[cast.county_a.pk])
        elif name.endswith("-new") or noun not in one:
            found[name] = reverse(name)
        else:
            found[name] = reverse(name, args=[one[noun]])
    return found


def fill(cast: Cast, count: int) -> None:
    """`count` more of everything that a page could ask for row by row."""
    platform = Platform.objects.get(name="客厅")
    for number in range(count):
        person = make_user(f"人{number}", phone="13800001234")
        make_standing(person)
        make_post(person, cast.county_a, Role.MEMBER, appointed_by=cast.county_a)
        make_post(cast.county_secretary, make_unit(f"办{number}", "office", cast.county_a_office), Role.HEAD)
        Membership.objects.create(user=person, branch=cast.branch_a, starts_on=LONG_AGO)
        branch = make_branch(f"支部{number}", cast.county_a, "temporary", platform=platform)
        activate(branch)
        Membership.objects.create(user=cast.member, branch=branch, starts_on=LONG_AGO)
        actions.add_alias(cast.county_a, f"名{number}", cast.county_a, by=cast.county_admin, op=op(), now=NOW)
        actions.add_alias(cast.branch_a.unit, f"名支{number}", cast.county_a, by=cast.county_admin, op=op(), now=NOW)
        actions.write_feedback(f"意见{number}", "", cast.county_a, by=person, op=op(), now=NOW)
        actions.write_feedback(f"自己{number}", "", cast.county_a, by=cast.county_admin, op=op(), now=NOW)
        DemoMail.objects.create(message_id=f"m{number}", to=person.email, subject="s", text="t", at=NOW)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", PAGES)
def test_page_asks_at_most_twelve_times(
    client: Client, cast: Cast, addresses: dict[str, str], django_assert_max_num_queries: DjangoAssertNumQueries,
    name: str, count: int,
) -> None:  # fmt: skip
    fill(cast, count)
    if name != "account_login":
        client.force_login(cast.county_admin)
        client.get(reverse("branches:help"))  # the session's own first write

    with django_assert_max_num_queries(MOST):
        page = client.get(addresses[name])

    assert page.status_code == 200
