"""Pure questions about people, units and branches: may this person, may this unit, may this branch (design 3 and 6)?

Acting is asked of the posts a person holds that day (`user.posts_on(on)`, in a page `request.posts`), so a button and the
action behind it get one answer. What comes back is the post under which the deed is done, which its history names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Branch, BranchState, CppccMembership, Membership, Platform, Post, Standing, Unit, User
from branches.models.life import FULL_MEMBERS_NEEDED
from branches.models.words import active_q
from branches.roles import (
    ADMINISTERS,
    ANSWERS_FEEDBACK,
    KEEPS_TREE,
    SEES_BELOW,
    SEES_NO_CONTENT,
    SEES_STANDING,
    SETS_WISHES,
    Role,
)

KEEPS_STANDING = frozenset({Role.TREE_ADMIN, Role.SECRETARY})  # who needs the standing and writes it down
READS_PHONES = KEEPS_TREE | {Role.SECRETARY}


def _under(posts: Iterable[Post], roles: frozenset[Role], body_id: int | None) -> Post | None:
    """The post with one of `roles` in the body; a system admin keeps the tree anywhere, one's own body goes first.

    A secretary speaks for the body only from the body's own desk, not from the office of one of its units.
    """
    fitting = [post for post in posts if post.role in roles and (post.role != Role.SECRETARY or post.unit.is_body)]
    own = [post for post in fitting if body_id is not None and post.unit.body_id == body_id]
    anywhere = [post for post in fitting if post.role == Role.SYSTEM_ADMIN]
    return next(iter([*own, *anywhere]), None)


def keeper(posts: Iterable[Post], body_id: int | None) -> Post | None:
    """The post that lets its holder change units, people and branches of this body."""
    return _under(posts, KEEPS_TREE, body_id)


def alias_body(posts: Sequence[Post], unit: Unit) -> Unit | None:
    """The body for whose lists this person may give the unit another name: the unit's own, else the one he keeps."""
    if keeper(posts, unit.body_id) and unit.body_id:
        return unit.body
    return next((post.unit.body for post in posts if post.role == Role.TREE_ADMIN and post.unit.body_id), None)


def serves(user: User, unit: Unit, on: date) -> bool:
    """Whether the unit is the person's own or lies below it in the same body; names of branch members stop here."""
    sight = user.sight(on)
    below = any(body == unit.body_id and unit.path.startswith(path) for body, path in sight.below)
    return below or unit.pk in sight.own


def keeps_anything(posts: Iterable[Post]) -> bool:
    """Whether any post keeps a tree."""
    return any(post.role in KEEPS_TREE for post in posts)


def invites_anybody(posts: Iterable[Post]) -> bool:
    """Whether any post lets its holder invite people of a body."""
    return any(post.role in KEEPS_TREE or (post.role == Role.SECRETARY and post.unit.is_body) for post in posts)


def is_system_admin(posts: Iterable[Post]) -> Post | None:
    """The post of a system admin, who alone opens new roots and appoints his like."""
    return next((post for post in posts if post.role == Role.SYSTEM_ADMIN), None)


def calendar_keeper(posts: Sequence[Post]) -> Post | None:
    """The post that enters days off for the whole site: a system admin's, or the organisation admin's of its topmost body."""
    top = (post for post in posts if post.role == Role.TREE_ADMIN and post.unit.body and post.unit.body.is_root())
    return is_system_admin(posts) or next(top, None)


def wisher(posts: Iterable[Post], body_id: int | None) -> Post | None:
    """The post that lets its holder say what the body wants (ux S27)."""
    return _under(posts, SETS_WISHES, body_id)


def answerer(posts: Iterable[Post], body_id: int | None) -> Post | None:
    """The post that lets its holder answer feedback written in this body (design 10)."""
    return _under(posts, ANSWERS_FEEDBACK, body_id)


def standing_reader(posts: Iterable[Post], units: Iterable[Unit]) -> Post | None:
    """The post that shows the standing in the CPC of somebody who serves in `units`.

    The organisation admin of the body needs it, a secretary and a head for those at or below their own unit (design 3).
    """
    return _over(posts, SEES_STANDING, units)


def reads_looks(posts: Iterable[Post], units: Iterable[Unit]) -> bool:
    """Whether somebody else than the person himself reads who looked: the auditor of a body in which the person serves."""
    bodies = {unit.body_id for unit in units}
    return any(post.role == Role.AUDITOR and post.unit.body_id in bodies for post in posts)


def exported_body(posts: Iterable[Post]) -> Unit | None:
    """The body whose roster this person may take out with numbers and standings: he keeps it and knows its people."""
    return next((post.unit.body for post in posts if post.role == Role.TREE_ADMIN and post.unit.body_id), None)


