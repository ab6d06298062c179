"""Planned changes of the tree on pages of rooms that have never heard of them: `{% planned_changes unit %}`."""

from __future__ import annotations

from typing import Any

from django import template

from branches.models import Unit
from tasks.queries.tree import open_changes

register = template.Library()
SHOWN = 20


@register.inclusion_tag("tasks/_tree_changes.html", takes_context=True)
def planned_changes(context: dict[str, Any], unit: Unit | None = None) -> dict[str, Any]:
    """Moves, merges and new names that wait, were refused, or can still be undone: all one may see, or those of one unit."""
    request = context["request"]
    rows = list(open_changes(request.user, request.today, request.now, unit)[:SHOWN])
    return {"changes": rows, "of_unit": unit, "request": request}
