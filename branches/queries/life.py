"""What the pages about platforms and branches read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from branches import rules
from branches.models import Branch, BranchState, Gap, Membership, Platform, Unit, User
from branches.models.life import FULL_MEMBERS_NEEDED
from branches.models.words import active_q


def branch_rows(
    user: User, on: date, *, state: str = "", type_code: str = "", words: str = "", line: str = ""
) -> QuerySet[Branch]:
    """The branches one may see, in the order of the tree, with `members` and `full_members` of the day."""
    full = rules.full_members(on).filter(branch=OuterRef("pk")).order_by().values("branch")
    rows = (
        Branch.objects.visible_to(user, on)
        .select_related("unit", "unit__body", "type", "platform", "approved_by")
        .annotate(
            members=Count("memberships", filter=active_q(on, "memberships__")),
            full_members=Coalesce(Subquery(full.annotate(n=Count("user", distinct=True)).values("n")), 0),
        )
        .order_by("unit__path")
    )
    if state == BranchState.ENDED:
        rows = rows.filter(Q(state=state) | Q(unit__ends_on__lte=on))
    elif state:
        rows = rows.filter(state=state).exclude(unit__ends_on__lte=on)
    if type_code:
        rows = rows.filter(type=type_code)
    if line:
        rows = rows.filter(line=line)
    if words := words.strip():
        latin = words.lower().replace(" ", "")
        matches = (
            Q(unit__name__icontains=words) | Q(unit__name_en__icontains=words) | Q(platform__name__icontains=words)
        )
        rows = rows.filter(matches | Q(unit__initials__icontains=latin) if latin.isascii() else matches)
    return rows


@dataclass(frozen=True)
class BranchLine:
    """A branch with what a list says of it: its members of the day, whether it is over, whether it is short of members."""

    branch: Branch
    members: int
    full_members: int
    over: bool
    short: bool


def lines(rows: Iterable[Any], on: date) -> list[BranchLine]:
    """Rows of `branch_rows` as lines."""
    found = []
    for row in rows:
        over = rules.is_over(row, on)
        short = row.state == BranchState.ACTIVE and not over and row.full_members < FULL_MEMBERS_NEEDED
        found.append(BranchLine(row, row.members, row.full_members, over, short))
    return found


def member_rows(branch: Branch) -> QuerySet[Membership]:
    """Everybody who is or was in the branch; those still in it first."""
    return branch.memberships.select_related("user").order_by(F("ends_on").desc(nulls_first=True), "user__pinyin", "pk")


def platform_rows(user: User, on: date) -> QuerySet[Platform]:
    """The platforms one may see, with the numbers of active and of coming branches that hang on each; ended ones last."""
    rows = Platform.objects.visible_to(user, on).select_related("body", "lead_member")
    going_on = Q(branches__unit__ends_on__isnull=True) | Q(branches__unit__ends_on__gt=on)
    planned = Q(branches__state__in=[BranchState.PLANNED, BranchState.APPROVED]) & going_on
    active = Q(branches__state=BranchState.ACTIVE) & going_on
    return rows.annotate(
        planned_branches=Count("branches", filter=planned, distinct=True),
        active_branches=Count("branches", filter=active, distinct=True),
    ).order_by("body__path", F("ends_on").desc(nulls_first=True), "kind", "pk")


@dataclass(frozen=True)
class Cover:
    """Of the lounges, halls and studios of a body that are open: those with an active branch, and those without.

    Each number is the length of a list; where a branch is not needed by the word of its body, none is missing.
    """

    body: Unit
    covered: list[Platform]
    missing: list[Platform]
    excused: list[Platform]

    @property
    def asked(self) -> int:
        """How many should have a branch."""
        return len(self.covered) + len(self.missing)


def coverage(rows: Iterable[Platform], on: date) -> list[Cover]:
    """Rows of `platform_rows` by body, in the order of the tree."""
    found: dict[int, Cover] = {}
    for row in rows:
        if row.kind not in Platform.LASTING or not row.holds_on(on):
            continue
        cover = found.setdefault(row.body_id, Cover(row.body, [], [], []))
        cover_list(cover, row).append(row)
    return list(found.values())


def cover_list(cover: Cover, row: Any) -> list[Platform]:
    """In which of the three lists a platform stands."""
    if row.active_branches:
        return cover.covered
    return cover.excused if row.gap == Gap.NOT_NEEDED else cover.missing
