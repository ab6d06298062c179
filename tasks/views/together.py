"""Several rows in one press: reports approved, "no change" noted; and the page that says what became of each (issue 5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from branches.clock import day_of
from branches.models import Operation
from branches.requests import Asked
from branches.writing import Invalid, Refused, done_before
from tasks.actions import accepting, lengthening, noting
from tasks.actions.together import Outcome
from tasks.calendar import wishes_of
from tasks.forms.reports import GradeForm
from tasks.queries.several import MOST, to_accept, to_note, told
from tasks.states import DOERS, REVIEWERS
from tasks.views.answers import keys, operation, refused, scoped


@require_http_methods(["GET", "POST"])
def accept(request: Asked) -> HttpResponse:
    """The reports that are ticked, or all that wait, each with what it says; then those that stay ticked are approved."""
    who = scoped(request)
    if not any(hat.role in REVIEWERS for hat in who.hats):
        raise PermissionDenied(_("It is reviewed by the unit that issued it, and never by its author"))
    asked = keys(request.GET.getlist("row"), MOST)
    grades = wishes_of(next((hat.post.unit.body for hat in who.hats if hat.post and hat.post.unit.body), None)).grades
    grading = GradeForm(request.POST or None, grades=grades) if grades else None
    ticked: list[int] = []
    if request.method == "POST":
        op, ticked = operation(request), keys(request.POST.getlist("row"), MOST)
        if done_before(op, accepting.KIND, request.user):
            return redirect("tasks:pressed", op)
        if ticked and (grading is None or grading.is_valid()):
            grade = grading.cleaned_data["grade"] if grading else ""
            try:
                accepting.approve_several(_seen(request, ticked), grade=grade, by=request.user, op=op, now=request.now)
            except Refused as error:
                return refused(request, error)
            return redirect("tasks:pressed", op)
    rows = to_accept(who, asked or None)
    context = {
        "rows": [(row, row.pk in (ticked if request.method == "POST" else asked)) for row in rows[:MOST]],
        "left": len(set(asked)) - len(rows) if asked else 0,
        "too_many": MOST if len(rows) > MOST else 0,
        "problems": _wrong(request, ticked),
        "grading": grading,
    }
    return render(request, "tasks/accept.html", context, status=400 if request.method == "POST" else 200)


def _wrong(request: Asked, ticked: list[int]) -> list[dict[str, str]]:
    """What is wrong with what was sent: nothing is ticked, or the grade is none of this body's."""
    if request.method != "POST":
        return []
    if not ticked:
        return [{"target": "rows", "text": _("Choose at least one report")}]
    return [{"target": "id_grade", "text": _("Choose one of the grades")}]


def _seen(request: Asked, ticked: list[int]) -> dict[int, int]:
    """The version of each ticked row that the page showed."""
    return {pk: next(iter(keys([request.POST.get(f"version-{pk}", "")], name="version")), 0) for pk in ticked}


@require_http_methods(["GET", "POST"])
def note(request: Asked) -> HttpResponse:
    """One's own open work with the last words about each; the same sentence goes to all that are ticked."""
    who = scoped(request)
    if not any(hat.role in DOERS for hat in who.hats):
        raise PermissionDenied(_("Progress is reported by the unit that does the work"))
    asked = keys(request.GET.getlist("row"), MOST)
    text = request.POST.get("text", _("No change since the last report"))
    problems: dict[str, str] = {}
    ticked = set(asked)
    if request.method == "POST":
        op, ticked = operation(request), set(keys(request.POST.getlist("row"), MOST))
        if done_before(op, noting.KIND, request.user):
            return redirect("tasks:pressed", op)
        try:
            noting.note_several(sorted(ticked), text, by=request.user, op=op, now=request.now)
            return redirect("tasks:pressed", op)
        except Invalid as error:
            problems = {str(name): str(words) for name, words in error.details.items()}
        except Refused as error:
            return refused(request, error)
    rows = to_note(who, asked or None)
    context = {
        "rows": [(row, row.pk in ticked) for row in rows[:MOST]],
        "left": len(set(asked)) - len(rows) if asked else 0,
        "text": text,
        "wrong": problems,
        "problems": [
            {"target": {"text": "id_text"}.get(name, "rows"), "text": words} for name, words in problems.items()
        ],
    }
    return render(request, "tasks/note_several.html", context, status=400 if problems else 200)


@dataclass(frozen=True)
class Press:
    """How the page of a finished press of one kind speaks, and how it is taken back."""

    title: str | Promise
    words: Callable[[int], str]
    take_back: Callable[..., Outcome] | None = None


PRESSES = {
    accepting.KIND: Press(
        pgettext_lazy("reports", "Approved"),
        lambda n: ngettext("%(n)d report is approved", "%(n)d reports are approved", n),
        accepting.take_back_approvals,
    ),
    lengthening.KIND: Press(
        gettext_lazy("Change due date"),
        lambda n: ngettext("%(n)d assignment has the new date", "%(n)d assignments have the new date", n),
        lengthening.take_back_time,
    ),
    noting.KIND: Press(
        gettext_lazy("Progress saved"),
        lambda n: ngettext("Progress is saved on %(n)d assignment", "Progress is saved on %(n)d assignments", n),
    ),
}


@require_http_methods(["GET", "POST"])
def pressed(request: Asked, press: Any) -> HttpResponse:
    """What one press did and what it left, for whoever pressed; taken back from here on the same day."""
    done = Operation.objects.filter(pk=press, user=request.user, kind__in=PRESSES).first()
    if done is None:
        raise Http404
    kind, outcome = PRESSES[done.kind], Outcome.of(done.result)
    back = Operation.objects.filter(user=request.user, kind=f"{done.kind}_back", result__of=str(press)).first()
    if request.method == "POST":
        if kind.take_back is None:
            raise BadRequest("press")
        try:
            kind.take_back(press, by=request.user, op=operation(request), now=request.now)
        except Refused as error:
            return refused(request, error)
        messages.success(request, _("Taken back"))
        return redirect("tasks:pressed", press)
    again = Outcome.of(back.result) if back else Outcome([], [])
    rows = told([*outcome.done, *(pk for pk, _words in outcome.left)], request.user, request.today)
    context = {
        "title": kind.title,
        "words": kind.words(len(outcome.done)) % {"n": len(outcome.done)},
        "done": [(rows[pk], pk in again.done, dict(again.left).get(pk, "")) for pk in outcome.done if pk in rows],
        "left": [(rows[pk], words) for pk, words in outcome.left if pk in rows],
        "taken_back": len(again.done),
        "open": kind.take_back is not None and back is None and day_of(done.at) == request.today,
    }
    return render(request, "tasks/pressed.html", context)
