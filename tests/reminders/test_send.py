"""Sending: claimed once, checked again right before, marked after; and what a killed sender leaves is sent again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend as LocMem
from pytest_django.fixtures import Settings

from branches.models import DemoMail, Post
from tasks.models import Assignment, Digest, Reminder
from tasks.models.reminders import LEASE
from tasks.reminders import ledger
from tasks.reminders.plan import plan
from tasks.reminders.send import MAX_ATTEMPTS, Outcome, send, send_some
from tasks.states import Stage
from tests.factories import at, make_user
from tests.reminders.conftest import World, give_back, plan_and_send, ready, states

MORNING = at(date(2026, 5, 12), 9)
THURSDAY = date(2026, 5, 14)


class Killed(BaseException):
    """What a sender feels of SIGKILL: nothing of its own code runs any more."""


class DiesAfterSending(LocMem):
    """A mail server that takes the mail, and a sender that is killed before it can write that down."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        super().send_messages(messages)
        raise Killed


class Breaks(LocMem):
    """Something that nobody foresaw."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise LookupError("line one\nline two")


def one_digest(world: World, now: datetime = MORNING) -> Digest:
    world.give(world.office, THURSDAY)
    plan(now)
    (digest,) = ready()
    return digest


def message_ids() -> list[str]:
    return [message.extra_headers["Message-ID"] for message in mail.outbox]


def test_sent_once_with_its_marks(world: World) -> None:
    digest = one_digest(world)

    assert send(digest.pk, MORNING) == Outcome.SENT
    assert send(digest.pk, MORNING) == Outcome.TAKEN

    digest.refresh_from_db()
    assert (digest.state, digest.sent_at, digest.attempts, digest.error) == ("sent", MORNING, 1, "")
    assert list(Reminder.objects.values_list("state", "done_at")) == [("sent", MORNING)]
    (message,) = mail.outbox
    assert message.to == [world.clerk.email]
    assert message.extra_headers == {"Message-ID": digest.message_id, "Auto-Submitted": "auto-generated"}


def test_message_id_comes_from_the_identity_and_the_site(settings: Settings) -> None:
    settings.SITE_URL = "https://tasks.example.org"
    mine = ledger.message_id(7, "mail", THURSDAY, "day")

    assert mine == ledger.message_id(7, "mail", THURSDAY, "day")
    assert mine.startswith("<")
    assert mine.endswith("@tasks.example.org>")
    assert mine != ledger.message_id(8, "mail", THURSDAY, "day")
    assert mine != ledger.message_id(7, "mail", THURSDAY, "returned-1-2")


def test_not_before_its_time_and_not_in_the_night(world: World) -> None:
    digest = one_digest(world, at(date(2026, 5, 12), 3))

    assert send(digest.pk, at(date(2026, 5, 12), 7)) == Outcome.TAKEN
    Digest.objects.update(not_before=at(date(2026, 5, 12), 3))  # as if planned for the night
    assert send(digest.pk, at(date(2026, 5, 12), 7)) == Outcome.QUIET

    digest.refresh_from_db()
    assert (digest.not_before, digest.attempts, len(mail.outbox)) == (at(date(2026, 5, 12), 8), 0, 0)


def test_a_claim_holds_for_the_lease(world: World) -> None:
    digest = one_digest(world)
    Digest.objects.update(claimed_at=MORNING, attempts=1)

    assert send(digest.pk, MORNING + LEASE) == Outcome.TAKEN
    assert send(digest.pk, MORNING + LEASE + timedelta(seconds=1)) == Outcome.SENT


def test_killed_between_mail_and_mark_sends_the_same_message_again(world: World, settings: Settings) -> None:
    digest = one_digest(world)
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterSending"
    with pytest.raises(Killed):
        send(digest.pk, MORNING)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    late_comer = world.give(world.office, THURSDAY)
    later = MORNING + LEASE + timedelta(minutes=1)

    plan_and_send(later)

    assert message_ids() == [digest.message_id] * 2  # raw; a receiver that goes by Message-ID shows one
    assert [message.body for message in mail.outbox] == [mail.outbox[0].body] * 2  # nothing new under an old id
    assert states(late_comer) == [("before", "ready")]  # goes with tomorrow's digest
    digest.refresh_from_db()
    assert (digest.state, digest.attempts) == ("sent", 2)


def test_killed_again_and_again_fails_in_the_end(world: World, settings: Settings) -> None:
    digest = one_digest(world)
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterSending"
    now = MORNING
    for _try in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            send(digest.pk, now)
        now += LEASE + timedelta(seconds=1)

    assert send(digest.pk, now) == Outcome.FAILED
    assert len(set(message_ids())) == 1
    assert [(one.state, one.reason) for one in Reminder.objects.all()] == [("dead", "unsendable")]


def test_demo_mailbox_shows_one_of_two_copies(world: World, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "branches.mailbox.MailboxBackend"
    digest = one_digest(world)
    send(digest.pk, MORNING)
    Digest.objects.update(state="ready", claimed_at=None, sent_at=None)
    Reminder.objects.update(state="ready")

    send(digest.pk, MORNING)

    (kept,) = DemoMail.objects.all()
    assert (kept.to, kept.message_id) == (world.clerk.email, digest.message_id)
    assert f"/a/{Assignment.objects.get().pk}/update/" in kept.html


def test_nothing_left_to_say_is_not_sent(world: World) -> None:
    digest = one_digest(world)
    Assignment.objects.update(stage=Stage.REPORTED, reported_on=date(2026, 5, 12), submitted_at=MORNING)

    assert send(digest.pk, MORNING) == Outcome.EMPTY

    digest.refresh_from_db()
    assert (digest.state, digest.claimed_at, mail.outbox) == ("cancelled", None, [])
    assert [(one.state, one.reason) for one in Reminder.objects.all()] == [("cancelled", "not owed")]


def test_an_empty_digest_speaks_again_when_something_comes(world: World) -> None:
    digest = one_digest(world)
    Assignment.objects.update(stage=Stage.REPORTED, reported_on=date(2026, 5, 12), submitted_at=MORNING)
    send(digest.pk, MORNING)
    world.give(world.office, date(2026, 5, 13))

    plan_and_send(MORNING + timedelta(hours=2))

    assert message_ids() == [digest.message_id]


@pytest.mark.parametrize(
    ("change", "end"),
    [
        pytest.param({"due_on": date(2026, 6, 30), "due_revision": 2}, ("superseded", "date changed"), id="date moved"),
        pytest.param(
            {"stage": Stage.SUSPENDED, "suspended_from": Stage.ISSUED}, ("cancelled", "not owed"), id="suspended"
        ),
        pytest.param({"due_on": None, "due_revision": 1}, ("cancelled", "not owed"), id="undated"),
    ],
)
def test_checked_again_right_before(world: World, change: dict[str, object], end: tuple[str, str]) -> None:
    digest = one_digest(world)
    stays = world.give(world.office, THURSDAY)
    plan(MORNING)
    Assignment.objects.exclude(pk=stays.pk).update(**change)

    assert send(digest.pk, MORNING) == Outcome.SENT

    assert set(Reminder.objects.values_list("subject_id", "state", "reason")) >= {(stays.pk, "sent", "")}
    assert [(one.state, one.reason) for one in Reminder.objects.exclude(subject_id=stays.pk)] == [end]
    assert f"/a/{stays.pk}/update/" in str(mail.outbox[0].body)
    assert str(mail.outbox[0].body).count("/update/") == 1


def test_somebody_else_answers_now(world: World) -> None:
    digest = one_digest(world)
    member = make_user("孙悦", username="member")
    Assignment.objects.update(person=member)

    assert send(digest.pk, MORNING) == Outcome.EMPTY
    plan_and_send(MORNING)

    assert [message.to for message in mail.outbox] == [[member.email]]
    assert set(Reminder.objects.values_list("recipient__username", "state", "reason")) == {
        ("clerk", "superseded", "someone else"),
        ("member", "sent", ""),
    }


@pytest.mark.parametrize(
    ("field", "value", "reason"), [("is_active", False, "account closed"), ("email", "", "no address")]
)
def test_closed_account_and_lost_address(world: World, field: str, value: object, reason: str) -> None:
    digest = one_digest(world)
    setattr(world.clerk, field, value)
    world.clerk.save()

    assert send(digest.pk, MORNING) == Outcome.EMPTY
    assert [(one.state, one.reason) for one in Reminder.objects.all()] == [("cancelled", reason)]


def test_post_given_up_since_planning(world: World) -> None:
    digest = one_digest(world)
    Post.objects.filter(user=world.clerk).update(ends_on=date(2026, 5, 12))

    assert send(digest.pk, MORNING) == Outcome.EMPTY
    assert [(one.state, one.reason) for one in Reminder.objects.all()] == [("superseded", "someone else")]


def test_returned_report_that_was_supplemented_is_not_announced(world: World) -> None:
    row = give_back(world.give(world.office, date(2026, 6, 30)), world.secretary, at(date(2026, 5, 11), 21), THURSDAY)
    plan(at(date(2026, 5, 11), 21))
    Assignment.objects.filter(pk=row.pk).update(stage=Stage.REPORTED, submitted_at=at(date(2026, 5, 11), 22))

    plan_and_send(at(date(2026, 5, 12), 8))

    assert mail.outbox == []
    assert states(row) == [("returned", "cancelled")]


def test_unsent_digest_of_yesterday_gives_its_rows_to_today(world: World) -> None:
    row = world.give(world.office, THURSDAY)
    plan(at(date(2026, 5, 11), 9))  # nobody sends that day

    plan_and_send(MORNING)

    assert states(row) == [("before", "sent")]
    assert list(Digest.objects.order_by("day").values_list("day", "state")) == [
        (date(2026, 5, 11), "expired"),
        (date(2026, 5, 12), "sent"),
    ]


def test_digest_of_unknown_fate_keeps_its_id_over_night(world: World, settings: Settings) -> None:
    world.give(world.office, THURSDAY)
    evening = at(date(2026, 5, 11), 19, 58)
    plan(evening)
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterSending"
    with pytest.raises(Killed):
        send(ready()[0].pk, evening)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    plan_and_send(at(date(2026, 5, 11), 20, 30))
    plan_and_send(at(date(2026, 5, 12), 8))

    assert len(mail.outbox) == 2
    assert len(set(message_ids())) == 1


def test_poison_moves_out_of_the_way_and_fails_after_eight_tries(world: World, settings: Settings) -> None:
    digest = one_digest(world)
    settings.EMAIL_BACKEND = f"{__name__}.Breaks"
    pauses, now = [], MORNING
    for _try in range(MAX_ATTEMPTS):
        assert send(digest.pk, now) == Outcome.FAILED
        digest.refresh_from_db()
        pauses.append(int((digest.not_before - now).total_seconds() // 60))
        now = max(digest.not_before, now + LEASE + timedelta(seconds=1))

    assert pauses[:6] == [1, 2, 4, 8, 16, 32]
    assert (digest.state, digest.error) == ("dead", "LookupError: line one line two")
    assert [(one.state, one.reason) for one in Reminder.objects.all()] == [("dead", "unsendable")]
    assert send_some(now) == {}


def test_waiting_time_is_seen_from_outside(world: World) -> None:
    assert ledger.oldest_waiting(MORNING) is None
    digest = one_digest(world)
    assert ledger.oldest_waiting(MORNING + timedelta(minutes=20)) == MORNING

    Digest.objects.update(error="ConnectionRefusedError", not_before=MORNING + timedelta(hours=1))
    assert ledger.oldest_waiting(MORNING + timedelta(minutes=20)) == MORNING

    Digest.objects.update(not_before=MORNING)
    send(digest.pk, MORNING)
    assert ledger.oldest_waiting(MORNING) is None
    assert ledger.counts() == {"ready": 0, "sent": 1, "superseded": 0, "cancelled": 0, "expired": 0, "dead": 0}


def test_reminded_lists_what_was_said_of_a_row(world: World) -> None:
    row = world.give(world.office, THURSDAY)
    plan_and_send(at(date(2026, 5, 11)))
    plan_and_send(at(THURSDAY))

    found = ledger.reminded(row)

    assert [(one.kind, one.recipient, one.state) for one in found] == [
        ("due", world.clerk, "sent"),
        ("before", world.clerk, "sent"),
    ]
