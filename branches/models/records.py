"""What every write leaves behind (design 8): the operation that made it safe to repeat, and its line of history."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models.people import Post, User
from branches.models.units import Unit
from branches.roles import ANSWERS_FEEDBACK, Role


class Operation(models.Model):
    """One write as the person meant it. Its id is made by the client, so a retry or a double click is the same write."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="operation_at")]  # the nightly clean-up

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Change(models.Model):
    """Append-only history of the tree, its people and its settings; the database refuses update and delete."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="changes")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="changes")
    verb = models.SlugField(max_length=40)  # renamed, ended, appointed …: branches.actions
    subject = models.CharField(max_length=200)
    before: models.JSONField[Any, Any] = models.JSONField(default=dict)
    after: models.JSONField[Any, Any] = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    operation = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "-at"], name="change_of_a_unit"),  # the unit page
            models.Index(fields=["-at", "-id"], name="change_newest"),  # the audit page
            models.Index(fields=["by", "-at"], name="change_of_a_person"),  # the audit page
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Look(models.Model):
    """Somebody was shown another person's sensitive entries; append-only, one row a day for the same entries (issue 4).

    It answers the person who asks who has looked, so it names nobody but viewer and person.
    """

    class Entry(models.TextChoices):
        PHONE = "phone", _("Phone")
        STANDING = "standing", _("Standing in the CPC")
        BOTH = "both", _("Phone and standing in the CPC")

    viewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="looks")
    entries = models.CharField(max_length=16, choices=Entry)
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [  # its index also serves the page that tells a person who looked
            models.UniqueConstraint(fields=["person", "viewer", "on", "entries"], name="look_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.viewer} {self.person} {self.on}"


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Ways to speak of feedback."""

    def visible_to(self, user: User, on: date) -> Self:
        """One's own, and what people of the bodies wrote for which one answers."""
        answering = user.posts.active(on).filter(role__in=ANSWERS_FEEDBACK)
        bodies = answering.exclude(models.Q(role=Role.SECRETARY) & ~models.Q(unit=models.F("unit__body"))).values(
            "unit__body_id"
        )
        mine = models.Q(by=user)
        if user.sight(on).whole_tree:
            return self
        return self.filter(mine | models.Q(body_id__in=bodies))


class Feedback(models.Model):
    """What somebody wants to tell us from any page; the answer is shown in the same place (design 10)."""

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="feedback")
    body = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="feedback")
    page = models.CharField(_("Page"), max_length=300, blank=True)
    text = models.TextField(_("Feedback"), max_length=2000)
    at = models.DateTimeField()
    answer = models.TextField(_("Answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return self.text[:40]
