"""On which days a due date speaks: three working days before, on the due day, and on the first day late (design 9).

Pure. Every occasion has a day of its own, worked out from the due date alone and never from the moment at which somebody
looked: so planning twice, late, or on two machines names the same occasions. The occasions of one due date follow each
other without a gap; from the day on which one begins, the one before it has nothing more to say.

Mail goes out on working days only. A due date on a day off is therefore announced as due on the last working day before
it, and counts as late on the first working day after it, which for a working due date is simply the next working day. The
last two days of a month are announced together, in one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tasks.deadlines.moments import last_day
from tasks.models import Reminder
from tasks.workdays import Workdays

AHEAD = 3  # working days before the due date
LATE_FOR = 3  # working days during which "first day late" is still worth saying
AT_ONCE_FOR = 3  # working days after its own during which a notice that goes at once may still arrive
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Occasion:
    """One thing to be said about a due date, from its day on until the day on which it no longer may be said."""

    kind: Reminder.Kind
    day: date
    ends_on: date  # exclusive

    def holds_on(self, on: date) -> bool:
        """Whether it may be said on the day `on`."""
        return self.day <= on < self.ends_on


def occasions(due: date, since: date, workdays: Workdays, *, returned: bool = False) -> list[Occasion]:
    """What the date `due` gives reason to say to somebody who has had the row since the day `since`, oldest first.

    What was over before he had it is not said: a row that was overdue from the start makes no occasion at all. A report
    that was returned was told its supplement date at once, so an earlier announcement would only say it again.
    """
    before = workdays.add(announced_for(due), -AHEAD)
    last = workdays.on_or_before(due)
    late = workdays.on_or_after(due + ONE_DAY)
    kind = Reminder.Kind
    found = []
    if (before > since) if returned else (last > since):
        found.append(Occasion(kind.BEFORE, before, last))
    if (last > since) if returned else (due >= since):
        found.append(Occasion(kind.DUE, last, late))
    if due >= since:
        found.append(Occasion(kind.LATE, late, workdays.add(late, LATE_FOR)))
    return found


def announced_for(due: date) -> date:
    """The date whose announcement this one shares: what is due on the last two days of a month is announced together, because
    most of a year's dates lie there, and one message is enough (domain 7, least burden)."""
    return min(due, _month_end(due) - ONE_DAY)


def _month_end(day: date) -> date:
    return day.replace(day=last_day(day.year, day.month))


def begun(found: Sequence[Occasion], on: date) -> list[Occasion]:
    """The occasions that have begun by the day `on`; only the last of them may still be said."""
    return [occasion for occasion in found if occasion.day <= on]


def horizon(on: date, workdays: Workdays) -> date:
    """The last due date that has anything to say on the day `on`."""
    last = workdays.add(on, AHEAD)
    return last + ONE_DAY if last + ONE_DAY == _month_end(last) else last


def first_alive(on: date, back: int, workdays: Workdays) -> date:
    """The earliest due date, at most `back` days ago, whose last occasion may still be said on the day `on`."""
    day = on
    while day > on - timedelta(days=back) and workdays.add(workdays.on_or_after(day), LATE_FOR) > on:
        day -= ONE_DAY
    return day


def last_day_at_once(day: date, workdays: Workdays) -> date:
    """Until when a notice of the day `day` that goes at once may still arrive."""
    return workdays.add(day, AT_ONCE_FOR)
