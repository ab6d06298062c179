"""A list kept as a template of the body, begun from in another year, replaced, renamed and retired (issue 3, section 3)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tasks.models import ListTemplate, PaperDraft
from tasks.papers.drafts import Paper
from tasks.papers.templates import without_year
from tests.conftest import Cast

TODAY = date(2026, 5, 12)


@pytest.fixture
def desk(cast: Cast, clock_at: Any, client: Client) -> Client:
    """The city's secretary with one draft of two rows."""
    clock_at(TODAY)
    client.force_login(cast.secretary)
    begin(client, cast, "2026年党建任务")
    draft = PaperDraft.objects.get()
    lines = "报送案例 | 办公室 | 2026年6月底前\n总结经验 | 甲区政协 | 2027年1月底前"
    head = {"title": "2026年党建任务", "year": "2026", "version": draft.version}
    client.post(f"/lists/import/{draft.pk}/rows/", {"op": str(uuid.uuid4()), **head, "do": "add", "lines": lines})
    return client


def begin(client: Client, cast: Cast, title: str, **more: Any) -> Any:
    head = {"op": str(uuid.uuid4()), "title": title, "year": 2026, "issuer": cast.city.pk}
    return client.post("/lists/new/", {**head, **more})


def keep(client: Client, name: str, **more: Any) -> Any:
    address = f"/lists/import/{PaperDraft.objects.earliest('pk').pk}/template/"
    assert client.get(address).status_code == 200
    return client.post(address, {"op": str(uuid.uuid4()), "name": name, **more})


@pytest.mark.parametrize(
    ("phrase", "kept"),
    [
        ("2026年6月底前", "6月底前"),
        ("2026-06-30", "06-30"),
        ("二〇二六年底前", "底前"),
        ("2026年3月至2027年1月", "3月至次年1月"),
        ("2025年12月底前", "2025年12月底前"),
        ("每季度", "每季度"),
    ],
)
def test_the_year_is_taken_out_of_phrases(phrase: str, kept: str) -> None:
    assert without_year(phrase, 2026) == kept


def test_a_list_begun_from_a_template_reads_its_phrases_for_the_new_year(desk: Client, cast: Cast) -> None:
    keep(desk, "党建任务")
    template = ListTemplate.objects.get()
    assert (template.body, [row["due"] for row in template.rows]) == (cast.city, ["6月底前", "次年1月底前"])
    desk.force_login(cast.second)  # another desk of the body

    begin(desk, cast, "2028年党建任务", year=2028, template=template.pk)

    draft = PaperDraft.objects.latest("pk")
    dues = [row.reading.periods[0].due_on for row in Paper(draft, TODAY).rows]
    assert dues == [date(2028, 6, 30), date(2029, 1, 31)]
    assert desk.get("/lists/templates/").status_code == 200


def test_a_taken_name_is_replaced_only_when_asked_and_a_retired_one_is_free(desk: Client, cast: Cast) -> None:
    keep(desk, "党建任务")
    assert keep(desk, "党建任务").status_code == 400
    assert keep(desk, "党建任务", replace="1").status_code == 302
    template = ListTemplate.objects.get()
    address = f"/lists/templates/{template.pk}/"

    stale = {"op": str(uuid.uuid4()), "version": template.version - 1, "do": "rename", "name": "新名"}
    assert desk.post(address, stale).status_code == 409
    desk.post(address, {**stale, "op": str(uuid.uuid4()), "version": template.version})
    template.refresh_from_db()
    desk.post(address, {"op": str(uuid.uuid4()), "version": template.version, "do": "retire"})
    template.refresh_from_db()

    assert (template.name, template.retired_on) == ("新名", TODAY)
    assert desk.get(address).status_code == 404
    assert keep(desk, "新名").status_code == 302


def test_a_published_list_becomes_a_template_of_its_body_only(desk: Client, cast: Cast) -> None:
    address = f"/lists/{cast.city_list.pk}/template/"
    assert desk.post(address, {"op": str(uuid.uuid4()), "name": "从清单"}).status_code == 302
    assert ListTemplate.objects.get().rows
    desk.force_login(cast.county_secretary)
    assert desk.get(f"/lists/templates/{ListTemplate.objects.get().pk}/").status_code == 404
    assert desk.get(address).status_code == 403
