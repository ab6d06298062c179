"""Which unit or group a list means by a name: by name, short name, alias, and groups; what is not sure is asked.

Resolved inside the issuing body: its own units first, then the bodies directly below it (design 3).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value

from branches.models import Unit, UnitGroup
from tasks.dispatch import groups_for

MOST_SUGGESTIONS = 4
OUTSIDE = "outside"


@dataclass(frozen=True)
class Match:
    """What a written name stands for: a unit, a group, or a name to be printed only; or nothing yet, with suggestions."""

    written: str
    unit: Unit | None = None
    group: UnitGroup | None = None
    outside: bool = False
    several: tuple[Unit, ...] = ()
    suggestions: tuple[Unit | UnitGroup, ...] = ()

    @property
    def found(self) -> bool:
        """Whether nobody has to be asked."""
        return bool(self.unit or self.group or self.outside)

    @property
    def called(self) -> str:
        """How the page names what was found."""
        thing = self.unit or self.group
        return thing.local_name if thing else self.written


def even(name: str) -> str:
    """A name as it is compared: full-width and half-width alike, no spaces, one kind of brackets and of apostrophes."""
    name = unicodedata.normalize("NFKC", name).replace("'", "’")
    return re.sub(r"\s+", "", name).strip("()。.、,;:")


def key_of(thing: Unit | UnitGroup) -> str:
    """The mark that a form carries for a choice: unit:12 or group:3."""
    return f"{'unit' if isinstance(thing, Unit) else 'group'}:{thing.pk}"


class Names:
    """All names that a list of this issuer may use, read once; two queries for any length."""

    def __init__(self, issuer: Unit, on: date) -> None:
        self.issuer, self.on = issuer, on
        body = issuer.body or issuer
        said = ArrayAgg("aliases__name", filter=Q(aliases__body=body), default=Value([]))
        self.units = list(UnitGroup.candidates(body, on).annotate(said=said).order_by("path"))
        self.groups = groups_for(issuer.body)
        self._by_name: dict[str, list[Unit]] = defaultdict(list)
        self._prefixes = [
            even(name) for name in (body.name, body.short_name, "市政协", "县政协", "区政协", "政协") if name
        ]
        self._found: dict[tuple[str, str], Match] = {}  # a list of 5,000 rows repeats its names
        for unit in self.units:
            for name in {even(unit.name), even(unit.short_name), even(unit.name_en).lower()} - {""}:
                self._by_name[name].append(unit)
        for unit in self.units:
            for name in map(even, unit.said):
                if unit not in self._by_name[name]:
                    self._by_name[name].append(unit)
        self._groups = {
            even(name): group
            for group in self.groups
            for name in [group.name, group.name_en.lower(), *group.aliases]
            if name
        }

    @cached_property
    def _paired(self) -> list[tuple[Unit | UnitGroup, set[str]]]:
        """Every name with its pairs of characters, worked out once: a list may hold thousands of unknown names."""
        return [(thing, _pairs(even(thing.name))) for thing in [*self.groups, *self.units]]

    def find(self, written: str, choice: str = "") -> Match:
        """What `written` means; `choice` is what a person chose for it before (unit:12, group:3, outside)."""
        if (written, choice) not in self._found:
            self._found[written, choice] = self._find(written, choice)
        return self._found[written, choice]

    def apart(self, names: Iterable[str], choices: Mapping[str, str]) -> list[str]:
        """机关党委和办公室 is two units where both are known and no unit is called so (农业和农村委员会 is one)."""
        found: list[str] = []
        for written in names:
            parts = [part for part in re.split("以及|和|与|及", written) if part]
            whole = len(parts) < 2 or written in choices or self.find(written).found
            found += [written] if whole or not all(self.find(part).found for part in parts) else parts
        return list(dict.fromkeys(found))

    def _find(self, written: str, choice: str) -> Match:
        if chosen := self._chosen(written, choice):
            return chosen
        name = even(written)
        for form in dict.fromkeys([name, name.lower(), *self._without_body(name)]):
            if form in self._groups:
                return Match(written, group=self._groups[form])
            units = self._by_name.get(form, [])
            if len(units) == 1:
                return Match(written, unit=units[0])
            if units:
                return Match(written, several=tuple(units), suggestions=tuple(units))
        return Match(written, suggestions=tuple(self._alike(name)))

    def _chosen(self, written: str, choice: str) -> Match | None:
        kind, _colon, number = choice.partition(":")
        if kind == OUTSIDE:
            return Match(written, outside=True)
        if kind == "unit" and (unit := next((u for u in self.units if str(u.pk) == number), None)):
            return Match(written, unit=unit)
        if kind == "group" and (group := next((g for g in self.groups if str(g.pk) == number), None)):
            return Match(written, group=group)
        return None

    def _without_body(self, name: str) -> Iterable[str]:
        """机关党委 for 市政协机关党委: the body's own name in front is often said, often left out."""
        for prefix in self._prefixes:
            if name.startswith(prefix) and len(name) > len(prefix):
                yield name[len(prefix) :]
            yield prefix + name

    def _alike(self, name: str) -> list[Unit | UnitGroup]:
        """Names that share most pairs of characters with the written one, best first."""
        wanted = _pairs(name)
        scored: list[tuple[float, int, Unit | UnitGroup]] = []
        for position, (thing, other) in enumerate(self._paired):
            both = len(wanted & other)
            if both:
                scored.append((-both / len(wanted | other), position, thing))
        return [thing for _score, _position, thing in sorted(scored, key=lambda row: row[:2])[:MOST_SUGGESTIONS]]


def _pairs(name: str) -> set[str]:
    return {name[i : i + 2] for i in range(len(name) - 1)} or {name}