def reads_coverage(post: Post) -> bool:
    """Whether the post shows the two coverages of its body in numbers: the body's own desk and leaders, and who keeps it."""
    return post.role == Role.TREE_ADMIN or (post.unit.is_body and post.role in SEES_BELOW)


def standing_keeper(posts: Iterable[Post], units: Iterable[Unit]) -> Post | None:
    """The post that lets its holder write down the standing of somebody who serves in `units`."""
    return _over(posts, KEEPS_STANDING, units)


def _over(posts: Iterable[Post], roles: frozenset[Role], units: Iterable[Unit]) -> Post | None:
    """The post with one of `roles` that stands over one of the units; the organisation admin's over the whole body."""
    units = list(units)
    for post in posts:
        reach = post.unit.body if post.role == Role.TREE_ADMIN else post.unit
        if post.role in roles and reach and any(reach.covers(unit) for unit in units):
            return post
    return None


def reads_phone(posts: Iterable[Post], units: Iterable[Unit]) -> bool:
    """Whether the whole phone number of somebody who serves in `units` is shown; others see four digits."""
    return any(_under(posts, READS_PHONES, unit.body_id) for unit in units)


def may_appoint(posts: Sequence[Post], unit: Unit, role: str, person: User, by: User) -> Post | None:
    """The post under which `by` may give `person` this role at `unit`.

    Only a system admin makes another one; and nobody who keeps the tree from outside the body gives himself a role that
    sees its content, since system admins see none (design 3).
    """
    post = keeper(posts, unit.body_id)
    if post is None:
        return None
    if role == Role.SYSTEM_ADMIN:
        return is_system_admin(posts)
    if person.pk == by.pk and post.role == Role.SYSTEM_ADMIN and role not in SEES_NO_CONTENT:
        return None
    return post


def may_open_again(
    posts: Sequence[Post], person_posts: Sequence[Post], member_of: Iterable[int | None] = ()
) -> Post | None:
    """The post under which a new first password may be made: one that keeps every body in which the person serves, by a
    post or as member of a branch (`member_of`: the bodies of those branches)."""
    system = is_system_admin(posts)
    if system or any(post.role == Role.SYSTEM_ADMIN for post in person_posts):
        return system
    found = [keeper(posts, body) for body in {*(post.unit.body_id for post in person_posts), *member_of}]
    return found[0] if found and all(found) else None


def may_invite(
    posts: Sequence[Post], person: User, person_posts: Sequence[Post], member_of: Iterable[int | None] = ()
) -> Post | None:
    """The post under which this person may be invited: an admin's who keeps his account, or for an account that was never
    opened the secretary's of every body in which he serves; admins themselves are invited by admins."""
    acting = may_open_again(posts, person_posts, member_of)
    if acting or person.has_usable_password() or any(post.role in ADMINISTERS for post in person_posts):
        return acting
    bodies = {*(post.unit.body_id for post in person_posts), *member_of}
    found = [_under(posts, KEEPS_STANDING, body) for body in bodies]
    return found[0] if found and all(found) else None


def member_bodies(person: User, on: date) -> set[int | None]:
    """The bodies in which this person has a seat or is a member of a branch that day."""
    branches = person.memberships.active(on).values_list("branch__unit__body_id", flat=True)
    return {*branches, *person.seats.active(on).values_list("body_id", flat=True)}


def serving(people: Iterable[User], on: date) -> dict[int, tuple[list[Post], set[int | None]]]:
    """For each person the posts that go on or begin later, and the bodies in which he is a branch member or has a seat."""
    keys = [person.pk for person in people]
    found: dict[int, tuple[list[Post], set[int | None]]] = {key: ([], set()) for key in keys}
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    for post in Post.objects.filter(going_on, user__in=keys).select_related("unit"):
        found[post.user_id][0].append(post)
    member_of = Membership.objects.filter(user__in=keys).active(on).values_list("user", "branch__unit__body")
    seats = CppccMembership.objects.filter(user__in=keys).active(on).values_list("user", "body")
    for key, body in [*member_of, *seats]:
        found[key][1].add(body)
    return found


def holds_posts(unit: Unit) -> bool:
    """Whether people can be appointed to this unit."""
    return unit.kind.has_people


def blocks_ending(unit: Unit, ends_on: date) -> list[str]:
    """What stands in the way of ending a unit: units below it and posts that go on after that day, in words.

    Its assignments are asked for by the room above, which knows what an assignment is (design 2).
    """
    goes_on = Q(ends_on__isnull=True) | Q(ends_on__gt=ends_on)
    words = []
    below = Unit.objects.under(unit).exclude(pk=unit.pk).filter(goes_on).count()
    if below:
        words.append(
            ngettext("%(count)d unit below it goes on", "%(count)d units below it go on", below) % {"count": below}
        )
    posts = unit.posts.filter(goes_on).count()
    if posts:
        words.append(ngettext("%(count)d post there goes on", "%(count)d posts there go on", posts) % {"count": posts})
    return words


