"""Closed months: written once, the same whoever writes them and however often, and unchanged by anything that happens later."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Unit
from dashboards import closed, queries
from dashboards.addresses import Wanted
from dashboards.closing import KEPT, close_month, close_months, months_to_close
from dashboards.doors import find
from dashboards.models import ClosedMonth, FigureSnapshot
from dashboards.queries import Board
from dashboards.scopes import Period
from dashboards.viewer import Viewer
from tasks import actions
from tasks.actions.lengthening import lengthen
from tasks.lights import Thresholds
from tasks.models import Assignment
from tasks.states import Stage, Stop
from tests.conftest import Cast
from tests.dashboards.test_boards import enter
from tests.factories import at, make_assignment, op, reported

pytestmark = pytest.mark.django_db
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def board(cast: Cast, who: str, unit: Unit, on: date, month: str = "2026-04", **asked: Any) -> Board | None:
    """The board of a unit for a month as a person sees it on the day `on`."""
    user = type(cast.secretary).objects.get(pk=cast.person(who).pk)
    viewer = Viewer(user, on, at(on), tuple(user.posts_on(on)))
    found = find(viewer, unit.pk, Wanted(month=Period.read(month), **asked))
    return closed.shown(found.scope, Thresholds.load(on), found.units).board if found else None


def told(found: Board | None) -> list[tuple[int, dict[str, int]]]:
    """A board as its units and numbers."""
    groups = found.groups if found else []
    return [(group.unit.pk, {figure.value: group.counts[figure] for figure in KEPT}) for group in groups]


def live(cast: Cast, who: str, unit: Unit, on: date, month: str = "2026-04", **asked: Any) -> Board:
    """The board of the same scope counted from the rows of that day."""
    user = cast.person(who)
    viewer = Viewer(user, on, at(on), tuple(user.posts_on(on)))
    found = find(viewer, unit.pk, Wanted(month=Period.read(month), **asked))
    assert found is not None
    return queries.board(found.scope, Thresholds.load(on), found.units)


def april_rows(cast: Cast) -> None:
    """Work that fell due in April, in every state that a board tells apart, in two bodies and broken down."""
    due = date(2026, 4, 30)
    make_assignment(cast.county_b, cast.city_list, due_on=date(2026, 4, 10), stage="completed", completed_on=due)
    reported(make_assignment(cast.county_a, cast.city_list, due_on=due), cast.county_secretary, due)
    make_assignment(cast.county_a, cast.city_list, due_on=due, days_late=3, reported_on=due, late_reason="人员变动")
    make_assignment(cast.city_office, cast.city_list, due_on=due)
    make_assignment(cast.committee, cast.city_list, due_on=due, stage="stopped", stop=Stop.CANCELLED, stop_reason="无")
    source = make_assignment(cast.county_a, cast.city_list, due_on=due, broken_down=True)
    for _part in range(2):
        make_assignment(cast.branch_a.unit, cast.county_list, due_on=date(2026, 4, 20), source=source)


SEEN = [
    ("secretary", "city"), ("leader", "city"), ("secretary", "county_a"), ("secretary", "county_b"),
    ("county_secretary", "county_a"), ("member", "branch_a"), ("clerk", "city_office"), ("stranger", "county_b"),
]  # fmt: skip


def words(client: Client, address: str) -> str:
    """A page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", client.get(address).text)).split())


def unit_of(cast: Cast, name: str) -> Unit:
    found = getattr(cast, name)
    return found if isinstance(found, Unit) else found.unit


@pytest.mark.parametrize("measure", ["given", "below"])
@pytest.mark.parametrize(("who", "where"), SEEN)
def test_a_month_is_recorded_as_its_boards_showed_it(cast: Cast, who: str, where: str, measure: str) -> None:
    april_rows(cast)
    unit, asked = unit_of(cast, where), {"measure": measure}
    if measure == "given" and where in ("branch_a", "city_office"):
        asked["by"] = unit.body_id
    before = live(cast, who, unit, MAY, **asked)

    close_month(APRIL, at(MAY, 0, 1))

    after = board(cast, who, unit, MAY, **asked)
    assert after is not None
    assert after.recorded is not None
    assert told(after) == told(before)
    assert after.reasons == before.reasons
    assert (who, where) not in [("secretary", "city"), ("county_secretary", "county_a")] or told(after)


