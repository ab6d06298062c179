"""Standing in: for some days another person acts under one's post, and both names are kept (cases.md 13, I-4).

One row lends one post. It gives nothing that the post does not give, and ends by itself on its day.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branches.models.people import Post, User
from branches.models.words import Span, SpanQuerySet, span_check
from branches.roles import Role

NOT_LENT = frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR})  # given by name only: no one person can lend them


class StandIn(Span):
    """A post lent to another person for a span of days; the bound is always known."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="stand_ins")
    absent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stood_in_for")  # the holder of the post
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stands_in")
    reason = models.CharField(_("Reason"), max_length=120, blank=True)
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SpanQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            span_check("stand_in_span"),
            models.CheckConstraint(name="stand_in_ends", condition=Q(ends_on__isnull=False)),
            models.CheckConstraint(name="stand_in_is_another", condition=~Q(person=F("absent"))),
        ]
        indexes = [models.Index(fields=["person", "ends_on"], name="stand_in_of_a_person")]  # every request asks

    def __str__(self) -> str:
        return f"{self.person} → {self.absent} {self.post}"
