"""Many people at once into a body: accounts, standing, seats, posts and branches, from a plan that a paper was read into.

How to call it (the import page, the opening of an empty system, a change of term):

    taken = take_in(body, lambda: plans, by=admin, op=op, now=now, content=digest_of_the_paper)

The plans are made inside the lock, so that two admins who confirm the same file at once do not make everybody twice. What
is there already is left as it is: the same plans again change nothing. The number of queries does not grow with the rows.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _

from branches import clock, names, rules
from branches.actions.record import keeper_or_deny, plain, write_once
from branches.models import Branch, Change, CppccMembership, Line, Membership, Post, Standing, Term, Unit, User
from branches.roles import Role
from branches.writing import Invalid

ROSTER_LOCK = 7_201_002  # one roster at a time: user names and phones belong to one person in the whole system
BATCH = 500


@dataclass(frozen=True)
class SeatPlan:
    """A seat in the body for a term. `contact` is a person's number, or the key of another plan as text."""

    term: Term
    sector: Unit | None = None
    sector_name: str = ""
    work: str = ""
    contact: int | str | None = None


@dataclass(frozen=True)
class PostPlan:
    """A post at a unit of the body."""

    unit: Unit
    role: str = Role.MEMBER
    title: str = ""


@dataclass
class PersonPlan:
    """One person of a paper. `person` is his number where he is known; empty words fill nothing and change nothing."""

    key: str
    name: str
    person: int | None = None
    phone: str = ""
    email: str = ""
    username: str = ""
    standing: str = ""  # full, probationary, none; "" for nothing said
    standing_since: date | None = None
    seat: SeatPlan | None = None
    branches: list[Branch] = field(default_factory=list)
    posts: list[PostPlan] = field(default_factory=list)


@dataclass(frozen=True)
class Taken:
    """What a roster wrote, counted; nothing where it had been taken in before."""

    accounts: int = 0
    seats: int = 0
    standings: int = 0
    memberships: int = 0
    posts: int = 0
    contacts: int = 0
    filled: int = 0  # people of whom an empty entry was filled
    opened: Sequence[int] = ()  # the people whose accounts were opened, in the order of the paper

    @property
    def nothing(self) -> bool:
        """Whether everything was there already."""
        return not any(vars(self).values())


def take_in(
    body: Unit,
    plans: Callable[[], Sequence[PersonPlan]],
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    content: Any = None,
    on: date | None = None,
) -> Taken:
    """Bring people into a body in one transaction; `on` is the day from which posts and memberships hold, today if not said.

    `content` is what the person sent (a digest of the paper and its answers), so that one operation is one paper.
    """

    def write() -> dict[str, Any]:
        post = keeper_or_deny(by, body, now)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROSTER_LOCK])
        return _Writer(body, plans(), post, by, op, now, on or clock.day_of(now)).write()

    done = write_once("take_in", write, by=by, op=op, now=now, content={"body": body.pk, "content": content})
    return Taken(**done)


