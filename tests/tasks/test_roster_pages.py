"""The pages of a roster: kept, answered, confirmed once, out and in again without a change (ux ADM-4)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from branches.models import CppccMembership, Look, Post, Standing, Term, User
from tasks.models import RosterDraft
from tests.conftest import TODAY, Cast
from tests.factories import make_post, make_standing, make_user, op

HEAD = "姓名\t手机\t政治面貌\t界别\t专委会\t联系党员委员"
ROWS = ["曾明\t13800000001\t中共党员\t经济界\t提案委员会\t", "单雄\t13800000002\t民建\t教育界\t\t曾明"]


@pytest.fixture
def term(cast: Cast, clock_at: Callable[..., None]) -> Term:
    clock_at(TODAY)
    return Term.objects.create(body=cast.city, name="八届", starts_on=date(2022, 2, 20))


@pytest.fixture
def admin(client: Client, cast: Cast, term: Term) -> Client:
    client.force_login(cast.admin)
    return client


def bring(client: Client, cast: Cast, term: Term, text: str = "\n".join([HEAD, *ROWS]), **more: Any) -> RosterDraft:
    fields = {"op": str(op()), "body": cast.city.pk, "term": term.pk, "paste": text, **more}
    answer = client.post("/people/import/", fields)
    assert answer.status_code == 302, answer.text[:2000]
    return RosterDraft.objects.latest("pk")


def press(client: Client, draft: RosterDraft, **fields: Any) -> Any:
    draft.refresh_from_db()
    page = client.get(f"/people/import/{draft.pk}/")
    seen = page.context.get("seen", "")
    return client.post(
        f"/people/import/{draft.pk}/", {"op": str(op()), "version": draft.version, "seen": seen, **fields}
    )


def test_confirmed_once_and_nothing_personal_is_left_in_the_draft(admin: Client, cast: Cast, term: Term) -> None:
    draft = bring(admin, cast, term)
    page = admin.get(f"/people/import/{draft.pk}/").text
    assert "****0001" in page
    assert "13800000001" not in page
    fields = {"op": str(op()), "version": draft.version, "take": "1", "seen": "something else"}
    assert admin.post(f"/people/import/{draft.pk}/", fields).status_code == 409
    assert not User.objects.filter(name="曾明").exists()

    assert press(admin, draft, take="1").status_code == 302
    again = press(admin, draft, take="1")

    assert again.status_code == 200  # the page of what was done
    assert User.objects.filter(name="曾明").count() == 1
    assert CppccMembership.objects.get(user__name="单雄").contact == User.objects.get(name="曾明")
    draft.refresh_from_db()
    assert (bytes(draft.grid), draft.answers) == (b"", {})


def test_problems_answer_400_with_the_file_s_rows_and_are_repaired(admin: Client, cast: Cast, term: Term) -> None:
    draft = bring(admin, cast, term, "\n".join([HEAD, *ROWS, "\t13800000003\t群众\t经济界\t\t"]))

    assert press(admin, draft, take="1").status_code == 400
    page = admin.get(f"/people/import/{draft.pk}/").text
    assert "第 4 行没有姓名" in page or "Row 4: no name" in page
    assert press(admin, draft, save="1", **{"cell-4-name": "赵无", "shown-4": "1"}).status_code == 200
    assert press(admin, draft, take="1").status_code == 302
    assert User.objects.filter(name="赵无").exists()


def test_columns_are_matched_by_hand(admin: Client, cast: Cast, term: Term) -> None:
    draft = bring(admin, cast, term, "大名\t号\n孙某\t13800000009")

    answer = press(admin, draft, columns="1", header="1", **{"col-0": "name", "col-1": "phone"})
    press(admin, draft, save="1", **{"seats-asked": "1", "seats-all": "on"})

    assert answer.status_code == 200
    assert press(admin, draft, take="1").status_code == 302
    assert User.objects.get(name="孙某").phone == "13800000009"
    assert CppccMembership.objects.filter(user__name="孙某", term=term).exists()


def test_another_s_draft_and_another_body_s_term_stay_closed(admin: Client, cast: Cast, term: Term) -> None:
    draft = bring(admin, cast, term)
    county = Term.objects.create(body=cast.county_a, name="十届", starts_on=date(2022, 2, 1))
    fields = {"op": str(op()), "body": cast.city.pk, "term": county.pk, "paste": HEAD}

    assert admin.post("/people/import/", fields).status_code == 400
    admin.force_login(cast.county_admin)
    assert admin.get(f"/people/import/{draft.pk}/").status_code == 404
    assert admin.post(f"/people/import/{draft.pk}/drop/").status_code == 404
    assert admin.post("/people/import/", fields | {"term": ""}).status_code == 400
    admin.force_login(cast.secretary)
    assert admin.get("/people/import/").status_code == 403


def test_the_roster_goes_out_and_comes_in_again_unchanged(admin: Client, cast: Cast, term: Term) -> None:
    press(admin, bring(admin, cast, term), take="1")
    clerk = make_user("老文书", phone="0579-8888888", pinyin="laowenshu lws")
    make_post(clerk, cast.city_office, "member", title="科员")
    make_standing(clerk, "none")

    def counts() -> list[int]:
        return [model.objects.count() for model in (User, CppccMembership, Post, Standing)]

    before, answer = counts(), admin.get(f"/people/export/{cast.city.pk}.xlsx")
    data = answer.getvalue()
    rows = [[cell or "" for cell in row] for row in load_workbook(io.BytesIO(data)).active.values]

    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert rows[0][:4] == ["姓名", "手机", "单位职务", "政治面貌"]
    assert ["单雄", "13800000002", "", "非中共党员", "", "八届", "教育界", "", "", "曾明"] in [row[:10] for row in rows]
    assert set(Look.objects.filter(viewer=cast.admin).values_list("person__name", flat=True)) >= {"单雄", "老文书"}
    file = SimpleUploadedFile("名册.xlsx", data)
    draft = bring(admin, cast, term, "", file=file)
    page = admin.get(f"/people/import/{draft.pk}/")
    assert [problem.words for _row, problem in page.context["roster"].problems] == []
    assert {row.verdict for row in page.context["roster"].rows} == {"known"}
    press(admin, draft, take="1")
    draft.refresh_from_db()
    assert counts() == before
    assert draft.result["accounts"] == 0


def test_garbage_is_refused_in_words(admin: Client, cast: Cast, term: Term) -> None:
    fields = {"body": cast.city.pk, "term": term.pk}
    bad = [
        {"paste": ""},
        {"file": SimpleUploadedFile("a.xlsx", b"PK\x03\x04 not a workbook")},
        {"file": SimpleUploadedFile("a.pdf", b"%PDF")},
        {"paste": "姓名\n机密★一年"},
        {"paste": "x", "body": "9" * 30},
        {"paste": "x", "term_name": "九届"},
    ]
    for one in bad:
        assert admin.post("/people/import/", {"op": str(op()), **fields, **one}).status_code == 400, one
    book = Workbook()
    book.active.append(["一张没有姓名的表"])
    data = io.BytesIO()
    book.save(data)
    draft = bring(admin, cast, term, "", file=SimpleUploadedFile("b.xlsx", data.getvalue()))
    assert press(admin, draft, take="1").status_code == 400
    answers = {"columns": "1", "header": "²", "col-0": "name", "col-99": "phone", "cell-1-name": "x", "who-1": "-1"}
    assert press(admin, draft, **answers).status_code == 200
    assert admin.post(f"/people/import/{draft.pk}/", {"op": "x", "save": "1", "shown-1": "1"}).status_code in (200, 400)
