"""What the pages about accounts read: who has none yet, whose invitation stands, in which bodies somebody serves."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Min, OuterRef, Prefetch, Q, QuerySet, Subquery

from branches import clock
from branches.models import BodySettings, CppccMembership, Invitation, Membership, Post, Unit, User
from branches.models.words import active_q
from branches.roles import ADMINISTERS, KEEPS_TREE, Role


def bodies_invited_to(posts: Iterable[Post], on: date) -> QuerySet[Unit]:
    """The bodies whose people may be invited by the holder of these posts: all for a system admin, else one's own."""
    posts = list(posts)
    rows = Unit.objects.active(on).filter(kind__is_body=True)
    if any(post.role == Role.SYSTEM_ADMIN for post in posts):
        return rows
    own = [
        post.unit.body_id
        for post in posts
        if post.role in KEEPS_TREE or (post.role == Role.SECRETARY and post.unit.is_body)
    ]
    return rows.filter(pk__in=own)


def without_account(user: User, bodies: QuerySet[Unit], on: date) -> QuerySet[User]:
    """People of these bodies who cannot sign in yet, in pinyin order."""
    here = bodies.values("pk")
    places = (
        Q(pk__in=Post.objects.active(on).filter(unit__body__in=here).values("user"))
        | Q(pk__in=Membership.objects.active(on).filter(branch__unit__body__in=here).values("user"))
        | Q(pk__in=CppccMembership.objects.active(on).filter(body__in=here).values("user"))
    )
    closed = User.objects.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return closed.filter(places).exclude(pk=user.pk).order_by("pinyin", "pk")


def with_standing_invitation(rows: QuerySet[User], viewer: User, now: datetime) -> QuerySet[User]:
    """People with their open invitation (`until`, `by_mail`, `mailed_at`), `posts_now` and `seats_now`, as far as `viewer`
    sees them."""
    on = clock.day_of(now)
    posts = Post.objects.visible_to(viewer, on).filter(active_q(on)).select_related("unit", "unit__body")
    seats = CppccMembership.objects.filter(active_q(on), body__in=Unit.objects.visible_to(viewer, on)).select_related(
        "body"
    )
    valid = Invitation.objects.valid(now).filter(user=OuterRef("pk"))
    return rows.annotate(
        until=Subquery(valid.values("expires_at")[:1]),
        by_mail=Subquery(valid.values("by_mail")[:1]),
        mailed_at=Subquery(valid.values("mailed_at")[:1]),
    ).prefetch_related(
        Prefetch("posts", posts, to_attr="posts_now"),
        Prefetch("seats", seats, to_attr="seats_now"),
    )


def lot_of(lot: uuid.UUID, maker: User) -> QuerySet[Invitation]:
    """The invitations made by one press of this person; nobody else prints them."""
    rows = Invitation.objects.filter(lot=lot, made_by=maker).select_related("user").order_by("user__pinyin", "pk")
    posts = Post.objects.select_related("unit", "unit__body")
    return rows.prefetch_related(Prefetch("user__posts", posts, to_attr="all_posts"))


def phones_of_bodies(on: date) -> list[tuple[Unit, str]]:
    """Whom to ask, as far as a body has said so in its settings: its name and its phone for help. No names of people."""
    rows = BodySettings.objects.exclude(help_phone="").filter(active_q(on, "body__")).select_related("body")
    return [(row.body, row.help_phone) for row in rows.order_by("body__path")[:60]]


@dataclass(frozen=True)
class Lot:
    """Invitations made by one press, of which some are still open."""

    key: uuid.UUID
    made_at: datetime
    total: int
    open: int


def lots_of(maker: User, now: datetime) -> list[Lot]:
    """The presses of this person that can still be printed, newest first."""
    rows = (
        Invitation.objects.filter(made_by=maker, expires_at__gt=now)
        .order_by()
        .values("lot")
        .annotate(at=Min("made_at"), total=Count("pk"), open=Count("pk", filter=Q(used_at=None, withdrawn_at=None)))
        .filter(open__gt=0)
        .order_by("-at")[:10]
    )
    return [Lot(row["lot"], row["at"], row["total"], row["open"]) for row in rows]


def not_for(posts: Iterable[Post], on: date) -> Any:
    """People whom "all" leaves out for a secretary: admins, and those who serve in another body too. For an admin, only
    those who serve elsewhere too; a system admin leaves out nobody."""
    posts = list(posts)
    if any(post.role == Role.SYSTEM_ADMIN for post in posts):
        return Post.objects.none().values("user")
    own = bodies_invited_to(posts, on).values("pk")
    keeps = [post.unit.body_id for post in posts if post.role in KEEPS_TREE]
    admins = Q(role=Role.SYSTEM_ADMIN) | (Q(role__in=ADMINISTERS) & ~Q(unit__body__in=keeps))
    return Post.objects.active(on).filter(admins | ~Q(unit__body__in=own)).values("user")


def counted(rows: QuerySet[User], others: Any) -> dict[str, int]:
    """How many of these people may be invited here, and how many only by a system admin; one question."""
    return rows.order_by().aggregate(
        here=Count("pk", filter=~Q(pk__in=others)), elsewhere=Count("pk", filter=Q(pk__in=others))
    )
