"""The filters that a person keeps for a page, as links."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from branches.models import User
from tasks.filters import known
from tasks.models import SavedFilter


@dataclass(frozen=True)
class Kept:
    """A kept filter with its address, and whether the page is narrowed to it just now."""

    filter: SavedFilter
    url: str
    here: bool


def kept_filters(user: User, page: str, query: str = "", unit: int | None = None) -> list[Kept]:
    """The person's filters of one page, by name; one query."""
    now = known(page, query)
    rows = SavedFilter.objects.filter(user=user, page=page)
    return [Kept(row, address(row), row.query == now and row.unit_id == unit) for row in rows]


def address(row: SavedFilter) -> str:
    """Where the filter leads; the page reads the query as it would any other."""
    if row.page == SavedFilter.Page.ROWS and row.unit_id:
        return f"{reverse('dashboards:rows', args=[row.unit_id])}?{row.query}"
    return f"{reverse('tasks:lists')}?{row.query}"
