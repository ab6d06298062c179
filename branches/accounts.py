"""How allauth meets our people: accounts are opened by admins, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from branches.models import User


class Adapter(DefaultAccountAdapter):
    """No sign-up: a post is given by a body, and with it the account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def display(user: User) -> str:
    """How a person is called in allauth's messages."""
    return user.name
