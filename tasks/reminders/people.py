"""Who must hear of a row: the person responsible, else its unit's secretaries, else its heads, else up the tree.

Never beyond the body (design 3), only open accounts, and everyone at the first place where somebody sits: two secretaries
of one desk are both told. A branch is a unit like any other here: its secretary, else its head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from branches.models import BodySettings, Post, StandIn, Unit, User
from branches.models.words import active_q
from branches.roles import Role
from tasks.reminders.hours import DIGEST_HOUR, Hours
from tasks.workdays import Workdays

STEP = Unit.steplen
NEAREST_FIRST = (Role.SECRETARY, Role.HEAD)


@dataclass(frozen=True)
class Place:
    """What decides who is told: the unit of a row, its place in the tree, and the person named."""

    unit_id: int
    path: str
    body_id: int | None
    person_id: int | None

    @classmethod
    def of_desk(cls, unit: Unit) -> Place:
        """The desk of a unit, for asking who sits there."""
        return cls(unit.pk, unit.path, unit.body_id, None)

    @property
    def above(self) -> list[str]:
        """The paths of the unit and of everything above it, nearest first."""
        return [self.path[:end] for end in range(len(self.path), 0, -STEP)]


@dataclass(frozen=True)
class Addressee:
    """Somebody who is told, and as what: by name, or for the post at a unit."""

    user_id: int
    role: Role | None = None  # None: he is the person responsible
    unit_id: int | None = None  # where he holds the post
    instead_of: str = ""  # the name of the one for whom he stands in; he himself is told as well


Seat = tuple[str, int | None]  # path and body of a unit


class Directory:
    """Answers for many rows with three queries."""

    def __init__(
        self,
        open_accounts: set[int],
        seats: Mapping[Seat, Mapping[Role, list[Addressee]]],
        lent: Mapping[tuple[int, Seat], list[Addressee]] | None = None,
    ) -> None:
        self._open, self._seats, self._lent = open_accounts, seats, lent or {}

    @classmethod
    def load(cls, places: Iterable[Place], on: date) -> Directory:
        """Look up everyone who could be told about these places on the day `on`."""
        places = list(places)
        persons = {place.person_id for place in places if place.person_id}
        paths = {path for place in places for path in place.above}
        bodies = {place.body_id for place in places if place.body_id}
        seats: dict[Seat, dict[Role, list[Addressee]]] = {}
        posts = Post.objects.filter(
            active_q(on), active_q(on, "unit__"), user__is_active=True, role__in=NEAREST_FIRST,
            unit__path__in=paths, unit__body__in=bodies,
        ).order_by("user_id")  # fmt: skip
        for path, body, unit, role, user in posts.values_list(
            "unit__path", "unit__body_id", "unit_id", "role", "user_id"
        ):
            seats.setdefault((path, body), {}).setdefault(Role(role), []).append(Addressee(user, Role(role), unit))
        open_accounts = set(User.objects.filter(pk__in=persons, is_active=True).values_list("pk", flat=True))
        lent = _stand_ins(paths, bodies, on)
        for (absent, seat), found in lent.items():
            for held in seats.get(seat, {}).values():
                told = {one.user_id for one in held}
                there = any(one.user_id == absent for one in held)
                held += [one for one in found if there and one.role == held[0].role and one.user_id not in told]
        return cls(open_accounts, seats, lent)

    def of(self, place: Place) -> list[Addressee]:
        """Everyone who is told about a row there; empty where nobody sits up to the body itself."""
        if place.person_id in self._open and place.person_id is not None:
            found = [Addressee(place.person_id)]
            for path in place.above:
                lent = self._lent.get((place.person_id, (path, place.body_id)), [])
                told = {one.user_id for one in found}
                found += [Addressee(one.user_id, instead_of=one.instead_of) for one in lent if one.user_id not in told]
            return found
        for path in place.above:
            seats = self._seats.get((path, place.body_id), {})
            for role in NEAREST_FIRST:
                if role in seats:
                    return list(seats[role])
        return []

    def above(self, place: Place) -> list[Addressee]:
        """The next who sit above those who are told, in the same body: told of what stays undone. Empty at the top."""
        told = {one.user_id for one in self.of(place)}
        for path in place.above:
            seats = self._seats.get((path, place.body_id), {})
            for role in NEAREST_FIRST:
                held = seats.get(role, [])
                if held and not any(one.user_id in told for one in held):
                    return list(held)
        return []


def _stand_ins(paths: set[str], bodies: set[int], on: date) -> dict[tuple[int, Seat], list[Addressee]]:
    """Who stands in that day, by the one who is away and the place of the post that was lent (cases.md 13). One query."""
    rows = StandIn.objects.active(on).filter(
        active_q(on, "post__"), post__unit__path__in=paths, post__unit__body__in=bodies, person__is_active=True
    )
    columns = (
        "absent_id",
        "post__unit__path",
        "post__unit__body_id",
        "person_id",
        "post__role",
        "post__unit_id",
        "absent__name",
    )
    found: dict[tuple[int, Seat], list[Addressee]] = {}
    for absent, path, body, person, role, unit, name in rows.order_by("person_id", "pk").values_list(*columns):
        found.setdefault((absent, (path, body)), []).append(Addressee(person, Role(role), unit, name))
    return found


def hours_of(users: Mapping[int, User], on: date, workdays: Workdays) -> dict[int, Hours]:
    """When each of these people may be written to; the earliest digest hour of the bodies in which he holds a post."""
    wishes = dict(BodySettings.objects.exclude(reminder_hour=DIGEST_HOUR).values_list("body_id", "reminder_hour"))
    hour: dict[int, int] = {}
    if wishes:
        served = Post.objects.filter(active_q(on), user__in=users).values_list("user_id", "unit__body_id").distinct()
        for user, body in served:
            own = wishes.get(body, DIGEST_HOUR) if body else DIGEST_HOUR
            hour[user] = min(hour.get(user, own), own)
    return {pk: Hours.of(user, workdays, hour.get(pk, DIGEST_HOUR)) for pk, user in users.items()}


def why(addressee: Addressee, units: Mapping[int, Unit], place: Place) -> str:
    """The reason for a mail in one sentence: as what this person is told."""
    if addressee.instead_of:
        return _("You stand in for %(name)s") % {"name": addressee.instead_of}
    if addressee.role is None or addressee.unit_id is None:
        return _("You are the person responsible")
    values = {"unit": units[addressee.unit_id].local_name, "of": units[place.unit_id].local_name}
    if addressee.unit_id == place.unit_id:
        if addressee.role == Role.SECRETARY:
            return _("You are party-affairs secretary of %(unit)s") % values
        return _("You are head of %(unit)s") % values
    return _("You answer for %(of)s at %(unit)s: nobody holds its desk") % values
