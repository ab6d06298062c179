"""A list on paper: the Word file as far as one may see it and back as the same list, the printed pages, one page's queries."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tasks.actions.duties import link_task
from tasks.models import TaskList
from tasks.papers import read_rows
from tasks.papers.out import DUTIES, HEADINGS, Line, Sheet, write_docx
from tasks.states import ListStage
from tests.conftest import Cast
from tests.factories import at, make_report, op
from tests.tasks.papers.test_round_trip import _TASK, NAMES, even, grids
from tests.tasks.test_duties import NOW, duty, issued

TODAY = date(2026, 5, 12)


@pytest.fixture(autouse=True)
def _today(clock_at: Any) -> None:
    clock_at(TODAY)


def written(lines: list[Line], **more: Any) -> bytes:
    file = io.BytesIO()
    write_docx(Sheet("2026年任务清单", "市政协办公室　2026-05-12"), lines, file, **more)
    return file.getvalue()


def rows_of(answer: Any) -> list[list[str]]:
    table = Document(io.BytesIO(answer.getvalue())).tables[0]
    return [[cell.text for cell in row.cells] for row in table.rows]


@settings(max_examples=25, deadline=None)
@given(tasks=st.lists(_TASK, min_size=1, max_size=4), signed=st.booleans())
def test_a_list_written_for_word_comes_in_as_the_same_list(tasks: list[tuple[str, ...]], signed: bool) -> None:
    lines = [Line(("一、党建工作",), (str(number), *task)) for number, task in enumerate(tasks, 1)]

    found = read_rows(grids(written(lines, signed=signed))[0])

    assert [even(tuple(getattr(row, name) for name in NAMES)) for row in found.rows] == [even(task) for task in tasks]
    assert [row.number for row in found.rows] == [str(number) for number in range(1, len(tasks) + 1)]
    assert (found.problems, found.left_out) == ([], [])


@pytest.mark.parametrize("start", ["=cmd|' /C calc'!A0", "{ HYPERLINK x }", "<w:instrText>DDE", "]]>&\x00\ufffe"])
def test_no_words_become_a_field_or_a_link(start: str) -> None:
    line = Line((start,), ("1", *[start] * 8))

    body = zipfile.ZipFile(io.BytesIO(written([line]))).read("word/document.xml").decode()

    assert not {mark for mark in ("<w:instrText", "<w:fldSimple", "<w:hyperlink", "<w:fldChar") if mark in body}
    assert read_rows(grids(written([Line((), ("1", "事", *[start] * 7))]))[0]).rows[0].number == "1"


def test_it_lies_across_a4_with_its_head_on_every_page() -> None:
    document: Any = Document(io.BytesIO(written([Line(("一、党建",), ("1", "甲", *[""] * 7))], signed=True)))
    page, table = document.sections[0], document.tables[0]

    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (29.7, 21.0)
    assert table.rows[0]._tr.trPr.xpath("w:tblHeader")
    assert table.rows[1]._tr.xpath("w:tc/w:tcPr/w:gridSpan/@w:val") == ["9"]
    assert all(row._tr.trPr.xpath("w:cantSplit") for row in table.rows)
    assert {"仿宋", "黑体"} <= set(document.element.body.xpath(".//w:rFonts/@w:eastAsia"))
    assert page.footer.paragraphs[0]._p.xpath("w:fldSimple/@w:instr") == ["PAGE"]
    assert document.paragraphs[-1].text.startswith("签字")


def test_word_has_what_excel_has(cast: Cast, client: Client) -> None:
    make_report(cast.to_county_a, by=cast.county_secretary, now=at(TODAY), text="已报送两篇")
    client.force_login(cast.secretary)

    whole = rows_of(client.get(f"/lists/{cast.city_list.pk}/export.docx"))
    client.force_login(cast.county_secretary)
    part = str(rows_of(client.get(f"/lists/{cast.city_list.pk}/export.docx")))

    assert tuple(whole[0]) == HEADINGS
    assert "已报送两篇" in str(whole)
    assert "乙区" in str(whole)
    assert "乙区" not in part
    assert "已报送两篇" in part


def test_a_list_too_long_for_word_says_so(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.views.prints.MOST_LINES", 1)
    client.force_login(cast.secretary)

    answer = client.get(f"/lists/{cast.city_list.pk}/export.docx", follow=True, headers={"accept-language": "en"})

    assert "A Word file holds up to 1 task" in answer.content.decode()


@pytest.mark.parametrize("view", ["list", "results", "matrix"])
def test_the_printed_pages_ask_little_and_show_what_one_may_see(cast: Cast, client: Client, view: str) -> None:
    make_report(cast.to_county_a, by=cast.county_secretary, now=at(TODAY), text="第一行\n第二行")
    client.force_login(cast.secretary)
    client.get("/lists/")
    address = f"/lists/{cast.city_list.pk}/print/?view={view}&sign=1"

    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get(address).content.decode()

    assert len(asked) <= 12
    assert "sign-here" in page
    assert ("第一行<br>第二行" in page) == (view == "results")
    client.force_login(cast.county_secretary)
    assert "乙区" not in client.get(address).content.decode()


def test_an_unknown_view_or_a_draft_is_no_paper(cast: Cast, client: Client) -> None:
    client.force_login(cast.secretary)
    assert client.get(f"/lists/{cast.city_list.pk}/print/?view=pie").status_code == 404
    TaskList.objects.filter(pk=cast.city_list.pk).update(stage=ListStage.DRAFT, issued_on=None)
    assert client.get(f"/lists/{cast.city_list.pk}/print/").status_code == 404


def test_a_responsibility_list_goes_out_in_its_own_columns(cast: Cast, client: Client) -> None:
    row = issued(cast)
    link_task(duty(row, 3), cast.to_county_a.task, by=cast.secretary, op=op(), now=NOW)
    link_task(duty(row, 3), cast.to_county_b.task, by=cast.secretary, op=op(), now=NOW)
    client.force_login(cast.secretary)
    client.cookies["django_language"] = "en"

    word = rows_of(client.get(f"/lists/{row.pk}/export.docx"))
    page = load_workbook(io.BytesIO(client.get(f"/lists/{row.pk}/export.xlsx").getvalue())).worksheets[0]
    sheet = [[str(cell or "") for cell in line] for line in page.iter_rows(values_only=True)]
    client.force_login(cast.county_secretary)
    part = str(rows_of(client.get(f"/lists/{row.pk}/export.docx")))

    assert tuple(word[0]) == DUTIES.headings
    assert [line for line in word if line[0].isdigit()] == [line for line in sheet if line[0].isdigit()]
    assert [line[3] for line in word if line[0].isdigit()] == list(
        row.duties.order_by("position").values_list("content", flat=True)
    )
    third = next(line for line in word if line[0] == "3")
    assert third[6] == "甲区报送党建案例\n乙区报送党建案例"
    assert "已完成 0/2" in third[7]
    assert "落实上级部署" in part
    assert "乙区" not in part
    assert "研究部署党建工作" not in part
