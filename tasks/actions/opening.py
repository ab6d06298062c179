"""The workbook of an opening: its units and its people, looked at without writing, then taken in together or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from branches.actions.opening import UnitPlan, plant_units
from branches.actions.roster import PersonPlan, take_in
from branches.models import Unit, User
from branches.writing import NotPossible, once


@dataclass(frozen=True)
class Opened:
    """What a workbook wrote."""

    units: int
    accounts: int


class Looked(Exception):
    """Ends a look, so that nothing of it stays."""


def look(body: Unit, units: Sequence[UnitPlan], check: Any, *, by: User, now: datetime) -> Any:
    """What `check` finds with the units planted; then they are taken away again, so that looking writes nothing."""
    found: list[Any] = []
    try:
        with transaction.atomic():
            plant_units(body, units, by=by, op=uuid.uuid4(), now=now)
            found.append(check())
            raise Looked
    except Looked:
        return found[0]


def take_workbook(
    body: Unit, units: Any, people: Any, *, content: Mapping[str, Any] | str, by: User, op: uuid.UUID, now: datetime
) -> Opened:
    """Plant the units and take the people in, in one transaction. `units` and `people` give their plans when asked, so that
    they are made from what is there at that moment. Raises NotPossible when something needs an answer after all."""

    def write() -> dict[str, Any]:
        made = plant_units(body, units(), by=by, op=op, now=now)
        plans: Sequence[PersonPlan] | None = people()
        if plans is None:
            raise NotPossible(_("Something has changed since the check. Check the file again"))
        taken = take_in(body, lambda: plans, by=by, op=uuid.uuid5(op, "people"), now=now, content=str(op))
        return {"units": made, "accounts": taken.accounts}

    return Opened(**once(op, "take_workbook", write, by=by, now=now, content=content))
