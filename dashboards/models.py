"""What a month's boards showed when the month closed: written once, never changed (design 7, FigureSnapshot).

A `ClosedMonth` says which month, counted on which day, when it was written and whether it was written late. Its
`FigureSnapshot` rows hold the figures by unit, list, line and measure, so that any board of that month is a sum of them.
Units stand in them by key with everything that stood above them then: a unit that is moved, merged, renamed or ended
later changes nothing here, and a path that the tree uses again cannot mislead (docs/decisions/0025).
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from branches.models import Line, Unit
from tasks.models import TaskList


class Measure(models.TextChoices):
    """The two ways of counting, never mixed on one page (design 7)."""

    GIVEN = "given", pgettext_lazy("measure", "Work given")
    BELOW = "below", pgettext_lazy("measure", "All work below")


class ClosedMonth(models.Model):
    """A month whose figures are written down. Whoever inserts it writes the figures; there is one for the whole site."""

    month = models.DateField(unique=True)  # its first day
    counted_on = models.DateField()  # the figures are those of the morning of this day
    recorded_at = models.DateTimeField()
    late = models.BooleanField(
        default=False
    )  # history did not allow to count back: these are the rows as they stood then

    class Meta:
        ordering = ["-month"]
        constraints = [models.CheckConstraint(name="closed_month_is_over", condition=Q(counted_on__gt=F("month")))]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


def _keys(**options: Any) -> ArrayField[Any, Any]:
    return ArrayField(models.IntegerField(), default=list, **options)


class FigureSnapshot(models.Model):
    """The figures of one unit in one list, line and measure, of work that was due in one closed month."""

    closed = models.ForeignKey(ClosedMonth, on_delete=models.PROTECT, related_name="figures")
    measure = models.CharField(max_length=8, choices=Measure)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    list = models.ForeignKey(TaskList, on_delete=models.PROTECT, related_name="+")
    line = models.CharField(max_length=8, choices=Line)
    late_reason = models.CharField(max_length=60, blank=True)
    unit_chain = _keys()  # the unit and everything above it on that day, highest first
    issuer_chain = _keys()  # the issuer and what stood above it in its body, highest first
    grown_from = _keys(blank=True)  # the lists from which this one was broken down
    seen_from = _keys(blank=True)  # a post that sees below, at one of these units, counts these rows (design 3)
    seen_at = _keys(blank=True)  # so does one that sees its own unit only, at one of these

    total = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    stopped = models.PositiveIntegerField(default=0)
    suspended = models.PositiveIntegerField(default=0)
    in_review = models.PositiveIntegerField(default=0)
    overdue = models.PositiveIntegerField(default=0)
    due_soon = models.PositiveIntegerField(default=0)
    due = models.PositiveIntegerField(default=0)
    completed_due = models.PositiveIntegerField(default=0)
    gap = models.PositiveIntegerField(default=0)
    gap_overdue = models.PositiveIntegerField(default=0)
    gap_in_review = models.PositiveIntegerField(default=0)
    gap_in_time = models.PositiveIntegerField(default=0)
    early = models.PositiveIntegerField(default=0)
    on_time = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "closed",
                    "measure",
                    "unit",
                    "list",
                    "line",
                    "late_reason",
                    "unit_chain",
                    "issuer_chain",
                    "grown_from",
                    "seen_from",
                    "seen_at",
                ],
                name="figure_once_a_month",
            ),
            # the identities of design 7, held for what nobody can correct later
            models.CheckConstraint(
                name="figure_parts_add_up",
                condition=Q(
                    total=F("open") + F("completed") + F("stopped"),
                    gap=F("gap_overdue") + F("gap_in_review") + F("gap_in_time"),
                    due=F("completed_due") + F("gap"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.closed} {self.unit} {self.measure}"


class PastRow(models.Model):
    """A lead share as it stood at a past moment: a table that lives for one transaction (dashboards.closing), with the names
    of `Assignment`, so that the conditions of `tasks.figures` count it as they count today's rows."""

    unit_id = models.BigIntegerField()
    list_id = models.BigIntegerField()
    issuer_id = models.BigIntegerField()
    issuer_body = models.BigIntegerField()
    line = models.CharField(max_length=8)
    source_list = models.BigIntegerField(null=True)
    source_unit = models.BigIntegerField(null=True)
    source_issuer = models.BigIntegerField(null=True)
    first_list = models.BigIntegerField(null=True)
    first_unit = models.BigIntegerField(null=True)
    first_issuer = models.BigIntegerField(null=True)
    broken_down = models.BooleanField()
    stage = models.CharField(max_length=16)
    owes_report = models.BooleanField()
    short = models.BooleanField()
    due_on = models.DateField(null=True)
    supplement_by = models.DateField(null=True)
    reported_on = models.DateField(null=True)
    days_late = models.PositiveSmallIntegerField()
    late_reason = models.CharField(max_length=60)

    class Meta:
        managed = False
        db_table = "dashboards_pastrow"

    def __str__(self) -> str:
        return f"{self.unit_id} {self.stage}"
