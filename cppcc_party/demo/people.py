"""The invented people of the demo: names, standing in the CPC, posts, seats in the CPPCC and contacts.

Names are put together from common surnames and neutral given names; no row means a real person. Nobody has a password:
a visitor enters as one of five people by one click (see `DEMO_PEOPLE`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from branches.models import CppccMembership, Post, Standing, Term, Unit, User
from branches.names import person_pinyin
from branches.roles import Role
from cppcc_party.demo import words
from cppcc_party.demo.tree import CITY, COMMITTEES, COUNTIES, County

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈彭吕苏卢"
    "蒋蔡贾丁魏薛叶余潘杜戴夏钟汪田姜范方石姚"
)
GIVEN = (  # two characters each
    "志远文清晓宁思源雨桐景行嘉禾承平子安明轩书瑶静怡立新春晖海宁云帆若水知行一鸣望舒"
    "怀瑾清和致远守正润泽新民佳音长青向阳广平亦文修远初晴晓棠沐阳青禾念慈允中以宁舒然"
    "安澜博文锦程素心乐山晨曦维桢采薇启明星野秋实南乔临风言蹊竹君慕白知秋"
)
SECTORS = (
    "中共界",
    "经济界",
    "农业界",
    "教育界",
    "科技界",
    "医药卫生界",
    "文化艺术界",
    "社会科学界",
    "工商联界",
    "社会福利界",
)
DEMO_PEOPLE = {  # key → user name and name of the five whom a visitor can enter as
    "city.secretary": ("demo-secretary", "王明"),
    "jia.secretary": ("demo-county", "许海宁"),
    "jia.member2": ("demo-member", "陈佳音"),
    "city.leader": ("demo-leader", "林修远"),
    "city.admin": ("demo-admin", "周立新"),
}
WORKS = ("示例企业负责人", "示例中学校长", "示例医院医师", "示例合作社负责人")
TWO_LEVELS = "geng.committee2"
NO_PASSWORD = "!"  # noqa: S105 (Django's mark for an account that no password opens)
JOINED_PARTY = date(2005, 7, 1)
IN_OFFICE = -730  # days from today on which today's posts began
FULL, PROBATIONARY, NONE = Standing.Kind.FULL, Standing.Kind.PROBATIONARY, Standing.Kind.NONE


@dataclass(frozen=True)
class Seat:
    """A post to be: at which unit (by code), as what, under which title."""

    unit: str
    role: Role
    title: str
    title_en: str
    fields: str = ""


@dataclass(frozen=True)
class Person:
    """A person to be. `member_of`: the CPPCC body in which he holds a seat; `contact`: who keeps contact with him."""

    key: str
    posts: Sequence[Seat] = field(default_factory=tuple)
    standing: Standing.Kind | None = FULL
    member_of: str = ""
    contact: str = ""


def names() -> Iterator[str]:
    """Invented names without end that matters, in a fixed order, none of them twice in a city."""
    given = [GIVEN[start : start + 2] for start in range(0, len(GIVEN), 2)]
    for turn in range(len(SURNAMES) * len(given)):
        yield SURNAMES[turn % len(SURNAMES)] + given[(turn * 7 + 3) % len(given)]


def _head(unit: str, title: str, title_en: str) -> Seat:
    return Seat(unit, Role.HEAD, title, title_en)


def _desk(unit: str, title: str, title_en: str) -> Seat:
    return Seat(unit, Role.SECRETARY, title, title_en)


def _staff(unit: str, title: str, title_en: str) -> Seat:
    return Seat(unit, Role.MEMBER, title, title_en)


def _leader(unit: str, title: str, title_en: str, fields: str = "") -> Seat:
    return Seat(unit, Role.LEADER, title, title_en, fields)


def city_cast() -> list[Person]:
    """Who serves in the city body."""
    c = CITY
    group = f"{c}-party-group"
    cast = [
        Person("city.chair", [
            _leader(c, "主席", "Chair", "主持全面工作"),
            _leader(group, "党组书记", "Party group secretary", "党的建设"),
        ], member_of=c),
        Person("city.leader", [
            _leader(c, "副主席", "Vice-chair", "机关党建、委员党建、委员会客厅"),
            _leader(group, "党组副书记", "Deputy secretary of the party group", "党的建设"),
        ], member_of=c),
        Person("city.vice", [_leader(c, "副主席", "Vice-chair", "提案、经济、农业和农村")], NONE, c, "city.leader"),
        Person("city.secgen", [
            _leader(c, "秘书长", "Secretary-general", "机关日常工作"),
            _head(f"{c}-office-group", "机关党组书记", "Secretary of the office party group"),
            _head(f"{c}-organ", "机关党委书记", "Secretary of the office party committee"),
        ], member_of=c),
        Person("city.secretary", [
            _desk(c, "机关党委专职副书记", "Full-time deputy secretary of the office party committee"),
            _desk(group, "党组秘书", "Secretary to the party group"),
            _desk(f"{c}-organ", "专职副书记", "Full-time deputy secretary"),
        ]),
        Person("city.secretary2", [
            _desk(c, "党务干部", "Party-affairs officer"),
            _staff(f"{c}-organ", "组织委员", "Organisation officer"),
        ]),
        Person("city.admin", [Seat(c, Role.TREE_ADMIN, "组织管理员", "Organisation admin")], NONE),
        Person("city.auditor", [Seat(c, Role.AUDITOR, "审计员", "Auditor")]),
        Person("city.office", [_head(f"{c}-office", "办公室主任", "Director of the General Office")]),
        Person("city.office2", [_staff(f"{c}-office", "办公室副主任", "Deputy director of the General Office")]),
        Person("city.secretariat", [_head(f"{c}-secretariat", "处长", "Division head")]),
        Person("city.secretariat2", [_staff(f"{c}-secretariat", "四级调研员", "Consultant")]),
        Person("city.services", [_head(f"{c}-services", "处长", "Division head")]),
        Person("city.services2", [_staff(f"{c}-services", "一级主任科员", "Principal officer")]),
        Person("city.services3", [_staff(f"{c}-services", "科员", "Officer")], PROBATIONARY),
        Person("city.personnel", [_head(f"{c}-personnel", "处长", "Division head")]),
        Person("city.research", [_head(f"{c}-research", "研究室主任", "Director of the Research Office")]),
        Person("city.research2", [_staff(f"{c}-research", "研究室副主任", "Deputy director of the Research Office")]),
        Person("city.inspection", [_head(f"{c}-inspection", "派驻纪检组组长", "Head of the inspection group")]),
        Person("city.inspection2", [_staff(f"{c}-inspection", "纪检员", "Inspector")]),
        Person("city.committees", [_head(f"{c}-committee-office", "主任", "Director")]),
        Person("city.committees2", [_staff(f"{c}-committee-office", "科员", "Officer")]),
        Person("city.outside1", (), NONE, c, "proposals.head"),
        Person("city.outside2", (), NONE, c, "culture.head"),
    ]  # fmt: skip
    for code, *_names in COMMITTEES:
        unit = f"{c}-{code}"
        cast += [
            Person(f"{code}.head", [_head(unit, "主任", "Chair of the committee")], member_of=c),
            Person(f"{code}.two", [_staff(unit, "副主任", "Vice-chair of the committee")], member_of=c),
            Person(f"{code}.three", [_staff(unit, "委员", "Member")], member_of=c),
        ]
    return cast


def county_cast(county: County) -> list[Person]:
    """Who serves in a county body: in a small county one person holds several posts (domain 1.12)."""
    c, key = county.unit_code, county.code
    organ = [_head(f"{c}-organ", "机关党委书记", "Secretary of the office party committee")]
    cast = [
        Person(f"{key}.chair", [
            _leader(c, "主席", "Chair", "主持全面工作"), _head(f"{c}-party-group", "党组书记", "Party group secretary"),
        ], member_of=c),
        Person(f"{key}.vice", [_leader(c, "副主席", "Vice-chair", "党建、提案、委员工作")], member_of=c),
        Person(f"{key}.secretary", [_desk(c, "党务干部",
                                          "Party-affairs officer"), *(organ if county.party_organ else [])]),
        Person(f"{key}.deputy", [
            _desk(c, "党建联络员", "Party-building officer"),
            _head(f"{c}-office", "办公室主任", "Director of the General Office"),
        ]),
        Person(f"{key}.clerk1", [_staff(f"{c}-office", "办公室副主任", "Deputy director of the General Office")]),
        Person(f"{key}.clerk2", [
            _staff(f"{c}-office", "科员", "Officer"), Seat(c, Role.LIAISON, "联络员", "Liaison"),
        ], PROBATIONARY if key == "wu" else FULL),
        Person(f"{key}.committee1", [_head(f"{c}-proposals", "主任", "Chair of the committee")], member_of=c),
        Person(f"{key}.committee2", [_head(f"{c}-economy", "主任", "Chair of the committee")], member_of=c),
        Person(f"{key}.member1", [_staff(f"{c}-proposals", "委员", "Member")], member_of=c),
        Person(f"{key}.member2", [_staff(f"{c}-economy", "委员", "Member")], member_of=c),
    ]  # fmt: skip
    if key in {"jia", "yi", "bing"}:
        cast.append(Person(f"{key}.outside", (), NONE, c, f"{key}.committee1"))
    return cast


def latecomers() -> list[Person]:
    """Members through whom the two coverages show gaps: without a contact, and without a recorded standing."""
    county = COUNTIES[0].unit_code
    return [
        Person("city.alone", (), NONE, CITY),
        Person("city.unsaid", (), None, CITY),
        Person("jia.alone", (), NONE, county),
        Person("jia.unsaid", (), None, county),
    ]


def settle(units: dict[str, Unit], today: date) -> dict[str, User]:
    """Write everybody with standing, posts and seats; gives the people by key."""
    cast = [*city_cast(), *(person for county in COUNTIES for person in county_cast(county)), *latecomers()]
    people = _accounts(cast, today)
    Standing.objects.bulk_create(
        Standing(
            user=people[person.key],
            kind=person.standing,
            starts_on=words.days(today, -220) if person.standing == PROBATIONARY else JOINED_PARTY,
        )
        for person in cast
        if person.standing
    )
    Post.objects.bulk_create(
        Post(
            user=people[person.key], unit=units[post.unit], role=post.role, title=post.title, title_en=post.title_en,
            fields_in_charge=post.fields, starts_on=words.days(today, IN_OFFICE),
        )
        for person in cast
        for post in person.posts
    )  # fmt: skip
    _seats(cast, people, units, today)
    return people


def _accounts(cast: Sequence[Person], today: date) -> dict[str, User]:
    source = names()
    users: dict[str, User] = {}
    for number, person in enumerate(cast, 1):
        spare = next(source)
        username, name = DEMO_PEOPLE.get(person.key, ("", spare))
        letters = person_pinyin(name)
        username = username or letters.split()[0]
        users[person.key] = User(
            username=username, name=name, name_en=words.person_in_english(name), pinyin=letters,
            email=f"{username}@demo.invalid", phone=f"000 0000 {number:04d}", password=NO_PASSWORD,
        )  # fmt: skip
    User.objects.bulk_create(users.values())
    joined_at = words.at(words.days(today, IN_OFFICE), 9)
    User.objects.filter(pk__in=[user.pk for user in users.values()]).update(joined_at=joined_at)
    return users


def _seats(cast: Sequence[Person], people: dict[str, User], units: dict[str, Unit], today: date) -> None:
    number, first_day = words.term_of(today)
    bodies = [units[CITY], *(units[county.unit_code] for county in COUNTIES)]
    terms = Term.objects.bulk_create(
        Term(body=body, name=f"{words.numeral(number)}届", starts_on=first_day) for body in bodies
    )
    by_body = {term.body_id: term for term in terms}
    seated = [person for person in cast if person.member_of]
    CppccMembership.objects.bulk_create(
        CppccMembership(
            user=people[person.key], body=units[person.member_of], term=by_body[units[person.member_of].pk],
            sector_name=SECTORS[position % len(SECTORS)], starts_on=first_day,
            work="" if person.posts else WORKS[position % len(WORKS)],
            contact=people[person.contact] if person.contact else None,
        )
        for position, person in enumerate(seated)
    )  # fmt: skip
    CppccMembership.objects.create(  # somebody who sits in bodies of two levels
        user=people[TWO_LEVELS],
        body=units[CITY],
        term=by_body[units[CITY].pk],
        sector_name=SECTORS[0],
        starts_on=first_day,
    )
