"""The sheet of units in the workbook of an opening: what it says, and what it would plant; people are `papers.roster`.

`read_units(grid)` is pure; `Units(rows, body, …)` asks the database once and finds every problem at once (ux ADM-4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.validators import validate_slug
from django.forms import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches.actions import UnitWords
from branches.actions.opening import UnitPlan
from branches.models import Unit, UnitKind
from tasks.papers.columns import even
from tasks.papers.grid import Grid, as_text

SHEETS = ("单位", "人员")  # of the workbook: data of the paper, not words of the screen
HEADINGS = ("名称", "类别", "上级", "简称", "代码")
_COLUMNS = {
    "name": {"名称", "单位名称", "单位", "机构名称", "name", "unit"},
    "kind": {"类别", "类型", "单位类别", "性质", "kind", "type"},
    "above": {"上级", "上级单位", "隶属", "所属单位", "above", "parent", "belongsto"},
    "short_name": {"简称", "shortname"},
    "code": {"代码", "编码", "code"},
}
ELSEWHERE = ("body", "branch", "site")  # founded on pages of their own, where their rules are asked
LONGEST = {"name": 120, "short_name": 60, "code": 64}


@dataclass(frozen=True)
class UnitRow:
    """One unit as written, with the number of its row in the file."""

    number: int
    name: str
    kind: str
    above: str
    short_name: str = ""
    code: str = ""


@dataclass
class CheckedUnit:
    """A unit as it was understood."""

    row: UnitRow
    known: bool = False
    problems: list[str] = field(default_factory=list)


def read_units(grid: Grid) -> list[UnitRow]:
    """The units of a sheet; none where no header row names them."""
    for top, cells in enumerate(grid.rows[:10]):
        places = {}
        for column, cell in enumerate(cells):
            heading = even(as_text(cell)).lower()
            key = next((key for key, words in _COLUMNS.items() if heading in words), "")
            if key and key not in places:
                places[key] = column
        if {"name", "kind"} <= places.keys():
            return [row for row in _rows(grid, top, places) if row.name]
    return []


def _rows(grid: Grid, top: int, places: dict[str, int]) -> list[UnitRow]:
    found = []
    for cells, number in zip(grid.rows[top + 1 :], grid.numbers[top + 1 :], strict=True):
        said = {key: as_text(cells[column]).strip() if column < len(cells) else "" for key, column in places.items()}
        found.append(UnitRow(number, **{"above": "", **said}))
    return found


class Units:
    """The units of a sheet on their way into a body."""

    def __init__(self, rows: Sequence[UnitRow], body: Unit) -> None:
        self.body = body
        self.rows = [CheckedUnit(row) for row in rows]
        kinds = list(UnitKind.objects.all())
        self.kinds = {word.lower(): kind for kind in kinds for word in (kind.code, kind.name, kind.name_en) if word}
        listed = [kind.local_name for kind in kinds if kind.code not in ELSEWHERE]
        self.offered = pgettext("between names", ", ").join(listed)
        here = list(Unit.objects.filter(body=body, ends_on__isnull=True).select_related("kind"))
        self.here: dict[str, list[Unit]] = {}
        for unit in here:
            for name in {unit.name, unit.short_name, unit.code} - {""}:
                self.here.setdefault(name, []).append(unit)
        codes = {row.code for row in rows if row.code}
        self.taken = dict(Unit.objects.filter(code__in=codes).values_list("code", "body_id"))
        self._check()

    @property
    def problems(self) -> list[str]:
        """Every problem, in the order of the file."""
        return [words for row in self.rows for words in row.problems]

    @property
    def plans(self) -> list[UnitPlan]:
        """What is planted, parents before their children as the sheet has them."""
        return [
            UnitPlan(
                UnitWords(row.row.name, row.row.short_name, "", row.row.code),
                self.kinds[row.row.kind.lower()].code,
                row.row.above,
            )
            for row in self.rows
            if not row.known
        ]

    def _check(self) -> None:
        written: set[str] = set()
        for checked in self.rows:
            row, at = checked.row, {"row": checked.row.number}
            kind = self.kinds.get(row.kind.lower())
            if kind is None:
                known = {**at, "kind": row.kind, "known": self.offered}
                checked.problems.append(_("Row %(row)d: the kind “%(kind)s” is not known. Known are %(known)s") % known)
            elif kind.code in ELSEWHERE:
                checked.problems.append(
                    _("Row %(row)d: bodies and party branches are founded on their own pages, not from this sheet") % at
                )
            if any(len(getattr(row, name)) > most for name, most in LONGEST.items()):
                checked.problems.append(_("Row %(row)d: a name is too long") % at)
            if row.code and not _is_slug(row.code):
                checked.problems.append(_("Row %(row)d: a code has letters, digits and hyphens only") % at)
            self._above(checked, written)
            key = f"{row.above}\n{row.name}"
            if key in written:
                checked.problems.append(_("Row %(row)d: the same unit stands in an earlier row") % at)
            written |= {key, row.name, row.short_name or row.name, row.code or row.name}

    def _above(self, checked: CheckedUnit, written: set[str]) -> None:
        row, at = checked.row, {"row": checked.row.number, "name": checked.row.above}
        parents = [self.body] if not row.above else self.here.get(row.above, [])
        if not parents and row.above not in written:
            checked.problems.append(_("Row %(row)d: no unit “%(name)s” in this body or in an earlier row") % at)
        elif len(parents) > 1:
            checked.problems.append(_("Row %(row)d: several units are called “%(name)s”; write the code") % at)
        elif parents:
            below = [unit for unit in self.here.get(row.name, []) if unit.path[: -Unit.steplen] == parents[0].path]
            checked.known = bool(below)
        if row.code in self.taken and not checked.known:
            checked.problems.append(_("Row %(row)d: another unit has the code %(code)s") % {**at, "code": row.code})


def _is_slug(text: str) -> bool:
    try:
        validate_slug(text)
    except ValidationError:
        return False
    return True
