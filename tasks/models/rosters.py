"""A roster on its way into a body, between the dry run and the confirmation (ux ADM-4)."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models

from branches.models import Term, Unit, User


class RosterDraftQuerySet(models.QuerySet["RosterDraft"]):
    """Ways to speak of rosters."""

    def visible_to(self, user: User, on: date) -> Self:
        """A roster is its maker's alone: it holds numbers and standings of people whom nobody else has taken in yet."""
        return self.filter(owner=user)


class RosterDraft(models.Model):
    """A pasted or uploaded roster and the answers to what it asked. No person is written before it is confirmed.

    Its cells hold personal entries, so they go when it is confirmed or discarded, and after a week at the latest.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey(Term, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=160, blank=True)
    grid = models.BinaryField()  # packed as in papers.sources; empty once it was taken in
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict)  # columns, header, groups, rows: papers.roster
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    taken_at = models.DateTimeField(null=True, blank=True)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)  # branches.actions.roster.Taken

    objects = RosterDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.name or str(self.pk)
