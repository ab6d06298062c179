"""A person's posts go to a successor on a day, with what hangs on the person because of them (ux ADM-3, design 3 and 4).

The posts are written at once with their days. Named work, drafts and waiting papers go over in the same transaction when the
day is today, else by the sweep on the day; twice is one write, since a handover is settled once under its lock.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from branches.actions import posts as branch_part
from branches.actions.posts import Deed
from branches.clock import day_of
from branches.models import Change, CppccMembership, Platform, Post, User
from branches.models.units import UnitQuerySet
from branches.writing import Invalid, NotPossible, once
from tasks import succession
from tasks.actions import history
from tasks.models import Approval, Assignment, Event, PaperDraft, PostHandover, Receiver, Report, RowLease

AT_MOST = 100  # posts in one handover


@dataclass(frozen=True)
class Handing:
    """What the desk wants: which posts go to whom on which day; a successor who is new is named."""

    posts: Sequence[int]
    on: date
    successor: User | None = None
    new_name: str = ""
    new_username: str = ""
    appointment: str = ""
    platforms: Sequence[int] = ()
    contacts: Sequence[int] = ()

    def plain(self) -> list[Any]:
        """The same for a fingerprint."""
        to = self.successor.pk if self.successor else [self.new_name, self.new_username]
        return [
            to, sorted(self.posts), self.on, self.appointment, sorted(self.platforms), sorted(self.contacts)
        ]  # fmt: skip


def hand_posts_over(person: User, what: Handing, *, by: User, op: uuid.UUID, now: datetime) -> PostHandover:
    """Hand posts over; what hangs on the person follows on the day. The handover as it was written down.

    Raises PermissionDenied for anybody who may not end and give each of the posts, Invalid for a day in the past or a
    successor who cannot take them, NotPossible for a post that ends before.
    """
    result = once(
        op, "hand_posts_over", lambda: {"handover": _hand_over(person, what, by, op, now).pk}, by=by, now=now,
        content=[person.pk, what.plain()],
    )  # fmt: skip
    return PostHandover.objects.get(pk=result["handover"])


def _hand_over(person: User, what: Handing, by: User, op: uuid.UUID, now: datetime) -> PostHandover:
    today, deed = day_of(now), Deed(by, op, now)
    if what.on < today:
        raise Invalid(_("Choose today or a later day"), on=_("Choose today or a later day"))
    User.objects.select_for_update().get(pk=person.pk)  # two handovers of one person wait for each other
    chosen = list(succession.handable(person, what.on).filter(pk__in=what.posts)[:AT_MOST])
    if len(chosen) != len(set(what.posts)):
        raise NotPossible(_("These posts have changed meanwhile. Look at them again"))
    branch_part.refuse_nobody(chosen)
    successor = what.successor or branch_part.open_successor(what.new_name, what.new_username, chosen[0].unit, deed)
    if successor.pk == person.pk:
        raise Invalid(_("Choose somebody else"), to=_("Choose somebody else"))
    if not successor.is_active:
        raise Invalid(_("This account is closed"), to=_("This account is closed"))
    held = by.posts_on(today)
    lines = []
    under: list[Post] = []
    for post in chosen:
        acting = branch_part.may_hand_over(held, post, successor, by)
        if acting is None:
            raise PermissionDenied(_("This role at this unit is given by another admin"))
        under.append(acting)
        lines.append(branch_part.pass_post_on(post, successor, what.on, what.appointment, deed, acting))
    platforms = succession.platforms(person, chosen, what.on).filter(pk__in=what.platforms)
    contacts = succession.contacts(person, chosen, what.on, successor).filter(pk__in=what.contacts)
    row = PostHandover.objects.create(
        person=person, successor=successor, on=what.on, by=by, post=under[-1], at=now,
        plan={
            "posts": lines,
            "platforms": list(platforms.values_list("pk", flat=True)),
            "contacts": list(contacts.values_list("pk", flat=True)),
        },
    )  # fmt: skip
    if row.on <= today:
        settle(row, now)
    return row


def settle_post_handovers(now: datetime) -> int:
    """Let named work follow the handovers whose day has come; how many. For the sweep: safe twice, late, on two machines."""
    settled = 0
    for pk in list(PostHandover.objects.to_settle(day_of(now)).order_by("on", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = PostHandover.objects.select_for_update(skip_locked=True).filter(pk=pk, settled_at=None).first()
            if row is not None and row.undone_at is None:
                settle(row, now)
                settled += 1
    return settled


def settle(row: PostHandover, now: datetime) -> None:
    """Within a transaction: move what hangs on the person; each kind tells what it moved, for the page and the way back."""
    posts = list(Post.objects.filter(pk__in=row.old_posts).select_related("unit__body"))
    person, successor, on = row.person, row.successor, row.on
    stay = succession.stays_at(person, posts, on)
    moved = {
        "named": _move_named(row, posts, stay, now),
        "later": _move_later(person, successor, posts, stay, on),
        "drafts": _rename(succession.drafts(person, posts), PaperDraft, owner=successor),
        "approvals": _rename(succession.approvals(person, posts), Approval, approver=successor),
        "led": _rename(succession.led_work(person, posts), Assignment, leader=successor),
        "platforms": _rename(Platform.objects.filter(pk__in=row.plan["platforms"], lead_member=person), Platform,
                             lead_member=successor),
        "contacts": _rename(
            succession.contacts(person, posts, on, successor).filter(pk__in=row.plan["contacts"]),
            CppccMembership,
            contact=successor,
        ),
    }  # fmt: skip
    RowLease.objects.filter(user=person, draft__in=moved["drafts"]).delete()
    PostHandover.objects.filter(pk=row.pk).update(moved=moved, settled_at=now)
    row.moved, row.settled_at = moved, now


def _rename(rows: Any, model: Any, **to: User) -> list[int]:
    """Put another name on these rows; their keys."""
    keys = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    model.objects.filter(pk__in=keys).update(**to)
    return keys


def _move_named(row: PostHandover, posts: Sequence[Post], stay: UnitQuerySet, now: datetime) -> list[int]:
    """Open assignments that name the person name the successor, each with a line of history that names both."""
    found = succession.named_work(row.person, posts, stay).filter(~succession.has_it_himself(row.successor))
    rows = list(found.select_for_update(of=("self",)).order_by("pk"))
    Assignment.objects.filter(pk__in=[one.pk for one in rows]).update(person=row.successor, version=F("version") + 1)
    history.write(
        history.line(
            "assign_person", row=one, by=row.by, post=row.post, now=now, from_stage=one.stage, to_stage=one.stage,
            reason=_("Post handed over"), changes={"person": [row.person_id, row.successor_id]},
        )
        for one in rows
    )  # fmt: skip
    return [one.pk for one in rows]


def _move_later(person: User, successor: User, posts: Sequence[Post], stay: UnitQuerySet, on: date) -> list[int]:
    """Coming occurrences name the successor: the receiver that named the person ends, another begins."""
    moved = []
    for receiver in list(succession.later_work(person, posts, stay, on).order_by("pk")):
        if Receiver.objects.filter(
            task=receiver.task_id, unit=receiver.unit_id, person=successor, until_on=None
        ).exists():
            continue
        Receiver.objects.filter(pk=receiver.pk).update(person=successor)
        moved.append(receiver.pk)
    return moved


def undo_post_handover(row: PostHandover, *, by: User, op: uuid.UUID, now: datetime) -> PostHandover:
    """Take a handover back, as long as nothing was done under the new posts; everything stands as before."""

    def write() -> dict[str, Any]:
        held = PostHandover.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if held.undone_at:
            raise NotPossible(_("This handover was undone already"))
        if used(held):
            raise NotPossible(_("Something has been done under the new post already: hand it over again instead"))
        branch_part.take_posts_back(held.plan["posts"], Deed(by, op, now))
        _give_back(held, by, op, now)
        PostHandover.objects.filter(pk=held.pk).update(undone_at=now, undone_by=by)
        return {}

    once(op, "undo_post_handover", write, by=by, now=now, content=row.pk)
    row.refresh_from_db()
    return row


def used(row: PostHandover) -> bool:
    """Whether somebody acted under one of the new posts, or on what went along by name."""
    new, since = row.new_posts, {"by": row.successor_id, "at__gte": row.at}
    named = row.moved.get("named", [])
    return (
        Event.objects.filter(post__in=new).exists()
        or Report.objects.filter(post__in=new).exists()
        or Change.objects.filter(post__in=new).exists()
        or Event.objects.filter(assignment__in=named, **since).exists()
    )


def _give_back(row: PostHandover, by: User, op: uuid.UUID, now: datetime) -> None:
    """Names go back to where they were, wherever they still stand as the handover left them."""
    person, successor, moved = row.person, row.successor, row.moved
    named = list(Assignment.objects.filter(pk__in=moved.get("named", []), person=successor).order_by("pk"))
    Assignment.objects.filter(pk__in=[one.pk for one in named]).update(person=person, version=F("version") + 1)
    history.write(
        history.line(
            "assign_person", row=one, by=by, post=row.post, now=now, op=op, from_stage=one.stage, to_stage=one.stage,
            reason=_("Handover undone"), changes={"person": [successor.pk, person.pk]},
        )
        for one in named
    )  # fmt: skip
    back: Iterable[tuple[str, Any, str]] = (
        ("later", Receiver, "person"), ("drafts", PaperDraft, "owner"), ("approvals", Approval, "approver"),
        ("led", Assignment, "leader"), ("platforms", Platform, "lead_member"), ("contacts", CppccMembership, "contact"),
    )  # fmt: skip
    for kind, model, name in back:
        model.objects.filter(pk__in=moved.get(kind, []), **{name: successor}).update(**{name: person})
