"""Which rule holds, and what counts as missing: the most specific rule, whole periods that are over, each branch by its own."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities import rules
from activities.models import Cadence
from activities.rules import Shape, Standing, Window

YEAR = Window(date(2026, 1, 1), date(2027, 1, 1))
ALWAYS = Window(date(2020, 1, 1), date(9999, 12, 31))


def rule(count: int = 1, per: str = "month", **fields: object) -> Cadence:
    values = {"kind": "theme_day", "branch_type_id": "office", "source": "示例", "condition": ""}
    return Cadence(count=count, per=per, **(values | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "year", "expected"),
    [(7, 2026, "body and year"), (7, 2025, "body"), (8, 2026, "year"), (8, 2025, "national")],
)
def test_the_most_specific_rule_wins(body: int, year: int, expected: str) -> None:
    rows = [
        rule(source="body", body_id=7),
        rule(source="national"),
        rule(source="body and year", body_id=7, year=2026),
        rule(source="year", year=2026),
        rule(source="another type", branch_type_id="temporary", body_id=7, year=2026),
    ]

    assert rules.pick(rows, "office", body, year)["theme_day"].source == expected
    assert rules.pick(rows[::-1], "office", body, year)["theme_day"].source == expected


@pytest.mark.parametrize(
    ("condition", "shape", "holds"),
    [
        ("", Shape(), True),
        ("committee", Shape(), False),
        ("committee", Shape(has_committee=True), True),
        ("groups", Shape(has_committee=True), False),
        ("groups", Shape(has_groups=True), True),
    ],
)
def test_a_condition_asks_for_the_shape_of_the_branch(condition: str, shape: Shape, holds: bool) -> None:
    assert rules.is_for(condition, shape) is holds


@pytest.mark.parametrize(("per", "count"), [("month", 12), ("quarter", 4), ("half", 2), ("year", 1), ("term", 0)])
def test_the_periods_of_a_year_have_no_gap(per: str, count: int) -> None:
    found = rules.windows(per, 2026)

    assert len(found) == count
    assert all(one.bound == after.first for one, after in itertools.pairwise(found))
    assert not found or (found[0].first, found[-1].bound) == (YEAR.first, YEAR.bound)


def test_a_term_is_the_bodys_own() -> None:
    terms = [Window(date(2017, 1, 1), date(2022, 2, 1)), Window(date(2022, 2, 1), date(2027, 2, 1))]

    assert rules.windows("term", 2026, terms) == terms[1:]
    assert rules.windows("term", 2022, terms) == terms


@pytest.mark.parametrize(
    ("life", "held", "on", "expected"),
    [
        (ALWAYS, 0, date(2026, 5, 31), Standing.RUNNING),
        (ALWAYS, 0, date(2026, 6, 1), Standing.MISSING),
        (ALWAYS, 1, date(2026, 5, 12), Standing.MET),
        (Window(date(2026, 5, 2), ALWAYS.bound), 0, date(2026, 7, 1), Standing.PARTLY),  # founded inside
        (Window(ALWAYS.first, date(2026, 5, 31)), 0, date(2026, 7, 1), Standing.PARTLY),  # ended inside
        (Window(date(2026, 5, 1), date(2026, 6, 1)), 0, date(2026, 7, 1), Standing.MISSING),  # there for all of it
        (Window(date(2026, 6, 1), ALWAYS.bound), 0, date(2026, 7, 1), None),
        (Window(ALWAYS.first, date(2026, 5, 1)), 0, date(2026, 7, 1), None),
    ],
)
def test_only_a_whole_period_that_is_over_can_be_short(
    life: Window, held: int, on: date, expected: Standing | None
) -> None:
    found = rules.judge(rule(), Window(date(2026, 5, 1), date(2026, 6, 1)), life, held, on)

    assert (found and found.standing) == expected
    assert not found or found.missing == (1 if expected == Standing.MISSING else 0)


def test_by_plan_is_never_missing() -> None:
    found = rules.judge(rule(count=0), YEAR, ALWAYS, 0, date(2030, 1, 1))

    assert found is not None
    assert (found.standing, found.expected, found.missing) == (Standing.BY_PLAN, 0, 0)


days = st.dates(date(2025, 6, 1), date(2027, 6, 1))


@given(
    count=st.integers(0, 3),
    per=st.sampled_from(["month", "quarter", "half", "year"]),
    held=st.lists(days, max_size=30),
    founded=days,
    lived=st.integers(0, 700),
    on=days,
)
def test_shortage_agrees_with_a_simple_reading_day_by_day(
    count: int, per: str, held: list[date], founded: date, lived: int, on: date
) -> None:
    """The independent reading: put every day of the year into its period by arithmetic, and look at each period's days."""
    life = Window(founded, founded + timedelta(lived))
    meetings = [(day, "theme_day") for day in held if life.first <= day < life.bound]
    size = {"month": 1, "quarter": 3, "half": 6, "year": 12}[per]
    periods: dict[int, list[date]] = {}
    for n in range(365):
        day = date(2026, 1, 1) + timedelta(n)
        periods.setdefault((day.month - 1) // size, []).append(day)
    simple = 0
    for inside in periods.values():
        whole = all(life.first <= day < life.bound for day in inside)
        over = all(day < on for day in inside)
        if whole and over:
            simple += max(0, count - sum(day in inside for day, _kind in meetings))

    judged = [
        rules.judge(rule(count, per), window, life, rules.count_in(meetings, "theme_day", window), on)
        for window in rules.windows(per, 2026)
    ]

    assert sum(one.missing for one in judged if one) == simple


def test_an_activity_of_its_own_is_a_theme_day_or_a_duty_activity() -> None:
    meetings = [(date(2026, 2, 1), "theme_day"), (date(2026, 3, 1), "duty"), (date(2026, 3, 2), "lecture")]

    assert rules.count_in(meetings, "activity", YEAR) == 2
    assert rules.count_in(meetings, "theme_day", YEAR) == 1
