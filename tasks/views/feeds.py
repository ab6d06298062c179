"""The calendar feed: the file behind a secret address, and the page on which its owner makes or withdraws it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches import clock
from branches.requests import Asked
from tasks.actions.feeds import make_feed, withdraw_feed
from tasks.models import CalendarFeed
from tasks.queries.feeds import calendar_of
from tasks.views.answers import operation


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The dates of whoever owns the address. Nothing can be changed here, and no other page opens with it."""
    found = CalendarFeed.objects.by_token(token).first()
    if found is None:
        raise Http404
    answer = HttpResponse(calendar_of(found.user, clock.now()), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="tasks.ics"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: Asked) -> HttpResponse:
    """One's own address, with what it shows and how it ends."""
    if request.method == "POST":
        op, deed = operation(request), request.POST.get("do", "")
        if deed == "make":
            make_feed(by=request.user, op=op, now=request.now)
        elif deed == "withdraw":
            withdraw_feed(by=request.user, op=op, now=request.now)
            messages.success(request, _("The address does not work any more"))
        else:
            raise BadRequest("do")
        return redirect("tasks:subscription")
    mine = CalendarFeed.objects.filter(user=request.user).first()
    token = mine.token if mine else ""
    address = f"{settings.SITE_URL}{reverse('tasks:feed', args=[token])}" if token else ""
    return render(request, "tasks/subscription.html", {"mine": mine, "address": address})
