"""Optional figures of a task: asked, given, summed once (design 4; issue 3, section 4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.writing import Invalid
from tasks import actions
from tasks.actions.asked import ask_figures
from tasks.models import Assignment, Report, Task
from tasks.queries.asked import of_parts, sums_of
from tasks.states import Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
STAGES = [Stage.COMPLETED, Stage.REPORTED, Stage.RETURNED, Stage.IN_PROGRESS]


def ask(cast: Cast, task: Task, *names: str) -> None:
    ask_figures(task, names, by=cast.secretary, op=op(), now=NOW)


def reported(row: Assignment, by: object, stage: Stage = Stage.COMPLETED, **figures: str) -> None:
    """A submission with these figures, and how it stands now."""
    minute = Report.objects.count()
    Report.objects.create(
        assignment=row, kind="completion", text="已完成", by=by, at=NOW + timedelta(minutes=minute), figures=figures
    )
    Assignment.objects.filter(pk=row.pk).update(
        stage=stage,
        reported_on=TODAY,
        submitted_at=NOW,
        completed_on=TODAY if stage == Stage.COMPLETED else None,
        supplement_by=TODAY if stage == Stage.RETURNED else None,
    )


@pytest.mark.parametrize(
    "names", [("一", "二", "三", "四"), ("场次", "场次"), ("很" * 21,)], ids=["four", "the same twice", "too long"]
)
def test_at_most_three_names_each_its_own(cast: Cast, names: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as error:
        ask(cast, cast.to_office.task, *names)
    assert "names" in error.value.details
    cast.to_office.task.refresh_from_db()
    assert cast.to_office.task.figures == []


def test_only_the_issuers_desk_asks_and_parts_ask_the_same(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        ask_figures(cast.to_office.task, ["场次"], by=cast.clerk, op=op(), now=NOW)
    part = cast.to_branch_a.task
    Task.objects.filter(pk=part.pk).update(source_task=cast.to_county_a.task)

    ask(cast, cast.to_county_a.task, "场次", "人次")

    part.refresh_from_db()
    assert part.figures == ["场次", "人次"]


def test_a_report_keeps_the_figures_that_are_asked_and_no_others(cast: Cast) -> None:
    ask(cast, cast.to_office.task, "场次")
    row = Assignment.objects.get(pk=cast.to_office.pk)
    given_ = {"场次": "3", "别的": "9"}

    saved = actions.report(row, done=True, text="已办", figures=given_, by=cast.clerk, op=op(), now=NOW)

    assert saved.figures == {"场次": "3"}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["office", "county_a", "county_b"]),
            st.sampled_from(STAGES),
            st.one_of(st.none(), st.decimals(0, 999, places=2)),
        ),
        max_size=6,
    )
)
def test_the_sum_is_that_of_accepted_reports(cast: Cast, told: list[tuple[str, Stage, Decimal | None]]) -> None:
    units = {"office": cast.city_office, "county_a": cast.county_a, "county_b": cast.county_b}
    first = make_assignment(cast.committee, cast.city_list, content="有数据项的任务")
    task = first.task
    Task.objects.filter(pk=task.pk).update(figures=["场次"])
    task.refresh_from_db()
    expected: dict[str, Decimal] = {}
    for n, (name, stage, value) in enumerate(told, 1):
        row = make_assignment(units[name], cast.city_list, task=task, due_on=date(2026, 6, n))
        part = make_assignment(cast.branch_a.unit, cast.county_list, source=row)  # what lies below is never added to it
        reported(part, cast.member, 场次="1000")
        reported(row, cast.nobody, stage, **({} if value is None else {"场次": str(value)}))
        if stage == Stage.COMPLETED and value is not None:
            expected[units[name].name] = expected.get(units[name].name, Decimal(0)) + value

    sums = sums_of(task, cast.secretary, TODAY)

    assert sums is not None
    assert {unit.name: values[0] for unit, values in sums.lines} == expected
    assert sums.totals == [sum(expected.values(), Decimal(0))]


def test_a_county_begins_with_the_sum_of_its_parts(cast: Cast, client: Client, clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)
    ask(cast, cast.to_county_a.task, "场次")
    Assignment.objects.filter(pk=cast.to_county_a.pk).update(broken_down=True, stage=Stage.IN_PROGRESS)
    for value, stage in (("2", Stage.COMPLETED), ("3.50", Stage.COMPLETED), ("100", Stage.REPORTED)):
        part = make_assignment(cast.branch_a.unit, cast.county_list, content=f"部分{value}", source=cast.to_county_a)
        reported(part, cast.member, stage, 场次=value)
    row = Assignment.objects.select_related("task").get(pk=cast.to_county_a.pk)
    assert of_parts(row, cast.county_secretary, TODAY) == {"场次": Decimal("5.50")}

    client.force_login(cast.county_secretary)
    page = client.get(f"/a/{row.pk}/update/")
    assert 'value="5.5"' in page.content.decode()

    sent = {"text": "进展", "done": "0", "version": row.version, "op": str(op()), "figure_0": "-1"}
    refused = client.post(f"/a/{row.pk}/update/", sent)
    assert (refused.status_code, set(refused.context["form"].errors)) == (400, {"figure_0"})
    assert client.post(f"/a/{row.pk}/update/", sent | {"figure_0": "１２", "op": str(op())}).status_code == 302
    assert Report.objects.filter(assignment=row).latest("at").figures == {"场次": "12"}


def test_a_county_sees_its_own_figures_and_no_siblings(
    cast: Cast, client: Client, clock_at: Callable[..., None]
) -> None:
    clock_at(TODAY)
    task = cast.to_county_a.task
    ask(cast, task, "场次")
    sibling = make_assignment(cast.county_b, cast.city_list, task=task)
    reported(cast.to_county_a, cast.county_secretary, 场次="12")
    reported(sibling, cast.stranger, 场次="987654")

    client.force_login(cast.secretary)
    assert "<b>987666</b>" in client.get(f"/tasks/{task.pk}/").content.decode()
    client.force_login(cast.county_secretary)
    shown = client.get(f"/tasks/{task.pk}/").content.decode()
    assert "987" not in re.sub(r"<input[^>]*>", "", shown), (
        "neither its figure nor the sum; a token may hold any digits"
    )
    assert "<b>12</b>" in shown


def test_the_collation_says_the_sums(cast: Cast, client: Client, clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)
    ask(cast, cast.to_county_a.task, "场次", "人次")
    reported(cast.to_county_a, cast.county_secretary, 场次="12", 人次="340")
    client.force_login(cast.secretary)
    page = client.get(f"/lists/{cast.city_list.pk}/collation/").content.decode()
    assert "<b>12</b>" in page
    written = b"".join(client.get(f"/lists/{cast.city_list.pk}/collation.docx"))
    words = "".join(paragraph.text for paragraph in Document(BytesIO(written)).paragraphs)
    assert "合计：场次 12，人次 340。" in words


def test_the_task_page_asks(cast: Cast, client: Client, clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)
    task = cast.to_office.task
    client.force_login(cast.secretary)
    address = f"/tasks/{task.pk}/figures/"
    assert client.post(address, {"names": "一、二、三、四", "op": str(op())}).status_code == 400
    assert client.post(address, {"names": "场次、人次", "op": str(op())}).status_code == 302
    task.refresh_from_db()
    assert task.figures == ["场次", "人次"]
    client.force_login(cast.clerk)
    assert client.post(address, {"names": "", "op": str(op())}).status_code == 403
