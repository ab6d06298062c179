"""The two full coverages (两个全覆盖, domain 1.2): one queryset behind every figure and the list that proves it (design 7).

Coverage 1: every member of a CPPCC body who is a CPC member (full or probationary) belongs to a branch of the members’ line.
Coverage 2: with every member who is none, a CPC member of the same body keeps contact. Of whom no standing is recorded is in
neither and stands in a list of his own. Counted are seats of the term that runs on the day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from branches import rules
from branches.models import Branch, BranchState, CppccMembership, Line, Membership, Post, Standing, Unit
from branches.models.words import active_q

BRANCH, CONTACT, UNKNOWN = "branch", "contact", "unknown"
MISSING = {
    BRANCH: Q(cpc=True, in_branch=False),
    CONTACT: Q(outside=True, has_contact=False),
    UNKNOWN: Q(cpc=False, outside=False),
}


def seats(on: date) -> QuerySet[CppccMembership]:
    """The seats of the running terms, each with what the two coverages ask of it."""
    mine = {"user": OuterRef("user")}
    cpc = rules.cpc_members(on)
    in_branch = (
        Membership.objects.filter(active_q(on) & active_q(on, "branch__unit__"))
        .exclude(branch__line=Line.OFFICE)
        .exclude(branch__state__in=[BranchState.PLANNED, BranchState.ENDED])
    )
    others = CppccMembership.objects.active(on).filter(user=OuterRef("contact"), body=OuterRef("body"))
    return CppccMembership.objects.filter(active_q(on) & active_q(on, "term__")).annotate(
        cpc=Exists(cpc.filter(**mine)),
        outside=Exists(Standing.objects.active(on).filter(kind=Standing.Kind.NONE, **mine)),
        in_branch=Exists(in_branch.filter(**mine)),
        has_contact=Exists(others.filter(user__in=cpc.values("user"))),
    )


@dataclass(frozen=True)
class Figures:
    """The two coverages of one body in numbers."""

    body: Unit
    cpc: int = 0
    without_branch: int = 0
    outside: int = 0
    without_contact: int = 0
    unknown: int = 0

    @property
    def in_branch(self) -> int:
        """CPC members who belong to a branch."""
        return self.cpc - self.without_branch

    @property
    def with_contact(self) -> int:
        """Members outside the CPC with whom somebody keeps contact."""
        return self.outside - self.without_contact

    @property
    def seats(self) -> int:
        """All members of the running term."""
        return self.cpc + self.outside + self.unknown

    @property
    def missing(self) -> int:
        """All gaps together."""
        return self.without_branch + self.without_contact + self.unknown


def figures(bodies: Collection[Unit], on: date) -> list[Figures]:
    """The numbers of several bodies in their order; one query."""
    counted: Any = (
        seats(on)
        .filter(body__in=bodies)
        .values("body")
        .annotate(
            n_cpc=Count("pk", filter=Q(cpc=True)),
            n_outside=Count("pk", filter=Q(outside=True)),
            **{f"n_{part}": Count("pk", filter=gap) for part, gap in MISSING.items()},
        )
        .order_by("body")
    )
    rows = {row["body"]: row for row in counted}
    found = []
    for body in bodies:
        row = rows.get(body.pk)
        found.append(
            Figures(body, row["n_cpc"], row["n_branch"], row["n_outside"], row["n_contact"], row["n_unknown"])
            if row
            else Figures(body)
        )
    return found


def missing(body: Unit, part: str, on: date) -> QuerySet[CppccMembership]:
    """Who stands behind one number of one body: the same condition, so the list is as long as the number says."""
    rows = seats(on).filter(MISSING[part], body=body)
    return rows.select_related("user", "term", "sector", "contact").order_by("user__pinyin", "user_id")


def bodies_read(posts: Collection[Post]) -> list[Unit]:
    """The bodies of whose coverage this person reads the numbers, in the order of the tree."""
    found = {post.unit.body_id: post.unit.body for post in posts if post.unit.body and rules.reads_coverage(post)}
    return sorted((body for body in found.values() if body), key=lambda body: body.path)


def bodies_below(bodies: Collection[Unit], on: date) -> list[Unit]:
    """The bodies directly below: numbers alone cross the boundary (design 3)."""
    below = Q(pk__in=[])
    for body in bodies:
        below |= Q(path__startswith=body.path, depth=body.depth + 1)
    rows = Unit.objects.active(on).filter(below, kind__is_body=True)
    return list(rows.exclude(pk__in=[body.pk for body in bodies]))


def branches_to_join(body: Unit, on: date) -> QuerySet[Branch]:
    """Branches of the body’s members’ line that somebody can join today."""
    rows = Branch.objects.filter(active_q(on, "unit__"), unit__body=body).exclude(line=Line.OFFICE)
    open_states = [BranchState.APPROVED, BranchState.ACTIVE]
    return rows.filter(state__in=open_states).select_related("unit", "type").order_by("temporary", "unit__path")


def who_keeps_contact(body: Unit, on: date) -> QuerySet[CppccMembership]:
    """CPC members of the body, each with the number of members whose contact he is."""
    rows: Any = seats(on)
    rows = rows.filter(body=body, cpc=True).select_related("user")
    keeping = Q(user__contacts_of__body=body) & active_q(on, "user__contacts_of__")
    return rows.annotate(keeps=Count("user__contacts_of", filter=keeping, distinct=True)).order_by("user__pinyin", "pk")
