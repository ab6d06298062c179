"""Entries that we keep in a person's own to-do list in DingTalk, beside the message (issue 6)."""

from __future__ import annotations

import uuid

from django.db import models

from branches.models import User
from tasks.models.assignments import Assignment
from tasks.models.reminders import Outgoing, OutgoingQuerySet


class Todo(Outgoing):
    """One row in one person's list: how it ought to stand, and whether the provider has been told so.

    The reminder is the promise, this a convenience: it follows what was told, and is ticked off when nothing is owed.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="todos")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="todos")
    source = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # by it the provider knows the entry
    due_on = models.DateField(null=True, blank=True)
    is_done = models.BooleanField(default=False)
    owner = models.CharField(max_length=120, blank=True)  # his union id there, once it is known
    entry = models.CharField(max_length=120, blank=True)  # the provider's id of the entry, once it is known

    objects = OutgoingQuerySet["Todo"].as_manager()

    class Meta:
        ordering = ["-not_before", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "assignment"], name="one_todo_a_person_and_row")]
        indexes = [
            models.Index(fields=["not_before"], name="todo_waiting", condition=models.Q(state="ready")),
            models.Index(fields=["assignment"], name="todo_standing", condition=models.Q(is_done=False)),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.assignment_id}"
