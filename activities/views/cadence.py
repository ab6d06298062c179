"""How often branches are to meet: the national rules, what a body writes instead, and a task list made of them in one step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from activities import actions, queries, rules
from activities.forms import CadenceForm
from activities.kinds import Ruled
from activities.models import Cadence
from activities.papers import TITLE, cadence_rows
from activities.views.years import works, year_of
from branches import rules as who
from branches.models import Branch, BranchState, BranchType, Unit
from branches.requests import Asked
from branches.views.answering import go, number, operation
from branches.writing import Conflict, Invalid, NotPossible, Refused, Reused
from tasks.actions.drafts import begin_draft
from tasks.rules import may_issue
from tasks.views.answers import actor, refused


@dataclass(frozen=True)
class RuleLine:
    """One kind for one type of branch: the rule that holds, and the one it stands for."""

    branch_type: BranchType
    label: str
    rule: Cadence
    instead_of: Cadence | None
    branches: int


def _body(request: Asked) -> Unit:
    """The body whose rules are shown: of the scope, else the first in which one serves."""
    posts = [request.scope] if request.scope else request.posts
    found = next((post.unit.body for post in posts if post.unit.body), None)
    if found is None:
        member_of = request.user.sight(request.today).bodies
        found = Unit.objects.filter(pk__in=member_of).order_by("path").first()
    if found is None:
        raise PermissionDenied(_("Meetings are shown to those who serve a branch or a desk above it"))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def cadence(request: Asked) -> HttpResponse:
    """The rules that hold in the body this year, and the form for a rule of its own."""
    works(request)
    body, year = _body(request), year_of(request)
    rows = queries.cadences_of(body)
    own = {str(row.pk): row for row in rows if row.body_id == body.pk}
    may_rule = who.wisher(request.posts, body.pk)
    chosen = own.get(request.GET.get("rule", ""))
    form = CadenceForm(request.POST or None, initial=_initial(request, chosen, year))
    if request.method == "POST":
        if not may_rule:
            raise PermissionDenied(_("A body’s rules are written by its secretary or its organisation admin"))
        if form.is_valid() and _saved(request, form, body):
            return go(request, reverse("activities:cadence"), _("The rule has been saved; counts follow it at once"))
    context = {
        "form": form,
        "body": body,
        "year": year,
        "lines": _lines(rows, body, year),
        "own": list(own.values()),
        "chosen": chosen,
        "may_rule": may_rule,
        "may_issue": bool(may_issue(actor(request), body)),
    }
    return render(request, "activities/cadence.html", context, status=form.status)


def _initial(request: Asked, chosen: Cadence | None, year: int) -> dict[str, object]:
    """The rule to be changed, or the kind and type that were asked for."""
    if chosen:
        names = ("kind", "branch_type", "year", "count", "per", "condition", "source")
        return {name: getattr(chosen, name) for name in names}
    return {"kind": request.GET.get("kind", ""), "branch_type": request.GET.get("type", ""), "count": 1}


def _saved(request: Asked, form: CadenceForm, body: Unit) -> bool:
    try:
        actions.set_rule(
            body,
            form.words(),
            version=number(request, "version"),
            by=request.user,
            op=operation(request),
            now=request.now,
        )
    except Invalid as problem:
        form.refuse(problem)
    except (Conflict, NotPossible, Reused) as problem:
        form.stop(problem.message)
    return not form.errors


def _lines(rows: list[Cadence], body: Unit, year: int) -> list[RuleLine]:
    """For each type and kind the rule that holds; of types of which the body has no branch too, so that one can prepare."""
    there = Counter(
        Branch.objects.filter(unit__body=body, state=BranchState.ACTIVE).order_by().values_list("type_id", flat=True)
    )
    found = []
    for kind_of in sorted({row.branch_type for row in rows}, key=lambda one: (one.position, one.code)):
        held = rules.pick(rows, kind_of.code, body.pk, year)
        national = rules.pick([row for row in rows if row.body_id is None], kind_of.code, None, year)
        for kind in Ruled.values:
            if kind in held:
                rule = held[kind]
                instead = national.get(kind) if rule.body_id else None
                found.append(RuleLine(kind_of, str(Ruled(kind).label), rule, instead, there[kind_of.code]))
    return found


@require_POST
def drop(request: Asked, pk: int) -> HttpResponse:
    """Give up a rule of the body's own."""
    rule = get_object_or_404(Cadence.objects.filter(body=_body(request)).select_related("body"), pk=pk)
    try:
        actions.drop_rule(rule, by=request.user, op=operation(request), now=request.now)
    except Refused as problem:
        return refused(request, problem)
    return go(request, reverse("activities:cadence"), _("The rule has been given up; the national one holds again"))


@require_POST
def make_list(request: Asked) -> HttpResponse:
    """The rules of the year as a draft task list: a task for each kind, due as often as the rule says (no second to-do list)."""
    works(request)
    body = _body(request)
    if not may_issue(actor(request), body):
        raise PermissionDenied(_("Lists are issued by a secretary or head"))
    year = request.today.year
    rows = cadence_rows(body, year, request.today)
    answers = {"title": f"{TITLE} {year}", "year": year}
    try:
        if not rows:
            raise NotPossible(_("No branch of this body has a rule with a number"))
        draft = begin_draft(body, answers, rows, by=request.user, op=operation(request), now=request.now)
    except Refused as problem:
        return refused(request, problem)
    return redirect("tasks:paper-rows", draft.pk)
