"""A branch ends and its open work is settled in the same step (ux ADM-2, I-8 of domain 7; cases.md 1)."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from branches.writing import Invalid
from tasks.actions.endings import Work, end_branch, end_platform
from tasks.models import Assignment, Event
from tasks.queries.handovers import left_work
from tasks.rules import Actor
from tasks.states import Stage, Stop
from tests.conftest import Cast
from tests.factories import LONG_AGO, at, make_assignment, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)


def given(cast: Cast) -> list[Assignment]:
    """Two open tasks and one by name with the temporary branch; county A is asked about what it leaves."""
    unit = cast.temporary_a.unit
    person = cast.temporary_a.memberships.all()[1].user
    return [
        make_assignment(unit, cast.county_list, content="收集社情民意"),
        make_assignment(unit, cast.county_list, content="联系群众", person=person),
    ]


def end(cast: Cast, work: str, on: date = TODAY, **more: object) -> dict[str, int]:
    branch = Branch.objects.get(pk=cast.temporary_a.pk)
    values: dict = {"by": cast.county_admin, "op": op(), "now": NOW, "version": branch.version} | more
    return end_branch(branch, on, work, **values)


def test_open_work_is_handed_over_whole(cast: Cast) -> None:
    rows = given(cast)

    done = end(cast, Work.HAND_OVER, to=cast.branch_a.unit, reason="届内调整")

    assert done == {"handed": 2, "stopped": 0, "left": 0}
    for row in rows:
        row.refresh_from_db()
        assert (row.stage, row.stop, row.stop_reason) == (Stage.STOPPED, Stop.HANDED_OVER, "届内调整")
        assert row.heir is not None
        assert (row.heir.unit, row.heir.due_on, row.heir.person) == (cast.branch_a.unit, row.due_on, row.person)
        line = Event.objects.get(assignment=row, move="hand_over")
        assert (line.by, line.post.unit if line.post else None) == (cast.county_admin, cast.county_a)
    assert Branch.objects.get(pk=cast.temporary_a.pk).state == "ended"
    assert not left_work(Actor.of(cast.county_secretary, TODAY)).exists()


def test_stopped_work_is_asked_about_no_more_and_undecided_work_is(cast: Cast) -> None:
    given(cast)
    desk = Actor.of(cast.county_secretary, TODAY)

    assert end(cast, Work.STOP) == {"handed": 0, "stopped": 2, "left": 0}

    assert not left_work(desk).exists()
    assert Event.objects.filter(move="dropped").count() == 2


def test_undecided_work_stops_and_is_put_to_the_approver(cast: Cast) -> None:
    rows = given(cast)

    assert end(cast, Work.LATER) == {"handed": 0, "stopped": 2, "left": 2}

    assert set(left_work(Actor.of(cast.county_secretary, TODAY))) == set(rows)


def test_work_follows_the_members(cast: Cast) -> None:
    """What is one person's goes to his home branch, what is the branch's to that of its head; the homeless stays to decide."""
    common, own = given(cast)
    assert own.person is not None
    cast.branch_a.memberships.create(user=own.person, kind="home", starts_on=LONG_AGO)

    assert end(cast, Work.FOLLOW) == {"handed": 1, "stopped": 1, "left": 1}

    own.refresh_from_db()
    common.refresh_from_db()
    assert own.heir is not None
    assert (own.heir.unit, own.heir.person) == (cast.branch_a.unit, own.person)
    assert common.stop == Stop.BRANCH_ENDED


def test_a_day_ahead_leaves_the_work_until_then(cast: Cast) -> None:
    rows = given(cast)
    later = date(2026, 6, 1)

    with pytest.raises(Invalid) as problem:
        end(cast, Work.STOP, later)
    assert "work" in problem.value.details
    assert end(cast, Work.LATER, later) == {"handed": 0, "stopped": 0, "left": 2}

    rows[0].refresh_from_db()
    assert rows[0].stage == Stage.ISSUED


def test_only_the_keeper_ends_it_and_only_once(cast: Cast) -> None:
    rows, same = given(cast), op()
    with pytest.raises(PermissionDenied):
        end(cast, Work.STOP, by=cast.county_secretary)
    with pytest.raises(Invalid):
        end(cast, Work.HAND_OVER, to=cast.branch_b.unit)
    assert Branch.objects.get(pk=cast.temporary_a.pk).state == "active"

    for _time in range(2):
        end(cast, Work.HAND_OVER, to=cast.branch_a.unit, op=same, version=1)

    assert Assignment.objects.filter(task=rows[0].task, unit=cast.branch_a.unit).count() == 1


def test_a_platform_takes_branch_and_work_with_it(cast: Cast) -> None:
    rows, platform = given(cast), cast.temporary_a.platform
    assert platform is not None

    assert end_platform(platform, TODAY, by=cast.county_admin, op=op(), now=NOW) == [cast.temporary_a]

    rows[0].refresh_from_db()
    assert rows[0].stop == Stop.BRANCH_ENDED


def test_the_page_asks_at_once(client: Client, cast: Cast) -> None:
    given(cast)
    client.force_login(cast.county_admin)
    address = reverse("tasks:branch-end", args=[cast.temporary_a.pk])
    english = {"Accept-Language": "en"}

    page = client.get(address, headers=english).text
    assert "2 tasks are still open" in page
    refused = client.post(address, {"op": op(), "version": 1, "ends_on": TODAY, "work": "hand_over"}, headers=english)
    assert (refused.status_code, "Choose a unit" in refused.text) == (400, True)
    values = {"op": op(), "version": 1, "ends_on": TODAY, "work": "hand_over", "unit": cast.branch_a.unit_id}
    answer = client.post(address, values, headers=english, follow=True)

    assert "2 tasks handed over" in answer.text
