"""Which board an address opens for a person: whose, by which measure, given by whom. What he may not open is not found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from branches.models import Unit
from branches.roles import SEES_BELOW
from dashboards.addresses import Wanted
from dashboards.scopes import Measure, Scope, may_open, with_parent_body
from dashboards.viewer import Viewer
from tasks.models import Assignment, TaskList


@dataclass(frozen=True)
class Found:
    """A board that may be opened, and the lists by which it can be narrowed."""

    scope: Scope
    units: dict[str, Unit]  # by path: those the address names, and those directly below the board's
    lists: list[TaskList]
    serves: bool  # the person serves the unit himself, rather than looking at a body below his own
    gives: bool  # the unit has given work to others


def own_units(viewer: Viewer) -> list[Unit]:
    """The units at which a person's dashboards begin: the highest ones of the posts in question, and those of which he is
    a member, unless he sees them from above; units with work first. One query."""
    sight = viewer.sight
    tops = {post.unit_id for post in viewer.acting if post.role in SEES_BELOW}
    own = set(sight.own) if viewer.scope is None else set(sight.own) & {viewer.scope.unit_id}
    work = Exists(Assignment.objects.filter(unit_path__startswith=OuterRef("path")))
    given = Exists(Assignment.objects.filter(issuer_path__startswith=OuterRef("path")))
    units = Unit.objects.filter(pk__in=tops | own).annotate(busy=Case(When(work | given, then=0), default=1))
    found = sorted(
        units, key=lambda unit: (unit.pk not in tops, len(unit.path) if unit.pk in tops else 0, unit.busy, unit.path)
    )
    kept: list[Unit] = []
    for unit in found:
        if not any(unit.body_id == top.body_id and unit.path.startswith(top.path) for top in kept if top.pk in tops):
            kept.append(unit)
    return kept


def find(viewer: Viewer, pk: int, asked: Wanted) -> Found | None:
    """The board of the unit `pk` as asked for, or None. One query for the units, one for the lists."""
    units = _units(viewer, {pk, asked.by, asked.child} - {None}, pk, asked.child)
    unit = units.get(pk)
    if unit is None or not may_open(viewer.sight, unit):
        return None
    serves = _served(viewer, unit)
    measure = asked.measure or _usual(unit, serves)
    giver = None
    if measure == Measure.GIVEN:
        giver = units.get(asked.by) if asked.by else _usual_giver(viewer, unit, serves)
        if giver is None or not _may_name(viewer, giver, unit):
            return None
    child = units.get(asked.child) if asked.child else None
    if asked.child and (child is None or not (child.is_known or may_open(viewer.sight, child))):
        return None
    scope = Scope(viewer.user, viewer.on, unit, measure, giver, None, asked.month, asked.line, child)
    lists = list(scope.lists().order_by("-year", "-pk"))
    if asked.list is not None:
        chosen = next((one for one in lists if one.pk == asked.list), None)
        if chosen is None:
            return None
        scope = replace(scope, list=chosen)
    return Found(scope, by_path(units), lists, serves, bool(unit.gives))


def own_scope(viewer: Viewer, unit: Unit) -> tuple[Scope, dict[str, Unit]] | None:
    """The board of a unit one serves as it opens by itself, for home, with the units by path; one query."""
    units = _units(viewer, {unit.pk}, unit.pk)
    found = units.get(unit.pk)
    if found is None or not _served(viewer, found):
        return None
    measure = _usual(found, serves=True)
    scope = Scope(viewer.user, viewer.on, found, measure, found if measure == Measure.GIVEN else None)
    return scope, by_path(units)


def by_path(units: dict[int, Unit]) -> dict[str, Unit]:
    """Units by their paths."""
    return {unit.path: unit for unit in units.values()}


def _units(viewer: Viewer, keys: Iterable[int | None], board: int, child: int | None = None) -> dict[int, Unit]:
    """The units an address names: whether each gave work, whether to other bodies, whether the person may count rows of the
    `child`; and, plain, the units directly below the board's, whose names its bars will need."""
    keys = list(keys)
    given = Assignment.objects.filter(issuer_body=OuterRef("body"), issuer_path__startswith=OuterRef("path"))
    counted = Assignment.objects.countable_by(viewer.user, viewer.on).filter(unit_path__startswith=OuterRef("path"))
    here = Unit.objects.filter(pk=board)
    below = Q(path__startswith=Subquery(here.values("path")), depth=Subquery(here.values("depth")) + 1)
    units = with_parent_body(Unit.objects.select_related("body", "kind").filter(Q(pk__in=keys) | below))

    def of(named: Iterable[int | None], question: QuerySet[Assignment]) -> Case:
        return Case(When(pk__in=named, then=Exists(question)), default=Value(False))

    units = units.annotate(
        gives=of(keys, given),
        passes_on=of(keys, given.exclude(body=F("issuer_body"))),
        is_known=of([child], counted) if child else Value(False),
    )
    return {unit.pk: unit for unit in units}


def _served(viewer: Viewer, unit: Unit) -> bool:
    sight = viewer.sight
    return unit.pk in sight.own or any(
        unit.body_id == body and unit.path.startswith(path) for body, path in sight.below
    )


def _usual(unit: Unit, serves: bool) -> Measure:
    """What a board opens with: what was given, where work went on to other bodies or came from the body above; else all
    work below."""
    if not serves or unit.passes_on:
        return Measure.GIVEN
    return Measure.BELOW


def _usual_giver(viewer: Viewer, unit: Unit, serves: bool) -> Unit | None:
    """Who gave, where the address does not say: the unit itself, or for a body below one's own the highest unit one serves
    in the body above it."""
    if serves:
        return unit
    parent = getattr(unit, "parent_body_id", None)
    own = [post.unit for post in viewer.posts if post.unit.body_id == parent and _served(viewer, post.unit)]
    return min(own, key=lambda one: len(one.path), default=None)


def _may_name(viewer: Viewer, giver: Unit, unit: Unit) -> bool:
    """Whether a board may be asked for what `giver` gave: a unit one serves, the unit's own body, or the one above it."""
    return _served(viewer, giver) or giver.pk in {unit.body_id, getattr(unit, "parent_body_id", None)}
