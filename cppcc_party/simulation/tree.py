"""The tree of a simulated world: its bodies, and in each the same offices, committees and branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import F
from pypinyin import lazy_pinyin

from branches.models import Unit
from branches.names import unit_letters
from cppcc_party.simulation.progress import Progress
from cppcc_party.simulation.scales import Level, Scale

FOUNDED = date(2012, 3, 1)
BATCH = 2000
LOT = 200  # bodies whose units are written together
FIRST = "清云松竹长锦古五春望安平"
SECOND = "溪岭海桥绣塘峰晖江川河原"
SORTS = {
    Level.NATION: ("", ""), Level.PROVINCE: ("省", "Province"), Level.CITY: ("市", "City"), Level.COUNTY: ("县", "County"),
}  # fmt: skip
BRANCHES = (  # key, the unit above it, name, English, type
    ("first", "organ", "机关第一党支部", "First Office Branch", "office"),
    ("second", "organ", "机关第二党支部", "Second Office Branch", "office"),
    ("members1", "committee1", "提案委功能型党支部", "Functional Branch of the Proposals Committee", "functional"),
    ("members2", "committee2", "经济委功能型党支部", "Functional Branch of the Economic Committee", "functional"),
    ("hall", "", "民生议事堂履职临时党支部", "Deliberation Hall Temporary Branch", "temporary"),
    ("lounge", "", "委员会客厅履职临时党支部", "Members’ Lounge Temporary Branch", "temporary"),
)
OFFICES = (  # key, name, English, kind
    ("group", "政协党组", "Party Group", "party_group"),
    ("organ", "机关党委", "Office Party Committee", "party_organ"),
    ("office", "办公室", "General Office", "office"),
    ("research", "研究室", "Research Office", "division"),
)
COMMITTEES = (
    ("提案委员会", "Proposals Committee"), ("经济委员会", "Economic Committee"),
    ("农业和农村委员会", "Agriculture and Rural Affairs Committee"),
    ("社会法制委员会", "Social and Legal Affairs Committee"),
    ("人口资源环境委员会", "Population, Resources and Environment Committee"),
    ("教科卫体委员会", "Education, Science, Health and Sports Committee"),
    ("文化文史和学习委员会", "Culture, History and Study Committee"),
)  # fmt: skip
FEWER = 4  # committees of a county


@dataclass
class Body:
    """A CPPCC body of the world: its units by key ("" is the body itself), the bodies below, and who serves where."""

    level: Level
    name: str
    name_en: str
    path: str
    code: str
    children: list[Body] = field(default_factory=list)
    units: dict[str, Unit] = field(default_factory=dict)
    desk: list[tuple[int, int]] = field(default_factory=list)  # user and post of those who keep the body's desk
    heads: dict[str, tuple[int, int]] = field(default_factory=dict)  # key of a unit → user and post of its head
    seconds: dict[str, tuple[int, int]] = field(default_factory=dict)  # … and of somebody else who serves there
    members: dict[str, list[int]] = field(default_factory=dict)  # key of a branch → its members
    leader: int = 0  # the vice-chair

    @property
    def unit(self) -> Unit:
        """The body's own unit."""
        return self.units[""]

    def family(self) -> Iterator[Body]:
        """The body and all below it, from the top."""
        yield self
        for child in self.children:
            yield from child.family()

    def committees(self) -> list[str]:
        """The keys of its special committees."""
        return [key for key in self.units if key.startswith("committee")]


def grow(scale: Scale, root: str, progress: Progress) -> Body:
    """Write the whole tree under the path `root`, which is free."""
    top = _sketch(scale, 0, 1, root, "sim")
    bodies = list(top.family())
    progress.begin("Units", len(bodies))
    for body in bodies:
        _lay_out(body)
    Unit.objects.bulk_create((body.unit for body in bodies), batch_size=BATCH)
    Unit.objects.filter(path__startswith=root, kind="body").update(body=F("pk"))
    total = len(bodies)
    for first in range(0, len(bodies), LOT):
        lot = bodies[first : first + LOT]
        for body in lot:
            for unit in body.units.values():
                unit.body_id = body.unit.pk
        inner = [unit for body in lot for key, unit in body.units.items() if key]
        Unit.objects.bulk_create(inner, batch_size=BATCH)
        total += len(inner)
        progress.tick(first + len(lot))
    progress.end(f"{total:,} in {len(bodies):,} bodies")
    return top


def _sketch(scale: Scale, depth: int, number: int, path: str, code: str) -> Body:
    """A body and those below it, without a row yet."""
    level = scale.levels[depth][0]
    sort, english = SORTS[level]
    place = FIRST[(number - 1) % len(FIRST)] + SECOND[((number - 1) // len(FIRST) + number - 1) % len(SECOND)]
    name = f"{place}{sort}" if sort else "全国"
    name_en = f"{_latin(place)} {english}" if sort else "National"
    body = Body(level, name, name_en, path, code)
    if depth + 1 < len(scale.levels):
        own = len(OFFICES) + _committees(level) + 2  # the offices, and the two branches on platforms
        body.children = [
            _sketch(scale, depth + 1, n, Unit._get_path(path, depth + 2, own + n), f"{code}-{n}")
            for n in range(1, scale.levels[depth + 1][1] + 1)
        ]
    return body


def _committees(level: Level) -> int:
    return FEWER if level == Level.COUNTY else len(COMMITTEES)


def _lay_out(body: Body) -> None:
    """The units of a body, under their keys; no row yet."""
    committees = COMMITTEES[: _committees(body.level)]
    plan = [*OFFICES, *((f"committee{n}", *words, "committee") for n, words in enumerate(committees, 1))]
    below = {key: [row for row in BRANCHES if row[1] == key] for key, *_words in plan}
    body.units[""] = _unit(
        body, "", body.path, f"{body.name}政协", f"{body.name_en} CPPCC", "body",
        len(plan) + 2 + len(body.children), body.name,
    )  # fmt: skip
    places = [*plan, *((key, name, english, "branch") for key, above, name, english, _type in BRANCHES if not above)]
    for position, (key, name, english, kind) in enumerate(places, 1):
        path = Unit._get_path(body.path, len(body.path) // Unit.steplen + 1, position)
        branches = below.get(key, [])
        body.units[key] = _unit(body, key, path, name, english, kind, len(branches))
        for n, (own, _above, its_name, its_english, _type) in enumerate(branches, 1):
            its_path = Unit._get_path(path, len(path) // Unit.steplen + 1, n)
            body.units[own] = _unit(body, own, its_path, its_name, its_english, "branch", 0)


def _unit(body: Body, key: str, path: str, name: str, name_en: str, kind: str, children: int, short: str = "") -> Unit:
    return Unit(
        path=path, depth=len(path) // Unit.steplen, numchild=children, code=f"{body.code}-{key}" if key else body.code,
        kind_id=kind, name=name, name_en=name_en, short_name=short, starts_on=FOUNDED, **_letters(name, short),
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _letters(name: str, short: str) -> dict[str, str]:
    return unit_letters(name, short)


@lru_cache(maxsize=512)
def _latin(han: str) -> str:
    return "".join(lazy_pinyin(han)).capitalize()
