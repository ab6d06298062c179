"""The same list published before: what differs, so that a changed file makes no doubles (issue 3, section 2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.models import PaperDraft, TaskList
from tasks.papers.drafts import Paper
from tasks.papers.names import even
from tasks.states import ListStage

COMPARED = ("number", "content", "measures", "leader", "lead_units", "supporting_units", "due")


@dataclass
class Earlier:
    """A published list of the same name, and how this paper differs from the paper it came from."""

    published: TaskList
    known: bool  # whether the paper of that list is still there to compare with
    same: int = 0
    changed: list[str] = field(default_factory=list)  # numbers of rows in this paper
    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # tasks that only the published list has


def published_before(paper: Paper) -> Earlier | None:
    """The list of that name that this issuer has published for that year; one query. A new version of it is meant to be so."""
    if not paper.title or paper.draft.source_list_id:
        return None
    lists = TaskList.objects.filter(
        issuer=paper.draft.issuer, year=paper.year, title=paper.title, stage__in=[ListStage.ISSUED, ListStage.CLOSED]
    )
    found = lists.exclude(paper=paper.draft).select_related("paper").order_by("pk").last()
    if found is None:
        return None
    source: PaperDraft | None = getattr(found, "paper", None)
    if source is None:
        return Earlier(found, known=False)
    earlier = Earlier(found, known=True)
    _compare(earlier, paper.draft.rows.get("rows", []), source.rows.get("rows", []))
    return earlier


def _compare(earlier: Earlier, rows: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]]) -> None:
    """Rows belong together by their words, else by their number where those words are nowhere else."""
    left = dict(enumerate(before))
    by_words: dict[str, list[int]] = {}
    by_number: dict[str, list[int]] = {}
    for index, row in left.items():
        by_words.setdefault(_words(row), []).append(index)
        by_number.setdefault(str(row.get("number", "")), []).append(index)
    later = []
    for row in rows:
        places = by_words.get(_words(row))
        if places:
            _note(earlier, row, left.pop(places.pop(0)))
        else:
            later.append(row)
    for row in later:
        number = str(row.get("number", ""))
        place = next((place for place in by_number.get(number, []) if number and place in left), None)
        if place is None:
            earlier.new.append(str(row["row"]))
        else:
            _note(earlier, row, left.pop(place))
    earlier.gone = [str(row.get("content", "")) for row in left.values()]


def _words(row: Mapping[str, Any]) -> str:
    return even(f"{row.get('content', '')}{row.get('due', '') if row.get('continues') else ''}")


def _note(earlier: Earlier, row: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    if all(row.get(name) == other.get(name) for name in COMPARED):
        earlier.same += 1
    else:
        earlier.changed.append(str(row["row"]))
