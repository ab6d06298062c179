"""More time: asked in two presses, decided in one (ux SEC-8); the head of the unit first where its body wants it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.models import BodySettings
from branches.requests import Asked
from branches.writing import Invalid, NotPossible, Refused
from tasks import asking
from tasks.actions.extensions import ask_extension, decide_extension, pass_on, refuse_asking, withdraw_extension
from tasks.calendar import working_days
from tasks.forms.followup import AskTimeForm, DecideForm
from tasks.models import Assignment, Extension
from tasks.models.followup import AWAKE
from tasks.queries import followup as queries
from tasks.views.answers import actor, allowed, find, operation, refused

OFFERED = timedelta(days=7)  # later than the present date, then on to a working day
DEEDS = ("agree", "other", "refuse", "pass_on", "decline", "withdraw")


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Asked, pk: int) -> HttpResponse:
    """The form of a row that is still in time; whatever goes wrong, the words stay."""
    row = find(request, pk)
    allowed(asking.does(actor(request), row), _("More time is asked for by the unit that does the work"))
    if request.method == "POST":
        return _ask(request, row)
    try:
        refuse_asking(row, BodySettings.of(row.issuer_body), request.today)
    except NotPossible as error:
        messages.info(request, error.message)
        return redirect(row)
    offered = working_days().on_or_after(row.due_on + OFFERED) if row.due_on else None
    return _ask_page(request, row, AskTimeForm(initial={"day": offered}))


def _ask(request: Asked, row: Assignment) -> HttpResponse:
    op, form = operation(request), AskTimeForm(request.POST)
    status = 400
    try:
        if form.is_valid():
            given = form.cleaned_data
            asked = ask_extension(
                row, given["day"], given["reason"], given["progress"], by=request.user, op=op, now=request.now
            )
            with_head = asked.state == Extension.State.AT_UNIT
            messages.success(
                request,
                _("Asked. The head of the unit agrees first") if with_head else _("Asked. The issuer decides"),
            )
            return redirect(row)
    except Invalid as error:
        form.refuse_error(error)
    except Refused as error:
        form.add_error(None, error.message)
        status = 409
    return _ask_page(request, row, form, status)


def _ask_page(request: Asked, row: Assignment, form: AskTimeForm, status: int = 200) -> HttpResponse:
    return render(request, "tasks/extension_ask.html", {"row": row, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Asked, pk: int) -> HttpResponse:
    """One request with what this person may do about it."""
    asked = get_object_or_404(queries.extensions(request.user, request.today), pk=pk)
    if request.method != "POST":
        return _page(request, asked, DecideForm())
    deed, op = request.POST.get("do", ""), operation(request)
    if deed not in DEEDS:
        raise BadRequest("do")
    form = DecideForm(request.POST)
    try:
        if form.is_valid():
            return _done(request, asked, deed, form, op)
    except Invalid as error:
        problems = {"day" if name == "day" else "words": words for name, words in error.details.items()}
        form.refuse(problems or {"": error.message})
    except NotPossible as error:
        messages.warning(request, error.message)
        return redirect(asked)
    except Refused as error:
        return refused(request, error)
    return _page(request, asked, form, status=400)


def _done(request: Asked, asked: Extension, deed: str, form: DecideForm, op: Any) -> HttpResponse:
    """The deed, and where to go on: a decider back to his queue, the unit to its row."""
    said: dict[str, Any] = {"by": request.user, "op": op, "now": request.now}
    words, day = form.cleaned_data["words"], form.cleaned_data["day"]
    if deed in ("agree", "other", "refuse"):
        if deed == "other" and day is None:
            problem = _("Enter the new due date")
            raise Invalid(problem, day=problem)
        granted = {"agree": asked.wished_on, "other": day, "refuse": None}[deed]
        decide_extension(asked, granted, words, **said)
        told = _("Extension agreed") if granted else _("Extension refused")
        messages.success(request, f"{told}: {asked.assignment.unit.local_name} · {asked.assignment.task.local_name}")
        return redirect("tasks:review")
    if deed == "withdraw":
        withdraw_extension(asked, **said)
        messages.success(request, _("The request is withdrawn"))
    else:
        pass_on(asked, deed == "pass_on", words, **said)
        messages.success(
            request, _("The request is with the issuer now") if deed == "pass_on" else _("The request is closed")
        )
    return redirect(asked.assignment)


def _page(request: Asked, asked: Extension, form: DecideForm, status: int = 200) -> HttpResponse:
    who, row = actor(request), asked.assignment
    awake = row.stage in AWAKE
    context = {
        "asked": asked,
        "row": row,
        "form": form,
        "late": asked.is_late(request.today),
        "decides": asked.state == Extension.State.ASKED and awake and bool(asking.decides(who, asked)),
        "passes_on": asked.state == Extension.State.AT_UNIT and awake and bool(asking.passes_on(who, row)),
        "withdraws": asked.is_open and bool(asking.does(who, row)),
    }
    return render(request, "tasks/extension.html", context, status=status)
