"""The sign-in package's forms with errors in our own words: the same in the summary and beside the field (ux.md h.5)."""

from typing import Any

from allauth.account import forms
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp import forms as totp_forms
from django.utils.translation import gettext_lazy as _

WORDS = {
    "login": _("Enter the username or the mail address"),
    "password": _("Enter the password"),
    "email": _("Enter the mail address"),
    "oldpassword": _("Enter the current password"),
    "password1": _("Enter a new password"),
    "password2": _("Enter the new password once more"),
    "code": _("Enter the code of six digits"),
}


class OwnWords:
    """Gives each field its own words for being empty, and help that speaks like the rest of the product."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined] # mixed into forms only
            field.widget.attrs.pop("placeholder", None)  # the label stands above and stays while one types
            field.help_text = (
                _("At least 12 characters, not only digits, no common word") if name == "password1" else ""
            )
            if name in WORDS:
                field.error_messages["required"] = WORDS[name]


class LoginForm(OwnWords, forms.LoginForm):
    """Signing in with a username or a mail address; browsers may fill it in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ResetPasswordForm(OwnWords, forms.ResetPasswordForm):
    """Asking for a link by mail."""


class ResetPasswordKeyForm(OwnWords, forms.ResetPasswordKeyForm):
    """A new password by way of that link."""


class ChangePasswordForm(OwnWords, forms.ChangePasswordForm):
    """A new password for somebody who knows the old one."""


class SetPasswordForm(OwnWords, forms.SetPasswordForm):
    """A first password."""


class ReauthenticateForm(OwnWords, forms.ReauthenticateForm):
    """The password once more before something that matters."""


class ActivateTOTPForm(OwnWords, totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator."""


class AuthenticateForm(OwnWords, code_forms.AuthenticateForm):
    """The code after the password: of the authenticator, or one of the recovery codes."""


class ReauthenticateByCodeForm(OwnWords, code_forms.ReauthenticateForm):
    """The code once more before something that matters."""
