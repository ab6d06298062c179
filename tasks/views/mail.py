"""Whom the system wrote to: of one row, for its desks; and what failed, for whoever looks after the mail of a site."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches.requests import Asked
from branches.rules import is_system_admin
from branches.writing import NotPossible
from tasks import rules
from tasks.actions.mail import say_again, send_again, write_again
from tasks.models import Digest, GroupMessage, Reminder, Todo
from tasks.models.reminders import State
from tasks.reminders import ledger, todos
from tasks.reminders.failed import failed
from tasks.states import DESK
from tasks.views.answers import actor, find, number, operation

PER_PAGE = 50


@require_safe
def told(request: Asked, pk: int) -> HttpResponse:
    """Who was told of a row, when and of what; and why somebody was not. The side above sees nothing of the inner escalation."""
    row = find(request, pk)
    who = actor(request)
    if not rules.may_see_mail(who, row):
        raise PermissionDenied(_("It is shown to the desks that gave the work and that do it"))
    rows = ledger.reminded(row)
    if who.hat_for(DESK, row.unit_path, row.body_id) is None:
        rows = rows.exclude(kind=Reminder.Kind.ESCALATED)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(one, ledger.why_not(one)) for one in page.object_list]
    standing = row.links.open(request.now).select_related("user")
    return render(request, "tasks/told.html", {"row": row, "page_obj": page, "lines": lines, "links": standing})


@require_http_methods(["GET", "HEAD", "POST"])
def unsent(request: Asked) -> HttpResponse:
    """How the mail stands, and what failed for good with its error; any of it is tried again from here."""
    if is_system_admin(request.posts) is None:
        raise PermissionDenied(_("The mail is looked after by whoever runs the system"))
    if request.method == "POST":
        who: dict[str, Any] = {"by": request.user, "op": operation(request), "now": request.now}
        try:
            if "message" in request.POST:
                say_again(get_object_or_404(GroupMessage, pk=number(request, "message")).pk, **who)
                messages.success(request, _("It is tried again within working hours"))
            elif "todo" in request.POST:
                write_again(get_object_or_404(Todo, pk=number(request, "todo")).pk, **who)
                messages.success(request, _("It is tried again with the next round, within a minute"))
            else:
                send_again(get_object_or_404(Digest, pk=number(request, "digest")).pk, **who)
                messages.success(request, _("It is tried again within the hours of the person"))
        except NotPossible as error:
            messages.warning(request, error.message)
        return redirect("tasks:unsent")
    groups = GroupMessage.objects.filter(state=State.DEAD).select_related("robot__body")[:PER_PAGE]
    page = Paginator(failed(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "counts": ledger.counts(),
        "oldest": ledger.oldest_waiting(request.now),
        "groups": groups,
        "todos": todos.failed()[:PER_PAGE],
    }
    return render(request, "tasks/unsent.html", context)
