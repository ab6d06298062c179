"""Looking after what a site sends: what failed for good is tried again by whoever runs the system (issue 6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import User
from branches.rules import is_system_admin
from branches.writing import NotPossible, once
from tasks.calendar import working_days
from tasks.models import GroupMessage
from tasks.models.reminders import State
from tasks.reminders import failed, groups, todos


def send_again(digest: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Try a failed message to a person again. Raises PermissionDenied for anybody else, NotPossible with words."""
    _once("send_again", lambda: failed.again(digest, now, working_days()), digest, by=by, op=op, now=now)


def say_again(message: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Try a failed message to a group again. Raises PermissionDenied, NotPossible when it waits."""

    def say() -> None:
        row = GroupMessage.objects.select_for_update(of=("self",)).get(pk=message)
        if row.state != State.DEAD:
            raise NotPossible(_("It is being sent again already"))
        groups.again(row.pk, now, working_days())

    _once("say_again", say, message, by=by, op=op, now=now)


def write_again(todo: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Try an entry of a to-do list again. Raises PermissionDenied, NotPossible when it waits."""

    def write() -> None:
        if not todos.again(todo, now):
            raise NotPossible(_("It is being sent again already"))

    _once("write_again", write, todo, by=by, op=op, now=now)


def _once(kind: str, work: Callable[[], object], pk: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    def write() -> dict[str, Any]:
        if is_system_admin(by.posts_on(day_of(now))) is None:
            raise PermissionDenied("mail")
        work()
        return {}

    once(op, kind, write, by=by, now=now, content=pk)
