"""Group robots of a body: which groups hear of lists and dates, what was said there last, and what went wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from branches.models import Unit
from branches.requests import Asked
from branches.views.answering import done
from branches.views.wishes import wished_body
from branches.writing import Refused
from tasks.actions.robots import add_robot, remove_robot, switch_robot, try_robot
from tasks.forms.robots import RobotForm
from tasks.models import GroupMessage, Robot
from tasks.views.answers import number, operation

LAST = 20


@sensitive_post_parameters("address", "secret")
@require_http_methods(["GET", "HEAD", "POST"])
def robots(request: Asked, pk: int) -> HttpResponse:
    """The robots with their buttons, the form for another, and what was said last."""
    body = wished_body(request, pk)
    form = RobotForm()
    if request.method == "POST":
        deed = request.POST.get("do", "")
        if deed != "add":
            return _press(request, body, deed)
        form = RobotForm(request.POST)
        if form.is_valid() and _add(request, body, form):
            return redirect("tasks:robots", body.pk)
    context = {
        "body": body,
        "form": form,
        "robots": Robot.objects.filter(body=body),
        "said": GroupMessage.objects.filter(robot__body=body).select_related("robot")[:LAST],
    }
    return render(request, "tasks/robots.html", context, status=form.status)


def _add(request: Asked, body: Unit, form: RobotForm) -> bool:
    data, op = form.cleaned_data, operation(request)
    return done(
        form,
        lambda: add_robot(
            body, data["name"], data["kind"], data["address"].strip(), data["secret"].strip(),
            by=request.user, op=op, now=request.now,
        ),
    )  # fmt: skip


def _press(request: Asked, body: Unit, deed: str) -> HttpResponse:
    robot = get_object_or_404(Robot, body=body, pk=number(request, "robot"))
    who: dict[str, Any] = {"by": request.user, "op": operation(request), "now": request.now}
    try:
        if deed in ("on", "off"):
            switch_robot(robot.pk, deed == "on", **who)
            messages.success(request, _("It is switched on") if deed == "on" else _("It is switched off"))
        elif deed == "try":
            try_robot(robot.pk, **who)
            messages.success(request, _("A test message goes out with the next round, within a minute"))
        elif deed == "remove":
            remove_robot(robot.pk, **who)
            messages.success(request, _("The robot has been removed"))
        else:
            raise BadRequest("do")
    except Refused as error:
        messages.warning(request, error.message)
    return redirect("tasks:robots", body.pk)
