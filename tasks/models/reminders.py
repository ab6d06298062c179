"""The ledger of reminders (design 9): the table is the queue, the retry and the proof."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.models import User

LEASE = timedelta(minutes=5)


class State(models.TextChoices):
    """Where a row of the ledger stands; every row ends in one of the last five."""

    READY = "ready", _("Waiting")
    SENT = "sent", _("Sent")
    SUPERSEDED = "superseded", _("Superseded")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    DEAD = "dead", _("Failed")


class Channel(models.TextChoices):
    """The ways to a person."""

    MAIL = "mail", _("Mail")


class DigestQuerySet(models.QuerySet["Digest"]):
    """Ways to speak of digests."""

    def waiting(self, now: datetime) -> Self:
        """Digests that a sender may take: due, not finished, not in another sender's hands."""
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - LEASE)
        return self.filter(free, state=State.READY, not_before__lte=now)


class Digest(models.Model):
    """One message to one person on one day and channel; itself a row with a Message-ID of its own.

    `slot` tells messages of a day apart: "day" for the digest, the subject's mark for what may go at once (ux C1).
    """

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="digests")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.MAIL)
    day = models.DateField()
    slot = models.CharField(max_length=64, default="day")
    message_id = models.CharField(max_length=120, unique=True)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.READY)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "recipient"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "channel", "day", "slot"], name="one_digest_a_person_and_day"),
            models.CheckConstraint(
                name="digest_sent_has_a_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["not_before"], name="digest_waiting", condition=Q(state="ready"))]

    def __str__(self) -> str:
        return f"{self.recipient} {self.day}"


class Reminder(models.Model):
    """One thing one person must hear once. Its identity is the unique key; planning twice changes nothing."""

    class Kind(models.TextChoices):
        BEFORE = "before", _("Due in three working days")
        DUE = "due", _("Due today")
        LATE = "late", _("First day late")
        RETURNED = "returned", _("Returned")
        NEW_LIST = "new_list", _("New list")
        BY_HAND = "by_hand", _("Reminded by hand")

    kind = models.CharField(max_length=12, choices=Kind)
    subject_type = models.CharField(max_length=16)  # assignment, list
    subject_id = models.BigIntegerField()
    due_revision = models.PositiveSmallIntegerField(default=1)
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reminders")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.MAIL)
    day = models.DateField()
    digest = models.ForeignKey(Digest, null=True, blank=True, on_delete=models.PROTECT, related_name="reminders")
    state = models.CharField(max_length=12, choices=State, default=State.READY)
    reason = models.CharField(max_length=120, blank=True)  # why it was superseded, cancelled or expired
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "due_revision", "recipient", "channel", "day"],
                name="reminder_once",
            )
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="reminder_of_a_subject"),
            models.Index(fields=["day"], name="reminder_ready", condition=Q(state="ready")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"
