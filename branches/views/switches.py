"""The switches of the frame: language, large type, scope. Each leads back to the same place with the same filters."""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches import actions
from branches.middleware import SCOPE
from branches.models import User
from branches.requests import Asked, Visit
from branches.views.answering import number, safe_next

LARGE = "large_type"
R = TypeVar("R", bound=HttpResponse)


def remember(response: R, *, language: str | None = None, large: bool | None = None) -> R:
    """Keep language and type on this device; who has an account finds both again on the next one."""
    kept: dict[str, Any] = {
        "max_age": settings.LANGUAGE_COOKIE_AGE,
        "samesite": settings.LANGUAGE_COOKIE_SAMESITE,
        "secure": settings.LANGUAGE_COOKIE_SECURE,
        "httponly": True,
    }
    if language:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, **kept)
    if large:
        response.set_cookie(LARGE, "1", **kept)
    elif large is not None:
        response.delete_cookie(LARGE)
    return response


def remember_user(response: R, user: User) -> R:
    """What a person chose before, when he signs in."""
    return remember(response, language=user.language, large=user.large_type)


@login_not_required
@require_POST
def set_language(request: Visit) -> HttpResponse:
    """The other language on the same page, for guests too."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        raise BadRequest(_("There is no such language here"))
    if isinstance(request.user, User):
        actions.remember_language(request.user, code)
    return remember(redirect(safe_next(request)), language=code)


@login_not_required
@require_POST
def large_type(request: Visit) -> HttpResponse:
    """Type a quarter larger, or back; without a word about which, the other of the two."""
    wanted = request.POST.get("large", "")
    if wanted not in ("", "0", "1"):
        raise BadRequest(_("Large type is on or off"))
    large = wanted == "1" if wanted else LARGE not in request.COOKIES
    if isinstance(request.user, User):
        actions.remember_large_type(request.user, large)
    return remember(redirect(safe_next(request)), large=large)


@require_POST
def scope(request: Asked) -> HttpResponse:
    """Show the work of one post or of all; a scope filters and never widens (design 3)."""
    chosen = number(request, "post")
    if chosen is not None and chosen in {post.pk for post in request.posts}:
        request.session[SCOPE] = chosen
    else:
        request.session.pop(SCOPE, None)
    return redirect(safe_next(request))
