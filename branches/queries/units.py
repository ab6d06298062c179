"""What the pages about the tree read: the tree itself, one unit with what lies around it, what a search finds."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q, QuerySet

from branches.models import Branch, Post, Unit, UnitAlias, User
from branches.models.words import active_q

TREE_CAP = 1200  # more units than a page can carry: then one body at a time
FOUND_CAP = 50


@dataclass
class Node:
    """A unit in the drawn tree, with what lies below it; units that have ended are folded."""

    unit: Unit
    branch: Branch | None
    over: bool
    moves: bool = False  # whether who looks may move it: he keeps the body that holds its place
    below: list[Node] = field(default_factory=list)
    ended: list[Node] = field(default_factory=list)


def tree(
    user: User, on: date, body: Unit | None = None, keeps: Set[int | None] = frozenset(), *, whole: bool = False
) -> tuple[list[Node], bool]:
    """The roots of the visible tree (of one body, when it is given), and whether it had to be cut to bodies. Units of the
    bodies in `keeps` can be moved by who looks; all of them by who keeps the `whole` tree.

    A system admin of a large tree sees its bodies first and then opens one at a time.
    """
    visible = Unit.objects.visible_to(user, on).select_related("kind", "branch", "branch__type")
    rows = visible.filter(Q(body=body) | Q(kind__is_body=True, path__startswith=body.path)) if body else visible
    units = list(rows[: TREE_CAP + 1])
    cut = len(units) > TREE_CAP
    if cut:
        units = list(visible.filter(kind__is_body=True)[:TREE_CAP])
    return _grown(units, on, keeps, whole), cut


def _grown(units: Iterable[Unit], on: date, keeps: Set[int | None], whole: bool) -> list[Node]:
    """Nest rows in path order under the nearest unit above that is among them."""
    roots: list[Node] = []
    trail: list[Node] = []
    for unit in units:
        over = unit.ends_on is not None and unit.ends_on <= on
        node = Node(unit, getattr(unit, "branch", None), over)
        while trail and not unit.path.startswith(trail[-1].unit.path):
            trail.pop()
        home = (trail[-1].unit.body_id if trail else None) if unit.is_body else unit.body_id
        node.moves = not over and (whole or home in keeps)
        if trail:
            (trail[-1].ended if over else trail[-1].below).append(node)
        else:
            roots.append(node)
        trail.append(node)
    return roots


def path_of(unit: Unit) -> list[Unit]:
    """The units above a unit, from the root down; a path is always shown (design 3)."""
    return list(Unit.objects.filter(path__in=_above(unit.path)))


def _above(path: str) -> list[str]:
    return [path[:n] for n in range(Unit.steplen, len(path), Unit.steplen)]


@dataclass(frozen=True)
class Found:
    """A unit that a search found, with the path above it and the other name that matched."""

    unit: Unit
    above: list[Unit]
    alias: str


def find_units(user: User, on: date, words: str) -> list[Found]:
    """Units by name, second-language name, code, alias, pinyin or initials; those that go on come first."""
    words = words.strip()
    aliases = UnitAlias.objects.filter(name__icontains=words)
    latin = words.lower().replace(" ", "")
    matches = (
        Q(name__icontains=words) | Q(short_name__icontains=words) | Q(name_en__icontains=words) | Q(code__iexact=words)
        | Q(pk__in=aliases.values("unit"))
    )  # fmt: skip
    if latin.isascii():
        matches |= Q(initials__icontains=latin) | Q(pinyin__startswith=latin)
    visible = Unit.objects.visible_to(user, on).filter(matches).select_related("kind", "branch")
    units = list(visible.order_by("path")[:FOUND_CAP])
    units.sort(key=lambda unit: unit.ends_on is not None and unit.ends_on <= on)
    paths = {path for unit in units for path in _above(unit.path)}
    above = {unit.path: unit for unit in Unit.objects.filter(path__in=paths)} if paths else {}
    called = dict(aliases.filter(unit__in=units).values_list("unit_id", "name")) if units else {}
    return [
        Found(unit, [above[path] for path in _above(unit.path) if path in above], called.get(unit.pk, ""))
        for unit in units
    ]


@dataclass(frozen=True)
class Surroundings:
    """What lies around one unit: the path above it, the units right below it that go on, and those that ended."""

    above: list[Unit]
    below: list[Unit]
    ended: list[Unit]


def surroundings(unit: Unit, user: User, on: date) -> Surroundings:
    """The units above and right below one unit, in one query."""
    right_below = Q(path__startswith=unit.path, depth=unit.depth + 1)
    visible = Unit.objects.visible_to(user, on).filter(Q(path__in=_above(unit.path)) | right_below)
    rows = list(visible.select_related("kind", "branch"))
    children = [row for row in rows if row.depth > unit.depth]
    over = {row.pk for row in children if row.ends_on is not None and row.ends_on <= on}
    return Surroundings(
        above=[row for row in rows if row.depth < unit.depth],
        below=[row for row in children if row.pk not in over],
        ended=[row for row in children if row.pk in over],
    )


def post_rows(unit: Unit) -> QuerySet[Post]:
    """Everybody who holds or held a post at the unit: open ones first, then by their end, newest first."""
    rows = unit.posts.select_related("user", "appointed_by")
    return rows.order_by(F("ends_on").desc(nulls_first=True), "role", "user__pinyin", "pk")


def units_to_choose(user: User, on: date, body_id: int | None = None) -> QuerySet[Unit]:
    """Units that a form offers: visible, existing that day, inside one body when it is given."""
    rows = Unit.objects.visible_to(user, on).filter(active_q(on))
    return rows.filter(body=body_id) if body_id else rows
