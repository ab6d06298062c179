"""The append-only history of lists, tasks and assignments: who, for whom, when, what changed, on whose word."""

from __future__ import annotations

from typing import Any

from django.db import models

from branches.models import Post, User
from tasks.models.assignments import Assignment
from tasks.models.lists import Task, TaskList
from tasks.states import Stage


class Event(models.Model):
    """One line of history. The database refuses update and delete; a correction is a new row (I-26, I-31)."""

    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # null: a job
    on_behalf_of = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # acting post
    list = models.ForeignKey(TaskList, on_delete=models.PROTECT, related_name="events")
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    assignment = models.ForeignKey(Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    move = models.SlugField(max_length=32)
    from_stage = models.CharField(max_length=16, choices=Stage, blank=True)
    to_stage = models.CharField(max_length=16, choices=Stage, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    operation = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["assignment", "-at"], name="event_of_an_assignment"),  # the timeline
            models.Index(fields=["list", "-at"], name="event_of_a_list"),
            models.Index(
                fields=["-at", "-id"], name="event_newest"
            ),  # the audit page; what happened since a month closed
            models.Index(fields=["by", "-at"], name="event_of_a_person"),  # the audit page
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.at:%Y-%m-%d %H:%M}"
