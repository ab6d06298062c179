"""A change of term, step by step, and the terms as they were (domain 1.13)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches import rules as tree_rules
from branches.models import Post, Term, Unit, User
from branches.requests import Asked
from branches.roles import KEEPS_TREE, Role
from branches.views.answering import tried
from branches.views.people import people_offered
from branches.writing import Invalid, Refused, done_before
from tasks import terms
from tasks.actions.terms import answer_term, begin_term, confirm_term, drop_term, take_term_back
from tasks.forms.terms import SuccessorsForm, TermForm
from tasks.models import TaskList, TermPlan
from tasks.views.answers import number, operation, refused

SHOWN = 100
LONGEST = 2000  # members of one body


def _kept_bodies(request: Asked) -> Any:
    """Bodies whose change of term this person may begin."""
    rows = Unit.objects.filter(kind__is_body=True, ends_on=None).order_by("path")
    if any(post.role == Role.SYSTEM_ADMIN for post in request.posts):
        return rows
    return rows.filter(pk__in=[post.unit.body_id for post in request.posts if post.role in KEEPS_TREE])


def _seen(request: Asked) -> Any:
    """Terms of the bodies in which this person serves."""
    sight = request.user.sight(request.today)
    rows = Term.objects.select_related("body", "plan").order_by("body__path", "-starts_on", "-pk")
    return rows if sight.whole_tree else rows.filter(body__in=sight.bodies)


@require_safe
def index(request: Asked) -> HttpResponse:
    """The terms that there were, and changes on their way."""
    context = {
        "terms": list(_seen(request)[:SHOWN]),
        "keeps": tree_rules.keeps_anything(request.posts),
        "kept": {post.unit.body_id for post in request.posts if post.role in KEEPS_TREE},
        "today": request.today,
    }
    return render(request, "tasks/terms.html", context)


@require_safe
def one(request: Asked, pk: int) -> HttpResponse:
    """A term as it was: members, branches, posts and lists of that time."""
    term = get_object_or_404(_seen(request), pk=pk)
    lists = TaskList.objects.visible_to(request.user, request.today).filter(
        issuer__body=term.body_id, issued_on__gte=term.starts_on
    )
    if term.ends_on:
        lists = lists.filter(issued_on__lt=term.ends_on)
    context = {
        "term": term, "page": terms.of_term(term, request.today), "today": request.today,
        "lists": list(lists.order_by("-issued_on", "pk")[:SHOWN]),
    }  # fmt: skip
    return render(request, "tasks/term.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """Name and first day of the new term."""
    if not tree_rules.keeps_anything(request.posts):
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    form = TermForm(request.POST or None, bodies=_kept_bodies(request))
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        made = tried(
            form,
            lambda: begin_term(
                form.chosen_body(), data["name"].strip(), data["starts_on"], by=request.user, op=op, now=request.now
            ),
        )
        if made:
            return redirect("tasks:term-plan-step", made.pk, terms.STEPS[0])
    return render(request, "tasks/term_new.html", {"form": form}, status=form.status)


def _plan(request: Asked, pk: int) -> TermPlan:
    """A plan of a body that this person keeps: 404 when its term is not seen, 403 when it is another's to change."""
    row = get_object_or_404(TermPlan.objects.select_related("term__body"), pk=pk)
    sight = request.user.sight(request.today)
    if not sight.whole_tree and row.term.body_id not in sight.bodies:
        raise Http404
    if tree_rules.keeper(request.posts, row.term.body_id) is None:
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    return row


@require_safe
def plan(request: Asked, pk: int) -> HttpResponse:
    """The summary of a plan."""
    return redirect("tasks:term-plan-step", _plan(request, pk).pk, "summary")


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Asked, pk: int, name: str) -> HttpResponse:
    """One page of the change: what it shows, what was answered, and on to the next."""
    row = _plan(request, pk)
    if name not in terms.STEPS:
        raise Http404
    if request.method == "POST":
        return _confirm(request, row) if name == "summary" else _answer(request, row, name)
    return _page(request, row, name)


