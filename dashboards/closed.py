"""Boards of closed months, read from what was written down (dashboards.closing): the same boards, however the tree is today.

A person opens the board of a unit by today's posts; what it shows is what was recorded under that unit then, as far as
such posts count it (design 3). Groups are the units that stood directly below it then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from branches.models import Unit
from branches.roles import SEES_BELOW
from dashboards import queries
from dashboards.closing import KEPT
from dashboards.models import ClosedMonth, FigureSnapshot, Measure
from dashboards.queries import Board, Group
from dashboards.scopes import Period, Scope, with_parent_body
from tasks.figures import Counts, Figure
from tasks.lights import Thresholds

SAID = (Figure.TOTAL, Figure.DUE, Figure.COMPLETED, Figure.IN_REVIEW, Figure.OVERDUE, Figure.DUE_SOON)


@dataclass(frozen=True)
class Difference:
    """One figure that is another today than it was written down."""

    figure: Figure
    then: int
    now: int


def closed_month(period: Period | None) -> ClosedMonth | None:
    """What was written down of this month; None for a year, and for a month that is not over or was never recorded."""
    if period is None or period.month is None:
        return None
    return ClosedMonth.objects.filter(month=period.first).first()


@dataclass(frozen=True)
class Shown:
    """What a page shows of a scope: the recorded board of a closed month or else today's, and today's beside it."""

    board: Board
    today: Board

    @property
    def differences(self) -> list[Difference]:
        """Which numbers on the board are others today: reports that came late, reviews, new dates, units that moved."""
        if self.board is self.today:
            return []
        then, now = self.board.counts, self.today.counts
        return [Difference(figure, then[figure], now[figure]) for figure in SAID if then[figure] != now[figure]]


def shown(scope: Scope, thresholds: Thresholds, known: Mapping[str, Unit]) -> Shown:
    """The board of a scope: recorded where its period is a closed month, else as it stands. At most five queries."""
    today = queries.board(scope, thresholds, known)
    closed = closed_month(scope.period)
    return Shown(recorded_board(scope, closed, today.units | dict(known)) if closed else today, today)


def recorded_number(scope: Scope, closed: ClosedMonth, figure: Figure) -> int | None:
    """What was written down for a figure of a scope, or of one of its groups; None where that figure was not kept."""
    if figure not in KEPT:
        return None
    board = recorded_board(scope, closed, {})
    if scope.child is None:
        return board.counts[figure]
    return sum(group.counts[figure] for group in board.groups if group.unit.pk == scope.child.pk)


def recorded_board(scope: Scope, closed: ClosedMonth, known: Mapping[str, Unit]) -> Board:
    """The board of a closed month as it was recorded: one query for the figures, one for units not `known` by path."""
    sums = {figure.value: Sum(figure.value) for figure in KEPT}
    parts = list(
        _rows(scope, closed).values("unit_chain", "issuer_chain", "late_reason", "line").annotate(**sums).order_by()
    )
    at = [_group(scope, part["unit_chain"], part["issuer_chain"]) for part in parts]
    units = {unit.pk: unit for unit in known.values()}
    if unknown := set(at) - units.keys():
        units |= {unit.pk: unit for unit in with_parent_body(Unit.objects.filter(pk__in=unknown))}
    groups: dict[int, Group] = {}
    by_line: dict[str, Counts] = {}
    for pk, part in zip(at, parts, strict=True):
        group = groups.setdefault(pk, Group(units[pk]))
        counts = Counts.of(part)
        by_line[part["line"]] = Counts.sum([by_line.get(part["line"], Counts()), counts])
        group.counts = Counts.sum([group.counts, counts])
        if part["late_reason"] and counts["late"]:
            group.reasons[part["late_reason"]] = group.reasons.get(part["late_reason"], 0) + counts["late"]
    for group in groups.values():
        group.months[closed.month] = group.counts
    found = sorted(groups.values(), key=lambda group: group.unit.path)
    return Board(scope, found, [closed.month], by_line, closed)


def _rows(scope: Scope, closed: ClosedMonth) -> QuerySet[FigureSnapshot]:
    """The recorded figures of a scope, as `Scope.rows` chooses today's rows."""
    rows = FigureSnapshot.objects.filter(_counted_by(scope), closed=closed, measure=scope.measure)
    if scope.measure == Measure.GIVEN:
        rows = rows.filter(issuer_chain__contains=[scope.giver.pk]) if scope.giver else rows.none()
    if not scope.own_giving:
        rows = rows.filter(unit_chain__contains=[scope.unit.pk])
    if scope.line:
        rows = rows.filter(line=scope.line)
    if scope.list:
        rows = rows.filter(Q(list=scope.list) | Q(grown_from__contains=[scope.list.pk]))
    return rows


def _counted_by(scope: Scope) -> Q:
    """Whose posts of today count the row: those that see below, at a unit above it then; others at its own unit."""
    posts = scope.user.posts_on(scope.on)
    below = [post.unit_id for post in posts if post.role in SEES_BELOW and post.unit.body_id is not None]
    own = list(scope.user.sight(scope.on).own)
    return Q(seen_from__overlap=below) | Q(seen_at__overlap=own)


def _group(scope: Scope, chain: list[int], issuer: list[int]) -> int:
    """The unit under which a row was shown: the first below the board's own, or that one itself; of what was given to units
    elsewhere, the first below the nearest unit above both."""
    tops = [scope.unit.pk]
    if scope.own_giving and scope.unit.pk in issuer:
        tops = issuer[issuer.index(scope.unit.pk) :: -1]
    for top in tops:
        if top in chain:
            place = chain.index(top)
            return chain[min(place + 1, len(chain) - 1)]
    return chain[-1]
