"""Responsibility lists: one made, shown by level, leader, unit and person, its gaps, and one duty (ux S14, design 4)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from branches.models import BodySettings, Unit, User
from branches.requests import Asked
from branches.writing import Conflict, Invalid, Refused
from tasks import rules
from tasks.actions.duties import (
    DutyListPlan,
    approvers,
    copy_duties,
    decide_duties,
    draft_duties,
    issue_duties,
    issue_on_word,
    link_task,
    note_breach,
    save_duties,
    send_duties,
    unlink_task,
)
from tasks.forms import duties as forms
from tasks.models import Approval, Bearer, Breach, Duty, Task, TaskList
from tasks.models.duties import standing_breaches
from tasks.papers import Unreadable, read_file, read_paste
from tasks.papers.duties import COLUMNS, DUTY_COLUMN, DutyPaper, read_duties
from tasks.papers.names import Names
from tasks.queries import duties as queries
from tasks.queries.duties import DutyLine
from tasks.states import DESK, ListStage
from tasks.views.answers import actor, number, operation, refused

VIEWS = ("duties", "leaders", "units", "people", "gaps")
KINDS = tuple(Duty.Kind.values)
COLUMN_WORDS = " · ".join(COLUMNS)
STATES = ("none", "waiting", "running", "overdue", "done", "clean", "breach")


def show(request: Asked, task_list: TaskList) -> HttpResponse:
    """One responsibility list: what of it one may see, in one of five views."""
    view = request.GET.get("view", "duties")
    if view not in VIEWS:
        view = "duties"  # the views of task lists stand in old addresses
    whole = queries.sees_all(task_list, request.user, request.today)
    if view == "gaps" and (not whole or task_list.issued_on is None):
        raise Http404
    lines = queries.lines_of(task_list, request.user, request.today)
    shown, chosen = _filtered(request, lines)
    desk = rules.may_issue(actor(request), task_list.issuer)
    grouped = {"leaders": queries.by_post, "units": queries.by_unit, "people": queries.by_person}.get(view)
    context = {
        "task_list": task_list,
        "view": view,
        "tabs": _tabs(whole and task_list.issued_on is not None),
        "lines": lines,
        "sections": _sections(shown) if view == "duties" else [],
        "groups": grouped(shown) if grouped else [],
        "lacking": queries.without_task(lines) if view == "gaps" else [],
        "loose": list(queries.without_duty(task_list, request.user, request.today)) if view == "gaps" else [],
        "chosen": chosen,
        "kinds": Duty.Kind.choices,
        "state_choices": _state_choices(lines),
        "overdue": sum(line.state.code == "overdue" for line in lines),
        "unlinked": len(queries.without_task(lines)),
        "breaches": sum(line.state.code == "breach" for line in lines),
        **_standing(request, task_list, bool(desk)),
    }
    return render(request, "tasks/duties_list.html", context)


def _standing(request: Asked, task_list: TaskList, desk: bool) -> dict[str, Any]:
    """What the desk may do with a draft, who decides on it, and who agreed to the issued list."""
    gaps = request.GET.get("view") == "gaps"  # names nobody who agreed, and asks two queries of its own
    approval = None if gaps else task_list.approvals.select_related("approver").first()
    on_desk = desk and task_list.stage == ListStage.DRAFT
    return {
        "approval": approval,
        "is_draft": task_list.issued_on is None,
        "may_edit": on_desk,
        "may_copy": desk and task_list.issued_on is not None,
        "approvers": approvers(task_list.issuer, request.today, request.user) if on_desk else [],
        "must_ask": on_desk and BodySettings.of(task_list.issuer.body).approve_lists,
    }


def _tabs(gaps: bool) -> list[tuple[str, str]]:
    tabs = [("duties", _("By level")), ("leaders", _("By post")), ("units", _("By unit")), ("people", _("By person"))]
    return [*tabs, *([("gaps", _("Gaps"))] if gaps else [])]


def _state_choices(lines: list[DutyLine]) -> list[tuple[str, str]]:
    """Only the states that occur in the list."""
    words = {
        "none": _("No task linked"),
        "waiting": _("Nothing in work"),
        "running": _("In progress"),
        "overdue": _("Overdue"),
        "done": _("Completed"),
        "clean": _("No breach noted"),
        "breach": _("Breach noted"),
    }
    there = {line.state.code for line in lines}
    return [(code, words[code]) for code in STATES if code in there]


def _filtered(request: Asked, lines: list[DutyLine]) -> tuple[list[DutyLine], dict[str, str]]:
    chosen = {"kind": request.GET.get("kind", ""), "state": request.GET.get("state", "")}
    chosen["kind"] = chosen["kind"] if chosen["kind"] in KINDS else ""
    chosen["state"] = chosen["state"] if chosen["state"] in STATES else ""
    kept = [
        line
        for line in lines
        if (not chosen["kind"] or line.duty.kind == chosen["kind"])
        and (not chosen["state"] or line.state.code == chosen["state"])
    ]
    return kept, chosen


def _sections(lines: list[DutyLine]) -> list[tuple[str, list[DutyLine]]]:
    """The first heading with its lines; deeper headings stand in the table."""
    return [
        (level, list(rows))
        for level, rows in groupby(lines, key=lambda line: line.duty.heading[0] if line.duty.heading else "")
    ]


def _issuers(request: Asked) -> list[Unit]:
    posts = [request.scope] if request.scope else request.posts
    return [post.unit for post in posts if post.role in DESK]


@require_http_methods(["GET", "POST"])
def new(request: Asked) -> HttpResponse:
    """The head of a new responsibility list, with a table pasted or uploaded if there is one."""
    issuers = _issuers(request)
    if not issuers:
        raise PermissionDenied(_("Lists are issued by a secretary or head"))
    initial = {"year": request.today.year, "issuer": issuers[0]}
    form = forms.NewDutyListForm(request.POST or None, request.FILES or None, issuers=issuers, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("tasks:duties-edit", _draft(request, form.cleaned_data).pk)
        except Unreadable as error:
            form.add_error("file" if form.cleaned_data.get("file") else "paste", str(error))
        except Refused as error:
            form.add_error("title" if "title" in getattr(error, "details", {}) else None, error.message)
    context = {"form": form, "columns": COLUMN_WORDS}
    return render(request, "tasks/duties_new.html", context, status=400 if request.method == "POST" else 200)


def _draft(request: Asked, values: dict[str, Any]) -> TaskList:
    paper = _read(values)
    names = Names(values["issuer"], request.today)
    rows = forms.rows_read(paper.rows)
    found = forms.plans(rows, names)
    values["title"] = values["title"] or paper.title
    plan = _plan(values, values["issuer"], found)
    return draft_duties(plan, by=request.user, op=operation(request), now=request.now)


def _read(values: dict[str, Any]) -> DutyPaper:
    upload = values.get("file")
    if not upload and not (values["paste"].strip() or values["paste_html"].strip()):
        return DutyPaper()
    grid = read_file(upload.name, upload.read()) if upload else read_paste(values["paste_html"], values["paste"])
    paper = read_duties(grid)
    if not paper.rows:
        raise Unreadable("no_rows", _("No column of duties found. Name one column %(name)s") % {"name": DUTY_COLUMN})
    return paper


def _plan(values: dict[str, Any], issuer: Unit, found: list[Any]) -> DutyListPlan:
    return DutyListPlan(
        title=values["title"],
        title_en=values["title_en"],
        year=values["year"],
        issuer=issuer,
        document_number=values["document_number"],
        source=values["source"],
        duties=tuple(found),
    )


def _find_list(request: Asked, pk: int) -> TaskList:
    """A responsibility list that the person may open; the desk's own deeds are asked for in the action."""
    rows = TaskList.objects.visible_to(request.user, request.today).filter(kind=TaskList.Kind.RESPONSIBILITY)
    return get_object_or_404(rows.select_related("issuer__body", "issuer__kind"), pk=pk)


