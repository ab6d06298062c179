"""The branch part of a change of term: terms and seats, branches that end, branches founded anew (domain 1.13).

These write inside the transaction of the room above, which asked for permission when the change was confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from branches.actions.posts import Deed
from branches.actions.record import keeper_or_deny, locked, note
from branches.actions.units import UnitWords, plant
from branches.models import Branch, BranchState, CppccMembership, Membership, Post, Term, Unit, User
from branches.writing import Invalid


@dataclass(frozen=True)
class Order:
    """Under which order the change is done: who confirmed it, under which post, and when it is written down."""

    by: User
    post: Post
    now: datetime

    @property
    def deed(self) -> Deed:
        """The same for handing posts over."""
        return Deed(self.by, None, self.now)


def open_term(body: Unit, name: str, starts_on: date, today: date, deed: Deed) -> Term:
    """A term that is to begin; the one before goes on until its change is confirmed."""
    assert deed.by is not None  # noqa: S101 (a person begins a change of term)
    row = locked(Unit, body.pk)
    acting = keeper_or_deny(deed.by, row, deed.now)
    if not row.is_body:
        raise Invalid(_("A term belongs to a CPPCC body"), body=_("A term belongs to a CPPCC body"))
    check_first_day(row, starts_on, today)
    if row.terms.filter(name=name).exists():
        words = _("%(body)s has this term already") % {"body": row.name}
        raise Invalid(words, name=words)
    term = Term.objects.create(body=row, name=name, starts_on=starts_on)
    note(
        "term-opened", name, by=deed.by, post=acting, op=deed.op, now=deed.now, unit=row,
        after={"name": name, "starts_on": starts_on},
    )  # fmt: skip
    return term


def check_first_day(body: Unit, starts_on: date, today: date, but: int | None = None) -> None:
    """A change of term lies ahead, and after the beginning of the term before."""
    if starts_on < today:
        raise Invalid(_("Choose today or a later day"), starts_on=_("Choose today or a later day"))
    if body.terms.filter(starts_on__gte=starts_on).exclude(pk=but or 0).exists():
        words = _("A later term of this body is entered already")
        raise Invalid(words, starts_on=words)


def change_seats(term: Term, old: Sequence[Term], going: Sequence[CppccMembership], order: Order) -> None:
    """The old terms and their seats end on the first day of the new one; who goes on has a seat of the new term.

    A contact goes along where he has a seat of the new term himself.
    """
    day = term.starts_on
    running = Q(ends_on=None) | Q(ends_on__gt=day)
    CppccMembership.objects.filter(running, term__in=old).update(ends_on=Greatest(F("starts_on"), Value(day)))
    Term.objects.filter(pk__in=[one.pk for one in old]).update(ends_on=Greatest(F("starts_on"), Value(day)))
    there = set(term.seats.values_list("user_id", flat=True))
    fresh = [row for row in going if row.user_id not in there]
    after = there | {row.user_id for row in fresh}
    CppccMembership.objects.bulk_create(
        CppccMembership(
            user_id=row.user_id, body_id=row.body_id, term=term, sector_id=row.sector_id, sector_name=row.sector_name,
            contact_id=row.contact_id if row.contact_id in after else None, starts_on=day,
            work=row.work,
        )
        for row in fresh
    )  # fmt: skip
    note(
        "term-began", term.name, by=order.by, post=order.post, op=None, now=order.now, unit=term.body,
        after={"name": term.name, "starts_on": day, "members": len(after)},
    )  # fmt: skip


def end_of_term(branch: Branch, term: Term, order: Order) -> None:
    """A branch ends with the term: members and posts are released with it. Nothing is deleted."""
    day, unit = max(term.starts_on, branch.unit.starts_on), branch.unit
    before = unit.ends_on
    Unit.objects.filter(pk=unit.pk).update(ends_on=day, version=F("version") + 1)
    Branch.objects.filter(pk=branch.pk).update(state=BranchState.ENDED, version=F("version") + 1)
    for rows in (branch.memberships.all(), unit.posts.all()):
        rows.exclude(ends_on__lte=day).update(ends_on=Greatest("starts_on", Value(day)))
    note(
        "branch-ended", unit, by=order.by, post=order.post, op=None, now=order.now, unit=unit,
        reason=_("Change of term"), before={"ends_on": before}, after={"ends_on": day},
    )  # fmt: skip


def found_anew(old: Branch, members: Sequence[Membership], term: Term, order: Order) -> Branch:
    """A branch on paper in the place of one that ended: the same name, type, platform and members. Its approval and its
    head follow their normal way (I-5 to I-7)."""
    unit = old.unit
    parent = Unit.objects.get_parent(unit)
    words = UnitWords(name=unit.name, short_name=unit.short_name, name_en=unit.name_en, code="")
    ends_on = old.platform.ends_on if old.platform else None
    new = plant(parent, words, unit.kind, starts_on=term.starts_on, ends_on=ends_on, after=unit)
    branch = Branch.objects.create(
        unit=new, type=old.type, temporary=old.temporary, line=old.line, platform=old.platform
    )
    Membership.objects.bulk_create(
        Membership(user_id=row.user_id, branch=branch, kind=row.kind, starts_on=term.starts_on) for row in members
    )
    note(
        "branch-planned", new, by=order.by, post=order.post, op=None, now=order.now, unit=new,
        after={"name": new.name, "type": old.type.name, "platform": str(old.platform or "")},
    )  # fmt: skip
    return branch


def end_with_term(post: Post, term: Term, order: Order) -> None:
    """A post that nobody takes over ends with the term."""
    Post.objects.filter(pk=post.pk).update(ends_on=Greatest(F("starts_on"), Value(term.starts_on)))
    note(
        "post-ended", post.user, by=order.by, post=order.post, op=None, now=order.now, unit=post.unit,
        person=post.user, reason=_("Change of term"),
        before={"role": post.role, "title": post.title, "ends_on": post.ends_on}, after={"ends_on": term.starts_on},
    )  # fmt: skip
