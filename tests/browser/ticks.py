"""Ticking rows of the work queue: it holds what was given, what is to be reviewed and what is one's own, side by side."""

from __future__ import annotations

from devtools.showroom import Showroom
from tests.browser.visitor import Visitor

GIVEN = (
    "SELECT row.id FROM tasks_assignment row JOIN branches_unit unit ON unit.id = row.issuer_id"
    " WHERE unit.code = 'demo-city' AND row.stage IN ('issued', 'acknowledged', 'in_progress')"
)


def tick_given(visitor: Visitor, showroom: Showroom, most: int) -> None:
    """Tick the first rows that the city gave and somebody still owes, each with one press."""
    given = {str(row) for (row,) in showroom.ask(GIVEN)}
    boxes = [one for one in visitor.page.locator("input[name=row]").all() if one.get_attribute("value") in given]
    assert boxes, "the queue shows something that was given"
    for box in boxes[:most]:
        box.check()
        visitor.presses += 1
