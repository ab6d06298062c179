"""Who was shown whose sensitive entries, written down for the person who asks (issue 4).

Writing a line about a read changes nothing that anybody sees or counts, so a page that is only read may write it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from branches.models import Look, User

BATCH = 1_000


def note_looks(viewer: User, people: Iterable[User], entries: str, *, on: date, now: datetime) -> None:
    """One row a viewer, person, day and kind of entries, however often the page is opened; one query for a page of them."""
    seen = {person.pk for person in people} - {viewer.pk}
    Look.objects.bulk_create(
        [Look(viewer=viewer, person_id=pk, entries=entries, on=on, at=now) for pk in sorted(seen)],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
