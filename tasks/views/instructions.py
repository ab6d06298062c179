"""A leader's instruction: two presses and the words (ux LEAD-3); answered by the desk of the unit. And all that is open."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches.models import Unit
from branches.requests import Asked
from branches.writing import Invalid, NotPossible, Refused
from tasks import asking
from tasks.actions.instructions import answer_instruction, instruct, withdraw_instruction
from tasks.calendar import wishes_of, working_days
from tasks.forms.followup import AnswerForm, InstructForm
from tasks.models import Assignment, Instruction, Task
from tasks.queries import followup as queries
from tasks.queries.tasks import tasks
from tasks.views.answers import actor, find, operation, refused, scoped

About = tuple[Unit, Assignment | None, Task | None]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """The form; `?row=`, `?task=` or `?unit=` says what it is about."""
    unit, row, task = _about(request)
    verdict = asking.may_instruct(actor(request), unit, row)
    if not verdict:
        raise PermissionDenied(_("Instructions are given by a leader of the unit or of the body that gave the work"))
    if request.method == "POST":
        form, status = InstructForm(request.POST), 400
        op = operation(request)
        try:
            if form.is_valid():
                given = form.cleaned_data
                made = instruct(
                    unit, given["text"], given["due_on"], row=row, task=task, by=request.user, op=op, now=request.now
                )
                messages.success(request, _("Sent. The unit answers by the day you chose"))
                return redirect(made)
        except Invalid as error:
            form.refuse_error(error)
        except Refused as error:
            form.add_error(None, error.message)
            status = 409
    else:
        wishes = wishes_of(verdict.post.unit.body if verdict.post else None)
        due_on = working_days().add(request.today, wishes.instruction_workdays)
        form, status = InstructForm(initial={"due_on": due_on}), 200
    context = {"unit": unit, "row": row, "task": task, "form": form}
    return render(request, "tasks/instruct.html", context, status=status)


def _about(request: Asked) -> About:
    """What the address names, as far as this person sees it."""
    for name in ("row", "task", "unit"):
        text = request.GET.get(name, "")
        if not text:
            continue
        if not (text.isascii() and text.isdecimal() and len(text) < 19):
            raise BadRequest(name)
        if name == "row":
            row = find(request, int(text))
            return row.unit, row, None
        if name == "task":
            task = get_object_or_404(tasks(request.user, request.today), pk=int(text))
            return task.list.issuer, None, task
        units = Unit.objects.visible_to(request.user, request.today)
        return get_object_or_404(units, pk=int(text)), None, None
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Asked, pk: int) -> HttpResponse:
    """One instruction with its answer, and what this person may do."""
    given = get_object_or_404(queries.instructions(request.user, request.today), pk=pk)
    if request.method != "POST":
        return _page(request, given, AnswerForm())
    deed, op = request.POST.get("do", ""), operation(request)
    if deed not in ("answer", "withdraw"):
        raise BadRequest("do")
    said: dict[str, Any] = {"by": request.user, "op": op, "now": request.now}
    form = AnswerForm(request.POST)
    try:
        if deed == "withdraw":
            withdraw_instruction(given, **said)
            messages.success(request, _("The instruction is withdrawn"))
            return redirect(given)
        if form.is_valid():
            answer_instruction(given, form.cleaned_data["answer"], **said)
            messages.success(request, _("Answered. The leader reads it here"))
            return redirect(given)
    except Invalid as error:
        form.refuse_error(error)
    except NotPossible as error:
        messages.warning(request, error.message)
        return redirect(given)
    except Refused as error:
        return refused(request, error)
    return _page(request, given, form, status=400)


def _page(request: Asked, given: Instruction, form: AnswerForm, status: int = 200) -> HttpResponse:
    about = given.assignment or given.task
    seen = Assignment.objects.visible_to(request.user, request.today)
    context = {
        "given": given,
        "about": about.task if isinstance(about, Assignment) else about,
        "opened": given.assignment_id is not None and seen.filter(pk=given.assignment_id).exists(),
        "form": form,
        "late": given.is_late(request.today),
        "answers": given.is_open and bool(asking.answers_instruction(actor(request), given)),
        "withdraws": given.is_open and given.by_id == request.user.pk,
    }
    return render(request, "tasks/instruction.html", context, status=status)


@require_safe
def requests(request: Asked) -> HttpResponse:
    """Everything open on both sides: help, more time, instructions."""
    who, on = scoped(request), request.today
    our_help, our_time = queries.of_ours(who)
    given = queries.instructions(request.user, on).open().order_by("due_on", "pk")[: queries.SHOWN]
    context: dict[str, Any] = {
        "to_help": queries.with_row(queries.to_help(who)),
        "our_help": queries.with_row(our_help),
        "to_decide": queries.with_row(queries.to_decide(who)),
        "to_pass_on": queries.with_row(queries.to_pass_on(who)),
        "our_time": queries.with_row(our_time),
        "instructions": [(one, one.is_late(on)) for one in given],
    }
    context["nothing"] = not any(context.values())
    return render(request, "tasks/requests.html", context)
