"""Writes to platforms, party branches and their members: planned → approved → active → ended (design 3, domain 1.5).

Each founding rule is said here in words before the database would refuse it in its own.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from branches import clock, rules
from branches.actions.record import (
    comma_list,
    day_words,
    expect,
    hold_tree,
    keeper_or_deny,
    locked,
    not_before,
    note,
    write_once,
)
from branches.actions.units import UnitWords, plant
from branches.models import (
    Branch,
    BranchState,
    BranchType,
    Membership,
    Platform,
    Post,
    Unit,
    UnitKind,
    User,
)
from branches.writing import Invalid, NotPossible

OPEN_STATES = (BranchState.PLANNED, BranchState.APPROVED, BranchState.ACTIVE)


@dataclass(frozen=True)
class PlatformWords:
    """What a branch can hang on."""

    name: str
    kind: str
    starts_on: date
    ends_on: date | None = None
    name_en: str = ""
    place: str = ""
    lead_member: User | None = None

    def plain(self) -> dict[str, Any]:
        """The same as history and fingerprints keep it."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return values | {"lead_member": str(self.lead_member or "")}


@dataclass(frozen=True)
class BranchPlan:
    """The paper on which a branch begins."""

    type: BranchType
    line: str
    starts_on: date
    ends_on: date | None = None
    platform: Platform | None = None
    new_platform: PlatformWords | None = None
    plan_paper: str = ""
    duties: str = ""
    arrangements: str = ""
    asked: Unit | None = None


def add_platform(body: Unit, words: PlatformWords, *, by: User, op: uuid.UUID, now: datetime) -> Platform:
    """A new platform of the body."""

    def write() -> dict[str, Any]:
        return {"platform": _open_platform(body, words, by=by, op=op, now=now).pk}

    content = {"body": body.pk, **words.plain()}
    done = write_once("add_platform", write, by=by, op=op, now=now, content=content)
    return Platform.objects.get(pk=done["platform"])


def _open_platform(body: Unit, words: PlatformWords, *, by: User, op: uuid.UUID, now: datetime) -> Platform:
    body = locked(Unit, body.pk)
    acting = keeper_or_deny(by, body, now)
    if not body.is_body:
        raise Invalid(_("A platform belongs to a CPPCC body"), body=_("A platform belongs to a CPPCC body"))
    if words.ends_on:
        not_before(words.ends_on, words.starts_on)
    values = {name: getattr(words, name) for name in words.__dataclass_fields__}
    platform = Platform.objects.create(body=body, **values)
    note("platform-added", platform, by=by, post=acting, op=op, now=now, unit=body, after=words.plain())
    return platform


def plan_branch(parent: Unit, words: UnitWords, plan: BranchPlan, *, by: User, op: uuid.UUID, now: datetime) -> Branch:
    """A branch on paper: its unit below `parent`, its type, and for a temporary one the platform it hangs on (I-5)."""
    content = {
        "parent": parent.pk, **asdict(words), "type": plan.type.pk, "line": plan.line, "on": [plan.starts_on, plan.ends_on],
        "platform": plan.platform and plan.platform.pk, "new": plan.new_platform and plan.new_platform.plain(),
        "paper": [plan.plan_paper, plan.duties, plan.arrangements, plan.asked and plan.asked.pk],
    }  # fmt: skip

    def write() -> dict[str, Any]:
        hold_tree()
        above = locked(Unit, parent.pk)
        acting = keeper_or_deny(by, above, now)
        if above.body is None:
            raise NotPossible(_("A branch stands inside a CPPCC body"))
        platform = _platform_for(plan, above.body, by=by, op=op, now=now)
        ends_on = _end_within(plan, platform)
        kind = UnitKind.objects.get(code="branch")
        unit = plant(above, words, kind, starts_on=plan.starts_on, ends_on=ends_on)
        branch = Branch.objects.create(
            unit=unit, type=plan.type, temporary=plan.type.temporary, line=plan.line, platform=platform,
            plan_paper=plan.plan_paper, duties=plan.duties, arrangements=plan.arrangements, asked=plan.asked,
        )  # fmt: skip
        if platform:
            Platform.objects.filter(pk=platform.pk).update(gap="", gap_words="", gap_on=None)
        note(
            "branch-planned", unit, by=by, post=acting, op=op, now=now, unit=unit,
            after={"name": unit.name, "type": plan.type.name, "platform": str(platform or ""), "ends_on": ends_on,
                   "plan_paper": plan.plan_paper},
        )  # fmt: skip
        return {"branch": branch.pk}

    return Branch.objects.get(pk=write_once("plan_branch", write, by=by, op=op, now=now, content=content)["branch"])


