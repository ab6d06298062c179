"""A list on paper: the pages that are printed, and the file for Word (issue 3, section 4; ux d.6, S08)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from math import ceil
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from branches.requests import Asked
from tasks.lights import Thresholds
from tasks.models import TaskList
from tasks.papers.out import DUTIES, HEADINGS, LIST, MOST_LINES, Form, Line, Sheet, with_headings, write_docx
from tasks.queries.exports import lines
from tasks.queries.lists import Overview, overview
from tasks.views.exports import in_chinese
from tasks.views.files import NOTHING_RUNS

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
VIEWS = ("list", "results", "matrix")
AS_ISSUED = 7  # columns up to the due date: they fit on A4 upright; what came back stands in two more
ACROSS = 10  # units beside each other on A4 across, at most
ALL = 100_000  # tasks read at a time: a page holds them all anyway


@require_safe
def paper(request: Asked, pk: int) -> HttpResponse:
    """The list as issued, with its results, or as a matrix: a page made for paper, its table ready to be copied."""
    task_list = _issued(request, pk)
    view = request.GET.get("view", "list")
    if view not in VIEWS:
        raise Http404
    context: dict[str, Any] = {
        "task_list": task_list,
        "view": view,
        "signed": request.GET.get("sign") == "1",
        "tabs": [("list", _("As issued")), ("results", _("With results")), ("matrix", _("Matrix"))],
        "printed_by": request.user,
    }
    if view == "matrix":
        seen = overview(task_list, request.user, request.today, Thresholds.load(request.today))
        context |= {"blocks": _blocks(seen), "units": len(seen.units), "tasks": len(seen.lines)}
    else:
        width = AS_ISSUED if view == "list" else len(HEADINGS)
        found = [Line(*each) for each in lines(task_list, request.user, request.today, piece=ALL)]
        context |= {
            "columns": HEADINGS[:width],
            "due_column": HEADINGS.index("完成时限") + 1,
            "rows": [(headings, line.cells[:width]) for headings, line in with_headings(found)],
            "tasks": len(found),
        }
    return render(request, "tasks/list_print.html", context)


def _blocks(seen: Overview) -> list[dict[str, Any]]:
    """The matrix in pieces as wide as a page, the column of tasks before each."""
    count = len(seen.units)
    wide = ceil(count / ceil(count / ACROSS)) if count else 1  # pieces of one width: no page for a single unit
    rows = seen.matrix()
    return [
        {
            "first": start + 1,
            "last": min(start + wide, count),
            "units": seen.units[start : start + wide],
            "rows": [(task, cells[start : start + wide]) for task, cells in rows],
        }
        for start in range(0, count, wide)
    ]


@require_safe
def docx(request: Asked, pk: int) -> HttpResponseBase:
    """The list for Word, in the columns of its kind and as far as one may see it, with a line to sign where asked for."""
    task_list = _seen(request, pk)
    signed = request.GET.get("sign") == "1"
    sheet = Sheet(task_list.title, note(task_list, request), request.now)
    if task_list.kind == TaskList.Kind.RESPONSIBILITY:
        return sent(sheet, in_chinese(task_list, request), DUTIES, signed=True)
    if task_list.issued_on is None:
        raise Http404
    found = list(islice(lines(task_list, request.user, request.today), MOST_LINES + 1))
    if len(found) > MOST_LINES:
        return _too_long(request, task_list)
    return sent(sheet, (Line(*each) for each in found), LIST, signed=signed)


def _too_long(request: Asked, task_list: TaskList) -> HttpResponse:
    """Back to the list with words: such a table makes Word stand still."""
    words = ngettext(
        "A Word file holds up to %(n)d task. Export this list to Excel",
        "A Word file holds up to %(n)d tasks. Export this list to Excel",
        MOST_LINES,
    )
    messages.error(request, words % {"n": MOST_LINES})
    return redirect(task_list)


def sent(sheet: Sheet, found: Iterable[Line], form: Form, *, signed: bool) -> FileResponse:
    """A Word file as a download that is kept nowhere on the way."""
    file = TemporaryFile()  # noqa: SIM115  # the answer closes it
    write_docx(sheet, found, file, form, signed=signed)
    file.seek(0)
    response = FileResponse(file, content_type=DOCX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(sheet.title, safe='')}.docx"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def note(task_list: TaskList, request: Asked) -> str:
    """The line under the title: who issued it, its number, and the day of the data."""
    parts = (task_list.issuer.name, task_list.document_number, request.today.isoformat())
    return "　".join(part for part in parts if part)


def _seen(request: Asked, pk: int) -> TaskList:
    rows = TaskList.objects.visible_to(request.user, request.today).select_related("issuer__body")
    return get_object_or_404(rows, pk=pk)


def _issued(request: Asked, pk: int) -> TaskList:
    task_list = _seen(request, pk)
    if task_list.kind != TaskList.Kind.TASK or task_list.issued_on is None:
        raise Http404
    return task_list
