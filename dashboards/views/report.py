"""The monthly brief of a board: sentences whose numbers are links, a table of units, a chart, and the Word file (ux SEC-4).

Rows belong to a month by their current due date, as design 7 says; every number is the length of the list it opens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from branches.requests import Asked
from branches.templatetags.frame import day_official
from dashboards import closed, doors, pictures, queries, sentences
from dashboards.addresses import Addresses, Wanted
from dashboards.brief import Brief, words_of, write_brief
from dashboards.doors import Found
from dashboards.queries import Board, Group
from dashboards.scopes import Period
from dashboards.viewer import Viewer
from tasks.figures import Figure
from tasks.lights import Thresholds
from tasks.views.files import NOTHING_RUNS

NUMBERS = (Figure.DUE, Figure.COMPLETED_DUE, Figure.IN_REVIEW, Figure.OVERDUE, Figure.DUE_SOON)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Read:
    """One brief: the board of the month, and the way to its rows."""

    viewer: Viewer
    found: Found
    shown: closed.Shown
    to: Addresses

    @property
    def board(self) -> Board:
        """The figures that the brief tells: those that were written down, where the month is closed."""
        return self.shown.board


def _read(request: Asked, pk: int) -> Read:
    """The board in establishment order; without a month in the address, the month of today."""
    viewer, asked = Viewer.of(request), Wanted.read(request.GET)
    asked = replace(asked, month=asked.month or Period(viewer.on.year, viewer.on.month), child=None)
    found = doors.find(viewer, pk, asked)
    if found is None:
        raise Http404
    shown = closed.shown(found.scope, Thresholds.load(viewer.on), found.units)
    return Read(viewer, found, shown, Addresses(found.scope))


@require_safe
def report(request: Asked, pk: int) -> HttpResponse:
    """The brief as a page: choose the month, copy the paragraph, take the file."""
    read = _read(request, pk)
    scope = read.found.scope
    this_month = Period(read.viewer.on.year, read.viewer.on.month)
    known = queries.known_periods(read.shown.today.known_months)
    context = {
        "found": read.found,
        "scope": scope,
        "board": read.board,
        "differences": read.shown.differences,
        "finding": sentences.finding(read.board, read.to),
        "headings": [figure.label for figure in NUMBERS],
        "lines": [(sentences.label(group.unit, read.board), _cells(read, group)) for group in read.board.groups],
        "chart": pictures.bars(read.board, read.to, read.viewer, read.board.groups, _finding(read)),
        "periods": known if this_month in known else [this_month, *known],
        "board_url": read.to.board(),
        "tabs": [replace(tab, url=_beside(tab.url)) for tab in pictures.tabs(read.found, read.to)],
    }
    return render(request, "dashboards/report.html", context)


def _beside(board_url: str) -> str:
    """The brief of the board at this address."""
    address, _mark, query = board_url.partition("?")
    return f"{address}report/?{query}"


def _cells(read: Read, group: Group) -> list[tuple[int, str]]:
    """The five numbers of a unit, each with the address of its rows."""
    return [(group.counts[figure], read.to.rows(figure, child=group.unit.pk)) for figure in NUMBERS]


def _finding(read: Read) -> str:
    return sentences.bars_title(read.board, False)


@require_safe
def docx(request: Asked, pk: int) -> HttpResponseBase:
    """The same sentences, table and chart as a paper in official layout."""
    read = _read(request, pk)
    scope, groups = read.found.scope, read.board.groups
    title = _("Progress of work due in %(period)s") % {"period": scope.period.words if scope.period else ""}
    named = [
        sentences.plain(scope.unit),
        scope.list.local_name if scope.list else "",
        words_of(sentences.recorded(read.board)) if read.board.recorded else words_of(day_official(read.viewer.on)),
    ]
    brief = Brief(
        title=title,
        note="　".join(part for part in named if part),
        sentences=[words_of(sentences.finding(read.board, read.to))],
        headings=[_("Unit"), *(str(figure.label) for figure in NUMBERS)],
        rows=[
            [sentences.label(group.unit, read.board), *(str(group.counts[figure]) for figure in NUMBERS)]
            for group in groups
        ],
        chart_title=_finding(read),
        series=[
            (str(figure.label), [group.counts[figure] for group in groups])
            for figure in (Figure.COMPLETED_DUE, Figure.DUE)
        ],
    )
    file = TemporaryFile()  # noqa: SIM115 # the response closes it
    write_brief(brief, file, request.now)
    file.seek(0)
    response = FileResponse(file, content_type=DOCX)
    name = quote(f"{sentences.plain(scope.unit)} {title}.docx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
