"""The branch part of handing posts over: the old post ends, the new one begins the same day, history names both (ux ADM-3).

Posts are dated, so a handover planned for a later day is written at once and holds by itself (I-4). What it means for work is
the affair of the room above, which calls these inside its own transaction.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from branches import clock, names, rules
from branches.actions.record import comma_list, keeper_or_deny, locked, note
from branches.models import Branch, BranchState, Post, Unit, User
from branches.roles import Role
from branches.writing import Invalid, NotPossible


@dataclass(frozen=True)
class Deed:
    """Who hands over for whom under which order: what every line of history of one handover shares."""

    by: User | None
    op: uuid.UUID | None
    now: datetime


def open_successor(name: str, username: str, unit: Unit, deed: Deed) -> User:
    """An account without a password for somebody who is new; the posts that are handed to him follow in the same write."""
    assert deed.by is not None  # noqa: S101 (a job opens no accounts)
    acting = keeper_or_deny(deed.by, unit, deed.now)
    wanted = username or _free_name(name)
    if User.objects.filter(username__iexact=wanted).exists():
        taken = _("The user name %(name)s is taken") % {"name": wanted}
        raise Invalid(taken, username=taken)
    person = User.objects.create_user(wanted, None, name=name, pinyin=names.person_pinyin(name))
    note(
        "person-added", person, by=deed.by, post=acting, op=deed.op, now=deed.now, person=person, unit=unit,
        after={"name": name},
    )  # fmt: skip
    return person


def _free_name(name: str) -> str:
    """A user name from the pinyin of a name, with a number where it is taken."""
    wanted = names.pinyin(name)[:56] or "user"
    taken = set(User.objects.filter(username__istartswith=wanted).values_list("username", flat=True))
    lower = {one.lower() for one in taken}
    numbered = (f"{wanted}{number}" for number in range(2, len(lower) + 3))
    return wanted if wanted not in lower else next(one for one in numbered if one not in lower)


def may_hand_over(posts: Sequence[Post], post: Post, successor: User, by: User) -> Post | None:
    """The post under which `by` may hand this one to somebody: what lets him end it and appoint the other (design 3)."""
    return rules.may_appoint(posts, post.unit, post.role, successor, by)


def pass_post_on(
    post: Post, successor: User, on: date, appointment: str, deed: Deed, acting: Post
) -> dict[str, int | str | None]:
    """End one post on a day and let the successor begin it; plain words of what was done, for the way back.

    The new post has the old one's role, title, fields and last day. The head of a branch whose leaders are appointed is
    appointed by the unit that approved it (I-7). Where the successor holds the same role there already, his own goes on.
    """
    row = locked(Post, post.pk)
    unit = Unit.objects.select_related("body", "kind").get(pk=row.unit_id)
    _refuse_impossible(row, unit, on)
    before = row.ends_on
    new = None
    goes_on = Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    if not successor.posts.filter(goes_on, unit=unit, role=row.role).exists():
        new = Post.objects.create(
            user=successor, unit=unit, role=row.role, title=row.title, title_en=row.title_en,
            fields_in_charge=row.fields_in_charge, starts_on=on, ends_on=before,
            appointed_by=_appointer(row, unit), appointment=appointment,
        )  # fmt: skip
    Post.objects.filter(pk=row.pk).update(ends_on=on)
    words = {"role": row.role, "title": row.title}
    note(
        "post-handed-over", row.user, by=deed.by, post=acting, op=deed.op, now=deed.now, unit=unit, person=row.user,
        before=words, after={**words, "ends_on": on, "successor": successor.name},
    )  # fmt: skip
    if new:
        taken = {**words, "starts_on": on, "predecessor": row.user.name, "appointment": appointment}
        if new.appointed_by:
            taken["appointed_by"] = new.appointed_by.name
        note(
            "post-taken-over", successor, by=deed.by, post=acting, op=deed.op, now=deed.now, unit=unit,
            person=successor, after=taken,
        )  # fmt: skip
    return {"old": row.pk, "new": new.pk if new else None, "before": before.isoformat() if before else None}


def _refuse_impossible(row: Post, unit: Unit, on: date) -> None:
    if row.ends_on and row.ends_on <= on:
        raise NotPossible(_("%(post)s ends before that day") % {"post": row})
    if on < row.starts_on:
        raise Invalid(_("%(post)s begins after that day") % {"post": row}, on=_("Choose a later day"))
    if unit.ends_on and unit.ends_on <= on:
        raise Invalid(_("The unit does not exist on that day"), on=_("The unit does not exist on that day"))


def _appointer(row: Post, unit: Unit) -> Unit | None:
    branch = Branch.objects.filter(unit=unit).select_related("type", "approved_by").first()
    if branch is None or row.role != Role.HEAD:
        return row.appointed_by
    if branch.state == BranchState.ENDED:
        raise NotPossible(_("This branch has ended"))
    return branch.approved_by if branch.temporary or branch.type.appointed_leaders else row.appointed_by


def take_posts_back(lines: Sequence[dict[str, Any]], deed: Deed) -> None:
    """Undo what `pass_post_on` did, as long as nothing refers to the new posts: the old ones run as before.

    Raises NotPossible when something was done under a new post, PermissionDenied for anybody but who keeps the tree there.
    """
    assert deed.by is not None  # noqa: S101 (a job undoes nothing)
    posts = deed.by.posts_on(clock.day_of(deed.now))
    for line in lines:
        old = locked(Post, int(line["old"]))
        acting = may_hand_over(posts, old, old.user, deed.by)
        if acting is None:
            raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
        if line["new"]:
            _drop(int(line["new"]))
        before = date.fromisoformat(line["before"]) if line["before"] else None
        Post.objects.filter(pk=old.pk).update(ends_on=before)
        note(
            "handover-undone", old.user, by=deed.by, post=acting, op=deed.op, now=deed.now, unit=old.unit,
            person=old.user, before={"ends_on": old.ends_on}, after={"role": old.role, "ends_on": before},
        )  # fmt: skip


def _drop(pk: int) -> None:
    try:
        Post.objects.filter(pk=pk).delete()
    except ProtectedError as error:
        raise NotPossible(
            _("Something has been done under the new post already: hand it over again instead")
        ) from error


def refuse_nobody(posts: Sequence[Post]) -> None:
    """A handover hands something over."""
    if not posts:
        raise Invalid(_("Choose at least one post"), posts=_("Choose at least one post"))


def names_of(posts: Sequence[Post]) -> str:
    """The posts in one line."""
    return comma_list([str(post) for post in posts])
