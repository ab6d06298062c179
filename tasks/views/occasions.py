"""Event days of work that waits for one ("会后3个工作日内"), and dates that are notified later (design 4)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks.actions.occasions import enter_day, move_day
from tasks.forms.occasions import DateForm, DayForm, EventForm
from tasks.models import Step
from tasks.queries.occasions import Days, days_of, waiting_steps
from tasks.views.answers import actor, number, operation, refused


@require_http_methods(["GET", "HEAD", "POST"])
def days(request: Asked, pk: int) -> HttpResponse:
    """The days entered for one deadline, a form for the next one, and one to move each."""
    step = get_object_or_404(waiting_steps(request.user, request.today), pk=pk)
    page = days_of(step, actor(request))
    if request.method == "POST":
        return _move(request, page) if "period" in request.POST else _enter(request, page)
    initial = {"event_on": request.GET.get("day", "")[:10]}
    return _page(request, page, _form(page, initial=initial), {})


def _form(page: Days, data: object = None, initial: object = None) -> DayForm:
    if page.step.kind == Step.Kind.NOTICE:
        return DateForm(data, initial=initial)
    return EventForm(data, initial=initial, units=page.units, everybody=page.issues)


def _enter(request: Asked, page: Days) -> HttpResponse:
    if not (page.issues or page.units):
        raise PermissionDenied(
            _("The day is entered by the desk that issued the list, or by the unit for its own meeting")
        )
    form, op = _form(page, request.POST), operation(request)
    if form.is_valid():
        try:
            period = enter_day(
                page.step,
                form.cleaned_data["event_on"],
                event=form.cleaned_data.get("event", ""),
                due_on=form.cleaned_data.get("due_on"),
                unit=form.chosen if isinstance(form, EventForm) else None,
                by=request.user,
                op=op,
                now=request.now,
            )
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            return refused(request, error)
        else:
            rows = period.assignments.count()
            words = _("Entered: %(n)d assignments are due on %(day)s") % {"n": rows, "day": period.due_on}
            messages.success(request, words)
            return redirect("tasks:days", page.step.pk)
    return _page(request, page, form, {}, 400)


def _move(request: Asked, page: Days) -> HttpResponse:
    op, key = operation(request), number(request, "period")
    period = next((one for one in page.entered if one.pk == key), None)
    if period is None or not (page.issues or period.for_unit_id in {unit.pk for unit in page.units}):
        raise PermissionDenied(_("A day is moved by the desk that entered it"))
    form = DayForm(request.POST, prefix=f"p{key}")
    if form.is_valid():
        try:
            move_day(
                period,
                form.cleaned_data["event_on"],
                due_on=form.cleaned_data["due_on"],
                by=request.user,
                op=op,
                now=request.now,
            )
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            return refused(request, error)
        else:
            messages.success(request, _("The day was moved, and the due dates with it"))
            return redirect("tasks:days", page.step.pk)
    return _page(request, page, _form(page), {key: form}, 400)


def _page(request: Asked, page: Days, form: DayForm, wrong: dict[int, DayForm], status: int = 200) -> HttpResponse:
    rows = [
        (period, wrong.get(period.pk) or DayForm(prefix=f"p{period.pk}", initial={"event_on": period.event_on}))
        for period in page.entered
    ]
    shown = next(iter(wrong.values()), form)
    context = {"page": page, "task": page.step.task, "form": form, "shown": shown, "rows": rows, "wrong": set(wrong)}
    return render(request, "tasks/days.html", context, status=status)
