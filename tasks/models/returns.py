"""Files that came back from units, as read, until somebody has taken from them what belongs in the record."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import User
from tasks.models.lists import TaskList
from tasks.states import DESK


class ReturnBatchQuerySet(models.QuerySet["ReturnBatch"]):
    """Ways to speak of batches."""

    def visible_to(self, user: User, on: date) -> Self:
        """Batches of lists whose desk this person keeps: the issuer's secretaries and heads, and those above in the body."""
        wanted = Q(pk__in=[])
        for post in user.posts_on(on):
            if post.role in DESK and post.unit.body_id:
                wanted |= Q(list__issuer__body=post.unit.body_id, list__issuer__path__startswith=post.unit.path)
        return self.filter(wanted)


def no_files() -> list[Any]:
    """The beginning of a batch."""
    return []


class ReturnBatch(models.Model):
    """Files uploaded together for one list. Only rows are kept, never the files; nothing of it is a report yet."""

    list = models.ForeignKey(TaskList, on_delete=models.CASCADE, related_name="returns")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)  # of all files together: the same files again are the same batch
    files: models.JSONField[Any, Any] = models.JSONField(
        default=no_files
    )  # what was read of each: tasks.papers.returned
    answers: models.JSONField[Any, Any] = models.JSONField(
        default=dict
    )  # which unit, which task, what was left as it is
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ReturnBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["list", "digest"], name="returned_files_once")]

    def __str__(self) -> str:
        return f"{self.list} · {self.created_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:return-batch", args=[self.list_id, self.pk])