def test_closing_twice_or_late_writes_nothing_new(cast: Cast) -> None:
    april_rows(cast)
    close_months(at(MAY, 0, 1))
    written = list(FigureSnapshot.objects.order_by("pk").values())

    again, late = close_months(at(MAY, 3)), close_month(APRIL, at(date(2026, 5, 9)))

    assert (again, late) == (0, False)
    assert list(FigureSnapshot.objects.order_by("pk").values()) == written
    assert [closed.month for closed in ClosedMonth.objects.order_by("month")] == [date(2026, 3, 1), APRIL]
    assert months_to_close(at(date(2026, 6, 1), 0)) == [MAY]
    with pytest.raises(ValueError, match="not over"):
        close_month(MAY, at(date(2026, 5, 31), 23))


@pytest.mark.parametrize("table", ["dashboards_closedmonth", "dashboards_figuresnapshot"])
@pytest.mark.parametrize("attack", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_is_written_down_cannot_be_changed(cast: Cast, table: str, attack: str) -> None:
    april_rows(cast)
    close_month(APRIL, at(MAY))

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack.format(table))


def test_a_late_sweep_counts_back_along_the_history(cast: Cast) -> None:
    april_rows(cast)
    open_row = Assignment.objects.get(unit=cast.city_office, due_on=date(2026, 4, 30))
    then = told(live(cast, "secretary", cast.city, MAY))
    lengthen([open_row.pk], date(2026, 6, 30), "等文件", by=cast.secretary, op=op(), now=at(date(2026, 5, 4)))
    in_review = Assignment.objects.get(stage=Stage.REPORTED)
    actions.approve(in_review, note="", by=cast.second, op=op(), now=at(date(2026, 5, 5)))
    assert told(live(cast, "secretary", cast.city, date(2026, 5, 6))) != then

    close_month(APRIL, at(date(2026, 5, 6)))

    month = ClosedMonth.objects.get(month=APRIL)
    assert (month.counted_on, month.late) == (MAY, False)
    assert told(board(cast, "secretary", cast.city, date(2026, 5, 6))) == then


def test_what_history_cannot_tell_is_recorded_late_and_says_so(client: Client, cast: Cast, clock_at: Any) -> None:
    april_rows(cast)
    row = Assignment.objects.get(days_late=3)
    actions.report(
        row,
        done=True,
        text="补报",
        files=[],
        late_reason="其他",
        by=cast.county_secretary,
        op=op(),
        now=at(date(2026, 5, 4)),
    )

    close_month(APRIL, at(date(2026, 5, 6)))

    month = ClosedMonth.objects.get(month=APRIL)
    assert (month.counted_on, month.late) == (date(2026, 5, 6), True)
    clock_at(date(2026, 5, 6))
    enter(client, cast.secretary, "en")
    assert "April 2026 was recorded late" in words(client, f"/dashboard/{cast.city.pk}/?month=2026-04")


def test_board_brief_and_rows_of_a_closed_month_say_what_differs(client: Client, cast: Cast, clock_at: Any) -> None:
    april_rows(cast)
    close_month(APRIL, at(MAY))
    row = Assignment.objects.get(unit=cast.city_office, due_on=date(2026, 4, 30))
    Assignment.objects.filter(pk=row.pk).update(stage="completed", completed_on=date(2026, 5, 8))
    clock_at(date(2026, 5, 12))
    enter(client, cast.secretary, "en")

    page = words(client, f"/dashboard/{cast.city.pk}/?month=2026-04")
    brief = words(client, f"/dashboard/{cast.city.pk}/report/?month=2026-04")
    rows = words(client, f"/dashboard/{cast.city.pk}/rows/?figure=overdue&measure=given&month=2026-04")
    same = words(client, f"/dashboard/{cast.city.pk}/rows/?figure=stopped&measure=given&month=2026-04")

    for text in (page, brief):
        assert "April 2026 is closed. Its figures stand as recorded on 1 May 2026" in text
        assert "recorded 1, today 2" in text  # completed
        assert "As of" in text
    assert "this figure was 3. The list shows today’s rows" in rows
    assert "The list shows today’s rows" not in same
    assert "is closed" not in words(client, f"/dashboard/{cast.city.pk}/?month=2026-05")


