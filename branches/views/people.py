"""People and their posts (ux S29)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches import actions, names, rules
from branches.actions.looks import note_looks
from branches.forms.people import AppointForm, CorrectForm, NewPersonForm, StandingForm, units_of_body
from branches.forms.units import EndForm
from branches.models import CppccMembership, Look, Post, User
from branches.queries import history
from branches.queries import people as queries
from branches.requests import Asked
from branches.roles import Role
from branches.views.answering import done, go, number, operation, safe_next, tried
from branches.views.units import Q_LENGTH, kept_unit, seen_unit
from branches.writing import done_before

PAGE = 50
OFFERED = 300  # names that a field offers; any other is typed


def seen_person(request: Asked, pk: int) -> User:
    """A person whom this one may see, else 404."""
    found: User = get_object_or_404(queries.find_people(request.user, request.today), pk=pk)
    return found


def people_offered(request: Asked) -> list[tuple[str, str]]:
    """Names that the browser offers while one types: what is filled in, and what tells one from another."""
    rows = queries.with_places(queries.find_people(request.user, request.today), request.user, request.today)[:OFFERED]
    return [(f"{row.name} ({row.username})", queries.described(row)) for row in rows]


@require_safe
def people(request: Asked) -> HttpResponse:
    """The roster, searched by name, pinyin or initials."""
    words = request.GET.get("q", "").strip()[:Q_LENGTH]
    chosen = number(request, "unit")
    unit = seen_unit(request, chosen) if chosen else None
    narrow = queries.Narrow(**{name: request.GET.get(name, "").strip()[:60] for name in ("role", "sector", "term")})
    rows = queries.narrowed(queries.find_people(request.user, request.today, words, unit), narrow, request.today)
    rows = queries.with_places(rows, request.user, request.today)
    sectors, terms = queries.seat_words(request.user, request.today)
    exported = rules.exported_body(request.posts)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [_roster_line(request, row) for row in page],
        "words": words,
        "unit": unit,
        **vars(narrow),
        "roles": Role.choices,
        "sectors": sectors,
        "terms": terms,
        "narrowed": words or unit or any(vars(narrow).values()),
        "keeps": rules.keeps_anything(request.posts),
        "reads_coverage": any(rules.reads_coverage(post) for post in request.posts),
        "exports": exported,
        "invites": rules.invites_anybody(request.posts),
    }
    return render(request, "branches/people.html", context)


@dataclass(frozen=True)
class RosterLine:
    """One person of the roster; of a phone number a list shows four digits, the page of the person shows the rest."""

    person: User
    posts: list[Post]
    seats: list[CppccMembership]
    phone: str


def _roster_line(request: Asked, row: Any) -> RosterLine:
    own = row.pk == request.user.pk
    return RosterLine(row, row.posts_now, row.seats_now, row.phone if own else names.masked(row.phone))


@require_safe
def person(request: Asked, pk: int) -> HttpResponse:
    """One person: posts and branches with their days; standing only for roles that need it."""
    rows = queries.for_page(queries.find_people(request.user, request.today))
    return _person_page(request, get_object_or_404(rows, pk=pk), StandingForm(initial={"starts_on": None}))


def _person_page(request: Asked, shown: User, form: StandingForm, status: int = 200) -> HttpResponse:
    on, own = request.today, shown.pk == request.user.pk
    places = queries.places_of(shown, request.user, on)
    units = places.units(on)
    sees_standing = own or rules.standing_reader(request.posts, units) is not None
    member_of = [
        row
        for row in places.memberships
        if own
        or rules.keeper(request.posts, row.branch.unit.body_id)
        or rules.serves(request.user, row.branch.unit, on)
    ]
    phone_whole = own or rules.reads_phone(request.posts, units)
    if not own:
        _note_look(request, shown, phone=phone_whole and bool(shown.phone), standing=sees_standing)
    context: dict[str, Any] = {
        "person": shown,
        "own": own,
        "places": places,
        "member_of": member_of,
        "phone": shown.phone if phone_whole else names.masked(shown.phone),
        "sees_looks": own or rules.reads_looks(request.posts, units),
        "seat_bodies": {
            body for body in {*(unit.body_id for unit in units)} if rules.keeper(request.posts, body) is not None
        },
        "contact_bodies": {
            seat.body_id for seat in places.seats if rules.standing_keeper(request.posts, [seat.body]) is not None
        },
        "standings": queries.standings_of(shown) if sees_standing else None,
        "keeps_standing": rules.standing_keeper(request.posts, units),
        "keeps_account": rules.may_open_again(request.posts, places.posts_now(on), places.member_bodies),
        "invites": rules.may_invite(request.posts, shown, places.posts_now(on), places.member_bodies),
        "kept_bodies": {unit.body_id for unit in units if rules.keeper(request.posts, unit.body_id)},
        "events": history.of_person(shown, with_standing=sees_standing)
        if _sees_history(request, places) or own
        else [],
        "form": form,
        "today": on,
    }
    return render(request, "branches/person.html", context, status=status)


def _note_look(request: Asked, shown: User, *, phone: bool, standing: bool) -> None:
    """Write down that another person's sensitive entries were shown (issue 4)."""
    if phone or standing:
        entries = Look.Entry.BOTH if phone and standing else Look.Entry.PHONE if phone else Look.Entry.STANDING
        note_looks(request.user, [shown], entries, on=request.today, now=request.now)


def _sees_history(request: Asked, places: queries.Places) -> bool:
    """History of a person is for those who keep the tree where he serves or served."""
    return any(rules.keeper(request.posts, post.unit.body_id) for post in places.posts)


