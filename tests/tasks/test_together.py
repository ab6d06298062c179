"""Several rows in one press: what is done, what is left with words, what is taken back, and by whom (issue 5)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from branches.writing import Invalid, NotPossible
from tasks import actions
from tasks.actions.accepting import approve_several, take_back_approvals, unapprove
from tasks.actions.lengthening import lengthen, take_back_time
from tasks.actions.noting import note_several
from tasks.models import Assignment, Event, Report
from tasks.states import Stage
from tests.conftest import Cast
from tests.factories import at, op, reported

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
LATER = date(2026, 7, 10)


def waiting(cast: Cast) -> list[Assignment]:
    """Two reports before the city's desk."""
    return [reported(cast.to_office, cast.clerk, TODAY), reported(cast.to_county_a, cast.county_secretary, TODAY)]


def seen(rows: list[Assignment]) -> dict[int, int]:
    return {row.pk: row.version for row in rows}


def stages(*rows: Assignment) -> list[str]:
    return [Assignment.objects.get(pk=row.pk).stage for row in rows]


def test_one_that_moved_on_does_not_hold_up_the_others(cast: Cast) -> None:
    rows = waiting(cast)
    versions = seen(rows)
    actions.take_back(rows[1], by=cast.county_secretary, op=op(), now=NOW)
    actions.report(rows[1], done=True, text="补充一句", by=cast.county_secretary, op=op(), now=NOW)

    outcome = approve_several(versions, by=cast.secretary, op=op(), now=NOW)

    assert outcome.done == [rows[0].pk]
    assert [pk for pk, words in outcome.left if words] == [rows[1].pk]
    assert stages(*rows) == [Stage.COMPLETED, Stage.REPORTED]


def test_a_press_sent_twice_approves_once_and_taken_back_twice_is_told(cast: Cast) -> None:
    rows, press = waiting(cast), op()
    for _time in range(2):
        approve_several(seen(rows), by=cast.secretary, op=press, now=NOW)
    assert Event.objects.filter(move="approve").count() == 2

    assert len(take_back_approvals(press, by=cast.secretary, op=op(), now=NOW).done) == 2

    assert stages(*rows) == [Stage.REPORTED, Stage.REPORTED]
    assert {row.completed_on for row in Assignment.objects.filter(pk__in=[row.pk for row in rows])} == {None}
    with pytest.raises(NotPossible):
        take_back_approvals(press, by=cast.secretary, op=op(), now=NOW)


def test_whoever_sees_a_row_and_may_not_approve_it_changes_nothing(cast: Cast) -> None:
    rows = waiting(cast)
    with pytest.raises(NotPossible):
        approve_several(seen(rows[:1]), by=cast.clerk, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):  # the other county does not even see it
        approve_several(seen(rows[1:]), by=cast.stranger, op=op(), now=NOW)
    assert stages(*rows) == [Stage.REPORTED, Stage.REPORTED]


@pytest.mark.parametrize("case", ["another person", "the next day", "something followed"])
def test_an_approval_stands_once_it_is_more_than_a_slip_of_the_finger(cast: Cast, case: str) -> None:
    row = waiting(cast)[0]
    actions.approve(row, by=cast.secretary, op=op(), now=NOW)
    by, now = cast.secretary, NOW
    if case == "another person":
        by = cast.second
    if case == "the next day":
        now = NOW + timedelta(days=1)
    if case == "something followed":
        actions.move(row, "reopen", reason="数字有误", by=cast.secretary, op=op(), now=NOW)
        actions.report(row, done=True, text="已改", by=cast.clerk, op=op(), now=NOW)
        actions.approve(row, by=cast.second, op=op(), now=NOW)

    with pytest.raises(NotPossible):
        unapprove(row, by=by, op=op(), now=now)

    assert stages(row) == [Stage.COMPLETED]


def test_an_approval_stands_when_the_work_it_comes_from_is_completed(cast: Cast) -> None:
    whole, part = cast.to_county_a, reported(cast.to_branch_a, cast.member, TODAY)
    Assignment.objects.filter(pk=part.pk).update(source=whole)
    actions.approve(part, by=cast.county_secretary, op=op(), now=NOW)
    reported(whole, cast.county_secretary, TODAY)
    actions.approve(whole, by=cast.secretary, op=op(), now=NOW)

    with pytest.raises(NotPossible):
        unapprove(part, by=cast.county_secretary, op=op(), now=NOW)


def test_more_time_leaves_what_was_reported_and_is_taken_back_row_by_row(cast: Cast) -> None:
    rows = [cast.to_county_a, cast.to_office, cast.to_county_b]
    before = [(row.due_on, row.extensions) for row in rows[:2]]
    reported(rows[2], cast.stranger, TODAY)
    press = op()

    outcome = lengthen([row.pk for row in rows], LATER, "暴雨", by=cast.secretary, op=press, now=NOW)
    assert (sorted(outcome.done), [pk for pk, _words in outcome.left]) == (
        sorted([rows[0].pk, rows[1].pk]),
        [rows[2].pk],
    )
    reported(rows[1], cast.clerk, TODAY)  # within the longer time

    back = take_back_time(press, by=cast.secretary, op=op(), now=NOW)

    for row in rows:
        row.refresh_from_db()
    assert (back.done, [pk for pk, _words in back.left]) == ([rows[0].pk], [rows[1].pk])
    assert (rows[0].due_on, rows[0].extensions) == before[0]
    assert rows[0].due_revision == 3  # reminders of the longer date are void, and so are those of the first
    assert rows[1].due_on == LATER
    assert Event.objects.get(move="time_taken_back").changes == {
        "due_on": [LATER.isoformat(), before[0][0].isoformat()]
    }


