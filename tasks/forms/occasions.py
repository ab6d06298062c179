"""What people send when a day is known on which work depends: the day of an event, or the date that was to be notified."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branches.models import Unit
from branches.writing import Invalid

DAY = {"type": "date", "class": "form-control short-input"}
WRONG = {"invalid": _("Enter the day as year-month-day, such as 2026-06-30"), "required": _("Enter the day")}


class DayForm(forms.Form):
    """A day; by when it is due where the phrase does not say it; what was held, and for whom."""

    event_on = forms.DateField(
        label=_("Day of the event"), widget=forms.DateInput(DAY, "%Y-%m-%d"), error_messages=WRONG
    )
    due_on = forms.DateField(
        label=_("Due on another day"),
        required=False,
        widget=forms.DateInput(DAY, "%Y-%m-%d"),
        error_messages=WRONG,
        help_text=_("Left empty, the due date is counted from the event as the list says"),
    )

    def refuse(self, error: Invalid) -> None:
        """Put the action's words beside the fields they are about."""
        named = {name: str(words) for name, words in error.details.items() if name in self.fields}
        for name, words in named.items():
            self.add_error(name, words)
        if not named:
            self.add_error(None, error.message)


class EventForm(DayForm):
    """A new event."""

    field_order = ["event_on", "event", "unit", "due_on"]
    event = forms.CharField(
        label=_("What was held"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"class": "form-control"}),
    )

    def __init__(self, *args: Any, units: Iterable[Unit], everybody: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        choices = [(key, unit.local_name) for key, unit in self.units.items()]
        if everybody:
            choices.insert(0, ("", str(_("Everybody it goes to"))))
        self.fields["unit"] = forms.ChoiceField(
            label=_("For"),
            required=not everybody,
            choices=choices,
            widget=forms.Select({"class": "form-select"}),
            error_messages={"invalid_choice": _("Choose a unit of this task"), "required": _("Choose a unit")},
        )
        self.order_fields(self.field_order)

    @property
    def chosen(self) -> Unit | None:
        """The unit, or None: everybody."""
        return self.units.get(self.cleaned_data["unit"])


class DateForm(DayForm):
    """The date that was to be notified."""

    due_on = None  # type: ignore[assignment]  # the date itself is the due date

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["event_on"].label = _("Due date")
