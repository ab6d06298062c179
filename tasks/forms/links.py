"""The digits that a new device is asked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.forms.fields import PlainForm
from tasks.links import DIGITS


class DigitsForm(PlainForm):
    """The last four digits of a phone number."""

    digits = forms.CharField(
        label=gettext_lazy("Last four digits of the phone number"),
        max_length=12,
        help_text=gettext_lazy("Asked once on each device"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )

    def clean_digits(self) -> str:
        """Four digits; anything else is no try."""
        typed = str(self.cleaned_data["digits"]).strip()
        if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
            raise forms.ValidationError(_("Type four digits"))
        return typed
