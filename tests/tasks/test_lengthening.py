"""More time for everyone at once: what moves, what stays, who may, and what is no lengthening (ux SEC-7)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from branches.writing import Invalid, NotPossible
from tasks.actions.lengthening import lengthen
from tasks.models import Assignment, Event
from tasks.states import Stage
from tests.conftest import Cast
from tests.factories import at, op, reported

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
LATER = date(2026, 7, 10)


def give(cast: Cast, *rows: Assignment, day: date | None = LATER, reason: str = "暴雨", who: str = "secretary") -> int:
    outcome = lengthen([row.pk for row in rows], day, reason, by=cast.person(who), op=op(), now=NOW)
    for row in rows:
        row.refresh_from_db()
    return len(outcome.done)


def test_the_first_date_stays_and_the_lengthening_is_counted_once_a_row(cast: Cast) -> None:
    rows = [cast.to_county_a, cast.to_office]
    before = [(row.original_due_on, row.due_revision, row.version) for row in rows]
    Assignment.objects.filter(pk=cast.to_office.pk).update(stage=Stage.RETURNED, supplement_by=TODAY, reported_on=TODAY)

    assert give(cast, *rows) == 2

    assert [row.due_on for row in rows] == [LATER, LATER]
    assert [(row.original_due_on, row.due_revision - 1, row.version - 1) for row in rows] == before
    assert [row.extensions for row in rows] == [1, 1]
    assert cast.to_office.supplement_by == LATER
    lines = list(Event.objects.filter(move="lengthen").order_by("assignment"))
    assert {line.assignment_id for line in lines} == {row.pk for row in rows}
    assert {(line.reason, line.changes["due_on"][1]) for line in lines} == {("暴雨", "2026-07-10")}


def test_sent_twice_it_is_counted_once(cast: Cast) -> None:
    same = op()
    for _time in range(2):
        lengthen([cast.to_office.pk], LATER, "暴雨", by=cast.secretary, op=same, now=NOW)

    cast.to_office.refresh_from_db()
    assert (cast.to_office.extensions, Event.objects.filter(move="lengthen").count()) == (1, 1)


@pytest.mark.parametrize(
    ("day", "reason", "field"),
    [
        (date(2026, 5, 14), "暴雨", "day"),  # the day it is due already
        (date(2026, 5, 13), "暴雨", "day"),  # earlier: a new version of the list
        (date(2026, 5, 11), "暴雨", "day"),  # past
        (None, "暴雨", "day"),
        (LATER, "  ", "reason"),
    ],
)
def test_what_is_no_lengthening_is_refused_and_changes_nothing(
    cast: Cast, day: date | None, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give(cast, cast.to_office, day=day, reason=reason)

    assert field in refused.value.details
    cast.to_office.refresh_from_db()
    assert (cast.to_office.due_on, cast.to_office.extensions) == (date(2026, 5, 14), 0)


def test_a_row_in_review_and_one_of_another_list_do_not_move(cast: Cast) -> None:
    reported(cast.to_office, cast.clerk, TODAY)
    with pytest.raises(NotPossible):
        give(cast, cast.to_office)
    with pytest.raises(PermissionDenied):
        give(cast, cast.to_branch_a)


@pytest.mark.parametrize("who", ["clerk", "leader", "county_secretary", "stranger", "foreigner", "admin"])
def test_only_the_issuers_desk_gives_more_time(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        give(cast, cast.to_county_a, who=who)


def test_broken_down_work_is_not_due_after_the_work_it_comes_from(cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_branch_a.pk).update(source=cast.to_county_a)
    late = (cast.to_county_a.due_on or TODAY).replace(month=12)
    with pytest.raises(Invalid):
        lengthen([cast.to_branch_a.pk], late, "暴雨", by=cast.county_secretary, op=op(), now=NOW)


def test_from_the_task_page_the_people_are_listed_before_the_button(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    task = cast.to_county_a.task
    address = f"/lists/{cast.city_list.pk}/time/?task={task.pk}"
    assert address in client.get(f"/tasks/{task.pk}/").text.replace("&amp;", "&")

    values = {"op": str(uuid.uuid4()), "row": cast.to_county_a.pk, "day": "2026-07-10", "reason": "暴雨"}
    early = client.post(address, {**values, "day": "2026-05-13", "do": "ask"})
    asked = client.post(address, {**values, "do": "ask"})
    assert early.status_code == 400
    assert {person.pk for one in asked.context["confirming"] for person in one.people} == {
        cast.county_secretary.pk,
        cast.county_head.pk,
    }
    assert not Event.objects.filter(move="lengthen").exists()

    for _click in range(2):
        assert client.post(address, {**values, "do": "confirm"}).headers["Location"] == f"/done/{values['op']}/"
    shown = client.get(f"/a/{cast.to_county_a.pk}/").text
    assert "暴雨" in shown
    assert Event.objects.filter(move="lengthen").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    cast: Cast, client: Client, clock_at: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    rows = [cast.to_county_a, cast.to_office, cast.to_county_b][:count]
    values = {"op": str(uuid.uuid4()), "row": [row.pk for row in rows], "day": "2026-12-10", "reason": "暴雨"}
    with django_assert_max_num_queries(12):
        client.post(f"/lists/{cast.city_list.pk}/time/", {**values, "do": "ask"})
