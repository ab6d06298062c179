"""提醒所选: what is ticked or all that is overdue, who would hear of it, then one button; taken back until it is sent (SEC-2)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from branches.models import Operation
from branches.requests import Asked
from branches.writing import Refused, done_before
from tasks.actions.reminding import KIND, remind, take_back_reminding
from tasks.models import Digest
from tasks.models.reminders import State
from tasks.reminders import by_hand, texts
from tasks.states import DESK
from tasks.views.answers import keys, operation, refused, scoped

MOST = by_hand.MOST


@require_http_methods(["GET", "POST"])
def remind_chosen(request: Asked) -> HttpResponse:
    """Who would hear of the ticked rows, or of everything overdue; then the write."""
    actor = scoped(request)
    if not any(hat.role in DESK for hat in actor.hats):
        raise PermissionDenied(_("People are reminded by the desk that gave the work"))
    if request.method == "POST":
        return _send(request)
    ticked = keys(request.GET.getlist("row"), MOST)
    every = request.GET.get("all", "")
    if every not in ("", "overdue"):
        raise BadRequest("all")
    found = by_hand.overdue(actor) if every else by_hand.remindable(actor).filter(pk__in=ticked)
    rows = list(found.select_related("task__text", "unit__body", "person").order_by("due_on", "pk")[: MOST + 1])
    lines = by_hand.heard(rows[:MOST], request.user, request.today)
    told = {user.pk for line in lines for user in line.told}
    context = {
        "lines": lines,
        "texts": texts.of_rows(line.row for line in lines),
        "send": [line for line in lines if line.told],
        "units": len({line.row.unit_id for line in lines if line.told}),
        "people": len(told),
        "skipped": len({user.pk for line in lines for user in line.skipped}),
        "unreachable": len({user.pk for line in lines for user in line.unreachable}),
        "nobody": sum(not (line.told or line.skipped or line.unreachable) for line in lines),
        "left": 0 if every else len(set(ticked)) - len(rows),
        "too_many": MOST if len(rows) > MOST else 0,
    }
    return render(request, "tasks/remind.html", context)


def _send(request: Asked) -> HttpResponse:
    op, ticked = operation(request), keys(request.POST.getlist("row"), MOST)
    if not done_before(op, KIND, request.user) and not ticked:
        raise BadRequest("row")
    try:
        remind(ticked, by=request.user, op=op, now=request.now)
    except Refused as error:
        return refused(request, error)
    return redirect("tasks:reminded", op)


@require_http_methods(["GET", "POST"])
def reminded(request: Asked, press: uuid.UUID) -> HttpResponse:
    """What one press sent off, and the way to take it back while it waits."""
    done = Operation.objects.filter(pk=press, kind=KIND, user=request.user).first()
    if done is None:
        raise Http404
    if request.method == "POST":
        try:
            people = take_back_reminding(press, by=request.user, op=operation(request), now=request.now)
        except Refused as error:
            return refused(request, error)
        words = ngettext("%(n)d reminder was taken back", "%(n)d reminders were taken back", people) % {"n": people}
        messages.success(request, words)
        return redirect("home")
    sent = list(Digest.objects.filter(pk__in=done.result["messages"]).select_related("recipient").order_by("pk"))
    waiting = [one for one in sent if one.state == State.READY and one.claimed_at is None]
    context = {
        "press": press,
        "messages_sent": sent,
        "waiting": len(waiting),
        "first": min((one.not_before for one in waiting), default=None),
        "rows": len(done.result["rows"]),
    }
    return render(request, "tasks/reminded.html", context)
