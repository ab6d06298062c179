"""What people send when posts change hands: to whom and from which day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.forms.fields import DayField, PersonField, PlainForm
from branches.forms.people import USERNAME
from branches.models import User
from branches.queries import people as people_queries

SHOWN = 8  # people of one spelling that a refusal lists


class SearchedField(PersonField):
    """A person by name or user name, else by pinyin or initials where they mean one person only."""

    def clean(self, value: Any) -> Any:
        """The person meant; words that list the candidates when there are several."""
        try:
            return super().clean(value)
        except forms.ValidationError:
            if self.viewer is None or self.on is None:
                raise
            words = str(value).strip()
            found = people_queries.find_people(self.viewer, self.on, words).filter(is_active=True)
            rows = list(people_queries.with_places(found, self.viewer, self.on)[: SHOWN + 1])
            if len(rows) == 1:
                return rows[0]
            if not rows or len(rows) > SHOWN:
                raise
            each = "; ".join(f"{people_queries.described(row)} ({row.username})" for row in rows)
            raise forms.ValidationError([f"{_('Enter the user name')}: {each}"]) from None


class SuccessorForm(PlainForm):
    """Who takes the posts over, and from which day; somebody without an account is named below."""

    folded = ("name", "username")
    to = SearchedField(
        label=gettext_lazy("Successor"), required=False, help_text=gettext_lazy("Name, pinyin, initials or user name")
    )
    on = DayField(
        label=gettext_lazy("First day of the successor"), help_text=gettext_lazy("Today or a later day"), required=False
    )
    name = forms.CharField(label=gettext_lazy("Name of somebody who has no account yet"), max_length=60, required=False)
    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=64, required=False,
        help_text=gettext_lazy("Left empty, it is made from the pinyin of the name"),
    )  # fmt: skip

    def __init__(self, *args: Any, viewer: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = on
        field = self.fields["to"]
        assert isinstance(field, PersonField)
        field.seen_by(viewer, on)
        field.widget.attrs |= {"list": "people", "autocomplete": "off"}

    def clean_username(self) -> str:
        """Names that can be typed on any keyboard."""
        username = str(self.cleaned_data["username"])
        if username and not USERNAME.match(username):
            raise forms.ValidationError(_("Use at least two letters or digits; . _ - may stand between them"))
        return username

    def clean(self) -> dict[str, Any]:
        """Somebody is named, and the day has not passed."""
        data: dict[str, Any] = super().clean() or {}
        if "to" in data and not data["to"] and not data.get("name"):
            self.add_error("to", _("Say who takes over"))
        if data.get("on") and data["on"] < self.today:
            self.add_error("on", _("Choose today or a later day"))
        return data


class HandingForm(PlainForm):
    """The words that the list of what moves carries on: a new successor's name, the appointment document."""

    new = forms.CharField(max_length=60, required=False)
    username = forms.RegexField(USERNAME, max_length=64, required=False)
    appointment = forms.CharField(max_length=120, required=False)
