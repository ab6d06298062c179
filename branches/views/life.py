"""Branches and what they hang on (ux S17): planned, approved, active, ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches import actions, rules
from branches.forms.fields import PlainForm
from branches.forms.life import ActivateForm, ApproveForm, MemberForm, PairForm, PlanForm, SummaryForm
from branches.forms.units import EndForm
from branches.models import Branch, BranchState, BranchType, Line, Membership
from branches.queries import history, steps
from branches.queries import life as queries
from branches.queries.units import path_of, post_rows, units_to_choose
from branches.requests import Asked
from branches.views.answering import conflict, done, go, number, operation, pressed, tried, version
from branches.views.people import people_offered
from branches.views.units import Q_LENGTH, seen_unit
from branches.writing import Conflict

PAGE = 50


def seen_branch(request: Asked, pk: int) -> Branch:
    """A branch that this person may see, else 404."""
    return _seen_line(request, pk).branch


def _seen_line(request: Asked, pk: int) -> queries.BranchLine:
    rows = queries.branch_rows(request.user, request.today)
    found = get_object_or_404(rows.select_related("asked", "approval_by", "announced_by", "summary_by"), pk=pk)
    return queries.lines([found], request.today)[0]


def kept_branch(request: Asked, pk: int) -> Branch:
    """A branch that this person keeps: 404 when not visible, 403 when not his to change."""
    branch = seen_branch(request, pk)
    if not rules.keeper(request.posts, branch.unit.body_id):
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    return branch


def kept_parents(request: Asked) -> Any:
    """Units below which this person may found a branch or open a platform."""
    rows = units_to_choose(request.user, request.today)
    if rules.is_system_admin(request.posts):
        return rows.filter(body__isnull=False)
    return rows.filter(
        body_id__in=[post.unit.body_id for post in request.posts if post.keeps_tree and post.unit.body_id]
    )


@require_safe
def branches(request: Asked) -> HttpResponse:
    """The branches one may see."""
    state, type_code = request.GET.get("state", ""), request.GET.get("type", "")
    words = request.GET.get("q", "").strip()[:Q_LENGTH]
    state = state if state in BranchState.values else ""
    types = list(BranchType.objects.all())
    line = request.GET.get("line", "")
    line = line if line in Line.values else ""
    type_code = type_code if type_code in {kind.code for kind in types} else ""
    rows = queries.branch_rows(request.user, request.today, state=state, type_code=type_code, words=words, line=line)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": queries.lines(page, request.today),
        "state": state,
        "states": BranchState.choices,
        "type_code": type_code,
        "types": types,
        "line": line,
        "lines": Line.choices,
        "words": words,
        "keeps": rules.keeps_anything(request.posts),
    }
    return render(request, "branches/branches.html", context)


@require_safe
def branch(request: Asked, pk: int) -> HttpResponse:
    """One branch: head, days, approval, members (for those whom it concerns) and history."""
    line = _seen_line(request, pk)
    shown, over = line.branch, line.over
    keeps = rules.keeper(request.posts, shown.unit.body_id)
    sees_members = bool(keeps) or rules.serves(request.user, shown.unit, request.today)
    founding = not over and shown.state in (BranchState.PLANNED, BranchState.APPROVED)
    needs = rules.needs_of(shown, request.today, line.full_members) if founding else []
    speaks = rules.speaks_for(request.posts, shown, request.user)
    context = {
        "branch": shown,
        "way": steps.way(shown, bool(needs) and all(need.met for need in needs), over),
        "next": steps.next_step(shown, needs, request.posts, speaks, request.today, over),
        "speaks": speaks,
        "pairings": steps.pairings(shown),
        "unit": shown.unit,
        "above": path_of(shown.unit),
        "over": over,
        "keeps": keeps,
        "sees_members": sees_members,
        "members": queries.member_rows(shown) if sees_members else [],
        "posts": post_rows(shown.unit),
        "needs": needs if keeps else [],
        "short": line.short,
        "full_members": line.full_members,
        "events": history.of_unit(shown.unit, about_members=sees_members),
        "today": request.today,
    }
    return render(request, "branches/branch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def branch_new(request: Asked) -> HttpResponse:
    """Plan a branch: its place, its type, and what it hangs on."""
    if not rules.keeps_anything(request.posts):
        raise PermissionDenied(_("Only an organisation admin founds branches"))
    wanted = number(request, "parent")
    parent = seen_unit(request, wanted) if wanted else None
    initial = {"parent": parent, "starts_on": request.today, "platform": number(request, "platform")}
    form = PlanForm(request.POST or None, parents=kept_parents(request), on=request.today, initial=initial)
    if request.method == "POST" and form.is_valid():
        above, op = form.cleaned_data["parent"], operation(request)
        made = tried(
            form,
            lambda: actions.plan_branch(above, form.words(), form.plan(), by=request.user, op=op, now=request.now),
        )
        if made:
            return go(request, made, _("The branch has been planned; next comes its approval"))
    context = {"form": form, "parent": parent}
    return render(request, "branches/branch_new.html", context, status=form.status)


def _step(
    request: Asked, shown: Branch, form: PlainForm, act: Callable[[], None], words: str, template: str, **more: Any
) -> HttpResponse:
    """One step of a branch's life: a form, its refusal beside the field, the other editor's version, or the branch page."""
    if request.method == "POST" and form.is_valid():
        try:
            if done(form, act):
                return go(request, shown, words)
        except Conflict as problem:
            return conflict(request, form, problem, last=shown.unit.changes.first(), back=shown.get_absolute_url())
    context = {"form": form, "branch": shown, "unit": shown.unit, **more}
    return render(request, template, context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def branch_approve(request: Asked, pk: int) -> HttpResponse:
    """Enter the approval by another unit, or give it as the head of that unit."""
    shown = seen_branch(request, pk)
    choices = steps.approvers(request.user, request.posts, shown, request.today)
    keeps = rules.keeper(request.posts, shown.unit.body_id)
    if not keeps and not choices.exists():
        raise PermissionDenied(_("The head of the approving unit approves, or the organisation admin enters the paper"))
    own = None if keeps else choices.first()
    initial = {"approved_on": request.today, "approved_by": shown.asked_id or own}
    form = ApproveForm(request.POST or None, units=choices, initial=initial)

    def act() -> None:
        data = form.cleaned_data
        actions.approve_branch(
            shown, data["approved_by"], data["approval_document"], data["approved_on"], version=version(request),
            by=request.user, op=operation(request), now=request.now,
        )  # fmt: skip

    words = _("The branch is approved; next come the head and the members")
    return _step(request, shown, form, act, words, "branches/branch_approve.html", keeps=keeps)


@require_POST
def branch_announce(request: Asked, pk: int) -> HttpResponse:
    """Tell all members: one press."""
    shown, op, read = seen_branch(request, pk), operation(request), version(request)
    act = partial(actions.announce_branch, shown, version=read, by=request.user, op=op, now=request.now)
    try:
        pressed(request, act, _("Announced: every member finds it on the first page"))
    except Conflict as problem:
        messages.warning(request, problem.message)
    return redirect(shown)


@require_http_methods(["GET", "HEAD", "POST"])
def branch_summary(request: Asked, pk: int) -> HttpResponse:
    """What the branch has done, in words."""
    shown = seen_branch(request, pk)
    if not rules.speaks_for(request.posts, shown, request.user):
        raise PermissionDenied(_("The head of the branch or the organisation admin of the body does this"))
    form = SummaryForm(request.POST or None, initial={"summary": shown.summary})

    def act() -> None:
        actions.summarise_branch(
            shown, form.cleaned_data["summary"], version=version(request), by=request.user, op=operation(request),
            now=request.now,
        )  # fmt: skip

    return _step(request, shown, form, act, _("The summary has been saved"), "branches/branch_summary.html")


@require_safe
def branch_card(request: Asked, pk: int) -> HttpResponse:
    """The branch on one page of paper."""
    line = _seen_line(request, pk)
    shown = line.branch
    sees_members = bool(rules.keeper(request.posts, shown.unit.body_id)) or rules.serves(
        request.user, shown.unit, request.today
    )
    context = {
        "branch": shown, "unit": shown.unit, "over": line.over, "posts": post_rows(shown.unit),
        "members": queries.member_rows(shown) if sees_members else [], "sees_members": sees_members,
        "pairings": steps.pairings(shown), "printed_by": request.user,
    }  # fmt: skip
    return render(request, "branches/branch_card.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def branch_pair(request: Asked, pk: int) -> HttpResponse:
    """Pair an office branch and a members' branch."""
    shown = kept_branch(request, pk)
    choices = steps.partners(shown, request.user, request.today)
    form = PairForm(request.POST or None, partners=choices, initial={"starts_on": request.today})

    def act() -> None:
        data = form.cleaned_data
        actions.pair_branches(
            shown, data["other"], data["starts_on"], data["gives"], data["takes"], by=request.user,
            op=operation(request), now=request.now,
        )  # fmt: skip

    return _step(request, shown, form, act, _("The branches are paired"), "branches/branch_pair.html")


