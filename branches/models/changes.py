"""Changes of the tree with a day: a move, a merge or a new name that is planned, and what became of it (docs/decisions/0018).

A change of today is a row too, done in the same transaction, so that undoing, objecting and looking back have one place.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models.people import Post, User
from branches.models.units import Unit


class PlannedChangeQuerySet(models.QuerySet["PlannedChange"]):
    """Ways to speak of planned changes."""

    def visible_to(self, user: User, on: date) -> Self:
        """Changes of units in the bodies in which `user` serves, or that come into them; a system admin sees all."""
        sight = user.sight(on)
        if sight.whole_tree:
            return self
        return self.filter(
            Q(unit__body_id__in=sight.bodies) | Q(target__body_id__in=sight.bodies) | Q(old_body_id__in=sight.bodies)
        )

    def waiting(self, on: date) -> Self:
        """Planned ones whose day has come."""
        return self.filter(state=PlannedChange.State.PLANNED, effective_on__lte=on)


class PlannedChange(models.Model):
    """A unit is to move, to be merged into another, or to be called differently, from a day on."""

    class Kind(models.TextChoices):
        MOVE = "move", pgettext_lazy("change of the tree", "Move")
        MERGE = "merge", pgettext_lazy("change of the tree", "Merge")
        RENAME = "rename", pgettext_lazy("change of the tree", "Rename")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("change of the tree", "Planned")
        DONE = "done", pgettext_lazy("change of the tree", "Done")
        WITHDRAWN = "withdrawn", pgettext_lazy("change of the tree", "Withdrawn")
        OBJECTED = "objected", pgettext_lazy("change of the tree", "Objected to")
        FAILED = "failed", pgettext_lazy("change of the tree", "Could not be done")
        UNDONE = "undone", pgettext_lazy("change of the tree", "Undone")

    kind = models.CharField(max_length=8, choices=Kind)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="planned_changes")
    target = models.ForeignKey(  # the unit above it from then on, or the one that takes it in
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="changes_towards"
    )
    words: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # of a new name
    effective_on = models.DateField(_("Takes effect on"))
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    said = models.CharField(max_length=500, blank=True)  # why it was objected to, withdrawn or could not be done
    said_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    old_body = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    before: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)  # where it stood: for undoing

    objects = PlannedChangeQuerySet.as_manager()

    class Meta:
        ordering = ["effective_on", "pk"]
        constraints = [
            models.UniqueConstraint(  # a unit can be on its way to one place only
                fields=["unit"], condition=Q(state="planned", kind__in=["move", "merge"]), name="one_way_planned"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(state="planned", kind="rename"), name="one_name_planned"
            ),
            models.CheckConstraint(name="change_goes_somewhere", condition=Q(kind="rename") | Q(target__isnull=False)),
            models.CheckConstraint(
                name="change_done_has_a_moment", condition=~Q(state__in=["done", "undone"]) | Q(done_at__isnull=False)
            ),
            models.CheckConstraint(
                name="change_failed_says_why", condition=~Q(state__in=["failed", "objected"]) | ~Q(said="")
            ),
        ]
        indexes = [
            models.Index(fields=["effective_on"], condition=Q(state="planned"), name="change_waiting")  # the sweep
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.unit} {self.effective_on}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:change", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look at it: it waits, was objected to or could not be done."""
        return self.state in (self.State.PLANNED, self.State.OBJECTED, self.State.FAILED)
