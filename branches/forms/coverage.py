"""Forms that close a gap of the two coverages: a branch or a contact for those who were ticked."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.forms.fields import PersonField, PlainForm
from branches.models import Branch, Unit, User
from branches.queries import coverage


class BranchChoice(forms.ModelChoiceField):
    """A branch by the name of its unit."""

    def label_from_instance(self, obj: Any) -> str:
        """The unit's name in the page's language."""
        return str(obj.unit.local_name)


class JoinForm(PlainForm):
    """Which branch the ticked members join."""

    branch = BranchChoice(
        label=gettext_lazy("Branch that they join"),
        queryset=Branch.objects.none(),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("From today; ended on the page of the branch"),
    )

    def __init__(self, *args: Any, body: Unit, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["branch"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = coverage.branches_to_join(body, on)


class ContactForm(PlainForm):
    """Who keeps contact with the ticked members."""

    contact = PersonField(
        label=gettext_lazy("CPC member who keeps contact"),
        help_text=gettext_lazy("Name or user name; the list says how many contacts each of them keeps"),
    )

    def __init__(self, *args: Any, body: Unit, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["contact"]
        assert isinstance(field, PersonField)
        field.seen_by(user, on)
        field.widget.attrs |= {"list": "contacts", "autocomplete": "off"}


def ticked(values: list[str]) -> list[int]:
    """The people who were ticked. Raises ValidationError in words where nobody was."""
    numbers = sorted({int(text) for text in values if text.isascii() and text.isdecimal() and len(text) < 10})
    if not numbers or len(numbers) > 200:
        raise forms.ValidationError(_("Tick at least one member, not more than 200"))
    return numbers
