"""A branch or a platform ends, with its open work in the same step (ux ADM-2)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from branches import rules as who_rules
from branches.forms.units import EndForm
from branches.models import Membership
from branches.queries.life import branch_rows
from branches.requests import Asked
from branches.views.answering import conflict, go, operation, tried, version
from branches.views.life import kept_branch
from branches.views.platforms import seen_platform
from branches.writing import Conflict
from tasks.actions.endings import Work, end_branch, end_platform, open_work
from tasks.forms.endings import EndBranchForm
from tasks.queries.handovers import takers
from tasks.views.answers import actor


@require_http_methods(["GET", "HEAD", "POST"])
def branch_end(request: Asked, pk: int) -> HttpResponse:
    """The day from which the branch is no more, and what becomes of its open tasks."""
    shown = kept_branch(request, pk)
    rows = list(open_work(shown.unit).select_related("issuer"))
    units = [unit for unit in takers(actor(request), rows, request.today) if unit.pk != shown.unit_id] if rows else []
    own = [unit for unit in units if unit.body_id == shown.unit.body_id]
    form = EndBranchForm(
        request.POST or None, units=own, count=len(rows), initial={"ends_on": request.today, "work": Work.HAND_OVER}
    )
    if request.method == "POST" and form.is_valid():
        data, op, read = form.cleaned_data, operation(request), version(request)
        try:
            done = tried(
                form,
                lambda: end_branch(
                    shown, data["ends_on"], form.decision, to=form.chosen, version=read, reason=data["reason"],
                    by=request.user, op=op, now=request.now,
                ),
            )  # fmt: skip
        except Conflict as problem:
            return conflict(request, form, problem, last=shown.unit.changes.first(), back=shown.get_absolute_url())
        if done is not None:
            return go(request, shown, " ".join([_("The end has been entered"), *_told(done)]))
    context = {
        "form": form, "branch": shown, "unit": shown.unit, "count": len(rows),
        "members": Membership.objects.active(request.today).filter(branch=shown).count(),
    }  # fmt: skip
    return render(request, "tasks/branch_end.html", context, status=form.status)


def _told(done: dict[str, int]) -> list[str]:
    """What became of the work, in words."""
    told = []
    if done["handed"]:
        told.append(
            ngettext("%(n)d task handed over", "%(n)d tasks handed over", done["handed"]) % {"n": done["handed"]}
        )
    if stopped := done["stopped"] - (done["left"] if done["stopped"] else 0):
        told.append(ngettext("%(n)d task stopped", "%(n)d tasks stopped", stopped) % {"n": stopped})
    if done["left"]:
        words = ngettext(
            "%(n)d task is put to the unit that approved the branch",
            "%(n)d tasks are put to the unit that approved the branch",
            done["left"],
        )
        told.append(words % {"n": done["left"]})
    return [f"· {words}" for words in told]


@require_http_methods(["GET", "HEAD", "POST"])
def platform_end(request: Asked, pk: int) -> HttpResponse:
    """The day on which a platform closes, and its branches with it."""
    shown = seen_platform(request, pk)
    if not who_rules.keeper(request.posts, shown.body_id):
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    form = EndForm(request.POST or None, initial={"ends_on": request.today})
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        ended = tried(
            form,
            lambda: end_platform(
                shown, data["ends_on"], reason=data["reason"], by=request.user, op=op, now=request.now
            ),
        )
        if ended is not None:
            words = ngettext(
                "The end has been entered, also for %(count)d branch",
                "The end has been entered, also for %(count)d branches",
                len(ended),
            )
            return go(request, shown, words % {"count": len(ended)})
    rows = branch_rows(request.user, request.today).filter(platform=shown).exclude(state="ended")
    context = {"form": form, "platform": shown, "branches": rows}
    return render(request, "tasks/platform_end.html", context, status=form.status)
