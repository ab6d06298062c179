"""What the pages of moves and merges read: where a unit could go, and what happens then, in sentences with numbers (ux g.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches import moving
from branches.models import Membership, PlannedChange, Post, Unit, User
from branches.models.words import active_q
from branches.queries.units import Found, find_units
from branches.roles import SEES_BELOW, Role
from branches.rules import appoints_leaders
from tasks import tree_rules
from tasks.models import Assignment
from tasks.states import Stage

OFFERED = 30
LINKED = 12  # rows shown by name below a number
ONE_WAY = (PlannedChange.Kind.MOVE, PlannedChange.Kind.MERGE)


def places(user: User, on: date, words: str, unit: Unit, kind: str) -> list[Found]:
    """Where the unit could go by name, short name or initials; without words the places most like the present one."""
    found = find_units(user, on, words) if words else [Found(each, [], "") for each in _likely(user, on, unit, kind)]
    fits = [hit for hit in found if not hit.unit.path.startswith(unit.path) and hit.unit.holds_on(on)]
    if kind == PlannedChange.Kind.MERGE:
        inside = [hit for hit in fits if hit.unit.body_id == unit.body_id and not hit.unit.is_body]
        fits = [hit for hit in inside if _is_branch(hit.unit) == _is_branch(unit)]
    else:
        fits = [hit for hit in fits if hit.unit.path != unit.path[: -Unit.steplen]]
    return fits[:OFFERED]


def _is_branch(unit: Unit) -> bool:
    return getattr(unit, "branch", None) is not None


def _likely(user: User, on: date, unit: Unit, kind: str) -> QuerySet[Unit]:
    """For a merge units of the same kind; for a move the units of the same kind as the one above."""
    near = Unit.objects.visible_to(user, on).filter(active_q(on)).select_related("kind", "branch")
    if kind == PlannedChange.Kind.MERGE:
        return near.filter(kind=unit.kind_id, body=unit.body_id)[:OFFERED]
    above = Unit.objects.filter(path=unit.path[: -Unit.steplen]).values("kind")
    return near.filter(Q(kind__in=above) | Q(pk=unit.body_id))[:OFFERED]


def chain(user: User, on: date, keys: Sequence[int]) -> tuple[dict[int, Unit], dict[str, Unit]]:
    """The wanted units that this person may see, by key, and all units at or above them, by path; one query."""
    visible = Unit.objects.visible_to(user, on).values("pk")
    above = Unit.objects.alias(whole=ExpressionWrapper(OuterRef("path"), CharField())).filter(
        pk__in=keys, path__startswith=F("whole")
    )
    rows = (
        Unit.objects.filter(Exists(above))
        .annotate(seen=Case(When(pk__in=visible, then=Value(True)), default=Value(False), output_field=BooleanField()))
        .select_related("kind", "body", "branch__type", "branch__platform", "branch__approved_by")
    )
    found = list(rows)
    return {unit.pk: unit for unit in found if unit.pk in keys and unit.seen}, {unit.path: unit for unit in found}


@dataclass(frozen=True)
class Line:
    """One thing that happens, in words: with people it names, rows it speaks of, and whether it needs a second look."""

    words: str
    people: Sequence[User] = ()
    more: int = 0  # people of another body, by number only
    rows: Sequence[Assignment] = ()
    warn: bool = False


@dataclass
class Preview:
    """What a confirmation page shows."""

    wish: moving.Wish
    above_now: list[Unit]
    above_then: list[Unit]
    stones: list[str]
    earliest: date
    lines: list[Line] = field(default_factory=list)


def above_of(path: str, chain: dict[str, Unit], *, itself: bool = False) -> list[Unit]:
    """The units above a path, from the root down, out of those at hand."""
    last = len(path) + (1 if itself else 0)
    return [chain[path[:n]] for n in range(Unit.steplen, last, Unit.steplen) if path[:n] in chain]


def preview(
    kind: str,
    unit: Unit,
    target: Unit,
    around: dict[str, Unit],
    user: User,
    posts: Sequence[Post],
    today: date,
    on: date | None,
) -> Preview:
    """Everything a person should know before he confirms; the same questions as the action asks."""
    parent = around.get(unit.path[: -Unit.steplen])
    wish = moving.Wish.of(kind, unit, target, on or today, parent)
    first = moving.earliest(wish, posts, today)
    if on is None and first > today:
        wish.on = first
    work = list(tree_rules.open_work(wish).select_related("unit"))
    found = Preview(
        wish,
        above_of(unit.path, around),
        above_of(target.path, around, itself=True),
        tree_rules.obstacles(wish, work),
        first,
    )
    if not found.stones:
        lines = _merge_lines if kind == PlannedChange.Kind.MERGE else _move_lines
        found.lines = lines(wish, work, around, user, today)
    return found


def _move_lines(
    wish: moving.Wish, work: list[Assignment], around: dict[str, Unit], user: User, today: date
) -> list[Line]:
    lines = [_people_line(wish)]
    if below := len(wish.subtree) - 1:
        words = ngettext("%(n)d unit below it goes along", "%(n)d units below it go along", below)
        lines.append(Line(words % {"n": below}))
    given = [row for row in work if row.unit_path.startswith(wish.unit.path)]
    if not wish.crosses:
        lines.append(_rows(given, user, today, "along"))
    else:
        lines.append(
            _rows([row for row in given if tree_rules.came_from_outside(wish, row)], user, today, "stop", wish)
        )
        if inside := [row for row in given if not tree_rules.came_from_outside(wish, row)]:
            lines.append(_rows(inside, user, today, "along"))
        if reviewed := sum(row.stage == Stage.REPORTED for row in given):
            words = ngettext(
                "%(n)d of them waits for review: it is better reviewed before that day",
                "%(n)d of them wait for review: they are better reviewed before that day", reviewed,
            )  # fmt: skip
            lines.append(Line(words % {"n": reviewed}, warn=True))
    home = around.get(wish.parent.body.path) if wish.parent and wish.parent.body else None
    if wish.crosses and home:
        words = _("What was closed before %(day)s stays in the figures and the records of %(body)s")
        lines.append(Line(words % {"day": moving.day_words(wish.on), "body": home.local_name}))
    else:
        lines.append(Line(_("Figures of closed months stay as they are; today’s boards follow today’s tree")))
    return [*lines, *_sight_lines(wish, user, today), *_name_lines(wish)]


def _people_line(wish: moving.Wish) -> Line:
    """Posts and memberships of the whole subtree, in one query."""
    path = wish.unit.path
    posts = Post.objects.filter(active_q(wish.on), unit__path__startswith=path).order_by()
    members = Membership.objects.filter(active_q(wish.on), branch__unit__path__startswith=path).order_by()
    kinds = [
        kind
        for kind, _pk in posts.values_list(Value("post", CharField()), "pk").union(
            members.values_list(Value("member", CharField()), "pk")
        )
    ]
    words = _("%(members)s and %(posts)s go along; nobody has to sign in again") % {
        "members": ngettext("%(n)d member", "%(n)d members", kinds.count("member")) % {"n": kinds.count("member")},
        "posts": ngettext("%(n)d post", "%(n)d posts", kinds.count("post")) % {"n": kinds.count("post")},
    }
    return Line(words)


def _rows(rows: list[Assignment], user: User, on: date, what: str, wish: moving.Wish | None = None) -> Line:
    """A number of open assignments, and those of them that this person may open."""
    total = len(rows)
    if not total:
        return Line(_("No open assignment is concerned"))
    if what == "stop" and wish:
        words = ngettext(
            "%(n)d open assignment stops; %(old)s decides what becomes of it, %(new)s decides on new work",
            "%(n)d open assignments stop; %(old)s decides what becomes of them, %(new)s decides on new work", total,
        )  # fmt: skip
        old = wish.parent.body.local_name if wish.parent and wish.parent.body else "--"
        words %= {"n": total, "old": old, "new": wish.target.body.local_name if wish.target.body else "--"}
    elif what == "hand" and wish:
        words = ngettext(
            "%(n)d open assignment is handed over to %(into)s, with its due date and a link to what was done",
            "%(n)d open assignments are handed over to %(into)s, with their due dates and links to what was done", total,
        )  # fmt: skip
        words %= {"n": total, "into": wish.target.local_name}
    else:
        words = ngettext(
            "%(n)d open assignment goes along as it is", "%(n)d open assignments go along as they are", total
        ) % {"n": total}
    sight = user.sight(on)
    shown: list[Assignment] = []
    if sight.below or sight.own:
        mine = Assignment.objects.visible_to(user, on).filter(pk__in=[row.pk for row in rows])
        shown = list(mine.select_related("unit", "task__text")[:LINKED])
    return Line(words, rows=shown, warn=what == "stop")


def _sight_lines(wish: moving.Wish, user: User, today: date) -> list[Line]:
    """Who loses and who gains sight of it, and who keeps its register: by name in one's own bodies, else by number."""
    old_body = wish.parent.body if wish.parent else None
    new_body = wish.target.body
    old = _inside(wish.unit.path[: -Unit.steplen], old_body)
    new = _inside(wish.target.path, new_body)
    bodies = [body for body in (old_body, new_body) if body is not None]
    rows = Post.objects.filter(active_q(wish.on), user__is_active=True).filter(
        Q(role__in=SEES_BELOW, unit__path__in=old | new) | Q(role=Role.TREE_ADMIN, unit__body__in=bodies)
    )
    before, after, kept, keeps = {}, {}, {}, {}
    homes: dict[int, set[int | None]] = {}
    for post in rows.select_related("user", "unit").order_by("unit__path", "pk"):
        homes.setdefault(post.user_id, set()).add(post.unit.body_id)
        if post.role == Role.TREE_ADMIN:
            if old_body and post.unit.body_id == old_body.pk:
                kept[post.user_id] = post.user
            if new_body and post.unit.body_id == new_body.pk:
                keeps[post.user_id] = post.user
        else:
            if post.unit.path in old:
                before[post.user_id] = post.user
            if post.unit.path in new:
                after[post.user_id] = post.user
    sight = user.sight(today)

    def line(words: str, people: dict[int, User], but: dict[int, User]) -> list[Line]:
        found = [each for key, each in people.items() if key not in but]
        named = [each for each in found if sight.whole_tree or homes[each.pk] & set(sight.bodies)]
        return [Line(words, people=named, more=len(found) - len(named))] if found else []

    lines = line(_("No longer see its work"), before, after) + line(_("See its work from then on"), after, before)
    if wish.crosses:
        lines += line(_("No longer keep its register"), kept, keeps) + line(
            _("Keep its register from then on"), keeps, kept
        )
    return lines or [Line(_("Nobody’s sight changes"))]


