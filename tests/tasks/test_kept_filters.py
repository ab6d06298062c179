"""Filters kept by name: what is kept, whose it is, and that nothing foreign to the page comes back in (issue 3, section 3)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tasks.filters import known
from tasks.models import SavedFilter
from tests.conftest import Cast


@pytest.fixture
def desk(cast: Cast, clock_at: Any, client: Client) -> Client:
    """The city's secretary, signed in."""
    clock_at(date(2026, 5, 12))
    client.force_login(cast.secretary)
    return client


def keep(client: Client, name: str, query: str, page: str = "lists", **more: Any) -> Any:
    return client.post("/filters/keep/", {"op": str(uuid.uuid4()), "page": page, "name": name, "query": query, **more})


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("year=2026&stage=issued&page=3", "year=2026&stage=issued"),
        ("stage=nonsense&q=党建", "q=%E5%85%9A%E5%BB%BA"),
        ("next=https://evil.example/&q=a%0d%0ab", ""),
        ("?year=20266&kind=task", "kind=task"),
    ],
)
def test_only_what_the_page_knows_is_kept(query: str, kept: str) -> None:
    assert known("lists", query) == kept


def test_a_filter_is_kept_as_a_chip_renamed_and_dropped(desk: Client, cast: Cast) -> None:
    assert keep(desk, "今年已印发", "stage=issued&year=2026").headers["Location"] == "/lists/?year=2026&stage=issued"
    keep(desk, "今年已印发", "year=2026")  # the same name means the new filter
    kept = SavedFilter.objects.get()
    assert (kept.user, kept.query) == (cast.secretary, "year=2026")
    assert "今年已印发" in desk.get("/lists/").text

    desk.post(f"/filters/{kept.pk}/", {"op": str(uuid.uuid4()), "do": "rename", "name": "今年"})
    kept.refresh_from_db()
    assert kept.name == "今年"
    keep(desk, " ", "year=2026")
    keep(desk, "空", "")
    assert SavedFilter.objects.count() == 1

    desk.force_login(cast.second)  # nobody else sees it or changes it
    assert "今年" not in desk.get("/filters/").text
    desk.post(f"/filters/{kept.pk}/", {"op": str(uuid.uuid4()), "do": "drop"})
    assert SavedFilter.objects.count() == 1
    desk.force_login(cast.secretary)
    desk.post(f"/filters/{kept.pk}/", {"op": str(uuid.uuid4()), "do": "drop"})
    assert SavedFilter.objects.count() == 0


def test_rows_of_a_board_are_kept_with_their_unit(desk: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    query = f"figure=overdue&list={cast.city_list.pk}"
    address = keep(desk, "甲区逾期", query, "rows", unit=cast.county_a.pk).headers["Location"]
    assert address.startswith(f"/dashboard/{cast.county_a.pk}/rows/?")
    with django_assert_max_num_queries(12):
        assert "甲区逾期" in desk.get(address).text
    desk.force_login(cast.foreigner)
    assert keep(desk, "外", query, "rows", unit=cast.county_a.pk).status_code == 404