def _platform_for(plan: BranchPlan, body: Unit, *, by: User, op: uuid.UUID, now: datetime) -> Platform | None:
    if plan.new_platform:
        return _open_platform(body, plan.new_platform, by=by, op=op, now=now)
    if plan.platform is None:
        if plan.type.needs_platform or plan.type.temporary:
            words = _("A branch of this type hangs on a platform: choose one or enter a new one")
            raise Invalid(words, platform=words)
        return None
    platform = locked(Platform, plan.platform.pk)
    if platform.body_id != body.pk:
        raise Invalid(_("The platform belongs to another body"), platform=_("The platform belongs to another body"))
    if platform.ends_on and platform.ends_on <= plan.starts_on:
        raise Invalid(_("The platform has ended by then"), platform=_("The platform has ended by then"))
    return platform


def _end_within(plan: BranchPlan, platform: Platform | None) -> date | None:
    """The day on which the branch ends: as said, else with its platform; never after it (I-8)."""
    ends_on = plan.ends_on or (platform.ends_on if platform else None)
    if ends_on:
        not_before(ends_on, plan.starts_on)
    if platform and platform.ends_on and rules.outlives(ends_on, platform):
        words = _("The branch ends no later than its platform, on %(day)s") % {"day": day_words(platform.ends_on)}
        raise Invalid(words, ends_on=words)
    return ends_on


def _open_branch(branch: Branch, version: int, by: User, now: datetime) -> tuple[Branch, Post]:
    """The branch under lock with the acting post; refused when it changed meanwhile or has ended."""
    row = locked(Branch, branch.pk)
    acting = keeper_or_deny(by, row.unit, now)
    expect(row, version)
    if rules.is_over(row, clock.day_of(now)):
        raise NotPossible(_("This branch has ended"))
    return row, acting


