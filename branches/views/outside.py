"""Signing in with an account elsewhere, and connecting and disconnecting one's own (decision 0032).

A press leads to a page of ours that goes on by itself: a form that is answered by the way to another host would break the
content policy (form-action), and on which hosts a provider's own pages lie nobody knows beforehand.
"""

from __future__ import annotations

import uuid
from typing import Any

import structlog
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from branches import actions
from branches.models import User
from branches.outside import doors
from branches.outside.adapter import Recognised, Stopped
from branches.outside.doors import Door
from branches.requests import Asked, Visit
from branches.views.answering import operation, pressed, safe_next
from branches.views.switches import remember_user

STATUS = {"cancelled": 200, "lost": 400, "unknown": 403, "many": 429, "away": 503}
log = structlog.get_logger(__name__)


def door_or_404(code: str) -> Door:
    """A door that this site has."""
    found = doors.find(code)
    if found is None:
        raise Http404
    return found


@never_cache
@login_not_required
@require_POST
def start(request: Visit, code: str) -> HttpResponse:
    """Begin to sign in: a press on the sign-in page."""
    door, onward = door_or_404(code), safe_next(request, "")
    if request.user.is_authenticated:
        return redirect(onward or "home")
    return _lead(request, door, AuthProcess.LOGIN, next_url=onward or None)


@require_POST
def connect(request: Asked, code: str) -> HttpResponse:
    """Begin to connect one's own account there; whoever sits here has typed the password lately."""
    door, op = door_or_404(code), operation(request)
    _prove(request)
    return _lead(request, door, AuthProcess.CONNECT, data={"person": request.user.pk, "op": str(op)})


@require_POST
def end(request: Asked, code: str) -> HttpResponse:
    """Disconnect it; also where the site does not have the door any more."""
    op = operation(request)
    if code not in doors.NAMES:
        raise Http404
    _prove(request)
    words = _("Disconnected. The account there lets nobody in any more")
    pressed(request, lambda: actions.disconnect_outside(code, by=request.user, op=op, now=request.now), words)
    return redirect("branches:me")


def _prove(request: Asked) -> None:
    """Ask for the password where it was not typed lately; the press is carried out afterwards."""
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired


def _lead(request: Visit, door: Door, process: str, **begun: Any) -> HttpResponse:
    """The page that leads to the provider."""
    if not _may_try(request, dry_run=True):
        return _stopped(request, door, Stopped("many"))
    try:
        answer = get_adapter().get_provider(request, door.code).redirect(request, process, **begun)
    except Stopped as stop:
        return _stopped(request, door, stop)
    except (OAuth2Error, RequestException) as error:
        return _stopped(request, door, Stopped("away", error))
    return render(request, "account/outside_go.html", {"door": door, "address": answer["Location"]})


@never_cache
@login_not_required
@require_GET
def back(request: Visit, code: str) -> HttpResponse:
    """Come back from the provider. The second factor, closed accounts and `next` are as with the password."""
    door = door_or_404(code)
    if not _may_try(request, dry_run=True):
        return _stopped(request, door, Stopped("many"))
    was_in = request.user.is_authenticated
    try:
        steps = get_adapter().get_provider(request, door.code).get_oauth2_adapter(request)
        answer: HttpResponse = OAuth2CallbackView.adapter_view(steps)(request)
    except Recognised as found:
        return _connected(request, door, found)
    except Stopped as stop:
        return _stopped(request, door, stop)
    except (OAuth2Error, RequestException) as error:
        return _stopped(request, door, Stopped("away", error))
    return remember_user(answer, request.user) if isinstance(request.user, User) and not was_in else answer


def _connected(request: Visit, door: Door, found: Recognised) -> HttpResponse:
    """Connect it with whoever began, if it is he who came back."""
    person = request.user
    if not isinstance(person, User) or found.begun.get("person") != person.pk:
        return _stopped(request, door, Stopped("lost"))
    op = uuid.UUID(found.begun["op"])
    words = _("Connected. From now on the button on the sign-in page lets you in")
    pressed(request, lambda: actions.connect_outside(door.code, found.mark, by=person, op=op, now=request.now), words)
    return redirect("branches:me")


def _stopped(request: Visit, door: Door, stop: Stopped) -> HttpResponse:
    """What did not come about and what helps; the log has the provider's side of it, without anybody's name."""
    if stop.why in ("lost", "away"):
        _may_try(request)
        said = str(stop.error) if isinstance(stop.error, RequestException) else ""
        log.warning("outside_sign_in", door=door.code, why=stop.why, error=type(stop.error).__name__, said=said[:200])
    context = {"door": door, "why": stop.why, "signed_in": request.user.is_authenticated}
    return render(request, "account/outside_stopped.html", context, status=STATUS[stop.why])


def _may_try(request: Visit, *, dry_run: bool = False) -> bool:
    """Whether this address may go on trying; only what came to nothing counts, for an office signs in behind one."""
    config = {"outside": settings.OUTSIDE_FAILURES}
    return bool(
        ratelimit.consume(request, app="branches", action="outside", config=config, dry_run=dry_run, limit_get=True)
    )
