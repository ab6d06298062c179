"""Which occasions a body sends messages about: all of the national ones, less those that it has switched off (issue 6).

Switched off is the message, not the knowledge: everything still stands on the page of notices. What somebody does by hand, and
escalation, which has its own number of days, are not here.
"""

from __future__ import annotations

from collections.abc import Iterable

from branches.models import Unit
from tasks.models import Assignment, Reminder, ReminderRules
from tasks.reminders.ledger import ASSIGNMENT, OVERDUE

Kind = Reminder.Kind
RULES: tuple[Reminder.Kind, ...] = (
    Kind.NEW_LIST, Kind.BEFORE, Kind.DUE, Kind.LATE, Kind.RETURNED, Kind.HELP, Kind.INSTRUCTION, Kind.EXTENSION, Kind.CLARIFIED,
    Kind.EDITION, Kind.SIGN, Kind.REVIEW, Kind.BRANCH_ENDS, Kind.SHORTAGE,
)  # fmt: skip
Wanted = tuple[str, int, int | None]  # kind, subject, unit for whose post somebody is told (None: by name)


def unwanted(subject_type: str, wanted: Iterable[Wanted]) -> set[Wanted]:
    """Those of which the body sends no message: of the unit for whose post somebody is told, else of the row. One query where
    no body has switched anything off, three at most."""
    off = {body: set(kinds) for body, kinds in ReminderRules.objects.exclude(off=[]).values_list("body_id", "off")}
    asked = [one for one in wanted if any(one[0] in kinds for kinds in off.values())]
    if not asked:
        return set()
    units = {unit for _kind, _subject, unit in asked if unit is not None}
    body_of = dict(Unit.objects.filter(pk__in=units).values_list("pk", "body_id"))
    rows: dict[int, int | None] = {}
    if subject_type in (ASSIGNMENT, OVERDUE):
        named = {subject for _kind, subject, unit in asked if unit is None}
        rows = dict(Assignment.objects.filter(pk__in=named).values_list("pk", "body_id"))
    return {
        (kind, subject, unit)
        for kind, subject, unit in asked
        if kind in off.get((body_of.get(unit) if unit is not None else rows.get(subject)) or 0, ())
    }
