"""May this unit go there, on that day? What stands in the way of a move or a merge, each in words (docs/decisions/0018).

Pure questions, asked by the page before anybody confirms, by the action under the lock, and again on the day itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches import rules
from branches.models import BranchState, CppccMembership, Membership, PlannedChange, Post, Unit
from branches.models.words import active_q
from branches.roles import SEES_NO_CONTENT, Role

DEEPEST = 255 // Unit.steplen  # levels that a path has room for
UNDO_WITHIN = timedelta(days=7)
SPEAKS_FOR_A_BODY = frozenset({Role.SECRETARY, Role.HEAD, Role.LEADER, Role.TREE_ADMIN})


@dataclass
class Wish:
    """A unit, where it is to go or what is to take it in, and from which day on. Both units carry kind, body and branch."""

    kind: str
    unit: Unit
    target: Unit
    on: date
    parent: Unit | None  # the unit above it now
    subtree: Sequence[Unit]  # the unit and everything below it, with branch and platform

    @classmethod
    def of(cls, kind: str, unit: Unit, target: Unit, on: date, parent: Unit | None = None) -> Wish:
        """Read what the questions need: two queries, one where the unit above is at hand."""
        parent = parent or Unit.objects.filter(path=unit.path[: -Unit.steplen]).select_related("body").first()
        seats = CppccMembership.objects.filter(active_q(on), sector=OuterRef("pk"), body=OuterRef("body"))
        below = Unit.objects.under(unit).select_related("kind", "branch__platform", "branch__type")
        return cls(kind, unit, target, on, parent, list(below.annotate(counted=Exists(seats))))

    @property
    def home(self) -> int | None:
        """The body that holds the place where the unit stands: of a body itself, the one it hangs under."""
        if self.unit.is_body:
            return self.parent.body_id if self.parent else None
        return self.unit.body_id

    @property
    def crosses(self) -> bool:
        """Whether it goes to another body: command and sight stop at that boundary (design 3)."""
        return self.home != self.target.body_id

    @property
    def inner(self) -> list[Unit]:
        """The units that come under another body with it; bodies below it stay bodies."""
        return [unit for unit in self.subtree if unit.body_id == self.unit.body_id]

    @property
    def coming(self) -> list[Unit]:
        """The units that will stand right below the target: the unit itself, or those below a merged one."""
        if self.kind == PlannedChange.Kind.MOVE:
            return [self.unit]
        return [unit for unit in self.subtree if unit.depth == self.unit.depth + 1 and unit.ends_on is None]

    @cached_property
    def namesakes(self) -> list[Unit]:
        """Open units of the target's body, or right below it, that are called as one that comes is; one query."""
        names = {name for unit in [self.unit, *self.coming] for name in (unit.name, unit.short_name) if name}
        near = Q(body=self.target.body_id) | Q(path__startswith=self.target.path, depth=self.target.depth + 1)
        called = Q(name__in=names) | Q(short_name__in=names)
        keys = [unit.pk for unit in [self.unit, *self.coming]]
        return list(Unit.objects.filter(near, called, ends_on=None).exclude(pk__in=keys))


def earliest(wish: Wish, posts: Sequence[Post], today: date) -> date:
    """The first day that can be chosen: the other body needs a day on which it can object, unless one keeps both."""
    return today + timedelta(days=1) if wish.crosses and not rules.keeper(posts, wish.target.body_id) else today


def obstacles(wish: Wish) -> list[str]:
    """Everything that makes this move or merge impossible on its day; nothing when it can be done. A few queries."""
    found = [*_in_time(wish)]
    if wish.target.is_below(wish.unit):
        return [*found, _("%(target)s lies below %(unit)s itself") % _names(wish)]
    found += _merging(wish) if wish.kind == PlannedChange.Kind.MERGE else _moving(wish)
    return found


def _names(wish: Wish) -> dict[str, str]:
    return {"unit": wish.unit.local_name, "target": wish.target.local_name}


def day_words(day: date) -> str:
    """A day inside a sentence, as tables show it."""
    return date_format(day, pgettext("day in a table", "j M Y"))


def _in_time(wish: Wish) -> Iterable[str]:
    day = day_words(wish.on)
    for unit in (wish.unit, wish.target):
        if unit.ends_on is not None and unit.ends_on <= wish.on:
            yield _("%(unit)s will have ended by %(day)s") % {"unit": unit.local_name, "day": day}
        elif unit.starts_on > wish.on:
            yield _("%(unit)s does not exist yet on %(day)s") % {"unit": unit.local_name, "day": day}


