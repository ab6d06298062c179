"""The figures: their identities, a second opinion in plain Python, and the list behind each, over random small worlds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Unit, User
from branches.roles import Role
from dashboards import queries
from dashboards.addresses import Wanted
from dashboards.doors import find
from dashboards.scopes import Measure, Period, Scope, may_open, with_parent_body
from dashboards.viewer import Viewer
from tasks.figures import Counts, Figure, aggregates, conditions
from tasks.lights import Thresholds
from tasks.models import Assignment
from tasks.states import OPEN, WITH_UNIT, Light, Stage, Stop
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_list, make_post, make_task, make_user

TODAY = date(2026, 5, 12)
SIGHTED = [Role.SECRETARY, Role.HEAD, Role.LEADER, Role.MEMBER, Role.LIAISON, Role.TREE_ADMIN]
DAYS = [None, -20, -1, -1, 0, 0, 1, 7, 8, 40]  # around the edges of due, overdue and due soon

rows_to_be = st.lists(
    st.fixed_dictionaries(
        {
            "way": st.integers(0, 7),
            "stage": st.sampled_from(Stage.values),
            "due": st.sampled_from(DAYS),
            "supplement": st.integers(-2, 4),
            "reported": st.booleans(),
            "late": st.sampled_from([0, 0, 3]),
            "short": st.booleans(),
            "support": st.booleans(),
            "split": st.booleans(),
        }
    ),
    min_size=12,
    max_size=16,
)
posts_to_be = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(SIGHTED)), min_size=1, max_size=2, unique=True)


def ways(cast: Cast) -> list[tuple[Unit, Unit]]:
    """Issuer and receiver of rows that may exist; the foreign city and county B are the canaries."""
    return [
        (cast.city, cast.county_a), (cast.city, cast.county_b), (cast.city, cast.city_office), (cast.city, cast.committee),
        (cast.county_a, cast.branch_a.unit), (cast.county_b, cast.branch_b.unit), (cast.city_party, cast.county_a),
        (cast.foreign_city, cast.foreign_city),
    ]  # fmt: skip


def plant(cast: Cast, wanted: list[dict[str, Any]]) -> None:
    """Make the rows of a world; a row given to a county may be split there between two units."""
    lists: dict[int, object] = {}
    for spec in wanted:
        issuer, unit = ways(cast)[spec["way"]]
        task_list = lists.setdefault(issuer.pk, make_list(issuer, cast.secretary, f"{issuer.name}的清单"))
        row = make_assignment(unit, task_list, **columns(spec), role="support" if spec["support"] else "lead")  # type: ignore[arg-type]
        if spec["split"] and unit == cast.county_a and row.stage in OPEN:
            own = lists.setdefault(unit.pk, make_list(unit, cast.county_secretary, "甲区的清单"))
            task = make_task(own, "分解的任务")  # type: ignore[arg-type]
            for below in (cast.branch_a.unit, cast.county_a_office):
                make_assignment(below, own, task=task, source=row, **columns(spec))  # type: ignore[arg-type]
            Assignment.objects.filter(pk=row.pk).update(broken_down=True)


def columns(spec: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row in a stage, kept true to the constraints."""
    stage, day = spec["stage"], TODAY + timedelta(days=spec["due"]) if spec["due"] is not None else None
    reported = TODAY - timedelta(days=3) if spec["reported"] or stage in ("reported", "returned") else None
    return {
        "stage": stage,
        "due_on": day,
        "short": spec["short"],
        "days_late": spec["late"] if reported else 0,
        "late_reason": "人员变动" if spec["late"] else "",
        "reported_on": reported,
        "submitted_at": at(TODAY - timedelta(days=3)) if stage == "reported" else None,
        "supplement_by": TODAY + timedelta(days=spec["supplement"]) if stage == "returned" else None,
        "completed_on": TODAY if stage == "completed" else None,
        "stop": Stop.CANCELLED if stage == "stopped" else "",
        "stop_reason": "不再需要" if stage == "stopped" else "",
        "suspended_from": "in_progress" if stage == "suspended" else "",
    }


