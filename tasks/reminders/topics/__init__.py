"""Things worth telling somebody that are not the due date of a row: what they are, whom they concern, what is said of them.

A topic reads the data of this moment and names people; planning writes that to the ledger, sending asks the topic again.
Rooms above add their own topics with `register`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q

from branches.clock import day_of
from branches.models import User
from tasks.models import Assignment, Notice, Reminder
from tasks.reminders.people import Addressee
from tasks.reminders.words import Facts
from tasks.workdays import Workdays

BACK = timedelta(days=14)  # what happened before this is history, and gets no row however long nobody planned


@dataclass(frozen=True)
class Told:
    """One thing that one person ought to hear, on a day that the data names."""

    subject: int
    addressee: Addressee
    day: date
    revision: int = 1

    @property
    def user_id(self) -> int:
        """Who hears of it."""
        return self.addressee.user_id


@dataclass(frozen=True)
class Moment:
    """When somebody looks, and which days are worked."""

    now: datetime
    days: Workdays

    @property
    def on(self) -> date:
        """The day."""
        return day_of(self.now)

    @property
    def since(self) -> datetime:
        """What is older is not said any more."""
        return self.now - BACK


class Topic(ABC):
    """One kind of thing to be told."""

    kind: ClassVar[Reminder.Kind]
    subject_type: ClassVar[str]
    at_once: ClassVar[bool] = False  # ux C1; everything else goes with the daily digest
    by_mail: ClassVar[bool] = True  # else it stands on the page of notices only

    @abstractmethod
    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """Everyone who ought to hear of something now; of these subjects alone where they are given.

        Where there may be many, those that were told already are left out unless they are asked about.
        """

    @abstractmethod
    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """What is said of each subject, the same for everybody."""

    @abstractmethod
    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Those of the subjects that this person may open (design 6)."""


class OfRows(Topic):
    """A topic whose subjects are rows of work."""

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Whoever sees the row."""
        return set(Assignment.objects.visible_to(user, on).filter(pk__in=subjects).values_list("pk", flat=True))


TOPICS: dict[str, Topic] = {}


def register(*topics: type[Topic]) -> None:
    """Make topics known to planning, sending and the pages."""
    for topic in topics:
        TOPICS[topic.kind.value] = topic()


def untold(topic: Topic, **same: Any) -> Q:
    """Rows of which nobody was told by this topic yet; `same` narrows to what was told of the row as it stands."""
    told = {"kind": topic.kind, "subject_type": topic.subject_type, "subject_id": OuterRef("pk"), **same}
    return ~Q(Exists(Notice.objects.filter(**told)))
