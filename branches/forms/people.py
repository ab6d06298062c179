"""Forms about people: accounts, posts, standing, and one's own settings."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.actions import Appointment, PersonWords, Wishes
from branches.forms.fields import DayField, PersonField, PlainForm, UnitField
from branches.models import Standing, TellBy, User
from branches.queries.units import units_to_choose
from branches.roles import Role

PHONE = re.compile(r"^[0-9+()\- ]{5,24}$")
USERNAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$")


class ReachForm(PlainForm):
    """How a person is called and reached."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    name_en = forms.CharField(label=pgettext_lazy("person", "Name in English"), max_length=80, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=24, required=False)
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        required=False,
        help_text=gettext_lazy("For the daily digest and for a forgotten password"),
        error_messages={"invalid": gettext_lazy("Enter a mail address such as name@example.com")},
    )
    dingtalk_id = forms.CharField(
        label=gettext_lazy("DingTalk user id"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Messages go there"),
    )
    wecom_id = forms.CharField(
        label=gettext_lazy("WeCom user id"), max_length=64, required=False, help_text=gettext_lazy("Messages go there")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, used in (("dingtalk_id", settings.DINGTALK_URL), ("wecom_id", settings.WECOM_URL)):
            if not used:  # what the site does not use is not asked for, and stays as it stands
                del self.fields[name]

    def clean_phone(self) -> str:
        """Digits and the signs between them."""
        phone = str(self.cleaned_data["phone"]).strip()
        if phone and not PHONE.match(phone):
            raise forms.ValidationError(_("Enter a phone number with digits, such as 0579-8888888"))
        return phone

    def reach(self, username: str) -> PersonWords:
        """The words as the action takes them."""
        data = self.cleaned_data
        return PersonWords(
            username,
            data["name"],
            data["name_en"],
            data["phone"],
            data["email"],
            data.get("dingtalk_id"),
            data.get("wecom_id"),
        )


class PostFields(PlainForm):
    """What a person is appointed to."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), help_text=gettext_lazy("What the post lets its holder do"))
    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=60, required=False, help_text=gettext_lazy("As on the door plate")
    )
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=80, required=False)
    fields_in_charge = forms.CharField(label=gettext_lazy("Fields in charge"), max_length=200, required=False)
    starts_on = DayField(label=gettext_lazy("First day"))
    appointed_by = UnitField(
        label=gettext_lazy("Appointed by"), required=False, empty_label=gettext_lazy("Not recorded")
    )
    appointment = forms.CharField(label=gettext_lazy("Appointment document"), max_length=120, required=False)

    def offer(self, user: User, on: date, *, system: bool) -> None:
        """Roles that this person may give, and units that can appoint."""
        role, by = self.fields["role"], self.fields["appointed_by"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(by, forms.ModelChoiceField)
        given = [(code, word) for code, word in Role.choices if system or code != Role.SYSTEM_ADMIN]
        role.choices = [("", _("Choose")), *given]  # nothing preset: the first role would be a strong one
        by.queryset = units_to_choose(user, on)

    def appointment_words(self) -> Appointment:
        """The appointment as the action takes it."""
        data = self.cleaned_data
        names = ("role", "starts_on", "title", "title_en", "fields_in_charge", "appointed_by", "appointment")
        return Appointment(**{name: data[name] for name in names})


class AppointForm(PostFields):
    """Appoint somebody who has an account."""

    folded = ("title_en", "fields_in_charge")
    person = PersonField(label=gettext_lazy("Person"))
    field_order = ("person",)

    def __init__(
        self, *args: Any, user: User, on: date, system: bool, person: User | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer(user, on, system=system)
        if person:
            self.fields["person"].initial = f"{person.name} ({person.username})"
        field = self.fields["person"]
        assert isinstance(field, PersonField)
        field.seen_by(user, on)
        field.widget.attrs |= {"list": "people", "autocomplete": "off"}


class NewPersonForm(ReachForm, PostFields):
    """A new account together with its first post."""

    folded = ("name_en", "title_en", "fields_in_charge", "appointed_by", "appointment")
    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=64, help_text=gettext_lazy("For signing in: letters, digits, . _ -")
    )
    unit = UnitField(label=gettext_lazy("Unit"), empty_label=gettext_lazy("Choose"))
    another = forms.BooleanField(label=gettext_lazy("This is another person of the same name"), required=False)
    field_order = (
        "name",
        "another",
        "username",
        "phone",
        "email",
        "name_en",
        "unit",
        "role",
        "title",
        "title_en",
        "starts_on",
    )

    def __init__(self, *args: Any, user: User, on: date, units: Any, system: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(user, on, system=system)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units

    def clean_username(self) -> str:
        """Names that can be typed on any keyboard."""
        username = str(self.cleaned_data["username"])
        if not USERNAME.match(username):
            raise forms.ValidationError(_("Use at least two letters or digits; . _ - may stand between them"))
        return username


class CorrectForm(ReachForm):
    """Correct the entries of somebody who exists."""


class StandingForm(PlainForm):
    """A person's standing in the CPC from a day on."""

    kind = forms.ChoiceField(label=gettext_lazy("Standing"), choices=Standing.Kind.choices)
    starts_on = DayField(label=gettext_lazy("Since"))


class MeForm(PlainForm):
    """What a person sets for himself (ux S26)."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[(code, word) for code, word in settings.LANGUAGES]
    )
    large_type = forms.BooleanField(label=gettext_lazy("Large type"), required=False)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=gettext_lazy("Messages wait until the quiet hours are over"),
        error_messages={"invalid": gettext_lazy("Enter a time such as 20:00")},
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Enter a time such as 08:00")},
    )
    phone = ReachForm.base_fields["phone"]
    email = ReachForm.base_fields["email"]

    tell_by = forms.ChoiceField(label=gettext_lazy("Messages"), choices=TellBy.choices, required=False)

    clean_phone = ReachForm.clean_phone

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (settings.DINGTALK_URL or settings.WECOM_URL):
            del self.fields["tell_by"]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends or none."""
        data: dict[str, Any] = super().clean() or {}
        if {"quiet_from", "quiet_until"} <= data.keys() and (data["quiet_from"] is None) != (
            data["quiet_until"] is None
        ):
            missing = "quiet_from" if data["quiet_from"] is None else "quiet_until"
            self.add_error(missing, _("Enter both ends of the quiet hours, or neither"))
        return data

    def wishes(self) -> Wishes:
        """The wishes as the action takes them."""
        data = self.cleaned_data
        return Wishes(**{name: data[name] for name in Wishes.__dataclass_fields__ if name in data})


def units_of_body(user: User, on: date, body_ids: list[int] | None) -> Any:
    """Units to which people can be appointed: of some bodies, or of all for a system admin."""
    rows = units_to_choose(user, on).filter(kind__has_people=True)
    return rows if body_ids is None else rows.filter(body_id__in=body_ids)
