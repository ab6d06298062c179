"""What the pages read on which several rows are decided in one press: each row with what speaks for or against it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from branches.models import User
from tasks.models import Assignment, Evidence, Report
from tasks.queries.assignments import own_work
from tasks.rules import Actor, review_queue
from tasks.states import CLOSED

MOST = 100  # rows that one page lists


def to_accept(who: Actor, rows: Collection[int] | None = None) -> list[Assignment]:
    """Reports that wait for this person, oldest first, or those of them that are named: with the words (`said`), the number
    of files (`papers`) and whether parts below are still open (`waits`). One more than `MOST` at the utmost; one query."""
    last = Report.objects.filter(assignment=OuterRef("pk"), kind=Report.Kind.COMPLETION).order_by("-at", "-pk")
    files = Evidence.objects.filter(report__assignment=OuterRef("pk")).order_by().values("report__assignment")
    open_parts = Assignment.objects.filter(source=OuterRef("pk"), task__mandatory=True).exclude(stage__in=CLOSED)
    found = review_queue(who.user, who.on, who).annotate(
        said=Subquery(last.values("text")[:1]),
        papers=Subquery(files.values(n=Count("file", distinct=True))),
        waits=Exists(open_parts),
    )
    return _page(found, rows)


def to_note(who: Actor, rows: Collection[int] | None = None) -> list[Assignment]:
    """One's own open work that is not broken down, or the part of it that is named, with the last words (`said`)."""
    last = Report.objects.filter(assignment=OuterRef("pk")).order_by("-at", "-pk")
    return _page(own_work(who).filter(broken_down=False).annotate(said=Subquery(last.values("text")[:1])), rows)


def told(rows: Sequence[int], user: User, on: date) -> dict[int, Assignment]:
    """Rows by their keys, for the page that says what became of them, as far as this person sees them still."""
    found = Assignment.objects.visible_to(user, on).filter(pk__in=rows).select_related("task__text", "unit")
    return {row.pk: row for row in found}


def _page(found: QuerySet[Assignment], rows: Collection[int] | None) -> list[Assignment]:
    if rows is not None:
        found = found.filter(pk__in=rows)
    return list(found.select_related("task__text", "unit", "list")[: MOST + 1])
