"""What the database refuses whoever asks: changed history, rows that change their unit, issued words, work for the ended."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from branches.models import Branch, Change, Unit
from tasks.models import Assignment, Event, TaskText
from tests.conftest import Cast
from tests.factories import at, leave_no_work, make_assignment, make_list, make_report, make_task

NOW = at(date(2026, 5, 12))


def refused() -> Any:
    return pytest.raises(DatabaseError)


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_history_cannot_be_changed(cast: Cast, deed: str) -> None:
    Event.objects.create(move="report", by=cast.member, at=NOW, list=cast.county_list, assignment=cast.to_branch_a)
    Change.objects.create(verb="renamed", subject="办公室", by=cast.admin, at=NOW)
    make_report(cast.to_branch_a, cast.member, NOW)
    for table in ("tasks_event", "branches_change", "tasks_report"):
        sql = f"DELETE FROM {table}" if deed == "delete" else f"UPDATE {table} SET at = now()"  # noqa: S608

        with refused(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_an_assignment_never_changes_its_unit(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=cast.to_county_a.pk).update(unit=cast.county_b, unit_path=cast.county_b.path)


def test_the_first_due_date_stays(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=cast.to_county_a.pk).update(original_due_on=date(2026, 12, 31))


def test_rows_follow_a_moved_unit(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, content="随迁")

    Unit.objects.move(Unit.objects.get(pk=cast.city_office.pk), Unit.objects.get(pk=cast.committee.pk), "last-child")

    row.refresh_from_db()
    assert row.unit_path == Unit.objects.get(pk=cast.city_office.pk).path
    assert row.unit_path.startswith(cast.committee.path)


def test_the_same_share_exists_once(cast: Cast) -> None:
    task = make_task(cast.city_list)
    make_assignment(cast.county_a, cast.city_list, task=task)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_assignment(cast.county_a, cast.city_list, task=task)


def test_issued_words_are_frozen(cast: Cast) -> None:
    task_list = make_list(cast.city, cast.secretary, "冻结")
    text = TaskText.objects.create(task=make_task(task_list), edition=1, content="原话", due_written="6月底前")

    with refused(), transaction.atomic():
        TaskText.objects.filter(pk=text.pk).update(content="改过的话")


def test_an_ended_branch_is_given_nothing(cast: Cast) -> None:
    ended = date(2026, 5, 1)
    Unit.objects.filter(pk=cast.branch_a.unit_id).update(ends_on=ended)
    cast.branch_a.memberships.update(ends_on=ended)
    cast.branch_a.unit.posts.update(ends_on=ended)
    leave_no_work(cast.branch_a.unit)
    Branch.objects.filter(pk=cast.branch_a.pk).update(state="ended")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_assignment(cast.branch_a.unit, cast.county_list, content="新任务")
