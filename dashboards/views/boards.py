"""The boards of a city, a county or a branch: a sentence, five numbers, bars by unit, since when, why, and what is late."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from branches.requests import Asked
from branches.templatetags.frame import ratio
from dashboards import closed, doors, pictures, queries, sentences
from dashboards.addresses import Addresses, Wanted
from dashboards.viewer import Viewer
from tasks.asking import may_instruct
from tasks.lights import Thresholds
from tasks.rules import Actor


@require_safe
def own_board(request: Asked) -> HttpResponse:
    """Where one's own dashboard begins."""
    units = doors.own_units(Viewer.of(request))
    if not units:
        raise PermissionDenied(_("Dashboards show work. Your posts keep the organisation and see none of it."))
    return redirect("dashboards:unit-board", units[0].pk)


@require_safe
def unit_board(request: Asked, pk: int) -> HttpResponse:
    """The board of one unit, in one measure, for a list and a period if chosen."""
    viewer, asked = Viewer.of(request), Wanted.read(request.GET)
    found = doors.find(viewer, pk, asked)
    if found is None:
        raise Http404
    thresholds = Thresholds.load(viewer.on)
    shown = closed.shown(found.scope, thresholds, found.units)
    board = shown.board
    helps = viewer.helps(found.scope.unit)
    order = asked.order if helps and asked.order else ("gap" if helps else "tree")
    to = Addresses(found.scope, asked.order if helps else "")
    attention = queries.attention(found.scope, thresholds)
    overdue, in_review = (
        queries.lines(attention[lot], found.scope.unit, shown.today.units, thresholds)
        for lot in ("overdue", "in_review")
    )
    mean = queries.siblings_mean(found.scope, thresholds) if found.serves and not board.recorded else None
    several = found.serves and len(viewer.sight.own) + len(viewer.sight.below) > 1
    context = {
        "own_units": doors.own_units(viewer) if several else [],
        "found": found,
        "scope": found.scope,
        "board": board,
        "today": shown.today,  # the lists of a closed month show today's rows
        "differences": shown.differences,
        "to": to,
        "helps": helps,
        "order": order,
        "finding": sentences.finding(board, to, helps=helps),
        "mean_sentence": sentences.mean(mean, ratio(mean.completed, mean.due)) if mean else "",
        "tiles": pictures.tiles(board, to),
        "all_lines_url": Addresses(replace(found.scope, line=""), to.order).board(),
        "two_lines": pictures.two_lines(board, to),
        "progress": pictures.progress(board, to, viewer, by_gap=order == "gap"),
        "heat": pictures.heat(board, to, viewer, by_gap=order == "gap"),
        "causes": pictures.causes(board, to),
        "overdue": overdue,
        "in_review": in_review,
        "overdue_reasons": any(line.reason for line in overdue),
        "review_reasons": any(line.reason for line in in_review),
        "overdue_url": to.rows("overdue"),
        "in_review_url": to.rows("in_review"),
        "periods": queries.known_periods(shown.today.known_months),
        "tabs": pictures.tabs(found, to),
        "report_url": to.report(),
        "may_instruct": bool(may_instruct(Actor.of(request.user, request.today, request.posts), found.scope.unit)),
    }
    return render(request, "dashboards/board.html", context)
