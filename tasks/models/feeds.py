"""The calendar that a person subscribes to elsewhere: one secret address a person, which can be withdrawn (issue 6)."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models

from branches.models import User
from branches.secrets import hash_of, standing_token

PURPOSE = "calendar"


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    """Ways to speak of feeds."""

    def by_token(self, token: str) -> Self:
        """The feed of this address, while its person's account is open."""
        return self.filter(token_hash=hash_of(token), user__is_active=True).select_related("user")


class CalendarFeed(models.Model):
    """One person's address. A new one ends the old; withdrawn, the row is gone."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    seed = models.UUIDField(default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    objects = CalendarFeedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user}"

    @property
    def token(self) -> str:
        """The secret, as long as the key of the site is the one it was made with; else empty: a new one has to be made."""
        return standing_token(PURPOSE, self.seed, self.token_hash)
