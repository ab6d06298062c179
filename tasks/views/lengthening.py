"""More time for everyone: a later date and a reason, who is affected, then one button (ux SEC-7)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from branches.requests import Asked
from branches.writing import Invalid, Refused, done_before
from tasks import rules
from tasks.actions.lengthening import MOST, lengthen, problems_of
from tasks.forms.papers import date_or_none
from tasks.models import Assignment, TaskList
from tasks.queries.lengthening import Narrowed, left_out, next_ones, reached, with_people
from tasks.states import ListStage
from tasks.views.answers import actor, operation, refused

FIELDS = {"rows": "rows", "day": "id_day", "reason": "id_reason"}


@require_http_methods(["GET", "POST"])
def more_time(request: Asked, pk: int) -> HttpResponse:
    """The rows that are meant with date and reason; then the people they reach; then the write."""
    lists = TaskList.objects.visible_to(request.user, request.today).filter(kind=TaskList.Kind.TASK)
    task_list = get_object_or_404(lists.select_related("issuer__body"), pk=pk)
    if not rules.may_issue(actor(request), task_list.issuer):
        raise PermissionDenied(_("A due date is changed by the desk that issued the list"))
    meant = _narrowed(request).of(task_list, request.user, request.today)
    rows = reached(meant, MOST) if task_list.stage == ListStage.ISSUED else []
    if request.method == "GET":
        return _page(request, task_list, meant, rows, next_ones(rows) if request.GET else set(), {})
    op, confirmed = operation(request), request.POST.get("do") == "confirm"
    if confirmed and (done := done_before(op, "lengthen", request.user)):
        return _away(request, task_list, int(done["rows"]))
    ticked = set(_keys(request.POST.getlist("row")))
    chosen = [row for row in rows if row.pk in ticked]
    day, reason = date_or_none(request.POST.get("day", "")), request.POST.get("reason", "")
    problems = problems_of(chosen, day, reason, request.today)
    if len(chosen) != len(ticked) and not problems:
        problems = {"rows": _("Some of these assignments have moved on since. Look at them again")}
    if problems or not confirmed:
        return _page(request, task_list, meant, rows, ticked, problems, confirm=chosen)
    try:
        count = lengthen(task_list, [row.pk for row in chosen], day, reason, by=request.user, op=op, now=request.now)
    except Invalid as error:
        return _page(request, task_list, meant, rows, ticked, {"day": error.message})
    except Refused as error:
        return refused(request, error)
    return _away(request, task_list, count)


def _keys(texts: list[str]) -> list[int]:
    if len(texts) > 2 * MOST or not all(text.isascii() and text.isdecimal() and len(text) < 19 for text in texts):
        raise BadRequest("row")
    return [int(text) for text in texts]


def _narrowed(request: Asked) -> Narrowed:
    asked = {name: tuple(_keys(request.GET.getlist(name))) for name in ("task", "unit", "period", "row")}
    return Narrowed(asked["task"], asked["unit"], asked["period"], asked["row"])


def _away(request: Asked, task_list: TaskList, count: int) -> HttpResponse:
    words = ngettext("%(n)d assignment has the new date", "%(n)d assignments have the new date", count) % {"n": count}
    messages.success(request, words)
    tasks = _keys(request.GET.getlist("task"))
    return redirect("tasks:task", tasks[0]) if len(tasks) == 1 else redirect(task_list)


def _page(
    request: Asked,
    task_list: TaskList,
    meant: Any,
    rows: list[Assignment],
    ticked: set[int],
    problems: dict[str, str],
    confirm: list[Assignment] | None = None,
) -> HttpResponse:
    tasks = {row.task_id: row.task for row in rows}
    asked_one = len(request.GET.getlist("task")) == 1 and len(tasks) == 1
    confirming = [] if problems else with_people(confirm or [], request.today)
    context = {
        "task_list": task_list,
        "task": next(iter(tasks.values())) if asked_one else None,
        "rows": [(row, row.pk in ticked) for row in rows[:MOST]],
        "too_many": MOST if len(rows) > MOST else 0,
        "left": {} if confirming else left_out(meant),
        "one_task": len(tasks) == 1,
        "confirming": confirming,
        "people": len({person.pk for one in confirming for person in one.people}),
        "units": len({one.row.unit_id for one in confirming}),
        "broken_down": any(one.row.broken_down for one in confirming),
        "day": date_or_none(request.POST.get("day", "")),
        "day_typed": request.POST.get("day", ""),
        "reason": request.POST.get("reason", "")[:300],
        "wrong": problems,
        "problems": [{"target": FIELDS.get(name, ""), "text": text} for name, text in problems.items()],
        "back": reverse("tasks:list", args=[task_list.pk]),
    }
    return render(request, "tasks/list_time.html", context, status=400 if problems else 200)
