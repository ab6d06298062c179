"""The invented city and its nine counties as a tree of units; every unit that the sample list names is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from branches.models import BodySettings, Unit, UnitAlias
from branches.models.units import LATE_REASONS, RETURN_PHRASES
from branches.names import unit_letters
from cppcc_party.demo import words

FOUNDED = date(2012, 3, 1)
CITY = "demo-city"


@dataclass(frozen=True)
class Node:
    """A unit to be: its code (below its parent's), names, kind, other names, and what lies under it."""

    code: str
    name: str
    name_en: str
    kind: str
    short: str = ""
    aliases: Sequence[str] = ()
    under: Sequence[Node] = ()
    starts_on: date = FOUNDED
    ends_on: date | None = None


@dataclass(frozen=True)
class County:
    """What is particular about a county: its name, its hall and lounge, whether it has an office party committee."""

    code: str
    han: str
    english: str
    sort: str  # 区, 县 or 市
    hall: tuple[str, str]
    lounge: tuple[str, str] | None = None
    party_organ: bool = True

    @property
    def name(self) -> str:
        """The county's own name, such as 甲区."""
        return self.han + self.sort

    @property
    def name_en(self) -> str:
        """The county's own name in English."""
        return f"{self.english} {SORTS[self.sort]}"

    @property
    def unit_code(self) -> str:
        """The code of its CPPCC body."""
        return f"demo-{self.code}"


SORTS = {"区": "District", "县": "County", "市": "City"}
COUNTIES = (
    County("jia", "甲", "Jia", "区", ("春晖街道", "Chunhui Subdistrict"), ("智能制造", "Smart Manufacturing")),
    County("yi", "乙", "Yi", "区", ("望江街道", "Wangjiang Subdistrict"), ("现代物流", "Modern Logistics")),
    County("bing", "丙", "Bing", "县", ("云溪镇", "Yunxi Town"), ("生态农业", "Green Farming")),
    County("ding", "丁", "Ding", "县", ("松岭镇", "Songling Town")),
    County("wu", "戊", "Wu", "县", ("竹海乡", "Zhuhai Township")),
    County("ji", "己", "Ji", "市", ("长桥街道", "Changqiao Subdistrict"), ("商贸流通", "Trade and Commerce")),
    County("geng", "庚", "Geng", "市", ("锦绣街道", "Jinxiu Subdistrict"), ("影视文化", "Film and Culture")),
    County("xin", "辛", "Xin", "市", ("古塘镇", "Gutang Town"), party_organ=False),  # a missing level, as in life
    County("ren", "壬", "Ren", "市", ("五峰镇", "Wufeng Town")),
)
COMMITTEES = (  # code, name, English, short name
    ("proposals", "提案委员会", "Proposals Committee", "提案委"),
    ("members", "委员工作委员会", "Members’ Affairs Committee", "委员工作委"),
    ("economy", "经济委员会", "Economic Committee", "经济委"),
    ("farming", "农业和农村委员会", "Agriculture and Rural Affairs Committee", "农业农村委"),
    ("environment", "人口资源环境委员会", "Population, Resources and Environment Committee", "人资环委"),
    (
        "culture",
        "教科卫体和文化文史学习委员会",
        "Education, Science, Health, Sports, Culture and History Committee",
        "文教卫体委",
    ),
    ("society", "社会法制和民族宗教委员会", "Social, Legal, Ethnic and Religious Affairs Committee", "社法民宗委"),
)
ENDED_WITH_HISTORY = f"{CITY}-village-trip"  # worked on a list before its trip was over
YOUNGEST = "society"  # the committee whose functional branch is approved and not opened yet
OFFICE_BRANCHES = (
    ("first", "机关第一党支部", "First Office Branch"),
    ("second", "机关第二党支部", "Second Office Branch"),
    ("third", "机关第三党支部", "Third Office Branch"),
    ("joint", "机关后勤联合党支部", "Office Services Joint Branch"),
)


def city(today: date) -> Node:
    """The city body with everything in it and the nine county bodies below, as of today."""
    inner = [
        Node("party-group", "市政协党组", "Party Group of the City CPPCC", "party_group", "党组"),
        Node("office-group", "市政协机关党组", "Office Party Group", "office_group", "机关党组"),
        Node(
            "organ",
            "市政协机关党委",
            "Office Party Committee",
            "party_organ",
            "机关党委",
            under=[Node(code, name, english, "branch") for code, name, english in OFFICE_BRANCHES],
        ),
        Node(
            "office",
            "办公室",
            "General Office",
            "office",
            aliases=["市政协办公室"],
            under=[
                Node("secretariat", "秘书处", "Secretariat Division", "division"),
                Node("services", "行政处", "Services Division", "division"),
                Node("personnel", "人事处", "Personnel Division", "division"),
            ],
        ),
        Node("research", "研究室", "Research Office", "division", aliases=["市政协研究室"]),
        Node("inspection", "派驻纪检监察组", "Resident Discipline Inspection Group", "inspection", "派驻纪检组"),
        *[_committee(*row, today) for row in COMMITTEES],
        Node("committee-office", "专委会办公室", "Committees’ Office", "committee_office", "专委办"),
        Node("platforms", "平台党支部", "Platform Branches", "heading", under=_city_platform_branches(today)),
        Node(
            "partners",
            "联系部门",
            "Partner Departments",
            "heading",
            under=[
                Node("organisation", "市委组织部", "City Party Committee Organisation Department", "partner"),
                Node("publicity", "市委宣传部", "City Party Committee Publicity Department", "partner"),
                Node("united-front", "市委统战部", "City Party Committee United Front Work Department", "partner"),
            ],
        ),
    ]
    counties = [_county(county, today) for county in COUNTIES]
    return Node(
        CITY, "示例市政协", "Shili City CPPCC", "body", aliases=["市政协"], under=[*map(_prefixed, inner), *counties]
    )


def _prefixed(node: Node, prefix: str = CITY) -> Node:
    """The same unit with its codes led by the body's."""
    return replace(node, code=f"{prefix}-{node.code}", under=[_prefixed(child, prefix) for child in node.under])


def _committee(code: str, name: str, english: str, short: str, today: date) -> Node:
    youngest = code == YOUNGEST
    branch = Node(
        f"{code}-branch", f"{name}功能型党支部", f"Functional Branch of the {english}", "branch",
        f"{short}功能型党支部", starts_on=words.days(today, -4) if youngest else FOUNDED,
    )  # fmt: skip
    return Node(code, name, english, "committee", short, [f"市政协{name}"], [branch])


def _city_platform_branches(today: date) -> list[Node]:
    term, _first = words.term_of(words.last_session(today)[1])
    session, opened = words.last_session(today)
    closed = words.days(opened, words.SESSION_DAYS)
    return [
        Node("crafts", "工艺美术委员会客厅履职临时党支部", "Arts and Crafts Members’ Lounge Temporary Branch", "branch",
             "工艺美术客厅临时党支部", starts_on=words.days(today, -300)),
        Node("riverside", "滨江街道民生议事堂履职临时党支部",
             "Binjiang Subdistrict Deliberation Hall Temporary Branch", "branch",
             "滨江议事堂临时党支部", starts_on=words.days(today, -260)),
        Node("digital", "数字经济委员会客厅履职临时党支部", "Digital Economy Members’ Lounge Temporary Branch",
             "branch",
             "数字经济客厅临时党支部", starts_on=words.days(today, -6)),
        Node("ecology", "生态环保委员会客厅履职临时党支部", "Ecology Members’ Lounge Temporary Branch", "branch",
             "生态环保客厅临时党支部", starts_on=words.days(today, -2)),
        Node("science-trip", "科技创新专题调研临时党支部", "Science and Innovation Study Trip Temporary Branch",
             "branch",
             starts_on=words.days(today, -63), ends_on=words.days(today, 10)),
        Node("village-trip", "乡村振兴专题视察临时党支部", "Rural Revitalisation Inspection Trip Temporary Branch",
             "branch",
             starts_on=words.days(today, -170), ends_on=words.days(today, -58)),
        Node("session", f"{words.numeral(term)}届{words.numeral(session)}次全体会议临时党支部",
             f"Plenary Session {term}.{session} Temporary Branch", "branch", starts_on=opened, ends_on=closed),
    ]  # fmt: skip


def _county(county: County, today: date) -> Node:
    """A county body: party group, office, party organ with its branch, two committees, branches on hall and lounge."""
    code = county.unit_code
    office_branch = Node(f"{code}-office-branch", "机关党支部", "Office Branch", "branch")
    organ = Node(f"{code}-organ", f"{county.name}政协机关党委", "Office Party Committee", "party_organ", "机关党委",
                 under=[office_branch])  # fmt: skip
    functional = Node(f"{code}-functional", "委员功能型党支部", "Members’ Functional Branch", "branch")
    inner = [
        Node(f"{code}-party-group", f"{county.name}政协党组", "Party Group", "party_group", "党组"),
        organ if county.party_organ else office_branch,
        Node(f"{code}-office", "办公室", "General Office", "office"),
        Node(f"{code}-proposals", "提案和委员工作委员会", "Proposals and Members’ Affairs Committee", "committee",
             "提案委员委", under=[functional]),
        Node(f"{code}-economy", "经济和民生委员会", "Economy and Livelihood Committee", "committee", "经济民生委"),
        Node(f"{code}-hall", f"{county.hall[0]}民生议事堂履职临时党支部",
             f"{county.hall[1]} Deliberation Hall Temporary Branch", "branch",
             f"{county.hall[0]}议事堂临时党支部", starts_on=words.days(today, -240)),
    ]  # fmt: skip
    if county.lounge:
        inner.append(
            Node(f"{code}-lounge", f"{county.lounge[0]}委员会客厅履职临时党支部",
                 f"{county.lounge[1]} Members’ Lounge Temporary Branch", "branch",
                 f"{county.lounge[0]}客厅临时党支部", starts_on=words.days(today, -200))
        )  # fmt: skip
    return Node(code, f"{county.name}政协", f"{county.name_en} CPPCC", "body", county.name, [county.name], inner)


@dataclass(frozen=True)
class _Placed:
    node: Node
    body: str
    path: str
    depth: int


def _placed(node: Node, body: str, path: str, depth: int) -> Iterator[_Placed]:
    """The tree walked in establishment order, each unit with its path and the body it belongs to."""
    body = node.code if node.kind == "body" else body
    yield _Placed(node, body, path, depth)
    for position, child in enumerate(node.under, 1):
        yield from _placed(child, body, Unit._get_path(path, depth + 1, position), depth + 1)


def plant(today: date) -> dict[str, Unit]:
    """Write the tree and the names by which lists call its units; gives the units by code."""
    last = Unit.objects.get_last_root_node()  # a tree may have several roots: an admin's own bodies stay as they are
    root = last._inc_path() if last else Unit._get_path("", 1, 1)
    rows = list(_placed(city(today), CITY, root, 1))
    Unit.objects.bulk_create(
        [
            Unit(
                path=row.path, depth=row.depth, numchild=len(row.node.under), code=row.node.code, kind_id=row.node.kind,
                name=row.node.name, name_en=row.node.name_en, short_name=row.node.short,
                **unit_letters(row.node.name, row.node.short),
                starts_on=row.node.starts_on, ends_on=row.node.ends_on,
            )
            for row in rows
        ]
    )  # fmt: skip
    units = {unit.code: unit for unit in Unit.objects.filter(path__startswith=root)}
    for row in rows:
        units[row.node.code].body = units[row.body]
    Unit.objects.bulk_update(units.values(), ["body"])
    UnitAlias.objects.bulk_create(
        UnitAlias(unit=units[row.node.code], body=units[CITY], name=name) for row in rows for name in row.node.aliases
    )
    for code in (CITY, "demo-jia"):
        BodySettings.objects.create(
            body=units[code],
            late_reasons=list(LATE_REASONS),
            return_phrases=list(RETURN_PHRASES),
            help_phone="000-0000000",
        )
    return units
