"""Forms of moves and merges: from which day on, and why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from branches.forms.fields import DayField, PlainForm


class ChangeForm(PlainForm):
    """The day of a move or a merge, and its reason."""

    effective_on = DayField(
        label=gettext_lazy("Takes effect on"),
        help_text=gettext_lazy("Today or a later day; until then it can be withdrawn"),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)


class ObjectionForm(PlainForm):
    """Why the receiving body says no."""

    words = forms.CharField(
        label=gettext_lazy("Why it is objected to"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
