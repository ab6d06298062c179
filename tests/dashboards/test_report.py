"""The monthly brief: its numbers open their rows, its file says the same, and nothing of another body stands in it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from tasks.models import Assignment
from tests.conftest import TODAY, Cast
from tests.dashboards.test_boards import enter, finding, links
from tests.factories import make_assignment


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)


def docx(client: Client, pk: int, query: str = "?month=2026-05") -> bytes:
    answer = client.get(f"/dashboard/{pk}/report.docx{query}")
    assert answer.status_code == 200
    return b"".join(answer)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_number_opens_rows_of_its_month(client: Client, cast: Cast, language: str) -> None:
    make_assignment(cast.county_b, cast.city_list, due_on=date(2026, 5, 2), stage="completed", completed_on=TODAY)
    make_assignment(cast.county_b, cast.city_list, due_on=date(2026, 4, 2))
    enter(client, cast.secretary, language)

    page = client.get(f"/dashboard/{cast.city.pk}/report/?month=2026-05").text

    numbers = [(int(words), url) for words, url in links(page) if "/rows/" in url and words.isdigit()]
    assert len(numbers) >= 10
    for number, url in numbers:
        assert "month=2026-05" in url
        assert client.get(url).context["page_obj"].paginator.count == number, url


def test_the_file_says_what_the_page_says(client: Client, cast: Cast) -> None:
    make_assignment(cast.county_b, cast.city_list, due_on=date(2026, 5, 2), stage="completed", completed_on=TODAY)
    enter(client, cast.secretary)
    page = client.get(f"/dashboard/{cast.city.pk}/report/?month=2026-05").text

    data = docx(client, cast.city.pk)

    document = Document(io.BytesIO(data))
    assert finding(page) in [paragraph.text for paragraph in document.paragraphs]
    table = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[0] for row in table] == ["Unit", "办公室", "乙区政协"] or [row[0] for row in table][1:] == [
        "Office",
        "District B CPPCC",
    ]
    assert table[2][1:3] == ["2", "1"]
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        chart = file.read("word/charts/chart1.xml").decode()
        sheet = load_workbook(io.BytesIO(file.read("word/embeddings/chart1.xlsx"))).active
    assert re.findall(r"<c:v>(\d+)</c:v>", chart) == ["0", "1", "0", "2"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, min_col=2)] == [[1, 2]]  # type: ignore[union-attr]


def test_nothing_of_another_body_stands_in_the_file(client: Client, cast: Cast) -> None:
    make_assignment(
        cast.branch_a.unit, cast.county_list, content="金丝雀任务", due_on=date(2026, 5, 2), late_reason="金丝雀原因"
    )
    Assignment.objects.filter(pk=cast.foreign_row.pk).update(due_on=date(2026, 5, 3), late_reason="金丝雀外市")
    query = "?month=2026-05"

    own = enter(client, cast.county_secretary, "zh-hans").get(f"/dashboard/{cast.county_a.pk}/report/{query}").text
    enter(client, cast.secretary, "zh-hans")
    above = "".join(paragraph.text for paragraph in Document(io.BytesIO(docx(client, cast.city.pk))).paragraphs)

    assert "金丝雀原因" in own
    assert "金丝雀" not in above + client.get(f"/dashboard/{cast.city.pk}/report/{query}").text


def test_board_leads_to_the_brief_within_twelve_queries(
    client: Client, cast: Cast, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    enter(client, cast.secretary)
    found = next(
        url for words, url in links(client.get(f"/dashboard/{cast.city.pk}/").text) if words == "Monthly brief"
    )

    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        page = client.get(found)

    assert page.status_code == 200
    assert 'data-copy="#finding"' in page.text
    assert "May 2026" in page.text


def test_a_unit_with_a_single_row_under_five_shows_no_percentage(client: Client, cast: Cast) -> None:
    enter(client, cast.stranger)

    page = client.get(f"/dashboard/{cast.county_b.pk}/report/?month=2026-05").text

    assert "%" not in re.sub(r"<[^>]+>|&#37;", "", page[page.index('id="finding"') :].split("</main>")[0])
