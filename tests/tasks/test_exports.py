"""What goes out of a published list: the nine columns as far as one may see them, and no live formula."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from branches.models import User
from tasks.papers import read_rows
from tasks.papers.out import HEADINGS, Line, Sheet, write_xlsx
from tasks.papers.out.workbook import stream_xlsx
from tasks.states import ReceiverRole
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_report
from tests.tasks.papers.test_round_trip import _TASK, NAMES, even, grids

TODAY = date(2026, 5, 12)


@pytest.fixture(autouse=True)
def _today(clock_at: Any) -> None:
    clock_at(TODAY)


def words(client: Client, user: User, pk: int) -> list[list[str]]:
    """The cells of the exported file."""
    client.force_login(user)
    answer = client.get(f"/lists/{pk}/export.xlsx")
    assert answer.status_code == 200
    page = load_workbook(io.BytesIO(answer.getvalue()))["Sheet1"]
    return [[str(cell or "") for cell in row] for row in page.iter_rows(values_only=True)]


def written(lines: list[Line]) -> bytes:
    file = io.BytesIO()
    write_xlsx(Sheet("2026年任务清单", "市政协办公室"), lines, file)
    return file.getvalue()


def test_the_issuer_gets_every_units_latest_words(cast: Cast, client: Client) -> None:
    make_report(cast.to_county_a, by=cast.county_secretary, now=at(date(2026, 5, 11)), text="初稿")
    make_report(cast.to_county_a, by=cast.county_secretary, now=at(TODAY), text="已报送两篇")

    rows = words(client, cast.secretary, cast.city_list.pk)

    assert tuple(rows[2]) == HEADINGS
    text = "\n".join(row[7] for row in rows)
    assert "已报送两篇" in text
    assert "初稿" not in text


def test_a_county_gets_its_own_rows_and_no_siblings(cast: Cast, client: Client) -> None:
    assert "乙区" in str(words(client, cast.secretary, cast.city_list.pk))

    rows = str(words(client, cast.county_secretary, cast.city_list.pk))

    assert "甲区报送党建案例" in rows
    assert "乙区" not in rows


def test_a_supporting_unit_of_another_body_gets_the_leads_name(cast: Cast, client: Client) -> None:
    task = cast.to_county_a.task
    assert task.text is not None
    make_assignment(cast.county_b, cast.city_list, task=task, role=ReceiverRole.SUPPORT, owes_report=False)
    make_report(cast.to_county_a, by=cast.county_secretary, now=at(TODAY), text="甲区自己的话")

    rows = words(client, cast.stranger, cast.city_list.pk)

    own = next(row for row in rows if row[1] == task.text.content)
    assert own[4] == cast.county_a.name
    assert own[5] == cast.county_b.name
    assert "甲区自己的话" not in str(rows)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "\x00=1"])
def test_no_words_become_a_formula(start: str) -> None:
    line = Line((start,), ("1", *[start] * 8))

    page = load_workbook(io.BytesIO(written([line])))["Sheet1"]

    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}


def test_it_prints_on_a4_across_with_the_head_on_every_page() -> None:
    page: Any = load_workbook(io.BytesIO(written([Line(("一、党建",), ("1", "甲", *[""] * 7))])))["Sheet1"]

    assert (page.page_setup.orientation, str(page.page_setup.paperSize)) == ("landscape", "9")
    assert page.print_title_rows == "$3:$3"
    assert "&P" in page.oddFooter.center.text
    assert {str(merged) for merged in page.merged_cells.ranges} == {"A1:I1", "A2:I2", "A4:I4"}


@settings(max_examples=30, deadline=None)
@given(tasks=st.lists(_TASK, min_size=1, max_size=4))
def test_what_went_out_comes_in_as_the_same_list(tasks: list[tuple[str, ...]]) -> None:
    lines = [Line(("一、党建工作",), (str(number), *task)) for number, task in enumerate(tasks, 1)]

    found = read_rows(grids(written(lines))[0])

    assert [even(tuple(getattr(row, name) for name in NAMES)) for row in found.rows] == [even(task) for task in tasks]
    assert [row.number for row in found.rows] == [str(number) for number in range(1, len(tasks) + 1)]


def test_the_file_goes_out_while_it_is_read(cast: Cast, client: Client) -> None:
    client.force_login(cast.secretary)
    taken: list[str] = []

    def endless() -> Iterator[Line]:
        for number in itertools.count(1):
            taken.append(str(number))
            yield Line((), (str(number), "案例" * 100, *[""] * 7))

    first = next(stream_xlsx(Sheet("2026年任务清单", ""), endless()))
    answer = client.get(f"/lists/{cast.city_list.pk}/export.xlsx")

    assert first.startswith(b"PK")
    assert len(taken) < 1000
    assert answer.streaming
