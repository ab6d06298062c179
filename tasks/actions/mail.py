"""Looking after the mail of a site: a message that failed is tried again by whoever runs the system (issue 6)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from branches.clock import day_of
from branches.models import User
from branches.roles import Role
from branches.writing import once
from tasks.calendar import working_days
from tasks.reminders.failed import again


def looks_after_mail(roles: set[Role]) -> bool:
    """Whether somebody with these roles does: he sees addresses and errors, and no content."""
    return Role.SYSTEM_ADMIN in roles


def send_again(digest: int, *, by: User, op: uuid.UUID, now: datetime) -> int:
    """Try a failed message again; how many lines it holds. Raises PermissionDenied for anybody else, NotPossible with words."""

    def write() -> dict[str, Any]:
        if not looks_after_mail({Role(post.role) for post in by.posts_on(day_of(now))}):
            raise PermissionDenied("mail")
        return {"lines": again(digest, now, working_days())}

    return int(once(op, "send_again", write, by=by, now=now, content=digest)["lines"])
