"""Reviewing what came in: the oldest first, one item beside its queue, decided with one press (ux S13, SEC-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches.clock import day_of
from branches.models import BodySettings, User
from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks import actions
from tasks.actions.accepting import may_unapprove, unapprove
from tasks.calendar import wishes_of, working_days
from tasks.forms.reports import GradeForm, ReturnForm
from tasks.lights import Thresholds
from tasks.models import Assignment, Event, Report
from tasks.queries.assignments import assignments, sheet
from tasks.queries.followup import to_decide, with_row
from tasks.queries.reviews import LONGEST, Waiting, decided_by, last_decision, queue, since_last
from tasks.rules import Actor, on_side
from tasks.states import REVIEWERS, Stage
from tasks.views.answers import actor, find, operation, refused, scoped, version

RECENT = 6  # lines of history that stand open


@dataclass
class Desk:
    """The page of a reviewer: the queue, the item, and what was typed."""

    waiting: list[Waiting]
    wishes: BodySettings
    row: Assignment | None = None
    form: ReturnForm | None = None
    grading: GradeForm | None = None
    warning: str = ""
    decided: Event | None = None
    ours: bool = False  # our own approval of today, which may be taken back still
    status: int = 200


@require_safe
def review(request: Asked) -> HttpResponse:
    """The queue, with its oldest item opened beside it."""
    desk = _desk(request)
    if desk.waiting:
        found = assignments(request.user, request.today).filter(pk=desk.waiting[0].row.pk)
        desk.row = found.first()
    return _page(request, desk, opened=False)


@require_http_methods(["GET", "HEAD", "POST"])
def review_one(request: Asked, pk: int) -> HttpResponse:
    """One item, and the decision on it."""
    row = find(request, pk)
    if request.method == "POST":
        return _decide(request, row)
    desk = _desk(request, row)
    _may_read(request, desk)
    if row.stage != Stage.REPORTED:
        desk.decided = last_decision(row)
        desk.warning = _told(desk.decided, request)
        desk.ours = may_unapprove(row, request.user, request.now)
    return _page(request, desk)


def _desk(request: Asked, row: Assignment | None = None) -> Desk:
    who = scoped(request)
    body = (
        row.issuer_body
        if row
        else next((hat.post.unit.body for hat in who.hats if hat.post and hat.post.unit.body), None)
    )
    wishes = wishes_of(body)
    return Desk(queue(who, request.today, wishes), wishes, row)


def _may_read(request: Asked, desk: Desk) -> None:
    """403 for a visible row that is another's to review; one's own report among them (I-22)."""
    row = desk.row
    if row is None or any(one.row.pk == row.pk for one in desk.waiting):
        return
    who = actor(request)
    fits = bool(on_side(who, row, "approve")) if row.stage == Stage.REPORTED else _judges(who, row)
    if not fits:
        raise PermissionDenied(_("It is reviewed by the unit that issued it, and never by its author"))


def _judges(who: Actor, row: Assignment) -> bool:
    """Whether this person reviews for the issuer, whatever became of this row."""
    return who.hat_for(REVIEWERS, row.issuer_path, row.issuer_body_id) is not None


def _decide(request: Asked, row: Assignment) -> HttpResponse:
    """Approve and go on, or return with words. The second of two reviewers is told what the first decided."""
    op, seen, decision = operation(request), version(request), request.POST.get("decision")
    if decision == "unapprove":
        return _second_thoughts(request, row, op)
    if decision not in ("approve", "return"):
        raise BadRequest("decision")
    form, grading = ReturnForm(request.POST), _grading(wishes_of(row.issuer_body), request)
    following = _following(request, row)
    try:
        if decision == "approve":
            if grading is not None and not grading.is_valid():
                return _again(request, row, form, grading)
            grade = grading.cleaned_data["grade"] if grading else ""
            actions.approve(row, grade=grade, by=request.user, op=op, now=request.now, version=seen)
            messages.success(request, _approved(row))
        elif form.is_valid():
            actions.return_report(
                row,
                reason=form.cleaned_data["reason"],
                supplement_by=form.cleaned_data["supplement_by"],
                by=request.user,
                op=op,
                now=request.now,
                version=seen,
            )
            messages.success(
                request, _("Returned: %(task)s") % {"task": f"{row.unit.local_name} · {row.task.local_name}"}
            )
    except Invalid as error:
        for name in {"reason", "supplement_by"} & set(error.details):
            form.add_error(name, str(error.details[name]))
        if not form.errors:
            form.add_error(None, error.message)
    except (Refused, PermissionDenied) as error:
        return _overtaken(request, row.pk, form, error)
    if decision == "return" and form.errors:
        return _again(request, row, form)
    return redirect("tasks:review-one", following) if following else redirect("tasks:review")


def _again(request: Asked, row: Assignment, form: ReturnForm, grading: GradeForm | None = None) -> HttpResponse:
    """The same page with words beside the field that is wrong."""
    desk = _desk(request, row)
    desk.form, desk.grading, desk.status = form, grading, 400
    return _page(request, desk)


def _grading(wishes: BodySettings, request: Asked | None = None) -> GradeForm | None:
    """Only for a body that uses grades."""
    return GradeForm(request.POST if request else None, grades=wishes.grades) if wishes.grades else None


def _approved(row: Assignment) -> SafeString:
    """What was approved, with the way to its page, where a slip of the finger is taken back."""
    words = _("Approved: %(task)s") % {"task": f"{row.unit.local_name} · {row.task.local_name}"}
    return format_html('{} <a href="{}">{}</a>', words, reverse("tasks:review-one", args=[row.pk]), _("Take back"))


def _second_thoughts(request: Asked, row: Assignment, op: UUID) -> HttpResponse:
    """The approval of a moment ago is taken back: the report waits here again."""
    try:
        unapprove(row, by=request.user, op=op, now=request.now)
    except Refused as error:
        return refused(request, error)
    return redirect("tasks:review-one", row.pk)


def _following(request: Asked, row: Assignment) -> int | None:
    """The item after this one in the queue, else the oldest of the others."""
    keys = [one.row.pk for one in _desk(request, row).waiting]
    later = keys[keys.index(row.pk) + 1 :] if row.pk in keys else []
    return next(iter([*later, *(pk for pk in keys if pk != row.pk)]), None)


def _overtaken(request: Asked, pk: int, form: ReturnForm, error: Refused | PermissionDenied) -> HttpResponse:
    """Somebody was faster: who, when and what; the typed words stay on the page."""
    row = find(request, pk)
    if isinstance(error, PermissionDenied) and (row.stage == Stage.REPORTED or not _judges(actor(request), row)):
        raise error
    desk = _desk(request, row)
    desk.form, desk.status = form, 409
    desk.warning = error.message if isinstance(error, Refused) else ""
    if row.stage != Stage.REPORTED:
        desk.decided = last_decision(row)
        desk.warning = _told(desk.decided, request)
    return _page(request, desk)


def _told(event: Event | None, request: Asked) -> str:
    """Who did what, and when (ux h.5)."""
    if event is None:
        return _("This assignment has moved on. Here is how it stands")
    local = timezone.localtime(event.at)
    pattern = "H:i" if day_of(event.at) == request.today else pgettext("instant", "j M H:i")
    values = {"name": _called(event.by), "time": format_date(local, pattern)}
    if event.move == "approve":
        return _("%(name)s approved this at %(time)s") % values
    if event.move == "return":
        return _("%(name)s returned this at %(time)s") % values
    if event.move == "take_back":
        return _("%(name)s took this back at %(time)s to change it") % values
    return _("%(name)s stopped this at %(time)s") % values


def _called(user: User | None) -> str:
    if user is None:
        return _("The system")
    return user.name_en if user.name_en and (get_language() or "").startswith("en") else user.name


def _page(request: Asked, desk: Desk, opened: bool = True) -> HttpResponse:
    asked = with_row(to_decide(scoped(request)))
    context: dict[str, Any] = {
        "extensions": [(one, one.is_late(request.today)) for one in asked],
        "queue": desk.waiting[:LONGEST],
        "more": len(desk.waiting) > LONGEST,
        "row": desk.row,
        "opened": opened,
        "warning": desk.warning,
        "form": desk.form,
    }
    if desk.row is None:
        context["done_today"] = decided_by(request.user, request.today)
        return render(request, "tasks/review.html", context)
    lights = Thresholds.of_body(request.today, desk.wishes, working_days())
    page = sheet(desk.row, request.user, request.today, thresholds=lights, related=False)
    keys = [one.row.pk for one in desk.waiting]
    place = keys.index(desk.row.pk) if desk.row.pk in keys else None
    context |= {
        "sheet": page,
        "take_back": desk.ours,
        "item": next((one for one in desk.waiting if one.row.pk == desk.row.pk), None),
        "report": page.latest,
        "count": sum(report.kind == Report.Kind.COMPLETION for report in page.reports),
        "since": since_last(page.reports),
        "phrases": desk.wishes.return_phrases,
        "grading": desk.grading or _grading(desk.wishes),
        "review_days": desk.wishes.review_workdays,
        "form": desk.form or ReturnForm(initial={"supplement_by": _supplement_day(request, desk)}),
        "previous": keys[place - 1] if place else None,
        "next": keys[place + 1] if place is not None and place + 1 < len(keys) else None,
        "recent": page.history[:RECENT],
        "older": page.history[RECENT:],
    }
    return render(request, "tasks/review.html", context, status=desk.status)


def _supplement_day(request: Asked, desk: Desk) -> Any:
    return working_days().add(request.today, desk.wishes.supplement_workdays)