class _Writer:
    """Writes the plans of one paper, table by table, remembering what it did for the history."""

    def __init__(
        self, body: Unit, plans: Sequence[PersonPlan], post: Post, by: User, op: uuid.UUID, now: datetime, on: date
    ) -> None:
        self.body, self.plans, self.post, self.by, self.op, self.now, self.on = body, plans, post, by, op, now, on
        self.done: Counter[str] = Counter()
        self.changes: list[Change] = []
        self.people: dict[str, User] = {}
        self.opened: list[int] = []

    def write(self) -> dict[str, Any]:
        """Everything, in the order in which the database's own promises want it: standing before membership."""
        self._accounts()
        self._standings()
        self._seats()
        self._posts()
        self._memberships()
        if any(self.done.values()):  # one line for the body; what concerns a person stands in his own history
            after = {"accounts": self.done["accounts"], "seats": self.done["seats"]}
            self.changes.append(
                Change(
                    verb="roster-taken", subject=self.body.name, by=self.by, post=self.post, at=self.now,
                    operation=self.op, unit=self.body, after=after,
                )
            )  # fmt: skip
        Change.objects.bulk_create(self.changes, batch_size=BATCH)
        return {**self.done, "opened": self.opened}

    def _note(self, verb: str, key: str, unit: Unit | None = None, **after: Any) -> None:
        person = self.people[key]
        self.changes.append(
            Change(
                verb=verb,
                subject=person.name,
                by=self.by,
                post=self.post,
                at=self.now,
                operation=self.op,
                unit=unit,
                person=person,
                after=plain(after),
            )
        )

    def _accounts(self) -> None:
        """Open the accounts that are missing, closed until an invitation is used; fill what is empty of the others."""
        known = User.objects.select_for_update().in_bulk(sorted({p.person for p in self.plans if p.person}))
        taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
        fresh: dict[str, User] = {}
        filled: dict[int, User] = {}
        for plan in self.plans:
            if plan.person:
                user = self.people[plan.key] = known[plan.person]
                for name in ("phone", "email"):
                    if getattr(plan, name) and not getattr(user, name):
                        setattr(user, name, getattr(plan, name))
                        filled[user.pk] = user
                continue
            letters = names.person_pinyin(plan.name)
            fresh[plan.key] = User(
                username=_free_name(plan.username or letters.partition(" ")[0], taken), name=plan.name,
                pinyin=letters, phone=plan.phone, email=plan.email, password=make_password(None),
            )  # fmt: skip
        User.objects.bulk_create(fresh.values(), batch_size=BATCH)
        User.objects.bulk_update(filled.values(), ["phone", "email"], batch_size=BATCH)
        self.people |= fresh
        self.opened = [user.pk for user in fresh.values()]
        for key, user in fresh.items():
            self._note("person-added", key, name=user.name)
        self.done.update(accounts=len(fresh), filled=len(filled))

    def _standings(self) -> None:
        """The standing of those of whom none is recorded; from probation to full membership. Nothing else is overwritten."""
        numbers = {self.people[plan.key].pk for plan in self.plans if plan.standing}
        last: dict[int, Standing] = {
            row.user_id: row for row in Standing.objects.filter(user__in=numbers).order_by("starts_on", "pk")
        }
        made: dict[int, Standing] = {}
        over: list[Standing] = []
        for plan in self.plans:
            user = self.people[plan.key]
            before = last.get(user.pk)
            if not plan.standing or user.pk in made or (before and not _full_now(before, plan, self.on)):
                continue
            day = plan.standing_since or (self.on if before else self._seat_day(plan))
            if before:
                before.ends_on = day = self.on if day <= before.starts_on else day
                over.append(before)
            made[user.pk] = Standing(user=user, kind=plan.standing, starts_on=day)
            self._note("standing-recorded", plan.key, kind=plan.standing, starts_on=day)
        Standing.objects.bulk_update(over, ["ends_on"], batch_size=BATCH)
        Standing.objects.bulk_create(made.values(), batch_size=BATCH)
        self.done["standings"] = len(made)

    def _seat_day(self, plan: PersonPlan) -> date:
        return min(plan.seat.term.starts_on, self.on) if plan.seat else self.on

    def _seats(self) -> None:
        """Seats of the body; a first roster of a term seats from its first day, later ones from the day they come."""
        wanted = {plan.key: plan.seat for plan in self.plans if plan.seat}
        terms = {seat.term.pk for seat in wanted.values()}
        there = {(row.user_id, row.term_id): row for row in CppccMembership.objects.filter(term__in=terms)}
        begun = {term for _user, term in there}
        fresh: dict[tuple[int, int], CppccMembership] = {}
        changed: dict[int, CppccMembership] = {}
        for key, seat in wanted.items():
            user, place = self.people[key], (self.people[key].pk, seat.term.pk)
            row = there.get(place) or fresh.get(place)
            if row is None:
                first = max(seat.term.starts_on, self.on) if seat.term.pk in begun else seat.term.starts_on
                fresh[place] = CppccMembership(
                    user=user, body=self.body, term=seat.term, sector=seat.sector, sector_name=seat.sector_name,
                    work=seat.work, starts_on=first, ends_on=seat.term.ends_on,
                )  # fmt: skip
                self._note(
                    "seat-added",
                    key,
                    body=self.body.name,
                    term=seat.term.name,
                    sector=seat.sector_name,
                    starts_on=first,
                )
                continue
            new = {"sector": seat.sector, "sector_name": seat.sector_name} if seat.sector_name else {}
            new |= {"work": seat.work} if seat.work else {}
            if row.pk and any(getattr(row, name) != value for name, value in new.items()):
                for name, value in new.items():
                    setattr(row, name, value)
                changed[row.pk] = row
                self._note("seat-changed", key, sector=row.sector_name, work=row.work)
        CppccMembership.objects.bulk_create(fresh.values(), batch_size=BATCH)
        self._contacts(wanted, {**there, **fresh}, changed)
        self.done["seats"] = len(fresh)

    def _contacts(
        self,
        wanted: dict[str, SeatPlan],
        rows: dict[tuple[int, int], CppccMembership],
        changed: dict[int, CppccMembership],
    ) -> None:
        numbers = {seat.contact for seat in wanted.values() if isinstance(seat.contact, int)}
        by_number = User.objects.in_bulk(sorted(numbers))
        given = 0
        for key, seat in wanted.items():
            contact = self.people.get(seat.contact) if isinstance(seat.contact, str) else None
            contact = contact or (by_number.get(seat.contact) if isinstance(seat.contact, int) else None)
            row = rows[(self.people[key].pk, seat.term.pk)]
            if contact is None or contact.pk in (row.contact_id, row.user_id):
                continue
            row.contact, given = contact, given + 1
            changed[row.pk] = row
            self._note("contact-given", key, contact=contact.name)
        CppccMembership.objects.bulk_update(
            changed.values(), ["sector", "sector_name", "work", "contact"], batch_size=BATCH
        )
        self.done["contacts"] = given

    def _posts(self) -> None:
        held = self.by.posts_on(clock.day_of(self.now))
        units = {post.unit.pk for plan in self.plans for post in plan.posts}
        there = set(Post.objects.filter(unit__in=units, ends_on=None).values_list("user_id", "unit_id", "role"))
        fresh = []
        for plan in self.plans:
            user = self.people[plan.key]
            for post in plan.posts:
                place = (user.pk, post.unit.pk, str(post.role))
                if place in there:
                    continue
                if rules.may_appoint(held, post.unit, post.role, user, self.by) is None:
                    raise PermissionDenied(_("This role at this unit is given by another admin"))
                there.add(place)
                first = max(self.on, post.unit.starts_on)
                fresh.append(Post(user=user, unit=post.unit, role=post.role, title=post.title, starts_on=first))
                self._note("appointed", plan.key, post.unit, role=post.role, title=post.title, starts_on=first)
        Post.objects.bulk_create(fresh, batch_size=BATCH)
        self.done["posts"] = len(fresh)

    def _memberships(self) -> None:
        """Home branch where the branch is one of the office line, else for the time of the duty (domain 1.3)."""
        wanted = [(plan, branch) for plan in self.plans for branch in plan.branches]
        users = {self.people[plan.key].pk for plan, _branch in wanted}
        there: dict[int, set[int]] = defaultdict(set)
        homes = set()
        open_rows = Membership.objects.filter(user__in=users).exclude(ends_on__lte=self.on)
        for person, at, nature in open_rows.values_list("user_id", "branch_id", "kind"):
            there[person].add(at)
            homes |= {person} if nature == Membership.Kind.HOME else set()
        since = {
            row.user_id: row.starts_on
            for row in Standing.objects.filter(user__in=users, ends_on=None).exclude(kind=Standing.Kind.NONE)
        }
        fresh = []
        for plan, branch in wanted:
            user = self.people[plan.key]
            if branch.pk in there[user.pk]:
                continue
            home = branch.line == Line.OFFICE
            if user.pk not in since or (home and user.pk in homes):
                raise Invalid(_("Somebody changed these people in the meantime. Look at the rows again"))
            there[user.pk].add(branch.pk)
            homes |= {user.pk} if home else set()
            first = max(self.on, branch.unit.starts_on, since[user.pk])
            kind = Membership.Kind.HOME if home else Membership.Kind.TEMPORARY
            fresh.append(Membership(user=user, branch=branch, kind=kind, starts_on=first))
            self._note("member-added", plan.key, branch.unit, kind=kind, starts_on=first)
        Membership.objects.bulk_create(fresh, batch_size=BATCH)
        self.done["memberships"] = len(fresh)


def _full_now(before: Standing, plan: PersonPlan, on: date) -> bool:
    """Whether the paper says that probation is over."""
    return (
        before.kind == Standing.Kind.PROBATIONARY
        and before.ends_on is None
        and plan.standing == Standing.Kind.FULL
        and before.starts_on < on
    )


def _free_name(wanted: str, taken: set[str]) -> str:
    """The user name by rule: the name in pinyin, with the first free number from 2 where somebody has it already."""
    base = (wanted or "user")[:56]
    name, number = base, 1
    while name.lower() in taken:
        number += 1
        name = f"{base}{number}"
    taken.add(name.lower())
    return name
