"""Platforms: what a temporary branch hangs on (design 3)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches import actions, rules
from branches.forms.life import PlatformForm
from branches.models import Platform
from branches.queries import life as queries
from branches.requests import Asked
from branches.views.answering import go, operation, tried
from branches.views.life import kept_parents
from branches.views.people import people_offered


def seen_platform(request: Asked, pk: int) -> Platform:
    """A platform that this person may see, else 404."""
    found: Platform = get_object_or_404(queries.platform_rows(request.user, request.today), pk=pk)
    return found


@require_safe
def platforms(request: Asked) -> HttpResponse:
    """The platforms one may see."""
    rows = queries.platform_rows(request.user, request.today)
    context = {"platforms": rows, "keeps": rules.keeps_anything(request.posts), "today": request.today}
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
