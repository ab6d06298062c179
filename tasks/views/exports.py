"""What goes out of a published list: files to print, to sign and to send (issue 3, section 4)."""

from __future__ import annotations

from tempfile import TemporaryFile
from urllib.parse import quote

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from branches.requests import Asked
from tasks.models import TaskList
from tasks.papers.out import Line, Sheet, write_xlsx
from tasks.queries.exports import lines
from tasks.views.files import NOTHING_RUNS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def xlsx(request: Asked, pk: int) -> FileResponse:
    """The list in the users' nine columns, as far as one may see it."""
    rows = TaskList.objects.visible_to(request.user, request.today).select_related("issuer")
    task_list = get_object_or_404(rows, pk=pk)
    if task_list.kind != TaskList.Kind.TASK or task_list.issued_on is None:
        raise Http404
    note = "　".join(
        part for part in (task_list.issuer.name, task_list.document_number, request.today.isoformat()) if part
    )
    file = TemporaryFile()  # noqa: SIM115  # the answer closes it
    written = (Line(*each) for each in lines(task_list, request.user, request.today))
    write_xlsx(Sheet(task_list.title, note), written, file)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(task_list.title, safe='')}.xlsx"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
