"""The two full coverages: their numbers, the list behind each, and one step that closes a gap (domain 1.2)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from branches import names, rules
from branches.actions.looks import note_looks
from branches.actions.seats import give_contact, join_branch
from branches.forms.coverage import ContactForm, JoinForm, ticked
from branches.models import CppccMembership, Look, Unit
from branches.queries import coverage as queries
from branches.requests import Asked
from branches.views.answering import go, operation, tried

PAGE = 50
OFFERED = 300


@require_safe
def coverage(request: Asked) -> HttpResponse:
    """The numbers of one's own bodies, and of the bodies directly below: there numbers alone (design 3)."""
    posts = [request.scope] if request.scope else request.posts
    own = queries.bodies_read(posts)
    if not own:
        raise PermissionDenied(_("The two coverages are shown to the desk, the leaders and the admin of a body"))
    below = queries.bodies_below(own, request.today)
    found = queries.figures([*own, *below], request.today)
    context = {
        "own": [(line, rules.standing_reader(request.posts, [line.body]) is not None) for line in found[: len(own)]],
        "below": found[len(own) :],
    }
    return render(request, "branches/coverage.html", context)


def _body(request: Asked, pk: int, part: str) -> Unit:
    """The body whose names this person may read, else 404 where he does not even see it."""
    if part not in queries.MISSING:
        raise Http404
    seen = Unit.objects.visible_to(request.user, request.today).filter(kind__is_body=True)
    body: Unit = get_object_or_404(seen.select_related("kind", "body"), pk=pk)
    if rules.standing_reader(request.posts, [body]) is None:
        raise PermissionDenied(_("Names are shown to the secretary, the head and the admin of this body alone"))
    return body


@require_http_methods(["GET", "HEAD", "POST"])
def gap(request: Asked, pk: int, part: str) -> HttpResponse:
    """Who is missing; those who are ticked get a branch or a contact in one step."""
    body = _body(request, pk, part)
    kinds: dict[str, type[JoinForm | ContactForm]] = {queries.BRANCH: JoinForm, queries.CONTACT: ContactForm}
    kind = kinds.get(part)
    may = _may_assign(request, body, part)
    sent = request.POST if request.method == "POST" else None
    form = kind(sent, body=body, user=request.user, on=request.today) if kind and may else None
    chosen: list[int] = []
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
        valid = form.is_valid()
        try:
            chosen = ticked(request.POST.getlist("pick"))
        except ValidationError as error:
            form.add_error(None, error)
        if valid and not form.errors:
            done = tried(form, lambda: _assign(request, body, part, form, chosen))
            if done is not None:
                return go(request, request.get_full_path(), done)
    return _page(request, body, part, form, chosen)


def _may_assign(request: Asked, body: Unit, part: str) -> bool:
    if part == queries.BRANCH:
        return rules.keeper(request.posts, body.pk) is not None
    return rules.standing_keeper(request.posts, [body]) is not None


def _assign(request: Asked, body: Unit, part: str, form: JoinForm | ContactForm, chosen: list[int]) -> str:
    op, data = operation(request), form.cleaned_data
    if part == queries.BRANCH:
        branch = data["branch"]
        n = join_branch(body, chosen, branch, by=request.user, op=op, now=request.now)
        words = ngettext("%(n)d member has joined %(name)s", "%(n)d members have joined %(name)s", n)
        return words % {"n": n, "name": branch.unit.local_name}
    rows = queries.seats(request.today).filter(body=body, user__in=chosen)
    seats = list(rows.values_list("pk", flat=True))
    n = give_contact(body, seats, data["contact"], by=request.user, op=op, now=request.now)
    words = ngettext("%(name)s keeps contact with %(n)d member", "%(name)s keeps contact with %(n)d members", n)
    return words % {"n": n, "name": data["contact"].name}


def _page(request: Asked, body: Unit, part: str, form: Any, chosen: list[int]) -> HttpResponse:
    page = Paginator(queries.missing(body, part, request.today), PAGE).get_page(request.GET.get("page"))
    rows: list[CppccMembership] = list(page)
    if part != queries.UNKNOWN:  # to stand in the list tells whether somebody is a CPC member
        shown = [row.user for row in rows]
        note_looks(request.user, shown, Look.Entry.STANDING, on=request.today, now=request.now)
    contacts = []
    if part == queries.CONTACT and form is not None:
        contacts = [
            (f"{row.user.name} ({row.user.username})", row)
            for row in queries.who_keeps_contact(body, request.today)[:OFFERED]
        ]
    context = {
        "body": body,
        "part": part,
        "page_obj": page,
        "rows": [(row, names.masked(row.user.phone)) for row in rows],
        "form": form,
        "chosen": chosen,
        "contacts": contacts,
        "no_branch": part == queries.BRANCH and form is not None and not form.fields["branch"].queryset.exists(),
    }
    return render(request, "branches/coverage_gap.html", context, status=form.status if form else 200)
