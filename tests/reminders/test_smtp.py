"""Against a real SMTP server on loopback: refusing, hanging, 421, 451, 550, 554, broken off before and after storing."""

from __future__ import annotations

from datetime import date, timedelta
from email.header import decode_header, make_header

import pytest
from pytest_django.fixtures import Settings

from tasks.models import Digest, Reminder
from tasks.models.reminders import LEASE
from tasks.reminders.plan import plan
from tasks.reminders.send import MAX_ATTEMPTS, Outcome, send, send_some
from tasks.reminders.wires import SERVER_PAUSE
from tests.factories import at, make_user
from tests.reminders.conftest import World, plan_and_send, ready
from tests.reminders.sink import Sink, free_port, serving

NOW = at(date(2026, 5, 12), 9)
THURSDAY = date(2026, 5, 14)


@pytest.fixture
def smtp(settings: Settings) -> Settings:
    """Mail goes out by SMTP, and nobody waits long for a server that hangs."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.5
    return settings


def one_digest(world: World) -> Digest:
    world.give(world.office, THURSDAY)
    plan(NOW)
    (digest,) = ready()
    return digest


def test_taken_once_with_everything_in_it(world: World, smtp: Settings) -> None:
    digest, sink = one_digest(world), Sink()

    with serving(sink) as smtp.EMAIL_PORT:
        assert [send(digest.pk, NOW), send(digest.pk, NOW)] == [Outcome.SENT, Outcome.TAKEN]

    (message,) = sink.stored
    assert (message["Message-ID"], message["To"], message["Auto-Submitted"]) == (
        digest.message_id,
        world.clerk.email,
        "auto-generated",
    )
    assert str(make_header(decode_header(message["Subject"]))) == "今天：1 项临期"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    link = f"http://testserver/a/{Reminder.objects.get().subject_id}/update/"
    for part in list(message.walk())[1:]:
        assert link in part.get_payload(decode=True).decode()  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", ["hang at greeting", "421 at MAIL"])
def test_server_that_does_not_serve_costs_no_try(world: World, smtp: Settings, mode: str) -> None:
    digest, sink = one_digest(world), Sink(mode)

    with serving(sink) as smtp.EMAIL_PORT:
        assert send(digest.pk, NOW) == Outcome.AWAY
        digest.refresh_from_db()
        assert (digest.state, digest.attempts, digest.not_before) == ("ready", 0, NOW + SERVER_PAUSE)
        assert digest.error
        sink.mode = "take"
        assert send(digest.pk, NOW + SERVER_PAUSE) == Outcome.SENT

    assert sink.raw() == {digest.message_id: 1}


def test_server_down_for_two_days_loses_and_doubles_nothing(world: World, smtp: Settings) -> None:
    world.give(world.office, THURSDAY)
    world.give(world.county, date(2026, 5, 13))
    smtp.EMAIL_PORT = free_port()
    for hours in range(0, 48, 3):
        plan_and_send(NOW + timedelta(hours=hours))
    assert not Reminder.objects.filter(state="sent").exists()
    sink = Sink()

    with serving(sink, smtp.EMAIL_PORT):
        for minutes in range(0, 90, 10):
            plan_and_send(NOW + timedelta(hours=48, minutes=minutes))

    assert max(sink.raw().values()) == 1
    assert sorted(str(message["To"]) for message in sink.stored) == sorted(
        [world.clerk.email, world.county_secretary.email]
    )
    assert set(Reminder.objects.values_list("recipient__username", "kind", "state")) == {
        ("clerk", "before", "superseded"),
        ("clerk", "due", "sent"),
        ("county_secretary", "before", "superseded"),
        ("county_secretary", "due", "superseded"),
        ("county_secretary", "late", "sent"),
    }


def test_one_round_asks_an_absent_server_once(world: World, smtp: Settings) -> None:
    for number in range(5):
        world.give(world.office, THURSDAY, person=make_user(f"党员{number}"))
    plan(NOW)
    smtp.EMAIL_PORT = free_port()

    assert send_some(NOW) == {Outcome.AWAY: 1}


@pytest.mark.parametrize("mode", ["550 at RCPT", "554 at DATA"])
def test_refused_for_good_fails_at_once_and_holds_nobody_up(world: World, smtp: Settings, mode: str) -> None:
    digest, sink = one_digest(world), Sink(mode)

    with serving(sink) as smtp.EMAIL_PORT:
        assert send(digest.pk, NOW) == Outcome.FAILED
        sink.mode = "take"
        world.give(world.county, THURSDAY)
        plan_and_send(NOW)

    digest.refresh_from_db()
    assert (digest.state, digest.attempts) == ("dead", 1)
    assert mode[:3] in digest.error
    assert [str(message["To"]) for message in sink.stored] == [world.county_secretary.email]


def test_greylisted_is_tried_again_until_it_is_taken(world: World, smtp: Settings) -> None:
    digest, sink = one_digest(world), Sink("451 at RCPT")

    with serving(sink) as smtp.EMAIL_PORT:
        assert send(digest.pk, NOW) == Outcome.FAILED
        assert send(digest.pk, NOW) == Outcome.TAKEN  # not before its pause is over
        sink.mode = "take"
        assert send(digest.pk, NOW + timedelta(minutes=1)) == Outcome.SENT

    assert sink.raw() == {digest.message_id: 1}


def test_refused_for_now_eight_times_is_dead_with_its_error(world: World, smtp: Settings) -> None:
    digest, now = one_digest(world), NOW

    with serving(Sink("451 at RCPT")) as smtp.EMAIL_PORT:
        for _try in range(MAX_ATTEMPTS):
            assert send(digest.pk, now) == Outcome.FAILED
            digest.refresh_from_db()
            now = digest.not_before
        assert send(digest.pk, now) == Outcome.TAKEN

    assert (digest.state, digest.attempts) == ("dead", MAX_ATTEMPTS)
    assert "greylisted" in digest.error


@pytest.mark.parametrize(("mode", "raw"), [("hang at DATA", 1), ("break off at DATA", 1), ("store and break off", 2),
                                            ("store and hang", 2)])  # fmt: skip
def test_unknown_end_is_tried_again_under_the_same_id(world: World, smtp: Settings, mode: str, raw: int) -> None:
    digest, sink = one_digest(world), Sink(mode)

    with serving(sink) as smtp.EMAIL_PORT:
        assert send(digest.pk, NOW) == Outcome.FAILED
        sink.mode = "take"
        assert send(digest.pk, NOW + timedelta(minutes=2)) == Outcome.TAKEN  # the lease holds
        assert send(digest.pk, NOW + LEASE + timedelta(minutes=2)) == Outcome.SENT

    assert sink.raw() == {digest.message_id: raw}  # more than once only where the server stored it and did not say so
    assert len(sink.shown()) == 1