@require_http_methods(["GET", "POST"])
def edit(request: Asked, pk: int) -> HttpResponse:
    """The draft, a fieldset for each duty; saved as a whole."""
    task_list = _find_list(request, pk)
    if not rules.may_edit_list(actor(request), task_list):
        raise PermissionDenied(_("Only a draft on one’s own desk is changed"))
    names = Names(task_list.issuer, request.today)
    form = forms.DutyListForm(request.POST or None, initial=_head(task_list))
    stands: list[Duty] = []
    if request.method == "GET":
        rows, status, version = forms.rows_of(_duties(task_list), names), 200, task_list.version
    else:
        rows, status, version = forms.typed_rows(request.POST), 400, number(request, "version")
        found = forms.plans(rows, names)
        if form.is_valid() and not any(row.problem for row in rows):
            try:
                _save(request, task_list, _plan(form.cleaned_data, task_list.issuer, found), version)
                return redirect("tasks:duties-edit" if "more" in request.POST else "tasks:list", task_list.pk)
            except Conflict as error:
                form.add_error(None, error.message)
                version, status, stands = error.details["row"].version, 409, _duties(task_list)
            except Refused as error:
                _beside(error, form, rows)
    context = {
        "task_list": task_list,
        "form": form,
        "rows": [*rows, *forms.empty_rows(len(rows))],
        "filled": len(rows),
        "version": version,
        "stands": stands,
        "problems": _problems(rows),
        "names": _name_choices(names),
    }
    return render(request, "tasks/duties_edit.html", context, status=status)


