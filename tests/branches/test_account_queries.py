"""No page of accounts asks more than twelve questions, however many people wait."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches import actions
from branches.roles import Role
from tests.conftest import TODAY, Cast
from tests.factories import at, make_post, make_user, op


@pytest.mark.parametrize("count", [1, 4])
def test_pages_of_accounts_ask_twelve_questions_at_most(client: Client, cast: Cast, count: int) -> None:
    people = [make_user(f"新人{n}") for n in range(count)]
    for person in people:
        make_post(person, cast.county_a_office, Role.MEMBER)
    lot = actions.invite(people, by=cast.county_admin, op=op(), now=at(TODAY))
    client.force_login(cast.county_admin)
    client.get("/me/")  # the first visit writes the session
    places = [
        "branches:invitations",
        "tasks:opening",
        ("branches:slips", lot),
        ("branches:person-account", people[0].pk),
    ]
    asked = {}
    for place in places:
        name, *args = (place,) if isinstance(place, str) else place
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name, args=args))
        asked[name] = len(queries)

    assert {name: number for name, number in asked.items() if number > 12} == {}
