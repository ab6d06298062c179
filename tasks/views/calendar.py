"""The calendar of days off (design 5): paste the yearly notice, look, save; change single days; see what is due on a day off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from branches import rules
from branches.actions.calendar import remove_calendar_day, set_calendar_days
from branches.models import Change
from branches.queries import history
from branches.requests import Asked
from branches.views.answering import done, go, number, operation, pressed
from tasks.calendar import forget, unknown_year, working_days
from tasks.forms.calendar import DayForm, NoticeForm
from tasks.holidays import Notice, read_notice
from tasks.queries.calendar import year_days

DOUBTS = {
    "no-year": gettext_lazy("The text names no year. Paste the notice with its title"),
    "missing": gettext_lazy("Not found in the text: %(words)s"),
    "count": gettext_lazy("The number of days does not fit: %(words)s"),
    "no-day": gettext_lazy("No day could be read: %(words)s"),
    "no-such-day": gettext_lazy("There is no such day: %(words)s"),
    "weekday": gettext_lazy("The weekday does not belong to the date: %(words)s"),
    "range": gettext_lazy("Too long for days off: %(words)s"),
    "both": gettext_lazy("Both off and worked, left out: %(words)s"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: Asked) -> HttpResponse:
    """The days of one year. Everybody may look; who keeps the calendar pastes, saves and changes."""
    keeps = rules.calendar_keeper(request.posts) is not None
    notice, day, read = NoticeForm(), DayForm(), None
    if request.method == "POST":
        if not keeps:
            raise PermissionDenied(_("Days off are entered by the organisation admin of the topmost body"))
        deed = request.POST.get("do")
        if deed in ("read", "save"):
            notice = NoticeForm(request.POST)
            read = read_notice(notice.cleaned_data["notice"]) if notice.is_valid() else None
            if read and not read.days:
                notice.add_error("notice", _("No days off were found in this text"))
            if deed == "save" and read and read.days and _save(request, notice, read):
                return go(request, _address(read.year), _("The days off have been saved"))
        elif deed == "day":
            day = DayForm(request.POST)
            if day.is_valid() and _set_day(request, day):
                return go(request, _address(day.cleaned_data["day"].year), _("The day has been saved"))
        elif deed == "remove":
            return _remove(request)
        else:
            raise BadRequest("do")
    shown = notice if notice.errors else day
    return render(request, "tasks/calendar.html", _context(request, keeps, notice, day, read), status=shown.status)


def _context(request: Asked, keeps: bool, notice: NoticeForm, day: DayForm, read: Notice | None) -> dict[str, Any]:
    days, today = working_days(), request.today
    unknown = unknown_year(today, days)
    wanted = number(request, "year") if request.method == "GET" else read.year if read else None
    year = wanted if wanted and 2000 <= wanted <= 2100 else unknown or today.year
    found = read if read and read.days else None
    return {
        "keeps": keeps,
        "notice": notice,
        "day": day,
        "read": found,
        "doubts": [str(DOUBTS[code]) % {"words": words} for code, words in read.doubts] if read else [],
        "year": year,
        "years": range(today.year - 1, today.year + 3),
        "published": days.is_published(year),
        "unknown": unknown,
        "of_year": year_days(request.user, year, today, days, everybody=keeps),
        "events": history.lines(Change.objects.filter(verb="calendar-changed")) if keeps else [],
    }


def _save(request: Asked, form: NoticeForm, read: Notice) -> bool:
    days = {named.day: (named.worked, named.name) for named in read.days}
    op = operation(request)
    return done(form, lambda: _act(lambda: set_calendar_days(days, by=request.user, op=op, now=request.now)))


def _set_day(request: Asked, form: DayForm) -> bool:
    data, op = form.cleaned_data, operation(request)
    days = {data["day"]: (data["worked"] == "1", data["name"].strip())}
    return done(form, lambda: _act(lambda: set_calendar_days(days, by=request.user, op=op, now=request.now)))


def _remove(request: Asked) -> HttpResponse:
    day, op = parse_date(request.POST.get("day", "")[:10]), operation(request)
    if day is None:
        raise BadRequest("day")
    pressed(
        request,
        lambda: _act(lambda: remove_calendar_day(day, by=request.user, op=op, now=request.now)),
        _("The day has been taken out"),
    )
    return redirect(_address(day.year))


def _act(act: Callable[[], Any]) -> None:
    """Do it, and forget the calendar this request has read."""
    act()
    forget()


def _address(year: int | None) -> str:
    return f"{reverse('tasks:calendar')}?year={year}"
