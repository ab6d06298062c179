"""One unit's share of one task: how it stands, what was asked, what came back, and what this person may do now (ux S11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from branches.requests import Asked
from branches.writing import Invalid, Refused
from tasks import actions, asking, rules
from tasks.forms.reports import PersonForm, ReasonForm
from tasks.models import Assignment
from tasks.queries.assignments import Sheet, barred, number_of, people_of, sheet
from tasks.rules import Actor
from tasks.slips import may_take_up
from tasks.states import MOVES, ReceiverRole
from tasks.views.answers import actor, allowed, find, operation

# the moves that need nothing but words: what the button says, and whether it ends the work
STEERING: dict[str, tuple[Promise, bool]] = {
    "suspend": (gettext_lazy("Suspend"), False),
    "resume": (gettext_lazy("Resume"), False),
    "reopen": (gettext_lazy("Open again"), False),
    "not_applicable": (gettext_lazy("Mark as not applicable"), True),
    "cancel": (gettext_lazy("Cancel the assignment"), True),
    "terminate": (gettext_lazy("Terminate the assignment"), True),
}


@dataclass(frozen=True)
class Steer:
    """One way to steer the row from the issuer's side."""

    name: str
    label: str
    ends: bool
    needs_reason: bool


@dataclass
class Doable:
    """What this person may do now: every button asked the rule that the action will ask."""

    update: bool = False
    take_back: bool = False
    review: bool = False
    sign: bool = False
    break_down: bool = False
    hand_over: bool = False
    person: bool = False
    slip: bool = False
    ask_time: bool = False
    ask_help: bool = False
    decide: bool = False
    help: bool = False
    instruct: bool = False
    clarify: bool = False
    told: bool = False
    steering: list[Steer] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Whether there is a button beside the head."""
        return self.update or self.take_back or self.review or self.sign or self.break_down or self.slip


def doable(who: Actor, page: Sheet) -> Doable:
    """Ask the rules once for everything that the page offers."""
    row, judged = page.row, barred(page)
    steering = [
        Steer(name, str(label), ends, MOVES[name].needs_reason)
        for name, (label, ends) in STEERING.items()
        if rules.may(who, row, name, judged)
    ]
    is_lead = row.role == ReceiverRole.LEAD
    return Doable(
        update=bool(rules.may(who, row, "progress")),
        take_back=bool(rules.may(who, row, "take_back")),
        review=bool(rules.may(who, row, "approve", judged)),
        sign=bool(rules.may(who, row, "sign")) and is_lead,
        break_down=bool(rules.may(who, row, "break_down")) and is_lead and not row.broken_down,
        person=bool(rules.may(who, row, "assign_person")),
        hand_over=bool(steering) and bool(rules.may(who, row, "hand_over")),
        slip=bool(may_take_up(who, row)),
        ask_time=page.follow_up.extension is None and bool(asking.may_ask_time(who, row, who.on)),
        ask_help=page.follow_up.help is None and bool(asking.may_ask_help(who, row)),
        decide=page.follow_up.extension is not None and bool(asking.decides(who, page.follow_up.extension)),
        help=page.follow_up.help is not None and bool(asking.answers_help(who, page.follow_up.help)),
        instruct=row.is_open and bool(asking.may_instruct(who, row.unit, row)),
        clarify=row.is_open and bool(rules.may_issue(who, row.issuer)),
        told=rules.may_see_mail(who, row),
        steering=steering,
    )


@require_safe
def detail(request: Asked, pk: int) -> HttpResponse:
    """The page of an assignment."""
    return page_of(request, find(request, pk))


def page_of(
    request: Asked,
    row: Assignment,
    *,
    status: int = 200,
    form: ReasonForm | PersonForm | None = None,
    name: str = "",
    warning: str = "",
) -> HttpResponse:
    """The page as it stands; with a form that was refused, what was typed in it and the move it was for."""
    page = sheet(row, request.user, request.today)
    may = doable(actor(request), page)
    people = form if isinstance(form, PersonForm) else None
    if may.person and people is None:
        people = PersonForm(people=people_of(row, request.today), initial={"person": row.person_id})
    context: dict[str, Any] = {
        "sheet": page,
        "row": row,
        "may": may,
        "number": number_of(row),
        "people": people,
        "form": form,
        "steered": name,
        "warning": warning,
    }
    return render(request, "tasks/assignment.html", context, status=status)


@require_POST
def move(request: Asked, pk: int, name: str) -> HttpResponse:
    """Steer a row from the issuer's side, or open a completed one again."""
    if name not in STEERING:
        raise Http404
    row, form, op = find(request, pk), ReasonForm(request.POST), operation(request)
    allowed(rules.on_side(actor(request), row, name), _("Only the secretary or head of the issuing unit does this"))
    if not form.is_valid():
        return page_of(request, row, status=400, form=form, name=name)
    try:
        actions.move(row, name, by=request.user, op=op, now=request.now, reason=form.cleaned_data["reason"])
    except Invalid as error:
        form.add_error("reason", error.message)
        return page_of(request, row, status=400, form=form, name=name)
    except Refused as error:
        return page_of(request, find(request, pk), status=409, form=form, name=name, warning=error.message)
    messages.success(request, _("Saved. It is in the history below"))
    return redirect(row)


@require_POST
def take_back(request: Asked, pk: int) -> HttpResponse:
    """Take a submission back before it is reviewed, and go on writing from its words."""
    row, op = find(request, pk), operation(request)
    try:
        actions.take_back(row, by=request.user, op=op, now=request.now)
    except Refused as error:
        return page_of(request, find(request, pk), status=409, warning=error.message)
    return redirect(f"{row.get_absolute_url()}update/?last=1")


@require_POST
def person(request: Asked, pk: int) -> HttpResponse:
    """Name who is responsible for the unit's share."""
    row, op = find(request, pk), operation(request)
    allowed(
        rules.on_side(actor(request), row, "assign_person"),
        _("Only the secretary or head of the unit names the person responsible"),
    )
    form = PersonForm(request.POST, people=people_of(row, request.today))
    if not form.is_valid():
        return page_of(request, row, status=400, form=form)
    try:
        actions.assign_person(row, form.chosen, by=request.user, op=op, now=request.now)
    except Invalid as error:
        form.add_error("person", error.message)
        return page_of(request, row, status=400, form=form)
    except Refused as error:
        return page_of(request, find(request, pk), status=409, warning=error.message)
    messages.success(request, _("The person responsible is saved"))
    return redirect(row)
