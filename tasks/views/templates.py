"""Templates of a body: all of them, one with its rows, and the page on which a list or a draft is kept as one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches.models import Unit
from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks import rules
from tasks.actions.templates import keep_template, rename_template, retire_template
from tasks.models import ListTemplate, PaperDraft, Task, TaskList
from tasks.papers.copies import moved_title, rows_of
from tasks.papers.templates import kept_rows, still_named, without_year
from tasks.views.answers import actor, number, operation, refused
from tasks.views.editor import issuers_of


@require_safe
def index(request: Asked) -> HttpResponse:
    """The templates of the bodies in which this person keeps a desk."""
    issuers_of(request)
    rows = ListTemplate.objects.visible_to(request.user, request.today).in_use().select_related("body", "kept_by")
    return render(request, "tasks/templates.html", {"rows": [(row, len(row.rows)) for row in rows]})


@require_http_methods(["GET", "POST"])
def one(request: Asked, pk: int) -> HttpResponse:
    """A template with its rows; it is renamed and retired here."""
    found = ListTemplate.objects.visible_to(request.user, request.today).in_use()
    template = get_object_or_404(found.select_related("body", "kept_by"), pk=pk)
    problem, name, status = "", template.name, 200
    if request.method == "POST":
        who: dict[str, Any] = {"by": request.user, "op": operation(request), "now": request.now}
        try:
            if request.POST.get("do") == "retire":
                retire_template(template, version=number(request, "version"), **who)
                messages.success(request, _("The template is retired. Lists that began from it stay as they are"))
                return redirect("tasks:templates")
            name = request.POST.get("name", "")
            rename_template(template, name, version=number(request, "version"), **who)
            messages.success(request, _("The template has its new name"))
            return redirect("tasks:template", template.pk)
        except Invalid as error:
            problem, status = error.message, 400
        except Refused as error:
            return refused(request, error)
    context = {"template": template, "name": name, "problems": _problems(problem), "has_errors": bool(problem)}
    return render(request, "tasks/template.html", context, status=status)


@require_http_methods(["GET", "POST"])
def keep_draft(request: Asked, pk: int) -> HttpResponse:
    """Keep the rows of a draft as a template."""
    drafts = PaperDraft.objects.visible_to(request.user, request.today)
    draft = get_object_or_404(drafts.select_related("issuer__body"), pk=pk)
    year = int(draft.answers.get("year") or request.today.year)
    rows = kept_rows(draft.rows, draft.answers, year)
    title = str(draft.answers.get("title", draft.rows.get("title", "")))
    return _keep(request, draft.issuer, title, rows, year, str(draft.answers.get("line", "")))


@require_http_methods(["GET", "POST"])
def keep_list(request: Asked, pk: int) -> HttpResponse:
    """Keep a published list as a template of the body that issued it."""
    lists = TaskList.objects.visible_to(request.user, request.today).filter(kind=TaskList.Kind.TASK)
    source = get_object_or_404(lists.select_related("issuer__body"), pk=pk)
    tasks = Task.objects.visible_to(request.user, request.today).filter(list=source, withdrawn_on=None)
    written = rows_of(source, list(tasks.select_related("text").prefetch_related("steps").order_by("position")), 0)
    rows = kept_rows({"rows": written}, {}, source.year)
    return _keep(request, source.issuer, source.title, rows, source.year, source.line)


def _keep(request: Asked, issuer: Unit, title: str, rows: list[dict[str, Any]], year: int, line: str) -> HttpResponse:
    if not rules.may_issue(actor(request), issuer):
        raise PermissionDenied(_("Templates are kept by the desk that issues the list"))
    name, problem = without_year(moved_title(title, 0), year).strip(), ""
    if request.method == "POST":
        name = request.POST.get("name", "")
        try:
            replace, op = bool(request.POST.get("replace")), operation(request)
            kept = keep_template(issuer, name, rows, line, by=request.user, op=op, now=request.now, replace=replace)
            messages.success(request, _("Kept as a template of the body"))
            return redirect("tasks:template", kept.pk)
        except Invalid as error:
            problem = error.message
        except Refused as error:
            return refused(request, error)
    context = {
        "name": name[:60] if not problem else name,
        "rows": rows,
        "still": still_named(rows, year),
        "year": year,
        "title": title,
        "body": issuer.body,
        "problems": _problems(problem),
        "has_errors": bool(problem),
    }
    return render(request, "tasks/template_keep.html", context, status=400 if problem else 200)


def _problems(problem: str) -> list[dict[str, str]]:
    return [{"target": "id_name", "text": problem}] if problem else []