def _save(request: Asked, task_list: TaskList, plan: DutyListPlan, version: int) -> None:
    save_duties(task_list, plan, version=version, by=request.user, op=operation(request), now=request.now)


def _beside(error: Refused, form: forms.DutyListForm, rows: list[forms.RowForm]) -> None:
    """A refusal beside the row or the field that it speaks of."""
    for key, words in error.details.items():
        if key.startswith("row") and key[3:].isdecimal() and int(key[3:]) <= len(rows):
            rows[int(key[3:]) - 1].problem = str(words)
            return
    place = next((key for key in error.details if key in form.fields), None)
    form.add_error(place, error.message)


def _problems(rows: list[forms.RowForm]) -> list[dict[str, str]]:
    return [{"target": f"id_content_{row.key}", "text": row.problem} for row in rows if row.problem]


def _head(task_list: TaskList) -> dict[str, Any]:
    return {name: getattr(task_list, name) for name in ("title", "title_en", "year", "document_number", "source")}


def _duties(task_list: TaskList) -> list[Duty]:
    bearers = Bearer.objects.select_related("unit", "group")
    return list(task_list.duties.prefetch_related(Prefetch("bearers", bearers)).order_by("position"))


def _name_choices(names: Names) -> list[str]:
    """What the unit field offers while one types."""
    return [*(group.name for group in names.groups), *dict.fromkeys(unit.name for unit in names.units)]


@require_POST
def publish(request: Asked, pk: int) -> HttpResponse:
    """The draft leaves the desk: issued at once, or put before a leader."""
    task_list = _find_list(request, pk)
    try:
        if "oral" in request.POST:
            words = request.POST.get("paper", "")
            leader = _approver(request, task_list)
            issue_on_word(task_list, leader, words, by=request.user, op=operation(request), now=request.now)
            messages.success(request, _("The responsibility list is issued"))
        elif "send" in request.POST:
            approver = _approver(request, task_list)
            send_duties(task_list, approver, by=request.user, op=operation(request), now=request.now)
            messages.success(request, _("Sent for approval to %(name)s") % {"name": approver.name})
        else:
            issue_duties(task_list, by=request.user, op=operation(request), now=request.now)
            messages.success(request, _("The responsibility list is issued"))
    except Refused as error:
        return refused(request, error)
    return redirect("tasks:list", task_list.pk)


@require_POST
def copy(request: Asked, pk: int) -> HttpResponse:
    """An issued list becomes a draft for this year, or the next where it is of this year already."""
    task_list = _find_list(request, pk)
    year = max(request.today.year, task_list.year + 1)
    try:
        made = copy_duties(task_list, year, by=request.user, op=operation(request), now=request.now)
    except Refused as error:
        return refused(request, error)
    return redirect("tasks:duties-edit", made.pk)


