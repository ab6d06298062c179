"""What stands in the way of a move or a merge, with what only this room knows: work that units were given and gave."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches import moving
from branches.models import PlannedChange
from tasks.models import Assignment


def open_work(wish: moving.Wish) -> QuerySet[Assignment]:
    """Open rows that were given to a unit of the subtree, or that one of them gave."""
    path = wish.unit.path
    return Assignment.objects.open().filter(Q(unit_path__startswith=path) | Q(issuer_path__startswith=path))


def gave_outside(wish: moving.Wish, row: Assignment) -> bool:
    """Whether a unit of the subtree gave the row to one that stays."""
    path = wish.unit.path
    return row.issuer_path.startswith(path) and not row.unit_path.startswith(path)


def came_from_outside(wish: moving.Wish, row: Assignment) -> bool:
    """Whether a unit that stays gave the row to one of the subtree."""
    path = wish.unit.path
    return row.unit_path.startswith(path) and not row.issuer_path.startswith(path)


def obstacles(wish: moving.Wish, rows: list[Assignment] | None = None) -> list[str]:
    """Everything in the way, each in words. A page that has read `open_work` gives its rows."""
    found = moving.obstacles(wish)
    if wish.kind == PlannedChange.Kind.MOVE and wish.crosses:
        given = sum(gave_outside(wish, row) for row in (open_work(wish) if rows is None else rows))
        words = ngettext(
            "%(n)d open assignment that it gave to units of the body it would leave has to be closed first",
            "%(n)d open assignments that it gave to units of the body it would leave have to be closed first",
            given,
        )
        found += [words % {"n": given}] if given else []
    if wish.kind == PlannedChange.Kind.MERGE and not found:
        work = open_work(wish).exists() if rows is None else bool(rows)
        if work and not moving.staffed(wish.target, wish.on) and not moving.staffed(wish.unit, wish.on):
            found.append(_("Nobody serves either unit, so nobody could go on with the open work"))
    return found
