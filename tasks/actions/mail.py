"""Looking after the mail of a site: a message that failed is tried again by whoever runs the system (issue 6)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from branches.clock import day_of
from branches.models import User
from branches.rules import is_system_admin
from branches.writing import once
from tasks.calendar import working_days
from tasks.reminders.failed import again


def send_again(digest: int, *, by: User, op: uuid.UUID, now: datetime) -> int:
    """Try a failed message again; how many lines it holds. Raises PermissionDenied for anybody else, NotPossible with words."""

    def write() -> dict[str, Any]:
        if is_system_admin(by.posts_on(day_of(now))) is None:
            raise PermissionDenied("mail")
        return {"lines": again(digest, now, working_days())}

    return int(once(op, "send_again", write, by=by, now=now, content=digest)["lines"])
