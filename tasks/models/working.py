"""What makes work on lists lighter: a row that somebody is writing in, a list kept as a template, a filter kept by name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.models import Line, Unit, User
from tasks.models.lists import PaperDraft
from tasks.states import DESK


class RowLeaseQuerySet(models.QuerySet["RowLease"]):
    """Ways to speak of leases."""

    def running(self, now: datetime) -> Self:
        """Leases that have not lapsed; a lapsed one is nobody's."""
        return self.filter(until_at__gt=now)


class RowLease(models.Model):
    """Somebody is writing in a row of a shared draft; it lapses by itself, so a closed window locks nothing (ux S06)."""

    draft = models.ForeignKey(PaperDraft, on_delete=models.CASCADE, related_name="leases")
    row = models.CharField(max_length=12)  # the key of the row in the draft, which never changes
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    until_at = models.DateTimeField()

    objects = RowLeaseQuerySet.as_manager()

    class Meta:
        ordering = ["draft", "row"]
        constraints = [models.UniqueConstraint(fields=["draft", "row"], name="row_leased_once")]

    def __str__(self) -> str:
        return f"{self.row} {self.user}"


def no_rows() -> list[Any]:
    """The beginning of a template."""
    return []


class ListTemplateQuerySet(models.QuerySet["ListTemplate"]):
    """Ways to speak of templates."""

    def visible_to(self, user: User, on: date) -> Self:
        """Templates of the bodies in which this person keeps a desk."""
        return self.filter(body__in=user.posts.active(on).filter(role__in=DESK).values("unit__body_id"))

    def in_use(self) -> Self:
        """Those that were not retired."""
        return self.filter(retired_on=None)


class ListTemplate(models.Model):
    """A list without its year, kept for the whole body: words, units as written, and dates as phrases.

    A table of its own and not a marked draft: a draft lies on one person's table and becomes one list, a template is the
    body's and begins many.
    """

    body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Name of the template"), max_length=60)
    line = models.CharField(max_length=8, choices=Line, default=Line.JOINT)
    rows: models.JSONField[Any, Any] = models.JSONField(default=no_rows)  # as in a draft: tasks.papers.rows
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ListTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "name"], condition=Q(retired_on__isnull=True), name="template_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tasks:template", args=[self.pk])


class SavedFilter(models.Model):
    """A filter that somebody keeps under a name, for himself; the query holds only what its page knows."""

    class Page(models.TextChoices):
        LISTS = "lists", _("Lists")
        ROWS = "rows", _("Rows of a board")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=8, choices=Page)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="+")  # of the board
    name = models.CharField(_("Name of the filter"), max_length=30)
    query = models.CharField(max_length=500)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="filter_name_once")]

    def __str__(self) -> str:
        return self.name
