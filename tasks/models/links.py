"""Signed links: an address that opens the update form of one piece of work in the name of one person (issue 6, design 6).

The table keeps a seed and a hash. A link carries no rights of its own: whoever comes by it may do what its person may do with
that one row, while the link stands.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.models import User
from branches.secrets import hash_of, standing_token
from tasks.models.assignments import Assignment

PURPOSE = "link"
LIFE = timedelta(days=30)  # from the last message that carried it
MOST_TRIES = 5  # wrong digits of one person, over all of his links


class SignedLinkQuerySet(models.QuerySet["SignedLink"]):
    """Ways to speak of links."""

    def by_token(self, token: str) -> Self:
        """The link of this address, whether it still opens anything or not."""
        return self.filter(token_hash=hash_of(token)).select_related("user")

    def open(self, now: datetime) -> Self:
        """Links that let their person in: neither run out nor withdrawn, the account open."""
        return self.filter(withdrawn_at__isnull=True, expires_at__gt=now, user__is_active=True)


class SignedLink(models.Model):
    """One person's address for one row. At most one stands at a time; every message about the row carries it again."""

    class Why(models.TextChoices):
        OWNER = "owner", _("Withdrawn by the person")
        DESK = "desk", _("Withdrawn by the desk")
        TRIES = "tries", _("Too many wrong tries")

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    seed = models.UUIDField(default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)  # wrong digits since the last right ones
    used_at = models.DateTimeField(null=True, blank=True)  # something was sent through it
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(max_length=8, choices=Why, blank=True)

    objects = SignedLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "user"], condition=Q(withdrawn_at__isnull=True), name="one_link_stands"
            ),
            models.CheckConstraint(
                name="link_withdrawn_says_why",
                condition=Q(withdrawn_at__isnull=True, why="") | Q(withdrawn_at__isnull=False) & ~Q(why=""),
            ),
            models.CheckConstraint(name="link_tries", condition=Q(tries__lte=MOST_TRIES)),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.assignment_id}"

    def get_absolute_url(self) -> str:
        """The address that a message carries."""
        return reverse("tasks:link", args=[self.token])

    @property
    def token(self) -> str:
        """The secret, as long as the key of the site is the one it was made with; else empty."""
        return standing_token(PURPOSE, self.seed, self.token_hash)

    def is_open(self, now: datetime) -> bool:
        """Whether it still lets its person in."""
        return self.withdrawn_at is None and self.expires_at > now and self.user.is_active
