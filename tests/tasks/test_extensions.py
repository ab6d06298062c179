"""More time asked: in time, with a later date, decided once and by another, with the first date for ever (I-20, I-22, I-26)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from branches.models import BodySettings
from branches.roles import Role
from branches.writing import Invalid, NotPossible
from tasks.actions.extensions import ask_extension, decide_extension, pass_on, withdraw_extension
from tasks.actions.lengthening import lengthen
from tasks.lights import Thresholds
from tasks.models import Assignment, Event, Extension
from tasks.queries.followup import to_decide
from tasks.rules import Actor
from tasks.states import Light, Stage
from tests.branches.test_races import at_once
from tests.conftest import Cast, make_cast
from tests.factories import at, make_post, make_user, op, reported

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
DUE = date(2026, 6, 30)  # of the row of county A
LATER = date(2026, 7, 10)
EVEN_LATER = date(2026, 7, 31)


def asked(cast: Cast, who: str = "county_secretary", row: Assignment | None = None, **more: Any) -> Extension:
    values: dict[str, Any] = {"day": LATER, "reason": "等上级文件", "progress": "已布置", "now": NOW} | more
    return ask_extension(row or cast.to_county_a, by=cast.person(who), op=op(), **values)


def waiting(cast: Cast, who: str) -> list[Extension]:
    return list(to_decide(Actor.of(cast.person(who), TODAY)))


def test_asked_and_agreed_the_first_date_stays_and_the_change_is_counted(cast: Cast) -> None:
    row = cast.to_county_a
    request = asked(cast)
    row.refresh_from_db()
    assert (row.due_on, row.stage, request.decide_by) == (DUE, Stage.ISSUED, date(2026, 5, 15))
    assert waiting(cast, "secretary") == waiting(cast, "second") == [request]

    decide_extension(request, LATER, by=cast.second, op=op(), now=NOW)

    row.refresh_from_db()
    assert (row.due_on, row.original_due_on, row.extensions, row.due_revision) == (LATER, DUE, 1, 2)
    assert (request.state, request.moved_from, request.granted_on) == (Extension.State.AGREED, DUE, LATER)
    assert waiting(cast, "secretary") == []
    lines = Event.objects.filter(assignment=row, move__startswith="extension").order_by("pk")
    assert [(line.move, line.by, line.reason) for line in lines] == [
        ("extension_asked", cast.county_secretary, "等上级文件"),
        ("extension_agreed", cast.second, ""),
    ]


def test_asking_stops_no_clock(cast: Cast) -> None:
    asked(cast, "clerk", cast.to_office, day=date(2026, 5, 28))
    cast.to_office.refresh_from_db()

    assert Thresholds.load(date(2026, 5, 15)).lamp(cast.to_office).code == Light.OVERDUE


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"day": DUE}, "day"),
        ({"day": date(2026, 6, 29)}, "day"),
        ({"day": None}, "day"),
        ({"reason": "  "}, "reason"),
        ({"reason": "长" * 501}, "reason"),
        ({"reason": "见机密★文件"}, "reason"),
    ],
)
def test_what_is_no_request_is_refused_with_words(cast: Cast, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        asked(cast, **more)

    assert field in refused.value.details
    assert not Extension.objects.exists()


def test_it_is_asked_on_the_due_day_at_the_latest(cast: Cast) -> None:
    with pytest.raises(NotPossible):
        asked(cast, now=at(date(2026, 7, 1)))

    assert asked(cast, now=at(DUE, 23)).asked_on == DUE


@pytest.mark.parametrize("who", ["secretary", "second", "leader", "stranger", "member", "county_admin", "foreigner"])
def test_only_the_side_that_does_the_work_asks(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        asked(cast, who)


@pytest.mark.parametrize(
    "who", ["leader", "clerk", "county_secretary", "county_head", "stranger", "foreigner", "admin"]
)
def test_only_the_issuers_desk_decides(cast: Cast, who: str) -> None:
    request = asked(cast)

    assert waiting(cast, who) == []
    with pytest.raises(PermissionDenied):
        decide_extension(request, LATER, by=cast.person(who), op=op(), now=NOW)


def test_nobody_decides_on_his_own_request(cast: Cast) -> None:
    request = asked(cast, "secretary", cast.to_office)  # the city's desk keeps the office's too

    assert (waiting(cast, "secretary"), waiting(cast, "second")) == ([], [request])
    with pytest.raises(PermissionDenied):
        decide_extension(request, LATER, by=cast.secretary, op=op(), now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(pk=request.pk).update(
            state="agreed", ended_by=cast.secretary, ended_at=NOW, granted_on=LATER, moved_from=DUE, decided_on=TODAY
        )


def test_one_open_request_a_row_taken_back_until_decided(cast: Cast) -> None:
    first = asked(cast)
    with pytest.raises(NotPossible):
        asked(cast, "county_head")
    with pytest.raises(PermissionDenied):
        withdraw_extension(first, by=cast.secretary, op=op(), now=NOW)

    withdraw_extension(first, by=cast.county_head, op=op(), now=NOW)

    assert first.state == Extension.State.WITHDRAWN
    with pytest.raises(NotPossible):
        decide_extension(first, LATER, by=cast.secretary, op=op(), now=NOW)
    assert asked(cast).pk != first.pk


def test_another_later_date_or_a_refusal_with_words(cast: Cast) -> None:
    request = asked(cast)
    for day, words in [(None, " "), (DUE, ""), (date(2026, 5, 11), "")]:
        with pytest.raises(Invalid):
            decide_extension(request, day, words, by=cast.secretary, op=op(), now=NOW)
    decide_extension(request, EVEN_LATER, by=cast.secretary, op=op(), now=NOW)
    cast.to_county_a.refresh_from_db()
    assert cast.to_county_a.due_on == EVEN_LATER

    other = asked(cast, "stranger", make_open(cast.to_county_b))
    decide_extension(other, None, "按原时限完成", by=cast.secretary, op=op(), now=NOW)
    cast.to_county_b.refresh_from_db()
    assert (other.state, cast.to_county_b.extensions, cast.to_county_b.due_on) == ("refused", 0, DUE)


def make_open(row: Assignment) -> Assignment:
    Assignment.objects.filter(pk=row.pk).update(due_on=DUE)
    row.refresh_from_db()
    return row


def test_a_second_one_goes_one_level_higher_and_a_third_one_is_not_asked(cast: Cast) -> None:
    decide_extension(asked(cast), LATER, by=cast.secretary, op=op(), now=NOW)
    second = asked(cast, day=EVEN_LATER)

    assert (waiting(cast, "secretary"), waiting(cast, "leader")) == ([], [second])
    with pytest.raises(PermissionDenied):
        decide_extension(second, EVEN_LATER, by=cast.secretary, op=op(), now=NOW)
    decide_extension(second, EVEN_LATER, by=cast.leader, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        asked(cast, day=date(2026, 9, 1))


def test_where_the_body_wants_it_the_head_agrees_first_and_nothing_is_seen_above_before(cast: Cast) -> None:
    BodySettings.objects.create(body=cast.county_a, extension_head_first=True)
    request = asked(cast)
    assert (request.state, waiting(cast, "secretary")) == (Extension.State.AT_UNIT, [])
    assert (cast.second.pk, request.passed_on) == (cast.second.pk, False)
    with pytest.raises(PermissionDenied):
        pass_on(request, True, by=cast.county_secretary, op=op(), now=NOW)

    pass_on(request, True, by=cast.county_head, op=op(), now=NOW)

    assert waiting(cast, "secretary") == [request]
    moves = list(Event.objects.filter(assignment=cast.to_county_a).order_by("pk").values_list("move", flat=True))
    assert moves[-2:] == ["extension_proposed", "extension_asked"]
    assert asked(cast, "stranger", make_open(cast.to_county_b)).state == "asked"  # another body, another wish


def test_the_head_may_end_it_with_words(cast: Cast) -> None:
    BodySettings.objects.create(body=cast.county_a, extension_head_first=True)
    request = asked(cast)
    with pytest.raises(Invalid):
        pass_on(request, False, by=cast.county_head, op=op(), now=NOW)
    pass_on(request, False, "先抓紧办", by=cast.county_head, op=op(), now=NOW)
    assert (request.state, request.words) == (Extension.State.DECLINED, "先抓紧办")


def test_in_review_it_sleeps_and_after_a_later_date_for_all_it_needs_a_later_one_still(cast: Cast) -> None:
    request = asked(cast)
    reported(cast.to_county_a, cast.county_secretary, TODAY)
    assert waiting(cast, "secretary") == []
    with pytest.raises(NotPossible):
        decide_extension(request, LATER, by=cast.secretary, op=op(), now=NOW)

    Assignment.objects.filter(pk=cast.to_county_a.pk).update(stage=Stage.IN_PROGRESS)
    lengthen([cast.to_county_a.pk], LATER, "暴雨", by=cast.secretary, op=op(), now=NOW)
    with pytest.raises(Invalid):
        decide_extension(request, LATER, by=cast.secretary, op=op(), now=NOW)


def test_what_came_from_above_is_not_made_later_than_its_source(cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_branch_a.pk).update(source=cast.to_county_a)
    with pytest.raises(Invalid) as refused:
        asked(cast, "head_a", cast.to_branch_a, day=LATER)
    assert "day" in refused.value.details


def test_in_a_body_of_two_the_other_decides_and_alone_nobody_is_asked(cast: Cast) -> None:
    cast.second.posts.update(ends_on=TODAY)
    request = asked(cast, "secretary", cast.to_office)
    assert (request.higher, waiting(cast, "leader")) == (True, [request])
    withdraw_extension(request, by=cast.clerk, op=op(), now=NOW)
    cast.leader.posts.update(ends_on=TODAY)
    with pytest.raises(NotPossible):
        asked(cast, "secretary", cast.to_office)
    make_post(make_user("新来"), cast.city, Role.SECRETARY)
    assert not asked(cast, "secretary", cast.to_office).higher


def test_what_was_said_and_decided_stays(cast: Cast) -> None:
    request = asked(cast)
    for change in ({"reason": "别的"}, {"wished_on": EVEN_LATER}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Extension.objects.filter(pk=request.pk).update(**change)
    decide_extension(request, None, "不同意", by=cast.secretary, op=op(), now=NOW)
    for change in ({"state": "asked"}, {"words": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Extension.objects.filter(pk=request.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Extension.objects.filter(pk=request.pk)._raw_delete("default")


@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_at_once_one_wins_and_the_other_is_told(db: None) -> None:
    cast = make_cast()
    request = asked(cast)

    found = at_once(
        lambda: decide_extension(request, LATER, by=cast.secretary, op=op(), now=NOW),
        lambda: decide_extension(request, None, "不同意", by=cast.second, op=op(), now=NOW),
    )

    assert sorted(type(one).__name__ for one in found) == ["Extension", "NotPossible"]
    cast.to_county_a.refresh_from_db()
    assert cast.to_county_a.extensions == Event.objects.filter(move="extension_agreed").count()


def test_sent_twice_it_is_one_request(client: Client, cast: Cast, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.county_secretary)
    form = {"op": str(op()), "day": "2026-07-10", "reason": "等上级文件", "progress": ""}

    for _press in range(2):
        answer = client.post(f"/a/{cast.to_county_a.pk}/more-time/", form)
        assert answer.headers["Location"] == f"/a/{cast.to_county_a.pk}/"

    assert Extension.objects.count() == 1
