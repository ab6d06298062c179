"""Standing in: a person away names who acts under his posts, himself or through the organisation admin (cases.md 13)."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from branches import rules
from branches.actions.standins import end_stand_in, name_stand_in
from branches.forms.standins import StandInForm
from branches.models import StandIn
from branches.models.standins import NOT_LENT
from branches.queries import people as queries
from branches.requests import Asked
from branches.views.answering import go, operation, pressed, safe_next, tried
from branches.views.people import people_offered, seen_person
from branches.writing import done_before

USUAL = timedelta(days=13)  # two weeks: what a leave or a course mostly takes


@require_http_methods(["GET", "HEAD", "POST"])
def stand_in(request: Asked, pk: int) -> HttpResponse:
    """Name who stands in, for which posts and days."""
    absent = seen_person(request, pk)
    own = absent.pk == request.user.pk
    running = absent.posts.filter(Q(ends_on=None) | Q(ends_on__gt=request.today)).exclude(role__in=NOT_LENT)
    posts = list(running.select_related("unit__body").order_by("unit__path", "pk"))
    if not own:
        posts = [post for post in posts if rules.keeper(request.posts, post.unit.body_id)]
        if not posts:
            raise PermissionDenied(
                _("A stand-in is named by the person himself or by the organisation admin of the body")
            )
    form = StandInForm(
        request.POST or None, viewer=request.user, on=request.today, posts=posts,
        initial={"starts_on": request.today, "last_on": request.today + USUAL},
    )  # fmt: skip
    back = "/me/" if own else absent.get_absolute_url()
    if request.method == "POST" and done_before(operation(request), "branches.name_stand_in", request.user):
        return go(request, back, _("The stand-in has been named"))
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        made = tried(
            form,
            lambda: name_stand_in(
                absent, data["person"], data["post"], data["starts_on"], data["last_on"], reason=data["reason"],
                by=request.user, op=op, now=request.now,
            ),
        )  # fmt: skip
        if made:
            return go(request, back, _("The stand-in has been named"))
    context = {"form": form, "person": absent, "own": own, "people": people_offered(request), "back": back}
    return render(request, "branches/stand_in.html", context, status=form.status)


@require_POST
def stand_in_end(request: Asked, pk: int) -> HttpResponse:
    """End it today."""
    seen = queries.find_people(request.user, request.today).values("pk")
    row = get_object_or_404(
        StandIn.objects.filter(absent__in=seen).select_related("absent", "person", "post__unit"), pk=pk
    )
    op = operation(request)
    pressed(request, lambda: end_stand_in(row, by=request.user, op=op, now=request.now), _("The stand-in has ended"))
    return redirect(safe_next(request, "/me/"))
