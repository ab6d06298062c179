"""People of a body from Excel: paste or upload, look at every row in a dry run, confirm once (ux ADM-4, S29)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches import rules
from branches.actions.roster import Taken
from branches.actions.seats import add_term
from branches.models import Term, Unit
from branches.requests import Asked
from branches.roles import Role
from branches.writing import Conflict, NotPossible, Refused, new_operation
from tasks.actions.rosters import answer_roster, drop_roster, keep_roster, take_roster
from tasks.forms.rosters import RosterForm, column_answers, roster_answers
from tasks.models import RosterDraft, TermPlan
from tasks.papers import Unreadable
from tasks.papers.dryrun import letters
from tasks.papers.roster import Roster
from tasks.papers.roster_checked import EVERYBODY, KNOWN, NEW, SKIPPED, CheckedRow
from tasks.papers.roster_export import blank_sheet, roster_sheet
from tasks.papers.roster_reading import COLUMNS, HEADINGS, RosterReading, read_roster, roster_score
from tasks.papers.sources import packed, read_grid, unpacked
from tasks.views.answers import number, operation
from tasks.views.exports import XLSX, streamed
from tasks.views.sources import given

PAGE = 50
SAID = 10  # problems listed on top; the rest stand at their rows
EXAMPLE = (
    "王某", "13800000000", "示例中学校长", "中共党员", "1998-07", "八届", "教育界", "提案委员会", "第一履职党支部", "",
    "", "", "", "", "",
)  # fmt: skip


def bodies_kept(request: Asked) -> list[Unit]:
    """The bodies whose people this person keeps; the chosen scope first and alone. A system admin keeps every one."""
    posts = [request.scope] if request.scope else request.posts
    if rules.is_system_admin(posts):
        return list(Unit.objects.active(request.today).filter(kind__is_body=True))
    return list({post.unit.body_id: post.unit.body for post in posts if post.keeps_tree and post.unit.body}.values())


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Asked) -> HttpResponse:
    """Step 1: paste or upload."""
    bodies = bodies_kept(request)
    if not bodies:
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    form = RosterForm(request.POST or None, request.FILES or None, bodies=bodies, initial={"body": bodies[0]})
    if len(bodies) == 1:
        now = Term.objects.active(request.today).filter(body=bodies[0]).first()
        form.initial["term"] = now.pk if now else None
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("tasks:roster", _kept(request, form.cleaned_data).pk)
        except Unreadable as error:
            form.add_error("file" if form.cleaned_data.get("file") else "paste", str(error))
        except Refused as error:
            form.refuse(error)
    drafts = (
        RosterDraft.objects.visible_to(request.user, request.today).filter(taken_at=None).select_related("body")[:5]
    )
    context = {
        "form": form, "drafts": drafts, "headings": HEADINGS, "example": EXAMPLE, "steps": step_words(), "current": 1,
    }  # fmt: skip
    return render(request, "tasks/roster_start.html", context, status=form.status)


def step_words() -> list[str]:
    """The names of the three steps."""
    return [_("Paste"), _("Check"), pgettext("step", "Done")]


def _kept(request: Asked, values: dict[str, Any]) -> RosterDraft:
    grid = read_grid(given(values), roster_score)
    term, body, op = values.get("term"), values["body"], operation(request)
    if values.get("term_name"):
        first = values["term_starts_on"]
        term = add_term(body, values["term_name"], first, by=request.user, op=new_operation(), now=request.now)
    upload = values.get("file")
    name = (upload.name or "") if upload else ""
    return keep_roster(body, term, name, packed(grid), by=request.user, op=op, now=request.now)


def find_draft(request: Asked, pk: int) -> RosterDraft:
    """The roster, or 404 for everybody but its maker."""
    drafts = RosterDraft.objects.visible_to(request.user, request.today)
    return get_object_or_404(drafts.select_related("body__kind", "term"), pk=pk)


def _reading(draft: RosterDraft) -> RosterReading:
    chosen, header = draft.answers.get("columns"), draft.answers.get("header")
    grid = unpacked(bytes(draft.grid))
    top = grid.numbers.index(header) if header in grid.numbers else None
    return read_roster(grid, chosen, top)


def _roster(request: Asked, draft: RosterDraft) -> Roster:
    rows = _reading(draft).rows
    return Roster(rows, draft.body, draft.term, draft.answers, by=request.user, on=request.today)


def _mark(roster: Roster) -> str:
    """A mark of what would be written, so that nobody confirms something else than he saw."""
    return hashlib.sha256(json.dumps([vars(plan) for plan in roster.plans], default=str).encode()).hexdigest()[:32]


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: Asked, pk: int) -> HttpResponse:
    """Step 2: every row with its verdict, every problem at once; confirmed here, in one press."""
    draft, status = find_draft(request, pk), 200
    if draft.taken_at:
        return render(request, "tasks/roster_done.html", _done_context(draft))
    reading = _reading(draft)
    roster = Roster(reading.rows, draft.body, draft.term, draft.answers, by=request.user, on=request.today)
    if request.method == "POST":
        status = _answered(request, draft, roster, reading)
        if status == 200 and "take" in request.POST:
            return _taken(request, draft)
        draft.refresh_from_db()
        if draft.taken_at:
            return redirect("tasks:roster", draft.pk)
        reading = _reading(draft)
        roster = Roster(reading.rows, draft.body, draft.term, draft.answers, by=request.user, on=request.today)
    return render(request, "tasks/roster_check.html", _context(request, draft, roster, reading), status=status)


def _answered(request: Asked, draft: RosterDraft, roster: Roster, reading: RosterReading) -> int:
    """Keep what the page answered; the status that the page has to carry."""
    data = request.POST.dict()
    if "columns" in data:
        header = data.get("header", "")
        answers = {**draft.answers, "columns": column_answers(data, len(reading.heads)), "rows": {}}
        answers["header"] = int(header) if header.isascii() and header.isdecimal() and len(header) < 6 else None
    else:
        answers = roster_answers(data, draft.answers, {row.key for row in roster.rows}, set(roster.groups))
    if answers == draft.answers:
        return 200
    op = new_operation() if "take" in data else operation(request)
    try:
        answer_roster(draft, answers, version=number(request, "version"), by=request.user, op=op, now=request.now)
    except (Conflict, NotPossible) as error:
        messages.warning(request, error.message)
        return 409
    draft.refresh_from_db()
    return 200


def _taken(request: Asked, draft: RosterDraft) -> HttpResponse:
    """Confirm: only what was seen is written."""
    roster = _roster(request, draft)
    status = 400
    if roster.ready and _mark(roster) != request.POST.get("seen"):
        messages.warning(request, _("What would be written has changed. Look once more, then confirm"))
        status = 409
    elif roster.ready:
        try:
            take_roster(
                draft, lambda: _roster(request, draft).plans, by=request.user, op=operation(request), now=request.now
            )
        except Refused as error:
            messages.warning(request, error.message)
            status = 409
        else:
            return redirect("tasks:roster", draft.pk)
    draft.refresh_from_db()
    return render(
        request,
        "tasks/roster_check.html",
        _context(request, draft, _roster(request, draft), _reading(draft)),
        status=status,
    )


def _context(request: Asked, draft: RosterDraft, roster: Roster, reading: RosterReading) -> dict[str, Any]:
    only = request.GET.get("only", "")
    only = only if only in ("problems", "all") else "problems" if roster.problems else "all"
    rows = [row for row in roster.rows if row.problems] if only == "problems" else roster.rows
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    without = sum(row.plan is None or row.plan.seat is None for row in roster.rows if row.verdict != SKIPPED)
    return {
        "draft": draft, "roster": roster, "page_obj": page, "only": only, "columns": _columns(reading),
        "column_words": list(COLUMNS.items()), "header_row": reading.header_row, "not_kept": reading.not_kept,
        "problems": _problems(roster, page), "problem_count": len(roster.problems) + (not roster.rows),
        "problems_left": max(0, len(roster.problems) - SAID),
        "problem_rows": sum(bool(row.problems) for row in roster.rows),
        "new": roster.count(NEW), "known": roster.count(KNOWN), "skipped": roster.count(SKIPPED),
        "without_seat": without, "seats_all": draft.answers.get("seats") == EVERYBODY,
        "sectors_asked": sum(group.kind == "sector" for group in roster.asked),
        "seen": _mark(roster) if roster.ready else "", "steps": step_words(), "current": 2,
    }  # fmt: skip


def _problems(roster: Roster, page: Page[CheckedRow]) -> list[dict[str, str]]:
    if not roster.rows:
        return [{"target": "columns", "text": _("No column of names was found. Match the columns by hand")}]
    here = {row.number for row in page}
    found = []
    for row, problem in roster.problems[:SAID]:
        near = f"group-{problem.group}" if problem.group else f"row-{row.key}"
        found.append({"target": near if problem.group or row.number in here else "rows", "text": problem.words})
    return found


def _columns(reading: RosterReading) -> list[dict[str, Any]]:
    taken = {place: name for name, place in reading.columns.items()}
    return [
        {"place": place, "letter": letters(place), "head": head, "sample": sample, "taken": taken.get(place, "")}
        for place, (head, sample) in enumerate(zip(reading.heads, reading.samples, strict=False))
    ]


def _done_context(draft: RosterDraft) -> dict[str, Any]:
    change = TermPlan.objects.filter(term__body=draft.body_id, confirmed_at=None).first()  # on its way: back to it
    return {"draft": draft, "taken": Taken(**draft.result), "change": change, "steps": step_words(), "current": 3}


@require_POST
def drop(request: Asked, pk: int) -> HttpResponse:
    """Throw the roster away."""
    drop_roster(find_draft(request, pk), by=request.user)
    messages.info(request, _("The roster was discarded. Nothing had been written"))
    return redirect("branches:people")


@require_safe
def blank(request: Asked) -> StreamingHttpResponse:
    """An empty sheet with the columns that are understood."""
    return streamed(blank_sheet(HEADINGS, EXAMPLE), XLSX, _("Roster") + ".xlsx")


@require_safe
def export(request: Asked, pk: int) -> StreamingHttpResponse:
    """The roster of a body in the same columns, for those who keep it and may know numbers and standings."""
    body = get_object_or_404(Unit.objects.visible_to(request.user, request.today).filter(kind__is_body=True), pk=pk)
    if not any(post.role == Role.TREE_ADMIN and post.unit.body_id == body.pk for post in request.posts):
        raise PermissionDenied(_("The roster with numbers and standings is for the organisation admin of the body"))
    rows: Iterator[bytes] = roster_sheet(body, request.user, request.today, request.now)
    return streamed(rows, XLSX, f"{body.called} {request.today.isoformat()}.xlsx")
