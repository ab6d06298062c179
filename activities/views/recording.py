"""Recording a meeting in a minute (ux MEM-4): kind, then date, place, who came, decisions, a photo; and changing a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activities import actions, queries, rules
from activities.forms import MeetingForm, RollRow, initial_of, roll_of_rows, roll_rows
from activities.kinds import Kind, MeetingState
from activities.models import Meeting
from activities.rolls import Person, life_of, roll_of
from branches.models import BodySettings, Branch, BranchState
from branches.requests import Asked
from branches.views.answering import go, operation, version
from branches.writing import Conflict, Invalid, NotPossible, Reused, done_before
from tasks.actions.reports import lateness
from tasks.forms.reports import only
from tasks.models import Assignment, StoredFile
from tasks.queries.assignments import Paper, own_files
from tasks.uploads import keep_all
from tasks.views.answers import actor, chosen

MANY_FILES = 10


@dataclass
class Shown:
    """What the form shows beside its fields."""

    branch: Branch
    kind: str
    day: date
    people: list[Person]
    rows: list[RollRow] = field(default_factory=list)
    offered: list[queries.Answerable] = field(default_factory=list)
    ticked: set[int] = field(default_factory=set)
    files: list[StoredFile] = field(default_factory=list)
    file_ticks: list[int] = field(default_factory=list)
    theirs: list[tuple[str, str]] = field(default_factory=list)
    same: int | None = None
    version: int | None = None
    status: int = 200


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """First which branch and which kind, each one tap; then the form. A record sent twice is one record."""
    served = queries.recorded_by(actor(request), queries.served_branches(request.user, request.today))
    if not served:
        raise PermissionDenied(_("Meetings are recorded by the head or secretary of the branch"))
    sent = request.POST if request.method == "POST" else request.GET
    branch = next((one for one in served if str(one.pk) == sent.get("branch")), served[0] if len(served) == 1 else None)
    kind = sent.get("kind", "")
    if branch is None or kind not in Kind.values:
        context = {"branches": served, "branch": branch, "kinds": Kind.choices}
        return render(request, "activities/kinds.html", context, status=400 if request.method == "POST" else 200)
    if request.method == "POST":
        if done := done_before(operation(request), "record_meeting", request.user):
            return redirect("activities:meeting", done["meeting"])
        return _send(request, branch, kind, None)
    day = _day(request.GET.get("on", ""), request.today)
    shown = _shown(request, branch, kind, day, None)
    shown.ticked = {one.row.pk for one in shown.offered if one.fits}
    initial = {
        "held_on": day,
        "place": branch.platform.place if kind == Kind.DUTY and branch.platform else queries.last_place(branch),
        "line": branch.line,
        "platform": branch.platform_id if kind == Kind.DUTY else None,
        "duty": "consultation",
    }
    return _page(request, shown, _form(request, shown, None, initial), None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Asked, pk: int) -> HttpResponse:
    """Change a record, or turn an announced meeting into one that was held."""
    rows = queries.meeting_rows(request.user, request.today).prefetch_related("participations")
    meeting = get_object_or_404(rows, pk=pk)
    branch = meeting.branch
    if not rules.recorder(actor(request), branch.unit.path, branch.unit.body_id):
        raise PermissionDenied(_("Meetings are recorded by the head or secretary of the branch"))
    if meeting.state == MeetingState.STRUCK:
        raise PermissionDenied(_("This record was struck out"))
    if request.method == "POST":
        return _send(request, branch, meeting.kind, meeting)
    shown = _shown(request, branch, meeting.kind, min(meeting.held_on, request.today), meeting)
    shown.version = meeting.version
    return _page(request, shown, _form(request, shown, None, initial_of(meeting)), meeting)


def _day(text: str, today: date) -> date:
    """The day the form begins with: today, unless the address names another."""
    try:
        return parse_date(text) or today
    except ValueError:
        return today


def _shown(request: Asked, branch: Branch, kind: str, day: date, meeting: Meeting | None) -> Shown:
    """The roll of the day and the open work that this record could answer."""
    shown = Shown(branch, kind, day, roll_of(branch, day))
    sent = request.POST if request.method == "POST" else None
    known = None
    if meeting is not None:
        known = {key: (came, note) for key, came, note in meeting.attendance.values_list("user", "came", "note")}
    shown.rows = roll_rows(shown.people, sent, known)
    if meeting is None or meeting.state == MeetingState.PLANNED:
        shown.offered = queries.answerable(branch, kind, day, actor(request))
    return shown


def _form(request: Asked, shown: Shown, data: QueryDict | None, initial: dict[str, Any]) -> MeetingForm:
    branch = shown.branch
    late = any(lateness(one.row, request.today) for one in shown.offered)
    served = Branch.objects.filter(unit__body=branch.unit.body_id, state=BranchState.ACTIVE).exclude(pk=branch.pk)
    return MeetingForm(
        data,
        request.FILES if data is not None else None,
        kind=shown.kind,
        branch=branch,
        on=shown.day,
        people=shown.people,
        others=served.select_related("unit").order_by("unit__path"),
        late_reasons=BodySettings.of(branch.unit.body).late_reasons if late else (),
        initial=initial,
    )


def _send(request: Asked, branch: Branch, kind: str, meeting: Meeting | None) -> HttpResponse:
    """Read the record, keep its files, write it; whatever goes wrong, what was typed and ticked stays on the page."""
    op, seen = operation(request), version(request) if meeting else None
    day = _day(request.POST.get("held_on", ""), request.today)
    life = life_of(branch)
    shown = _shown(request, branch, kind, day if life.first <= day < life.bound else request.today, meeting)
    shown.version, shown.ticked = seen, set(chosen(request, "answers"))
    form = _form(request, shown, request.POST, {})
    is_valid = form.is_valid()
    shown.files, shown.file_ticks = _files(request, branch, form)
    if is_valid and _other_people(request.POST, shown, request.today):
        form.add_error("held_on", _("On that day other people belonged to the branch. Check who came"))
    if not form.errors:
        try:
            row = actions.record_meeting(
                branch,
                form.words(roll_of_rows(shown.rows)),
                meeting=meeting,
                version=seen,
                files=only(shown.files, shown.file_ticks),
                answers=_answers(shown),
                late_reason=form.cleaned_data.get("late_reason", ""),
                on_behalf_of=form.asked_by(),
                by=request.user,
                op=op,
                now=request.now,
            )
            return go(request, row, _said(row, len(shown.ticked)))
        except Invalid as problem:
            form.refuse(problem)
        except Conflict as problem:
            _beside(shown, form, problem.details["row"])
            form.stop(problem.message)
        except (NotPossible, Reused) as problem:
            shown.same = problem.details.get("meeting")
            form.stop(problem.message)
    shown.status = form.status
    return _page(request, shown, form, meeting)


def _other_people(sent: QueryDict, shown: Shown, today: date) -> bool:
    """Whether the roll that was ticked is that of another day. An announced meeting has no roll yet."""
    return shown.day <= today and any(f"shown-{one.user.pk}" not in sent for one in shown.people)


def _answers(shown: Shown) -> list[Assignment]:
    """The ticked assignments; one that is not offered any more is refused with words."""
    found = [one.row for one in shown.offered if one.row.pk in shown.ticked]
    if len(found) != len(shown.ticked):
        words = _("A ticked task has moved on. Look at the ticks again")
        raise Invalid(words, answers=words)
    return found


def _files(request: Asked, branch: Branch, form: MeetingForm) -> tuple[list[StoredFile], list[int]]:
    kept, problems = keep_all(request.FILES.getlist("files"), by=request.user, unit=branch.unit, now=request.now)
    ticks = list(dict.fromkeys([*chosen(request, "file"), *(file.pk for file in kept)]))
    for words in problems:
        form.add_error("files", words)
    if len(ticks) > MANY_FILES:
        form.add_error("files", _("At most %(n)d files go with one record") % {"n": MANY_FILES})
    return own_files(request.user, request.today, ticks) if ticks else [], ticks


def _beside(shown: Shown, form: MeetingForm, row: Meeting) -> None:
    """Two editors: what stands now, beside what was typed; saving once more puts the typed words in its place."""
    typed = form.words(())
    for name in ("held_on", "place", "topic", "decisions", "guests"):
        stands = getattr(row, name)
        if stands != getattr(typed, name):
            shown.theirs.append((str(form.fields[name].label), str(stands or "--")))
    shown.version = row.version


def _said(row: Meeting, answered: int) -> str:
    if row.state == MeetingState.PLANNED:
        return _("The meeting has been announced; members see it on their first page")
    return _("Recorded, and reported for the ticked tasks") if answered else _("Recorded")


def _page(request: Asked, shown: Shown, form: MeetingForm, meeting: Meeting | None) -> HttpResponse:
    context = {
        "form": form,
        "shown": shown,
        "branch": shown.branch,
        "kind": Kind(shown.kind),
        "meeting": meeting,
        "papers": [Paper.of(file) for file in shown.files if file.pk in shown.file_ticks],
        "fitting": [one for one in shown.offered if one.fits],
        "others": [one for one in shown.offered if not one.fits],
        "today": request.today,
    }
    return render(request, "activities/record.html", context, status=shown.status)