@pytest.mark.parametrize("who", ["second", "clerk", "county_secretary"])
def test_a_press_is_taken_back_by_whoever_pressed(cast: Cast, who: str) -> None:
    press = op()
    lengthen([cast.to_county_a.pk], LATER, "暴雨", by=cast.secretary, op=press, now=NOW)
    with pytest.raises(PermissionDenied):
        take_back_time(press, by=cast.person(who), op=op(), now=NOW)


def test_no_change_is_a_line_of_progress_on_each_and_leaves_what_is_in_review(cast: Cast) -> None:
    done = reported(cast.to_county_a, cast.county_secretary, TODAY)
    rows = [cast.to_branch_a.pk, done.pk]

    outcome = note_several(rows, "较上次无变化", by=cast.county_secretary, op=op(), now=NOW)

    assert (outcome.done, [pk for pk, _words in outcome.left]) == ([cast.to_branch_a.pk], [done.pk])
    assert Report.objects.get(assignment=cast.to_branch_a).text == "较上次无变化"
    assert stages(cast.to_branch_a, done) == [Stage.IN_PROGRESS, Stage.REPORTED]
    with pytest.raises(Invalid):
        note_several([cast.to_branch_a.pk], " ", by=cast.county_secretary, op=op(), now=NOW)


def test_from_the_queue_two_are_approved_and_taken_back(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    rows = waiting(cast)
    asked = "/review/accept/?" + "&".join(f"row={row.pk}" for row in [*rows, cast.to_county_b])
    page = client.get(asked)
    assert {(row.pk, ticked) for row, ticked in page.context["rows"]} == {(row.pk, True) for row in rows}
    assert page.context["left"] == 1
    assert all(row.said and row.said in page.text for row, _ticked in page.context["rows"])

    press = str(uuid.uuid4())
    values = {"op": press, "row": [row.pk for row in rows]} | {f"version-{row.pk}": row.version for row in rows}
    assert client.post(asked, {"op": press}).status_code == 400  # nothing chosen: said beside the list
    for _click in range(2):
        assert client.post(asked, values).headers["Location"] == f"/done/{press}/"
    assert "<form" in client.get(f"/done/{press}/").text
    assert stages(*rows) == [Stage.COMPLETED, Stage.COMPLETED]

    client.post(f"/done/{press}/", {"op": str(uuid.uuid4())})

    assert stages(*rows) == [Stage.REPORTED, Stage.REPORTED]
    assert client.get(f"/done/{press}/").context["taken_back"] == 2


def test_one_approval_is_taken_back_on_its_page(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    row = waiting(cast)[0]
    address = f"/review/{row.pk}/"
    client.post(address, {"op": str(uuid.uuid4()), "version": row.version, "decision": "approve"})
    assert 'value="unapprove"' in client.get(address).text

    client.post(address, {"op": str(uuid.uuid4()), "decision": "unapprove"})

    assert stages(row) == [Stage.REPORTED]
    assert 'value="unapprove"' not in client.get(address).text


def test_chosen_rows_of_several_lists_get_more_time_in_one_go(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    address = f"/time/?row={cast.to_county_a.pk}&row={cast.to_branch_a.pk}"
    page = client.get(address)
    assert [row.pk for row, _on in page.context["rows"]] == [cast.to_county_a.pk]  # the other is the county's to decide

    values = {"op": str(uuid.uuid4()), "row": [cast.to_county_a.pk], "day": LATER.isoformat(), "reason": "暴雨"}
    assert client.post(address, {**values, "do": "ask"}).context["confirming"]
    assert client.post(address, {**values, "do": "confirm"}).headers["Location"] == f"/done/{values['op']}/"

    assert Assignment.objects.get(pk=cast.to_county_a.pk).due_on == LATER


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_the_same_number_of_queries(
    cast: Cast, client: Client, clock_at: Any, count: int, django_assert_max_num_queries: Any
) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    people = [
        (cast.to_office, cast.clerk),
        (cast.to_county_a, cast.county_secretary),
        (cast.to_county_b, cast.stranger),
    ]
    rows = [reported(row, by, TODAY) for row, by in people[:count]]
    press = op()
    with django_assert_max_num_queries(12):
        assert len(client.get("/review/accept/").context["rows"]) == count
    approve_several(seen(rows), by=cast.secretary, op=press, now=NOW)
    with django_assert_max_num_queries(12):
        assert len(client.get(f"/done/{press}/").context["done"]) == count
