"""What the feedback page reads."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet

from branches.models import Feedback, User


def own(user: User) -> QuerySet[Feedback]:
    """What somebody wrote, newest first, with its answers."""
    return Feedback.objects.filter(by=user).select_related("answered_by").order_by("-at", "-pk")


def to_answer(user: User, on: date) -> QuerySet[Feedback]:
    """What others wrote for the bodies in which one answers; what waits comes first, oldest on top."""
    rows = Feedback.objects.visible_to(user, on).exclude(by=user).select_related("by", "body", "answered_by")
    return rows.order_by(F("answered_at").desc(nulls_first=True), "at", "pk")
