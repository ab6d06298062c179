"""How large a world is: which bodies stand under which, and how much work a body gives in a year (shared figures: scale.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The levels of CPPCC bodies."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True)
class Year:
    """What a body gives in a year: tasks for every month and quarter, tasks with one date, and tasks for the bodies below."""

    monthly: int = 4  # each with every branch
    quarterly: int = 6  # each with every branch and every committee
    single: int = 85  # each with the branches, the committees or the offices
    passed_on: int = 8  # each with every body directly below


@dataclass(frozen=True)
class Scale:
    """A world: its levels from the top, and how many bodies of each level stand under one of the level above."""

    levels: tuple[tuple[Level, int], ...]
    year: Year = Year()

    @property
    def bodies(self) -> int:
        """How many bodies there are in all."""
        total, here = 0, 1
        for _level, number in self.levels:
            here *= number
            total += here
        return total


CITY = (Level.CITY, 1)
SCALES = {
    "tiny": Scale((CITY, (Level.COUNTY, 2)), Year(monthly=1, quarterly=1, single=6, passed_on=3)),  # for tests
    "city": Scale((CITY, (Level.COUNTY, 9))),
    "province": Scale(((Level.PROVINCE, 1), (Level.CITY, 11), (Level.COUNTY, 9))),
    "nation": Scale(((Level.NATION, 1), (Level.PROVINCE, 31), (Level.CITY, 11), (Level.COUNTY, 9))),
}
MONTH_ENDS = 0.85  # of all due dates
