"""Platforms: what a temporary branch hangs on (design 3)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches import actions, rules
from branches.forms.life import GapForm, PlatformEditForm, PlatformForm
from branches.models import Platform
from branches.queries import life as queries
from branches.requests import Asked
from branches.views.answering import conflict, done, go, number, operation, tried, version
from branches.views.life import kept_parents
from branches.views.people import people_offered
from branches.writing import Conflict


def seen_platform(request: Asked, pk: int) -> Platform:
    """A platform that this person may see, else 404."""
    found: Platform = get_object_or_404(queries.platform_rows(request.user, request.today), pk=pk)
    return found


@require_safe
def platforms(request: Asked) -> HttpResponse:
    """The platforms one may see."""
    rows = list(queries.platform_rows(request.user, request.today))
    covers = queries.coverage(rows, request.today)
    show, body = request.GET.get("show", ""), number(request, "body")
    if show in ("covered", "missing", "excused"):
        rows = [row for cover in covers for row in getattr(cover, show)]
    else:
        show = ""
    context = {
        "platforms": [row for row in rows if not body or row.body_id == body],
        "covers": covers,
        "asked": sum(cover.asked for cover in covers),
        "missing": sum(len(cover.missing) for cover in covers),
        "excused": sum(len(cover.excused) for cover in covers),
        "covered": sum(len(cover.covered) for cover in covers),
        "show": show,
        "body": next((cover.body for cover in covers if cover.body.pk == body), None),
        "keeps": rules.keeps_anything(request.posts),
        "today": request.today,
    }
    return render(request, "branches/platforms.html", context)


@require_safe
def platform(request: Asked, pk: int) -> HttpResponse:
    """One platform and the branches on it."""
    shown = seen_platform(request, pk)
    rows = queries.branch_rows(request.user, request.today).filter(platform=shown)
    context = {
        "platform": shown,
        "rows": queries.lines(rows, request.today),
        "keeps": rules.keeper(request.posts, shown.body_id),
        "over": shown.ends_on is not None and shown.ends_on <= request.today,
        "lasting": shown.kind in Platform.LASTING,
        "covered": bool(shown.active_branches),  # type: ignore[attr-defined] # annotated by platform_rows
    }
    return render(request, "branches/platform.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def platform_new(request: Asked) -> HttpResponse:
    """Open a platform."""
    if not rules.keeps_anything(request.posts):
        raise PermissionDenied(_("Only an organisation admin opens platforms"))
    bodies = kept_parents(request).filter(kind__is_body=True)
    own = next((post.unit.body_id for post in request.posts if post.keeps_tree), None)
    form = PlatformForm(
        request.POST or None, user=request.user, on=request.today, bodies=bodies,
        initial={"body": own, "starts_on": request.today},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        body, op = form.cleaned_data["body"], operation(request)
        made = tried(form, lambda: actions.add_platform(body, form.words(), by=request.user, op=op, now=request.now))
        if made:
            return go(request, made, _("The platform has been added"))
    context = {"form": form, "people": people_offered(request)}
    return render(request, "branches/platform_new.html", context, status=form.status)


def kept_platform(request: Asked, pk: int) -> Platform:
    """A platform that this person keeps: 404 when not visible, 403 when not his to change."""
    shown = seen_platform(request, pk)
    if not rules.keeper(request.posts, shown.body_id):
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    return shown


@require_http_methods(["GET", "HEAD", "POST"])
def platform_edit(request: Asked, pk: int) -> HttpResponse:
    """Correct name, place and lead member."""
    shown = kept_platform(request, pk)
    lead = shown.lead_member
    initial = {
        "name": shown.name,
        "name_en": shown.name_en,
        "place": shown.place,
        "lead_member": lead.username if lead else "",
    }
    form = PlatformEditForm(request.POST or None, user=request.user, on=request.today, initial=initial)
    if request.method == "POST" and form.is_valid():
        op, read = operation(request), version(request)
        try:
            changed = done(
                form,
                lambda: actions.change_platform(
                    shown, form.cleaned_data, version=read, by=request.user, op=op, now=request.now
                ),
            )
        except Conflict as problem:
            return conflict(request, form, problem, last=shown.body.changes.first(), back=shown.get_absolute_url())
        if changed:
            return go(request, shown, _("The platform has been corrected"))
    context = {"form": form, "platform": shown, "people": people_offered(request)}
    return render(request, "branches/platform_edit.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def platform_gap(request: Asked, pk: int) -> HttpResponse:
    """Why a lounge, hall or studio has no branch."""
    shown = kept_platform(request, pk)
    form = GapForm(request.POST or None, initial={"gap": shown.gap, "gap_words": shown.gap_words})
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        gap, why = data["gap"], data["gap_words"]
        if done(form, lambda: actions.explain_gap(shown, gap, why, by=request.user, op=op, now=request.now)):
            return go(request, shown, _("The reason has been entered"))
    return render(request, "branches/platform_gap.html", {"form": form, "platform": shown}, status=form.status)
