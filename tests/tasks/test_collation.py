"""The collation: accepted texts in establishment order, what is missing, what stays behind the boundary, and the file."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from docx import Document
from docx.oxml.ns import qn

from branches.models import User
from tasks.models import Assignment
from tasks.papers.out.collation import write_collation
from tasks.queries.collation import Answer, Section
from tests.conftest import TODAY, Cast
from tests.factories import at, make_assignment, make_report, make_task

YESTERDAY = date(2026, 5, 11)


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)


def accepted(row: Assignment, by: User, text: str) -> Assignment:
    make_report(row, by, at(YESTERDAY), text)
    Assignment.objects.filter(pk=row.pk).update(stage="completed", completed_on=TODAY, reported_on=YESTERDAY)
    row.refresh_from_db()
    return row


def paper(client: Client, user: User, pk: int, query: str = "") -> list[str]:
    client.force_login(user)
    answer = client.get(f"/lists/{pk}/collation.docx{query}")
    assert answer.status_code == 200
    return [paragraph.text for paragraph in Document(io.BytesIO(b"".join(answer))).paragraphs]


@pytest.fixture
def shared_task(cast: Cast) -> list[Assignment]:
    """One task for both counties and the committee: one accepted, one in review, one silent."""
    task = make_task(cast.city_list, "报送品牌案例")
    rows = [make_assignment(unit, cast.city_list, task=task) for unit in (cast.committee, cast.county_a, cast.county_b)]
    accepted(rows[1], cast.county_secretary, "甲区已报送三篇")
    make_report(rows[2], cast.stranger, at(YESTERDAY), "乙区待审稿")
    Assignment.objects.filter(pk=rows[2].pk).update(stage="reported", reported_on=YESTERDAY, submitted_at=at(YESTERDAY))
    return rows


def test_accepted_texts_stand_and_the_others_are_named_at_the_end(
    cast: Cast, client: Client, shared_task: list[Assignment]
) -> None:
    query = f"?task={shared_task[0].task_id}"

    assert paper(client, cast.secretary, cast.city_list.pk, query)[3:] == [
        "甲区政协：甲区已报送三篇", "未报送：提案委员会、乙区政协。",
    ]  # fmt: skip
    assert paper(client, cast.secretary, cast.city_list.pk, f"{query}&unfinished=1")[3:] == [
        "甲区政协：甲区已报送三篇", "乙区政协（审核中）：乙区待审稿", "未报送：提案委员会。",
    ]  # fmt: skip


def test_nothing_from_inside_another_body_stands_in_it(cast: Cast, client: Client) -> None:
    row = cast.to_county_a
    make_report(row, cast.county_secretary, at(YESTERDAY), "金丝雀进展", kind="progress")
    child = make_assignment(cast.branch_a.unit, cast.county_list, source=row)
    accepted(child, cast.head_a, "金丝雀支部稿")
    Assignment.objects.filter(pk=row.pk).update(broken_down=True, stage="in_progress")

    own = paper(client, cast.county_secretary, cast.county_list.pk)
    above = paper(client, cast.secretary, cast.city_list.pk, "?unfinished=1")
    beside = paper(client, cast.stranger, cast.city_list.pk, "?unfinished=1")

    assert "金丝雀支部稿" in "".join(own)
    assert "金丝雀" not in "".join(above + beside)
    assert "甲区" not in "".join(beside)


@pytest.mark.parametrize("length", [4, 3000])
def test_a_county_begins_its_report_with_the_collation(
    cast: Cast, client: Client, django_assert_max_num_queries: Callable[[int], object], length: int
) -> None:
    row = cast.to_county_a
    accepted(make_assignment(cast.branch_a.unit, cast.county_list, source=row), cast.head_a, "甲" * length)
    Assignment.objects.filter(pk=row.pk).update(broken_down=True, stage="in_progress")
    cast.county_list.broken_down_from = cast.city_list
    cast.county_list.save()
    client.force_login(cast.county_secretary)
    link = f"/a/{row.pk}/update/?collation=1"

    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        assert link in client.get(f"/lists/{cast.county_list.pk}/collation/").text
    page = client.get(link).text

    assert "机关党支部：甲甲甲甲" in page
    assert "甲" * 2000 not in page
    assert ("3006" in page) == (length > 2000)
    assert row.reports.count() == 0


@pytest.mark.parametrize("count", [1, 4])
def test_the_page_asks_the_same_number_of_questions(
    cast: Cast, client: Client, django_assert_max_num_queries: Callable[[int], object], count: int
) -> None:
    for _each in range(count):
        accepted(make_assignment(cast.county_a, cast.city_list), cast.county_secretary, "甲区稿")
    client.force_login(cast.secretary)

    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        page = client.get(f"/lists/{cast.city_list.pk}/collation/").text

    assert page.count("甲区稿") == count


@pytest.mark.parametrize(("query", "status"), [("?task=x", 400), ("?task=999999", 404)])
def test_a_task_that_is_not_there(cast: Cast, client: Client, query: str, status: int) -> None:
    client.force_login(cast.secretary)

    assert client.get(f"/lists/{cast.city_list.pk}/collation/{query}").status_code == status


def test_five_thousand_texts_in_official_fonts_within_seconds() -> None:
    sections = [
        Section(n, str(n), ("一、政治建设",), "任务", [Answer(f"单位{m}", "<w:p/>&完成") for m in range(50)], ["丙区"])
        for n in range(100)
    ]
    file, begun = io.BytesIO(), time.monotonic()

    write_collation("2026年清单", "市政协", sections, file, at(TODAY))

    assert time.monotonic() - begun < 10
    paragraphs = Document(file).paragraphs
    assert len(paragraphs) == 2 + 1 + 100 * 52
    assert paragraphs[4].text == "单位0：<w:p/>&完成"
    fonts = paragraphs[4].runs[0]._r.get_or_add_rPr().rFonts
    assert (fonts.get(qn("w:eastAsia")), paragraphs[4].runs[0].font.size.pt) == ("仿宋_GB2312", 16)  # type: ignore[union-attr]
