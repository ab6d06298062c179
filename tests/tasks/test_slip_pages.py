"""Pages of supervision slips: written, looked at, issued, answered, decided on, printed; and what they keep from others."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from docx.oxml.ns import qn

from tasks.actions.slips import answer_slip
from tasks.models import Slip, SlipNote, SlipState, StoredFile
from tests.conftest import Cast
from tests.factories import make_assignment, op
from tests.tasks.test_slips import NOW, TODAY, issued, state


@pytest.fixture(autouse=True)
def _today(clock_at: Any) -> None:
    clock_at(TODAY)


def typed(cast: Cast, **fields: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "op": str(op()), "level": "2", "lead": cast.county_b.pk, "matter": "报送党建案例", "content": "尽快报送",
        "due_on": "2026-05-20", "feedback": "once", "instructed_by": cast.leader.pk, "leading": [cast.leader.pk],
        "contact": "王明", "phone": "0570-1234567", "row": [cast.to_county_b.pk], "do": "preview",
    }  # fmt: skip
    return values | fields


def test_a_slip_is_written_from_a_task_looked_at_and_issued_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)
    address = f"/slips/new/?row={cast.to_county_b.pk}"
    assert address in client.get(cast.to_county_b.get_absolute_url()).text
    assert "乙区报送党建案例" in client.get(address).text

    preview = client.post("/slips/new/", typed(cast))
    unwritten = Slip.objects.count()
    back = client.post("/slips/new/", typed(cast, do="change", content="改过的内容"))
    same = typed(cast, do="issue")
    first, second = client.post("/slips/new/", same), client.post("/slips/new/", same)

    assert (preview.status_code, unwritten) == (200, 0)
    assert "示例市政协督〔2026〕　号" in preview.text
    assert "改过的内容" in back.text
    slip = Slip.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == slip.get_absolute_url()
    assert (slip.called, list(slip.assignments.all())) == ("示例市政协督〔2026〕1号", [cast.to_county_b])
    assert slip.called in client.get(cast.to_county_b.get_absolute_url()).text  # in its history


def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)

    answer = client.post("/slips/new/", typed(cast, matter="", due_on="2026-05-01", content="暗记不丢", leading=[]))

    assert answer.status_code == 400
    assert all(f'id="id_{name}_error"' in answer.text for name in ("matter", "leading"))
    assert "暗记不丢" in answer.text


def test_tasks_of_two_units_are_asked_for_unit_by_unit(client: Client, cast: Cast) -> None:
    client.force_login(cast.leader)

    page = client.get(f"/slips/new/?row={cast.to_county_b.pk}&row={cast.to_county_a.pk}").text

    assert f"/slips/new/?row={cast.to_county_a.pk}" in page
    assert f"/slips/new/?row={cast.to_county_b.pk}" in page


def test_the_unit_answers_with_a_file_and_the_issuer_asks_again_then_accepts(client: Client, cast: Cast) -> None:
    slip = issued(cast)
    due = slip.dues.get()
    address = slip.get_absolute_url()
    client.force_login(cast.stranger)
    assert address in client.get("/").text
    assert f"{address}answer/" in client.get(address).text
    paper = SimpleUploadedFile("说明.txt", "已报送。".encode())

    empty = client.post(f"{address}answer/", {"op": str(op()), "due": due.pk, "text": ""})
    sent = client.post(f"{address}answer/", {"op": str(op()), "due": due.pk, "text": "报送完毕", "files": paper})
    stored = StoredFile.objects.get()

    assert (empty.status_code, sent.status_code) == (400, 302)
    assert client.get(f"{address}files/{stored.pk}/").status_code == 200
    client.force_login(cast.secretary)
    assert address in client.get("/").text
    page = client.get(address).text
    assert "报送完毕" in page
    assert client.get(f"{address}files/{stored.pk}/").status_code == 200
    decide = {"due": due.pk, "do": "again"}
    assert client.post(f"{address}decide/", decide | {"op": str(op()), "text": " "}).status_code == 400
    assert client.post(f"{address}decide/", decide | {"op": str(op()), "text": "补充数字"}).status_code == 302
    assert state(slip) == SlipState.WAITING
    client.force_login(cast.stranger)
    assert "补充数字" in client.get(f"{address}answer/").text
    client.post(f"{address}answer/", {"op": str(op()), "due": due.pk, "text": "共3件"})
    client.force_login(cast.secretary)
    client.post(f"{address}decide/", {"op": str(op()), "due": due.pk, "do": "accept"})
    assert state(slip) == SlipState.CLOSED
    assert SlipNote.objects.count() == 4


def test_a_withdrawn_slip_says_so_and_refuses_the_page_that_was_open(client: Client, cast: Cast) -> None:
    slip = issued(cast)
    address = slip.get_absolute_url()
    client.force_login(cast.secretary)
    assert client.post(f"{address}withdraw/", {"op": str(op()), "reason": ""}).status_code == 400

    client.post(f"{address}withdraw/", {"op": str(op()), "reason": "发错单位"})

    client.force_login(cast.stranger)
    late = client.post(f"{address}answer/", {"op": str(op()), "due": slip.dues.get().pk, "text": "写好的回复"})
    assert late.status_code == 409
    assert "写好的回复" in late.text  # what was typed is kept
    assert "发错单位" in client.get(address).text
    assert "本件已于2026年5月12日撤回：发错单位" in client.get(f"{address}print/").text


def test_a_supporting_unit_of_another_body_reads_the_slip_and_no_answers(client: Client, cast: Cast) -> None:
    slip = issued(cast, supports=[cast.county_a])
    answer_slip(slip, slip.dues.get(), "答复暗记", by=cast.stranger, op=op(), now=NOW)
    client.force_login(cast.stranger)
    assert "答复暗记" in client.get(slip.get_absolute_url()).text
    client.force_login(cast.county_secretary)

    page = client.get(slip.get_absolute_url())

    assert page.status_code == 200
    assert "督办暗记" in page.text
    assert "答复暗记" not in page.text
    assert client.get(f"{slip.get_absolute_url()}answer/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("place", ["", "print/", "answer/", "slip.docx"])
def test_pages_of_a_slip_take_twelve_queries(
    client: Client, cast: Cast, count: int, place: str, django_assert_max_num_queries: Any
) -> None:
    rows = [make_assignment(cast.county_b, cast.city_list, content=f"任务{n}") for n in range(count)]
    slip = issued(cast, rows=rows, supports=[cast.county_a], feedback="monthly", due_on=TODAY.replace(month=7 + count))
    answer_slip(slip, slip.dues.all()[0], "进展", by=cast.stranger, op=op(), now=NOW)
    client.force_login(cast.stranger)
    client.get("/me/")  # the session is written once

    with django_assert_max_num_queries(12):
        assert client.get(f"{slip.get_absolute_url()}{place}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("place", ["/slips/", "/slips/new/", "/slips/words/", "/"])
def test_pages_of_slips_take_twelve_queries(
    client: Client, cast: Cast, count: int, place: str, django_assert_max_num_queries: Any
) -> None:
    for _n in range(count):
        issued(cast)
    client.force_login(cast.secretary)
    client.get("/me/")

    with django_assert_max_num_queries(12):
        assert client.get(place).status_code == 200


def test_the_register_is_narrowed(client: Client, cast: Cast) -> None:
    slip, other = issued(cast), issued(cast, level=1, lead=cast.city_office, rows=[], matter="办公室事项")
    answer_slip(other, other.dues.get(), "已办", by=cast.clerk, op=op(), now=NOW)
    client.force_login(cast.secretary)

    def shown(query: str) -> set[str]:
        page = client.get(f"/slips/?{query}").text
        return {one.matter for one in (slip, other) if f'href="{one.get_absolute_url()}"' in page}

    assert shown("") == {slip.matter, other.matter}
    assert shown("state=answered") == shown("level=1") == shown(f"unit={cast.city_office.pk}") == {other.matter}
    assert shown("state=waiting&year=2026") == {slip.matter}
    assert shown("year=2025") == shown("side=received") == set()


def test_the_words_of_a_body_are_set_by_its_desk(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)
    words = {f"{name}_{n}": f"{word}{n}" for n in (1, 2, 3) for name, word in (("name", "级"), ("prefix", "示政督"))}

    saved = client.post("/slips/words/", words | {"op": str(op()), "version": "1"})
    stale = client.post("/slips/words/", words | {"op": str(op()), "version": "1", "name_1": "别的"})

    assert (saved.status_code, stale.status_code) == (302, 409)
    assert (issued(cast).called, issued(cast).level_name) == ("示政督2〔2026〕1号", "级2")


def test_the_word_file_is_an_official_paper(client: Client, cast: Cast) -> None:
    slip = issued(cast, supports=[cast.county_a], content="=SUM(A1)\n<b>第二行</b>")
    client.force_login(cast.stranger)

    answer = client.get(f"{slip.get_absolute_url()}slip.docx")

    document = Document(BytesIO(answer.getvalue()))
    cells = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}
    assert [one.text for one in document.paragraphs] == [
        "示例市政协督办单", "示例市政协督〔2026〕1号", "示例市政协", "2026年5月12日",
    ]  # fmt: skip
    assert cells == {
        "督办事项": "报送党建案例", "督办级别": "督办", "牵头单位": "乙区政协", "配合单位": "甲区政协", "批示领导": "陈立",
        "牵头领导": "陈立", "督办内容": "=SUM(A1)\n<b>第二行</b>",
        "所涉任务": f"{cast.to_county_b.task.number}. 乙区报送党建案例（原定2026年5月8日前完成）",
        "交办时限": "2026年5月20日", "反馈要求": "一次性反馈", "联系人": "王明　0570-1234567",
    }  # fmt: skip
    fonts = {node.get(qn("w:eastAsia")) for node in document.element.body.iter(qn("w:rFonts"))}
    assert fonts == {"方正小标宋简体", "仿宋", "黑体"}
    assert "attachment" in answer.headers["Content-Disposition"]
