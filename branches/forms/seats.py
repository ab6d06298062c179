"""Forms about a seat in a CPPCC body: sector, employer, days, and who keeps contact."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from branches.forms.fields import DayField, NameSelect, PersonField, PlainForm
from branches.models import Term, User


class TermChoice(forms.ModelChoiceField):
    """A term with its body."""

    def label_from_instance(self, obj: Any) -> str:
        """Body and term."""
        return f"{obj.body.local_name} {obj.name}"


class SeatWordsForm(PlainForm):
    """What a seat says of the member."""

    sector = forms.CharField(label=gettext_lazy("Sector"), max_length=60, required=False)
    work = forms.CharField(label=gettext_lazy("Employer and duty"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].widget.attrs |= {"list": "sectors", "autocomplete": "off"}


class NewSeatForm(SeatWordsForm):
    """A seat for a term."""

    term = TermChoice(
        label=gettext_lazy("Term"), queryset=Term.objects.none(), empty_label=gettext_lazy("Choose"), widget=NameSelect
    )
    starts_on = DayField(label=gettext_lazy("First day"))
    field_order = ("term", "sector", "work", "starts_on")

    def __init__(self, *args: Any, bodies: list[int] | None, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Term.objects.exclude(ends_on__lte=on).select_related("body").order_by("body__path", "-starts_on")
        field = self.fields["term"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows if bodies is None else rows.filter(body__in=bodies)


class SeatContactForm(PlainForm):
    """Who keeps contact with this member; empty takes the contact away."""

    contact = PersonField(
        label=gettext_lazy("CPC member who keeps contact"),
        required=False,
        help_text=gettext_lazy("A CPC member with a seat in this body; empty takes the contact away"),
    )

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        assert isinstance(field, PersonField)
        field.seen_by(user, on)
        field.widget.attrs |= {"list": "contacts", "autocomplete": "off"}
