"""Platforms and branches of the demo in every state of a branch's life, with their members and appointed heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from branches.models import (
    Branch,
    BranchState,
    BranchType,
    Gap,
    Line,
    Membership,
    Pairing,
    Platform,
    Post,
    Standing,
    Unit,
    User,
)
from branches.roles import Role
from cppcc_party.demo import words
from cppcc_party.demo.tree import CITY, COMMITTEES, COUNTIES, YOUNGEST, County

PLANNED, APPROVED, ACTIVE, ENDED = BranchState.PLANNED, BranchState.APPROVED, BranchState.ACTIVE, BranchState.ENDED
STANDING_SINCE = -700  # days from today on which standing branches took up today's line-up
APPROVED_BEFORE = -5  # days before a branch's first day on which it was approved


@dataclass(frozen=True)
class PlatformPlan:
    """A platform to be: what, whose, where, led by whom; `offset` is its first day, counted from today."""

    key: str
    kind: Platform.Kind
    name: str
    name_en: str
    body: str
    place: str
    lead: str = ""
    offset: int = -400
    gap: Gap | None = None
    gap_words: str = ""


@dataclass(frozen=True)
class BranchPlan:
    """A branch to be. The first of `members` is its head; the unit's own first and last day bound its life."""

    unit: str
    type: str
    members: Sequence[str]
    approved_by: str = ""
    document: str = ""
    state: BranchState = ACTIVE
    platform: str = ""
    instructor: str = ""


def _city_platforms(today: date) -> list[PlatformPlan]:
    c, kind = CITY, Platform.Kind
    term, session = words.term_of(words.last_session(today)[1])[0], words.last_session(today)[0]
    return [
        PlatformPlan("crafts", kind.LOUNGE, "工艺美术委员会客厅", "Arts and Crafts Members’ Lounge", c,
                     "示例市工艺美术园", "culture.two"),
        PlatformPlan("digital", kind.LOUNGE, "数字经济委员会客厅", "Digital Economy Members’ Lounge", c,
                     "示例市软件园", "economy.two"),
        PlatformPlan("ecology", kind.LOUNGE, "生态环保委员会客厅", "Ecology Members’ Lounge", c, "示例市湿地公园",
                     "environment.two"),
        PlatformPlan("riverside", kind.HALL, "滨江街道民生议事堂",
                     "Binjiang Subdistrict Livelihood Deliberation Hall", c,
                  "滨江街道便民服务中心", "society.two"),
        PlatformPlan("archive-studio", kind.STUDIO, "文史委员工作室", "Culture and History Members’ Studio", c, "示例市档案馆",
                     "culture.three", gap=Gap.TOO_FEW),
        PlatformPlan("lake-hall", kind.HALL, "湖畔社区民生议事堂", "Lakeside Livelihood Deliberation Hall", c, "湖畔社区",
                     "society.three"),
        PlatformPlan("market-hall", kind.HALL, "商贸城民生议事堂", "Trade Centre Livelihood Deliberation Hall", c, "示例商贸城",
                     "economy.three", gap=Gap.NOT_NEEDED, gap_words="由滨江街道议事堂支部覆盖"),
        PlatformPlan("science-trip", kind.TRIP, "科技创新专题调研", "Science and Innovation Study Trip", c,
                     "示例市各县（市、区）",
                  "economy.head"),
        PlatformPlan("village-trip", kind.TRIP, "乡村振兴专题视察", "Rural Revitalisation Inspection Trip", c,
                     "丁县、戊县",
                  "farming.head"),
        PlatformPlan("session", kind.SESSION, f"市政协{words.numeral(term)}届{words.numeral(session)}次全体会议",
                  f"Plenary Session {term}.{session} of the City CPPCC", c, "示例市会议中心", "city.secgen"),
    ]  # fmt: skip


def _county_platforms(county: County) -> Iterator[PlatformPlan]:
    place, place_en = county.hall
    yield PlatformPlan(f"{county.code}-hall", Platform.Kind.HALL, f"{place}民生议事堂",
                    f"{place_en} Livelihood Deliberation Hall", county.unit_code, f"{county.name}{place}",
                    f"{county.code}.member1")  # fmt: skip
    if county.lounge:
        trade, trade_en = county.lounge
        yield PlatformPlan(f"{county.code}-lounge", Platform.Kind.LOUNGE, f"{trade}委员会客厅",
                           f"{trade_en} Members’ Lounge",
                        county.unit_code, county.name, f"{county.code}.committee2")  # fmt: skip


