"""One task across its units, and the papers that come with it (ux S10)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from branches.requests import Asked
from branches.writing import Refused
from tasks import rules
from tasks.actions.files import add_task_file, remove_task_file
from tasks.forms.reports import TaskFileForm
from tasks.models import Task
from tasks.queries.assignments import papers
from tasks.queries.tasks import task_sheet, tasks
from tasks.uploads import keep_all
from tasks.views.answers import actor, allowed, number, operation, refused


def _find(request: Asked, pk: int) -> Task:
    return get_object_or_404(tasks(request.user, request.today), pk=pk)


@require_safe
def detail(request: Asked, pk: int) -> HttpResponse:
    """The page of a task."""
    return _page(request, _find(request, pk))


def _page(request: Asked, task: Task, form: TaskFileForm | None = None) -> HttpResponse:
    asked = request.GET.get("period", "")
    period = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    context = {
        "task": task,
        "sheet": task_sheet(task, request.user, request.today, period),
        "papers": papers(task.task_files),  # type: ignore[attr-defined] # fetched along
        "may_add": bool(rules.may_issue(actor(request), task.list.issuer)),
        "form": form,
        "file_form": form or TaskFileForm(),
    }
    return render(request, "tasks/task.html", context, status=400 if form else 200)


@require_POST
def change_files(request: Asked, pk: int) -> HttpResponse:
    """Add a paper to the task, or take one off."""
    task, op = _find(request, pk), operation(request)
    allowed(rules.may_issue(actor(request), task.list.issuer), _("Files are added by the unit that issued the list"))
    try:
        if "remove" in request.POST:
            remove_task_file(task, number(request, "remove"), by=request.user, op=op, now=request.now)
            messages.success(request, _("The file was taken off the task"))
            return redirect(task)
        form = TaskFileForm(request.POST, request.FILES)
        if form.is_valid():
            unit = task.list.issuer
            kept, problems = keep_all([form.cleaned_data["file"]], by=request.user, unit=unit, now=request.now)
            for problem in problems:
                form.add_error("file", problem)
            for file in kept:
                add_task_file(task, file, form.cleaned_data["kind"], by=request.user, op=op, now=request.now)
        if form.errors:
            return _page(request, task, form)
    except Refused as error:
        return refused(request, error)
    messages.success(request, _("The file is with the task now"))
    return redirect(task)
