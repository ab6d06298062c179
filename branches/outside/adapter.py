"""How allauth meets our doors: settings instead of rows, one way out of the house, nobody signed up or guessed.

Nothing that a provider says about somebody is kept or compared but the mark that he is known by (branches.outside.doors).
"""

from __future__ import annotations

from typing import Any, NoReturn

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.http import HttpRequest

from branches.outside import doors
from branches.outside.providers import CLASSES
from branches.outside.session import guarded_session


class Stopped(Exception):
    """Nobody is let in, and why: `cancelled`, `unknown`, `lost` (not begun here, or too long ago), `away` or `many`."""

    def __init__(self, why: str, error: Exception | None = None) -> None:
        super().__init__(why)
        self.why, self.error = why, error


class Recognised(Exception):
    """The provider has said who it is, for somebody who wants to connect: the mark, and what was begun."""

    def __init__(self, mark: str, begun: dict[str, Any]) -> None:
        super().__init__("recognised")
        self.mark, self.begun = mark, begun


class Adapter(DefaultSocialAccountAdapter):
    """What a door is to allauth. The view (branches.views.outside) answers to what is raised here."""

    def list_apps(
        self, request: HttpRequest | None, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The doors of the settings; the table of applications stays empty and is not asked."""
        found = [door for door in doors.offered() if provider in (None, door.code) and client_id in (None, door.key)]
        return [
            SocialApp(provider=door.code, provider_id=door.code, name=door.name, client_id=door.key, secret=door.secret)
            for door in found
        ]

    def get_provider(self, request: HttpRequest | None, provider: str, client_id: str | None = None) -> Any:
        """The provider behind a door."""
        return CLASSES[provider](request, app=self.get_app(request, provider=provider, client_id=client_id))

    def get_requests_session(self) -> requests.Session:
        """The only way out."""
        return guarded_session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Accounts are opened by admins (branches.accounts)."""
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """A mail address proves nothing, whoever says that it does."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The provider has spoken: whoever connects goes on in our action, whom nobody has connected stays outside."""
        sociallogin.token = None  # it would wait in the session for the second factor
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise Recognised(sociallogin.account.uid, sociallogin.state.get("data") or {})
        if not sociallogin.is_existing:
            raise Stopped("unknown")

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> NoReturn:
        """Cancelled there, begun elsewhere, or the provider is in trouble."""
        if error == AuthError.CANCELLED:
            raise Stopped("cancelled")
        begun = (extra_context or {}).get("state")
        if begun is not None and exception is None and "error" not in request.GET:
            raise Stopped("cancelled")  # WeCom comes back with no code at all
        raise Stopped("away" if begun is not None else "lost", exception)
