"""What people send when work changes hands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branches.models import Unit
from tasks.forms.reports import ReasonForm


class HandOverForm(ReasonForm):
    """To whom, and why."""

    field_order = ["unit", "reason"]

    def __init__(self, *args: Any, units: Iterable[Unit], required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        choices = [("", _("Choose a unit")), *((key, unit.local_name) for key, unit in self.units.items())]
        self.fields["unit"] = forms.ChoiceField(
            label=_("Goes on with it"),
            required=required,
            choices=choices,
            widget=forms.Select({"class": "form-select"}),
            error_messages={"required": _("Choose a unit"), "invalid_choice": _("Choose a unit from the list")},
        )
        self.fields["reason"].help_text = _("It is shown to both units and stays in the history")
        self.order_fields(self.field_order)

    @property
    def chosen(self) -> Unit | None:
        """The unit that goes on."""
        return self.units.get(self.cleaned_data["unit"])