def _approver(request: Asked, task_list: TaskList) -> User:
    """The chosen leader among those who may approve."""
    choice = number(request, "approver")
    fitting = approvers(task_list.issuer, request.today, request.user)
    approver = next((person for person in fitting if person.pk == choice), None)
    if approver is None:
        raise Invalid(_("Choose another leader"))
    return approver


def decide(request: Asked, approval: Approval) -> HttpResponse:
    """A leader decides on a responsibility list on one screen (called from the approval page)."""
    problem, status = "", 200
    if request.method == "POST":
        words = request.POST.get("words", "")
        try:
            done = decide_duties(
                approval, "agree" in request.POST, words, by=request.user, op=operation(request), now=request.now
            )
            return redirect(done if done.issued_on else "home")
        except Invalid as error:
            problem, status = error.message, 400
        except Refused as error:
            messages.warning(request, error.message)
            return redirect("home")
    lines = queries.lines_of(approval.list, request.user, request.today)
    context = {
        "approval": approval,
        "task_list": approval.list,
        "sections": _sections(lines),
        "problems": [{"target": "id_words", "text": problem}] if problem else [],
        "words": request.POST.get("words", ""),
        "has_errors": bool(problem),
        "decided": approval.decision != Approval.Decision.ASKED,
    }
    return render(request, "tasks/duties_approval.html", context, status=status)


@require_http_methods(["GET", "POST"])
def duty(request: Asked, pk: int) -> HttpResponse:
    """One duty: who answers for it, its tasks or its breaches; the desk links tasks and notes breaches here."""
    rows = Duty.objects.visible_to(request.user, request.today).select_related("list__issuer__body")
    row = get_object_or_404(rows, pk=pk)
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            _do(request, row)
            return redirect(row)
        except Invalid as error:
            fields = [key for key in ("on_day", "words", "task") if key in error.details]
            problems = [{"target": f"id_{key}", "text": str(error.details[key])} for key in fields] or [
                {"target": "main", "text": error.message}
            ]
        except Refused as error:
            return refused(request, error)
    return render(request, "tasks/duty.html", _duty_context(request, row, problems), status=400 if problems else 200)


def _duty_context(request: Asked, row: Duty, problems: list[dict[str, str]]) -> dict[str, Any]:
    desk = row.list.issued_on is not None and bool(rules.may_issue(actor(request), row.list.issuer))
    notes = list(row.breaches.select_related("noted_by", "corrects")) if row.is_negative else []
    wanted = request.GET.get("q", "").strip()[:60]
    return {
        "duty": row,
        "task_list": row.list,
        "line": next(iter(queries.lines_of(row.list, request.user, request.today, only=row.pk))),
        "notes": notes,
        "standing": standing_breaches(notes),
        "desk": desk,
        "choices": list(queries.linkable(row, request.user, request.today, wanted))
        if desk and not row.is_negative
        else [],
        "wanted": wanted,
        "problems": problems,
        "wrong": {problem["target"]: problem["text"] for problem in problems},
        "typed": request.POST,
    }


def _do(request: Asked, row: Duty) -> None:
    """The one deed that the pressed button means; anything else was not made by us (400)."""
    by, op, now = request.user, operation(request), request.now
    deed = request.POST.get("do", "")
    if deed == "link":
        if not request.POST.get("task"):
            raise Invalid(_("Choose a task"), task=_("Choose a task"))
        task = get_object_or_404(Task.objects.visible_to(by, request.today), pk=number(request, "task"))
        link_task(row, task, by=by, op=op, now=now)
    elif deed == "unlink":
        unlink_task(row, number(request, "task"), by=by, op=op, now=now)
    elif deed in ("breach", "correct"):
        corrects = get_object_or_404(Breach, duty=row, pk=number(request, "note")) if deed == "correct" else None
        day = _day(request.POST.get("on_day", ""))
        words = request.POST.get("words", "")
        note_breach(row, day, words, corrects=corrects, withdrawn="withdrawn" in request.POST, by=by, op=op, now=now)
    else:
        raise BadRequest("do")


def _day(text: str) -> Any:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Invalid(_("Enter the day of the breach"), on_day=_("Enter the day of the breach"))
    return day
