"""The page of notices: the same occasions once more inside the system, for everyone, with or without a mail address.

A notice is there or not; nothing has to be sent. Its unique key is that of the ledger less the channel, so planning twice
shows it once. It keeps its facts as they were when it was made, like the words of a mail.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from branches.clock import day_of
from tasks.models import Assignment, Notice, TaskList
from tasks.models.reminders import State
from tasks.reminders.people import Addressee
from tasks.reminders.words import Facts, about, both, iso, title_of

if TYPE_CHECKING:
    from tasks.reminders.plan import Saying

KEPT = timedelta(days=183)


def write(
    subject_type: str,
    subjects: Sequence[int],
    wanted: Sequence[Saying],
    facts: Callable[[list[int]], dict[int, Facts]],
    now: datetime,
) -> int:
    """Show what is to be said and was not shown yet; how many are new. Inside the caller's transaction, two queries or four."""
    said = [saying for saying in wanted if saying.state == State.READY]
    if not said:
        return 0
    there = Notice.objects.filter(subject_type=subject_type, subject_id__in=subjects).order_by()
    known = set(there.values_list("kind", "subject_id", "recipient_id", "day"))
    fresh = {  # a date that was changed and changed back is not said again
        (kind, subject, user, day): saying
        for saying in said
        for kind, subject, _revision, user, day in [saying.key]
        if (kind, subject, user, day) not in known
    }
    if not fresh:
        return 0
    words = facts(sorted({saying.key[1] for saying in fresh.values()}))
    rows = [_row(saying, words[saying.key[1]], now) for _key, saying in sorted(fresh.items()) if saying.key[1] in words]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _row(saying: Saying, facts: Facts, now: datetime) -> Notice:
    kind, subject, revision, user, day = saying.key
    return made(kind, saying.subject_type, subject, revision, user, day, facts, saying.addressee, now)


def made(
    kind: str, subject_type: str, subject: int, revision: int, user: int, day: date, facts: Facts, addressee: Addressee,
    now: datetime,
) -> Notice:  # fmt: skip
    """One notice, not saved."""
    return Notice(
        kind=kind, subject_type=subject_type, subject_id=subject, due_revision=revision, recipient_id=user, day=day,
        made_at=now, facts=facts, role=addressee.role or "", at_id=addressee.unit_id, instead_of=addressee.instead_of,
    )  # fmt: skip


def rows_of(keys: Collection[int]) -> dict[int, Facts]:
    """The facts of rows whose date speaks, or that came back; one query."""
    found = Assignment.objects.filter(pk__in=keys).select_related("task__text", "unit")
    return {row.pk: about(row, path=f"/a/{row.pk}/update/", day=iso(row.clock_on)) for row in found}


def lists_of(keys: Collection[int]) -> dict[int, Facts]:
    """The facts of new lists; one query."""
    found = TaskList.objects.filter(pk__in=keys).select_related("issuer")
    return {one.pk: {"list": title_of(one), "unit": both(one.issuer), "path": one.get_absolute_url()} for one in found}


def wake(now: datetime) -> int:
    """Bring back what was put off until today; how many."""
    return Notice.objects.filter(snoozed_until__lte=day_of(now)).update(snoozed_until=None)


def forget(now: datetime) -> int:
    """Take away what is older than half a year: the history of the work itself is kept elsewhere; how many."""
    return Notice.objects.filter(made_at__lt=now - KEPT).delete()[0]
