"""The archive package of a published list: one zip to be filed, as far as one may see (issue 3, section 4)."""

from __future__ import annotations

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from branches.requests import Asked
from tasks.models import TaskList
from tasks.papers.out.archive import stream_archive
from tasks.queries.archive import anything, entries
from tasks.views.exports import streamed


@require_safe
def package(request: Asked, pk: int) -> StreamingHttpResponse:
    """Every file of the list in its folder, with an index; 404 where there is no row to see."""
    rows = TaskList.objects.visible_to(request.user, request.today).select_related("issuer")
    task_list = get_object_or_404(rows, pk=pk, kind=TaskList.Kind.TASK, issued_on__isnull=False)
    if not anything(task_list, request.user, request.today):
        raise Http404
    pieces = stream_archive(entries(task_list, request.user, request.today), get_language() or "zh-hans")
    return streamed(pieces, "application/zip", f"{task_list.title}.zip")
