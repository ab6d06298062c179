"""The one definition of every figure (design 7): tiles, the lists behind them, exports and mails all ask here.

Figures count lead shares; supports stand apart. For any set of rows, on any day:

    total = open + completed + stopped;  suspended, in review and overdue are parts of open, and no row is two of them
    completed = completed of those due + completed early + completed without a date
    gap = due - completed of those due = overdue (of those due) + in review (of those due) + still within time

"Due" means: due today or earlier, neither stopped nor suspended. Overdue begins at 00:00 of the next day (design 5), so a
row that is due today belongs to the gap before it is overdue; so does a returned row until its supplement date is over.
That third part is "still within time"; where it is nought the gap is overdue and in review together, as design 7 says.
Work in review before its due date is in review, but in no gap. Undated work is in no denominator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import pgettext_lazy

from tasks.lights import Thresholds
from tasks.models.assignments import overdue_q
from tasks.states import OPEN, WITH_UNIT, Stage

SMALL = 5  # under this base a share is written "3/4", never as a percentage (ux d.3)


class Figure(models.TextChoices):
    """Everything that is counted, by the word that stands in an address and the word on the page."""

    TOTAL = "total", pgettext_lazy("figure", "All assignments")
    OPEN = "open", pgettext_lazy("figure", "Open")
    COMPLETED = "completed", pgettext_lazy("figure", "Completed")
    STOPPED = "stopped", pgettext_lazy("figure", "Stopped")
    SUSPENDED = "suspended", pgettext_lazy("figure", "Suspended")
    IN_REVIEW = "in_review", pgettext_lazy("figure", "In review")
    OVERDUE = "overdue", pgettext_lazy("figure", "Overdue")
    DUE_SOON = "due_soon", pgettext_lazy("figure", "Due soon")
    DUE = "due", pgettext_lazy("figure", "Due")
    COMPLETED_DUE = "completed_due", pgettext_lazy("figure", "Completed of those due")
    GAP = "gap", pgettext_lazy("figure", "Gap")
    GAP_OVERDUE = "gap_overdue", pgettext_lazy("figure", "Overdue, of those due")
    GAP_IN_REVIEW = "gap_in_review", pgettext_lazy("figure", "In review, of those due")
    GAP_IN_TIME = "gap_in_time", pgettext_lazy("figure", "Due and still within time")
    EARLY = "early", pgettext_lazy("figure", "Completed early")
    COMPLETED_UNDATED = "completed_undated", pgettext_lazy("figure", "Completed, without a due date")
    ON_TIME = "on_time", pgettext_lazy("figure", "Reported on time, of those due")
    LATE = "late", pgettext_lazy("figure", "Late: overdue now, or reported after the date")


NAMES = frozenset(Figure.values)


def conditions(on: date, thresholds: Thresholds) -> dict[Figure, Q]:
    """The condition on an assignment behind each figure, as of the day `on`."""
    overdue = overdue_q(on)
    due = Q(due_on__lte=on) & ~Q(stage__in=[Stage.STOPPED, Stage.SUSPENDED])
    completed = Q(stage=Stage.COMPLETED)
    in_review = Q(stage=Stage.REPORTED)
    with_unit = Q(stage__in=WITH_UNIT)
    # On time: first submission by the due date and every supplement by its date (design 4). `days_late` is fixed at each
    # submission; a row that is back in work is on time only while its supplement date has not passed.
    submitted = Q(stage__in=[Stage.REPORTED, Stage.COMPLETED, Stage.RETURNED], reported_on__isnull=False, days_late=0)
    return {
        Figure.TOTAL: Q(),
        Figure.OPEN: Q(stage__in=OPEN),
        Figure.COMPLETED: completed,
        Figure.STOPPED: Q(stage=Stage.STOPPED),
        Figure.SUSPENDED: Q(stage=Stage.SUSPENDED),
        Figure.IN_REVIEW: in_review,
        Figure.OVERDUE: overdue,
        Figure.DUE_SOON: thresholds.soon_q(),
        Figure.DUE: due,
        Figure.COMPLETED_DUE: due & completed,
        Figure.GAP: due & ~completed,
        Figure.GAP_OVERDUE: due & overdue,
        Figure.GAP_IN_REVIEW: due & in_review,
        Figure.GAP_IN_TIME: due & with_unit & ~overdue,
        Figure.EARLY: completed & Q(due_on__gt=on),
        Figure.COMPLETED_UNDATED: completed & Q(due_on__isnull=True),
        Figure.ON_TIME: due & submitted & ~overdue,
        Figure.LATE: overdue | (Q(days_late__gt=0) & ~Q(stage=Stage.STOPPED)),
    }


def aggregates(on: date, thresholds: Thresholds, wanted: Iterable[Figure] = Figure) -> dict[str, Count]:
    """The same conditions as counts, for `aggregate()` or `annotate()` over assignments; named as the figures."""
    defined = conditions(on, thresholds)
    return {figure.value: Count("pk", filter=defined[figure]) for figure in wanted}


class Counts(dict[str, int]):
    """The figures of one set of rows, by name; two sets without a row in common can be added."""

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Counts:
        """The figures in a row that a query gave, other columns left aside."""
        return cls({name: value for name, value in row.items() if name in NAMES and isinstance(value, int)})

    @classmethod
    def sum(cls, parts: Iterable[Counts]) -> Counts:
        """All parts together; every figure is there, nought where no part has it."""
        found = cls.fromkeys(NAMES, 0)
        for part in parts:
            for name, value in part.items():
                found[name] += value
        return found

    @classmethod
    def fromkeys(cls, names: Iterable[str], value: int = 0) -> Counts:  # type: ignore[override] # fewer types than dict
        """Figures that all have the same value."""
        return cls(dict.fromkeys(names, value))


def share(part: int, whole: int) -> float | None:
    """How much of the whole, from 0 to 1; None without a base."""
    return part / whole if whole else None
