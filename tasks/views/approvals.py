"""A leader decides on a list that was put before him, on one screen (SEC-1 step 7)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks.actions import decide_approval
from tasks.dispatch import resolve
from tasks.models import Approval, TaskList
from tasks.papers.drafts import Paper
from tasks.states import ReceiverRole
from tasks.views import duties, editions
from tasks.views.answers import operation


@require_http_methods(["GET", "POST"])
def decide(request: Asked, pk: int) -> HttpResponse:
    """The whole list in short, two buttons, words when it goes back."""
    waiting = Approval.objects.filter(approver=request.user).select_related(
        "list__issuer__body", "list__paper__issuer__body"
    )
    approval = get_object_or_404(waiting, pk=pk)
    if approval.list.kind == TaskList.Kind.RESPONSIBILITY:
        return duties.decide(request, approval)
    if approval.edition > 1 and approval.list.issued_on is not None:
        return editions.decide(request, approval)
    plan = Paper(approval.list.paper, request.today).plan() if hasattr(approval.list, "paper") else None
    problem, status = "", 200
    if request.method == "POST" and plan is not None:
        try:
            done = decide_approval(
                approval,
                plan,
                "agree" in request.POST,
                request.POST.get("words", ""),
                by=request.user,
                op=operation(request),
                now=request.now,
            )
            return redirect(done)
        except Invalid as error:
            problem, status = error.message, 400
        except Refused as error:
            messages.warning(request, error.message)
            return redirect(approval.list)
    found = resolve(plan, request.today) if plan else None
    context = {
        "approval": approval,
        "task_list": approval.list,
        "plan": plan,
        "found": found,
        "leads": sum(share.role == ReceiverRole.LEAD for share in found.shares) if found else 0,
        "problems": [{"target": "id_words", "text": problem}] if problem else [],
        "words": request.POST.get("words", ""),
        "has_errors": bool(problem),
        "decided": approval.decision != Approval.Decision.ASKED,
    }
    return render(request, "tasks/approval.html", context, status=status)
