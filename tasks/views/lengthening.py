"""More time for everyone: a later date and a reason, who is affected, then one button (ux SEC-7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.requests import Asked
from branches.writing import Invalid, Refused, done_before
from tasks import rules
from tasks.actions.lengthening import KIND, MOST, lengthen, problems_of
from tasks.forms.papers import date_or_none
from tasks.models import Assignment, TaskList
from tasks.queries.lengthening import Narrowed, left_out, next_ones, reached, with_people
from tasks.states import DESK, ListStage
from tasks.views.answers import actor, keys, operation, refused, scoped

FIELDS = {"rows": "rows", "day": "id_day", "reason": "id_reason"}


@dataclass(frozen=True)
class Meant:
    """What the page is about: rows of one list, or rows chosen in the work queue from whatever lists."""

    rows: QuerySet[Assignment]
    task_list: TaskList | None = None

    @property
    def back(self) -> str:
        """Where the page was opened from."""
        return self.task_list.get_absolute_url() if self.task_list else reverse("home")


@require_http_methods(["GET", "POST"])
def more_time(request: Asked, pk: int) -> HttpResponse:
    """Rows of one list: those that are meant with date and reason; then the people they reach; then the write."""
    lists = TaskList.objects.visible_to(request.user, request.today).filter(kind=TaskList.Kind.TASK)
    task_list = get_object_or_404(lists.select_related("issuer__body"), pk=pk)
    if not rules.may_issue(actor(request), task_list.issuer):
        raise PermissionDenied(_("A due date is changed by the desk that issued the list"))
    rows = _narrowed(request).of(task_list, request.user, request.today)
    return _answer(request, Meant(rows if task_list.stage == ListStage.ISSUED else rows.none(), task_list))


@require_http_methods(["GET", "POST"])
def more_time_chosen(request: Asked) -> HttpResponse:
    """The same for what is ticked in the work queue, as far as this person keeps the desk that gave it."""
    who = scoped(request)
    if not any(hat.role in DESK for hat in who.hats):
        raise PermissionDenied(_("A due date is changed by the desk that issued the list"))
    return _answer(request, Meant(_narrowed(request).given_by(who)))


def _answer(request: Asked, meant: Meant) -> HttpResponse:
    rows = reached(meant.rows, MOST)
    if request.method == "GET":
        every = {row.pk for row in rows} if meant.task_list is None else next_ones(rows)
        return _page(request, meant, rows, every if request.GET else set(), {})
    op, confirmed = operation(request), request.POST.get("do") == "confirm"
    if confirmed and done_before(op, KIND, request.user):
        return redirect("tasks:pressed", op)
    ticked = set(keys(request.POST.getlist("row"), MOST))
    chosen = [row for row in rows if row.pk in ticked]
    day, reason = date_or_none(request.POST.get("day", "")), request.POST.get("reason", "")
    problems = {} if confirmed and ticked else problems_of(chosen, day, reason, request.today)
    if problems or not confirmed:
        return _page(request, meant, rows, ticked, problems, confirm=chosen)
    try:
        lengthen(sorted(ticked), day, reason, by=request.user, op=op, now=request.now)
    except Invalid as error:
        return _page(request, meant, rows, ticked, {str(name): str(words) for name, words in error.details.items()})
    except Refused as error:
        return refused(request, error)
    return redirect("tasks:pressed", op)


def _narrowed(request: Asked) -> Narrowed:
    asked = {name: tuple(keys(request.GET.getlist(name), MOST)) for name in ("task", "unit", "period", "row")}
    return Narrowed(asked["task"], asked["unit"], asked["period"], asked["row"])


def _page(
    request: Asked,
    meant: Meant,
    rows: list[Assignment],
    ticked: set[int],
    problems: dict[str, str],
    confirm: list[Assignment] | None = None,
) -> HttpResponse:
    tasks = {row.task_id: row.task for row in rows}
    lists = {row.list_id for row in rows}
    asked_one = len(request.GET.getlist("task")) == 1 and len(tasks) == 1
    confirming = [] if problems else with_people(confirm or [], request.today)
    context = {
        "task_list": meant.task_list,
        "task": next(iter(tasks.values())) if asked_one else None,
        "rows": [(row, row.pk in ticked) for row in rows[:MOST]],
        "too_many": MOST if len(rows) > MOST else 0,
        "left": {} if confirming else left_out(meant.rows),
        "one_task": len(tasks) == 1,
        "one_list": len(lists) == 1,
        "confirming": confirming,
        "people": len({person.pk for one in confirming for person in one.people}),
        "units": len({one.row.unit_id for one in confirming}),
        "broken_down": any(one.row.broken_down for one in confirming),
        "day": date_or_none(request.POST.get("day", "")),
        "day_typed": request.POST.get("day", ""),
        "reason": request.POST.get("reason", "")[:300],
        "wrong": problems,
        "problems": [{"target": FIELDS.get(name, ""), "text": text} for name, text in problems.items()],
        "back": meant.back,
    }
    return render(request, "tasks/list_time.html", context, status=400 if problems else 200)
