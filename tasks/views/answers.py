"""How the pages of an assignment read a request and answer what an action refused: one place for both (design 8).

Unreadable 400 · content not acceptable 400 · not yours 403 · not visible 404 · somebody was faster, another version, an
operation id used twice 409. What was typed is kept by the page that calls these.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from branches.requests import Asked
from branches.views.answering import operation
from branches.writing import Invalid, Refused
from tasks.models import Assignment
from tasks.queries.assignments import assignments
from tasks.rules import Actor, Verdict

__all__ = ["actor", "allowed", "chosen", "find", "keys", "number", "operation", "refused", "scoped", "version"]

LARGEST = 2**31 - 1


def version(request: Asked) -> int | None:
    """The version that the person read, where the form carries one."""
    return number(request, "version") if "version" in request.POST else None


def number(request: Asked, name: str) -> int:
    """A whole number from a hidden field or a chosen option; anything else was not made by us (400)."""
    text = request.POST.get(name, "")
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(LARGEST)) or int(text) > LARGEST:
        raise BadRequest(name)
    return int(text)


def keys(texts: Sequence[str], most: int = 100, name: str = "row") -> list[int]:
    """The keys of ticked boxes, from a form or an address; nonsense among them, or far too many, is a 400."""
    if len(texts) > 2 * most or not all(text.isascii() and text.isdecimal() and len(text) < 19 for text in texts):
        raise BadRequest(name)
    return [int(text) for text in texts]


def chosen(request: Asked, name: str) -> list[int]:
    """The keys of a form's ticked boxes."""
    return keys(request.POST.getlist(name), 50, name)


def actor(request: Asked) -> Actor:
    """The person with everything he acts as today, from what the request has read already."""
    return Actor.of(request.user, request.today, request.posts)


def scoped(request: Asked) -> Actor:
    """The same narrowed to the post chosen in the scope switch: it filters what pages list, never widens (design 3)."""
    whole = actor(request)
    if request.scope is None:
        return whole
    return Actor(whole.user, whole.on, tuple(hat for hat in whole.hats if hat.post and hat.post.pk == request.scope.pk))


def find(request: Asked, pk: int) -> Assignment:
    """The assignment, or 404 when it does not exist for this person."""
    return get_object_or_404(assignments(request.user, request.today), pk=pk)


def allowed(verdict: Verdict, title: str) -> None:
    """403 with words when a visible thing is another's to do."""
    if not verdict:
        raise PermissionDenied(title)


def refused(request: Asked, error: Refused) -> HttpResponse:
    """A page of its own for a refusal that no form can show; nothing was changed."""
    status = 400 if isinstance(error, Invalid) else 409
    context = {"title": _("Nothing was changed"), "reason": error.message, "status": status}
    return render(request, f"{status}.html", context, status=status)