def _inside(path: str, body: Unit | None) -> set[str]:
    """The path and those above it, down from the body: sight stops there."""
    first = len(body.path) if body else Unit.steplen
    return {path[:n] for n in range(first, len(path) + 1, Unit.steplen)}


def _name_lines(wish: moving.Wish) -> list[Line]:
    """Units there that lists would call the same."""
    if not wish.namesakes:
        return []
    names = {unit.local_name for unit in wish.namesakes}
    words = _("%(body)s has a unit called the same: lists there have to say which one is meant (%(names)s)")
    body = wish.target.body.local_name if wish.target.body else wish.target.local_name
    return [Line(words % {"body": body, "names": ", ".join(sorted(names))}, warn=True)]


def _merge_lines(
    wish: moving.Wish, work: list[Assignment], around: dict[str, Unit], user: User, today: date
) -> list[Line]:
    unit, into = wish.unit, wish.target
    names = {"unit": unit.local_name, "into": into.local_name, "day": moving.day_words(wish.on)}
    lines = [
        Line(_("%(unit)s ends on %(day)s; nothing is deleted, its history stays readable") % names),
        _people_line(wish),
    ]
    heads = Post.objects.filter(active_q(wish.on), unit__in=[unit, into], role=Role.HEAD).select_related("user", "unit")
    its = [post for post in heads if post.unit_id == unit.pk]
    branch = getattr(into, "branch", None)
    if its and ((branch is not None and appoints_leaders(branch)) or len(its) < len(heads)):
        lines.append(
            Line(_("%(into)s keeps its head; who headed %(unit)s goes on as member") % names, [p.user for p in its])
        )
    if children := len(wish.coming):
        words = ngettext(
            "%(n)d unit below it comes under %(into)s", "%(n)d units below it come under %(into)s", children
        )
        lines.append(Line(words % {**names, "n": children}))
    own = [row for row in work if row.unit_id == unit.pk]
    lines.append(_rows([row for row in own if row.stage != Stage.REPORTED], user, today, "hand", wish))
    if waiting := sum(row.stage == Stage.REPORTED for row in own):
        words = ngettext(
            "%(n)d report in review is reviewed as it was handed in; if returned, it goes on at %(into)s",
            "%(n)d reports in review are reviewed as they were handed in; if returned, they go on at %(into)s", waiting,
        )  # fmt: skip
        lines.append(Line(words % {**names, "n": waiting}))
    if issued := sum(row.issuer_id == unit.pk for row in work):
        words = ngettext(
            "%(n)d open assignment that it gave is steered by the unit above it from then on",
            "%(n)d open assignments that it gave are steered by the unit above it from then on", issued,
        )  # fmt: skip
        lines.append(Line(words % {"n": issued}, warn=True))
    lines.append(Line(_("Lists that say “%(unit)s” mean %(into)s from then on") % names))
    lines.append(Line(_("Figures of closed months stay with each of the two")))
    return lines


def open_changes(user: User, on: date, now: datetime, unit: Unit | None = None) -> QuerySet[PlannedChange]:
    """Changes that somebody has to know of: not done yet, or done so lately that they can be undone; of one unit, also those
    that come to it."""
    lately = now - timedelta(days=moving.UNDO_WITHIN.days)
    rows = PlannedChange.objects.visible_to(user, on).filter(
        Q(state__in=["planned", "objected", "failed"]) | Q(state="done", kind__in=ONE_WAY, done_at__gte=lately)
    )
    if unit is not None:
        rows = rows.filter(Q(unit=unit) | Q(target=unit))
    return rows.select_related("unit", "target__body", "old_body", "by", "said_by").order_by("effective_on", "pk")


def concerned(rows: QuerySet[PlannedChange], bodies: Iterable[int | None]) -> QuerySet[PlannedChange]:
    """What a home page tells: changes into one's bodies, and those of one's own that were objected to or failed."""
    bodies = list(bodies)
    coming = Q(state="planned", target__body__in=bodies) & ~Q(old_body__in=bodies)
    return rows.filter(coming | Q(state__in=["objected", "failed"], old_body__in=bodies))
