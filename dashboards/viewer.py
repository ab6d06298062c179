"""Who looks: the person, the day, the posts and the chosen scope, read once from the request that the middleware filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from branches.models import Post, Sight, Unit, User
from branches.requests import Asked
from branches.roles import SEES_BELOW, Role
from tasks.rules import Actor, Hat
from tasks.states import DESK


@dataclass(frozen=True)
class Viewer:
    """One person on one day. A chosen scope (one of his posts) filters what pages show and never widens it (design 3)."""

    user: User
    on: date
    now: datetime
    posts: tuple[Post, ...] = ()
    scope: Post | None = None

    @classmethod
    def of(cls, request: Asked) -> Viewer:
        """The viewer behind a request."""
        return cls(request.user, request.today, request.now, tuple(request.posts), request.scope)

    @cached_property
    def acting(self) -> tuple[Post, ...]:
        """The posts that the page speaks of: the one chosen in the scope switch, else all."""
        return (self.scope,) if self.scope else self.posts

    @cached_property
    def sight(self) -> Sight:
        """How far this person sees today."""
        return self.user.sight(self.on)

    def posts_as(self, roles: frozenset[Role]) -> list[Post]:
        """The posts in question that carry one of these roles."""
        return [post for post in self.acting if post.role in roles]

    @cached_property
    def actor(self) -> Actor:
        """What he acts as by the posts in question; memberships, which review nothing, are left aside. No query."""
        hats = (Hat(Role(post.role), post.unit_id, post.unit.path, post.unit.body_id, post) for post in self.acting)
        return Actor(self.user, self.on, tuple(hats))

    @cached_property
    def desks(self) -> list[Post]:
        """Posts at whose unit this person keeps the desk: secretary and head."""
        return self.posts_as(DESK)

    def helps(self, unit: Unit) -> bool:
        """Whether he has to help `unit` to get its work done, and may therefore see units by their gap (design 10):
        a secretary, head or leader at or above it in its body, or in the body directly above."""
        parent = getattr(unit, "parent_body_id", None)
        for post in self.posts:
            if post.role in SEES_BELOW and post.unit.body_id is not None:
                if post.unit.body_id == unit.body_id and unit.path.startswith(post.unit.path):
                    return True
                if unit.is_body and post.unit.body_id == parent:
                    return True
        return False
