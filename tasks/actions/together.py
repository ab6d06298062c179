"""Several rows in one press: each by itself, so that one that has moved on does not hold up the others (ux 80)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import Operation, User
from branches.writing import Refused
from tasks.models import Assignment

MOST = 100  # rows in one go: each is listed before anything is written


@dataclass(frozen=True)
class Outcome:
    """What one press did: the keys of the rows it changed, and those that were left, each with the words why."""

    done: list[int]
    left: list[tuple[int, str]]

    @property
    def result(self) -> dict[str, Any]:
        """The same as an operation keeps it."""
        return {"done": self.done, "left": self.left}

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Outcome:
        """The kept one as it was first given."""
        return cls(list(result["done"]), [(row, words) for row, words in result["left"]])


def one_by_one(rows: Iterable[Assignment], work: Callable[[Assignment], object], *, writes: bool = True) -> Outcome:
    """Do `work` for each row in a savepoint of its own, within the caller's transaction; none is needed for a mere check.

    The caller holds the rows in the order of their keys, so that two presses wait for each other and never in a circle.
    """
    outcome = Outcome([], [])
    for row in rows:
        try:
            with transaction.atomic() if writes else nullcontext():
                work(row)
        except Refused as error:
            outcome.left.append((row.pk, error.message))
        except PermissionDenied:
            outcome.left.append((row.pk, _("Another desk decides on it")))
        else:
            outcome.done.append(row.pk)
    return outcome


def held(rows: Iterable[int], by: User, on: date) -> list[Assignment]:
    """The rows that this person sees, locked in the order of their keys. Raises PermissionDenied when one is not among them."""
    wanted = set(rows)
    found = list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(pk__in=Assignment.objects.visible_to(by, on).filter(pk__in=wanted).values("pk"))
        .select_related("task", "issuer", "issuer_body", "unit", "body", "person", "period", "source")
        .order_by("pk")
    )
    if len(found) != len(wanted):
        raise PermissionDenied("rows")
    return found


def pressed(press: uuid.UUID, kind: str, by: User) -> Operation:
    """The press that is to be taken back, locked. Raises PermissionDenied when it is another's or of another kind."""
    done = Operation.objects.select_for_update().filter(pk=press, kind=kind, user=by).first()
    if done is None:
        raise PermissionDenied(kind)
    return done
