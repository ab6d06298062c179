"""A leader's instruction: to units he leads or gave work to, a to-do of their desk, answered once, inner ones kept inside."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client

from branches.models import User
from branches.roles import Role
from branches.writing import Invalid, NotPossible
from tasks.actions.instructions import answer_instruction, instruct, withdraw_instruction
from tasks.models import Instruction
from tasks.queries.followup import to_answer
from tasks.rules import Actor
from tests.conftest import Cast
from tests.factories import at, make_post, make_user, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
DUE = date(2026, 5, 19)  # five working days


@pytest.fixture(autouse=True)
def _today(clock_at: Any) -> None:
    clock_at(TODAY)


def given(cast: Cast, by: User | None = None, **about: Any) -> Instruction:
    row = about.pop("row", cast.to_county_b)
    unit = about.pop("unit", row.unit if row else None)
    values: dict[str, Any] = {"text": "说明原因暗记", "due_on": DUE} | about
    return instruct(unit, row=row, by=by or cast.leader, op=op(), now=NOW, **values)


def waiting(cast: Cast, who: str) -> list[Instruction]:
    return list(to_answer(Actor.of(cast.person(who), TODAY), TODAY))


def test_it_is_a_to_do_of_the_units_desk_and_answered_once(cast: Cast) -> None:
    one = given(cast)

    assert (waiting(cast, "stranger"), waiting(cast, "county_secretary"), waiting(cast, "secretary")) == ([one], [], [])
    with pytest.raises(Invalid):
        answer_instruction(one, "", by=cast.stranger, op=op(), now=NOW)
    for who in ("leader", "secretary", "county_secretary"):
        with pytest.raises(PermissionDenied):
            answer_instruction(one, "已办", by=cast.person(who), op=op(), now=NOW)
    answer_instruction(one, "已报送", by=cast.stranger, op=op(), now=NOW)
    assert (one.state, waiting(cast, "stranger")) == ("answered", [])
    with pytest.raises(NotPossible):
        withdraw_instruction(one, by=cast.leader, op=op(), now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Instruction.objects.filter(pk=one.pk).update(text="别的")
    moves = list(cast.to_county_b.events.order_by("pk").values_list("move", flat=True))
    assert moves[-2:] == ["instruction_given", "instruction_answered"]


def test_overdue_from_the_next_day(cast: Cast) -> None:
    one = given(cast)
    assert (one.is_late(DUE), one.is_late(date(2026, 5, 20))) == (False, True)


@pytest.mark.parametrize("who", ["secretary", "second", "clerk", "county_secretary", "stranger", "admin", "foreigner"])
def test_only_a_leader_instructs(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        given(cast, cast.person(who))


def test_whom_a_leader_may_instruct(cast: Cast) -> None:
    assert given(cast, row=None, unit=cast.city_office).unit == cast.city_office
    assert given(cast, row=None, unit=cast.county_a).issuer == cast.city
    for unit in (cast.branch_a.unit, cast.county_a_office, cast.foreign_city):
        with pytest.raises(PermissionDenied):
            given(cast, row=None, unit=unit)
    with pytest.raises(PermissionDenied):
        given(cast, row=cast.to_branch_a)  # the county's own row
    task = cast.to_county_a.task
    assert given(cast, row=None, unit=cast.city, task=task).task == task
    with pytest.raises(NotPossible):
        given(cast, row=None, unit=cast.city_office, task=task)


@pytest.mark.parametrize("change", [{"text": " "}, {"due_on": None}, {"due_on": date(2026, 5, 11)}, {"text": "绝密★"}])
def test_what_is_no_instruction_is_refused_with_words(cast: Cast, change: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        given(cast, **change)


def test_a_countys_own_instruction_on_work_from_above_stays_inside(client: Client, cast: Cast) -> None:
    own = make_user("区领导")
    make_post(own, cast.county_a, Role.LEADER)
    one = given(cast, own, row=cast.to_county_a)
    above = given(cast, row=cast.to_county_a, text="市领导批示")

    for who, words in (("county_secretary", {"说明原因暗记", "市领导批示"}), ("secretary", {"市领导批示"})):
        client.force_login(cast.person(who))
        text = client.get(cast.to_county_a.get_absolute_url()).text
        assert {one for one in ("说明原因暗记", "市领导批示") if one in text} == words
        found = {client.get(each.get_absolute_url()).status_code for each in (one, above)}
        assert found == ({200} if who == "county_secretary" else {404, 200})


def test_from_the_page_of_a_row_in_two_presses_and_answered_on_its_page(client: Client, cast: Cast) -> None:
    row = cast.to_county_b
    client.force_login(cast.leader)
    door = f"/instructions/new/?row={row.pk}"
    assert door in client.get(row.get_absolute_url()).text
    assert 'value="2026-05-19"' in client.get(door).text
    assert client.post(door, {"op": str(op()), "text": "", "due_on": "x"}).status_code == 400
    form = {"op": str(op()), "text": "请说明", "due_on": "2026-05-19"}
    first, second = (client.post(door, form) for _press in range(2))
    one = Instruction.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == one.get_absolute_url()
    assert one.get_absolute_url() in client.get("/requests/").text
    for bad in ("", "?row=x", "?unit=99999999999999999999", "?row=0"):
        assert client.get(f"/instructions/new/{bad}").status_code in (400, 404)

    client.force_login(cast.stranger)
    assert "请说明" in client.get("/requests/").text
    answer = client.post(one.get_absolute_url(), {"op": str(op()), "do": "answer", "answer": "已办"})
    assert answer.headers["Location"] == one.get_absolute_url()
    assert "已办" in client.get(row.get_absolute_url()).text


def test_taken_back_by_the_leader_alone(cast: Cast) -> None:
    one = given(cast)
    with pytest.raises(PermissionDenied):
        withdraw_instruction(one, by=cast.secretary, op=op(), now=NOW)
    withdraw_instruction(one, by=cast.leader, op=op(), now=NOW)
    assert waiting(cast, "stranger") == []
    with pytest.raises(NotPossible):
        answer_instruction(one, "已办", by=cast.stranger, op=op(), now=NOW)
