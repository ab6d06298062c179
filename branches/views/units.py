"""The tree and its units (ux S19)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches import actions, moving, rules
from branches.actions.planned import plan_name
from branches.forms.units import AliasForm, EndForm, NewUnitForm, RenameForm
from branches.models import PlannedChange, Unit, UnitAlias
from branches.queries import history
from branches.queries import units as queries
from branches.requests import Asked
from branches.roles import Role
from branches.views.answering import conflict, done, go, number, operation, pressed, tried, version
from branches.writing import Conflict

Q_LENGTH = 60


def seen_unit(request: Asked, pk: int) -> Unit:
    """A unit that this person may see, else 404."""
    rows = Unit.objects.visible_to(request.user, request.today).select_related("kind", "body", "branch", "branch__type")
    found: Unit = get_object_or_404(rows, pk=pk)
    return found


def kept_unit(request: Asked, pk: int) -> Unit:
    """A unit whose part of the tree this person keeps: 404 when not visible, 403 when not his to change."""
    unit = seen_unit(request, pk)
    if not rules.keeper(request.posts, unit.body_id):
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    return unit


@require_safe
def units(request: Asked) -> HttpResponse:
    """The tree of units, or what a search finds in it."""
    words = request.GET.get("q", "").strip()[:Q_LENGTH]
    chosen = number(request, "body")
    body = seen_unit(request, chosen) if chosen else (request.scope.unit.body if request.scope else None)
    context: dict[str, Any] = {"words": words, "body": body, "keeps": rules.keeps_anything(request.posts)}
    if words:
        context["found"] = queries.find_units(request.user, request.today, words)
    else:
        keeps = {post.unit.body_id for post in request.posts if post.role == Role.TREE_ADMIN}
        whole = rules.is_system_admin(request.posts) is not None
        context["roots"], context["cut"] = queries.tree(request.user, request.today, body, keeps, whole=whole)
        context["moves"] = whole or bool(keeps)
    return render(request, "branches/units.html", context)


@require_safe
def unit(request: Asked, pk: int) -> HttpResponse:
    """One unit with its path, people, names, branch side, units below and history."""
    return _unit_page(request, seen_unit(request, pk), AliasForm())


def _unit_page(request: Asked, shown: Unit, alias_form: AliasForm, status: int = 200) -> HttpResponse:
    """People and history of a unit stay inside its body (design 3); its place and its names do not."""
    sight = request.user.sight(request.today)
    inside = sight.whole_tree or shown.body_id in sight.bodies
    around = queries.surroundings(shown, request.user, request.today)
    aliases = shown.aliases.order_by("name")
    context = {
        "unit": shown,
        "around": around,
        "parent": around.above[-1] if around.above else None,
        "inside": inside,
        "posts": queries.post_rows(shown) if inside else [],
        "aliases": aliases if sight.whole_tree else aliases.filter(body__in=sight.bodies),
        "events": history.of_unit(shown) if inside else [],
        "keeps": rules.keeper(request.posts, shown.body_id),
        "moves": moving.mover(request.posts, _home_of(shown, around)),
        "alias_body": rules.alias_body(request.posts, shown),
        "form": alias_form,
        "today": request.today,
        "over": shown.ends_on is not None and shown.ends_on <= request.today,
    }
    return render(request, "branches/unit.html", context, status=status)


def _home_of(shown: Unit, around: queries.Surroundings) -> int | None:
    """The body that holds the unit's place: of a body itself, that of the unit above it."""
    if not shown.is_body:
        return shown.body_id
    return around.above[-1].body_id if around.above else None


@require_http_methods(["GET", "HEAD", "POST"])
def unit_new(request: Asked) -> HttpResponse:
    """Add a unit at its place in the tree."""
    if not rules.keeps_anything(request.posts):
        raise PermissionDenied(_("Only an organisation admin adds units"))
    wanted = number(request, "parent")
    parent = seen_unit(request, wanted) if wanted else None
    form = NewUnitForm(
        request.POST or None,
        user=request.user,
        posts=request.posts,
        on=request.today,
        parent=parent,
        initial={"parent": parent, "starts_on": request.today},
    )
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: _add(request, form))
        if made:
            return go(request, made, _("%(unit)s has been added") % {"unit": made.name})
    context = {"form": form, "parent": parent}
    return render(request, "branches/unit_new.html", context, status=form.status)


