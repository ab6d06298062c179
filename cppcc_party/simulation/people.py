"""The people of a simulated world: two at every desk, leaders, a head and a member in every unit, and the branches' members.

Nobody has a password. The five whom a demo lets in by one click serve in the first city, its first county and a branch there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from branches.models import (
    Branch,
    BranchState,
    CppccMembership,
    Line,
    Membership,
    Platform,
    Post,
    Standing,
    Term,
    User,
)
from branches.names import person_pinyin
from branches.roles import Role
from cppcc_party.demo.people import DEMO_PEOPLE, GIVEN, NO_PASSWORD, SECTORS, SURNAMES
from cppcc_party.demo.words import person_in_english
from cppcc_party.simulation.progress import Progress
from cppcc_party.simulation.scales import Level
from cppcc_party.simulation.tree import BRANCHES, FOUNDED, Body

IN_OFFICE = date(2020, 1, 6)
JOINED = date(2008, 7, 1)
TERM = date(2022, 2, 10)
LOT = 100  # bodies whose people are written together
BATCH = 2000
AT_THE_BODY = (  # role, title, English
    (Role.SECRETARY, "机关党委专职副书记", "Full-time deputy secretary"),
    (Role.SECRETARY, "党务干部", "Party-affairs officer"),
    (Role.LEADER, "主席", "Chair"),
    (Role.LEADER, "副主席", "Vice-chair"),
    (Role.TREE_ADMIN, "组织管理员", "Organisation admin"),
)
PLATFORMS = {"hall": Platform.Kind.HALL, "lounge": Platform.Kind.LOUNGE}
TITLES = {Role.HEAD: ("负责人", "Head"), Role.MEMBER: ("成员", "Member")}


@dataclass
class Place:
    """A post to be: who, at which unit of which body, as what."""

    body: Body
    key: str
    user: User
    role: Role
    title: str
    title_en: str


def settle(top: Body, joined_at: datetime, progress: Progress) -> int:
    """Write everybody with posts, standing, memberships and seats; how many people there are."""
    bodies = list(top.family())
    progress.begin("People", len(bodies))
    source, total = _people(joined_at), 0
    demo = _demo_desks(top)
    for first in range(0, len(bodies), LOT):
        lot = bodies[first : first + LOT]
        places = [place for body in lot for place in _places(body, source, demo)]
        users = [place.user for place in places]
        User.objects.bulk_create(users, batch_size=BATCH)
        Standing.objects.bulk_create(
            (Standing(user=user, kind=Standing.Kind.FULL, starts_on=JOINED) for user in users), batch_size=BATCH
        )
        _give_posts(places)
        _found_branches(lot, places)
        _seat(lot, places)
        total += len(users)
        progress.tick(first + len(lot))
    progress.end(f"{total:,}")
    return total


@lru_cache(maxsize=8192)
def _names(number: int) -> tuple[str, str, str]:
    given = len(GIVEN) // 2
    start = (number * 7 + 3) % given * 2
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[start : start + 2]
    return name, person_in_english(name), person_pinyin(name)


def _people(joined_at: datetime) -> Iterator[User]:
    """Invented people without end; their names come round again, as names do."""
    number = 0
    while True:
        name, english, letters = _names(number % (len(SURNAMES) * (len(GIVEN) // 2)))
        number += 1
        yield User(
            username=f"sim-{number}", name=name, name_en=english, pinyin=letters, email=f"sim-{number}@example.invalid",
            password=NO_PASSWORD, joined_at=joined_at,
        )  # fmt: skip


def _demo_desks(top: Body) -> dict[tuple[str, str, Role], str]:
    """Which place each of the five has: the code of a body, the key of a unit, a role."""
    city = next(body for body in top.family() if body.level == Level.CITY)
    county = city.children[0]
    places = [
        (city.code, "", Role.SECRETARY), (county.code, "", Role.SECRETARY), (county.code, "members2", Role.MEMBER),
        (city.code, "", Role.LEADER), (city.code, "", Role.TREE_ADMIN),
    ]  # fmt: skip
    return {place: username for place, (username, _name) in zip(places, DEMO_PEOPLE.values(), strict=True)}


def _places(body: Body, source: Iterator[User], demo: dict[tuple[str, str, Role], str]) -> Iterator[Place]:
    """All posts of a body, each with a person of its own."""
    wanted = [("", *row) for row in AT_THE_BODY]
    branches = {key for key, *_words in BRANCHES}
    for key in body.units:
        if key:
            roles = [Role.HEAD, Role.MEMBER, Role.MEMBER] if key in branches else [Role.HEAD, Role.MEMBER]
            wanted += [(key, role, *TITLES[role]) for role in roles]
    for key, role, title, english in wanted:
        user = next(source)
        if username := demo.pop((body.code, key, role), ""):
            user.username = username
        yield Place(body, key, user, role, title, english)


def _give_posts(places: Sequence[Place]) -> None:
    approvers = {key: _approver(kind) for key, *_words, kind in BRANCHES}
    posts = Post.objects.bulk_create(
        (
            Post(
                user=place.user, unit=place.body.units[place.key], role=place.role, title=place.title,
                title_en=place.title_en, starts_on=IN_OFFICE,
                appointed_by=place.body.units[approvers[place.key]]
                if place.role == Role.HEAD and place.key in approvers
                else None,
            )
            for place in places
        ),
        batch_size=BATCH,
    )  # fmt: skip
    for place, post in zip(places, posts, strict=True):
        if place.role == Role.SECRETARY:
            place.body.desk.append((place.user.pk, post.pk))
        elif place.role == Role.LEADER:
            place.body.leader = place.user.pk
        elif place.role == Role.HEAD:
            place.body.heads[place.key] = (place.user.pk, post.pk)
        elif place.role == Role.MEMBER:
            place.body.seconds[place.key] = (place.user.pk, post.pk)


def _approver(kind: str) -> str:
    """Who approves a branch: the organ the office's ones, the party group the members' ones."""
    return "organ" if kind == "office" else "group"


def _found_branches(bodies: Sequence[Body], places: Sequence[Place]) -> None:
    """Branches with their platforms and members; all of them active since the people are in office."""
    platforms = {
        (body.code, key): Platform(
            kind=kind, name=f"{body.name}{kind.label}"[:120], body=body.unit, place=body.name, starts_on=FOUNDED
        )
        for body in bodies
        for key, kind in PLATFORMS.items()
    }
    Platform.objects.bulk_create(platforms.values(), batch_size=BATCH)
    branches = {
        (body.code, key): Branch(
            unit=body.units[key], type_id=kind, temporary=kind == "temporary", platform=platforms.get((body.code, key)),
            line=Line.OFFICE if kind == "office" else Line.MEMBERS, approved_by=body.units[_approver(kind)],
            approval_document=f"{body.name}政协党组〔2020〕{number}号", approved_on=date(2019, 12, 30),
            state=BranchState.ACTIVE, activated_on=IN_OFFICE,
        )
        for body in bodies
        for number, (key, *_words, kind) in enumerate(BRANCHES, 1)
    }  # fmt: skip
    for place in places:
        if (place.body.code, place.key) in branches:
            place.body.members.setdefault(place.key, []).append(place.user.pk)
    members = [
        Membership(
            user=place.user, branch=branches[place.body.code, place.key], starts_on=IN_OFFICE,
            kind=Membership.Kind.HOME if place.key in ("first", "second") else Membership.Kind.TEMPORARY,
        )
        for place in places
        if (place.body.code, place.key) in branches
    ]  # fmt: skip
    Branch.objects.bulk_create(branches.values(), batch_size=BATCH)
    Membership.objects.bulk_create(members, batch_size=BATCH)


def _seat(bodies: Sequence[Body], places: Sequence[Place]) -> None:
    """Leaders and the people of the committees sit in the CPPCC of their body."""
    terms = {
        term.body_id: term
        for term in Term.objects.bulk_create(Term(body=body.unit, name="八届", starts_on=TERM) for body in bodies)
    }
    CppccMembership.objects.bulk_create(
        (
            CppccMembership(
                user=place.user, body=place.body.unit, term=terms[place.body.unit.pk], starts_on=TERM,
                sector_name=SECTORS[number % len(SECTORS)],
            )
            for number, place in enumerate(places)
            if place.role == Role.LEADER or place.key.startswith("committee")
        ),
        batch_size=BATCH,
    )  # fmt: skip
