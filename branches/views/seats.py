"""Seats of a person in CPPCC bodies with their days and contacts, and what is kept about a person, why, and who looked."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches import names, rules
from branches.actions.seats import add_seat, change_seat, end_seat, give_contact
from branches.forms.seats import NewSeatForm, SeatContactForm, SeatWordsForm
from branches.forms.units import EndForm
from branches.models import CppccMembership
from branches.queries import coverage
from branches.queries import people as queries
from branches.requests import Asked
from branches.views.answering import done, go, operation, tried
from branches.views.people import seen_person

PAGE = 50
OFFERED = 300


@require_http_methods(["GET", "HEAD", "POST"])
def seat_new(request: Asked, pk: int) -> HttpResponse:
    """Give somebody a seat for a term."""
    person = seen_person(request, pk)
    if not rules.keeps_anything(request.posts):
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    system = rules.is_system_admin(request.posts) is not None
    bodies = None if system else [post.unit.body_id for post in request.posts if post.keeps_tree and post.unit.body_id]
    form = NewSeatForm(request.POST or None, bodies=bodies, on=request.today, initial={"starts_on": request.today})
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        made = tried(
            form,
            lambda: add_seat(
                person, data["term"], data["sector"], data["work"], data["starts_on"],
                by=request.user, op=op, now=request.now,
            ),
        )  # fmt: skip
        if made:
            return go(request, person, _("The seat has been recorded"))
    context = {"form": form, "person": person, "sectors": queries.seat_words(request.user, request.today)[0]}
    return render(request, "branches/seat_new.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def seat(request: Asked, pk: int) -> HttpResponse:
    """One seat: correct its words, say who keeps contact, or end it."""
    row = get_object_or_404(
        CppccMembership.objects.select_related("user", "body__kind", "term", "sector", "contact"), pk=pk
    )
    if not (request.user.sight(request.today).whole_tree or row.body_id in request.user.sight(request.today).bodies):
        raise Http404
    keeps = rules.keeper(request.posts, row.body_id) is not None
    contacts = rules.standing_keeper(request.posts, [row.body]) is not None
    if not keeps and not contacts:
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    sent = request.POST.get("what", "") if request.method == "POST" else ""
    words = SeatWordsForm(
        request.POST if sent == "words" else None, initial={"sector": row.sector_words, "work": row.work}
    )
    before = f"{row.contact.name} ({row.contact.username})" if row.contact else ""
    contact = SeatContactForm(
        request.POST if sent == "contact" else None, user=request.user, on=request.today, initial={"contact": before}
    )
    end = EndForm(request.POST if sent == "end" else None, initial={"ends_on": request.today})
    needs_contact = contacts and not rules.is_cpc_member(row.user, request.today)
    form = {
        "words": words if keeps else None,
        "contact": contact if needs_contact else None,
        "end": end if keeps else None,
    }.get(sent)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("This cannot be changed here"))
        if form.is_valid() and _saved(request, row, sent, form):
            return go(request, row.user, _("The seat has been changed"))
    context: dict[str, Any] = {
        "seat": row, "keeps": keeps, "needs_contact": needs_contact, "words": words, "contact": contact, "end": end,
        "sectors": queries.seat_words(request.user, request.today)[0], "over": not row.holds_on(request.today),
        "contacts": [
            (f"{one.user.name} ({one.user.username})", one)
            for one in (coverage.who_keeps_contact(row.body, request.today)[:OFFERED] if needs_contact else [])
        ],
    }  # fmt: skip
    return render(request, "branches/seat.html", context, status=form.status if form else 200)


def _saved(request: Asked, row: CppccMembership, sent: str, form: Any) -> bool:
    op, data = operation(request), form.cleaned_data
    who: dict[str, Any] = {"by": request.user, "now": request.now}
    if sent == "words":
        return done(form, lambda: change_seat(row, data["sector"], data["work"], op=op, **who))
    if sent == "end":
        return done(form, lambda: end_seat(row, data["ends_on"], op=op, **who))
    return tried(form, lambda: give_contact(row.body, [row.pk], data["contact"], op=op, **who)) is not None


@require_safe
def privacy(request: Asked, pk: int) -> HttpResponse:
    """What is kept about a person, for which work, who sees it, and who looked: for the person, and the auditor of his body."""
    person = seen_person(request, pk)
    own = person.pk == request.user.pk
    places = queries.places_of(person, request.user, request.today)
    if not own and not rules.reads_looks(request.posts, places.units(request.today)):
        raise PermissionDenied(_("Who looked is told to the person and to the auditor of the body"))
    page = Paginator(person.looks.select_related("viewer"), PAGE).get_page(request.GET.get("page"))
    context = {
        "person": person, "own": own, "page_obj": page, "looks": list(page),
        "phone": person.phone if own else names.masked(person.phone),
        "standing": person.standings.active(request.today).first() if own else None, "places": places,
    }  # fmt: skip
    return render(request, "branches/privacy.html", context)
