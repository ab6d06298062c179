"""What goes along when a person hands over posts, and what stays: one reading for the page that lists it and the deed that
does it (ux ADM-3).

With the post goes, without anybody moving it, whatever waits at the desk of its unit: the review queue, supervision slips,
lists, duties of a title. Here is what hangs on the person: work named for him, drafts on his table, papers that wait for his
word, open work that he leads. What is his alone stays: filters, settings, branch memberships.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from branches.models import Branch, CppccMembership, Membership, Platform, Post, Standing, Unit, User
from branches.models.units import UnitQuerySet
from branches.roles import Role
from tasks.models import Approval, Assignment, Bearer, PaperDraft, Receiver, SavedFilter, Slip, SlipState
from tasks.states import DESK, OPEN, ListStage

DECIDES = frozenset({Role.LEADER, Role.HEAD})  # who is asked to approve lists, and leads work


@dataclass(frozen=True)
class PostLine:
    """One post as the page of a handover shows it."""

    post: Post
    held_already: bool  # the successor has the same role there: his post goes on, this one ends
    appointed_by: Unit | None  # who appoints the head of this branch (I-7 of domain 7)
    outside: bool  # the successor is not a member of the branch that he is to head


@dataclass(frozen=True)
class Along:
    """How much goes along, and how much stays."""

    named: list[tuple[Unit, int]]  # open assignments by unit
    twice: int  # named work that the successor has himself already: stays as it is
    later: int  # recurring tasks that go on naming the person
    drafts: int
    approvals: int
    led: int
    in_review: int
    slips: int
    duties: int
    filters: int

    @property
    def named_total(self) -> int:
        """Open assignments named for the person."""
        return sum(count for _unit, count in self.named)


def handable(person: User, on: date, successor: User | None = None) -> QuerySet[Post]:
    """The posts that could be handed over on that day: those that run then, or begin later; with what each needs (`line_of`)."""
    running = Q(ends_on=None) | Q(ends_on__gt=on)
    held = Post.objects.filter(running, user=successor, unit=OuterRef("unit"), role=OuterRef("role"))
    joined = Membership.objects.filter(running, user=successor, branch__unit=OuterRef("unit"))
    rows = person.posts.filter(running).order_by("unit__path", "pk")
    return rows.select_related("unit__body", "unit__kind", "unit__branch__type", "unit__branch__approved_by").annotate(
        held_already=Exists(held), joined=Exists(joined)
    )


def line_of(post: Any, successor: User | None) -> PostLine:
    """A post of `handable` with what its handover needs."""
    branch = getattr(post.unit, "branch", None) if post.role == Role.HEAD else None
    return PostLine(
        post,
        post.held_already and successor is not None,
        appointing(branch) if branch else None,
        bool(branch and successor and not post.joined),
    )


def appointing(branch: Branch) -> Unit | None:
    """The unit that appoints the head of this branch; None where its members elect him (I-7)."""
    return branch.approved_by if branch.temporary or branch.type.appointed_leaders else None


def _reach(posts: Iterable[Post], unit: str = "unit", path: str = "unit_path", body: str = "body") -> Q:
    """Units at, below and above those of the posts, inside their bodies: where somebody can be named because of them."""
    found = Q(pk__in=[])
    for post in posts:
        above = [post.unit.path[:end] for end in range(len(post.unit.path), 0, -Unit.steplen)]
        found |= Q(**{unit: post.unit_id})
        if post.unit.body_id:
            found |= Q(**{body: post.unit.body_id, f"{path}__startswith": post.unit.path})
            found |= Q(**{body: post.unit.body_id, f"{path}__in": above})
    return found


def stays_at(person: User, posts: Iterable[Post], on: date) -> UnitQuerySet:
    """Units that the person goes on serving himself: by a post he keeps or as a member of their branch."""
    goes_on = Q(ends_on=None) | Q(ends_on__gt=on)
    kept = person.posts.filter(goes_on).exclude(pk__in=[post.pk for post in posts])
    member = person.memberships.filter(goes_on)
    return Unit.objects.filter(Q(pk__in=kept.values("unit")) | Q(pk__in=member.values("branch__unit")))


def named_work(person: User, posts: Sequence[Post], stay: UnitQuerySet) -> QuerySet[Assignment]:
    """Open work that names the person because of these posts."""
    return Assignment.objects.filter(_reach(posts), person=person, stage__in=OPEN).exclude(unit__in=stay.values("pk"))


def has_it_himself(successor: User | None) -> Exists:
    """Whether the successor has the same share by name already: a task that goes to every member (design 4)."""
    same = Assignment.objects.filter(
        task=OuterRef("task"), step=OuterRef("step"), period=OuterRef("period"), unit=OuterRef("unit"), person=successor
    )
    return Exists(same.exclude(stage="stopped") if successor else same.none())


def later_work(person: User, posts: Sequence[Post], stay: UnitQuerySet, on: date) -> QuerySet[Receiver]:
    """Tasks whose coming occurrences name the person."""
    goes_on = Q(until_on=None) | Q(until_on__gt=on)
    rows = Receiver.objects.filter(_reach(posts, "unit", "unit__path", "unit__body"), goes_on, person=person)
    return rows.exclude(unit__in=stay.values("pk")).exclude(
        task__list__stage__in=[ListStage.CLOSED, ListStage.RECALLED]
    )


def drafts(person: User, posts: Iterable[Post]) -> QuerySet[PaperDraft]:
    """Papers on the person's table for desks that he hands over."""
    desks = [_below(post, "issuer__path", "issuer__body", "issuer") for post in posts if post.role in DESK]
    return PaperDraft.objects.on_the_table().filter(reduce(or_, desks, Q(pk__in=[])), owner=person)


