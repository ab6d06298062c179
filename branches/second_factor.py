"""The second factor (allauth.mfa): time codes and recovery codes, whose secrets lie encrypted in the database.

People who administer must have one on a site (design 11): branches.middleware sends them here until they do. A lost phone is
the affair of another admin or of the server's console (branches.actions.accounts).
"""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches import clock
from branches.models import User
from branches.roles import ADMINISTERS
from branches.secrets import locked, unlocked

PURPOSE = "second factor"


class Adapter(DefaultMFAAdapter):
    """Our words, the name of the product in the authenticator, and secrets that a copy of the database does not give away."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is not right. Wait for the next one and type it"),
        "rate_limited": _("Too many tries. Wait a while and try again"),
        "cannot_delete_authenticator": _("People who administer keep a second factor"),
    }

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return gettext("CPPCC party-building tasks")

    def build_totp_svg(self, url: str) -> str:
        return ""  # our template draws the code itself (branches.qr)

    def encrypt(self, text: str) -> str:
        return locked(PURPOSE, text)

    def decrypt(self, encrypted_text: str) -> str:
        return unlocked(PURPOSE, encrypted_text)  # empty after a change of the key: an admin takes the factor away

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (settings.SECOND_FACTOR_DEMANDED and _administers(authenticator.user))

    def send_notification_mail(self, *args: object, **kwargs: object) -> None:
        """Nothing by mail: the history of the account says it, and no network is waited for in the request."""


def _administers(user: User) -> bool:
    return user.posts.active(clock.today()).filter(role__in=ADMINISTERS).exists()


def has_one(user: User) -> bool:
    """Whether this person has set up time codes."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def is_missing(request: HttpRequest) -> bool:
    """Whether whoever asks administers and has no second factor where one is demanded."""
    posts = getattr(request, "posts", [])
    if not settings.SECOND_FACTOR_DEMANDED or not any(post.role in ADMINISTERS for post in posts):
        return False
    return not (isinstance(request.user, User) and has_one(request.user))
