"""Real structures that a site can start from: plain files in branches/trees/, read into units in the order of the tree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "trees"


@dataclass(frozen=True)
class Sprout:
    """A unit to be: `above` is the code of the unit over it; `usual` ones are not asserted of this place."""

    code: str
    name: str
    kind: str
    above: str = ""
    short_name: str = ""
    name_en: str = ""
    usual: bool = False


@dataclass(frozen=True)
class TreeFile:
    """One structure with what it says about its source."""

    key: str
    title: str
    source: str
    as_of: str
    notes: str
    kinds: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    sprouts: list[Sprout]


def names() -> list[str]:
    """The structures that there are."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def read(key: str) -> TreeFile:
    """One structure, parents before their children. Raises KeyError for a name that is none."""
    if key not in names():
        raise KeyError(key)
    raw = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
    city = Sprout(kind="body", **raw["city"])
    sprouts = [city, *_inside(city, raw["inside_city"])]
    for county in raw["counties"]:
        body = Sprout(county["code"], county["name"], "body", city.code, name_en=county["name_en"])
        heading = raw["towns_heading"]
        over = Sprout(
            f"{body.code}-{heading['code']}", heading["name"], heading["kind"], body.code, "", heading["name_en"]
        )
        towns = [Sprout(f"{body.code}{code}", name, "town", over.code) for code, name in county["towns"].items()]
        sprouts += [body, *_inside(body, raw["inside_county"]), over, *towns]
    said = {name: raw[name] for name in ("title", "source", "as_of", "notes", "kinds", "groups")}
    return TreeFile(key=key, sprouts=sprouts, **said)


def _inside(body: Sprout, rows: list[dict[str, Any]]) -> list[Sprout]:
    return [Sprout(**{**row, "code": f"{body.code}-{row['code']}"}, above=body.code) for row in rows]