def second_opinion(rows: list[Assignment], thresholds: Thresholds) -> Counts:
    """The same figures once more, row by row in plain Python."""
    found = Counts.fromkeys(Figure.values)
    for row in rows:
        late_now = row.is_overdue(TODAY)
        completed, in_review = row.stage == Stage.COMPLETED, row.stage == Stage.REPORTED
        due = row.due_on is not None and row.due_on <= TODAY and row.stage not in (Stage.STOPPED, Stage.SUSPENDED)
        submitted = row.stage in (Stage.REPORTED, Stage.COMPLETED, Stage.RETURNED) and row.reported_on is not None
        true = {
            "total": True,
            "open": row.stage in OPEN,
            "completed": completed,
            "stopped": row.stage == Stage.STOPPED,
            "suspended": row.stage == Stage.SUSPENDED,
            "in_review": in_review,
            "overdue": late_now,
            "due_soon": thresholds.lamp(row).code == Light.SOON,
            "due": due,
            "completed_due": due and completed,
            "gap": due and not completed,
            "gap_overdue": due and late_now,
            "gap_in_review": due and in_review,
            "gap_in_time": due and row.stage in WITH_UNIT and not late_now,
            "early": completed and row.due_on is not None and row.due_on > TODAY,
            "completed_undated": completed and row.due_on is None,
            "on_time": due and submitted and row.days_late == 0 and not late_now,
            "late": late_now or (row.days_late > 0 and row.stage != Stage.STOPPED),
        }
        for name, value in true.items():
            found[name] += bool(value)
    return found


def identities(counts: Counts) -> None:
    """What design 7 promises of any set of rows."""
    assert counts["total"] == counts["open"] + counts["completed"] + counts["stopped"]
    assert counts["suspended"] + counts["in_review"] + counts["overdue"] <= counts["open"]
    assert counts["completed"] == counts["completed_due"] + counts["early"] + counts["completed_undated"]
    assert counts["gap"] == counts["due"] - counts["completed_due"]
    assert counts["gap"] == counts["gap_overdue"] + counts["gap_in_review"] + counts["gap_in_time"]
    assert counts["on_time"] <= counts["due"]
    assert counts["gap_overdue"] <= counts["overdue"]


def may_be_counted(row: Assignment, viewer: Viewer) -> bool:
    """Design 3 and 6 in plain Python: served or issued by one's units, his by name, or grown from such a row."""
    sight = viewer.sight

    def served(path: str, body: int | None, unit: int) -> bool:
        return unit in sight.own or any(body == b and path.startswith(p) for b, p in sight.below)

    seen: Assignment | None = row
    for step in range(3):
        if seen is None or (step and not seen.broken_down):
            return False
        if (
            served(seen.unit_path, seen.body_id, seen.unit_id)
            or served(seen.issuer_path, seen.issuer_body_id, seen.issuer_id)
            or seen.person_id == viewer.user.pk
        ):
            return True
        seen = seen.source
    return False


def boards_of(viewer: Viewer, units: list[Unit]) -> list[Scope]:
    """Every board that this person can open, in both measures."""
    asked = [Wanted(measure=measure) for measure in Measure]
    found = [find(viewer, unit.pk, one) for unit in units if may_open(viewer.sight, unit) for one in asked]
    return [one.scope for one in found if one]


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(wanted=rows_to_be, posts=posts_to_be)
def test_identities_hold_and_lists_are_as_long_as_their_figures(
    cast: Cast, wanted: list[dict[str, Any]], posts: list[tuple[int, Role]]
) -> None:
    places = [
        cast.city, cast.city_party, cast.city_office, cast.committee, cast.county_a, cast.county_a_office, cast.county_b,
        cast.branch_a.unit, cast.branch_b.unit, cast.foreign_city,
    ]  # fmt: skip
    with transaction.atomic():
        plant(cast, wanted)
        user = make_user("随机的人")
        for place, role in posts:
            make_post(user, places[place], role)
        for person in (user, User.objects.get(pk=cast.leader.pk)):
            check_boards(Viewer(person, TODAY, at(TODAY), tuple(person.posts_on(TODAY))))
        transaction.set_rollback(True)


def check_boards(viewer: Viewer) -> None:
    """Every board that this person can open, against the second opinion and the lists behind the figures."""
    thresholds = Thresholds.load(TODAY)
    allowed = {row.pk for row in Assignment.objects.select_related("source__source") if may_be_counted(row, viewer)}
    units = list(with_parent_body(Unit.objects.select_related("body", "kind")))
    for scope in boards_of(viewer, units):
        board = queries.board(scope, thresholds)
        rows = list(scope.rows())
        identities(board.counts)
        assert board.counts == second_opinion(rows, thresholds)
        assert {row.pk for row in rows} <= allowed
        assert len(rows) == len({row.pk for row in rows})
        for group in board.groups:
            inside = queries.figure_rows(replace(scope, child=group.unit), Figure.TOTAL, thresholds)
            assert second_opinion(list(inside), thresholds) == group.counts
        lengths = {figure: queries.figure_rows(scope, figure, thresholds).count() for figure in Figure}
        assert {figure: board.counts[figure] for figure in Figure} == lengths


