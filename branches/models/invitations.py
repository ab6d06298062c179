"""Invitations: how a person without a password gets one of his own, with nobody else ever knowing it (decision 0022)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.models.people import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Ways to speak of invitations."""

    def valid(self, now: datetime) -> Self:
        """Those that open an account at this instant: not used, not withdrawn, not too old."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)


class Invitation(models.Model):
    """One chance for one person to set his own password. The code itself is stored nowhere: only its hash, and the seed
    from which this site's secret key makes it again for a reprint (branches.codes)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    seed = models.UUIDField(default=uuid.uuid4, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    lot = models.UUIDField(db_index=True)  # those made by one press are printed together
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: on the server
    made_at = models.DateTimeField(_("Made at"))
    expires_at = models.DateTimeField(_("Valid until"))
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    by_mail = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_a_person",
            ),
            models.CheckConstraint(
                name="invitation_used_or_withdrawn", condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="invitation_to_mail",
                condition=Q(by_mail=True, mailed_at__isnull=True, used_at__isnull=True, withdrawn_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.made_at:%Y-%m-%d}"

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens the account at this instant."""
        return self.used_at is None and self.withdrawn_at is None and now < self.expires_at
