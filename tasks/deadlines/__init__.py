"""What "6月底前" means: deadlines as offices write them, read into days; pure, no database (issue 3, section 1).

`read` answers one phrase; `explain` and `describe` put the answer into the language of the page; `due_after` gives an event's
task its day. Inside: text (one way of writing) → tokens (words of time) → clauses → combine.
"""

from datetime import date

from tasks.deadlines.moments import shift
from tasks.deadlines.reader import read, written_as
from tasks.deadlines.reading import DATED, PROBLEMS, Kind, Reading, Span
from tasks.deadlines.words import REASONS, describe, explain
from tasks.workdays import PUBLISHED, Workdays

__all__ = [
    "DATED",
    "PROBLEMS",
    "REASONS",
    "Kind",
    "Reading",
    "Span",
    "describe",
    "due_after",
    "explain",
    "read",
    "written_as",
]


def due_after(offset: int, unit: str, event_on: date, calendar: Workdays = PUBLISHED) -> date:
    """The due day of work that counts from an event: 会后3个工作日内 (day itself not counted), 完成的当月."""
    return shift(event_on, offset, unit, calendar)
