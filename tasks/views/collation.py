"""The collation of a list: what came back, on a page and as a Word file (issue 3, section 4)."""

from __future__ import annotations

from tempfile import TemporaryFile
from urllib.parse import quote

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from branches.requests import Asked
from tasks.models import Task, TaskList
from tasks.papers.out.collation import write_collation
from tasks.queries.collation import collate, tasks_of
from tasks.states import DESK
from tasks.views.files import NOTHING_RUNS
from tasks.views.prints import DOCX

PAGE = 20  # tasks on a page


def _wanted(request: Asked, pk: int) -> tuple[TaskList, list[Task], set[int], bool]:
    """The list, its tasks, those that were ticked, and whether what is not accepted yet is wanted too."""
    visible = TaskList.objects.visible_to(request.user, request.today).select_related("issuer")
    task_list = get_object_or_404(visible, pk=pk, kind=TaskList.Kind.TASK, issued_on__isnull=False)
    desks = [post.unit_id for post in request.posts if post.role in DESK]
    tasks = tasks_of(task_list, request.user, request.today, desks)
    keys = request.GET.getlist("task")
    if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        raise BadRequest("task")
    chosen = {int(key) for key in keys}
    if not chosen <= {task.pk for task in tasks}:
        raise Http404
    return task_list, tasks, chosen, request.GET.get("unfinished") == "1"


@require_safe
def page(request: Asked, pk: int) -> HttpResponse:
    """The tasks with every unit's accepted text; ticked ones alone go into the file."""
    task_list, tasks, chosen, unfinished = _wanted(request, pk)
    found = Paginator([task for task in tasks if not chosen or task.pk in chosen], PAGE)
    shown = found.get_page(request.GET.get("page"))
    here = list(shown.object_list)
    context = {
        "task_list": task_list,
        "page_obj": shown,
        "sections": collate(here, request.user, request.today, unfinished=unfinished),
        "chosen": chosen,
        "unfinished": unfinished,
        "sources": {task.source_row: task for task in here if task.source_row},  # type: ignore[attr-defined] # annotated
    }
    return render(request, "tasks/collation.html", context)


@require_safe
def docx(request: Asked, pk: int) -> HttpResponseBase:
    """The same as a paper in official layout: all tasks, or the ticked ones."""
    task_list, tasks, chosen, unfinished = _wanted(request, pk)
    some = [task for task in tasks if not chosen or task.pk in chosen]
    sections = collate(some, request.user, request.today, unfinished=unfinished)
    day = request.today
    note = f"{task_list.issuer.name}　{day.year}年{day.month}月{day.day}日"
    file = TemporaryFile()  # noqa: SIM115 # the response closes it
    write_collation(task_list.title, note, sections, file, request.now)
    file.seek(0)
    response = FileResponse(file, content_type=DOCX)
    name = quote(f"{task_list.title}汇总稿.docx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["Cache-Control"] = "private, no-store"
    return response
