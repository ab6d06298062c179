"""A body signs for a list that arrived: keeps it whole with a person named, or breaks it down into its own list (SEC-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.models import Unit, UnitGroup, User
from branches.requests import Asked
from branches.writing import Invalid, Refused, done_before
from tasks import rules
from tasks.actions import BreakRow, break_down, sign
from tasks.models import Assignment, Delivery, TaskList
from tasks.papers.names import Names, key_of
from tasks.plans import ReceiverPlan
from tasks.queries.lists import own_delivery, signing_rows
from tasks.states import WITH_UNIT, ReceiverRole
from tasks.views.answers import actor, operation
from tasks.views.edition_signing import sign_edition, waiting

WHOLE = "whole"


@require_http_methods(["GET", "POST"])
def sign_list(request: Asked, pk: int) -> HttpResponse:
    """Every row pre-filled: the body keeps it, or hands it to its own units; then one button."""
    task_list = get_object_or_404(
        TaskList.objects.visible_to(request.user, request.today).select_related("issuer"), pk=pk
    )
    delivery = own_delivery(task_list, request.user, request.today)
    if delivery is None:
        raise Http404
    delivery.list = task_list
    if delivery.edition > 1 and delivery.signed_at is None:
        editions, found = waiting(delivery)
        if found:
            return sign_edition(request, delivery, editions, found)
    rows = signing_rows(delivery)
    names = Names(delivery.body, request.today)
    people = _people(delivery, request.today)
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            return _act(request, delivery, rows, names, people, problems)
        except Invalid as error:
            problems.setdefault("form", error.message)
            if "task" in error.details:
                problems[f"due-{error.details['task']}"] = problems.pop("form")
            status = 400
        except Refused as error:
            messages.warning(request, error.message)
            return redirect("tasks:list", task_list.pk)
    context = _context(request, delivery, rows, names, people, problems)
    return render(request, "tasks/sign.html", context, status=status)


def _act(
    request: Asked,
    delivery: Delivery,
    rows: Sequence[Assignment],
    names: Names,
    people: dict[str, User],
    problems: dict[str, str],
) -> HttpResponse:
    op = operation(request)
    if before := done_before(op, "break_down", request.user):
        return redirect("tasks:list", before["list"] or delivery.list_id)
    persons = {row.pk: people[chosen] for row in rows if (chosen := request.POST.get(f"person-{row.pk}", "")) in people}
    if "sign" in request.POST:
        sign(delivery, persons=persons, by=request.user, op=op, now=request.now)
        messages.success(request, _("Signed for. The list is now in your own hands"))
        return redirect("tasks:list", delivery.list_id)
    parts = [_part(request, row, names, problems) for row in rows if row.stage in WITH_UNIT and not row.broken_down]
    if problems:
        raise Invalid(next(iter(problems.values())))
    if not any(part.receivers for part in parts):
        problems["form"] = _("Choose at least one unit for one task, or keep everything whole and sign")
        raise Invalid(problems["form"])
    title = request.POST.get("title", "").strip()
    if not title:
        problems["title"] = _("Enter a list name")
        raise Invalid(problems["title"])
    own = break_down(delivery, parts, title[:60], by=request.user, op=op, now=request.now)
    if own is None:
        return redirect("tasks:list", delivery.list_id)
    messages.success(request, _("Signed for and broken down. This is your own list"))
    return redirect("tasks:list", own.pk)


def _part(request: Asked, row: Assignment, names: Names, problems: dict[str, str]) -> BreakRow:
    """What the form says of one task: which units or groups take it over, in whose words, by which day."""
    chosen = []
    for key in request.POST.getlist(f"units-{row.task_id}") or request.POST.getlist("units-all"):
        match = names.find("", key)
        if match.unit or match.group:
            chosen.append(ReceiverPlan(ReceiverRole.LEAD, unit=match.unit, group=match.group, written=match.called))
    due_on: date | None = None
    if text := request.POST.get(f"due-{row.task_id}", "").strip():
        due_on = _day(text)
        if due_on is None:
            problems[f"due-{row.task_id}"] = _("No. %(number)s: “%(text)s” is no date. Write it as 2026-06-30") % {
                "number": row.task.number,
                "text": text,
            }
    if due_on == row.due_on:
        due_on = None
    words = request.POST.get(f"content-{row.task_id}", "").strip()[:300]
    same = row.task.text is not None and words == row.task.text.content
    return BreakRow(
        row.task_id, chosen, "" if same else words, due_on=due_on, mandatory=f"free-{row.task_id}" not in request.POST
    )


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _people(delivery: Delivery, on: date) -> dict[str, User]:
    """Who may be named responsible: people with a post in the body."""
    posts = delivery.body.posts.model.objects.filter(unit__body=delivery.body, user__is_active=True).active(on)
    return {str(post.user_id): post.user for post in posts.select_related("user").order_by("unit__path", "pk")}


def _context(
    request: Asked,
    delivery: Delivery,
    rows: Sequence[Assignment],
    names: Names,
    people: dict[str, User],
    problems: dict[str, str],
) -> dict[str, Any]:
    groups: list[UnitGroup] = [group for group in names.groups if group.reach == UnitGroup.Reach.OWN]
    own: list[Unit] = [
        unit
        for unit in names.units
        if unit.body_id == delivery.body_id and unit.pk != delivery.body_id and unit.kind.has_people
    ]
    offered: list[Unit | UnitGroup] = [*groups, *own]
    lines = []
    for row in rows:
        fixed = row.stage not in WITH_UNIT or row.broken_down
        lines.append(
            {
                "row": row,
                "fixed": fixed,
                "chosen": request.POST.getlist(f"units-{row.task_id}"),
                "due": request.POST.get(f"due-{row.task_id}", row.due_on.isoformat() if row.due_on else ""),
                "one_date": len(row.step.dates) == 1,
                "content": request.POST.get(f"content-{row.task_id}", row.task.text.content if row.task.text else ""),
                "person": request.POST.get(f"person-{row.pk}", str(row.person_id or "")),
                "problem": problems.get(f"due-{row.task_id}", ""),
            }
        )
    return {
        "delivery": delivery,
        "task_list": delivery.list,
        "lines": lines,
        "choices": [(key_of(thing), thing) for thing in offered],
        "all_chosen": request.POST.getlist("units-all"),
        "people": list(people.items()),
        "title": request.POST.get("title", "") or _own_title(delivery),
        "problems": [
            {"target": {"title": "id_title", "form": "hand-on"}.get(key, key), "text": text}
            for key, text in problems.items()
        ],
        "title_problem": problems.get("title", ""),
        "may_sign": bool(rules.may_sign(actor(request), delivery.body)),
        "open_count": sum(not line["fixed"] for line in lines),
        "has_errors": bool(problems),
    }


def _own_title(delivery: Delivery) -> str:
    """The county's own name for what it makes of the city's list."""
    return f"{delivery.body.called}·{delivery.list.title}"[:60]
