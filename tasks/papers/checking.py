"""What the check page shows of a paper, a page at a time, and what one press repairs in all rows alike (ux S07, g.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from branches.models import Unit, UnitGroup
from tasks.papers.drafts import CheckedRow, Paper

PER_PAGE = 50
NAMES_SHOWN = 12  # unknown names a page; the next ones move up as these are answered
PROBLEMS_SAID = 10  # lines of the summary on top
PROBLEMS, ALL = "problems", "all"
TWINS = ("merge", "twice", "skip")


@dataclass(frozen=True)
class Phrase:
    """A deadline that nobody could read and that stands in several rows: answered once for all of them."""

    key: str  # of its first row
    written: str
    rows: int


def looked_at(paper: Paper, only: str) -> list[CheckedRow]:
    """The rows of a view: all in their order, or those with problems first and those to confirm behind them."""
    if only == ALL:
        return paper.rows
    waiting = [row for row in paper.rows if row.problems]
    return waiting + [row for row in paper.rows if row.asks and not row.problems]


def page_of(rows: Sequence[CheckedRow], number: Any) -> Page[CheckedRow]:
    """Fifty rows; a number out of reach is the nearest page."""
    return Paginator(list(rows), PER_PAGE).get_page(number)


def place_of(rows: Sequence[CheckedRow], key: str) -> int:
    """The page on which the row with this key stands; 0 where it does not."""
    return next((place // PER_PAGE + 1 for place, row in enumerate(rows) if row.key == key), 0)


def summary(paper: Paper, rows: Sequence[CheckedRow], only: str) -> list[dict[str, str]]:
    """The first problems for the top of the page, each with the page on which it stands; the rest is a number."""
    places = {row.key: place for place, row in enumerate(rows)}
    return [
        {"target": anchor(p.field), "text": p.message, "page": _page(places.get(p.row, 0), only)}
        for p in paper.problems[:PROBLEMS_SAID]
    ]


def _page(place: int, only: str) -> str:
    number = place // PER_PAGE + 1
    return f"?only={only}&page={number}" if number > 1 else ""


def anchor(name: str) -> str:
    """The mark of a field in the page's address."""
    return name.replace(" ", "_")


def repeated_phrases(paper: Paper) -> list[Phrase]:
    """Unreadable deadlines that stand in more than one row, those that help most first."""
    found: dict[str, list[str]] = {}
    for row in paper.rows:
        if any(problem.column == "due" for problem in row.problems):
            found.setdefault(row.phrase, []).append(row.key)
    several = [Phrase(keys[0], phrase, len(keys)) for phrase, keys in found.items() if len(keys) > 1]
    return sorted(several, key=lambda phrase: -phrase.rows)[:NAMES_SHOWN]


def twins(paper: Paper) -> int:
    """How many rows are the same as another one and wait for an answer."""
    return sum(_is_twin(row) for row in paper.rows)


def _is_twin(row: CheckedRow) -> bool:
    return any(problem.field == f"twice-{row.key}" for problem in row.problems)


def pressed(paper: Paper, field: str, value: str) -> dict[str, dict[str, Any]]:
    """The repairs, row by row, that a button for a whole batch or for a row said twice stands for; nothing for others."""
    kind, _dash, key = field.partition("-")
    if kind == "dues":  # every row whose deadline reads as that of row `key`
        phrase = next((row.phrase for row in paper.rows if row.key == key), None)
        return {row.key: {"due": value} for row in paper.rows if row.phrase == phrase and row.reading.problem}
    if kind == "same" and value in TWINS:
        chosen = [row for row in paper.rows if (_is_twin(row) if key == ALL else row.key == key)]
        return {row.key: {name: name == value for name in TWINS} for row in chosen}
    if kind == "same":  # the answer is taken back
        return {key: dict.fromkeys(TWINS, False)}
    return {}


def labels(things: Sequence[Unit | UnitGroup]) -> dict[str, Unit | UnitGroup]:
    """Every unit and group by the words that a person types or picks for it; namesakes with what stands above them."""
    units = {thing.path: thing for thing in things if isinstance(thing, Unit)}
    alike: dict[str, int] = {}
    for thing in things:
        alike[thing.local_name] = alike.get(thing.local_name, 0) + 1
    named: dict[str, Unit | UnitGroup] = {}
    for thing in things:
        words = thing.local_name
        above = units.get(thing.path[: -thing.steplen]) if isinstance(thing, Unit) else None
        if alike[words] > 1 and above:
            words = f"{words} ({above.local_name})"
        named[words if words not in named else f"{words} {thing.pk}"] = thing
    return named
