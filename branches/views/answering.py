"""How a page answers a write: the operation id it came with, refusals beside the fields, two editors side by side."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from branches.forms.fields import PlainForm
from branches.models import Change
from branches.queries.history import value_in_words
from branches.requests import Asked
from branches.writing import Conflict, Invalid, NotPossible, Reused

T = TypeVar("T")
BIGGEST = 2**31 - 1


def operation(request: HttpRequest) -> uuid.UUID:
    """The id of the write; a form of ours always carries one."""
    try:
        return uuid.UUID(request.POST.get("op", ""))
    except ValueError as error:
        raise BadRequest(_("The form carries no operation id")) from error


def number(request: HttpRequest, name: str) -> int | None:
    """A number from the address or the form: None when it is missing, 400 when it is none."""
    raw = request.POST.get(name, request.GET.get(name, ""))
    if raw == "":
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) < 11 and int(raw) <= BIGGEST):
        raise BadRequest(_("A number in the address cannot be read"))
    return int(raw)


def version(request: HttpRequest) -> int:
    """The version of the row that the person read."""
    found = number(request, "version")
    if found is None:
        raise BadRequest(_("The form does not say which version was read"))
    return found


def tried(form: PlainForm, act: Callable[[], T]) -> T | None:
    """What the action gives back; None after a refusal, which then stands in the form."""
    try:
        return act()
    except Invalid as problem:
        form.refuse(problem)
    except (NotPossible, Reused) as problem:
        form.stop(problem.message)
    return None


def done(form: PlainForm, act: Callable[[], None]) -> bool:
    """Whether an action that gives nothing back went through; a refusal stands in the form."""

    def acted() -> bool:
        act()
        return True

    return tried(form, acted) or False


def pressed(request: HttpRequest, act: Callable[[], Any], words: str) -> None:
    """A button without fields: a line that says it is done, or why it is not."""
    try:
        act()
    except (Invalid, NotPossible, Reused) as problem:
        messages.warning(request, problem.message)
    else:
        messages.success(request, words)


@dataclass(frozen=True)
class Side:
    """One entry of a conflict: as it stands now, and as this person typed it."""

    label: str
    stands: str
    typed: str

    @property
    def differs(self) -> bool:
        """Whether there is something to choose."""
        return self.stands != self.typed


def conflict(request: Asked, form: PlainForm, problem: Conflict, *, last: Change | None, back: str) -> HttpResponse:
    """409: both versions side by side, nothing typed is lost; saving again is one press (design 8)."""
    row = problem.details["row"]
    sides = [_side(form[name], row) for name in form.cleaned_data]
    keep = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "op", "version")
    ]
    context = {
        "sides": sides,
        "keep": keep,
        "version": row.version,
        "last": last,
        "back": back,
        "message": problem.message,
    }
    return render(request, "branches/conflict.html", context, status=409)


def _side(field: BoundField, row: Any) -> Side:
    """The entry as it stands in the row (or in the unit of a branch) beside what was typed."""
    typed = field.form.cleaned_data[field.name]
    stands = getattr(row, field.name, getattr(getattr(row, "unit", None), field.name, ""))
    return Side(str(field.label), value_in_words(field.name, stands), value_in_words(field.name, typed))


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where to go afterwards: an address of ours that the form named, else the default."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours and wanted.startswith("/") else default  # a bare word would be taken for the name of a view


def go(request: HttpRequest, where: Any, words: str) -> HttpResponseRedirect:
    """Away from a form that has been saved, with a line that says what happened."""
    messages.success(request, words)
    return redirect(where)
