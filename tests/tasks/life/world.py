"""A small random world for the whole life of assignments: bodies on two or three levels, units, people with posts.

What may be done in it is said here a second time, from facts this module keeps itself, so that the rules of the product
are compared with something that does not call them (design 3 and 4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from branches.models import Unit, User
from branches.roles import Role
from tasks.models import Assignment, Report
from tests.factories import make_post, make_unit, make_user

DESK = {Role.SECRETARY, Role.HEAD}
DOERS = DESK | {Role.MEMBER, Role.LIAISON}


@dataclass(frozen=True)
class Place:
    """One post as this module remembers it."""

    person: int
    role: Role
    unit: int
    path: str
    body: int


@dataclass(frozen=True)
class Shape:
    """How a body looks: its own units, how many keep its desk, whether it has a leader, and the bodies below it."""

    units: int
    desk: int
    leader: bool
    below: tuple[Shape, ...] = ()


@dataclass
class World:
    """Units and people, and who may do what to a row according to the words of design 4."""

    bodies: list[Unit] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @classmethod
    def build(cls, shapes: Iterable[Shape]) -> World:
        """Plant one tree for each shape, and two people who serve in more than one place (cases.md 2 and 3)."""
        world = cls()
        for shape in shapes:
            world._plant(shape, None)
        for _n in range(2):
            twice = world._person()
            for unit, role in ((world.units[-1], Role.MEMBER), (world.bodies[-1], Role.SECRETARY)):
                world._seat(twice, unit, role)
        world._person()  # somebody without any post
        return world

    def _plant(self, shape: Shape, parent: Unit | None) -> None:
        body = make_unit(f"政协{len(self.bodies)}", "body", parent)
        self.bodies.append(body)
        roles = [Role.SECRETARY, Role.HEAD, Role.SECRETARY][: shape.desk] + [Role.LEADER] * shape.leader
        for role in (*roles, Role.TREE_ADMIN):
            self._seat(self._person(), body, role)
        for number in range(shape.units):
            unit = make_unit(f"处室{len(self.units)}", "office", body)
            self.units.append(unit)
            for role in (Role.HEAD, Role.MEMBER)[: 1 + number % 2]:
                self._seat(self._person(), unit, role)
        for below in shape.below:
            self._plant(below, body)

    def _person(self) -> User:
        self.people.append(make_user(f"人{len(self.people)}"))
        return self.people[-1]

    def _seat(self, person: User, unit: Unit, role: Role) -> None:
        make_post(person, unit, role)
        self.places.append(Place(person.pk, role, unit.pk, unit.path, unit.body_id or 0))

    def _covers(self, person: User, roles: set[Role], path: str, body: int | None) -> bool:
        mine = (place for place in self.places if place.person == person.pk and place.role in roles)
        return any(place.body == body and path.startswith(place.path) for place in mine)

    def keeps_desk_of(self, person: User, unit: Unit) -> bool:
        """Whether the person is secretary or head of the unit or of one above it in the same body."""
        return self._covers(person, DESK, unit.path, unit.body_id)

    def signs_for(self, person: User, body: Unit) -> bool:
        """A list that arrives at a body is signed for at the body's own desk."""
        return any(p.person == person.pk and p.role in DESK and p.unit == body.pk for p in self.places)

    def may(self, person: User, row: Assignment, side: str) -> bool:
        """Whether the person stands on that side of the row."""
        if side == "doer":
            at_unit = any(p.person == person.pk and p.role in DOERS and p.unit == row.unit_id for p in self.places)
            by_name = row.person_id == person.pk or (row.person_id is None and at_unit)
            return by_name or self._covers(person, DESK, row.unit_path, row.body_id)
        if side == "unit":
            return self._covers(person, DESK, row.unit_path, row.body_id)
        if side == "issuer":
            return self._covers(person, DESK, row.issuer_path, row.issuer_body_id)
        seat = (row.review_unit_id, {Role.LEADER} if row.review_leaders else DESK)
        sits = any(p.person == person.pk and p.unit == seat[0] and p.role in seat[1] for p in self.places)
        return sits and person.pk not in self.barred(row)

    def barred(self, row: Assignment) -> set[int]:
        """Nobody reviews what he wrote, what was written for him, or what is his by name (I-22)."""
        last = Report.objects.filter(assignment=row, kind="completion").order_by("at", "pk").last()
        found = {row.person_id} | ({last.by_id, last.on_behalf_of_id} if last else set())
        return {pk for pk in found if pk is not None}

    def seat_for(self, row: Assignment, author: User) -> tuple[int, bool] | None:
        """Who reviews (design 4): desk of the issuing unit, else its leader, else the nearest unit above in the body."""
        barred = {author.pk, row.person_id}
        above = [row.issuer_path[:n] for n in range(len(row.issuer_path), 0, -4)]
        for path in above:
            for roles, leaders in ((DESK, False), ({Role.LEADER}, True)):
                for place in self.places:
                    fits = place.path == path and place.body == row.issuer_body_id and place.role in roles
                    if fits and place.person not in barred:
                        return place.unit, leaders
        return None
