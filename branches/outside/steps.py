"""What every provider's steps have in common: where people come back to, and that only who somebody is counts.

A door of a site decides every address. What cannot be understood is the provider's trouble, whatever it looks like.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest
from django.urls import reverse

from branches.outside import doors
from branches.outside.doors import Door


@contextlib.contextmanager
def understood() -> Iterator[None]:
    """An answer that lacks something or holds something else."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise OAuth2Error("the answer cannot be understood") from error


class OurSteps:
    """Before allauth's steps of a sign-in: where people come back to, and answers that cannot be understood."""

    provider_id: str

    @property
    def door(self) -> Door:
        """The door as the settings have it now."""
        found = doors.find(self.provider_id)
        if found is None:
            raise OAuth2Error("no such door")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Ours; a provider is told of it once, when the site is set up."""
        return request.build_absolute_uri(reverse("account_outside_back", args=[self.provider_id]))

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        """A code for a token."""
        with understood():
            return super().get_access_token_data(*args, **kwargs)  # type: ignore[misc] # mixed into allauth's steps

    def parse_token(self, data: Any) -> SocialToken:
        """The token; it is used once and not kept."""
        with understood():
            found: SocialToken = super().parse_token(data)  # type: ignore[misc] # mixed into allauth's steps
            return found

    def complete_login(self, *args: Any, **kwargs: Any) -> Any:
        """A token for who it is."""
        with understood():
            return super().complete_login(*args, **kwargs)  # type: ignore[misc] # mixed into allauth's steps


class OnlyWho:
    """Before allauth's provider: of all that is said about somebody, who he is. No name, no picture, no mail address."""

    app: SocialApp

    def who(self, data: Any) -> Any:
        """What the provider calls him."""
        raise NotImplementedError

    def extract_uid(self, data: Any) -> str:
        """The mark that is kept."""
        who, door = self.who(data), doors.find(self.app.provider)
        if not isinstance(who, str) or not who or door is None:
            raise OAuth2Error("the answer does not say who it is")
        return door.mark_of(who)

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        """Nothing."""
        return {}

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        """Nothing."""
        return {}

    def extract_email_addresses(self, data: Any) -> list[Any]:
        """None."""
        return []
