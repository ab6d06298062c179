"""The rules of reminders of a body: each in words with when it speaks, ticked where a message goes out."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from branches.models import BodySettings
from branches.requests import Asked
from branches.views.answering import go
from branches.views.wishes import wished_body
from branches.writing import Conflict, Invalid
from tasks.actions.reminder_rules import set_rules
from tasks.models import Reminder, ReminderRules
from tasks.reminders.ledger import AT_ONCE
from tasks.reminders.occasions import AHEAD
from tasks.reminders.rules import RULES
from tasks.rules import SETTLE
from tasks.views.answers import number, operation

Kind = Reminder.Kind


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_rules(request: Asked, pk: int) -> HttpResponse:
    """Look and change."""
    body = wished_body(request, pk)
    stored = ReminderRules.objects.filter(body=body).first() or ReminderRules(body=body)
    off, trouble, status = set(stored.off), "", 200
    if request.method == "POST":
        ticked = request.POST.getlist("rule")
        try:
            set_rules(
                body,
                ticked,
                version=number(request, "version"),
                by=request.user,
                op=operation(request),
                now=request.now,
            )
            return go(request, request.path, _("The settings have been saved"))
        except (Invalid, Conflict) as error:
            trouble, status = error.message, 400 if isinstance(error, Invalid) else 409
            off = {rule.value for rule in RULES} - set(ticked)
    wishes = BodySettings.of(body)
    lines = [(rule, _when(rule, wishes), rule.value not in off) for rule in RULES]
    context = {"body": body, "stored": stored, "lines": lines, "trouble": trouble}
    return render(request, "tasks/reminder_rules.html", context, status=status)


def _when(rule: Reminder.Kind, wishes: BodySettings) -> str:
    """When the rule speaks."""
    if rule in AT_ONCE:
        return _("At once, within working hours")
    days = {
        Kind.BEFORE: AHEAD, Kind.SIGN: wishes.sign_workdays, Kind.REVIEW: wishes.review_workdays,
    }.get(rule)  # fmt: skip
    if days is None:
        if rule == Kind.BRANCH_ENDS:
            return _("%(n)d days before its last day, with the daily digest") % {"n": SETTLE.days}
        return _("With the daily digest")
    if rule == Kind.BEFORE:
        return ngettext(
            "%(n)d working day before, with the daily digest", "%(n)d working days before, with the daily digest", days
        ) % {"n": days}
    return ngettext(
        "After %(n)d working day, with the daily digest", "After %(n)d working days, with the daily digest", days
    ) % {"n": days}
