"""A body signs for a new version of a list it has: what changes for it, and what becomes of each row it made (design 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks import rules
from tasks.actions import sign
from tasks.actions.offspring import Choice, offspring_of
from tasks.actions.revising import Effect, concerned, unsigned
from tasks.forms.editions import answers_of
from tasks.models import Assignment, Delivery, Edition
from tasks.queries.editions import Entry, entries
from tasks.states import Stage
from tasks.views.answers import actor, operation


@dataclass
class Below:
    """One row that grew from a changed one, with what is proposed or was typed for it."""

    row: Assignment
    choice: str
    day: str
    reason: str
    problem: str = ""
    field: str = ""


@dataclass
class Part:
    """One task of the version, as it concerns this body."""

    entry: Entry
    effects: list[Effect]
    below: list[Below] = field(default_factory=list)
    elsewhere: list[Assignment] = field(default_factory=list)  # rows of a body further down: its own to sign for


def waiting(delivery: Delivery) -> tuple[list[Edition], list[Effect]]:
    """The versions to sign for and what they come to for this body; nothing where it never signed for the list before."""
    editions = unsigned(delivery)
    before = Delivery.objects.filter(list=delivery.list_id, body=delivery.body_id, signed_at__isnull=False)
    if not editions or not before.exists():
        return [], []
    return editions, concerned(delivery, editions)


def sign_edition(
    request: Asked, delivery: Delivery, editions: Sequence[Edition], found: Sequence[Effect]
) -> HttpResponse:
    """One page: the changes, a question for each row below, one button."""
    below = list(offspring_of(found).select_related("unit", "task__text", "list"))
    asked = [row for row in below if row.body_id == delivery.body_id]
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            answers = answers_of(request.POST.dict(), [row.pk for row in asked])
            sign(delivery, answers=answers, by=request.user, op=operation(request), now=request.now)
            messages.success(request, _("Signed for version %(n)d") % {"n": delivery.edition})
            return redirect("tasks:list", delivery.list_id)
        except Invalid as error:
            problems, status = {key: str(text) for key, text in error.details.items()}, 400
        except Refused as error:
            messages.warning(request, error.message)
            return redirect("tasks:list", delivery.list_id)
    context = {
        "delivery": delivery,
        "task_list": delivery.list,
        "parts": _parts(request, editions, found, below, asked, problems),
        "problems": [{"target": key, "text": text} for key, text in problems.items()],
        "has_errors": bool(problems),
        "may_sign": bool(rules.may_sign(actor(request), delivery.body)),
        "choices": [(Choice.DATE, _("New date")), (Choice.KEEP, pgettext("row", "Keep")), (Choice.STOP, _("Stop"))],
        "asked": len(asked),
    }
    return render(request, "tasks/edition_sign.html", context, status=status)


def _parts(
    request: Asked,
    editions: Sequence[Edition],
    found: Sequence[Effect],
    below: Sequence[Assignment],
    asked: Sequence[Assignment],
    problems: dict[str, str],
) -> list[Part]:
    mine = {effect.row.task_id for effect in found}
    parts: dict[int, Part] = {}
    for edition in editions:
        for entry in entries(edition.changes, mine):
            effects = [effect for effect in found if effect.row.task_id == entry.task]
            parts[entry.task] = Part(_joined(parts.get(entry.task), entry), effects)
    by_source = {effect.row.pk: effect for effect in found}
    for row in below:
        effect = by_source[row.source_id or 0]
        part = parts[effect.row.task_id]
        if row in asked:
            part.below.append(_below(request, row, effect, problems))
        else:
            part.elsewhere.append(row)
    return list(parts.values())


def _joined(before: Part | None, entry: Entry) -> Entry:
    """A task that two versions changed shows the words of both, older first."""
    if before is not None:
        entry.words = [*before.entry.words, *entry.words]
        entry.reasons = [*before.entry.reasons, *entry.reasons]
    return entry


def _below(request: Asked, row: Assignment, effect: Effect, problems: dict[str, str]) -> Below:
    choice, day, reason = _proposed(row, effect)
    if request.method == "POST":
        choice = request.POST.get(f"choice-{row.pk}", "")
        day, reason = request.POST.get(f"day-{row.pk}", ""), request.POST.get(f"reason-{row.pk}", "")
    wrong = next((name for name in ("choice", "day", "reason") if f"{name}-{row.pk}" in problems), "")
    return Below(row, choice, day, reason, problems.get(f"{wrong}-{row.pk}", ""), wrong)


def _proposed(row: Assignment, effect: Effect) -> tuple[str, str, str]:
    """What is filled in before somebody decides: the source's date where ours is later, stop what was withdrawn unless it
    is reported already."""
    if effect.stop is not None:
        kept = row.stage == Stage.REPORTED
        return (Choice.KEEP if kept else Choice.STOP), _iso(row.due_on), effect.stop
    later = effect.day is not None and (row.due_on is None or row.due_on > effect.day)
    return (Choice.DATE if later else Choice.KEEP), _iso(effect.day if later else row.due_on), ""


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
