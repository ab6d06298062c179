"""Handing work over, one row from its page or what ended branches left behind (design 3, 4)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks import rules
from tasks.actions.handovers import drop, hand_over
from tasks.forms.handovers import HandOverForm
from tasks.models import Assignment
from tasks.queries.handovers import MOST, left_work, takers
from tasks.views.answers import actor, allowed, chosen, find, operation, refused


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Asked, pk: int) -> HttpResponse:
    """Hand one row over: to whom, why, and what that does."""
    row, who = find(request, pk), actor(request)
    allowed(rules.on_side(who, row, "hand_over"), _("Work is handed over by the desk that issued it"))
    units = takers(who, [row], request.today)
    if request.method != "POST":
        return _one(request, row, HandOverForm(units=units))
    form, op = HandOverForm(request.POST, units=units), operation(request)
    if form.is_valid() and form.chosen:
        try:
            heir = hand_over(
                row,
                form.chosen,
                reason=form.cleaned_data["reason"],
                later="later" in request.POST,
                by=request.user,
                op=op,
                now=request.now,
            )
        except Invalid as error:
            _refuse(form, error)
        except Refused as error:
            return refused(request, error)
        else:
            messages.success(request, _("Handed over. This is the row of the unit that goes on"))
            return redirect(heir)
    return _one(request, row, form, 400)


def _one(request: Asked, row: Assignment, form: HandOverForm, status: int = 200) -> HttpResponse:
    context = {"row": row, "form": form, "repeats": row.kind == "every"}
    return render(request, "tasks/hand_over.html", context, status=status)


def _refuse(form: HandOverForm, error: Invalid) -> None:
    named = {name: str(words) for name, words in error.details.items() if name in form.fields}
    for name, words in (named or {"": error.message}).items():
        form.add_error(name or None, words)


@require_http_methods(["GET", "HEAD", "POST"])
def left(request: Asked) -> HttpResponse:
    """What ended branches left behind: hand over or drop, several at once."""
    who = actor(request)
    rows = list(left_work(who)[:MOST])
    units = takers(who, rows, request.today) if rows else []
    if request.method != "POST":
        return _left(request, rows, HandOverForm(units=units), [])
    op, picked = operation(request), chosen(request, "pick")
    dropping = "drop" in request.POST
    form = HandOverForm(request.POST, units=units, required=not dropping)
    wanted = [row for row in rows if row.pk in picked]
    if not wanted:
        form.add_error(None, _("Choose at least one assignment"))
    if form.is_valid() and not form.cleaned_data["reason"].strip():
        form.add_error("reason", _("Say why"))
    if form.is_valid():
        done = _settle(request, form, wanted, op, dropping)
        if done and not form.errors:
            word = ngettext("%(n)d assignment decided", "%(n)d assignments decided", done) % {"n": done}
            messages.success(request, word)
            return redirect("tasks:left")
        rows = list(left_work(who)[:MOST])
    return _left(request, rows, form, picked, 400)


def _settle(request: Asked, form: HandOverForm, rows: list[Assignment], op: uuid.UUID, dropping: bool) -> int:
    """Each row by itself under an id of its own; what cannot be done says so, the others stand."""
    done = 0
    for row in rows:
        own = uuid.uuid5(op, str(row.pk))
        reason = form.cleaned_data["reason"]
        try:
            if dropping and row.stop:
                drop(row, reason=reason, by=request.user, op=own, now=request.now)
            elif dropping:
                words = _("The branch has not ended yet: its issuer can still stop it on its page")
                raise Invalid(words)
            elif form.chosen:
                hand_over(row, form.chosen, reason=reason, by=request.user, op=own, now=request.now)
        except Refused as error:
            form.add_error(None, f"{row.unit.local_name} {row.task.number}: {error.message}")
        else:
            done += 1
    return done


def _left(
    request: Asked, rows: list[Assignment], form: HandOverForm, picked: list[int], status: int = 200
) -> HttpResponse:
    context = {"rows": rows, "form": form, "picked": picked}
    return render(request, "tasks/left.html", context, status=status)
