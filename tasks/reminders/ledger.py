"""The words of the ledger that planning, sending and pages share: what is remindable, why a row ended, how it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from branches.models.words import active_q
from tasks.models import Assignment, Digest, Event, Reminder
from tasks.models.reminders import State
from tasks.reminders.hours import OPENS, instant
from tasks.reminders.people import Place
from tasks.states import WITH_UNIT, ListStage, ReceiverRole

ASSIGNMENT, LIST = "assignment", "list"  # Reminder.subject_type
OVERDUE = "overdue"  # a row as well, told to the level above
DATED = (Reminder.Kind.BEFORE, Reminder.Kind.DUE, Reminder.Kind.LATE)  # oldest first; they share the daily digest
AT_ONCE = (Reminder.Kind.RETURNED, Reminder.Kind.NEW_LIST, Reminder.Kind.HELP, Reminder.Kind.INSTRUCTION)  # ux C1
DAILY = "day"  # the slot of the daily digest


class Reason(models.TextChoices):
    """Why a row of the ledger ended without being sent. The value is what the row keeps."""

    NEWER_STAGE = "newer stage", _("A later reminder says it")
    DATE_CHANGED = "date changed", _("The date was changed")
    SOMEONE_ELSE = "someone else", _("Somebody else answers for it now")
    TOLD_ALREADY = "told already", _("This was said before")
    NO_ADDRESS = "no address", _("No address for messages")
    ACCOUNT_CLOSED = "account closed", _("The account is closed")
    NOT_OWED = "not owed", _("Nothing is owed any more")
    NOT_SEEN = "not seen", _("The person may not see it any more")
    TOO_LATE = "too late", _("Its time had passed")
    UNSENDABLE = "unsendable", _("The mail could not be sent")
    NOT_WANTED = "not wanted", _("The body has switched this rule off")
    TAKEN_BACK = "taken back", _("Taken back before it was sent")


def remindable(on: date) -> QuerySet[Assignment]:
    """Rows somebody still owes something on: with the unit, dated or not, of an issued list, the unit not ended.

    Reported, suspended, completed and stopped rows are quiet, and so is a supporting share that owes no report.
    """
    return Assignment.objects.filter(
        Q(role=ReceiverRole.LEAD) | Q(owes_report=True),
        active_q(on, "unit__"),
        stage__in=WITH_UNIT,
        list__stage=ListStage.ISSUED,
    )


def place_of(row: Assignment) -> Place:
    """Where a row stands, for asking who is told."""
    return Place(row.unit_id, row.unit_path, row.body_id, row.person_id)


def returned_at(rows: list[int]) -> dict[int, datetime]:
    """When each of these rows was last returned; one query."""
    found = (
        Event.objects.filter(assignment__in=rows, move="return").order_by().values("assignment").annotate(at=Max("at"))
    )
    return dict(found.values_list("assignment", "at"))


def slot_of(reminder: Reminder) -> str:
    """The slot of a notice that goes at once; everything else shares the daily digest."""
    if reminder.kind not in AT_ONCE:
        return DAILY
    return f"{reminder.kind}-{reminder.subject_id}-{reminder.due_revision}"


def message_id(recipient: int, channel: str, day: date, slot: str) -> str:
    """The Message-ID of a message, made from its identity alone: sent again it is the same message (reliability 2.2)."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    host = host if ":" not in host else "localhost"  # an IPv6 address is no name
    key = hashlib.sha256(f"{recipient}|{channel}|{day.isoformat()}|{slot}".encode()).hexdigest()[:32]
    return f"<{key}@{host[-80:]}>"


def counts() -> dict[str, int]:
    """How many messages stand in each state: for the health page and the people who run a site."""
    found = dict(Digest.objects.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n"))
    return {state: found.get(state, 0) for state in State.values}


def oldest_waiting(now: datetime) -> datetime | None:
    """Since when the oldest unsent message waits; None if none does.

    One that was tried in vain has its next try in the future: it waits since it was planned, but not since the night.
    """
    waiting = Digest.objects.filter(state=State.READY, not_before__lte=now).aggregate(at=Min("not_before"))["at"]
    tried = (
        Digest.objects.filter(state=State.READY)
        .exclude(error="")
        .annotate(planned=Min("reminders__planned_at"))
        .order_by("day", "pk")
        .values_list("day", "planned")
        .first()
    )
    since = max(instant(tried[0], OPENS), tried[1] or instant(tried[0], OPENS)) if tried else None
    found = [at for at in (waiting, since) if at is not None and at <= now]
    return min(found, default=None)


def reminded(row: Assignment) -> QuerySet[Reminder]:
    """What was said, or was to be said, to whom about this row, newest first (the timeline)."""
    return (
        Reminder.objects.filter(subject_type__in=[ASSIGNMENT, OVERDUE], subject_id=row.pk)
        .select_related("recipient", "digest")
        .order_by("-planned_at", "-pk")
    )


def why_not(reminder: Reminder) -> str:
    """In words why a row of the ledger ended unsent; empty for one that waits or was sent."""
    return str(Reason(reminder.reason).label) if reminder.reason in Reason.values else reminder.reason


def end(reminders: Iterable[int], state: State, reason: Reason, now: datetime) -> int:
    """End waiting rows with a reason; inside the caller's transaction."""
    locked = (
        Reminder.objects.select_for_update(no_key=True).filter(pk__in=list(reminders), state=State.READY).order_by("pk")
    )
    found = list(locked.values_list("pk", flat=True))
    return Reminder.objects.filter(pk__in=found).update(state=state, reason=reason.value, done_at=now) if found else 0