@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: Asked) -> HttpResponse:
    """Open an account with its first post; the answer is an invitation to print."""
    if not rules.keeps_anything(request.posts):
        raise PermissionDenied(_("Only an organisation admin opens accounts"))
    system = rules.is_system_admin(request.posts) is not None
    bodies = None if system else [post.unit.body_id for post in request.posts if post.keeps_tree and post.unit.body_id]
    form = NewPersonForm(
        request.POST or None, user=request.user, on=request.today, system=system,
        units=units_of_body(request.user, request.today, bodies),
        initial={"unit": number(request, "unit"), "starts_on": request.today},
    )  # fmt: skip
    same: list[str] = []
    if request.method == "POST" and done_before(operation(request), "branches.add_person", request.user):
        return redirect("branches:slips", lot=uuid.uuid5(operation(request), "invite"))
    if request.method == "POST" and form.is_valid():
        same = [] if form.cleaned_data["another"] else _of_this_name(request, form.cleaned_data["name"])
        if same:
            form.add_error(
                "name", _("Somebody of this name is here already. Tick the box below if this is another person")
            )
        else:
            made = tried(form, lambda: _open(request, form))
            if made:
                return redirect("branches:slips", lot=made)
    context = {"form": form, "same": same}
    return render(request, "branches/person_new.html", context, status=form.status)


def _of_this_name(request: Asked, name: str) -> list[str]:
    """People one may see who are called the same, each with unit and four digits (ux S29)."""
    rows = queries.with_places(
        queries.find_people(request.user, request.today).filter(name=name), request.user, request.today
    )
    return [queries.described(row) for row in rows[:5]]


def _open(request: Asked, form: NewPersonForm) -> uuid.UUID:
    """The new account and its invitation; sending the form again finds both."""
    data, op = form.cleaned_data, operation(request)
    person, _fresh = actions.add_person(
        form.reach(data["username"]), None, data["unit"], form.appointment_words(),
        by=request.user, op=op, now=request.now,
    )  # fmt: skip
    return actions.invite([person], by=request.user, op=uuid.uuid5(op, "invite"), now=request.now)


@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: Asked, pk: int) -> HttpResponse:
    """Correct how a person is called and reached."""
    shown = seen_person(request, pk)
    if (
        rules.may_open_again(request.posts, shown.posts_on(request.today), rules.member_bodies(shown, request.today))
        is None
    ):
        raise PermissionDenied(_("Only an admin of every body in which this person serves can change these entries"))
    fields = ("name", "name_en", "phone", "email", "dingtalk_id", "wecom_id")
    form = CorrectForm(request.POST or None, initial={name: getattr(shown, name) for name in fields})
    if request.method == "POST" and form.is_valid():
        words, op = form.reach(shown.username), operation(request)
        if done(form, lambda: actions.change_person(shown, words, by=request.user, op=op, now=request.now)):
            return go(request, shown, _("The entries have been saved"))
    context = {"form": form, "person": shown}
    return render(request, "branches/person_edit.html", context, status=form.status)


@require_POST
def person_standing(request: Asked, pk: int) -> HttpResponse:
    """Write down a person's standing in the CPC."""
    shown = seen_person(request, pk)
    form = StandingForm(request.POST)
    if form.is_valid():
        data, op = form.cleaned_data, operation(request)
        kind, day = data["kind"], data["starts_on"]
        if done(form, lambda: actions.record_standing(shown, kind, day, by=request.user, op=op, now=request.now)):
            return go(request, shown, _("The standing has been recorded"))
    return _person_page(request, shown, form, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: Asked, pk: int) -> HttpResponse:
    """Give somebody a post at a unit."""
    unit = kept_unit(request, pk)
    chosen, by = number(request, "who"), number(request, "by")
    form = AppointForm(
        request.POST or None, user=request.user, on=request.today,
        system=rules.is_system_admin(request.posts) is not None,
        person=seen_person(request, chosen) if chosen else None,
        initial={"starts_on": request.today, "role": request.GET.get("role", ""), "appointed_by": by},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        who, op = form.cleaned_data["person"], operation(request)
        made = tried(
            form,
            lambda: actions.appoint(who, unit, form.appointment_words(), by=request.user, op=op, now=request.now),
        )
        if made:
            return go(
                request,
                safe_next(request, unit.get_absolute_url()),
                _("%(person)s has been appointed") % {"person": who.name},
            )
    if not rules.holds_posts(unit):
        messages.info(request, _("Units of this kind have no posts"))
    context = {"form": form, "unit": unit, "people": people_offered(request), "next": safe_next(request, "")}
    return render(request, "branches/appoint.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def post_end(request: Asked, pk: int) -> HttpResponse:
    """The day from which somebody no longer holds a post."""
    rows = Post.objects.visible_to(request.user, request.today).select_related("unit", "unit__kind", "user")
    post = get_object_or_404(rows, pk=pk)
    unit = kept_unit(request, post.unit_id)
    form = EndForm(request.POST or None, initial={"ends_on": request.today})
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        day, why = data["ends_on"], data["reason"]
        if done(form, lambda: actions.end_post(post, day, reason=why, by=request.user, op=op, now=request.now)):
            return go(request, safe_next(request, unit.get_absolute_url()), _("The end of the post has been entered"))
    context = {"form": form, "post": post, "unit": unit, "next": safe_next(request, "")}
    return render(request, "branches/post_end.html", context, status=form.status)
