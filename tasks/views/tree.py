"""Moving and merging units: find the place, read what happens, confirm; and what became of planned changes (ux S20, ADM-1)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from branches import moving
from branches.models import PlannedChange, Unit
from branches.requests import Asked
from branches.views.answering import done, go, number, operation, pressed, tried
from branches.writing import done_before
from tasks.actions.tree import plan_change
from tasks.actions.tree_answers import built_upon, object_to, undo, withdraw
from tasks.forms.tree import ChangeForm, ObjectionForm
from tasks.queries import tree as queries

Kind, State = PlannedChange.Kind, PlannedChange.State
Q_LENGTH = 60


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Asked, pk: int) -> HttpResponse:
    """Move a unit: without a place the search for one, with `to` what would happen and the button that confirms."""
    return _change(request, pk, Kind.MOVE)


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Asked, pk: int) -> HttpResponse:
    """Merge a unit into another."""
    return _change(request, pk, Kind.MERGE)


def _change(request: Asked, pk: int, kind: str) -> HttpResponse:
    to = number(request, "to")
    seen, around = queries.chain(request.user, request.today, [pk, *([to] if to else [])])
    if pk not in seen or (to and to not in seen):
        raise Http404
    unit = seen[pk]
    above = around.get(unit.path[: -Unit.steplen])
    home = (above.body_id if above else None) if unit.is_body else unit.body_id
    if moving.mover(request.posts, home) is None:
        raise PermissionDenied(_("Only the organisation admin of the body that a unit leaves moves it"))
    if request.method == "POST" and (before := done_before(operation(request), "tree.plan_change", request.user)):
        return _told(request, PlannedChange.objects.select_related("unit").get(pk=before["change"]))
    context = {"unit": unit, "kind": str(kind), "above": queries.above_of(unit.path, around)}
    if not to:
        return _places(request, unit, kind, context)
    return _confirm(request, unit, seen[to], around, kind, context)


def _places(request: Asked, unit: Unit, kind: str, context: dict[str, Any]) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:Q_LENGTH]
    found = queries.places(request.user, request.today, words, unit, kind)
    context |= {"words": words, "found": found, "over": unit.ends_on is not None and unit.ends_on <= request.today}
    template = "tasks/_tree_places.html" if request.headers.get("HX-Request") else "tasks/tree_places.html"
    return render(request, template, context)


def _confirm(
    request: Asked, unit: Unit, target: Unit, around: dict[str, Unit], kind: str, context: dict[str, Any]
) -> HttpResponse:
    """The consequences in words, the day and the reason, one button."""
    form = ChangeForm(request.POST or None)
    day = form.cleaned_data["effective_on"] if form.is_bound and form.is_valid() else None
    if request.method == "POST" and form.is_valid():
        reason, op = form.cleaned_data["reason"], operation(request)
        made = tried(
            form,
            lambda: plan_change(
                kind, unit, target, day or request.today, reason=reason, by=request.user, op=op, now=request.now
            ),
        )
        if made:
            return _told(request, made)
    found = queries.preview(kind, unit, target, around, request.user, request.posts, request.today, day)
    if not form.is_bound:
        form = ChangeForm(initial={"effective_on": found.earliest})
        form.fields["effective_on"].widget.attrs["min"] = found.earliest.isoformat()
    context |= {"target": target, "form": form, "found": found}
    return render(request, "tasks/tree_confirm.html", context, status=form.status)


def _told(request: Asked, change: PlannedChange) -> HttpResponse:
    if change.state == State.PLANNED:
        return go(request, change, _("The change is planned. It can be withdrawn until its day"))
    words = {
        Kind.MOVE: _("%(unit)s has been moved. It can be undone for 7 days"),
        Kind.MERGE: _("%(unit)s has been merged"),
        Kind.RENAME: _("The names have been saved"),
    }[Kind(change.kind)]
    return go(request, change, words % {"unit": change.unit.local_name})


def _found(request: Asked, pk: int) -> PlannedChange:
    rows = PlannedChange.objects.visible_to(request.user, request.today)
    return get_object_or_404(
        rows.select_related("unit__body", "target__body", "old_body", "by", "said_by", "post__unit"), pk=pk
    )


@require_safe
def change(request: Asked, pk: int) -> HttpResponse:
    """One change: what, when, by whom, what became of it, and what this person may answer."""
    return _page(request, _found(request, pk), ObjectionForm())


def _page(request: Asked, row: PlannedChange, form: ObjectionForm) -> HttpResponse:
    may_undo = moving.undoer(request.posts, row) is not None
    stones = built_upon(row, request.now) if may_undo else []
    inside = request.user.sight(request.today).whole_tree or row.old_body_id in request.user.sight(request.today).bodies
    context = {
        "change": row,
        "form": form,
        "objects": moving.objector(request.posts, row, request.today),
        "withdraws": moving.withdrawer(request.posts, row, request.user.pk),
        "undoes": may_undo and not stones,
        "stones": stones if may_undo else [],
        "crosses": row.target is not None and row.kind == Kind.MOVE and row.target.body_id != row.old_body_id,
        "stopped": len(row.before.get("stopped", [])),
        "inside": inside,
    }
    return render(request, "tasks/tree_change.html", context, status=form.status)


@require_POST
def change_withdraw(request: Asked, pk: int) -> HttpResponse:
    """Take a planned change back, or put away one that was refused."""
    row, op = _found(request, pk), operation(request)
    pressed(request, lambda: withdraw(row, by=request.user, op=op, now=request.now), _("The change has been withdrawn"))
    return redirect(row)


@require_POST
def change_object(request: Asked, pk: int) -> HttpResponse:
    """The receiving body says no."""
    row, op = _found(request, pk), operation(request)
    form = ObjectionForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data["words"]
        if done(form, lambda: object_to(row, words, by=request.user, op=op, now=request.now)):
            return go(request, row, _("The objection has been entered; nothing will happen on that day"))
    return _page(request, row, form)


@require_POST
def change_undo(request: Asked, pk: int) -> HttpResponse:
    """Put a moved unit back."""
    row, op = _found(request, pk), operation(request)
    words = _("%(unit)s stands where it stood before") % {"unit": row.unit.local_name}
    pressed(request, lambda: undo(row, by=request.user, op=op, now=request.now), words)
    return redirect(row)
