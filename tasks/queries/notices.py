"""What the page of notices reads: one's own, unread first, of one kind or all; each in one sentence with why and the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import User
from tasks.models import Notice, Reminder
from tasks.reminders import words

Kind = Reminder.Kind
GROUPS: dict[str, tuple[str | Promise, frozenset[str]]] = {
    "dates": (gettext_lazy("Due dates"), frozenset({Kind.BEFORE, Kind.DUE, Kind.LATE, Kind.BY_HAND, Kind.ESCALATED})),
    "answers": (gettext_lazy("Answers"), frozenset({Kind.RETURNED, Kind.APPROVED, Kind.HELP, Kind.EXTENSION})),
    "given": (
        gettext_lazy("Lists and instructions"),
        frozenset({Kind.NEW_LIST, Kind.EDITION, Kind.SIGN, Kind.CLARIFIED, Kind.INSTRUCTION}),
    ),
    "waiting": (pgettext_lazy("notices", "Waiting for us"), frozenset({Kind.REVIEW, Kind.BRANCH_ENDS, Kind.SHORTAGE})),
}
SHOWS: dict[str, str | Promise] = {
    "unread": pgettext_lazy("notices", "Unread"),
    "all": pgettext_lazy("notices", "All"),
    "later": pgettext_lazy("notices", "Put off"),
}


@dataclass(frozen=True)
class Shown:
    """One notice in words."""

    row: Notice
    text: str
    unit: str
    said: str  # words of people: an answer, a clarification
    why: str
    label: str


def notices(user: User, show: str, group: str) -> QuerySet[Notice]:
    """The person's notices of one view and one group, the unread first, the newest first."""
    rows = Notice.objects.of(user).select_related("at")
    rows = rows.filter(snoozed_until__isnull=False) if show == "later" else rows.awake()
    if show == "unread":
        rows = rows.unread()
    if group in GROUPS:
        rows = rows.filter(kind__in=GROUPS[group][1])
    return rows.order_by(F("read_at").desc(nulls_first=True), "-made_at", "-pk") if show == "all" else rows


def counts(user: User) -> dict[str, int]:
    """How many stand in each view; one query."""
    later = Q(snoozed_until__isnull=False)
    return Notice.objects.of(user).aggregate(
        unread=Count("pk", filter=~later & Q(read_at__isnull=True)), all=Count("pk", filter=~later),
        later=Count("pk", filter=later),
    )  # fmt: skip


def shown(rows: Sequence[Notice]) -> list[Shown]:
    """The same in the language of the page; no query."""
    return [
        Shown(
            row,
            words.sentence(row.kind, row.facts),
            words.named(row.facts, "unit"),
            "" if row.kind == Kind.INSTRUCTION else str(row.facts.get("text", "")),
            words.reason(row.kind, row.role, row.at.local_name if row.at else "", row.instead_of),
            str(row.get_kind_display()),
        )
        for row in rows
    ]
