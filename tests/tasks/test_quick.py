"""One task in one line: what is read, what is shown before it is sent, and where it goes then (ux SEC-6)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tasks.models import PaperDraft, TaskList
from tasks.papers.quick import read_quick
from tests.conftest import Cast

TODAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("line", "content", "leads", "supports", "due"),
    [
        ("各县报送党建案例 @各县 6月底前", "各县报送党建案例", ["各县"], [], "6月底前"),
        ("整理台账 @办公室、提案委员会 +机关党委 年底前", "整理台账", ["办公室", "提案委员会"], ["机关党委"], "年底前"),
        ("＠办公室 报送 党建 信息 2026年6月 30日", "报送 党建 信息", ["办公室"], [], "2026年6月 30日"),
        ("报送党建信息", "报送党建信息", [], [], ""),
        ("6月底前", "6月底前", [], [], ""),  # words are never all taken for a date
        ("给 a@b.cn 写信 @办公室 年底前", "给 a@b.cn 写信", ["办公室"], [], "年底前"),
    ],
)
def test_a_line_is_read(line: str, content: str, leads: list[str], supports: list[str], due: str) -> None:
    row = read_quick(line, 2026, TODAY)

    assert (row["content"], row["lead_units"], row["supporting_units"], row["due"]) == (content, leads, supports, due)


def test_the_reading_is_shown_first_and_then_the_last_check_opens(
    cast: Cast, client: Client, clock_at: Any, django_assert_max_num_queries: Any
) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    line = "报送党建案例 @甲区 6月底前"  # the beginning of one name only
    values = {"op": str(uuid.uuid4()), "line": line}
    with django_assert_max_num_queries(12):
        shown = client.get("/lists/quick/", {"line": line}, headers={"HX-Request": "true"}).text
    first = client.post("/lists/quick/", values)
    assert (first.status_code, PaperDraft.objects.exists()) == (200, False)
    assert "甲区政协" in shown
    assert f'name="seen" value="{line}"' in shown

    for _press in range(2):
        answer = client.post("/lists/quick/", {**values, "seen": line})

    draft = PaperDraft.objects.get()
    assert answer.headers["Location"] == f"/lists/import/{draft.pk}/publish/"
    version = client.get(answer.headers["Location"]).context["draft"].version
    client.post(answer.headers["Location"], {"op": str(uuid.uuid4()), "version": version, "publish": "1"})
    assert TaskList.objects.get(title="报送党建案例").assignments.get().unit == cast.county_a


def test_an_empty_line_is_asked_for_beside_the_field(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    assert "field-error" not in client.get("/lists/quick/").text

    answer = client.post("/lists/quick/", {"op": str(uuid.uuid4()), "line": " "})

    assert (answer.status_code, PaperDraft.objects.exists()) == (400, False)
    assert "写明任务、单位和完成时限" in answer.text
    assert "field-error" in answer.text


def test_an_unknown_unit_is_said_and_nothing_is_begun(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(TODAY)
    client.force_login(cast.secretary)
    line = "报送党建案例 @不存在的单位 6月底前"

    answer = client.post("/lists/quick/", {"op": str(uuid.uuid4()), "line": line, "seen": line})

    assert (answer.status_code, PaperDraft.objects.exists()) == (400, False)
    assert "不存在的单位" in answer.text