def _moving(wish: Wish) -> list[str]:
    found = []
    unit, target = wish.unit, wish.target
    if wish.parent is not None and wish.parent.pk == target.pk:
        found.append(_("%(unit)s stands below %(target)s already") % _names(wish))
    if unit.is_body and not target.is_body:
        found.append(_("A body stands directly below another body; %(target)s is none") % _names(wish))
    if target.body_id is None and any(_branch(each) for each in wish.inner):
        found.append(_("A branch stands inside a CPPCC body"))
    if _branch(unit) and _branch(target):
        found.append(_("A branch does not stand below another branch"))
    if len(target.path) // Unit.steplen + max(each.depth for each in wish.subtree) - unit.depth + 1 > DEEPEST:
        found.append(_("The tree would become too deep there"))
    found += _names_taken(wish)
    return [*found, *_boundary(wish)] if wish.crosses else found


def _boundary(wish: Wish) -> list[str]:
    """What cannot leave its body: a branch on a platform of that body (I-8), a sector that seats are counted by."""
    found = []
    if not wish.unit.is_body:
        hanging = [each for each in wish.inner if _hangs(each)]
        for each in hanging:
            words = _("%(branch)s hangs on %(platform)s, a platform of the body it would leave")
            found.append(words % {"branch": each.local_name, "platform": _branch(each).platform.local_name})
        words = _("Seats of the body it would leave are counted under %(unit)s as their sector")
        found += [words % {"unit": each.local_name} for each in wish.inner if getattr(each, "counted", False)]
    return found


def _branch(unit: Unit):  # type: ignore[no-untyped-def] # a one-to-one that may be missing
    return getattr(unit, "branch", None)


def _hangs(unit: Unit) -> bool:
    branch = _branch(unit)
    return branch is not None and branch.platform_id is not None and branch.state != BranchState.ENDED


def _merging(wish: Wish) -> list[str]:
    found = []
    unit, target = wish.unit, wish.target
    if unit.is_body or target.is_body:
        found.append(_("A CPPCC body is not merged; its units are moved"))
    elif wish.crosses:
        found.append(_("%(target)s belongs to another body: move %(unit)s there first, then merge") % _names(wish))
    mine, its = _branch(unit), _branch(target)
    if (mine is None) != (its is None):
        found.append(_("A branch is merged with a branch, another unit with another unit"))
    if its is not None and its.state in (BranchState.PLANNED, BranchState.ENDED):
        found.append(_("%(target)s is not an active branch") % _names(wish))
    if mine is not None and mine.state in (BranchState.PLANNED, BranchState.ENDED):
        found.append(_("%(unit)s is not an active branch") % _names(wish))
    if not target.kind.has_people:
        found.append(_("%(target)s holds no posts, so nobody could take over") % _names(wish))
    return [*found, *_names_taken(wish)]


def _names_taken(wish: Wish) -> list[str]:
    """Two open units of one name at one place could not be told apart in a list."""
    names, target = {unit.name for unit in wish.coming}, wish.target
    there = [unit for unit in wish.namesakes if unit.path[: -Unit.steplen] == target.path and unit.name in names]
    words = _("There is a unit called “%(name)s” below %(target)s already: rename one of them first")
    return [words % {"name": unit.local_name, "target": target.local_name} for unit in there]


def staffed(unit: Unit, on: date) -> bool:
    """Whether somebody at the unit could take work over that day: a post that works, or a branch member."""
    posts = Post.objects.filter(unit=unit, user__is_active=True).active(on).exclude(role__in=SEES_NO_CONTENT)
    return posts.exists() or Membership.objects.filter(branch__unit=unit, user__is_active=True).active(on).exists()


def mover(posts: Sequence[Post], home: int | None) -> Post | None:
    """The post that lets its holder take a unit away from its place: he keeps the body that holds the place."""
    return rules.keeper(posts, home) if home is not None else rules.is_system_admin(posts)


def objector(posts: Iterable[Post], change: PlannedChange, on: date) -> Post | None:
    """The post that speaks for the receiving body while it may still object: before the day (ux ADM-1)."""
    body = change.target.body_id if change.target else None
    fits = change.kind == PlannedChange.Kind.MOVE and change.state == PlannedChange.State.PLANNED
    if not fits or body is None or body == change.old_body_id or on >= change.effective_on:
        return None
    return next((post for post in posts if post.unit_id == body and post.role in SPEAKS_FOR_A_BODY), None)


def withdrawer(posts: Sequence[Post], change: PlannedChange, user_id: int) -> Post | None:
    """The post under which a change that is not done may be taken back: its author's, or whoever keeps that body."""
    if not change.is_open:
        return None
    acting = mover(posts, change.old_body_id)
    return acting or next((post for post in posts if post.pk == change.post_id and change.by_id == user_id), None)


def undoer(posts: Sequence[Post], change: PlannedChange) -> Post | None:
    """The post under which a done move may be undone: on either side of it."""
    if change.kind != PlannedChange.Kind.MOVE or change.state != PlannedChange.State.DONE:
        return None
    new = change.target.body_id if change.target else None
    return mover(posts, change.old_body_id) or (rules.keeper(posts, new) if new else None)
