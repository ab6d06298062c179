"""A second, simple reading of the reminder rules (design 9) that shares no code with the product.

It is told of rows and days, and says who has to hear what on which day. It needs to know which days are worked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE = timedelta(days=1)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))


@dataclass
class Known:
    """What the oracle knows of a row."""

    person: str
    due: date
    since: date
    open: bool = True
    back_on: date | None = None  # the day of the last return, while it lasts
    told_back: set[str] = field(default_factory=set)  # who was told of it


@dataclass
class Oracle:
    """Told of rows and days, says who has to hear what."""

    works: Callable[[date], bool]
    rows: dict[int, Known] = field(default_factory=dict)
    told: set[tuple[str, int, str, date]] = field(default_factory=set)
    expected: set[tuple[date, str, str, int]] = field(default_factory=set)  # day, person, kind, row
    late: set[tuple[int, date]] = field(
        default_factory=set
    )  # rows and dates of which somebody was told that they are over
    desk: str = "clerk"

    def speak(self, today: date) -> None:
        """The mails of a working day on which somebody looked during the day."""
        for pk, row in self.rows.items():
            if not row.open:
                continue
            if row.back_on and row.person not in row.told_back and self.since(row.back_on, today) <= 3:
                self.expected.add((today, row.person, "returned", pk))
                row.told_back.add(row.person)
            self.escalate(pk, row, today)
            kind = self.kind(row, today)
            if kind is None:
                continue
            first = today
            while self.kind(row, earlier := self.before(first)) == kind and earlier >= row.due - 20 * ONE:
                first = earlier
            if (kind, pk, row.person, first) not in self.told:
                self.told.add((kind, pk, row.person, first))
                self.expected.add((today, row.person, kind, pk))
            if kind == "late":
                self.late.add((pk, row.due))

    def escalate(self, pk: int, row: Known, today: date) -> None:
        """From the fifth working day overdue on, for three more, the desk of the office is told once of what it was not
        told itself, if somebody was told before."""
        over = sum(self.works(day) for day in days_between(row.due + ONE, today)) if today > row.due else 0
        key = ("escalated", pk, self.desk, row.due)
        if 5 <= over <= 8 and (pk, row.due) in self.late and key not in self.told:
            self.told.add(key)
            self.expected.add((today, self.desk, "escalated", pk))

    def since(self, day: date, today: date) -> int:
        """Working days that have begun after that day."""
        return sum(self.works(one) for one in days_between(day + ONE, today))

    def kind(self, row: Known, today: date) -> str | None:
        """Which reminder fits the day, counting working days on the fingers."""
        shared = (
            row.due - ONE if (row.due + ONE).day == 1 else row.due
        )  # a month's last day goes with the day before it
        left = sum(self.works(day) for day in days_between(today, shared - ONE)) if today <= shared else 0
        last = row.due
        while not self.works(last):
            last -= ONE
        if today > row.due:
            late = sum(self.works(day) for day in days_between(row.due + ONE, today))
            return "late" if late <= 3 and row.due >= row.since else None
        if today >= last:
            if row.back_on:
                return "due" if last > row.back_on else None
            return "due" if row.due >= row.since else None
        if left > 3:
            return None
        if row.back_on:
            three_before = shared
            for _n in range(3):
                three_before = self.before(three_before)
            return "before" if three_before > row.back_on else None
        return "before" if last > row.since else None

    def before(self, day: date) -> date:
        """The working day before."""
        day -= ONE
        while not self.works(day):
            day -= ONE
        return day
