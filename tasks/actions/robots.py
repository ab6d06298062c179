"""Robots of a body: entered, tried, switched, removed by those who say what the body wants."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from branches.actions.record import note, wisher_or_deny
from branches.clock import day_of
from branches.models import Post, Unit, User
from branches.secrets import hash_of
from branches.writing import Invalid, NotPossible, once
from tasks.calendar import working_days
from tasks.models import GroupMessage, Robot
from tasks.reminders import groups
from tasks.reminders.wires import guard

MOST = 10  # robots of one body


def add_robot(
    body: Unit, name: str, kind: str, address: str, secret: str, *, by: User, op: uuid.UUID, now: datetime
) -> None:
    """A group begins to hear. Raises Invalid for an address that the site does not allow, NotPossible for one that is there."""

    def write() -> dict[str, Any]:
        post = wisher_or_deny(by, body, now)
        if reason := guard.why_not(address):
            raise Invalid(_refusal(reason), address=_refusal(reason))
        if kind == Robot.Kind.WEBHOOK and len(secret) < 16:
            words = _("A webhook is signed: enter a secret of at least 16 characters")
            raise Invalid(words, secret=words)
        Unit.objects.select_for_update(no_key=True).get(pk=body.pk)
        mine = Robot.objects.filter(body=body)
        if mine.filter(address_hash=hash_of(address)).exists():
            raise NotPossible(_("This robot has been entered already"))
        if mine.count() >= MOST:
            raise NotPossible(_("A body has at most ten robots"))
        row = Robot(body=body, name=name, kind=kind, address_hash=hash_of(address), made_at=now)
        row.host = urlsplit(address).hostname or ""
        row.put_under_lock(address, secret)
        row.save()
        note("robot-added", row, by=by, post=post, op=op, now=now, unit=body, after={"kind": kind, "host": row.host})
        return {"robot": row.pk}

    once(op, "add_robot", write, by=by, now=now, content=[body.pk, name, kind, hash_of(address)])


def switch_robot(robot: int, on: bool, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """On or off. What waited while it was off is said only as far as it is still news."""

    def write() -> dict[str, Any]:
        row, post = _mine(robot, by, now)
        Robot.objects.filter(pk=row.pk).update(is_on=on, failures=0)
        after = {"switched_on": on}
        note("robot-switched", row, by=by, post=post, op=op, now=now, unit=row.body, after=after)
        return {}

    once(op, "switch_robot", write, by=by, now=now, content=[robot, on])


def try_robot(robot: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Send a test message with the next round."""

    def write() -> dict[str, Any]:
        row, _post = _mine(robot, by, now)
        if not row.is_on:
            raise NotPossible(_("The robot is switched off"))
        subject = GroupMessage.objects.filter(robot=row, kind=GroupMessage.Kind.TEST).count() + 1
        fresh = groups.message(row, GroupMessage.Kind.TEST, subject, day_of(now), 1, {}, now, working_days())
        fresh.not_before = now  # somebody waits for it
        fresh.save()
        return {"message": fresh.pk}

    once(op, "try_robot", write, by=by, now=now, content=robot)


def remove_robot(robot: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The address is forgotten, with what was said there."""

    def write() -> dict[str, Any]:
        row, post = _mine(robot, by, now)
        note("robot-removed", row, by=by, post=post, op=op, now=now, unit=row.body)
        row.delete()
        return {}

    once(op, "remove_robot", write, by=by, now=now, content=robot)


def _mine(robot: int, by: User, now: datetime) -> tuple[Robot, Post]:
    """The robot, held until the transaction ends, and the post under which `by` looks after it."""
    row = Robot.objects.select_for_update(of=("self",)).select_related("body").get(pk=robot)
    return row, wisher_or_deny(by, row.body, now)


def _refusal(reason: str) -> str:
    if reason == "host not allowed":
        return _("The site does not allow this host. Whoever runs it can allow it")
    return _("Paste the whole address of the robot; it begins with https://")
