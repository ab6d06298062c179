"""The life of a branch and the people of one day: who can be entered on the roll of a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from activities.rules import Window
from branches.models import Branch, Membership, Post, User
from branches.models.words import active_q
from branches.roles import Role

LATEST = date(9999, 12, 31)


def life_of(branch: Branch) -> Window:
    """The days on which the branch can meet."""
    first = max(branch.activated_on or LATEST, branch.unit.starts_on)
    return Window(first, branch.unit.ends_on or LATEST)


@dataclass(frozen=True)
class Person:
    """Somebody who can be entered on the roll of a day."""

    user: User
    capacity: str


def roll_of(branch: Branch, day: date) -> list[Person]:
    """Who belonged to the branch that day, then its instructors who are not members."""
    members = (
        Membership.objects.filter(active_q(day), branch=branch).select_related("user").order_by("user__pinyin", "pk")
    )
    found = {row.user_id: Person(row.user, "member") for row in members}
    posts = Post.objects.filter(active_q(day), unit=branch.unit_id, role=Role.INSTRUCTOR).select_related("user")
    for post in posts.order_by("user__pinyin", "pk"):
        found.setdefault(post.user_id, Person(post.user, "instructor"))
    return list(found.values())
