"""A post goes to a successor on a day: who, to whom, what went along, so that it can be told and, untouched, undone (ux ADM-3).

The posts themselves are dated, so one that begins in the future needs nobody to wake it. What hangs on the person and not on
the post (work named for him, drafts, papers that wait for his decision) goes over on the day, by the sweep.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from branches.models import Post, Term, User


def nothing() -> dict[str, Any]:
    """The beginning of a plan."""
    return {}


class PostHandoverQuerySet(models.QuerySet["PostHandover"]):
    """Ways to speak of handovers."""

    def standing(self) -> Self:
        """Those that were not undone."""
        return self.filter(undone_at=None)

    def to_settle(self, on: date) -> Self:
        """Those whose day has come and whose named work has not gone over yet."""
        return self.standing().filter(settled_at=None, on__lte=on)


class PostHandover(models.Model):
    """One handover of one or several posts of a person to one successor."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="handed_over")
    successor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="taken_over")
    on = models.DateField()  # the first day of the successor
    # posts: [{old, new, before}]; platforms, contacts: keys of what the desk ticked
    plan: models.JSONField[Any, Any] = models.JSONField(default=nothing)
    moved: models.JSONField[Any, Any] = models.JSONField(default=nothing)  # what went along on the day, by kind: keys
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")  # under which it was ordered
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = PostHandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(name="handover_to_another", condition=~Q(successor=F("person"))),
            models.CheckConstraint(
                name="handover_undone_by_somebody",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["on"], name="handover_to_settle", condition=Q(settled_at__isnull=True, undone_at__isnull=True)
            )  # the sweep
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.successor} {self.on}"

    @property
    def count(self) -> int:
        """How many posts."""
        return len(self.plan.get("posts", ()))

    @property
    def old_posts(self) -> list[int]:
        """Keys of the posts that end."""
        return [line["old"] for line in self.plan.get("posts", ())]

    @property
    def new_posts(self) -> list[int]:
        """Keys of the posts that begin; a post that the successor held already begins nothing."""
        return [line["new"] for line in self.plan.get("posts", ()) if line["new"]]


class TermPlan(models.Model):
    """A change of term on its way: the new term, and what was answered about members, branches, posts and open work.

    What nobody answered stays as it is. The plan is a row, so that it can be left and taken up again; it is applied once.
    """

    term = models.OneToOneField(Term, on_delete=models.PROTECT, related_name="plan")
    answers: models.JSONField[Any, Any] = models.JSONField(default=nothing)  # tasks.terms.Answers
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # confirmed by
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    result: models.JSONField[Any, Any] = models.JSONField(default=nothing)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="term_plan_confirmed_by_somebody",
                condition=Q(confirmed_at__isnull=True) | Q(by__isnull=False, post__isnull=False),
            ),
            models.CheckConstraint(
                name="term_plan_applied_when_confirmed",
                condition=Q(applied_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term.body} {self.term}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:term-plan", args=[self.pk])
