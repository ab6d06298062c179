"""The list behind a figure: as long as the figure says, filtered as the board was."""

from __future__ import annotations

from dataclasses import replace

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from branches.models import Line
from branches.requests import Asked
from dashboards import closed, doors, pictures, queries, sentences
from dashboards.addresses import SIZES, Addresses, Wanted
from dashboards.scopes import Scope
from dashboards.viewer import Viewer
from tasks.figures import Figure
from tasks.lights import Thresholds
from tasks.models import SavedFilter
from tasks.queries.filters import kept_filters


@require_safe
def figure_rows(request: Asked, pk: int) -> HttpResponse:
    """The rows behind one figure of one board."""
    viewer, asked = Viewer.of(request), Wanted.read(request.GET)
    found = doors.find(viewer, pk, asked)
    if found is None:
        raise Http404
    scope, thresholds = found.scope, Thresholds.load(viewer.on)
    rows = queries.figure_rows(scope, asked.figure, thresholds, asked.reason)
    page = Paginator(queries.readable(rows, viewer.user, viewer.on), asked.size).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    known = queries.names_above(shown, scope.unit)
    to = Addresses(scope, asked.order)
    chips = _chips(scope, asked.reason, to, asked.figure)
    lines = queries.lines(shown, scope.unit, known, thresholds)
    context = {
        "found": found,
        "scope": scope,
        "subject": scope.child or scope.unit,
        "figure": asked.figure,
        "page_obj": page,
        "lines": lines,
        "with_reasons": any(line.reason for line in lines),
        "some_closed_off": any(not line.opened for line in lines),
        "measure_words": sentences.measured(scope),
        "then": _then(scope, asked, page.paginator.count),
        "chips": chips,
        "clear_url": Addresses(scope.wider(), asked.order).rows(asked.figure),
        "board_url": Addresses(replace(scope, child=None), asked.order).board(),
        "size": asked.size,
        "kept": kept_filters(request.user, SavedFilter.Page.ROWS, request.GET.urlencode(), scope.unit.pk),
        "filter_page": SavedFilter.Page.ROWS.value,
        "filter_unit": scope.unit.pk,
        "filtered": True,  # a figure alone is worth keeping
        "sizes": SIZES,
    }
    return render(request, "dashboards/rows.html", context)


def _then(scope: Scope, asked: Wanted, today: int) -> str:
    """A sentence where the figure of a closed month was recorded as another number than the list has rows today."""
    month = None if asked.reason else closed.closed_month(scope.period)
    number = closed.recorded_number(scope, month, asked.figure) if month else None
    return sentences.was_recorded(month, number) if month and number is not None and number != today else ""


def _chips(scope: Scope, reason: str, to: Addresses, figure: Figure) -> list[pictures.Tab]:
    """What narrows the rows besides list and period; following a chip takes it away."""
    chips = []
    if scope.child:
        without = Addresses(replace(scope, child=None), to.order).rows(figure, reason=reason)
        chips.append(pictures.Tab(sentences.plain(scope.child), without, False))
    if scope.line:
        without = Addresses(replace(scope, line=""), to.order).rows(figure, reason=reason)
        chips.append(pictures.Tab(str(Line(scope.line).label), without, False))
    if reason:
        chips.append(pictures.Tab(reason, to.rows(figure), False))
    if scope.period:
        without = Addresses(replace(scope, period=None), to.order).rows(figure, reason=reason)
        chips.append(pictures.Tab(scope.period.words, without, False))
    return chips
