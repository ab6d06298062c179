"""Coming by a signed link: the digits on a new device, then straight to the form; and one's own links, to be withdrawn."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from branches.requests import Asked, Visit
from branches.writing import Invalid, NotPossible
from tasks import links
from tasks.actions.links import prove, withdraw_link, withdraw_own_links
from tasks.forms.links import DigitsForm
from tasks.models import Assignment, SignedLink
from tasks.views.answers import operation

PER_PAGE = 50


@login_not_required
@never_cache
@sensitive_post_parameters("digits")
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: Visit, token: str) -> HttpResponse:
    """Straight to the form where the device is known or the person has signed in; else the digits are asked for first.

    A reader of mails that follows every address changes nothing and learns nothing that the mail did not say.
    """
    found = SignedLink.objects.by_token(token).first()
    if found is None:
        raise Http404
    form_url = reverse("tasks:update", args=[found.assignment_id])
    if request.user.is_authenticated:
        return redirect(form_url) if request.user.pk == found.user_id else _somebody_else(request, found)
    if not found.is_open(request.now):
        return _closed(request, found, _("This link does not open anything any more"))
    if request.method == "POST":
        form = DigitsForm(request.POST)
        try:
            if form.is_valid():
                prove(found, form.cleaned_data["digits"], now=request.now)
                links.take(request, found)
                response = redirect(form_url)
                links.remember(request, response, found.user)
                return response
        except Invalid as error:
            form.refuse(error)
        except NotPossible as error:
            return _closed(request, found, error.message)
        return _ask(request, found, form, 400)
    if links.knows(request, found.user):
        links.take(request, found)
        return redirect(form_url)
    return _ask(request, found, DigitsForm(), 200)


def _ask(request: Visit, found: SignedLink, form: DigitsForm, status: int) -> HttpResponse:
    context = {"person": found.user, "form": form}
    return render(request, "tasks/link.html", context, status=status)


def _closed(request: Visit, found: SignedLink, reason: str) -> HttpResponse:
    context = {"reason": reason, "back": reverse("tasks:update", args=[found.assignment_id])}
    return render(request, "tasks/link_closed.html", context, status=410)


def _somebody_else(request: Visit, found: SignedLink) -> HttpResponse:
    return render(request, "tasks/link_other.html", {"person": found.user}, status=409)


@login_not_required
@require_POST
def leave(request: Visit) -> HttpResponse:
    """Close it on this device: the next visit asks for the digits again. Without effect for somebody who has signed in."""
    response = redirect("account_login")
    links.forget(request, response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def own_links(request: Asked) -> HttpResponse:
    """The links that stand in one's name, each with what it opens, until when, and when it was last used."""
    if request.method == "POST":
        if request.POST.get("do") != "all":
            raise BadRequest("do")
        done = withdraw_own_links(by=request.user, op=operation(request), now=request.now)
        words = ngettext("%(n)d link opens nothing any more", "%(n)d links open nothing any more", done)
        messages.success(request, words % {"n": done})
        return redirect("tasks:links")
    mine = SignedLink.objects.filter(user=request.user).open(request.now)
    rows = mine.select_related("assignment__task__text", "assignment__unit")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "tasks/links.html", {"page_obj": page})


@require_POST
def withdraw(request: Asked, pk: int) -> HttpResponse:
    """One link is withdrawn, by its person or by a desk of its row."""
    seen = Assignment.objects.visible_to(request.user, request.today).values("pk")
    row = get_object_or_404(SignedLink.objects.filter(Q(user=request.user) | Q(assignment__in=seen)), pk=pk)
    own = row.user_id == request.user.pk
    withdraw_link(row.pk, by=request.user, op=operation(request), now=request.now)
    messages.success(request, _("The link opens nothing any more"))
    return redirect("tasks:links") if own else redirect("tasks:told", row.assignment_id)