@pytest.mark.parametrize(
    ("stage", "due", "fields", "counted"),
    [
        ("in_progress", TODAY, {}, {"open", "due", "gap", "gap_in_time", "due_soon"}),
        ("in_progress", TODAY - timedelta(days=1), {}, {"open", "due", "gap", "gap_overdue", "overdue", "late"}),
        ("in_progress", TODAY + timedelta(days=7), {}, {"open", "due_soon"}),
        ("in_progress", TODAY + timedelta(days=8), {}, {"open"}),
        ("issued", None, {}, {"open"}),
        (
            "completed",
            TODAY,
            {"completed_on": TODAY, "reported_on": TODAY},
            {"completed", "due", "completed_due", "on_time"},
        ),
        ("completed", TODAY + timedelta(days=9), {"completed_on": TODAY}, {"completed", "early"}),
        ("stopped", TODAY - timedelta(days=9), {"stop": "not_applicable", "stop_reason": "无此业务"}, {"stopped"}),
        ("suspended", TODAY - timedelta(days=9), {"suspended_from": "issued"}, {"open", "suspended"}),
    ],
)
def test_what_one_row_counts_as(
    cast: Cast, stage: str, due: date | None, fields: dict[str, object], counted: set[str]
) -> None:
    row = make_assignment(cast.county_a, cast.city_list, stage=stage, due_on=due, **fields)

    counts = Assignment.objects.filter(pk=row.pk).aggregate(**aggregates(TODAY, Thresholds.load(TODAY)))

    assert {name for name, number in counts.items() if number} == {"total", *counted}


def test_work_in_review_is_in_the_gap_and_never_overdue(cast: Cast) -> None:
    row = make_assignment(
        cast.county_a, cast.city_list, stage="reported", due_on=date(2026, 5, 1), reported_on=date(2026, 5, 1),
        submitted_at=at(date(2026, 5, 1)),
    )  # fmt: skip

    defined = conditions(TODAY, Thresholds.load(TODAY))
    found = {
        figure for figure, condition in defined.items() if Assignment.objects.filter(condition, pk=row.pk).exists()
    }

    assert found == {"total", "open", "in_review", "due", "gap", "gap_in_review", "on_time"}


def test_a_returned_row_is_overdue_only_after_its_supplement_date(cast: Cast) -> None:
    row = make_assignment(
        cast.county_a, cast.city_list, stage="returned", due_on=date(2026, 5, 1), reported_on=date(2026, 5, 1),
        supplement_by=date(2026, 5, 12),
    )  # fmt: skip

    days = {
        day: set(Assignment.objects.filter(conditions(day, Thresholds.load(day))[figure], pk=row.pk).values_list("pk"))
        for day, figure in [(date(2026, 5, 12), Figure.GAP_IN_TIME), (date(2026, 5, 13), Figure.OVERDUE)]
    }

    assert list(days.values()) == [{(row.pk,)}, {(row.pk,)}]


def test_supports_stand_apart(cast: Cast) -> None:
    make_assignment(cast.committee, cast.city_list, role="support", due_on=date(2026, 5, 1))
    before = Assignment.objects.leads().count()
    viewer = Viewer(cast.secretary, TODAY, at(TODAY), tuple(cast.secretary.posts_on(TODAY)))

    found = find(viewer, cast.city.pk, Wanted(measure=Measure.GIVEN))

    assert found is not None
    assert found.scope.rows().count() == 3
    assert before == 5


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2026-02", date(2026, 2, 1), date(2026, 2, 28)), ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
     ("2026", date(2026, 1, 1), date(2026, 12, 31))],
)  # fmt: skip
def test_period_holds_its_first_and_last_day(text: str, first: date, last: date) -> None:
    period = Period.read(text)

    assert period is not None
    assert (period.first, period.last, str(period)) == (first, last, text)
    assert [period.holds(day) for day in (first, last, last + timedelta(days=1), None)] == [True, True, False, False]


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-01", "2026-", "2026-1", "now", "٢٠٢٦", "2026-05-01"])
def test_period_refuses_what_is_none(text: str) -> None:
    assert Period.read(text) is None


def test_a_closed_account_sees_no_board(cast: Cast) -> None:
    User.objects.filter(pk=cast.secretary.pk).update(is_active=False)
    closed = User.objects.get(pk=cast.secretary.pk)

    assert find(Viewer(closed, TODAY, at(TODAY)), cast.city.pk, Wanted()) is None
