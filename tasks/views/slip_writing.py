"""A slip is written: from a task's page, from chosen tasks of one unit, or freely; shown as a paper, then issued."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.models import Unit, User
from branches.requests import Asked
from branches.writing import Invalid, Refused, done_before
from tasks import slips as rules
from tasks.actions.slips import MOST_ROWS, SlipPlan, issue_slip, problems_of
from tasks.forms.reports import only
from tasks.forms.slips import SlipForm
from tasks.models import Assignment, Slip, SlipWords, StoredFile, Task
from tasks.papers.slips import paper_of_plan
from tasks.queries.assignments import offered_files, own_files
from tasks.queries.slips import chosen_rows
from tasks.uploads import keep_all
from tasks.views.answers import actor, chosen, operation, refused

DEEDS = ("preview", "change", "issue")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """The form, its preview, and the deed itself; `row` names the tasks it is about, `task` a whole task."""
    asked = request.POST if request.method == "POST" else request.GET
    rows = chosen_rows(_keys(asked.getlist("row")), request.user, request.today)
    task = _task(request, asked.get("task", ""))
    if asked.getlist("row") and not rows:
        raise Http404
    body = _body(request, rows, task)
    if len({row.unit_id for row in rows}) > 1:
        return _one_unit_each(request, rows)
    if request.method != "POST":
        return _page(request, body, rows, task, _form(request, body, rows, None, _first(request, rows, task)), [])
    deed = request.POST.get("do", "")
    if deed not in DEEDS:
        raise BadRequest("do")
    if deed == "issue" and (done := done_before(operation(request), "issue_slip", request.user)):
        return redirect("tasks:slip", done["slip"])
    return _written(request, body, rows, task, deed)


def _keys(texts: list[str]) -> list[int]:
    if len(texts) > MOST_ROWS or not all(text.isascii() and text.isdecimal() and len(text) < 19 for text in texts):
        raise BadRequest("row")
    return [int(text) for text in texts]


def _task(request: Asked, key: str) -> Task | None:
    if not key:
        return None
    rows = Task.objects.visible_to(request.user, request.today).select_related("text", "list__issuer__body")
    found = rows.filter(pk__in=_keys([key]), list__issued_on__isnull=False).first()
    if found is None:
        raise Http404
    return found


def _body(request: Asked, rows: Sequence[Assignment], task: Task | None) -> Unit:
    """The body in whose name the slip is issued: the one that gave the tasks, else the one whose post is in use."""
    who = actor(request)
    given = rows[0].issuer_body if rows else task.list.issuer.body if task else None
    if given is not None:
        if not rules.may_issue_for(who, given):
            raise PermissionDenied(_("A slip is issued by the desk or a leader of the body that gave the task"))
        return given
    held = [hat.post for hat in rules.seats(who) if hat.post]
    mine = next((post for post in held if request.scope and post.pk == request.scope.pk), next(iter(held), None))
    if mine is None:
        raise PermissionDenied(_("A slip is issued by the desk or a leader of a body"))
    return mine.unit


def _one_unit_each(request: Asked, rows: Sequence[Assignment]) -> HttpResponse:
    """A slip goes to one unit: the chosen tasks of several are offered unit by unit."""
    by_unit: dict[Unit, list[int]] = {}
    for row in rows:
        by_unit.setdefault(row.unit, []).append(row.pk)
    return render(request, "tasks/slip_units.html", {"by_unit": by_unit})


def _first(request: Asked, rows: Sequence[Assignment], task: Task | None) -> dict[str, Any]:
    """What the form begins with: who asks, and what it is about as far as that is one thing."""
    about = rows[0].task if len(rows) == 1 else task
    matter = about.text.content if about and about.text else rows[0].list.title if rows else ""
    return {
        "level": 1,
        "lead": rows[0].unit_id if rows else None,
        "matter": matter[:120],
        "leading": [row.leader_id for row in rows[:1] if row.leader_id],
        "contact": request.user.name,
        "phone": request.user.phone,
    }


def _form(
    request: Asked, body: Unit, rows: Sequence[Assignment], data: Any, initial: dict[str, Any] | None = None
) -> SlipForm:
    leaders: list[User] = rules.leaders(body, request.today)
    units = list(rules.receivers(body, request.today))
    if initial is not None:
        named = {leader.pk for leader in leaders}
        initial["leading"] = [key for key in initial["leading"] if key in named]
        if len(leaders) == 1:
            initial |= {"instructed_by": leaders[0].pk, "leading": [leaders[0].pk]}
    files = request.FILES if data is not None else None
    return SlipForm(data, files, words=SlipWords.of(body), leaders=leaders, units=units, initial=initial)


def _written(request: Asked, body: Unit, rows: list[Assignment], task: Task | None, deed: str) -> HttpResponse:
    form = _form(request, body, rows, request.POST)
    op, is_valid = operation(request), form.is_valid()
    kept, problems = keep_all(form.cleaned_data.get("files", []), by=request.user, unit=body, now=request.now)
    ticked = list(dict.fromkeys([*chosen(request, "file"), *(one.pk for one in kept)]))
    for words in problems:
        form.add_error("files", words)
    plan = None
    try:
        files = only(own_files(request.user, request.today, ticked), ticked)
        if is_valid and not problems:
            plan = _plan(form, body, rows, task, files)
            form.refuse(problems_of(plan, request.user, request.today))
    except Invalid as error:
        form.refuse_error(error)
    if plan is None or form.errors or deed == "change":
        return _page(request, body, rows, task, form, ticked, status=400 if form.errors else 200)
    if deed == "preview":
        return _preview(request, plan, form)
    try:
        slip = issue_slip(plan, by=request.user, op=op, now=request.now)
    except Invalid as error:
        form.refuse_error(error)
        return _page(request, body, rows, task, form, ticked, status=400)
    except Refused as error:
        return refused(request, error)
    return redirect(slip)


def _plan(
    form: SlipForm, body: Unit, rows: list[Assignment], task: Task | None, files: Sequence[StoredFile]
) -> SlipPlan:
    values = form.cleaned_data
    names = ("level", "matter", "content", "instructed_by", "contact", "due_on", "feedback", "phone")
    said: dict[str, Any] = {name: values[name] for name in names}
    said |= {name: list(values[name]) for name in ("leading", "supporting", "supports")}
    return SlipPlan(
        body=body,
        lead=values["lead"],
        rows=rows,
        task=None if rows else task,
        files=files,
        **said,
    )


def _preview(request: Asked, plan: SlipPlan, form: SlipForm) -> HttpResponse:
    days = rules.days(plan.feedback, request.today, plan.due_on)
    context = {
        "paper": paper_of_plan(plan, SlipWords.of(plan.body), request.today),
        "plan": plan,
        "hidden": [field for field in form if field.name != "files"],
        "answers": len(days) if plan.feedback != Slip.Feedback.ONCE else 0,
    }
    return render(request, "tasks/slip_preview.html", context)


def _page(
    request: Asked,
    body: Unit,
    rows: Sequence[Assignment],
    task: Task | None,
    form: SlipForm,
    ticked: list[int],
    status: int = 200,
) -> HttpResponse:
    context = {
        "body": body,
        "rows": rows,
        "task": None if rows else task,
        "form": form,
        **offered_files(request.user, request.today, ticked),
    }
    return render(request, "tasks/slip_new.html", context, status=status)