@require_http_methods(["GET", "HEAD", "POST"])
def pairing_end(request: Asked, pk: int, row: int) -> HttpResponse:
    """The day from which two branches are no longer paired."""
    shown = kept_branch(request, pk)
    pairing = get_object_or_404(steps.pairings(shown), pk=row)
    form = EndForm(request.POST or None, initial={"ends_on": request.today})
    del form.fields["reason"]

    def act() -> None:
        day = form.cleaned_data["ends_on"]
        actions.end_pairing(pairing, day, by=request.user, op=operation(request), now=request.now)

    words = _("The end of the pairing has been entered")
    return _step(request, shown, form, act, words, "branches/pairing_end.html", pairing=pairing)


@require_http_methods(["GET", "HEAD", "POST"])
def branch_activate(request: Asked, pk: int) -> HttpResponse:
    """The branch begins, or the words that say what it still needs."""
    shown = kept_branch(request, pk)
    form = ActivateForm(
        request.POST or None,
        initial={"activated_on": max(shown.unit.starts_on, shown.approved_on or shown.unit.starts_on)},
    )

    def act() -> None:
        day = form.cleaned_data["activated_on"]
        actions.activate_branch(
            shown, day, version=version(request), by=request.user, op=operation(request), now=request.now
        )

    needs = rules.needs_of(shown, request.today)
    return _step(request, shown, form, act, _("The branch is active"), "branches/branch_activate.html", needs=needs)


