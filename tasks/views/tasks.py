"""One task across its units, and the papers that come with it (ux S10)."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks import rules
from tasks.actions.asked import ask_figures
from tasks.actions.files import add_task_file, remove_task_file
from tasks.asking import may_instruct
from tasks.forms.asked import AskForm
from tasks.forms.reports import TaskFileForm
from tasks.models import Task
from tasks.queries.asked import sums_of
from tasks.queries.assignments import papers
from tasks.queries.followup import clarifications
from tasks.queries.tasks import task_sheet, tasks
from tasks.uploads import keep_all
from tasks.views.answers import actor, allowed, number, operation, refused

SPLIT = re.compile(r"[,，、;；]")


def _find(request: Asked, pk: int) -> Task:
    return get_object_or_404(tasks(request.user, request.today), pk=pk)


@require_safe
def detail(request: Asked, pk: int) -> HttpResponse:
    """The page of a task."""
    return _page(request, _find(request, pk))


def _page(
    request: Asked, task: Task, form: TaskFileForm | None = None, ask_form: AskForm | None = None
) -> HttpResponse:
    asked = request.GET.get("period", "")
    period = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    context = {
        "task": task,
        "sheet": task_sheet(task, request.user, request.today, period),
        "papers": papers(task.task_files),  # type: ignore[attr-defined] # fetched along
        "may_add": bool(rules.may_issue(actor(request), task.list.issuer)),
        "may_instruct": bool(may_instruct(actor(request), task.list.issuer)),
        "told": clarifications(task),
        "form": form or ask_form,
        "sums": sums_of(task, request.user, request.today),
        "ask_form": ask_form or AskForm(initial={"names": "、".join(task.figures)}),
        "file_form": form or TaskFileForm(),
    }
    return render(request, "tasks/task.html", context, status=400 if form or ask_form else 200)


@require_POST
def change_figures(request: Asked, pk: int) -> HttpResponse:
    """Name the figures that reports of the task may give."""
    task, op, form = _find(request, pk), operation(request), AskForm(request.POST)
    allowed(
        rules.may_issue(actor(request), task.list.issuer), _("Figures are asked for by the unit that issued the list")
    )
    if form.is_valid():
        try:
            ask_figures(task, SPLIT.split(form.cleaned_data["names"]), by=request.user, op=op, now=request.now)
        except Invalid as error:
            form.add_error("names", error.message)
        except Refused as error:
            return refused(request, error)
        else:
            messages.success(request, _("Saved. Reports of this task may give these figures"))
            return redirect(task)
    return _page(request, task, ask_form=form)


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