def _page(
    request: Asked, row: TermPlan, name: str, *, extra: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    answers = terms.Answers.of(row)
    place = terms.STEPS.index(name)
    context = {
        "plan": row,
        "term": row.term,
        "answers": answers,
        "step": name,
        "places": list(zip(terms.STEPS, _words(), strict=True)),
        "current": place + 1,
        "before": terms.STEPS[place - 1] if place else "",
        "open": row.confirmed_at is None,
        "today": request.today,
        "problems": [],
        **_of_step(request, row, name, answers),
        **(extra or {}),
    }
    return render(request, f"tasks/term_{name}.html", context, status=status)


def _words() -> list[str]:
    return [pgettext("CPPCC", "Members"), _("Party branches"), _("Posts"), _("Open work"), _("Confirm")]


def _of_step(request: Asked, row: TermPlan, name: str, answers: terms.Answers) -> dict[str, Any]:
    if name == "members":
        rows = list(terms.seats(row))
        new_seats = list(row.term.seats.select_related("user").order_by("user__pinyin", "pk"))
        going = {one.pk for one in terms.carried(row, answers, rows)}
        there = {one.user_id for one in new_seats}
        return {"rows": [one for one in rows if one.user_id not in there], "going": going, "new": new_seats}
    if name == "branches":
        return {"rows": [(one, answers.branches.get(one.pk, "")) for one in terms.branches(row)]}
    if name == "posts":
        named = User.objects.in_bulk([to for to in answers.posts.values() if to])
        leaving = terms.Turnover.of(row, answers).leave
        lines = [
            (post, _typed(named.get(answers.posts.get(post.pk) or 0)), _ends(row, answers, post, leaving))
            for post in terms.posts(row)
        ]
        return {"rows": lines, "leaving": leaving, "people": people_offered(request)}
    ending = [one for one in terms.branches(row) if answers.branches.get(one.pk)]
    if name == "work":
        found = terms.heirs(row, {one.unit_id for one in ending})
        work = [(one, answers.branches[one.pk], str(answers.work.get(one.pk, ""))) for one in ending]
        return {"rows": work, "heirs": [(str(unit.pk), unit) for unit in found] if ending else []}
    return {"summary": terms.summary(row), "due": row.term.starts_on <= request.today}


def _typed(person: User | None) -> str:
    return f"{person.name} ({person.username})" if person else ""


def _ends(row: TermPlan, answers: terms.Answers, post: Post, leaving: frozenset[int]) -> bool:
    """As answered; before anybody answered, the posts are ticked that were held as a member whose seat ends."""
    if "posts" in row.answers:
        return post.pk in answers.posts and answers.posts[post.pk] is None
    return post.role == Role.MEMBER and post.user_id in leaving


def _answer(request: Asked, row: TermPlan, name: str) -> HttpResponse:
    op, version = operation(request), number(request, "version")
    following = redirect("tasks:term-plan-step", row.pk, terms.STEPS[terms.STEPS.index(name) + 1])
    if done_before(op, "answer_term", request.user):
        return following
    part: dict[str, Any]
    if name == "members":
        part = {"carried": _ticked(request)}
    elif name == "branches":
        told = {str(one.pk): request.POST.get(f"branch-{one.pk}", "") for one in terms.branches(row)}
        part = {"branches": {key: what for key, what in told.items() if what in (terms.END, terms.ANEW)}}
    elif name == "posts":
        posts = list(terms.posts(row))
        form = SuccessorsForm(request.POST, posts, request.user, request.today)
        if form.problems:
            rows = [(post, form.typed[post.pk], bool(request.POST.get(f"end-{post.pk}"))) for post in posts]
            leaving = terms.Turnover.of(row, terms.Answers.of(row)).leave
            extra = {"rows": rows, "leaving": leaving, "problems": form.problems}
            return _page(request, row, name, extra=extra, status=400)
        part = {"posts": form.answers}
    else:
        part = {"work": _work(request, row)}
    try:
        answer_term(row, part, version=version, by=request.user, op=op, now=request.now)
    except Refused as error:
        return refused(request, error)
    return following


def _ticked(request: Asked) -> list[int]:
    texts = request.POST.getlist("seat")
    if len(texts) > LONGEST or not all(text.isascii() and text.isdecimal() and len(text) < 19 for text in texts):
        raise BadRequest("seat")
    return sorted({int(text) for text in texts})


def _work(request: Asked, row: TermPlan) -> dict[str, int | str]:
    """For each branch that ends: a unit, or that its work stops; nothing said is the default."""
    known = {str(pk) for pk in terms.heirs(row, set()).values_list("pk", flat=True)}
    told: dict[str, int | str] = {}
    for branch in terms.branches(row):
        what = request.POST.get(f"work-{branch.pk}", "")
        if what == terms.STOP:
            told[str(branch.pk)] = what
        elif what in known:
            told[str(branch.pk)] = int(what)
    return told


def _confirm(request: Asked, row: TermPlan) -> HttpResponse:
    try:
        done = confirm_term(
            row, version=number(request, "version"), by=request.user, op=operation(request), now=request.now
        )
    except Invalid as error:
        return _page(
            request, row, "summary", extra={"problems": [{"target": "confirm", "text": error.message}]}, status=400
        )
    except Refused as error:
        return refused(request, error)
    words = _("The term has changed") if done.applied_at else _("Confirmed. It happens by itself on the first day")
    messages.success(request, words)
    return redirect("tasks:term", done.term_id) if done.applied_at else redirect(done)


@require_POST
def drop(request: Asked, pk: int) -> HttpResponse:
    """Give the change up."""
    row = _plan(request, pk)
    try:
        drop_term(row, by=request.user, op=operation(request), now=request.now)
    except Refused as error:
        return refused(request, error)
    messages.success(request, _("The change of term was given up; nothing has changed"))
    return redirect("tasks:terms")


@require_POST
def reopen(request: Asked, pk: int) -> HttpResponse:
    """Open a confirmed plan again."""
    row = _plan(request, pk)
    try:
        take_term_back(row, by=request.user, op=operation(request), now=request.now)
    except Refused as error:
        return refused(request, error)
    return redirect(row)