def approve_branch(
    branch: Branch,
    approved_by: Unit,
    document: str,
    approved_on: date,
    *,
    version: int,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> None:
    """The approval: by another unit than the branch itself, with its document and day (I-5).

    The head of that unit approves in the system; else the organisation admin records the paper. Who did it is kept.
    """

    def write() -> dict[str, Any]:
        row = locked(Branch, branch.pk)
        on = clock.day_of(now)
        own = rules.heads_unit(by.posts_on(on), approved_by)
        acting = own or keeper_or_deny(by, row.unit, now)
        expect(row, version)
        if rules.is_over(row, on):
            raise NotPossible(_("This branch has ended"))
        if row.state != BranchState.PLANNED:
            raise NotPossible(_("This branch is approved already"))
        if approved_by.pk == row.unit_id:
            raise Invalid(_("A branch does not approve itself"), approved_by=_("A branch does not approve itself"))
        if not rules.can_approve(Unit.objects.filter(pk=approved_by.pk), row, on).exists():
            words = _("A branch is approved by a unit of its body or of a body above it")
            raise Invalid(words, approved_by=words)
        if not document.strip():
            raise Invalid(_("Enter the approval document"), approval_document=_("Enter the approval document"))
        if approved_on > clock.day_of(now):
            raise Invalid(_("The approval lies in the future"), approved_on=_("The approval lies in the future"))
        Branch.objects.filter(pk=row.pk, version=version).update(
            approved_by=approved_by, approval_document=document.strip(), approved_on=approved_on,
            state=BranchState.APPROVED, approval_by=by, approval_on_paper=own is None, version=version + 1,
        )  # fmt: skip
        note(
            "branch-approved", row.unit, by=by, post=acting, op=op, now=now, unit=row.unit,
            after={"approved_by": approved_by, "approval_document": document.strip(), "approved_on": approved_on},
        )  # fmt: skip
        return {}

    content = {"branch": branch.pk, "unit": approved_by.pk, "document": document, "on": approved_on, "version": version}
    write_once("approve_branch", write, by=by, op=op, now=now, content=content)


def activate_branch(
    branch: Branch, activated_on: date, *, version: int, by: User, op: uuid.UUID, now: datetime
) -> None:
    """The branch begins: with three full CPC members and an appointed head, or the words that say what is missing (I-6)."""

    def write() -> dict[str, Any]:
        row, acting = _open_branch(branch, version, by, now)
        if row.state == BranchState.ACTIVE:
            raise NotPossible(_("This branch is active already"))
        if activated_on > clock.day_of(now):
            words = _("The first day of a branch is entered on that day or later")
            raise Invalid(words, activated_on=words)
        first = max(row.unit.starts_on, row.approved_on or row.unit.starts_on)
        if activated_on < first:
            words = _("The branch can begin on %(day)s at the earliest") % {"day": day_words(first)}
            raise Invalid(words, activated_on=words)
        missing = [need.words for need in rules.needs_of(row, activated_on) if not need.met]
        if missing:
            raise NotPossible(_("Still missing: %(needs)s") % {"needs": comma_list(missing)}, missing=missing)
        Branch.objects.filter(pk=row.pk, version=version).update(
            state=BranchState.ACTIVE, activated_on=activated_on, version=version + 1
        )
        note(
            "branch-activated", row.unit, by=by, post=acting, op=op, now=now, unit=row.unit,
            after={"activated_on": activated_on},
        )  # fmt: skip
        return {}

    content = {"branch": branch.pk, "on": activated_on, "version": version}
    write_once("activate_branch", write, by=by, op=op, now=now, content=content)


def add_member(
    branch: Branch, person: User, kind: str, starts_on: date, *, by: User, op: uuid.UUID, now: datetime
) -> None:
    """A CPC member joins the branch, as home branch or for a time (I-9, I-10)."""

    def write() -> dict[str, Any]:
        row = locked(Branch, branch.pk)
        acting = keeper_or_deny(by, row.unit, now)
        locked(User, person.pk)
        if rules.is_over(row, clock.day_of(now)) or (row.unit.ends_on and row.unit.ends_on <= starts_on):
            raise NotPossible(_("A branch that has ended takes no new members"))
        if starts_on < row.unit.starts_on:
            words = _("The branch begins on %(day)s") % {"day": day_words(row.unit.starts_on)}
            raise Invalid(words, starts_on=words)
        if not rules.is_cpc_member(person, starts_on):
            words = _("No standing as CPC member is recorded for that day; others can be contacts, not members")
            raise Invalid(words, person=words)
        _refuse_second_membership(row, person, kind, starts_on)
        Membership.objects.create(user=person, branch=row, kind=kind, starts_on=starts_on)
        note(
            "member-added", person, by=by, post=acting, op=op, now=now, unit=row.unit, person=person,
            after={"kind": kind, "starts_on": starts_on},
        )  # fmt: skip
        return {}

    content = {"branch": branch.pk, "person": person.pk, "kind": kind, "on": starts_on}
    write_once("add_member", write, by=by, op=op, now=now, content=content)


def _refuse_second_membership(branch: Branch, person: User, kind: str, starts_on: date) -> None:
    rows = person.memberships.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on))
    if rows.filter(branch=branch).exists():
        words = _("%(person)s is a member of this branch already") % {"person": person.name}
        raise Invalid(words, person=words)
    home = rows.filter(kind=Membership.Kind.HOME).select_related("branch__unit").first()
    if kind == Membership.Kind.HOME and home:
        words = _("The home branch is %(branch)s; a person has one") % {"branch": home.branch.unit.name}
        raise Invalid(words, kind=words)


