"""How allauth meets our people: accounts are opened by admins, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from branches.models import User


class Adapter(DefaultAccountAdapter):
    """No sign-up: a post is given by a body, and with it the account. Errors say what to do (ux.md h.5)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("The username, mail address or password is not right"),
        "email_password_mismatch": _("The username, mail address or password is not right"),
        "incorrect_password": _("The password is not right"),
        "enter_current_password": _("The current password is not right"),
        "too_many_login_attempts": _("Too many tries. Wait 15 minutes, or set a new password by mail"),
        "rate_limited": _("Too many tries. Wait a while and try again"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def display(user: User) -> str:
    """How a person is called in allauth's messages."""
    return user.name
