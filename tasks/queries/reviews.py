"""What the review page reads: the queue with its waiting days, who decided already, what changed since the last report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from branches.clock import day_of
from branches.models import BodySettings, User
from tasks import rules
from tasks.calendar import working_days
from tasks.models import Assignment, Event, Report
from tasks.rules import Actor

LONGEST = 100  # submissions that one page lists


@dataclass
class Waiting:
    """A submission in the queue. The days count against the reviewer, never against the unit (ux g.4)."""

    row: Assignment
    days: int
    too_long: bool


def queue(who: Actor, on: date, wishes: BodySettings) -> list[Waiting]:
    """What waits for this person, oldest first, with the days it has waited. One query."""
    rows = rules.review_queue(who.user, on, who).select_related("unit", "task__text", "issuer_body")[: LONGEST + 1]
    days = working_days()
    found = []
    for row in rows:
        since = day_of(row.submitted_at) if row.submitted_at else on
        found.append(Waiting(row, (on - since).days, days.count(since, on) > wishes.review_workdays))
    return found


def last_decision(row: Assignment) -> Event | None:
    """The last thing that took the row out of review: by whom, when and what."""
    moves = [
        "approve",
        "return",
        "take_back",
        "suspend",
        "cancel",
        "terminate",
        "not_applicable",
        "branch_ended",
        "unit_moved",
        "hand_over",
    ]
    return Event.objects.filter(assignment=row, move__in=moves).select_related("by").first()


def decided_by(user: User, on: date, rows: Sequence[str] = ("approve", "return")) -> int:
    """How many submissions this person decided on that day."""
    return Event.objects.filter(by=user, move__in=rows, at__date=on).count()


@dataclass
class Difference:
    """What is new in a report and what is gone, sentence by sentence."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.files)


def since_last(reports: Sequence[Report]) -> Difference | None:
    """The latest report beside the one before it; None where it is the first. The reports carry their `papers`."""
    if len(reports) < 2:
        return None
    new, old = reports[0], reports[1]
    before, after = _sentences(old.text), _sentences(new.text)
    had = {paper.pk for paper in old.papers}  # type: ignore[attr-defined] # fetched along
    return Difference(
        [words for words in after if words not in before],
        [words for words in before if words not in after],
        [paper.name for paper in new.papers if paper.pk not in had],  # type: ignore[attr-defined] # fetched along
    )


def _sentences(text: str) -> list[str]:
    pieces = re.split(r"(?<=[。；！？;!?\n])|(?<=\.)\s", text)
    return [piece.strip() for piece in pieces if piece and piece.strip()]
