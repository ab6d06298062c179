"""Forms of the calendar: a notice to paste, and one day."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.forms.fields import DayField, PlainForm
from tasks.holidays import LONGEST


class NoticeForm(PlainForm):
    """The State Council's notice as text."""

    notice = forms.CharField(
        label=_("Text of the State Council’s notice"),
        help_text=_("Paste the whole notice, with its title. The days are shown before anything is saved"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class DayForm(PlainForm):
    """One day that is worked or off."""

    day = DayField(label=pgettext_lazy("calendar", "Day"))
    worked = forms.ChoiceField(
        label=pgettext_lazy("calendar", "On this day"),
        choices=[("0", pgettext_lazy("calendar", "Off")), ("1", pgettext_lazy("calendar", "Worked (make-up day)"))],
    )
    name = forms.CharField(label=pgettext_lazy("calendar", "Name"), max_length=40, required=False)
