"""The names of the figures that a task asks for, and the fields in which a report gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.queries.asked import plain


class AskForm(forms.Form):
    """The names, between commas as people write them."""

    names = forms.CharField(
        label=_("Figures asked"),
        required=False,
        max_length=100,
        help_text=_("At most three names with commas between them; left empty, none is asked"),
        widget=forms.TextInput({"class": "form-control"}),
    )


def figure_fields(names: Sequence[str]) -> dict[str, forms.DecimalField]:
    """One optional field for each figure asked."""
    wrong = _("Enter a number from 0 to 999,999,999, with at most two decimals")
    return {
        f"figure_{n}": forms.DecimalField(
            label=name,
            required=False,
            min_value=0,
            max_value=999_999_999,
            decimal_places=2,
            widget=forms.TextInput({"class": "form-control short-input", "inputmode": "decimal"}),
            error_messages=dict.fromkeys(
                ("invalid", "min_value", "max_value", "max_decimal_places", "max_digits", "max_whole_digits"), wrong
            ),
        )
        for n, name in enumerate(names)
    }


def figures_given(names: Sequence[str], values: Mapping[str, Any]) -> dict[str, str]:
    """What was entered, by the figure's name, as it is stored."""
    given = {name: values.get(f"figure_{n}") for n, name in enumerate(names)}
    return {name: plain(value) for name, value in given.items() if value is not None}
