"""Whom the system wrote to, and what failed: each page for its people, and a failed message goes again (issue 6)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from branches.writing import NotPossible
from tasks.actions.mail import send_again
from tasks.models import Digest, Reminder
from tasks.models.reminders import State
from tasks.reminders.plan import plan
from tasks.reminders.send import send_some
from tests.conftest import Cast
from tests.factories import at, make_assignment, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)
MOST = 12  # queries of a page


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None], settings: Any) -> None:
    clock_at(TODAY)
    settings.DEMO = False


@pytest.fixture
def dead(cast: Cast) -> Digest:
    """A digest for the clerk that the server never took."""
    make_assignment(cast.city_office, cast.city_list, due_on=TODAY + timedelta(days=1), content="联系点名单")
    plan(NOW)
    digest = Digest.objects.get(recipient=cast.clerk, state=State.READY)
    Reminder.objects.filter(digest=digest).update(state=State.DEAD, reason="unsendable", done_at=NOW)
    Digest.objects.filter(pk=digest.pk).update(state=State.DEAD, attempts=8, error="550 no such user")
    return digest


def test_a_failed_message_goes_again_with_its_own_id(client: Client, cast: Cast, dead: Digest) -> None:
    client.force_login(cast.system_admin)
    page = client.get("/mail/").text
    assert "550 no such user" in page
    assert "联系点名单" not in page, "whoever runs the system sees no content"

    form = {"op": str(uuid.uuid4()), "digest": dead.pk}
    for _press in range(2):
        assert client.post("/mail/", form).status_code == 302, "pressed twice, sent once"
    send_some(NOW)

    (message,) = [one for one in mail.outbox if one.to == [cast.clerk.email]]
    assert message.extra_headers["Message-ID"] == dead.message_id
    assert set(Reminder.objects.filter(digest=dead).values_list("state", "reason")) == {("sent", "")}
    assert "550" not in re.sub(r"<input[^>]*>", "", client.get("/mail/").text), "a token may hold any digits"


def test_only_who_runs_the_system_sends_again(cast: Cast, dead: Digest) -> None:
    for who in ("secretary", "admin", "auditor", "clerk"):
        with pytest.raises(PermissionDenied):
            send_again(dead.pk, by=cast.person(who), op=op(), now=NOW)
    dead.refresh_from_db()
    assert dead.state == State.DEAD


def test_a_message_to_nobody_is_not_tried_again(cast: Cast, dead: Digest) -> None:
    cast.clerk.email = ""
    cast.clerk.save()
    with pytest.raises(NotPossible):
        send_again(dead.pk, by=cast.system_admin, op=op(), now=NOW)


def test_it_is_tried_again_once(cast: Cast, dead: Digest) -> None:
    send_again(dead.pk, by=cast.system_admin, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        send_again(dead.pk, by=cast.system_admin, op=op(), now=NOW)


def told(client: Client, cast: Cast, who: str) -> str:
    client.force_login(cast.person(who))
    client.cookies["django_language"] = "en"
    return str(client.get(f"/a/{cast.to_county_a.pk}/told/").text)


def say(cast: Cast, kind: str, subject_type: str = "assignment", **fields: Any) -> None:
    Reminder.objects.create(
        kind=kind, subject_type=subject_type, subject_id=cast.to_county_a.pk, recipient=cast.county_secretary, day=TODAY,
        planned_at=NOW, **fields,
    )  # fmt: skip


def test_who_was_told_and_why_not(client: Client, cast: Cast) -> None:
    say(cast, "before", state=State.SUPERSEDED, reason="newer stage", done_at=NOW)
    say(cast, "due", state=State.SENT, done_at=NOW)
    for who in ("secretary", "county_secretary"):
        page = told(client, cast, who)
        assert "A later reminder says it" in page
        assert "Due today" in page


def test_the_side_above_does_not_see_who_was_told_inside(client: Client, cast: Cast) -> None:
    say(cast, "escalated", "overdue", state=State.SENT, done_at=NOW)
    assert "Overdue below" in told(client, cast, "county_secretary")
    assert "Overdue below" not in told(client, cast, "secretary")


@pytest.mark.parametrize("count", [1, 3])
def test_queries(client: Client, cast: Cast, count: int, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for kind in ("before", "due", "late")[:count]:
        say(cast, kind, state=State.SENT, done_at=NOW)
    client.force_login(cast.secretary)
    with django_assert_max_num_queries(MOST):
        assert client.get(f"/a/{cast.to_county_a.pk}/told/").text.count("data-row") == count
