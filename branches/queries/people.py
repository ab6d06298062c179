"""What the pages about people read: the roster, one person, and whom a name typed into a form means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import JSONObject

from branches import names
from branches.models import CppccMembership, Membership, Post, Standing, Term, Unit, User
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


@dataclass(frozen=True)
class Narrow:
    """What the roster is narrowed to: a role of today's posts, a sector or a term of the seats; empty words narrow nothing."""

    role: str = ""
    sector: str = ""
    term: str = ""


def narrowed(rows: QuerySet[User], narrow: Narrow, on: date) -> QuerySet[User]:
    """The roster with only those who fit."""
    if narrow.role:
        rows = rows.filter(pk__in=Post.objects.active(on).filter(role=narrow.role).values("user"))
    seats = CppccMembership.objects.all()
    if narrow.sector:
        seats = seats.filter(Q(sector__name=narrow.sector) | Q(sector_name=narrow.sector))
    if narrow.term:
        seats = seats.filter(term__name=narrow.term)
    if narrow.sector or narrow.term:
        seats = seats if narrow.term else seats.active(on)
        rows = rows.filter(pk__in=seats.values("user"))
    return rows


def seat_words(user: User, on: date) -> tuple[list[str], list[str]]:
    """Sectors and terms of the bodies one serves, as the roster can be narrowed to them."""
    bodies = user.sight(on).bodies
    sectors = (
        CppccMembership.objects.filter(body__in=bodies).exclude(sector_name="").values_list("sector_name", flat=True)
    )
    terms = Term.objects.filter(body__in=bodies).order_by("-starts_on").values_list("name", flat=True)
    return list(sectors.distinct().order_by("sector_name")), list(dict.fromkeys(terms))


SEAT_ROW = {
    name: name
    for name in (
        "id", "body", "body__name", "body__name_en", "body__short_name", "body__path", "term__name", "sector__name",
        "sector_name", "work", "contact", "contact__name", "contact__name_en", "contact__username", "starts_on", "ends_on",
    )
}  # fmt: skip


def for_page(rows: QuerySet[User]) -> QuerySet[User]:
    """People with their standings and seats in the same query, for the page of one; see `standings_of` and `seats_of`."""
    mine = Standing.objects.filter(user=OuterRef("pk")).order_by("-starts_on", "-pk")
    seats = CppccMembership.objects.filter(user=OuterRef("pk"))
    seats = seats.order_by(F("ends_on").desc(nulls_first=True), "-starts_on", "pk")
    standing = JSONObject(kind="kind", starts_on="starts_on", ends_on="ends_on")
    return rows.annotate(
        standing_rows=ArraySubquery(mine.values(row=standing)),
        seat_rows=ArraySubquery(seats.values(row=JSONObject(**SEAT_ROW))),
    )


def standings_of(person: Any) -> list[Standing]:
    """A person's standings, the newest first."""
    if not hasattr(person, "standing_rows"):
        return list(person.standings.order_by("-starts_on", "-pk"))
    return [Standing(user=person, kind=row["kind"], **_days(row)) for row in person.standing_rows]


def seats_of(person: Any) -> list[CppccMembership]:
    """A person's seats, open ones first, with what a page shows of body, term, sector and contact."""
    if not hasattr(person, "seat_rows"):
        person = for_page(User.objects.filter(pk=person.pk)).get()
    return [_seat(person, row) for row in person.seat_rows]


def _seat(person: User, row: dict[str, Any]) -> CppccMembership:
    body = Unit(
        pk=row["body"], body_id=row["body"], path=row["body__path"], name=row["body__name"],
        name_en=row["body__name_en"], short_name=row["body__short_name"],
    )  # fmt: skip
    contact = None
    if row["contact"]:
        contact = User(
            pk=row["contact"], name=row["contact__name"], name_en=row["contact__name_en"],
            username=row["contact__username"],
        )  # fmt: skip
    return CppccMembership(
        pk=row["id"], user=person, body=body, term=Term(body=body, name=row["term__name"]), work=row["work"],
        sector_name=row["sector__name"] or row["sector_name"], contact=contact, **_days(row),
    )  # fmt: skip


def _days(row: dict[str, Any]) -> dict[str, date | None]:
    return {name: date.fromisoformat(row[name]) if row[name] else None for name in ("starts_on", "ends_on")}


def with_places(rows: QuerySet[User], viewer: User, on: date) -> QuerySet[User]:
    """People with `posts_now` and `seats_now` as far as `viewer` sees; who is in which branch is not told here (I-32)."""
    posts = Post.objects.visible_to(viewer, on).filter(active_q(on)).select_related("unit", "unit__body")
    seats: Any = CppccMembership.objects.filter(active_q(on)).select_related("body", "term", "sector")
    if not viewer.sight(on).whole_tree:
        seats = seats.filter(body__in=viewer.sight(on).bodies)
    return rows.prefetch_related(
        Prefetch("posts", posts, to_attr="posts_now"),
        Prefetch("seats", seats.order_by("body__path"), to_attr="seats_now"),
    )


@dataclass(frozen=True)
class Places:
    """Where one person serves and served: what the viewer may see of it, and the bodies of all of it.

    Who may reset an account depends on the posts and branches that the viewer does not see, too.
    """

    posts: list[Post]
    memberships: list[Membership]
    all_posts: list[Post]
    member_bodies: set[int | None]  # of the branches joined and the seats held today
    seats: list[CppccMembership]

    def units(self, on: date) -> list[Unit]:
        """The units, as far as they are seen, in which the person serves that day."""
        posts = [post.unit for post in self.posts if post.holds_on(on)]
        posts += [row.branch.unit for row in self.memberships if row.holds_on(on)]
        return posts + [seat.body for seat in self.seats if seat.holds_on(on)]

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
    seats, bodies = seats_of(person), viewer.sight(on).bodies
    own, all_seen = person.pk == viewer.pk, viewer.sight(on).whole_tree
    return Places(
        posts=[row for row in posts if own or row.seen],
        memberships=[row for row in member_of if own or row.seen],
        all_posts=posts,
        member_bodies={row.branch.unit.body_id for row in member_of if row.holds_on(on)}
        | {seat.body_id for seat in seats if seat.holds_on(on)},
        seats=[seat for seat in seats if own or all_seen or seat.body_id in bodies],
    )


def described(person: Any) -> str:
    """A name with what tells it from another of the same: the first unit and four digits (ux S29)."""
    units = [post.unit.local_called for post in person.posts_now]
    return " · ".join(
        part for part in (person.local_name, units[0] if units else "", names.masked(person.phone)) if part
    )


def people_named(user: User, on: date, words: str) -> list[User]:
    """Whom a name typed into a form means: the user name in brackets, else a user name, else everybody of that name."""
    words = words.strip()
    visible = with_places(find_people(user, on), user, on)
    bracket = words.rpartition("(")[2].rstrip(")").strip() if words.endswith(")") else ""
    exact = list(visible.filter(username__iexact=bracket or words)[:1])
    return exact or list(visible.filter(name=words)[:10])
