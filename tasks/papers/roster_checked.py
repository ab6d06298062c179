"""A row of a roster as it was understood, what is wrong with it, and what is asked once for all rows that say the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from branches import names
from branches.actions.roster import PersonPlan
from branches.models import Standing
from tasks.papers.roster_people import Candidate

NEW, KNOWN, CHOOSE, PROBLEM, SKIPPED = "new", "known", "choose", "problem", "skipped"
SKIP, AS_NEW = "skip", "new"
EVERYBODY, NAMED = "all", "named"  # who gets a seat
CPC = (Standing.Kind.FULL, Standing.Kind.PROBATIONARY)


@dataclass(frozen=True)
class Problem:
    """What is wrong with an entry of a row; `group` where one answer settles it for all rows that say the same."""

    column: str
    words: str
    group: str = ""


@dataclass
class Group:
    """Something that several rows say and that is not known: one answer for all of them."""

    key: str  # "sector:经济届"
    kind: str
    said: str
    rows: list[int] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str = ""

    @property
    def in_chinese(self) -> bool:
        """Whether its options are names of the body, not words of the screen."""
        return self.kind not in ("standing", "role", "title")

    @property
    def asks(self) -> bool:
        """Whether it waits for an answer."""
        return not self.answer


@dataclass
class CheckedRow:
    """A row as it was understood, with what is wrong with it."""

    number: int
    cells: dict[str, str]
    verdict: str = NEW
    problems: list[Problem] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    plan: PersonPlan | None = None

    @property
    def key(self) -> str:
        """Its name in the answers: the number that the person sees in the file."""
        return str(self.number)

    @property
    def phone_shown(self) -> str:
        """The phone as the preview shows it: the last four digits (ux ADM-4)."""
        return names.masked(self.cells.get("phone", ""))

    def wrong(self, column: str, words: str, group: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(column, words, group))
