"""The audit page: who reads how far, what a line says, filters, paging without a gap, and the file that is noted itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from branches.models import Change
from tasks import actions
from tasks.models import Event
from tests.conftest import TODAY, Cast
from tests.dashboards.test_boards import enter
from tests.factories import at, op

pytestmark = pytest.mark.django_db
SECRET_TEXT = "只在报告里的话"


@pytest.fixture
def past(cast: Cast, clock_at: Callable[..., None]) -> Cast:
    """Deeds in the city, across the boundary, inside county A, and in the tree."""
    clock_at(TODAY)
    rows = {"to_office": cast.clerk, "to_county_a": cast.county_secretary, "to_branch_a": cast.member}
    for day, (name, by) in enumerate(rows.items(), 1):
        row = getattr(cast, name)
        actions.report(row, done=True, text=SECRET_TEXT, by=by, op=op(), now=at(date(2026, 5, day)))
    actions.return_report(
        cast.to_office, reason="缺少签到表", supplement_by=None, by=cast.secretary, op=op(), now=at(date(2026, 5, 6))
    )
    actions.assign_person(cast.to_county_b, cast.stranger, by=cast.stranger, op=op(), now=at(date(2026, 5, 7)))
    Change.objects.create(
        at=at(date(2026, 5, 8)), by=cast.admin, unit=cast.committee, verb="unit-renamed", subject="提案委员会",
        before={"name": "提案委"}, after={"name": "提案委员会"}, reason="三定方案",
    )  # fmt: skip
    Change.objects.create(
        at=at(date(2026, 5, 9)),
        by=cast.county_admin,
        unit=cast.county_a_office,
        verb="unit-renamed",
        subject="甲区办公室",
    )
    return cast


def lines(client: Client, **asked: str) -> list[tuple[str, str]]:
    """Action and thing of each line."""
    return [(line.action, line.paper) for line in client.get(f"/audit/?{urlencode(asked)}").context["lines"]]


def test_an_auditor_reads_his_body_and_no_inner_affairs_of_another(client: Client, past: Cast) -> None:
    enter(client, past.auditor)

    page = client.get("/audit/")

    told = [(line.action, line.unit.name if line.unit else "", line.reason) for line in page.context["lines"]]
    assert ("Returned for more", "办公室", "缺少签到表") in told
    assert ("Reported as completed", "甲区政协", "") in told  # passed on: what everybody in the city may read
    assert ("Renamed", "提案委员会", "三定方案") in told
    assert Event.objects.filter(move="assign_person").exists()  # county B's own affair
    assert "Person responsible named" not in [action for action, _unit, _reason in told]
    assert "机关党支部" not in page.text  # the list that county A made for its own branches
    assert "甲区办公室" not in page.text
    assert SECRET_TEXT not in page.text


def test_the_system_admin_reads_the_tree_and_no_work(client: Client, past: Cast) -> None:
    enter(client, past.system_admin)

    assert {paper for _action, paper in lines(client)} >= {"提案委员会", "甲区办公室"}
    assert past.city_list.title not in client.get("/audit/").text
    assert lines(client, action="work:report") == []


@pytest.mark.parametrize("who", ["secretary", "leader", "admin", "member", "nobody"])
def test_nobody_else_reads_the_trail(client: Client, past: Cast, who: str) -> None:
    enter(client, past.person(who))

    assert client.get("/audit/").status_code == 403
    assert client.post("/audit/export/", {"op": str(op())}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"who": "周文"}, ["Reported as completed"]),
        ({"what": "办公室整理台账"}, ["Returned for more", "Reported as completed"]),
        ({"what": "提案委"}, ["Renamed"]),
        ({"action": "work:return"}, ["Returned for more"]),
        ({"action": "tree:unit-renamed"}, ["Renamed"]),
        ({"first": "2026-05-06", "last": "2026-05-06"}, ["Returned for more"]),
        ({"who": "周文", "first": "2026-05-07"}, []),
    ],
)
def test_the_trail_is_narrowed(client: Client, past: Cast, asked: dict[str, str], expected: list[str]) -> None:
    enter(client, past.auditor)

    assert [action for action, _paper in lines(client, **asked)] == expected


def test_a_line_opens_to_before_and_after(client: Client, past: Cast) -> None:
    enter(client, past.auditor)

    page = client.get("/audit/?action=work:return").context["lines"][0]

    assert [(one.label, one.before, one.after) for one in page.entries][:1] == [
        ("Stage", "In review", "Needs more information")
    ]
    assert page.entries[1].label == "Supplement by"
    renamed = client.get("/audit/?action=tree:unit-renamed").text
    assert "<del>" in renamed
    assert "提案委" in renamed


def test_pages_follow_each_other_without_gap_or_double(client: Client, past: Cast) -> None:
    row = past.to_office
    moments = [at(date(2026, 4, 1)) + timedelta(minutes=n // 3) for n in range(130)]  # several at the same instant
    Event.objects.bulk_create(
        Event(at=moment, move="progress", by=past.clerk, assignment=row, task=row.task, list=row.list)
        for moment in moments
    )
    Change.objects.bulk_create(
        Change(at=moment, by=past.admin, unit=past.committee, verb="unit-renamed", subject="x")
        for moment in moments[::2]
    )
    enter(client, past.auditor)

    seen, address = [], "/audit/?last=2026-04-30"
    while address:
        with CaptureQueriesContext(connection) as asked:
            context = client.get(address).context
        assert len(asked) <= 12
        seen += [line.key for line in context["lines"]]
        address = (
            f"/audit/?{urlencode({'last': '2026-04-30', 'before': str(context['following'])})}"
            if context["following"]
            else ""
        )

    assert len(seen) == len(set(seen)) == 195


def test_the_file_holds_the_trail_and_is_noted_once(client: Client, past: Cast) -> None:
    enter(client, past.auditor)
    pressed = {"op": str(op()), "action": "work:return"}

    first, again = (b"".join(client.post("/audit/export/", pressed)) for _turn in range(2))

    rows = list(load_workbook(io.BytesIO(first), read_only=True).active.values)
    assert again
    assert rows[3][1] == "王明"
    assert "Returned for more" in rows[3]
    assert len(rows) == 4
    noted = Change.objects.get(verb="exported")
    assert (noted.by, noted.after) == (past.auditor, {"action": "work:return"})
    assert ("File exported", "Audit trail") in lines(client)


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "x"},
        {"action": "work:drop"},
        {"first": "2026-02-30"},
        {"last": "x"},
        {"before": "1~2"},
        {"who": "a\x00"},
    ],
)
def test_what_cannot_be_read_is_a_bad_request(client: Client, past: Cast, asked: dict[str, str]) -> None:
    enter(client, past.auditor)

    assert client.get(f"/audit/?{urlencode(asked)}").status_code == 400