# --- whatever happens later ---------------------------------------------------------------------

STAGES = ["issued", "reported", "completed"]
rows_to_be = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([-60, -31, -12, -11, 0, 10]), st.sampled_from(STAGES)),
    min_size=4,
    max_size=9,
)  # fmt: skip
later = st.lists(
    st.tuples(st.sampled_from(["move", "rename", "end", "stop", "date", "finish", "new"]), st.integers(0, 9), st.integers(0, 9)),
    min_size=3,
    max_size=8,
)  # fmt: skip


@given(rows=rows_to_be, deeds=later)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_move_end_or_stop_changes_a_closed_month(cast: Cast, rows: Any, deeds: Any) -> None:
    with transaction.atomic():
        receivers = [
            cast.county_a,
            cast.county_b,
            cast.city_office,
            cast.committee,
            cast.city_party,
            cast.city_branch.unit,
        ]
        for where, shift, stage in rows:
            row = make_assignment(receivers[where], cast.city_list, due_on=date(2026, 5, 12) + timedelta(days=shift))
            if stage != "issued":
                done = {"completed_on": date(2026, 4, 2)} if stage == "completed" else {}
                reported(row, cast.second, date(2026, 4, 1))
                Assignment.objects.filter(pk=row.pk).update(stage=stage, **done)
        close_months(at(MAY))
        months = [closed.month for closed in ClosedMonth.objects.order_by("month")]
        assert months == [date(2026, 3, 1), APRIL]
        written = list(FigureSnapshot.objects.order_by("pk").values())
        boards = _all_boards(cast, months)

        for what, one, other in deeds:
            _happen(cast, what, receivers[one % len(receivers)], receivers[other % len(receivers)])
        close_months(at(date(2026, 5, 20)))

        assert list(FigureSnapshot.objects.order_by("pk").values()) == written
        assert _all_boards(cast, months) == boards
        transaction.set_rollback(True)


def _all_boards(cast: Cast, months: list[date]) -> list[Any]:
    return [
        sorted(told(board(cast, "secretary", cast.city, date(2026, 5, 20), f"{month:%Y-%m}", measure=measure)))
        for month in months
        for measure in ("given", "below")
    ]


def _happen(cast: Cast, what: str, unit: Unit, other: Unit) -> None:
    unit, other = Unit.objects.get(pk=unit.pk), Unit.objects.get(pk=other.pk)
    row = Assignment.objects.filter(unit=unit).exclude(stage="stopped").order_by("due_on").first()
    if what == "move" and not unit.is_body and not other.is_below(unit):
        Unit.objects.move(unit, other, pos="last-child")
    elif what == "rename":
        Unit.objects.filter(pk=unit.pk).update(name="改名后", short_name="")
    elif what == "end":
        Unit.objects.filter(pk=unit.pk, kind__is_body=False).update(ends_on=date(2026, 5, 19))
    elif what == "stop" and row:
        Assignment.objects.filter(pk=row.pk).update(
            stage="stopped", stop=Stop.CANCELLED, stop_reason="不再办理", completed_on=None
        )
    elif what == "date" and row:
        Assignment.objects.filter(pk=row.pk).update(due_on=date(2026, 6, 30))
    elif what == "finish" and row:
        Assignment.objects.filter(pk=row.pk).update(stage="completed", completed_on=date(2026, 5, 18))
    elif what == "new" and unit.ends_on is None:
        make_assignment(unit, cast.city_list, due_on=date(2026, 4, 15))
