"""In a simulated world every main page opens with few queries, and every figure is as long as the list behind it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branches.models import User
from tests.simulation.conftest import TODAY

MOST = 12
pytestmark = pytest.mark.django_db
PEOPLE = ("demo-secretary", "demo-county", "demo-leader", "demo-member")
PAGES = ("/", "/lists/", "/calendar/", "/notices/", "/activities/", "/people/")


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("page", PAGES)
def test_main_pages_ask_few_times(world: str, client: Client, person: str, page: str) -> None:
    client.force_login(User.objects.get(username=person))
    client.get(page)

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(page)

    assert answer.status_code == 200
    assert len(asked) <= MOST


@pytest.mark.parametrize("person", ["demo-secretary", "demo-county", "demo-leader"])
@pytest.mark.parametrize("measure", ["given", "below"])
def test_a_figure_of_a_board_is_the_length_of_its_list(world: str, client: Client, person: str, measure: str) -> None:
    user = User.objects.get(username=person)
    client.force_login(user)
    board = client.get(f"/dashboard/{user.posts.get().unit_id}/?measure={measure}")

    tiles = [tile for tile in board.context["tiles"] if tile.url]

    assert len(tiles) >= 5
    for tile in tiles:
        assert client.get(tile.url).context["page_obj"].paginator.count == tile.number
