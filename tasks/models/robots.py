"""Robots in group chats: where a body lets the system speak to a group, and what it has to say there (issue 6).

A group is no person: nobody is named, nothing is called late, and no duty rests on it. What is said waits in a ledger of its
own, with the same key-once rule as reminders.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import Unit
from branches.secrets import locked, unlocked
from tasks.models.reminders import Outgoing, OutgoingQuerySet

PURPOSE = "robot"
MOST_FAILURES = 50  # in a row; after that a robot rests until somebody looks


class Robot(models.Model):
    """One address of one body. Address and secret are kept under lock and never shown again."""

    class Kind(models.TextChoices):
        DINGTALK = "dingtalk", _("DingTalk group robot")
        WECOM = "wecom", _("WeCom group robot")
        FEISHU = "feishu", _("Feishu group robot")
        WEBHOOK = "webhook", _("Signed webhook")

    body = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="robots")
    name = models.CharField(_("Name of the group"), max_length=40)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    host = models.CharField(max_length=120)
    address_locked = models.TextField()
    address_hash = models.CharField(max_length=64)  # one pace for one address, however many bodies entered it
    secret_locked = models.TextField(blank=True)
    is_on = models.BooleanField(pgettext_lazy("robot", "On"), default=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "address_hash"], name="robot_once"),
            models.CheckConstraint(name="webhook_is_signed", condition=~Q(kind="webhook") | ~Q(secret_locked="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where it listens; empty where the key of the site has changed."""
        return unlocked(PURPOSE, self.address_locked)

    @property
    def secret(self) -> str:
        """What it signs with."""
        return unlocked(PURPOSE, self.secret_locked) if self.secret_locked else ""

    def put_under_lock(self, address: str, secret: str) -> None:
        """Keep both so that a copy of the database gives neither."""
        self.address_locked = locked(PURPOSE, address)
        self.secret_locked = locked(PURPOSE, secret) if secret else ""


class GroupMessageQuerySet(OutgoingQuerySet["GroupMessage"]):
    """Ways to speak of messages to groups."""

    def waiting(self, now: datetime) -> Self:
        """What a sender may take, as far as its robot is on."""
        return super().waiting(now).filter(robot__is_on=True)


class GroupMessage(Outgoing):
    """One thing said once to one group."""

    class Kind(models.TextChoices):
        NEW_LIST = "new_list", _("New list")
        EDITION = "edition", _("New version of a list")
        DUE = "due", _("Due in three working days")
        TEST = "test", _("Test message")

    robot = models.ForeignKey(Robot, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    subject_id = models.BigIntegerField()  # a list; for a test the number of the press
    day = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)

    objects = GroupMessageQuerySet.as_manager()

    class Meta:
        ordering = ["-not_before", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["robot", "kind", "subject_id", "day", "revision"], name="said_once_to_a_group"
            ),
            models.CheckConstraint(
                name="group_message_sent_has_a_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["not_before"], name="group_message_waiting", condition=Q(state="ready"))]

    def __str__(self) -> str:
        return f"{self.robot} {self.kind} {self.day}"

    @property
    def key(self) -> str:
        """The same for every try: by it a receiver drops what it has seen."""
        return f"cppcc-{self.pk}-{self.kind}-{self.subject_id}-{self.day.isoformat()}-{self.revision}"