@require_http_methods(["GET", "HEAD", "POST"])
def branch_members(request: Asked, pk: int) -> HttpResponse:
    """Add members, and see who is in the branch."""
    shown = kept_branch(request, pk)
    form = MemberForm(
        request.POST or None, user=request.user, on=request.today,
        initial={"starts_on": max(shown.unit.starts_on, request.today), "kind": Membership.Kind.TEMPORARY},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        who = data["person"]
        joined = done(
            form,
            lambda: actions.add_member(
                shown, who, data["kind"], data["starts_on"], by=request.user, op=op, now=request.now
            ),
        )
        if joined:
            to = redirect("branches:branch-members", shown.pk)["Location"]
            return go(request, to, _("%(person)s is a member now") % {"person": who.name})
    context = {
        "form": form, "branch": shown, "unit": shown.unit, "members": queries.member_rows(shown),
        "people": people_offered(request), "today": request.today,
    }  # fmt: skip
    return render(request, "branches/branch_members.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: Asked, pk: int, row: int) -> HttpResponse:
    """The day from which somebody is no longer in the branch."""
    shown = kept_branch(request, pk)
    member = get_object_or_404(shown.memberships.select_related("user"), pk=row)
    form = EndForm(request.POST or None, initial={"ends_on": request.today})
    del form.fields["reason"]
    if request.method == "POST" and form.is_valid():
        day, op = form.cleaned_data["ends_on"], operation(request)
        if done(form, lambda: actions.end_membership(member, day, by=request.user, op=op, now=request.now)):
            to = redirect("branches:branch-members", shown.pk)["Location"]
            return go(request, to, _("The end of the membership has been entered"))
    context = {"form": form, "branch": shown, "unit": shown.unit, "member": member}
    return render(request, "branches/member_end.html", context, status=form.status)
