"""Sending progress, from the mail's link to "reported" in as few taps as can be (ux S12, MEM-1).

The stage is the button that was pressed. Whatever goes wrong, the words stay, and files that arrived are offered again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.clock import day_of
from branches.markings import secret_marking
from branches.models import BodySettings
from branches.requests import Asked
from branches.writing import Conflict, Invalid, NotPossible, Reused
from tasks import actions, rules
from tasks.actions.reports import TEXT_LIMIT, lateness
from tasks.calendar import working_days
from tasks.forms.asked import figures_given
from tasks.forms.reports import ReportForm, only
from tasks.lights import Thresholds
from tasks.links import files_for
from tasks.models import Assignment, HelpRequest, Report, StoredFile
from tasks.queries.asked import of_parts, plain
from tasks.queries.assignments import (
    Paper,
    last_report,
    number_of,
    own_files,
    own_work,
    papers,
    reports,
    sheet,
    stage_detail,
)
from tasks.queries.collation import offspring_text
from tasks.queries.followup import follow_up
from tasks.queries.reviews import last_decision
from tasks.states import Stage
from tasks.uploads import keep_all
from tasks.views.answers import actor, allowed, chosen, find, operation, version

MANY_FILES = 20


@dataclass
class Shown:
    """What the form shows beside its fields."""

    ticked: Sequence[int] = ()  # files that go with the report
    offered: Sequence[StoredFile] = ()
    changes: Sequence[Any] = ()  # what happened since the form was opened, for the second of two editors
    theirs: Report | None = None
    status: int = 200
    warning: str = ""
    secret: bool = False  # nothing of it may stay on the device either
    last: Report | None = None
    summed: bool = False  # the figures begin with what the units below reported


@require_http_methods(["GET", "HEAD", "POST"])
def update(request: Asked, pk: int) -> HttpResponse:
    """The form, and what it sends. `?last=1` begins with the last words and files of this step."""
    row = find(request, pk)
    who = actor(request)
    allowed(rules.on_side(who, row, "progress"), _("Progress is saved by the unit that does the work"))
    if request.method == "POST":
        return _send(request, row)
    if not rules.may(who, row, "progress"):
        messages.info(request, _("This assignment has moved on. Here is how it stands"))
        return redirect("tasks:done", row.pk) if request.by_link else redirect(row)
    last = last_report(row, request.user, request.today)
    if request.by_link and last and last.assignment_id != row.pk:
        last = None  # the words of another row
    shown = Shown(last=last)
    initial: dict[str, Any] = {"times": row.times + 1}
    if last and request.GET.get("last"):
        initial["text"] = last.text
        shown.ticked = [paper.pk for paper in last.papers] if last.assignment_id == row.pk else []  # type: ignore[attr-defined] # fetched along
    if row.broken_down and request.GET.get("collation"):
        initial["text"] = _collated(request, row)
    shown.offered = _offered(request, row, shown.ticked)
    summed = of_parts(row, request.user, request.today)
    initial |= {f"figure_{n}": plain(summed[name]) for n, name in enumerate(row.task.figures) if name in summed}
    shown.summed = bool(summed)
    form = ReportForm(initial=initial, **_asked(request, row))
    return _form(request, row, form, shown)


def _collated(request: Asked, row: Assignment) -> str:
    """What the units below reported, to begin one's own report with; cut where it is too long, and said so."""
    text = offspring_text(row, request.user, request.today)
    if not text:
        messages.info(request, _("Nothing was accepted from the units below yet"))
    if len(text) > TEXT_LIMIT:
        words = _("The collation has %(n)d characters; the first %(max)d are here. Shorten it before it is sent")
        messages.warning(request, words % {"n": len(text), "max": TEXT_LIMIT})
    return text[:TEXT_LIMIT]


def _offered(
    request: Asked, row: Assignment, ticked: Sequence[int], kept: Sequence[StoredFile] = ()
) -> list[StoredFile]:
    """Files to choose from; by a signed link only those of this row and what was uploaded just now (design 6)."""
    if request.by_link:  # a file that was sent before is stored once, and came with this request all the same
        mine = files_for(row, request.user, request.now).filter(uploaded_by=request.user)
        return list({file.pk: file for file in [*mine, *kept]}.values())
    return own_files(request.user, request.today, ticked)


def _asked(request: Asked, row: Assignment) -> dict[str, Any]:
    """What this row's form asks for beside words and files."""
    reasons = _late_reasons(request, row)
    return {"late_reasons": reasons, "times_wanted": row.times_wanted, "figures": row.task.figures}


def _late_reasons(request: Asked, row: Assignment) -> list[str]:
    """The reasons to choose from, where a report made today would be late."""
    return BodySettings.of(row.body).late_reasons if lateness(row, request.today) else []


