"""A list that needs a leader's approval goes out on his spoken word, with the paper that records it (design 4)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from branches.models import BodySettings
from tasks.models import Approval, PaperDraft, TaskList
from tests.conftest import Cast

TODAY = date(2026, 5, 12)


@pytest.fixture
def draft(cast: Cast, clock_at: Any, client: Client) -> PaperDraft:
    """A list of one row, ready to go out, in a body that wants a leader's approval."""
    clock_at(TODAY)
    BodySettings.objects.update_or_create(body=cast.city, defaults={"approve_lists": True})
    client.force_login(cast.secretary)
    head = {"title": "2026年试点任务", "year": 2026}
    client.post("/lists/new/", {"op": str(uuid.uuid4()), "issuer": cast.city.pk, **head})
    found = PaperDraft.objects.get()
    rows = {"op": str(uuid.uuid4()), "version": 1, "do": "add", "lines": "甲 | 办公室 | 6月底前", **head}
    client.post(f"/lists/import/{found.pk}/rows/", rows)
    return found


def send(client: Client, draft: PaperDraft, **fields: Any) -> Any:
    draft.refresh_from_db()
    sent = {"op": str(uuid.uuid4()), "version": draft.version, "publish": "spoken", **fields}
    answer = client.post(f"/lists/import/{draft.pk}/publish/", sent)
    draft.refresh_from_db()
    return answer


def test_case_11_a_list_approved_by_telephone_says_who_agreed_and_who_recorded_it(
    cast: Cast, client: Client, draft: PaperDraft
) -> None:
    answer = send(client, draft, approver=cast.leader.pk, paper="党组会议纪要〔2026〕5号", agreed_on="2026-05-11")
    assert answer.status_code == 302, answer.context["problems"]

    issued = TaskList.objects.get(title="2026年试点任务")
    approval = Approval.objects.get(list=issued)
    assert answer.headers["Location"] == f"/lists/{issued.pk}/published/"
    assert issued.stage == "issued"
    assert (approval.approver, approval.oral, approval.decided_on) == (cast.leader, True, date(2026, 5, 11))
    assert approval.recorded_by == cast.secretary
    page = client.get(f"/lists/{issued.pk}/").text
    assert "党组会议纪要〔2026〕5号" in page
    assert cast.leader.name in page


@pytest.mark.parametrize(
    ("paper", "day"), [("", "2026-05-11"), ("纪要", ""), ("纪要", "2026-05-13"), ("纪要", "2026-02-30")]
)
def test_without_a_paper_or_a_day_up_to_today_nothing_goes_out(
    cast: Cast, client: Client, draft: PaperDraft, paper: str, day: str
) -> None:
    answer = send(client, draft, approver=cast.leader.pk, paper=paper, agreed_on=day)

    assert answer.status_code == 400
    assert draft.published is None
    assert not Approval.objects.exists()


def test_the_drafter_is_not_offered_as_the_one_who_agrees(cast: Cast, client: Client, draft: PaperDraft) -> None:
    answer = send(client, draft, approver=cast.secretary.pk, paper="纪要", agreed_on="2026-05-11")

    assert answer.status_code == 404
    assert draft.published is None