def end_membership(row: Membership, ends_on: date, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The day from which a person is no longer in the branch. Fewer than three full members later only warns (I-6)."""

    def write() -> dict[str, Any]:
        held = locked(Membership, row.pk)
        acting = keeper_or_deny(by, held.branch.unit, now)
        if held.ends_on and held.ends_on <= clock.day_of(now):
            raise NotPossible(_("This membership has ended already"))
        not_before(ends_on, held.starts_on)
        Membership.objects.filter(pk=held.pk).update(ends_on=ends_on)
        note(
            "member-ended", held.user, by=by, post=acting, op=op, now=now, unit=held.branch.unit, person=held.user,
            before={"ends_on": held.ends_on}, after={"ends_on": ends_on},
        )  # fmt: skip
        return {}

    write_once("end_membership", write, by=by, op=op, now=now, content={"row": row.pk, "ends_on": ends_on})


def end_branch(
    branch: Branch, ends_on: date, *, version: int, reason: str = "", by: User, op: uuid.UUID, now: datetime
) -> None:
    """The day from which the branch is no more; its members and posts are released with it. Nothing is deleted.

    A day in the future is a plan: the branch stays active until then, and `close_branches_due` ends it on the day.
    """

    def write() -> dict[str, Any]:
        hold_tree()
        row, acting = _open_branch(branch, version, by, now)
        not_before(ends_on, row.unit.starts_on)
        if row.platform and row.platform.ends_on and rules.outlives(ends_on, row.platform):
            words = _("The branch ends no later than its platform, on %(day)s") % {
                "day": day_words(row.platform.ends_on)
            }
            raise Invalid(words, ends_on=words)
        _bound(row, ends_on, clock.day_of(now))
        Branch.objects.filter(pk=row.pk).update(version=version + 1)
        note(
            "branch-ended", row.unit, by=by, post=acting, op=op, now=now, unit=row.unit, reason=reason,
            before={"ends_on": row.unit.ends_on}, after={"ends_on": ends_on},
        )  # fmt: skip
        return {}

    content = {"branch": branch.pk, "ends_on": ends_on, "reason": reason, "version": version}
    write_once("end_branch", write, by=by, op=op, now=now, content=content)


def _bound(branch: Branch, ends_on: date, today: date) -> None:
    """Give a branch its last bound. Once that day has come it is ended, and members and posts are released with it."""
    unit = branch.unit
    Unit.objects.filter(pk=unit.pk).update(ends_on=ends_on, version=F("version") + 1)
    if ends_on > today:
        return
    Branch.objects.filter(pk=branch.pk).update(state=BranchState.ENDED)
    for rows in (branch.memberships.all(), unit.posts.all()):
        rows.exclude(ends_on__lte=ends_on).update(ends_on=Greatest("starts_on", Value(ends_on)))


def end_platform(
    platform: Platform, ends_on: date, *, reason: str = "", by: User, op: uuid.UUID, now: datetime
) -> list[Branch]:
    """The day on which a platform closes; its branches end with it in the same transaction (I-8). The branches it ended."""

    def write() -> dict[str, Any]:
        hold_tree()
        row = locked(Platform, platform.pk)
        acting = keeper_or_deny(by, row.body, now)
        today = clock.day_of(now)
        if row.ends_on and row.ends_on <= today:
            raise NotPossible(_("This platform has ended already"))
        not_before(ends_on, row.starts_on)
        ended = []
        for branch in Branch.objects.select_related("unit").filter(platform=row, state__in=OPEN_STATES):
            if branch.unit.ends_on is None or branch.unit.ends_on > ends_on:
                _bound(branch, max(ends_on, branch.unit.starts_on), today)
                note(
                    "branch-ended", branch.unit, by=by, post=acting, op=op, now=now, unit=branch.unit, reason=reason,
                    before={"ends_on": branch.unit.ends_on}, after={"ends_on": ends_on, "platform": row.name},
                )  # fmt: skip
                ended.append(branch.pk)
        Platform.objects.filter(pk=row.pk).update(ends_on=ends_on)
        note(
            "platform-ended", row, by=by, post=acting, op=op, now=now, unit=row.body, reason=reason,
            before={"ends_on": row.ends_on}, after={"ends_on": ends_on},
        )  # fmt: skip
        return {"branches": ended}

    content = {"platform": platform.pk, "ends_on": ends_on, "reason": reason}
    done = write_once("end_platform", write, by=by, op=op, now=now, content=content)
    return list(Branch.objects.filter(pk__in=done["branches"]).select_related("unit"))


def close_branches_due(now: datetime) -> int:
    """Say "ended" of branches whose last day has passed; safe to run twice, late or on two machines. How many it closed.

    For the sweep, which stops their open work first (design 3): nobody acts here, so history names no one.
    """
    today = clock.day_of(now)
    due = Branch.objects.exclude(state=BranchState.ENDED).filter(unit__ends_on__lte=today)
    closed = 0
    for pk in list(due.values_list("pk", flat=True)):
        closed += _close(pk, now)
    return closed


@transaction.atomic
def _close(pk: int, now: datetime) -> int:
    moved = Branch.objects.filter(pk=pk).exclude(state=BranchState.ENDED).update(state=BranchState.ENDED)
    if moved:
        unit = Unit.objects.get(branch=pk)
        _bound(unit.branch, unit.ends_on, clock.day_of(now))
        note("branch-ended", unit, by=None, post=None, op=None, now=now, unit=unit, after={"ends_on": unit.ends_on})
    return moved
