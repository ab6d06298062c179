"""The first page of a demo, and the two-minute tour through it (issue 7). Nothing of it exists anywhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches import clock
from branches.models import DemoState, User
from branches.requests import Asked, Visit
from branches.views.accounts import demo_or_404, demo_people, enter_as
from dashboards import doors, pictures, queries, sentences, tour
from dashboards.addresses import Addresses
from dashboards.charts import UnitBar
from dashboards.viewer import Viewer
from tasks.lights import Thresholds
from tasks.reminders import jobs

LEADER = "demo-leader"


def door(request: Visit) -> HttpResponse:
    """What the demo is about, how its counties stand today, the people to enter as, and the tour."""
    context: dict[str, Any] = {"people": demo_people(request), "steps": tour.STEPS} | _counties(request)
    return render(request, "dashboards/door.html", context)


def _counties(request: Visit) -> dict[str, Any]:
    """The leader's board as figures; whoever wants to look behind them enters first."""
    leader = User.objects.filter(username=LEADER, is_active=True).first()
    if leader is None:
        return {}
    posts = tuple(leader.posts_on(request.today))
    viewer = Viewer(leader, request.today, request.now, posts)
    top = min((post.unit for post in posts), key=lambda unit: len(unit.path), default=None)
    found = doors.own_scope(viewer, top) if top else None
    if found is None:
        return {}
    scope, named = found
    board = queries.board(scope, Thresholds.load(viewer.on), named)
    to = Addresses(scope)
    counties = [group for group in board.by_gap() if group.unit.is_body]
    chart = pictures.bars(board, to, viewer, counties, sentences.bars_title(board, True))
    return {"bars": chart and replace(chart, rows=[_plain(bar) for bar in chart.rows]), "unit": scope.unit}


def _plain(bar: UnitBar) -> UnitBar:
    return replace(bar, url="", completed_url="", due_url="", overdue_url="", in_review_url="")


@login_not_required
@require_POST
def tour_step(request: Asked) -> HttpResponse:
    """Go to a step of the tour as the person whose page it is, or end the tour (step 0)."""
    demo_or_404()
    typed = request.POST.get("step", "")
    if not typed.isascii() or not typed.isdecimal() or int(typed) > len(tour.STEPS):
        raise BadRequest("step")
    number = int(typed)
    if not number:
        request.session.pop(tour.SESSION, None)
        return redirect("home")
    step = tour.STEPS[number - 1]
    moved = bool(request.session.get(tour.MOVED))
    person = enter_as(request, step.person)
    if step.key == "digest" and not moved:
        moved = True
        _tomorrow(request)
    request.session[tour.SESSION], request.session[tour.MOVED] = number, moved
    return redirect(step.address(person, clock.today()))


def _tomorrow(request: Asked) -> None:
    """One working day on, once a tour; planned and sent here and now, so that nobody waits for the timetable."""
    DemoState.go_on((clock.next_working_day(request.today) - request.today).days)
    if jobs.plan_due() is None:
        messages.info(request, _("The mails of the day arrive within a minute"))
    jobs.send_due()
