"""Whom and what a roster can mean: people by phone, name and user name, and the body's units, sectors, terms and contacts.

A fixed number of queries, whatever the length of the roster. Names come only from the body itself; of other accounts no
more is known than that a phone number and a name belong together, which the paper said already (design 3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import CharField, F, Q, Value
from django.db.models.expressions import Func
from django.db.models.functions import Lower, Right

from branches import names
from branches.models import BranchState, CppccMembership, Membership, Post, Standing, Term, Unit, UnitAlias, User
from branches.models.words import active_q
from tasks.papers.roster_reading import MOBILE, digits


@dataclass
class Candidate:
    """Somebody whom a row may mean, with what tells him from another of the same name (ux S29)."""

    pk: int
    name: str
    phone: str
    username: str
    email: str
    here: bool = False  # in this body, so that his name may be shown
    standing: str = ""
    home: int | None = None  # his open home branch
    places: list[str] = field(default_factory=list)
    terms: set[int] = field(default_factory=set)  # of his seats in this body

    @property
    def digits(self) -> str:
        """His number as it is compared."""
        return digits(self.phone)

    @property
    def tells(self) -> str:
        """Unit and last four digits."""
        return " · ".join(part for part in (*self.places[:1], names.masked(self.phone)) if part) or self.username


@dataclass
class Known:
    """All that a roster is compared with."""

    by_phone: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    by_username: dict[str, Candidate] = field(default_factory=dict)
    by_email: dict[str, int] = field(default_factory=dict)
    named_here: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    contacts: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    units: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    branches: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    sectors: dict[str, Unit | None] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)

    def with_phone(self, phone: str) -> list[Candidate]:
        """Everybody whose number this is."""
        number = digits(phone)
        return self.by_phone.get(number, []) if number else []


def known_of(
    body: Unit,
    on: date,
    *,
    phones: Collection[str],
    people: Collection[str],
    usernames: Collection[str],
    emails: Collection[str],
    contacts: Collection[str],
) -> Known:
    """Everything that the rows of a paper may mean in this body on this day; eleven queries."""
    known = Known()
    rows = _people(body, phones, {*people, *contacts}, usernames)
    _dress(rows, body, on)
    for one in rows.values():
        if one.digits in phones:
            known.by_phone[one.digits].append(one)
        known.by_username[one.username.lower()] = one
        if one.here:
            known.named_here[one.name].append(one)
            if one.standing in (Standing.Kind.FULL, Standing.Kind.PROBATIONARY) and one.terms:
                known.contacts[one.name].append(one)
    if emails:
        taken = User.objects.annotate(small=Lower("email")).filter(small__in=emails)
        known.by_email = dict(taken.values_list("small", "pk"))
    _places(known, body, on)
    return known


def _people(
    body: Unit, phones: Collection[str], called: Collection[str], usernames: Collection[str]
) -> dict[int, Candidate]:
    number = Right(
        Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace", output_field=CharField()),
        MOBILE,
    )
    here = (
        Q(pk__in=CppccMembership.objects.filter(body=body).values("user"))
        | Q(pk__in=Post.objects.filter(unit__body=body).values("user"))
        | Q(pk__in=Membership.objects.filter(branch__unit__body=body).values("user"))
    )
    found = (
        User.objects.annotate(number=number)
        .filter(Q(number__in=phones) | Q(username__in=usernames) | (Q(name__in=called) & here))
        .annotate(here=here)
        .order_by("pk")
    )
    fields = ("pk", "name", "phone", "username", "email", "here")
    return {row[0]: Candidate(*row) for row in found.values_list(*fields)}


def _dress(rows: dict[int, Candidate], body: Unit, on: date) -> None:
    """What is known of each: standing, home branch, and a place of this body that tells him from another."""
    numbers = list(rows)
    for user, kind in Standing.objects.filter(user__in=numbers).order_by("starts_on", "pk").values_list("user", "kind"):
        rows[user].standing = kind
    homes = Membership.objects.filter(active_q(on), user__in=numbers, kind=Membership.Kind.HOME)
    for user, branch in homes.values_list("user", "branch"):
        rows[user].home = branch
    seats = CppccMembership.objects.filter(user__in=numbers, body=body).order_by("-starts_on")
    for user, term, sector, work in seats.values_list("user", "term", "sector_name", "work"):
        rows[user].terms.add(term)
        rows[user].places += [part for part in (work, sector) if part]
    posts = Post.objects.filter(active_q(on), user__in=numbers, unit__body=body).order_by("unit__path")
    for user, unit in posts.values_list("user", "unit__name"):
        rows[user].places.insert(0, unit)


def _places(known: Known, body: Unit, on: date) -> None:
    units = list(Unit.objects.active(on).filter(body=body).select_related("kind", "branch"))
    aliases = defaultdict(list)
    for unit, alias in UnitAlias.objects.filter(body=body).values_list("unit", "name"):
        aliases[unit].append(alias)
    for unit in units:
        called = {unit.name, unit.short_name, unit.name_en, *aliases[unit.pk]} - {""}
        into = known.branches if unit.kind_id == "branch" else known.units
        branch = getattr(unit, "branch", None)
        if unit.kind_id == "branch" and (branch is None or branch.state == BranchState.ENDED):
            continue
        for name in called:
            into["".join(name.split()).lower()].append(unit)
        if unit.kind_id == "sector":
            known.sectors[unit.name] = unit
    used = CppccMembership.objects.filter(body=body).exclude(sector_name="").values_list("sector_name", flat=True)
    known.sectors = dict.fromkeys(used.distinct().order_by("sector_name")) | known.sectors
    known.terms = list(Term.objects.filter(body=body).order_by("-starts_on", "-pk"))
