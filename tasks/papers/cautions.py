"""What a person should see before publishing and what blocks nothing: due dates on days off, bunches, heavy months, empty posts
(ux S09). Counted from the same shares that publishing writes."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tasks.dispatch import Dispatch, Share
from tasks.papers.drafts import CheckedRow, Paper
from tasks.plans import ListPlan
from tasks.states import ReceiverRole
from tasks.workdays import Workdays

BUNCH_FROM = 6  # fewer due dates bunch of themselves
HEAVY = 8  # due in one month for one branch
SHOWN = 12
BRANCH = "branch"
Month = tuple[int, int]


@dataclass(frozen=True)
class DayOff:
    """A due date on a day off, the nearest working day, the tasks due on it, and the rows that can be moved by one press."""

    day: date
    nearest: date
    rows: tuple[tuple[str, str], ...]  # (number, key of the row)
    movable: tuple[str, ...]


@dataclass(frozen=True)
class Heavy:
    """A month of a branch: all that is due in it, and how much of that comes from this list."""

    name: str
    first: date
    total: int
    new: int


@dataclass
class Cautions:
    """All of it, grouped."""

    days_off: list[DayOff] = field(default_factory=list)
    month_end: int = 0
    dated: int = 0
    heavy: list[Heavy] = field(default_factory=list)
    empty: list[tuple[str, int]] = field(default_factory=list)  # a unit without anybody, and how many tasks name it

    @property
    def movable(self) -> int:
        """How many rows one press moves."""
        return len({key for day in self.days_off for key in day.movable})


def cautions(
    paper: Paper, plan: ListPlan, found: Dispatch, days: Workdays, on: date, before: Mapping[tuple[int, Month], int]
) -> Cautions:
    """`before` counts what each branch has due already: (unit, month) → how many."""
    dated = [share for share in found.shares if share.due_on and share.due_on >= on and share.role == ReceiverRole.LEAD]
    ends = sum(_is_month_end(share.due_on) for share in dated if share.due_on)
    empty = Counter(
        name for number, name in found.printed_only if name in {unit.local_name for unit in paper.names.units}
    )
    return Cautions(
        days_off=_days_off(paper, plan, dated, days, on),
        month_end=ends if len(dated) >= BUNCH_FROM and ends * 2 > len(dated) else 0,
        dated=len(dated),
        heavy=_heavy(dated, before),
        empty=empty.most_common(SHOWN),
    )


def months_of(found: Dispatch, on: date) -> tuple[set[int], date | None, date | None]:
    """Which branches a list gives work to, and between which days: what has to be counted beside it."""
    dated = [s for s in found.shares if s.due_on and s.due_on >= on and s.unit.kind_id == BRANCH]
    if not dated:
        return set(), None, None
    days = sorted(share.due_on for share in dated if share.due_on)
    last = days[-1]
    return (
        {share.unit.pk for share in dated},
        days[0].replace(day=1),
        last.replace(day=calendar.monthrange(last.year, last.month)[1]),
    )


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).month != day.month


def _days_off(paper: Paper, plan: ListPlan, dated: Iterable[Share], days: Workdays, on: date) -> list[DayOff]:
    """Only single days are moved by a press: a phrase that names many is the office's own rhythm."""
    keys = paper.keys_of_tasks
    rows: dict[str, CheckedRow] = {row.key: row for row in paper.rows}
    off: dict[date, dict[int, None]] = {}
    for share in dated:
        if share.due_on and not days.is_workday(share.due_on):
            off.setdefault(share.due_on, {})[share.task] = None
    return [
        DayOff(
            day,
            nearest(day, days, on),
            tuple((plan.tasks[place].number, keys[place]) for place in places),
            tuple(keys[p] for p in places if len(plan.tasks[p].steps) == 1 and rows[keys[p]].reading.dates == (day,)),
        )
        for day, places in sorted(off.items())
    ]


def nearest(day: date, days: Workdays, on: date) -> date:
    """The nearest working day; of two as near the earlier one, and never one that has passed."""
    earlier, later = days.on_or_before(day), days.on_or_after(day)
    return later if later - day < day - earlier or earlier < on else earlier


def _heavy(dated: Iterable[Share], before: Mapping[tuple[int, Month], int]) -> list[Heavy]:
    new: Counter[tuple[int, Month]] = Counter()
    names = {}
    for share in dated:
        if share.due_on and share.unit.kind_id == BRANCH:
            new[share.unit.pk, (share.due_on.year, share.due_on.month)] += 1
            names[share.unit.pk] = share.unit.local_name
    found = [
        Heavy(names[unit], date(*month, 1), count + before.get((unit, month), 0), count)
        for (unit, month), count in new.items()
        if count + before.get((unit, month), 0) >= HEAVY
    ]
    return sorted(found, key=lambda heavy: (-heavy.total, heavy.first))[:SHOWN]


def moved(paper: Paper, found: Cautions, wanted: str) -> dict[str, dict[str, object]]:
    """The repairs that put rows on the nearest working day: of one day (ISO) or of all."""
    repairs = {key: dict(value) for key, value in paper.answers.get("rows", {}).items()}
    for day in found.days_off:
        if wanted in ("all", day.day.isoformat()):
            for key in day.movable:
                repairs.setdefault(key, {})["due"] = day.nearest.isoformat()
    return repairs
