"""Every kind of page of the demo asks the database at most twelve times, whoever opens it (issue 2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from branches.models import User
from branches.views.accounts import DEMO_PEOPLE
from tests.browser.walk import walk
from tests.demo.conftest import AUTUMN, demo_on

MOST = 12
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The demo of a day in autumn, in which there is the most of everything."""
    with django_db_blocker.unblock(), demo_on(AUTUMN, tmp_path_factory.mktemp("media")):
        yield


@pytest.mark.parametrize("person", DEMO_PEOPLE)
def test_no_page_of_the_demo_asks_more_than_twelve_times(
    demo: None, client: Client, clock_at: Callable[..., None], person: str
) -> None:
    clock_at(AUTUMN)
    client.force_login(User.objects.get(username=person))

    def get(address: str) -> str:
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.text

    pages = walk(get)
    assert len(pages) >= 20
    asked = {}
    for kind, address in pages.items():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked[f"{kind} {address}"] = len(queries)
    assert {page: count for page, count in asked.items() if count > MOST} == {}
