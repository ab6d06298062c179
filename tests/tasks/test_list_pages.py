"""The library of lists, one list in three views, and signing for it with break-down (journey b)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tasks import actions
from tasks.models import Assignment, Delivery, TaskList
from tests.conftest import Cast
from tests.factories import make_assignment, make_list
from tests.tasks.test_main_way import PUBLISHED, a_plan, op

TODAY = date(2026, 5, 12)


@pytest.fixture(autouse=True)
def _today(clock_at: Any) -> None:
    clock_at(TODAY)


@pytest.fixture
def delivered(cast: Cast) -> Delivery:
    published = actions.issue(a_plan(cast), by=cast.secretary, op=op(), now=PUBLISHED)
    return Delivery.objects.get(list=published, body=cast.county_a)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("secretary", 200),
        ("leader", 200),
        ("county_secretary", 200),
        ("stranger", 200),
        ("member", 404),
        ("foreigner", 404),
        ("admin", 404),
    ],
)
@pytest.mark.parametrize("view", ["tasks", "units", "matrix"])
def test_who_opens_the_citys_list(cast: Cast, client: Client, who: str, status: int, view: str) -> None:
    client.force_login(cast.person(who))

    assert client.get(f"/lists/{cast.city_list.pk}/?view={view}").status_code == status


def test_a_county_sees_its_own_rows_of_the_list_and_no_siblings(cast: Cast, client: Client) -> None:
    client.force_login(cast.secretary)
    assert "乙区报送党建案例" in client.get(f"/lists/{cast.city_list.pk}/").text
    client.force_login(cast.county_secretary)

    page = client.get(f"/lists/{cast.city_list.pk}/").text

    assert "甲区报送党建案例" in page
    assert "乙区" not in page


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", ["/lists/", "/lists/{}/", "/lists/{}/?view=units", "/lists/{}/?view=matrix"])
def test_list_pages_ask_the_same_number_of_queries(
    cast: Cast, client: Client, count: int, address: str, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.secretary)
    for number in range(count):
        extra = make_list(cast.city, cast.secretary, f"清单{number}")
        for unit in (cast.county_a, cast.county_b, cast.city_office):
            make_assignment(unit, extra, content=f"任务{number}")

    client.get("/me/")  # the first request of a session also writes when it was seen

    with django_assert_max_num_queries(12):
        page = client.get(address.format(extra.pk))

    assert page.status_code == 200


def test_figures_of_a_list_count_leads_only(cast: Cast, client: Client) -> None:
    make_assignment(cast.committee, cast.city_list, role="support", due_on=date(2026, 5, 1), owes_report=False)
    client.force_login(cast.secretary)

    figures = client.get(f"/lists/{cast.city_list.pk}/").context["figures"]

    assert (figures["total"], figures["due"], figures["overdue"], figures["completed_due"]) == (3, 1, 1, 0)


def test_a_county_signs_and_breaks_down_the_whole_list_at_once(cast: Cast, client: Client, delivered: Delivery) -> None:
    client.force_login(cast.county_secretary)
    address = f"/lists/{delivered.list_id}/sign/"
    page = client.get(address)
    key = next(key for key, thing in page.context["choices"] if thing == cast.branch_a.unit)

    same = str(uuid.uuid4())
    data = {"op": same, "title": "甲区分解清单", "units-all": key, "break": "1"}
    done = [client.post(address, data), client.post(address, data)]

    own = TaskList.objects.get(broken_down_from=delivered.list)
    assert [answer.headers["Location"] for answer in done] == [f"/lists/{own.pk}/"] * 2
    assert own.issuer == cast.county_a
    assert set(own.assignments.values_list("unit", flat=True)) == {cast.branch_a.unit.pk}
    client.force_login(cast.secretary)
    assert client.get(f"/lists/{own.pk}/").status_code == 404
    child = own.assignments.first()
    assert child is not None
    assert client.get(f"/a/{child.pk}/").status_code == 404


def test_a_date_later_than_the_sources_is_refused_beside_its_field(
    cast: Cast, client: Client, delivered: Delivery
) -> None:
    client.force_login(cast.county_secretary)
    address = f"/lists/{delivered.list_id}/sign/"
    task = delivered.list.tasks.get(number="1")
    key = next(key for key, thing in client.get(address).context["choices"] if thing == cast.branch_a.unit)

    page = client.post(
        address,
        {
            "op": str(uuid.uuid4()),
            "title": "甲区分解清单",
            f"units-{task.pk}": key,
            f"due-{task.pk}": "2026-07-01",
            "break": "1",
        },
    )

    assert page.status_code == 400
    assert f'id="due-{task.pk}-error"' in page.text
    assert not TaskList.objects.filter(broken_down_from=delivered.list).exists()


def test_signing_whole_names_the_person(cast: Cast, client: Client, delivered: Delivery) -> None:
    client.force_login(cast.county_secretary)
    row = Assignment.objects.get(list=delivered.list, unit=cast.county_a, task__number="1")

    client.post(
        f"/lists/{delivered.list_id}/sign/",
        {"op": str(uuid.uuid4()), f"person-{row.pk}": str(cast.county_head.pk), "sign": "1"},
    )

    row.refresh_from_db()
    delivered.refresh_from_db()
    assert (row.person, row.stage, delivered.signed_by) == (cast.county_head, "acknowledged", cast.county_secretary)


@pytest.mark.parametrize("who", ["member", "stranger", "leader", "secretary"])
def test_nobody_else_signs_for_the_county(cast: Cast, client: Client, delivered: Delivery, who: str) -> None:
    client.force_login(cast.person(who))

    page = client.post(f"/lists/{delivered.list_id}/sign/", {"op": str(uuid.uuid4()), "sign": "1"})

    delivered.refresh_from_db()
    assert page.status_code in (302, 403, 404)
    assert delivered.signed_at is None


def test_a_list_is_narrowed_to_a_unit_and_a_state(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    address = f"/lists/{cast.city_list.pk}/?view=matrix"

    assert {unit.pk for unit in client.get(address).context["seen"].units} == {
        cast.county_a.pk,
        cast.county_b.pk,
        cast.city_office.pk,
    }
    late = client.get(f"{address}&state=overdue").context["seen"]
    assert [unit.pk for unit in late.units] == [cast.county_b.pk]  # due on 8 May
    one = client.get(f"{address}&unit={cast.county_a.pk}&state=issued").context["seen"]
    assert [line.task.pk for line in one.lines] == [cast.to_county_a.task_id]
    assert client.get(f"{address}&unit={cast.foreign_city.pk}&state=nonsense").context["narrowed"] is False
