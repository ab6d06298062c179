"""A new version of an issued list: the draft it is made from, the question to a leader, and what it changed (design 4)."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import User
from tasks.models.lists import Approval, PaperDraft, TaskList


def no_changes() -> dict[str, Any]:
    """A version that has not gone out has changed nothing."""
    return {}


class EditionQuerySet(models.QuerySet["Edition"]):
    """Ways to speak of versions."""

    def published(self) -> Self:
        """Those that went out, oldest first."""
        return self.filter(number__isnull=False).order_by("number")

    def still(self) -> Self:
        """Those whose draft stands still: out, or before a leader."""
        return self.filter(Q(number__isnull=False) | Q(approval__decision=Approval.Decision.ASKED))

    def unpublished(self) -> Self:
        """Those that are being written or wait for a leader."""
        return self.filter(number__isnull=True)


class Edition(models.Model):
    """Version 2, 3 … of a list (the first is the list itself). Published, it keeps its changes for ever: the rows of another
    body follow them only when that body signs, perhaps for two versions at once."""

    list = models.ForeignKey(TaskList, on_delete=models.PROTECT, related_name="editions")
    draft = models.OneToOneField(PaperDraft, null=True, blank=True, on_delete=models.CASCADE, related_name="edition")
    base = models.PositiveSmallIntegerField()  # the version it was written from
    number = models.PositiveSmallIntegerField(null=True, blank=True)  # the version it became
    approval = models.ForeignKey(Approval, null=True, blank=True, on_delete=models.PROTECT, related_name="editions")
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    changes: models.JSONField[Any, Any] = models.JSONField(default=no_changes)  # tasks.editions says how

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["list", "-number", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["list", "number"], name="edition_number_once", condition=Q(number__gt=0)),
            models.CheckConstraint(
                name="edition_published_by_someone",
                condition=Q(number__isnull=True, published_at__isnull=True, published_by__isnull=True)
                | Q(number__isnull=False, published_at__isnull=False, published_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list} {self.number or ''}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:edition", args=[self.pk])

    @property
    def closed(self) -> bool:
        """Whether its draft stands still."""
        return self.number is not None or self.waits

    @property
    def waits(self) -> bool:
        """Whether a leader has been asked and has not answered."""
        return self.approval is not None and self.approval.decision == Approval.Decision.ASKED
