"""Sending: claim, check again, send, mark (design 9, reliability 4.2). At least once to the mail server, once to the reader.

The claim is one conditional update, so of many senders one gets through. No transaction is open while the mail goes out.
Should a sender die between the mail and the mark, its lease lapses and the mail goes again under the same Message-ID,
which a receiver shows once. The other order would lose mails, and a missed date is worse than a second copy.
"""

from __future__ import annotations

import contextlib
import smtplib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import DatabaseError, transaction

from branches.clock import day_of
from tasks import links
from tasks.calendar import working_days
from tasks.models import Digest, Reminder
from tasks.models.reminders import Channel, State
from tasks.reminders import ledger
from tasks.reminders.check import Content, content_of
from tasks.reminders.hours import Hours
from tasks.reminders.ledger import Reason
from tasks.reminders.letters import chat, letter
from tasks.reminders.people import hours_of
from tasks.reminders.wires import Trouble, persons, words_of
from tasks.workdays import Workdays

MAX_ATTEMPTS = 8
BATCH = 20
log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of one message in one round."""

    TAKEN = "taken"  # another sender has it, or it is not due any more
    QUIET = "quiet"  # the person may not be written to now
    EMPTY = "empty"  # nothing in it is true any more
    SENT = "sent"
    FAILED = "failed"  # this message was not taken; it is tried again, or has failed for good
    AWAY = "away"  # the server does not serve us: no use trying the next one of its channel now


def send_some(
    now: datetime, workdays: Workdays | None = None, limit: int = BATCH, away: set[str] | None = None
) -> dict[Outcome, int]:
    """One round over the messages that are due, oldest first, each channel for itself: a server that is away holds up its own
    messages only. Channels in `away` are left out; those whose server does not serve us are added to it."""
    found: dict[Outcome, int] = {}
    away = set() if away is None else away
    days = workdays or working_days()
    due = Digest.objects.waiting(now).filter(expires_at__gt=now).order_by("not_before", "pk")
    for channel in [one for one in Channel.values if one not in away]:
        for pk in list(due.filter(channel=channel).values_list("pk", flat=True)[:limit]):
            outcome = send(pk, now, days)
            found[outcome] = found.get(outcome, 0) + 1
            if outcome == Outcome.AWAY:
                away.add(channel)
                break
    return found


def send(pk: int, now: datetime, workdays: Workdays | None = None) -> Outcome:
    """Send one message, if it is ours to send and still has something to say."""
    days = workdays or working_days()
    digest = Digest.objects.waiting(now).filter(pk=pk, expires_at__gt=now).select_related("recipient").first()
    if digest is None:
        return Outcome.TAKEN
    hours = hours_of({digest.recipient_id: digest.recipient}, day_of(now), days)[digest.recipient_id]
    if not hours.is_open(now):
        Digest.objects.untouched(digest).update(not_before=hours.next_open(now))
        return Outcome.QUIET
    if not Digest.objects.claim(digest, now):
        return Outcome.TAKEN
    if digest.attempts >= MAX_ATTEMPTS:  # its senders died one after the other
        _put_back(digest, Trouble(digest.error or "no sender survived it", unknown=True), hours, now)
        return Outcome.FAILED
    content = content_of(digest, now, days)
    if not _settle(digest, content, now):
        return Outcome.EMPTY
    trouble = _mail(digest, content, now)
    if trouble is None:
        _mark(digest, content, now)
        log.info("reminder_sent", digest=pk, reminders=len(content.kept))
        return Outcome.SENT
    _put_back(digest, trouble, hours, now)
    return Outcome.AWAY if trouble.away else Outcome.FAILED


@transaction.atomic(durable=True)
def _settle(digest: Digest, content: Content, now: datetime) -> bool:
    """Write down what is not true any more; whether anything is left to say. An empty message is not sent."""
    for (state, reason), rows in content.ended.items():
        ledger.end(rows, state, reason, now)
    if content.kept:
        return True
    # a message that nobody can have seen may speak again later; `claimed_at` remembers one that somebody may have
    values: dict[str, Any] = {"claimed_at": None, "attempts": digest.attempts} if digest.claimed_at is None else {}
    Digest.objects.held(digest, now).update(state=State.CANCELLED, error=Reason.NOT_OWED.value, **values)
    return False


def _mail(digest: Digest, content: Content, now: datetime) -> Trouble | None:
    """Hand the mail to the server; None when the server has taken it."""
    try:
        content.links = links.addresses(digest.recipient, [item.row for item in content.items], now)
        if digest.channel != Channel.MAIL:
            said = chat(digest, content, now)
            return persons.send(digest.channel, digest.recipient, said)
        message = letter(digest, content, now)
        message.message()  # builds the headers, so that what cannot be written fails here
    except DatabaseError:
        raise
    except Exception as error:  # whatever it is, the queue has to move on
        log.exception("reminder_unwritable", digest=digest.pk)
        return Trouble(words_of(error))
    return hand_over(message)


def hand_over(message: EmailMultiAlternatives) -> Trouble | None:
    """Give a finished mail to the server; None when it has taken it."""
    connection = get_connection()
    try:
        connection.open()
        if isinstance(server := getattr(connection, "connection", None), smtplib.SMTP):
            server.ehlo_or_helo_if_needed()  # a server that greets us and then says nothing has not seen the mail either
    except (OSError, smtplib.SMTPException) as error:
        return Trouble(words_of(error), away=True)
    try:
        return _deliver(connection, message)
    finally:
        # the mail is out or not; a farewell that fails changes nothing
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()


def _deliver(connection: Any, message: EmailMultiAlternatives) -> Trouble | None:
    message.connection = connection
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _reply in error.recipients.values()]
        away = any(code == 421 for code in codes)
        return Trouble(words_of(error), away=away, final=not away and all(500 <= code < 600 for code in codes))
    except smtplib.SMTPSenderRefused as error:
        return Trouble(words_of(error), away=True)  # it is us whom the server does not want, with any message
    except smtplib.SMTPResponseException as error:
        away = error.smtp_code == 421
        return Trouble(words_of(error), away=away, final=not away and 500 <= error.smtp_code < 600)
    except smtplib.SMTPNotSupportedError as error:
        return Trouble(words_of(error), final=True)
    except DatabaseError:
        raise
    except Exception as error:  # broken off or timed out in the middle; and whatever it is, the queue has to move on
        return Trouble(words_of(error), unknown=True)
    return None


@transaction.atomic(durable=True)
def _mark(digest: Digest, content: Content, now: datetime) -> None:
    """The server has it: that is a fact, whatever happened to the claim or to the rows in the meantime."""
    rows = Reminder.objects.select_for_update(no_key=True).filter(pk__in=content.kept).exclude(state=State.SENT)
    waiting = list(rows.order_by("pk").values_list("pk", flat=True))
    Reminder.objects.filter(pk__in=waiting).update(state=State.SENT, reason="", done_at=now, digest=digest)
    Digest.objects.filter(pk=digest.pk).exclude(state=State.SENT).update(state=State.SENT, sent_at=now, error="")


def _put_back(digest: Digest, trouble: Trouble, hours: Hours, now: datetime) -> None:
    """Another try later, with growing pauses; after the last one the message has failed, and its error stays readable."""
    attempts = digest.attempts if trouble.away else digest.attempts + 1
    log.warning("reminder_not_sent", digest=digest.pk, attempts=attempts, away=trouble.away, error=trouble.words)
    unknown = trouble.unknown or digest.claimed_at is not None
    values: dict[str, Any] = {"claimed_at": now if unknown else None, "attempts": attempts, "error": trouble.words}
    if trouble.final or attempts >= MAX_ATTEMPTS:
        with transaction.atomic(durable=True):
            rows = Reminder.objects.filter(digest=digest, state=State.READY).values_list("pk", flat=True)
            ledger.end(list(rows), State.DEAD, Reason.UNSENDABLE, now)
            Digest.objects.held(digest, now).update(state=State.DEAD, **values)
        return
    pause = timedelta(seconds=trouble.wait) if trouble.wait else trouble.pause(attempts)
    Digest.objects.held(digest, now).update(not_before=hours.next_open(now + pause), **values)
