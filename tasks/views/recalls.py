"""Calling a list back: what it does is told first, and why it cannot be done any more (design 8)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks import rules
from tasks.actions.recalls import first_deed, recall
from tasks.models import Assignment, TaskList
from tasks.states import ListStage
from tasks.views.answers import actor, operation


@require_http_methods(["GET", "POST"])
def ask(request: Asked, pk: int) -> HttpResponse:
    """One page: how many assignments end, what comes back, one field for the reason, one button."""
    lists = TaskList.objects.visible_to(request.user, request.today).filter(kind=TaskList.Kind.TASK)
    task_list = get_object_or_404(lists.select_related("issuer__body"), pk=pk)
    if not rules.may_issue(actor(request), task_list.issuer):
        raise PermissionDenied(_("A list is recalled by the desk that issued it"))
    problem, status = "", 200
    if request.method == "POST":
        try:
            draft = recall(
                task_list, request.POST.get("reason", ""), by=request.user, op=operation(request), now=request.now
            )
            messages.success(request, _("The list is recalled. Nothing is owed on it any more"))
            mine = draft is not None and draft.owner_id == request.user.pk and not draft.published_id
            return redirect("tasks:paper", draft.pk) if draft is not None and mine else redirect(task_list)
        except Invalid as error:
            problem, status = error.message, 400
        except Refused as error:
            messages.warning(request, error.message)
            status = 409
    paper = getattr(task_list, "paper", None)
    rows = Assignment.objects.filter(list=task_list)
    context = {
        "task_list": task_list,
        "rows": rows.count(),
        "units": rows.values("unit").distinct().count(),
        "paper": paper,
        "mine": paper is not None and paper.owner_id == request.user.pk,
        "deed": first_deed(task_list),
        "open": task_list.stage == ListStage.ISSUED and not task_list.broken_down_from_id,
        "problems": [{"target": "id_reason", "text": problem}] if problem else [],
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "tasks/list_recall.html", context, status=status)
