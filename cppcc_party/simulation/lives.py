"""The life of one simulated assignment, from its issue to this morning: pure, told in days, drawn from one source of chance.

A life is drawn whole and then cut off at the morning of the world's day: what would come later has not happened, and the stage
of the row is what the last thing that did happen left behind. So stages, events, reports and dates cannot contradict each other.
Days are ordinals here, because there are tens of millions of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tasks.states import Stage, Stop
from tasks.workdays import PUBLISHED

OLD = 200  # days after which nothing that is owed lies about any more
NEVER = 1 << 30  # a day that does not come


class Days:
    """Working days and the way a day is written, looked up by ordinal."""

    def __init__(self, first: date, last: date) -> None:
        self.zero = first.toordinal()
        every = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.words = [day.isoformat() for day in every]
        self.before, self.after = [0] * len(every), [0] * len(every)
        for n, day in enumerate(every):
            self.before[n] = self.zero + n if PUBLISHED.is_workday(day) or not n else self.before[n - 1]
        for n in range(len(every) - 1, -1, -1):
            worked = PUBLISHED.is_workday(every[n]) or n == len(every) - 1
            self.after[n] = self.zero + n if worked else self.after[n + 1]

    def word(self, day: int) -> str:
        """The day as the database writes it."""
        return self.words[day - self.zero]

    def on_or_before(self, day: int) -> int:
        """The last working day that is not after this one."""
        return self.before[day - self.zero]

    def on_or_after(self, day: int) -> int:
        """The first working day that is not before this one."""
        return self.after[day - self.zero]

    def add(self, day: int, count: int) -> int:
        """The `count`-th working day after this one."""
        for _step in range(count):
            day = self.after[day + 1 - self.zero]
        return day


@dataclass
class Deed:
    """Something that happened to a row: a move, on a day, from a stage to a stage."""

    day: int
    move: str
    before: Stage
    after: Stage
    late: bool = False  # a report after its date
    supplement_by: int = 0  # of a return


@dataclass
class Life:
    """Where a row stands this morning, and how it came there."""

    stage: Stage = Stage.ISSUED
    deeds: list[Deed] = field(default_factory=list)
    suspended_from: str = ""
    stop: str = ""
    reported_on: int = 0
    submitted_on: int = 0  # the submission that stands
    completed_on: int = 0
    said_on: int = 0
    days_late: int = 0
    late: bool = False
    supplement_by: int = 0
    returns: int = 0

    @property
    def over(self) -> bool:
        """Completed or stopped: nobody above waits for it any more."""
        return self.stage in (Stage.COMPLETED, Stage.STOPPED)

    @property
    def closed_on(self) -> int:
        """The day on which it was completed or stopped; none for an open row."""
        return self.deeds[-1].day if self.over else NEVER


class Fate:
    """Draws lives: the same numbers for the same seed."""

    def __init__(self, chance: Random, days: Days, today: int) -> None:
        self.chance, self.days, self.today = chance, days, today

    def live(self, issued: int, due: int, *, signed: int = 0, broken_on: int = 0, parts_done: int = 0) -> Life:
        """The life of a row. `signed`: the day another body signs for it; `broken_on`: the day it is broken down there, and
        `parts_done` the day by which its parts are closed."""
        life, chance = Life(), self.chance.random()
        if signed and not self._happens(life, signed, "sign", Stage.ACKNOWLEDGED):
            return life
        if broken_on:
            if not self._happens(life, broken_on, "break_down", Stage.IN_PROGRESS):
                return life
        elif chance < 0.012:
            return self._stopped(life, max(issued, signed), due)
        elif chance < 0.3:
            self._progress(life, max(issued, signed), due)
        reported = self._report_day(max(issued, signed, broken_on, life.said_on) + 1, due)
        if broken_on:
            reported = max(reported, parts_done + 1) if parts_done < NEVER else NEVER
        self._judged(life, reported, due)
        return life

    def support(self, due: int, begun: int) -> Life:
        """A supporting share: it owes no report, and is accepted in time or left as it is."""
        life = Life()
        if self.chance.random() < 0.9:
            self._judged(life, max(begun + 1, self.days.on_or_before(due - 2)), NEVER)
        return life

    def _happens(self, life: Life, day: int, move: str, after: Stage) -> bool:
        """A deed, if its day is over by this morning."""
        if day >= self.today:
            return False
        life.deeds.append(Deed(day, move, life.stage, after))
        life.stage = after
        return True

    def _stopped(self, life: Life, begun: int, due: int) -> Life:
        """Called off by its issuer, or put to rest for a while; rest that is long ago has ended in calling off."""
        day = self.days.on_or_after(begun + 1 + int(self.chance.random() * max(1, due - begun - 1)))
        before = life.stage
        if self.chance.random() < 0.3 and self.today - day < OLD:
            if self._happens(life, day, "suspend", Stage.SUSPENDED):
                life.suspended_from = before
        elif self._happens(life, day, "cancel", Stage.STOPPED):
            life.stop = Stop.CANCELLED
        return life

    def _progress(self, life: Life, begun: int, due: int) -> None:
        """A word half way."""
        day = self.days.on_or_after(begun + 1 + max(0, due - begun - 1) // 2)
        if self._happens(life, day, "progress", Stage.IN_PROGRESS):
            life.said_on = day

    def _report_day(self, earliest: int, due: int) -> int:
        """Nearly always in the days before the date, sometimes after it, hardly ever not at all."""
        chance = self.chance.random()
        if chance < 0.9:
            return max(earliest, self.days.on_or_before(due - int(self.chance.expovariate(0.25))))
        if chance < 0.995 or self.today - due > OLD:
            return max(earliest, self.days.on_or_after(due + 1 + min(45, int(self.chance.expovariate(0.15)))))
        return NEVER

    def _judged(self, life: Life, reported: int, due: int) -> None:
        """Reported, now and then returned and supplemented, and accepted."""
        if not self._submit(life, reported, due):
            return
        if self.chance.random() < 0.05:
            if not self._return(life, self.days.add(reported, 1 + int(self.chance.random() * 2))):
                return
            slow = 4 if self.chance.random() < 0.2 else 0
            if not self._submit(life, self.days.on_or_before(life.supplement_by) + slow, life.supplement_by):
                return
        slow = 10 if self.chance.random() < 0.04 else 0
        accepted = self.days.add(life.submitted_on, 1 + int(self.chance.random() * 4) + slow)
        if self._happens(life, accepted, "approve", Stage.COMPLETED):
            life.completed_on = accepted

    def _submit(self, life: Life, day: int, due: int) -> bool:
        if not self._happens(life, day, "report", Stage.REPORTED):
            return False
        late = max(0, day - due)
        life.reported_on = life.reported_on or day
        life.submitted_on = life.said_on = day
        life.days_late = max(life.days_late, late)
        life.late = life.late or late > 0
        life.deeds[-1].late = late > 0
        return True

    def _return(self, life: Life, day: int) -> bool:
        if not self._happens(life, day, "return", Stage.RETURNED):
            return False
        life.supplement_by = life.deeds[-1].supplement_by = self.days.add(day, 3)
        life.submitted_on = 0
        life.returns += 1
        return True
