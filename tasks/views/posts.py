"""Handing the posts of a person to a successor: to whom and when, what goes along, done; and the way back (ux ADM-3)."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from branches import rules as tree_rules
from branches.actions.posts import may_hand_over
from branches.models import User
from branches.queries import people as people_queries
from branches.requests import Asked
from branches.views.people import people_offered
from branches.writing import Invalid, Refused, done_before
from tasks import succession
from tasks.actions.posts import Handing, hand_posts_over, undo_post_handover
from tasks.forms.posts import HandingForm, SuccessorForm
from tasks.models import PostHandover
from tasks.views.answers import chosen, operation, refused


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: Asked, pk: int) -> HttpResponse:
    """The successor and the day, then the list of what moves, then the deed."""
    heir = _key(request, "heir")
    seen = people_queries.find_people(request.user, request.today)
    people = {row.pk: row for row in seen.filter(pk__in=[key for key in (pk, heir) if key])}
    if pk not in people or (heir and heir not in people):
        raise Http404
    person, successor = people[pk], people[heir] if heir else None
    day = _day(request)
    posts = list(succession.handable(person, day, successor))
    keeps = any(tree_rules.keeper(request.posts, post.unit.body_id) for post in posts)
    if not keeps and (posts or not tree_rules.keeps_anything(request.posts)):
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    if request.method == "POST":
        return _do(request, person, successor, day, posts)
    if successor or request.GET.get("new"):
        return _preview(request, person, successor, day, posts)
    return _ask(request, person)


def _key(request: Asked, name: str) -> int | None:
    """The key of a person in the address or the form; nonsense was not made by us (400)."""
    text = (request.POST if request.method == "POST" else request.GET).get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise BadRequest(name)
    return int(text)


def _day(request: Asked) -> date:
    """The successor's first day: as said, else today; a day that cannot be read is a 400."""
    text = (request.POST if request.method == "POST" else request.GET).get("on", "")
    if not text or "to" in request.GET:
        return request.today
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or not 1921 <= found.year <= 2100:
        raise BadRequest("on")
    return max(found, request.today)


def _ask(request: Asked, person: User) -> HttpResponse:
    asked = "to" in request.GET
    form = SuccessorForm(
        request.GET if asked else None, viewer=request.user, on=request.today, initial={"on": request.today}
    )
    if asked and form.is_valid():
        data = form.cleaned_data
        if data["to"] == person:
            form.add_error("to", _("Choose somebody else"))
        else:
            day = (data["on"] or request.today).isoformat()
            who = {"heir": data["to"].pk} if data["to"] else {"new": data["name"], "username": data["username"]}
            return redirect(f"{request.path}?{urlencode({**who, 'on': day})}")
    context = {"form": form, "person": person, "people": people_offered(request)}
    return render(request, "tasks/post_handover_ask.html", context, status=form.status)


def _preview(
    request: Asked, person: User, successor: User | None, day: date, posts: list[Any], *,
    ticked: set[int] | None = None, problem: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    to = successor or person
    lines = [
        (succession.line_of(post, successor), bool(may_hand_over(request.posts, post, to, request.user)))
        for post in posts
    ]
    going = [line.post for line, may in lines if may]
    source = request.POST if request.method == "POST" else request.GET
    context = {
        "person": person,
        "successor": successor,
        "new_name": source.get("new", "")[:60],
        "username": source.get("username", "")[:64],
        "day": day,
        "planned": day > request.today,
        "lines": lines,
        "ticked": {post.pk for post in going} if ticked is None else ticked,
        "along": succession.along(person, going, successor, day),
        "platforms": succession.platforms(person, going, day),
        "contacts": succession.contacts(person, going, day, successor),
        "appoints": any(line.appointed_by for line, may in lines if may),
        "appointment": source.get("appointment", "")[:120],
        "problems": [{"target": "posts", "text": problem}] if problem else [],
    }
    return render(request, "tasks/post_handover.html", context, status=status)


def _do(request: Asked, person: User, successor: User | None, day: date, posts: list[Any]) -> HttpResponse:
    op, picked = operation(request), chosen(request, "post")
    if done_before(op, "hand_posts_over", request.user):
        return redirect(person)
    words = HandingForm(request.POST)
    if not words.is_valid() or not (successor or words.cleaned_data["new"]):
        raise BadRequest("new")
    data = words.cleaned_data
    what = Handing(
        posts=picked, on=day, successor=successor, new_name=data["new"], new_username=data["username"],
        appointment=data["appointment"], platforms=chosen(request, "platform"), contacts=chosen(request, "contact"),
    )  # fmt: skip
    try:
        row = hand_posts_over(person, what, by=request.user, op=op, now=request.now)
    except Invalid as error:
        return _preview(request, person, successor, day, posts, ticked=set(picked), problem=error.message, status=400)
    except Refused as error:
        return refused(request, error)
    told = ngettext("%(n)d post handed over to %(name)s", "%(n)d posts handed over to %(name)s", row.count)
    messages.success(request, told % {"n": row.count, "name": row.successor.name})
    return redirect(person)


@require_POST
def undo(request: Asked, pk: int) -> HttpResponse:
    """Take a handover back, where nothing was done under it."""
    seen = people_queries.find_people(request.user, request.today)
    row = get_object_or_404(PostHandover.objects.filter(person__in=seen.values("pk")), pk=pk)
    try:
        undo_post_handover(row, by=request.user, op=operation(request), now=request.now)
    except Refused as error:
        return refused(request, error)
    messages.success(request, _("The handover has been undone; everything stands as before"))
    return redirect(row.person)
