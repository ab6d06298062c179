"""What people send when they ask for more time or help, clarify a task, or give and answer an instruction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tasks.forms.reports import ACCEPT, ManyFilesField
from tasks.forms.slips import FILES_HELP, Refusable
from tasks.models import HelpRequest

LIMIT = "500"
BAD_DAY = _("Enter the day as year-month-day, such as 2026-06-30")


def _words(rows: int, **more: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "form-control", "data-counted": LIMIT, **more})


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "form-control short-input"}, format="%Y-%m-%d")


class AskTimeForm(Refusable):
    """A later date and why; what has been done so far."""

    day = forms.DateField(
        label=_("New due date"),
        widget=_day(),
        help_text=_("A working day is offered; the clock runs on until the request is decided"),
        error_messages={"required": _("Enter the new due date"), "invalid": BAD_DAY},
    )
    reason = forms.CharField(label=_("Reason"), widget=_words(3), error_messages={"required": _("Say why")})
    progress = forms.CharField(label=_("Progress so far"), required=False, widget=_words(3))


class DecideForm(Refusable):
    """Another date, or words for a refusal."""

    day = forms.DateField(label=_("Another date"), required=False, widget=_day(), error_messages={"invalid": BAD_DAY})
    words = forms.CharField(
        label=_("Words for the unit"),
        required=False,
        help_text=_("Needed to refuse"),
        widget=_words(2),
    )


class HelpForm(Refusable):
    """What is in the way. The reason is a chip; nobody has to choose one."""

    why = forms.ChoiceField(
        label=_("What is in the way"),
        choices=HelpRequest.Why.choices,
        initial=HelpRequest.Why.OTHER,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason"), "invalid_choice": _("Choose a reason")},
    )
    text = forms.CharField(
        label=_("What help is needed"),
        widget=_words(4),
        error_messages={"required": _("Say what help is needed")},
    )


class AnswerForm(Refusable):
    """An answer in words; to a request for help perhaps for everyone."""

    answer = forms.CharField(
        label=pgettext_lazy("follow-up", "Answer"),
        widget=_words(4),
        error_messages={"required": _("Write the answer")},
    )
    to_all = forms.BooleanField(
        label=_("Show the answer to all receivers of the task"),
        required=False,
        help_text=_("They read the answer as a clarification, and not who asked"),
    )


class ClarifyForm(Refusable):
    """Words for every receiver of a task."""

    text = forms.CharField(
        label=_("Clarification"), widget=_words(5), error_messages={"required": _("Write the clarification")}
    )
    files = ManyFilesField(  # type: ignore[assignment] # a declared field leaves the class
        label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}), help_text=FILES_HELP
    )


class InstructForm(Refusable):
    """A leader's words, and by when they are answered."""

    text = forms.CharField(
        label=_("Instruction"), widget=_words(4), error_messages={"required": _("Write the instruction")}
    )
    due_on = forms.DateField(
        label=_("Answer by"), widget=_day(), error_messages={"required": _("Enter a date"), "invalid": BAD_DAY}
    )
