"""When work is late (design 4): submission stops the clock, a return gives a date, what was late stays late."""

from datetime import date

import pytest

from branches.writing import Invalid
from tasks import actions
from tasks.states import Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment, op

DUE = date(2026, 5, 12)


def test_reported_on_the_due_day_is_on_time_however_slow_the_review(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=DUE)
    actions.report(row, done=True, text="已办", by=cast.clerk, op=op(), now=at(DUE, 23, 59))

    actions.approve(row, by=cast.secretary, op=op(), now=at(date(2026, 5, 26)))

    assert (row.days_late, row.reported_on, row.completed_on) == (0, DUE, date(2026, 5, 26))


def test_a_late_report_needs_a_reason_and_keeps_its_days(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=DUE)

    with pytest.raises(Invalid):
        actions.report(row, done=True, text="晚了", by=cast.clerk, op=op(), now=at(date(2026, 5, 16)))
    actions.report(
        row, done=True, text="晚了", late_reason="人员变动", by=cast.clerk, op=op(), now=at(date(2026, 5, 16))
    )

    assert (row.days_late, row.late_reason) == (4, "人员变动")


def test_case_14_returned_on_the_due_day_supplemented_late(cast: Cast) -> None:
    """Case 14: a thin report on the due day, returned, supplemented four working days later."""
    row = make_assignment(cast.city_office, cast.city_list, due_on=DUE)
    actions.report(row, done=True, text="。", by=cast.clerk, op=op(), now=at(DUE))
    actions.return_report(row, reason="内容空", by=cast.secretary, op=op(), now=at(DUE))
    assert row.supplement_by == date(2026, 5, 15)
    assert not row.is_overdue(date(2026, 5, 15))
    assert row.is_overdue(date(2026, 5, 16))

    actions.report(row, done=True, text="已补", late_reason="其他", by=cast.clerk, op=op(), now=at(date(2026, 5, 18)))

    assert (row.reported_on, row.days_late) == (DUE, 3)


def test_taking_a_first_submission_back_starts_the_clock_again(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=DUE)
    actions.report(row, done=True, text="先占位", by=cast.clerk, op=op(), now=at(DUE))

    actions.take_back(row, by=cast.clerk, op=op(), now=at(DUE))

    assert (row.stage, row.reported_on, row.is_overdue(date(2026, 5, 13))) == (Stage.IN_PROGRESS, None, True)


def test_an_empty_report_is_refused_and_nothing_is_lost(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=DUE)

    with pytest.raises(Invalid) as refusal:
        actions.report(row, done=True, text="  ", by=cast.clerk, op=op(), now=at(DUE))

    row.refresh_from_db()
    assert set(refusal.value.details) == {"text"}
    assert (row.stage, row.reports.count()) == (Stage.ISSUED, 0)


def test_suspended_work_is_neither_due_nor_overdue(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=DUE)

    actions.move(row, "suspend", by=cast.secretary, op=op(), now=at(DUE), reason="等上级文件")

    assert not row.is_overdue(date(2026, 6, 1))
    actions.move(row, "resume", by=cast.secretary, op=op(), now=at(date(2026, 5, 20)))
    assert (row.stage, row.is_overdue(date(2026, 5, 20))) == (Stage.ISSUED, True)