def _city_branches() -> list[BranchPlan]:
    c, group, organ = CITY, f"{CITY}-party-group", f"{CITY}-organ"
    office = "示政协机关党委〔{year}〕4号"
    found = [
        BranchPlan(f"{c}-first", "office", [
            "city.office", "city.secgen", "city.secretary", "city.secretary2", "city.office2", "city.secretariat",
            "city.secretariat2",
        ], organ, office),
        BranchPlan(f"{c}-second", "office", ["city.research", "city.research2", "city.committees", "city.committees2"],
                organ, office),
        BranchPlan(f"{c}-third", "office", ["city.personnel", "city.inspection", "city.inspection2", "city.auditor"],
                organ, office),
        BranchPlan(f"{c}-joint", "joint", ["city.services", "city.services2", "city.services3", "city.chair"], organ,
                   office),
    ]  # fmt: skip
    for position, (code, *_names) in enumerate(COMMITTEES):
        found.append(
            BranchPlan(f"{c}-{code}-branch", "functional", [f"{code}.head", f"{code}.two", f"{code}.three"], group,
                    f"示政协党组〔{{year}}〕{6 + position}号", APPROVED if code == YOUNGEST else ACTIVE)
        )  # fmt: skip
    paper = "示政协机关党委〔{year}〕"
    return [
        *found,
        BranchPlan(f"{c}-crafts", "temporary", ["culture.two", "culture.three", "members.two", "geng.committee2"],
                organ, paper + "11号", ACTIVE, "crafts", "city.secretary2"),
        BranchPlan(f"{c}-riverside", "temporary", ["society.two", "society.three", "proposals.three", "economy.three"],
                organ, paper + "12号", ACTIVE, "riverside"),
        BranchPlan(f"{c}-digital", "temporary", ["economy.two", "proposals.two"], organ, paper + "25号", APPROVED,
                   "digital"),
        BranchPlan(f"{c}-ecology", "temporary", ["environment.two"], state=PLANNED, platform="ecology"),
        BranchPlan(f"{c}-science-trip", "temporary", ["economy.head", "culture.head", "city.research2", "jia.vice"],
                organ, paper + "21号", ACTIVE, "science-trip"),
        BranchPlan(f"{c}-village-trip", "temporary", ["farming.head", "farming.two", "farming.three", "ding.member1"],
                organ, paper + "9号", ACTIVE, "village-trip"),
        BranchPlan(f"{c}-session", "temporary", ["city.secgen", "city.office", "society.head", "members.head"],
                group, "示政协党组〔{year}〕2号", ACTIVE, "session"),
    ]  # fmt: skip


def _pair(branches: dict[str, Branch], today: date) -> None:
    """An office branch and a functional branch of the city that help each other."""
    Pairing.objects.create(
        office=branches[f"{CITY}-first"], members=branches[f"{CITY}-{COMMITTEES[0][0]}-branch"],
        starts_on=words.days(today, -60), office_gives="提供活动场地和联络服务", members_give="为机关党员讲授提案知识",
    )  # fmt: skip


def _county_branches(county: County) -> Iterator[BranchPlan]:
    c, key = county.unit_code, county.code
    group = f"{c}-party-group"
    organ = f"{c}-organ" if county.party_organ else group
    paper = f"{county.han}政协党组〔{{year}}〕"  # as offices shorten the name in a document number
    yield BranchPlan(f"{c}-office-branch", "office", [f"{key}.clerk1", f"{key}.secretary", f"{key}.deputy",
                                                      f"{key}.clerk2"],
                  organ, paper + "1号")  # fmt: skip
    yield BranchPlan(f"{c}-functional", "functional",
                  [f"{key}.committee1", f"{key}.committee2", f"{key}.member1", f"{key}.member2"], group,
                  paper + "3号")  # fmt: skip
    yield BranchPlan(f"{c}-hall", "temporary", [f"{key}.member1", f"{key}.member2", f"{key}.committee1"], group,
                  paper + "8号", ACTIVE, f"{key}-hall")  # fmt: skip
    if county.lounge:
        yield BranchPlan(f"{c}-lounge", "temporary", [f"{key}.committee2", f"{key}.member2", f"{key}.vice"], group,
                      paper + "9号", ACTIVE, f"{key}-lounge", f"{key}.clerk1")  # fmt: skip


