"""Naming somebody who stands in for one's posts while one is away, and ending that early (cases.md 13)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from branches import clock, rules
from branches.actions.record import day_words, locked, note, write_once
from branches.models import Post, StandIn, User
from branches.models.standins import NOT_LENT
from branches.writing import Invalid, NotPossible

LONGEST = timedelta(days=366)  # who is away longer hands the post over


def name_stand_in(
    absent: User,
    person: User,
    posts: Sequence[int],
    starts_on: date,
    last_on: date,
    *,
    reason: str = "",
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> list[StandIn]:
    """Lend these posts of `absent` to `person` from the first to the last day, both included.

    Named by the absent one himself or by who keeps the tree of each post. The stand-in serves the same body already, so that
    nobody is let in from outside, and a post has one stand-in at a time. Raises Invalid, PermissionDenied.
    """

    def write() -> dict[str, Any]:
        User.objects.select_for_update().get(pk=absent.pk)  # two namings for one person wait for each other
        _check_days(starts_on, last_on, clock.day_of(now))
        if not posts:
            raise Invalid(_("Choose at least one post"), posts=_("Choose at least one post"))
        if person.pk == absent.pk or not person.is_active:
            raise Invalid(_("Choose somebody else"), person=_("Choose somebody else"))
        held = {post.pk: post for post in absent.posts.select_related("unit__body").filter(pk__in=posts)}
        if set(held) != set(posts):
            raise NotPossible(_("These posts have changed meanwhile. Look at them again"))
        made = [_lend(post, absent, person, starts_on, last_on, reason, by, op, now) for post in held.values()]
        return {"rows": made}

    content = [absent.pk, person.pk, sorted(posts), starts_on, last_on, reason]
    done = write_once("name_stand_in", write, by=by, op=op, now=now, content=content)
    return list(StandIn.objects.filter(pk__in=done["rows"]).select_related("post"))


def _check_days(starts_on: date, last_on: date, today: date) -> None:
    words = {}
    if starts_on < today:
        words = {"starts_on": _("Choose today or a later day")}
    elif last_on < starts_on:
        words = {"last_on": _("The end lies before the first day")}
    elif last_on - starts_on > LONGEST:
        words = {"last_on": _("A year at most; for longer the post is handed over")}
    if words:
        raise Invalid(next(iter(words.values())), **words)


def _lend(
    post: Post,
    absent: User,
    person: User,
    starts_on: date,
    last_on: date,
    reason: str,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> int:
    on, ends_on = clock.day_of(now), last_on + timedelta(days=1)
    acting = _may_lend(post, absent, person, by, on)
    if post.role in NOT_LENT:
        raise Invalid(_("%(post)s cannot be lent") % {"post": post})
    if post.ends_on and post.ends_on <= starts_on:
        raise Invalid(_("%(post)s ends before that day") % {"post": post})
    if not _serves(person, post, on):
        words = _("%(name)s does not serve in %(body)s") % {"name": person.name, "body": post.unit.body or post.unit}
        raise Invalid(words, person=words)
    other = StandIn.objects.filter(Q(post=post), starts_on__lt=ends_on, ends_on__gt=starts_on).select_related("person")
    if taken := other.first():
        words = _("%(name)s stands in for this post in these days already") % {"name": taken.person.name}
        raise Invalid(words, person=words)
    row = StandIn.objects.create(
        post=post,
        absent=absent,
        person=person,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        named_by=by,
        at=now,
    )
    told = {"stand_in": person.name, "absent": absent.name, "role": post.role, "title": post.title}
    for whom in (absent, person):
        note(
            "stand-in-named", whom, by=by, post=acting, op=op, now=now, unit=post.unit, person=whom, reason=reason,
            after={**told, "starts_on": starts_on, "ends_on": ends_on},
        )  # fmt: skip
    return row.pk


def _may_lend(post: Post, absent: User, person: User, by: User, on: date) -> Post | None:
    """The post under which it is done: one's own that is lent, or an admin's; an admin lends to himself what he may hold."""
    if by.pk == absent.pk:
        return post
    acting = rules.may_appoint(by.posts_on(on), post.unit, post.role, person, by)
    if acting is None:
        raise PermissionDenied(_("A stand-in is named by the person himself or by the organisation admin of the body"))
    return acting


def _serves(person: User, post: Post, on: date) -> bool:
    """Whether the person serves in the body of the post by a post of his own or as member of a branch."""
    body = post.unit.body_id
    own = person.posts.active(on).filter(Q(unit__body=body) if body else Q(unit=post.unit_id))
    return own.exists() or bool(body and person.memberships.active(on).filter(branch__unit__body=body).exists())


def end_stand_in(row: StandIn, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The absent one is back, or the stand-in cannot go on: it ends today; what was done keeps both names."""

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        held = locked(StandIn, row.pk)
        acting = held.post if by.pk == held.absent_id else rules.keeper(by.posts_on(on), held.post.unit.body_id)
        if acting is None and by.pk != held.person_id:
            raise PermissionDenied(
                _("A stand-in is named by the person himself or by the organisation admin of the body")
            )
        if held.ends_on is None or held.ends_on <= on:
            raise NotPossible(_("This has ended on %(day)s") % {"day": day_words(held.ends_on or on)})
        StandIn.objects.filter(pk=held.pk).update(ends_on=max(on, held.starts_on))
        note(
            "stand-in-ended", held.absent, by=by, post=acting, op=op, now=now, unit=held.post.unit, person=held.absent,
            before={"ends_on": held.ends_on}, after={"stand_in": held.person.name, "ends_on": on},
        )  # fmt: skip
        return {}

    write_once("end_stand_in", write, by=by, op=op, now=now, content=row.pk)
