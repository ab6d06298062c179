"""What goes out of a published list: files to print, to sign and to send (issue 3, section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.views.decorators.http import require_safe

from branches.requests import Asked
from tasks.models import TaskList
from tasks.papers.out import DUTIES, LIST, Line, Sheet
from tasks.papers.out.workbook import stream_xlsx
from tasks.queries.exports import duty_lines, lines
from tasks.views.files import NOTHING_RUNS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def xlsx(request: Asked, pk: int) -> StreamingHttpResponse:
    """The list in the columns of its kind, as far as one may see it; sent while it is read."""
    rows = TaskList.objects.visible_to(request.user, request.today).select_related("issuer")
    task_list = get_object_or_404(rows, pk=pk)
    duties = task_list.kind == TaskList.Kind.RESPONSIBILITY
    if task_list.issued_on is None and not duties:
        raise Http404
    note = "　".join(
        part for part in (task_list.issuer.name, task_list.document_number, request.today.isoformat()) if part
    )
    sheet = Sheet(task_list.title, note)
    if duties:
        written: Iterable[Line] = in_chinese(task_list, request)
    else:
        written = (Line(*each) for each in lines(task_list, request.user, request.today))
    return streamed(stream_xlsx(sheet, written, DUTIES if duties else LIST), XLSX, f"{task_list.title}.xlsx")


def in_chinese(task_list: TaskList, request: Asked) -> list[Line]:
    """The lines of a responsibility list; their kinds and states in the language of the paper, not of the page."""
    with translation.override("zh-hans"):
        return [Line(*each) for each in duty_lines(task_list, request.user, request.today)]


def streamed(pieces: Iterator[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    """A file that goes out while it is made: always a download, kept nowhere on the way (reliability.md 6)."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Accel-Buffering"] = "no"  # the proxy passes each piece on, so that nobody waits in the dark
    return response
