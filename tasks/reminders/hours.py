"""When a person may be written to: working days, 08:00 to 20:00, less his own quiet hours (ux C1, design 9).

Pure but for one setting: in a demo every hour of a working day is open, because visitors come at night as well and its
clock moves by whole days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings

from branches.clock import SHANGHAI, day_of
from branches.models import User
from tasks.workdays import Workdays

OPENS, CLOSES = 8 * 60, 20 * 60  # minutes of the day
MIDNIGHT = 24 * 60
DIGEST_HOUR = 8
Span = tuple[int, int]


@dataclass(frozen=True)
class Hours:
    """The open minutes of one person's working days, and the hour of his daily digest."""

    workdays: Workdays
    spans: tuple[Span, ...] = ((OPENS, CLOSES),)
    digest_hour: int = DIGEST_HOUR

    @classmethod
    def of(cls, user: User, workdays: Workdays, digest_hour: int = DIGEST_HOUR) -> Hours:
        """The hours of this person; quiet hours that would leave nothing open are not heeded."""
        if settings.DEMO:
            return cls(workdays, ((0, MIDNIGHT),), 0)
        spans: list[Span] = [(OPENS, CLOSES)]
        if user.quiet_from and user.quiet_until and user.quiet_from != user.quiet_until:
            spans = _without(OPENS, CLOSES, _minutes(user.quiet_from), _minutes(user.quiet_until))
        return cls(workdays, tuple(spans) or ((OPENS, CLOSES),), digest_hour)

    def is_open(self, now: datetime) -> bool:
        """Whether the person may be written to at this instant."""
        minute = _minutes(now.astimezone(SHANGHAI).time())
        return self.workdays.is_workday(day_of(now)) and any(start <= minute < end for start, end in self.spans)

    def next_open(self, now: datetime) -> datetime:
        """The first instant, not before `now`, at which the person may be written to."""
        if self.is_open(now):
            return now
        day = day_of(now)
        if self.workdays.is_workday(day):
            minute = _minutes(now.astimezone(SHANGHAI).time())
            for start, _end in self.spans:
                if start > minute:
                    return instant(day, start)
        return instant(self.workdays.on_or_after(day + timedelta(days=1)), self.spans[0][0])

    def digest_moment(self, now: datetime) -> datetime:
        """When the next daily digest goes, if it has not gone yet: at its hour, or at once where that has passed."""
        moment = self.next_open(now)
        return self.next_open(max(moment, instant(day_of(moment), self.digest_hour * 60)))

    def closing(self, day: date) -> datetime:
        """The end of the open hours of a working day."""
        return instant(day, self.spans[-1][1])


def instant(day: date, minute: int) -> datetime:
    """An instant of that day in Shanghai."""
    return datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=minute)


def _minutes(of: time) -> int:
    return of.hour * 60 + of.minute


def _without(opens: int, closes: int, quiet_from: int, quiet_until: int) -> list[Span]:
    """What is left of a day when the quiet hours are taken out; they may run over midnight."""
    if quiet_from > quiet_until:
        kept = [(max(opens, quiet_until), min(closes, quiet_from))]
    else:
        kept = [(opens, min(closes, quiet_from)), (max(opens, quiet_until), closes)]
    return [(start, end) for start, end in kept if start < end]
