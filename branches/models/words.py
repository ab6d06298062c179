"""Words and small parts that several tables share: the line of work, spans of days, names in two languages."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Line(models.TextChoices):
    """The two lines of party building, and work that serves both (domain 1.3)."""

    OFFICE = "office", pgettext_lazy("line", "Office line")
    MEMBERS = "members", pgettext_lazy("line", "Members’ line")
    JOINT = "joint", pgettext_lazy("line", "Joint")


class SpanQuerySet(models.QuerySet):
    """Rows that hold for a span of days."""

    def active(self, on: date) -> Self:
        """Rows whose span holds the day `on`."""
        return self.filter(active_q(on))


class Span(models.Model):
    """A span of days: its first day belongs to it, the day in `ends_on` no longer does; null means open."""

    starts_on = models.DateField(_("First day"))
    ends_on = models.DateField(
        _("Ends on"), null=True, blank=True, help_text=_("The first day on which it no longer holds")
    )

    class Meta:
        abstract = True

    def holds_on(self, on: date) -> bool:
        """Whether the span holds the day `on`."""
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


class Named(models.Model):
    """A name in Chinese and, where there is one, in a second language."""

    name = models.CharField(_("Name"), max_length=120)
    name_en = models.CharField(_("Name in English"), max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def local_name(self) -> str:
        """The name for the language of the page; the Chinese one where no other is known."""
        if self.name_en and (get_language() or "").startswith("en"):
            return self.name_en
        return self.name


def active_q(on: date, prefix: str = "") -> Q:
    """The condition that a span (reached through `prefix`, such as "unit__") holds the day `on`."""
    return Q(**{f"{prefix}starts_on__lte": on}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": on})
    )


def span_check(name: str) -> models.CheckConstraint:
    """The constraint that a span does not end before it begins."""
    return models.CheckConstraint(name=name, condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")))