def approvals(person: User, posts: Iterable[Post]) -> QuerySet[Approval]:
    """Lists that wait for the person's word."""
    bodies = [post.unit.body_id for post in posts if post.role in DECIDES and post.unit.body_id]
    return Approval.objects.filter(approver=person, decision=Approval.Decision.ASKED, list__issuer__body__in=bodies)


def led_work(person: User, posts: Iterable[Post]) -> QuerySet[Assignment]:
    """Open work that names the person as its responsible leader."""
    bodies = [post.unit.body_id for post in posts if post.role in DECIDES and post.unit.body_id]
    return Assignment.objects.filter(leader=person, stage__in=OPEN, issuer_body__in=bodies)


def _below(post: Post, path: str, body: str, unit: str) -> Q:
    within = Q(**{unit: post.unit_id})
    return (
        within | Q(**{body: post.unit.body_id, f"{path}__startswith": post.unit.path}) if post.unit.body_id else within
    )


def along(person: User, posts: Sequence[Post], successor: User | None, on: date) -> Along:
    """All of it in numbers; two queries. No titles: who keeps the tree sees no content (design 3)."""
    stay = stays_at(person, posts, on)
    work = named_work(person, posts, stay).annotate(twice=has_it_himself(successor))
    going = work.filter(twice=False)
    units = Unit.objects.filter(pk__in=going.values("unit")).select_related("body").order_by("path")
    named: list[Any] = list(units.annotate(named=_count(going.filter(unit=OuterRef("pk")))))
    desks = [post.unit_id for post in posts if post.role in DESK]
    leads = [post.unit_id for post in posts if post.role == Role.LEADER]
    reviews = Assignment.objects.in_review().filter(
        Q(review_unit__in=desks, review_leaders=False) | Q(review_unit__in=leads, review_leaders=True)
    )
    waiting = Slip.objects.with_standing().filter(lead__in=desks).filter(Q(state=SlipState.WAITING))
    borne = [Q(post_title=post.title, duty__list__issuer__body=post.unit.body_id) for post in posts if post.title]
    duties = Bearer.objects.filter(reduce(or_, borne, Q(pk__in=[])), duty__list__stage=ListStage.ISSUED)
    numbers = {
        "twice": _count(work.filter(twice=True)),
        "later": _count(later_work(person, posts, stay, on)),
        "drafts": _count(drafts(person, posts)),
        "approvals": _count(approvals(person, posts)),
        "led": _count(led_work(person, posts)),
        "in_review": _count(reviews),
        "slips": _count(waiting),
        "duties": _count(duties),
        "filters": _count(SavedFilter.objects.filter(user=person)),
    }
    told = User.objects.filter(pk=person.pk).values(**{f"count_{name}": value for name, value in numbers.items()}).get()
    return Along([(unit, unit.named) for unit in named], **{name: told[f"count_{name}"] for name in numbers})


def _count(rows: QuerySet[Any]) -> Coalesce:
    total = rows.order_by().values(all=Value(1)).annotate(n=Count("pk", distinct=True)).values("n")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def platforms(person: User, posts: Iterable[Post], on: date) -> QuerySet[Platform]:
    """Platforms that the person leads in the bodies of these posts."""
    bodies = {post.unit.body_id for post in posts}
    return Platform.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=on), lead_member=person, body__in=[body for body in bodies if body]
    )


def contacts(person: User, posts: Iterable[Post], on: date, successor: User | None) -> QuerySet[CppccMembership]:
    """Members outside the CPC with whom the person keeps contact, in the bodies of these posts (domain 1.2); only a CPC
    member with a seat of the same term can take one over."""
    bodies = {post.unit.body_id for post in posts}
    running = Q(ends_on=None) | Q(ends_on__gt=on)
    seat = CppccMembership.objects.filter(user=successor, body=OuterRef("body"), term=OuterRef("term"))
    cpc = Standing.objects.filter(running, user=successor).exclude(kind=Standing.Kind.NONE)
    rows = CppccMembership.objects.filter(
        Exists(seat), Exists(cpc), running, contact=person, body__in=[body for body in bodies if body]
    )
    return rows.exclude(user=successor).select_related("user") if successor else rows.none()
