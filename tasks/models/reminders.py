"""The ledger of reminders (design 9): the table is the queue, the retry and the proof."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.models import Unit, User

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
    DINGTALK = "dingtalk", _("DingTalk")
    WECOM = "wecom", _("WeCom")


Row = TypeVar("Row", bound="Outgoing")


class OutgoingQuerySet(models.QuerySet[Row]):
    """Ways to speak of what waits for a sender."""

    def waiting(self, now: datetime) -> Self:
        """What a sender may take: due, not finished, not in another sender's hands."""
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - LEASE)
        return self.filter(free, state=State.READY, not_before__lte=now)

    def untouched(self, row: Outgoing) -> Self:
        """The row, as long as it stands as it was read."""
        return self.filter(pk=row.pk, state=State.READY, claimed_at=row.claimed_at, attempts=row.attempts)

    def claim(self, row: Outgoing, now: datetime) -> bool:
        """Take the row into our hands, as a try; of many senders one gets through."""
        return bool(self.untouched(row).update(claimed_at=now, attempts=row.attempts + 1))

    def held(self, row: Outgoing, now: datetime) -> Self:
        """The row while it is in our hands: `row` is how it was before our claim of that moment."""
        return self.filter(pk=row.pk, state=State.READY, claimed_at=now, attempts=row.attempts + 1)


class Outgoing(models.Model):
    """Anything that waits in a ledger of ours to go out of the house: claimed, sent, marked, tried again."""

    state = models.CharField(max_length=12, choices=State, default=State.READY)
    not_before = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Digest(Outgoing):
    """One message to one person on one day and channel; itself a row with a Message-ID of its own.

    `slot` tells messages of a day apart: "day" for the digest, the subject's mark for what may go at once (ux C1).
    """

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="digests")
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.MAIL)
    day = models.DateField()
    slot = models.CharField(max_length=64, default="day")
    message_id = models.CharField(max_length=120, unique=True)

    objects = OutgoingQuerySet["Digest"].as_manager()

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
        HELP = "help", _("Request for help answered")
        INSTRUCTION = "instruction", _("Instruction")
        EXTENSION = "extension", _("Request for more time decided")
        CLARIFIED = "clarified", _("Clarification")
        EDITION = "edition", _("New version of a list")
        SIGN = "sign", _("List to sign for")
        REVIEW = "review", _("Review waiting")
        APPROVED = "approved", _("Report approved")
        BRANCH_ENDS = "branch_ends", _("Branch about to end")
        SHORTAGE = "shortage", _("Meetings missing")
        ESCALATED = "escalated", _("Overdue below")

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
                # without the channel: whoever changes his way of hearing does not hear it twice (decision 0031)
                fields=["kind", "subject_type", "subject_id", "due_revision", "recipient", "day"],
                name="reminder_once",
            )
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="reminder_of_a_subject"),
            models.Index(fields=["day"], name="reminder_ready", condition=Q(state="ready")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"


class ReminderRules(models.Model):
    """Which rules a body has switched off; without a row all of the national ones hold (issue 6)."""

    body = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="reminder_rules")
    off = ArrayField(models.CharField(max_length=12, choices=Reminder.Kind), default=list, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "reminder rules"

    def __str__(self) -> str:
        return f"{self.body}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Ways to speak of notices."""

    def of(self, user: User) -> Self:
        """What stands on this person's page of notices, put off or not."""
        return self.filter(recipient=user)

    def awake(self) -> Self:
        """Not put off. The sweep wakes what was put off on its day (`tasks.reminders.notices.wake`)."""
        return self.filter(snoozed_until__isnull=True)

    def unread(self) -> Self:
        """Neither opened nor ticked off, and not put off."""
        return self.awake().filter(read_at__isnull=True)


class Notice(models.Model):
    """The same once more inside the system, for everyone, with or without a mail address: once by its unique key.

    It keeps the facts as they were given, like the words of a mail; its link asks afresh who may open it.
    """

    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=Reminder.Kind)
    subject_type = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    due_revision = models.PositiveSmallIntegerField(default=1)
    day = models.DateField()
    made_at = models.DateTimeField()
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)  # tasks.reminders.words says how
    role = models.CharField(max_length=20, blank=True)  # the post for which he is told; empty: by name
    at = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    instead_of = models.CharField(max_length=60, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "subject_type", "subject_id", "due_revision", "day"], name="notice_once"
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-made_at"], name="notices_of_a_person"),
            models.Index(fields=["subject_type", "subject_id"], name="notices_of_a_subject"),
            models.Index(fields=["made_at"], name="notices_by_age"),  # every sweep takes the oldest away
            models.Index(
                fields=["recipient"],
                name="notices_unread",
                condition=Q(read_at__isnull=True, snoozed_until__isnull=True),
            ),
            models.Index(fields=["snoozed_until"], name="notices_put_off", condition=Q(snoozed_until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.kind} {self.day}"
