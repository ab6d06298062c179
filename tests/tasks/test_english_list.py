"""A list written in English: its columns, its units and its deadlines are read, and the check page says how."""

from __future__ import annotations

import re
import uuid
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook

from branches.models import User
from tasks.models import PaperDraft
from tasks.papers.columns import named
from tests.conftest import Cast
from tests.tasks.test_paper_pages import TODAY

pytestmark = pytest.mark.django_db
HAN = re.compile("[\u4e00-\u9fff]")
READINGS = [
    "by 31 Mar 2026", "by 30 Jun 2026", "1 Jan 2026 to 31 Dec 2026", "1 Apr 2026 to 30 Jun 2026", "every month, day 26",
    "every quarter, last day", "every month, last day", "by 30 Sep 2026", "3 working days after the meeting",
    "1 Dec 2026 to 31 Dec 2026", "by 20 Sep 2026", "2 dates: 30 Jun 2026, 30 Nov 2026", "1 Jul 2026 to 31 Dec 2026",
    "ongoing, no due date", "by 31 Dec 2026",
]  # fmt: skip


@pytest.fixture
def english(client: Client) -> Client:
    """A browser that asks for English."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def secretary(db: None, clock_at: Any, english: Client) -> Client:
    """The demo's secretary, reading English."""
    call_command("load_demo", today=TODAY, verbosity=0)
    clock_at(TODAY)
    english.force_login(User.objects.get(username="demo-secretary"))
    return english


def hand_in(client: Client, **paper: Any) -> str:
    """The address of the draft that came of a pasted or uploaded paper."""
    issuer = client.get("/lists/import/").context["form"].fields["issuer"].queryset.first()
    answer = client.post("/lists/import/", {"op": str(uuid.uuid4()), "issuer": issuer.pk, "year": 2026, **paper})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def test_the_english_sample_is_offered_and_read_whole(secretary: Client) -> None:
    start = secretary.get("/lists/import/").text
    assert "by 30 June" in start
    assert "General Office; Research Office" in start
    sample = b"".join(secretary.get("/lists/import/sample/").streaming_content)  # type: ignore[attr-defined]
    cells = [str(cell) for row in load_workbook(BytesIO(sample)).active.values for cell in row if cell]  # type: ignore[union-attr]
    assert not HAN.search(" ".join(cells))

    page = secretary.get(hand_in(secretary, file=SimpleUploadedFile("list.xlsx", sample)))

    paper = page.context["paper"]
    assert paper.title == "Party-building tasks of the Shili City CPPCC system, 2026"
    assert [problem["text"] for problem in page.context["problems"]] == []
    with override("en"):
        assert [row.described for row in paper.rows] == READINGS
    assert all(match.found for row in paper.rows for match in [*row.leads, *row.supports])
    assert all(reading in page.text for reading in READINGS[:9])


def test_each_language_offers_its_own_sample_and_the_other(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)
    for asked, name in {"": "list.xlsx", "?language=en": "list-english.xlsx", "?language=zh": "list.xlsx"}.items():
        answer = client.get(f"/lists/import/sample/{asked}")
        assert answer.headers["Content-Disposition"].endswith(f'-{name}"')
    assert client.get("/lists/import/sample/?language=fr").status_code == 404


def test_what_cannot_be_is_said_on_the_check_page(english: Client, cast: Cast, clock_at: Any) -> None:
    clock_at(TODAY)
    english.force_login(cast.secretary)
    rows = [
        "No.\tTask\tLead unit\tDue",
        "1\tSend in a case\tNobody’s Office\t30 February",
        "2\tStudy\tNobody’s Office\tQ5",
    ]

    page = english.get(hand_in(english, paste="\n".join(rows)))

    said = [problem["text"] for problem in page.context["problems"]]
    assert any("30 February does not exist; the last day is the 28th." in words for words in said)
    assert any("There is no quarter 5." in words for words in said)
    assert PaperDraft.objects.count() == 1


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("No.", "number"), ("Serial number", "number"), ("Task", "content"), ("Main tasks", "content"),
        ("What is to be done", "content"), ("Specific measures", "measures"), ("Responsible leader", "leader"),
        ("Person in charge", "leader"), ("Lead unit(s)", "lead_units"), ("Leading department", "lead_units"),
        ("Supporting units", "supporting_units"), ("Responsible unit", "units"), ("Due date", "due"), ("Deadline", "due"),
        ("Time limit", "due"), ("Status", "result"), ("Supporting documents", "evidence"), ("Category", "heading"),
        ("Remarks", "remark"), ("Weather", ""),
    ],
)  # fmt: skip
def test_english_columns_are_known(header: str, column: str) -> None:
    assert named(header) == column
