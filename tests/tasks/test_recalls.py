"""A list called back while nobody has acted on it, and refused with the reason as soon as somebody has (design 8)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from branches.writing import Invalid, NotPossible
from tasks.actions import sign
from tasks.actions.recalls import first_deed, recall
from tasks.actions.reports import report
from tasks.models import Assignment, Delivery, Event, PaperDraft, Reminder, TaskList
from tasks.reminders.ledger import ASSIGNMENT
from tests.conftest import Cast
from tests.factories import at, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)


@pytest.fixture
def issued(cast: Cast, clock_at: Any, client: Client) -> TaskList:
    """A list that the city's secretary wrote and published on 12 May 2026, to his office and to county A."""
    clock_at(TODAY)
    client.force_login(cast.secretary)
    head = {"title": "2026年试点任务", "year": 2026}
    client.post("/lists/new/", {"op": str(uuid.uuid4()), "issuer": cast.city.pk, **head})
    draft = PaperDraft.objects.get()
    lines = "甲 | 办公室 | 6月底前\n乙 | 甲区政协 | 每季度"
    rows = {"op": str(uuid.uuid4()), "version": 1, "do": "add", "lines": lines, **head}
    client.post(f"/lists/import/{draft.pk}/rows/", rows)
    return publish(client, draft)


def publish(client: Client, draft: PaperDraft) -> TaskList:
    draft.refresh_from_db()
    sent = {"op": str(uuid.uuid4()), "version": draft.version, "publish": "1", "past-all": "finished"}
    client.post(f"/lists/import/{draft.pk}/publish/", sent)
    draft.refresh_from_db()
    assert draft.published is not None
    return draft.published


def test_a_recalled_list_owes_nothing_and_its_draft_goes_out_again(
    cast: Cast, client: Client, issued: TaskList
) -> None:
    TaskList.objects.filter(pk=issued.pk).update(document_number="示例〔2026〕1号")
    row = Assignment.objects.filter(list=issued, unit=cast.county_a).first()
    assert row is not None
    assert Delivery.objects.filter(list=issued).exists()
    planned = Reminder.objects.create(
        subject_type=ASSIGNMENT, subject_id=row.pk, recipient=cast.county_secretary,
        kind=Reminder.Kind.BEFORE, due_revision=1, day=TODAY, planned_at=NOW,
    )  # fmt: skip

    page = client.get(f"/lists/{issued.pk}/recall/")
    assert (page.status_code, page.context["units"]) == (200, 2)
    sent = {"op": str(uuid.uuid4()), "reason": "时限有误"}
    answer = client.post(f"/lists/{issued.pk}/recall/", sent)
    again = client.post(f"/lists/{issued.pk}/recall/", sent)

    draft = PaperDraft.objects.get()
    issued.refresh_from_db()
    planned.refresh_from_db()
    assert answer.headers["Location"] == again.headers["Location"] == f"/lists/import/{draft.pk}/"
    assert (draft.published, issued.stage, issued.document_number) == (None, "recalled", "")
    assert set(issued.assignments.values_list("stage", "stop_reason")) == {("stopped", "时限有误")}
    assert not Delivery.objects.filter(list=issued).exists()
    assert planned.state == "cancelled"
    assert Event.objects.filter(list=issued, move="recalled", assignment=None, by=cast.secretary).count() == 1

    second = publish(client, draft)
    assert second.pk != issued.pk
    assert second.assignments.exclude(stage="stopped").count() >= 2


def test_a_list_that_somebody_acted_on_is_refused_with_who_and_when(
    cast: Cast, client: Client, issued: TaskList
) -> None:
    row = Assignment.objects.get(list=issued, unit=cast.city_office)
    assert first_deed(issued) is None
    report(row, done=False, text="已开始", by=cast.clerk, op=op(), now=NOW)

    with pytest.raises(NotPossible):
        recall(issued, "时限有误", by=cast.secretary, op=op(), now=NOW)
    page = client.get(f"/lists/{issued.pk}/recall/")
    assert "办公室" in page.text
    assert cast.clerk.name in page.text
    assert (
        client.post(f"/lists/{issued.pk}/recall/", {"op": str(uuid.uuid4()), "reason": "时限有误"}).status_code == 409
    )
    row.refresh_from_db()
    assert row.stage == "in_progress"


def test_the_other_bodys_person_is_not_named(cast: Cast, client: Client, issued: TaskList) -> None:
    delivery = Delivery.objects.get(list=issued, body=cast.county_a)
    sign(delivery, by=cast.county_secretary, op=op(), now=NOW)

    deed = first_deed(issued)
    assert deed is not None
    assert (deed.unit, deed.person) == (cast.county_a, "")


def test_only_the_issuing_desk_recalls_and_says_why(cast: Cast, issued: TaskList) -> None:
    with pytest.raises(PermissionDenied):
        recall(issued, "时限有误", by=cast.county_secretary, op=op(), now=NOW)
    with pytest.raises(Invalid):
        recall(issued, " ", by=cast.secretary, op=op(), now=NOW)
    issued.refresh_from_db()
    assert issued.stage == "issued"
