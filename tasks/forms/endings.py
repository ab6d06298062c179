"""What is asked when a branch ends: the day, why, and what becomes of its open work (ux ADM-2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branches.forms.units import EndForm
from branches.models import Unit
from tasks.actions.endings import Work


class EndBranchForm(EndForm):
    """The day, and in the same breath what becomes of the open work; without open work that is not asked."""

    work = forms.ChoiceField(label=_("What becomes of the open tasks"), choices=Work.choices, widget=forms.RadioSelect)
    unit = forms.ChoiceField(label=_("Goes on with it"), required=False)
    field_order = ("ends_on", "work", "unit", "reason")

    def __init__(self, *args: Any, units: Iterable[Unit], count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Choose a unit")), *((key, unit.local_name) for key, unit in self.units.items())]
        field.error_messages["invalid_choice"] = _("Choose a unit from the list")
        field.help_text = _("Only for “hand over”: it gets every open task of the branch with the same due dates")
        if not count:
            del self.fields["work"], self.fields["unit"]

    @property
    def decision(self) -> str:
        """What was chosen; nothing to decide where nothing is open."""
        return str(self.cleaned_data.get("work") or Work.LATER)

    @property
    def chosen(self) -> Unit | None:
        """The unit that goes on, where that was the choice."""
        return self.units.get(self.cleaned_data.get("unit", "")) if self.decision == Work.HAND_OVER else None
