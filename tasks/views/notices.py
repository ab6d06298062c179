"""The page of notices: one place for everything one was told, each with why and the way to it (ux S25)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from branches.requests import Asked
from branches.writing import Invalid
from tasks.actions.notices import DAYS, bring_back, mark_read, mark_unread, put_off
from tasks.models import Notice
from tasks.queries import notices as queries
from tasks.views.answers import chosen

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: Asked) -> HttpResponse:
    """One's own, unread first; what is ticked is ticked off or put off."""
    show = request.GET.get("show", "")
    show = show if show in queries.SHOWS else "unread"
    group = request.GET.get("group", "")
    if request.method == "POST":
        return _marked(request)
    page = Paginator(queries.notices(request.user, show, group), PER_PAGE).get_page(request.GET.get("page"))
    count = queries.counts(request.user)
    context = {
        "page_obj": page,
        "lines": queries.shown(list(page.object_list)),
        "show": show,
        "group": group if group in queries.GROUPS else "",
        "shows": [(key, words, count[key]) for key, words in queries.SHOWS.items()],
        "groups": [(key, words) for key, (words, _kinds) in queries.GROUPS.items()],
        "days": DAYS,
    }
    return render(request, "tasks/notices.html", context)


def _marked(request: Asked) -> HttpResponse:
    deed, rows = request.POST.get("do", ""), chosen(request, "notice")
    back = redirect(request.get_full_path())
    if deed != "all" and not rows:
        messages.warning(request, _("Choose at least one notice"))
        return back
    if deed in ("read", "all"):
        done = mark_read(None if deed == "all" else rows, by=request.user, now=request.now)
        messages.success(request, ngettext("%(n)d is marked as read", "%(n)d are marked as read", done) % {"n": done})
    elif deed == "unread":
        mark_unread(rows, by=request.user)
    elif deed == "back":
        bring_back(rows, by=request.user)
    elif deed.startswith("later-") and deed[6:].isdecimal():
        try:
            done = put_off(rows, int(deed[6:]), by=request.user, now=request.now)
        except Invalid as error:
            raise BadRequest("do") from error
        messages.success(request, ngettext("%(n)d is put off", "%(n)d are put off", done) % {"n": done})
    else:
        raise BadRequest("do")
    return back


@require_POST
def open_notice(request: Asked, pk: int) -> HttpResponse:
    """On the way to what it speaks of it is ticked off. The page behind asks afresh who may see it."""
    row = get_object_or_404(Notice.objects.of(request.user), pk=pk)
    mark_read([row.pk], by=request.user, now=request.now)
    path = str(row.facts.get("path", ""))
    return redirect(path if path.startswith("/") and not path.startswith("//") else reverse("home"))