@dataclass(frozen=True)
class Need:
    """One thing that a branch needs before it becomes active, and whether it is there."""

    words: str
    met: bool


def full_members(on: date) -> QuerySet[Membership]:
    """Memberships of the day whose holder has full standing on that day."""
    full = Standing.objects.active(on).filter(kind=Standing.Kind.FULL)
    return Membership.objects.active(on).filter(user__in=full.values("user"))


def count_full_members(branch: Branch, on: date) -> int:
    """How many full CPC members the branch has on that day."""
    return full_members(on).filter(branch=branch).values("user").distinct().count()


def appointed_heads(branch: Branch, on: date) -> QuerySet[Post]:
    """Heads of the branch on that day who are its members or its named instructors (I-6); where leaders are appointed, by
    the unit that approved it (I-7 of domain 7)."""
    members = Membership.objects.active(on).filter(branch=branch).values("user")
    instructors = branch.unit.posts.active(on).filter(role=Role.INSTRUCTOR).values("user")
    heads = branch.unit.posts.active(on).filter(Q(user__in=members) | Q(user__in=instructors), role=Role.HEAD)
    if appoints_leaders(branch):
        return heads.filter(appointed_by__isnull=False, appointed_by=branch.approved_by_id)
    return heads


def appoints_leaders(branch: Branch) -> bool:
    """Whether the unit that approved the branch appoints who leads it, instead of an election (domain 1.5)."""
    return branch.temporary or branch.type.appointed_leaders


def needs_of(branch: Branch, on: date, full: int | None = None) -> list[Need]:
    """What activation on that day needs, each in words (I-5 and I-6 of domain 7; the database holds the same). A page that has
    counted the `full` members gives their number."""
    needs = [Need(_("Approved by another unit, with document and date"), branch.state != BranchState.PLANNED)]
    if branch.type.needs_platform:
        needs.append(Need(_("On a platform"), branch.platform_id is not None))
    full = count_full_members(branch, on) if full is None else full
    words = ngettext(
        "Three full CPC members or more; now %(count)d", "Three full CPC members or more; now %(count)d", full
    ) % {"count": full}
    needs.append(Need(words, full >= FULL_MEMBERS_NEEDED))
    head = appointed_heads(branch, on).exists()
    if appoints_leaders(branch):
        words = _("A head appointed by the approving unit, member of the branch or its instructor")
    else:
        words = _("A head who is a member of the branch or its instructor")
    needs.append(Need(words, head))
    return needs


def is_over(branch: Branch, on: date) -> bool:
    """Whether the branch has ended by that day, even where the nightly sweep has not yet said so."""
    return branch.state == BranchState.ENDED or (branch.unit.ends_on is not None and branch.unit.ends_on <= on)


def outlives(branch_ends_on: date | None, platform: Platform | None) -> bool:
    """Whether a branch with this last bound would go on after its platform (I-8 of domain 7)."""
    if platform is None or platform.ends_on is None:
        return False
    return branch_ends_on is None or branch_ends_on > platform.ends_on


def cpc_members(on: date) -> QuerySet[Standing]:
    """The standings of all who are full or probationary CPC members that day."""
    return Standing.objects.active(on).exclude(kind=Standing.Kind.NONE)


def is_cpc_member(person: User, on: date) -> bool:
    """Whether the person is a full or probationary CPC member that day; only such people join a branch (I-10)."""
    return cpc_members(on).filter(user=person).exists()


def heads_unit(posts: Iterable[Post], unit: Unit) -> Post | None:
    """The post under which its holder approves in the name of this unit: its head's."""
    return next((post for post in posts if post.role == Role.HEAD and post.unit_id == unit.pk), None)


def speaks_for(posts: Sequence[Post], branch: Branch, person: User) -> Post | None:
    """The post under which somebody announces a branch and sums it up: its head's (after its end, the last head's), else that
    of the organisation admin."""
    held = heads_unit(posts, branch.unit)
    if held is None and branch.state == BranchState.ENDED:
        held = branch.unit.posts.filter(user=person, role=Role.HEAD).order_by("-starts_on", "-pk").first()
    return held or keeper(posts, branch.unit.body_id)


def can_approve(units: QuerySet[Unit], branch: Branch, on: date) -> QuerySet[Unit]:
    """Of `units`, those that may approve the branch: any active one but itself, in its body or in a body above."""
    path, body = branch.unit.path, branch.unit.body
    above = [path[:n] for n in range(Unit.steplen, len(path), Unit.steplen)]
    fitting = Q(body=body) | Q(path__in=above) | Q(body__path__in=above)
    return units.filter(active_q(on)).filter(fitting).exclude(path__startswith=path)
