"""The library of lists: filters, the search in titles, and counts that equal the rows (ux S05)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tasks.models import Delivery, TaskList
from tests.conftest import Cast
from tests.factories import at, make_list

TODAY = date(2026, 5, 12)


@pytest.fixture
def county(cast: Cast, clock_at: Any, client: Client) -> Client:
    """The secretary of county A: one list of its own, one from the city that waits to be signed for, one of last year."""
    clock_at(TODAY)
    make_list(cast.county_a, cast.county_secretary, "2025年整改清单", year=2025, document_number="甲〔2025〕7号")
    Delivery.objects.update_or_create(
        list=cast.city_list, edition=1, body=cast.county_a, defaults={"delivered_at": at(TODAY), "sign_by": TODAY}
    )
    client.force_login(cast.county_secretary)
    return client


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", {"2025年整改清单", "city", "county"}),
        ("side=ours", {"2025年整改清单", "county"}),
        ("side=received", {"city"}),
        ("side=waiting", {"city"}),
        ("year=2025", {"2025年整改清单"}),
        ("q=整改", {"2025年整改清单"}),
        ("q=〔2025〕7", {"2025年整改清单"}),
        ("q=整改 2026", set()),
        ("kind=responsibility", set()),
        ("kind=task&side=ours&year=2025", {"2025年整改清单"}),
        ("line=nonsense&stage=nonsense&year=20x5&side=x", {"2025年整改清单", "city", "county"}),
    ],
)
def test_filters_and_the_count_say_the_same(
    cast: Cast, county: Client, address: str, found: set[str], django_assert_max_num_queries: Any
) -> None:
    names = {cast.city_list.title: "city", cast.county_list.title: "county"}
    county.get("/me/")
    with django_assert_max_num_queries(12):
        page = county.get(f"/lists/?{address}")

    assert {names.get(row.title, row.title) for row, _figures in page.context["rows"]} == found
    assert page.context["page_obj"].paginator.count == len(found)


def test_a_list_that_was_sent_back_is_a_paper_and_no_list(cast: Cast, county: Client) -> None:
    make_list(cast.county_a, cast.county_secretary, "退回的清单", stage="draft", issued_on=None)

    titles = [row.title for row, _figures in county.get("/lists/").context["rows"]]

    assert cast.county_list.title in titles
    assert "退回的清单" not in titles
    assert TaskList.objects.filter(title="退回的清单").exists()
