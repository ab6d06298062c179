"""One meeting: read, printed, struck out; its papers given out; its decisions put on the table as tasks."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activities import actions, queries, rules
from activities.forms import StrikeForm
from activities.history import events_of
from activities.kinds import Came, MeetingState
from activities.models import Meeting
from activities.papers import OF_MEETING, decision_rows
from branches.models import Unit
from branches.requests import Asked
from branches.views.answering import go, operation, version
from branches.writing import Conflict, Invalid, NotPossible, Refused, Reused
from tasks.actions.drafts import begin_draft
from tasks.models import StoredFile
from tasks.views.answers import actor, chosen, refused
from tasks.views.files import send


def _find(request: Asked, pk: int) -> Meeting:
    rows = queries.meeting_rows(request.user, request.today).select_related("by", "on_behalf_of")
    return get_object_or_404(rows.prefetch_related("participations__branch__unit", "attendance__user"), pk=pk)


def _sheet(request: Asked, meeting: Meeting) -> dict[str, Any]:
    """What the page and the paper both show."""
    rolls = list(meeting.attendance.all())
    groups = [(Came(came).label, [one for one in rolls if one.came == came]) for came in Came.values]
    return {"meeting": meeting, "branch": meeting.branch, "groups": [group for group in groups if group[1]]}


@require_safe
def meeting(request: Asked, pk: int) -> HttpResponse:
    """The record with who came, its papers, the tasks it answered and its history."""
    row = _find(request, pk)
    desk = rules.recorder(actor(request), row.branch.unit.path, row.branch.unit.body_id)
    reports = row.reports.select_related("report__assignment__task__text", "report__assignment__list")
    seen = [one for one in reports if _serves(request, one.report.assignment)]
    context = _sheet(request, row) | {
        "records": desk and row.state != MeetingState.STRUCK,
        "desk": desk,
        "planned": row.state == MeetingState.PLANNED,
        "struck": row.state == MeetingState.STRUCK,
        "papers": row.papers.select_related("file"),
        "reports": [one.report.assignment for one in seen],
        "events": events_of(row),
        "today": request.today,
    }
    return render(request, "activities/meeting.html", context)


def _serves(request: Asked, row: Any) -> bool:
    return request.user.sight(request.today).serves(row.unit_path, row.body_id, row.unit_id)


@require_safe
def minutes(request: Asked, pk: int) -> HttpResponse:
    """The record as minutes on A4."""
    return render(request, "activities/minutes.html", _sheet(request, _find(request, pk)))


@require_safe
def download(request: Asked, pk: int, file: int) -> FileResponse:
    """A paper of the meeting, to those who may see the meeting."""
    paper = get_object_or_404(_find(request, pk).papers.select_related("file"), file=file)
    found: StoredFile = paper.file
    return send(found)


@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: Asked, pk: int) -> HttpResponse:
    """Take a record out with a reason."""
    row = _find(request, pk)
    if not rules.recorder(actor(request), row.branch.unit.path, row.branch.unit.body_id):
        raise PermissionDenied(_("Meetings are recorded by the head or secretary of the branch"))
    form = StrikeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.strike_meeting(
                row,
                form.cleaned_data["reason"],
                version=version(request),
                by=request.user,
                op=operation(request),
                now=request.now,
            )
            return go(request, row, _("The record has been struck out"))
        except Invalid as problem:
            form.refuse(problem)
        except (Conflict, NotPossible, Reused) as problem:
            form.stop(problem.message)
    return render(request, "activities/strike.html", {"form": form, "meeting": row}, status=form.status)


@require_POST
def tasks(request: Asked, pk: int) -> HttpResponse:
    """The chosen decisions become the rows of a draft list of the branch, or of the desk above it; it goes on as any list."""
    row = _find(request, pk)
    hat = rules.recorder(actor(request), row.branch.unit.path, row.branch.unit.body_id)
    if hat is None:
        raise PermissionDenied(_("Meetings are recorded by the head or secretary of the branch"))
    lines = row.decision_lines
    picked = [lines[place] for place in chosen(request, "decision") if place < len(lines)]
    if len(picked) != len(request.POST.getlist("decision")):
        raise BadRequest("decision")
    if not picked:
        messages.warning(request, _("Tick at least one decision"))
        return redirect(row)
    issuer = Unit.objects.select_related("body", "kind").get(pk=hat.unit_id)
    year = request.today.year
    answers = {"title": f"{row.branch.unit.called}{row.held_on:%Y-%m-%d}{OF_MEETING}"[:120], "year": year}
    rows = decision_rows(picked, row.branch.unit, year, request.today)
    op = operation(request)
    try:
        draft = begin_draft(issuer, answers | {"line": row.line}, rows, by=request.user, op=op, now=request.now)
        actions.note_tasks(row, draft.pk, picked, by=request.user, op=uuid.uuid5(op, "tasks"), now=request.now)
    except Refused as problem:
        return refused(request, problem)
    return redirect("tasks:paper-rows", draft.pk)
