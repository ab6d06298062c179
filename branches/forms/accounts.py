"""Forms of the way in: the code of a slip, and the password that its owner sets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches import codes
from branches.forms.fields import PlainForm
from branches.forms.people import ReachForm
from branches.models import User


class TypedCodeForm(PlainForm):
    """The code as somebody types it from a slip."""

    code = forms.CharField(
        label=gettext_lazy("Code on the slip"),
        max_length=60,
        help_text=gettext_lazy("Sixteen letters and digits; dashes and blanks do not matter"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Long enough to be one; whether it opens something is said on the next page."""
        code = codes.tidy(str(self.cleaned_data["code"]))
        if len(code) != codes.LENGTH + codes.LENGTH // codes.GROUP - 1:
            raise forms.ValidationError(_("The code has sixteen letters and digits"))
        return code


class JoinForm(PlainForm):
    """A password of one's own, and the phone as it should stand."""

    password1 = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=128,
        strip=False,
        help_text=gettext_lazy("At least 12 characters, not only digits, no common word"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=gettext_lazy("New password, once more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    phone = ReachForm.base_fields["phone"]

    clean_phone = ReachForm.clean_phone

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["phone"].help_text = _("Look whether it is right")

    def clean(self) -> dict[str, Any]:
        """Both the same, and good enough for this person."""
        data: dict[str, Any] = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ"))
        elif first:
            try:
                validate_password(first, self.user)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data
