"""Help: asked from the phone in two taps and some words (ux MEM-3), answered by the issuer; and words for all receivers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.requests import Asked
from branches.writing import Invalid, NotPossible, Refused
from tasks import asking, rules
from tasks.actions.helping import answer_help, ask_help, clarify, withdraw_help
from tasks.forms.followup import AnswerForm, ClarifyForm, HelpForm
from tasks.forms.reports import only
from tasks.models import Assignment, HelpRequest, Task
from tasks.queries import followup as queries
from tasks.queries.assignments import offered_files, own_files
from tasks.queries.followup import follow_up
from tasks.queries.tasks import tasks
from tasks.uploads import keep_all
from tasks.views.answers import actor, allowed, chosen, find, operation, refused


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Asked, pk: int) -> HttpResponse:
    """The form; `?why=papers` begins with that reason chosen."""
    row = find(request, pk)
    allowed(asking.does(actor(request), row), _("Help is asked for by whoever does the work"))
    if request.method == "POST":
        return _ask(request, row)
    if not row.is_open or follow_up(row, inside=True).help:
        return redirect(row)
    why = request.GET.get("why", "")
    return _ask_page(request, row, HelpForm(initial={"why": why} if why in HelpRequest.Why.values else None))


def _ask(request: Asked, row: Assignment) -> HttpResponse:
    op, form = operation(request), HelpForm(request.POST)
    status = 400
    try:
        if form.is_valid():
            ask_help(row, form.cleaned_data["why"], form.cleaned_data["text"], by=request.user, op=op, now=request.now)
            messages.success(request, _("Asked. The answer appears here; the light does not change"))
            return redirect(row)
    except Invalid as error:
        form.refuse_error(error)
    except Refused as error:
        form.add_error(None, error.message)
        status = 409
    return _ask_page(request, row, form, status)


def _ask_page(request: Asked, row: Assignment, form: HelpForm, status: int = 200) -> HttpResponse:
    return render(request, "tasks/help_ask.html", {"row": row, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Asked, pk: int) -> HttpResponse:
    """One request: its words, its answer, and what this person may do."""
    asked = get_object_or_404(queries.helps(request.user, request.today), pk=pk)
    if request.method != "POST":
        return _page(request, asked, AnswerForm())
    deed, op = request.POST.get("do", ""), operation(request)
    if deed not in ("answer", "withdraw"):
        raise BadRequest("do")
    said: dict[str, Any] = {"by": request.user, "op": op, "now": request.now}
    form = AnswerForm(request.POST)
    try:
        if deed == "withdraw":
            withdraw_help(asked, **said)
            messages.success(request, _("The request is withdrawn"))
            return redirect(asked.assignment)
        if form.is_valid():
            answer_help(asked, form.cleaned_data["answer"], to_all=form.cleaned_data["to_all"], **said)
            messages.success(request, _("Answered. The unit reads it on its page"))
            return redirect(asked.assignment)
    except Invalid as error:
        form.refuse_error(error)
    except NotPossible as error:
        messages.warning(request, error.message)
        return redirect(asked)
    except Refused as error:
        return refused(request, error)
    return _page(request, asked, form, status=400)


def _page(request: Asked, asked: HelpRequest, form: AnswerForm, status: int = 200) -> HttpResponse:
    who = actor(request)
    context = {
        "asked": asked,
        "row": asked.assignment,
        "form": form,
        "answers": asked.is_open and bool(asking.answers_help(who, asked)),
        "withdraws": asked.is_open and bool(asking.does(who, asked.assignment)),
    }
    return render(request, "tasks/help.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def clarification(request: Asked, pk: int) -> HttpResponse:
    """Words of the issuer for every receiver of the task."""
    task = get_object_or_404(tasks(request.user, request.today), pk=pk)
    allowed(rules.may_issue(actor(request), task.list.issuer), _("A task is clarified by the desk that issued it"))
    if request.method == "POST":
        return _clarify(request, task)
    return _clarify_page(request, task, ClarifyForm(), [])


def _clarify(request: Asked, task: Task) -> HttpResponse:
    op, form, status = operation(request), ClarifyForm(request.POST, request.FILES), 400
    is_valid = form.is_valid()
    kept, problems = keep_all(form.cleaned_data["files"], by=request.user, unit=task.list.issuer, now=request.now)
    ticked = [one.pk for one in kept] or chosen(request, "file")  # a new file replaces the one of before
    for words in problems:
        form.add_error("files", words)
    try:
        files = only(own_files(request.user, request.today, ticked), ticked)
        if len(files) > 1:
            raise Invalid(_("One file goes with a clarification"), files=_("One file goes with a clarification"))
        if is_valid and not problems:
            file = files[0] if files else None
            clarify(task, form.cleaned_data["text"], file, by=request.user, op=op, now=request.now)
            messages.success(request, _("Every receiver of the task reads it on its page"))
            return redirect(task)
    except Invalid as error:
        form.refuse_error(error)
    except Refused as error:
        form.add_error(None, error.message)
        status = 409
    return _clarify_page(request, task, form, ticked, status)


def _clarify_page(request: Asked, task: Task, form: ClarifyForm, ticked: list[int], status: int = 200) -> HttpResponse:
    context = {
        "task": task,
        "form": form,
        **offered_files(request.user, request.today, ticked),
    }
    return render(request, "tasks/clarify.html", context, status=status)
