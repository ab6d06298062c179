"""Pure questions about organisational life: which rule holds, what it asks for in a period, whether that was missed.

No database and no clock here. A branch is measured against its own rule only (domain 1.6):
- the most specific rule wins: the body's own before the national one, one year's before every year's;
- a period counts only once it is over; a branch that was founded or ended inside it is not short for it;
- count 0 means "by plan": shown, never missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from activities.kinds import COUNTS_FOR, Condition, Per
from activities.models import Cadence
from tasks.rules import Actor, Hat
from tasks.states import DESK

COMMITTEE_FROM = 7  # members: below that a branch has a secretary and no committee (domain 1.5)
MONTHS = {Per.MONTH: 1, Per.QUARTER: 3, Per.HALF: 6, Per.YEAR: 12}


@dataclass(frozen=True)
class Shape:
    """What a branch has, where a rule asks for it."""

    has_committee: bool = False
    has_groups: bool = False
    version: int = 0  # of what the desk entered; 0: nothing yet


@dataclass(frozen=True)
class Window:
    """A period: its first day and the day after its last."""

    first: date
    bound: date


class Standing(StrEnum):
    """How a branch stands to what is asked in one period."""

    MET = "met"
    MISSING = "missing"
    RUNNING = "running"  # not over yet, and not met yet
    PARTLY = "partly"  # the branch was not there for the whole of it
    BY_PLAN = "by_plan"


@dataclass(frozen=True)
class Judged:
    """One period of one rule: what was asked, what was held."""

    window: Window
    expected: int
    held: int
    standing: Standing

    @property
    def missing(self) -> int:
        """How many meetings are missing; only where the period is over."""
        return self.expected - self.held if self.standing == Standing.MISSING else 0


def pick(rows: Iterable[Cadence], branch_type: str, body: int | None, year: int) -> dict[str, Cadence]:
    """For each kind the rule that holds for a branch of this type in this body and year: the most specific one."""
    found: dict[str, Cadence] = {}
    for row in rows:
        if row.branch_type_id != branch_type or row.body_id not in (None, body) or row.year not in (None, year):
            continue
        if row.kind not in found or _weight(row) > _weight(found[row.kind]):
            found[row.kind] = row
    return found


def _weight(row: Cadence) -> tuple[bool, bool]:
    return row.body_id is not None, row.year is not None


def is_for(condition: str, shape: Shape) -> bool:
    """Whether a rule with this condition is for a branch of this shape."""
    if condition == Condition.COMMITTEE:
        return shape.has_committee
    return shape.has_groups if condition == Condition.GROUPS else True


def windows(per: str, year: int, terms: Sequence[Window] = ()) -> list[Window]:
    """The periods of a year; for a term those terms of the body that touch the year."""
    if per == Per.TERM:
        return [term for term in terms if term.first.year <= year and term.bound > date(year, 1, 1)]
    size = MONTHS[Per(per)]
    return [Window(date(year, month, 1), _months_on(year, month + size)) for month in range(1, 13, size)]


def _months_on(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def judge(rule: Cadence, window: Window, life: Window, held: int, on: date) -> Judged | None:
    """How a branch that lives in `life` stands to `rule` in one period as of the day `on`; None where it was not there."""
    if life.first >= window.bound or life.bound <= window.first:
        return None
    if rule.count == 0:
        return Judged(window, 0, held, Standing.BY_PLAN)
    if held >= rule.count:
        return Judged(window, rule.count, held, Standing.MET)
    if life.first > window.first or life.bound < window.bound:
        return Judged(window, rule.count, held, Standing.PARTLY)
    over = window.bound <= on
    return Judged(window, rule.count, held, Standing.MISSING if over else Standing.RUNNING)


def count_in(days: Sequence[tuple[date, str]], ruled: str, window: Window) -> int:
    """How many of the meetings (day, kind) count for what is ruled in the period."""
    kinds = COUNTS_FOR[ruled]
    return sum(kind in kinds and window.first <= day < window.bound for day, kind in days)


def recorder(actor: Actor, path: str, body: int | None) -> Hat | None:
    """The hat under which this person records for the branch at `path`: its head or secretary, or a desk above it."""
    return actor.hat_for(DESK, path, body)