def _add(request: Asked, form: NewUnitForm) -> Unit:
    data = form.cleaned_data
    return actions.add_unit(
        data["parent"], form.words(), data["kind"], starts_on=data["starts_on"], after=data.get("after"),
        by=request.user, op=operation(request), now=request.now,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def unit_edit(request: Asked, pk: int) -> HttpResponse:
    """Rename a unit."""
    shown = kept_unit(request, pk)
    names = ("name", "short_name", "name_en", "code")
    words = {name: getattr(shown, name) for name in names}
    form = RenameForm(request.POST or None, initial=words | {"effective_on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            made = tried(form, lambda: _rename(request, shown, form))
        except Conflict as problem:
            return conflict(request, form, problem, last=shown.changes.first(), back=shown.get_absolute_url())
        if made:
            planned = isinstance(made, PlannedChange)
            said = (
                _("The change is planned. It can be withdrawn until its day")
                if planned
                else _("The names have been saved")
            )
            return go(request, made, said)
    context = {"form": form, "unit": shown}
    return render(request, "branches/unit_edit.html", context, status=form.status)


def _rename(request: Asked, shown: Unit, form: RenameForm) -> Unit | PlannedChange:
    """Now, or from a later day on."""
    day = form.cleaned_data["effective_on"] or request.today
    if day != request.today:
        return plan_name(
            shown, form.words(), day, version=version(request), by=request.user, op=operation(request), now=request.now
        )
    return actions.rename_unit(
        shown, form.words(), version=version(request), by=request.user, op=operation(request), now=request.now
    )


@require_http_methods(["GET", "HEAD", "POST"])
def unit_end(request: Asked, pk: int) -> HttpResponse:
    """End a unit; the page says beforehand what stands in the way."""
    shown = kept_unit(request, pk)
    if hasattr(shown, "branch"):
        return redirect("tasks:branch-end", shown.branch.pk)
    form = EndForm(request.POST or None, initial={"ends_on": request.today})
    if request.method == "POST" and form.is_valid():
        try:
            made = tried(form, lambda: _end(request, shown, form))
        except Conflict as problem:
            return conflict(request, form, problem, last=shown.changes.first(), back=shown.get_absolute_url())
        if made:
            return go(request, made, _("The end has been entered"))
    context = {"form": form, "unit": shown, "stones": rules.blocks_ending(shown, request.today)}
    return render(request, "branches/unit_end.html", context, status=form.status)


def _end(request: Asked, shown: Unit, form: EndForm) -> Unit:
    return actions.end_unit(
        shown, form.cleaned_data["ends_on"], version=version(request), reason=form.cleaned_data["reason"],
        by=request.user, op=operation(request), now=request.now,
    )  # fmt: skip


@require_POST
def alias_add(request: Asked, pk: int) -> HttpResponse:
    """Another name under which the lists of one's own body call a unit."""
    shown = seen_unit(request, pk)
    body = rules.alias_body(request.posts, shown)
    if body is None:
        raise PermissionDenied(_("Only an organisation admin adds names"))
    form = AliasForm(request.POST)
    if form.is_valid():
        name, op = form.cleaned_data["alias"], operation(request)
        if done(form, lambda: actions.add_alias(shown, name, body, by=request.user, op=op, now=request.now)):
            return go(request, shown, _("Lists may call the unit by this name now"))
    return _unit_page(request, shown, form, status=400)


@require_POST
def alias_remove(request: Asked, pk: int, alias: int) -> HttpResponse:
    """Take a name away; a second press finds it gone and says so."""
    shown = seen_unit(request, pk)
    row = UnitAlias.objects.select_related("unit").filter(unit=shown, pk=alias).first()
    if row is None:
        messages.info(request, _("This name has been removed already"))
    else:
        op = operation(request)
        pressed(
            request,
            lambda: actions.remove_alias(row, by=request.user, op=op, now=request.now),
            _("Lists no longer call the unit by this name"),
        )
    return redirect(reverse("branches:unit", args=[shown.pk]))