def _send(request: Asked, row: Assignment) -> HttpResponse:
    op, seen, done = operation(request), version(request), request.POST.get("done")
    if done not in ("0", "1"):
        raise BadRequest("done")
    form = ReportForm(request.POST, request.FILES, **_asked(request, row))
    is_valid = form.is_valid()
    kept, problems = keep_all(form.cleaned_data.get("files", []), by=request.user, unit=row.unit, now=request.now)
    shown = Shown(ticked=list(dict.fromkeys([*chosen(request, "file"), *(file.pk for file in kept)])), status=400)
    shown.offered = _offered(request, row, shown.ticked, kept)
    for problem in problems:
        form.add_error("files", problem)
    try:
        files = only(shown.offered, shown.ticked)
        if len(files) > MANY_FILES:
            raise Invalid(_("At most 20 files go with one report"), files=_("At most 20 files go with one report"))
        if is_valid and not problems:
            actions.report(
                row,
                done=done == "1",
                text=form.cleaned_data["text"],
                files=files,
                version=seen,
                late_reason=form.cleaned_data.get("late_reason", ""),
                times=form.cleaned_data.get("times"),
                figures=figures_given(row.task.figures, form.cleaned_data),
                by=request.user,
                op=op,
                now=request.now,
            )
            return redirect("tasks:done", row.pk)
    except Invalid as error:
        form.refuse(error)
        shown.secret = secret_marking(request.POST.get("text", ""))
    except (Conflict, Reused) as error:
        return _beside(request, find(request, row.pk), form, shown, error.message, seen)
    except NotPossible as error:
        return _moved(request, find(request, row.pk), form, shown, error.message)
    return _form(request, row, form, shown)


def _beside(
    request: Asked, row: Assignment, form: ReportForm, shown: Shown, message: str, seen: int | None
) -> HttpResponse:
    """Two editors: what the other one did, and the typed words in a form that is ready to be sent (design 8)."""
    if not rules.may(actor(request), row, "progress"):
        return _moved(request, row, form, shown, message)
    page = sheet(row, request.user, request.today, related=False)
    since = row.version - seen if seen is not None and seen < row.version else 1
    shown.changes, shown.theirs = page.history[:since], page.latest
    shown.status, shown.warning = 409, message
    return _form(request, row, form, shown)


def _moved(request: Asked, row: Assignment, form: ReportForm, shown: Shown, message: str) -> HttpResponse:
    """Nothing can be sent any more: how it stands, and the typed words to be copied."""
    context = {
        "row": row,
        "sheet": sheet(row, request.user, request.today, related=False),
        "warning": message,
        "text": form.data.get("text", ""),
        "files": [Paper.of(file) for file in shown.offered if file.pk in shown.ticked],
    }
    return render(request, "tasks/update_moved.html", context, status=409)


def _form(request: Asked, row: Assignment, form: ReportForm, shown: Shown) -> HttpResponse:
    offered = [Paper.of(file) for file in shown.offered]
    follow = follow_up(row, inside=True)
    context = {
        "follow": follow,
        "told": follow.clarifications,
        "reasons_for_help": HelpRequest.Why.choices,
        "row": row,
        "form": form,
        "shown": shown,
        "ticked": [paper for paper in offered if paper.pk in shown.ticked],
        "earlier": [paper for paper in offered if paper.pk not in shown.ticked],
        "task_files": papers(row.task_files),  # type: ignore[attr-defined] # fetched along
        "lamp": Thresholds.load(request.today).lamp(row),
        "returned": last_decision(row) if row.stage == Stage.RETURNED else None,
    }
    return render(request, "tasks/update.html", context, status=shown.status)


@require_POST
def upload(request: Asked, pk: int) -> HttpResponse:
    """One file while the person is still typing: the fragment with its tick, or the words why it was refused."""
    row = find(request, pk)
    allowed(rules.on_side(actor(request), row, "progress"), _("Progress is saved by the unit that does the work"))
    kept, problems = keep_all(request.FILES.getlist("files"), by=request.user, unit=row.unit, now=request.now)
    context = {"files": [Paper.of(file) for file in kept], "problems": problems, "ticked": True}
    response = render(request, "tasks/_file_ticks.html", context)  # 200 for a refusal too: it is a fragment (style 8)
    response.headers["X-Fragment"] = "1"  # so that no page of another kind is put into the form
    return response


@require_safe
def done(request: Asked, pk: int) -> HttpResponse:
    """After sending: the number, how it stands, what happens next, by whom and by when; the next task."""
    row = find(request, pk)
    who = actor(request)
    allowed(rules.on_side(who, row, "progress"), _("Progress is saved by the unit that does the work"))
    waiting = [] if request.by_link else [one for one in own_work(who)[:100] if one.pk != row.pk]
    review_by = None
    if row.stage == Stage.REPORTED and row.submitted_at:
        days = BodySettings.of(row.issuer_body).review_workdays
        review_by = working_days().add(day_of(row.submitted_at), days)
    thresholds = Thresholds.load(request.today)
    context = {
        "row": row,
        "number": number_of(row),
        "detail": stage_detail(row),
        "lamp": thresholds.lamp(row),
        "latest": next(iter(reports(row, request.user, request.today)), None),
        "review_by": review_by,
        "may_take_back": bool(rules.may(who, row, "take_back")),
        "may_update": bool(rules.may(who, row, "progress")),
        "next": waiting[0] if waiting else None,
        "next_lamp": thresholds.lamp(waiting[0]) if waiting else None,
        "waiting": len(waiting),
    }
    return render(request, "tasks/done.html", context)
