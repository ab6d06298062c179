"""What the pages about people read: the roster, one person, and whom a name typed into a form means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from branches import names
from branches.models import Membership, Post, Unit, User
from branches.models.words import active_q


def find_people(user: User, on: date, words: str = "", unit: Unit | None = None) -> QuerySet[User]:
    """The roster in pinyin order, perhaps those who serve at one unit or whose name, pinyin or initials match."""
    rows = User.objects.filter(pk__in=User.objects.visible_to(user, on).values("pk"))
    words = words.strip()
    if words:
        latin = words.lower().replace(" ", "")
        matches = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(username__iexact=words)
        if latin.isascii():
            matches |= Q(pinyin__icontains=latin)
        rows = rows.filter(matches)
    if unit:
        rows = rows.filter(pk__in=Post.objects.active(on).filter(unit=unit).values("user"))
    return rows.order_by("pinyin", "pk")


def with_places(rows: QuerySet[User], viewer: User, on: date) -> QuerySet[User]:
    """People with `posts_now` as far as `viewer` sees the units; who is in which branch is not told here (I-32)."""
    posts = Post.objects.visible_to(viewer, on).filter(active_q(on)).select_related("unit", "unit__body")
    return rows.prefetch_related(Prefetch("posts", posts, to_attr="posts_now"))


@dataclass(frozen=True)
class Places:
    """Where one person serves and served: what the viewer may see of it, and the bodies of all of it.

    Who may reset an account depends on the posts and branches that the viewer does not see, too.
    """

    posts: list[Post]
    memberships: list[Membership]
    all_posts: list[Post]
    member_bodies: set[int | None]  # of the branches joined today

    def units(self, on: date) -> list[Unit]:
        """The units, as far as they are seen, in which the person serves that day."""
        posts = [post.unit for post in self.posts if post.holds_on(on)]
        return posts + [row.branch.unit for row in self.memberships if row.holds_on(on)]

    def posts_now(self, on: date) -> list[Post]:
        """Every post held that day, seen or not."""
        return [post for post in self.all_posts if post.holds_on(on)]


def places_of(person: User, viewer: User, on: date) -> Places:
    """A person's posts and branches, open ones first, then newest first; one's own are all seen."""
    newest = (F("ends_on").desc(nulls_first=True), "-starts_on", "pk")
    seen = Unit.objects.visible_to(viewer, on)
    posts: list[Any] = list(
        person.posts.select_related("unit", "unit__body", "unit__kind", "appointed_by")
        .annotate(seen=Exists(seen.filter(pk=OuterRef("unit"))))
        .order_by(*newest)
    )
    member_of: list[Any] = list(
        person.memberships.select_related("branch__unit", "branch__unit__body")
        .annotate(seen=Exists(seen.filter(pk=OuterRef("branch__unit"))))
        .order_by(*newest)
    )
    own = person.pk == viewer.pk
    return Places(
        posts=[row for row in posts if own or row.seen],
        memberships=[row for row in member_of if own or row.seen],
        all_posts=posts,
        member_bodies={row.branch.unit.body_id for row in member_of if row.holds_on(on)},
    )


def described(person: Any) -> str:
    """A name with what tells it from another of the same: the first unit and four digits (ux S29)."""
    units = [post.unit.called for post in person.posts_now]
    return " · ".join(part for part in (person.name, units[0] if units else "", names.masked(person.phone)) if part)


def people_named(user: User, on: date, words: str) -> list[User]:
    """Whom a name typed into a form means: the user name in brackets, else a user name, else everybody of that name."""
    words = words.strip()
    visible = with_places(find_people(user, on), user, on)
    bracket = words.rpartition("(")[2].rstrip(")").strip() if words.endswith(")") else ""
    exact = list(visible.filter(username__iexact=bracket or words)[:1])
    return exact or list(visible.filter(name=words)[:10])
