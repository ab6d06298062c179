""" "Nothing new" for several pieces of one's own work in one press (issue 5): a line of progress on each, nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import User
from branches.writing import Invalid, NotPossible, once
from tasks.actions.reports import TEXT_LIMIT, progress
from tasks.actions.together import Outcome, held, one_by_one

KIND = "progress_several"


def note_several(rows: Collection[int], text: str, *, by: User, op: uuid.UUID, now: datetime) -> Outcome:
    """Save the same words as progress of each of these rows; what has moved on since is left with words.

    Raises Invalid without words or rows, PermissionDenied for a row that this person does not see, NotPossible when no row
    takes progress any more.
    """

    def write() -> dict[str, Any]:
        problems = problems_of(rows, text)
        if problems:
            raise Invalid(next(iter(problems.values())), **problems)
        outcome = one_by_one(
            held(rows, by, day_of(now)), lambda row: progress(row, text=text.strip(), by=by, op=op, now=now)
        )
        if not outcome.done:
            raise NotPossible(outcome.left[0][1])
        return outcome.result

    return Outcome.of(once(op, KIND, write, by=by, now=now, content=[sorted(rows), text.strip()]))


def problems_of(rows: Collection[int], text: str) -> dict[str, str]:
    """Why this cannot be sent, by field."""
    found: dict[str, str] = {}
    if not rows:
        found["rows"] = _("Choose at least one assignment")
    if not text.strip():
        found["text"] = _("Write a sentence")
    elif len(text.strip()) > TEXT_LIMIT:
        found["text"] = _("Progress must be %(max)d characters or fewer; it has %(n)d") % {
            "max": TEXT_LIMIT,
            "n": len(text.strip()),
        }
    return found