def breathe(units: dict[str, Unit], people: dict[str, User], today: date) -> None:
    """Write platforms and branches with members and heads. Branches whose days are over are ended by `end_past`."""
    platforms = _write_platforms(units, people, today)
    types = {row.code: row for row in BranchType.objects.all()}
    plans = [*_city_branches(), *(plan for county in COUNTIES for plan in _county_branches(county))]
    branches = {
        branch.unit.code: branch
        for branch in Branch.objects.bulk_create(
            _branch(plan, types, units, platforms, people, today) for plan in plans
        )
    }
    _pair(branches, today)
    probationary = set(Standing.objects.filter(kind=Standing.Kind.PROBATIONARY).values_list("user_id", flat=True))
    Membership.objects.bulk_create(
        Membership(
            user=people[key],
            branch=branches[plan.unit],
            kind=Membership.Kind.HOME if types[plan.type].line == Line.OFFICE else Membership.Kind.TEMPORARY,
            starts_on=words.days(today, -200) if people[key].pk in probationary else _opened(units[plan.unit], today),
            ends_on=units[plan.unit].ends_on,
        )
        for plan in plans
        for key in plan.members
    )
    Post.objects.bulk_create(post for plan in plans for post in _posts(plan, units, people, today))


def _opened(unit: Unit, today: date) -> date:
    """The day from which a branch has its members and its head."""
    return max(unit.starts_on, words.days(today, STANDING_SINCE))


def _write_platforms(units: dict[str, Unit], people: dict[str, User], today: date) -> dict[str, Platform]:
    plans = [*_city_platforms(today), *(plan for county in COUNTIES for plan in _county_platforms(county))]
    rows = {}
    for plan in plans:
        branch = units.get(f"{CITY}-{plan.key}")
        passing = plan.kind in (Platform.Kind.TRIP, Platform.Kind.SESSION) and branch is not None
        rows[plan.key] = Platform(
            kind=plan.kind, name=plan.name, name_en=plan.name_en, body=units[plan.body], place=plan.place,
            lead_member=people[plan.lead] if plan.lead else None,
            starts_on=branch.starts_on if passing and branch else words.days(today, plan.offset),
            ends_on=branch.ends_on if passing and branch else None,
            gap=plan.gap or "", gap_words=plan.gap_words, gap_on=words.days(today, -20) if plan.gap else None,
        )  # fmt: skip
    Platform.objects.bulk_create(rows.values())
    return rows


def _branch(
    plan: BranchPlan,
    types: dict[str, BranchType],
    units: dict[str, Unit],
    platforms: dict[str, Platform],
    people: dict[str, User],
    today: date,
) -> Branch:
    unit = units[plan.unit]
    temporary, head = types[plan.type].temporary, people[plan.members[0]]
    over = unit.ends_on is not None and unit.ends_on <= today
    opened = _opened(unit, today)
    approved_on = words.days(opened, APPROVED_BEFORE) if plan.document else None
    return Branch(
        unit=unit, type=types[plan.type], temporary=types[plan.type].temporary, line=types[plan.type].line,
        platform=platforms[plan.platform] if plan.platform else None,
        approved_by=units[plan.approved_by] if plan.approved_by else None,
        approval_document=plan.document.format(year=approved_on.year) if approved_on else "", approved_on=approved_on,
        state=plan.state, activated_on=opened if plan.state == ACTIVE else None,
        approval_by=people["city.admin"] if approved_on else None,
        asked=units[f"{CITY}-organ"] if plan.state == PLANNED else None,
        plan_paper="年度视察调研和界别活动方案" if temporary else "",
        duties="政治学习；活动期间教育、管理、监督党员" if temporary else "",
        arrangements="行前培训、行中指导、行后交流" if temporary else "",
        announced_on=opened if temporary and plan.state == ACTIVE else None,
        announced_by=head if temporary and plan.state == ACTIVE else None,
        summary="走访群众，收集意见建议并逐条交有关部门办理，形成视察报告一份" if over else "",
        summary_on=unit.ends_on if over else None, summary_by=head if over else None,
    )  # fmt: skip


def _posts(plan: BranchPlan, units: dict[str, Unit], people: dict[str, User], today: date) -> Iterator[Post]:
    if plan.state == PLANNED:
        return
    unit = units[plan.unit]
    appointed = plan.type not in ("office", "joint")
    since = _opened(unit, today)
    span = {"starts_on": since, "ends_on": unit.ends_on}
    yield Post(
        user=people[plan.members[0]], unit=unit, role=Role.HEAD, title="支部书记", title_en="Branch secretary",
        appointed_by=units[plan.approved_by] if appointed else None,
        appointment=plan.document.format(year=since.year) if appointed else "", **span,
    )  # fmt: skip
    if plan.instructor:
        yield Post(user=people[plan.instructor], unit=unit, role=Role.INSTRUCTOR, title="党建指导员",
                   title_en="Party-building instructor", **span)  # fmt: skip


def end_past(today: date, keep: str = "") -> None:
    """Branches dissolve with the trip or session on which they were set up; `keep` is a unit that still has a past."""
    over = Branch.objects.filter(unit__ends_on__lte=today, state=ACTIVE).exclude(unit__code=keep)
    over.update(state=ENDED)
