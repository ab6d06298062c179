"""Addresses of boards and of the rows behind a figure. They carry measure, giver, list, period and order along (ux L05)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.urls import reverse

from branches.models import Line
from dashboards.scopes import Measure, Period, Scope
from tasks.figures import Figure

KEY = re.compile(r"[0-9]{1,18}", re.ASCII)
ORDERS = ("gap", "tree")
SIZES = (20, 50, 100)


@dataclass(frozen=True)
class Wanted:
    """What the address of a board asks for; unreadable values are a 400 (design 8)."""

    measure: Measure | None = None
    by: int | None = None
    list: int | None = None
    month: Period | None = None
    line: str = ""
    order: str = ""
    figure: Figure = Figure.TOTAL
    child: int | None = None
    reason: str = ""
    size: int = SIZES[0]

    @classmethod
    def read(cls, parameters: QueryDict) -> Wanted:
        """The parameters of an address; an empty one counts as not given."""
        get = {name: str(value) for name, value in parameters.items() if value}
        month = Period.read(get["month"]) if "month" in get else None
        if "month" in get and month is None:
            raise BadRequest("month")
        return cls(
            measure=Measure(_one_of(get, "measure", Measure.values)) if "measure" in get else None,
            by=_key(get, "by"),
            list=_key(get, "list"),
            month=month,
            line=_one_of(get, "line", Line.values) if "line" in get else "",
            order=_one_of(get, "order", ORDERS) if "order" in get else "",
            figure=Figure(_one_of(get, "figure", Figure.values)) if "figure" in get else Figure.TOTAL,
            child=_key(get, "child"),
            reason=get.get("reason", "")[:60],
            size=int(_one_of(get, "size", [str(size) for size in SIZES])) if "size" in get else SIZES[0],
        )


def _key(get: dict[str, str], name: str) -> int | None:
    if name not in get:
        return None
    if not KEY.fullmatch(get[name]):
        raise BadRequest(name)
    return int(get[name])


def _one_of(get: dict[str, str], name: str, known: Collection[str]) -> str:
    if get[name] not in known:
        raise BadRequest(name)
    return get[name]


@dataclass(frozen=True)
class Addresses:
    """The links of one board."""

    scope: Scope
    order: str = ""

    def _query(self, **changes: object) -> str:
        scope = self.scope
        kept: dict[str, object] = {
            "measure": scope.measure.value,
            "by": scope.giver.pk if scope.giver and not scope.own_giving else None,
            "list": scope.list.pk if scope.list else None,
            "month": scope.period,
            "line": scope.line,
            "order": self.order,
        }
        kept |= changes
        return urlencode({name: str(value) for name, value in kept.items() if value not in (None, "")})

    def board(self, unit: int | None = None, **changes: object) -> str:
        """This board, or that of one of its units in the same measure: there the giver stays this board's giver."""
        if unit is not None and self.scope.giver:
            changes.setdefault("by", self.scope.giver.pk)
        address = reverse("dashboards:unit-board", args=[unit or self.scope.unit.pk])
        return f"{address}?{self._query(**changes)}"

    def report(self) -> str:
        """The monthly brief of this board."""
        return f"{reverse('dashboards:report', args=[self.scope.unit.pk])}?{self._query(order=None)}"

    def rows(self, figure: str, **changes: object) -> str:
        """The rows behind a figure; `child`, `month`, `line` and `reason` narrow them."""
        address = reverse("dashboards:rows", args=[self.scope.unit.pk])
        changes.setdefault("order", None)
        if self.scope.child:
            changes.setdefault("child", self.scope.child.pk)
        return f"{address}?{urlencode({'figure': str(figure)})}&{self._query(**changes)}"
