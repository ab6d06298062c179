"""One line of history for each deed, written in the deed's own transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from branches.models import Post, User
from tasks.models import Assignment, Event, Task, TaskList


def line(
    move: str,
    *,
    by: User | None,
    now: datetime,
    post: Post | None = None,
    row: Assignment | None = None,
    task: Task | None = None,
    task_list: TaskList | None = None,
    from_stage: str = "",
    to_stage: str = "",
    reason: str = "",
    changes: dict[str, Any] | None = None,
    op: uuid.UUID | None = None,
    on_behalf_of: User | None = None,
) -> Event:
    """An unsaved event; exactly one of row, task and list is its subject, the others are filled from it."""
    if row is not None:
        list_id, task_id = row.list_id, row.task_id
    elif task is not None:
        list_id, task_id = task.list_id, task.pk
    else:
        assert task_list is not None  # noqa: S101 (tells the type checker what the docstring says)
        list_id, task_id = task_list.pk, None
    return Event(
        move=move,
        by=by,
        post=post,
        at=now,
        assignment=row,
        task_id=task_id,
        list_id=list_id,
        from_stage=from_stage,
        to_stage=to_stage,
        reason=reason,
        changes=changes or {},
        operation=op,
        on_behalf_of=on_behalf_of or stood_in_for(by, post),
    )


def stood_in_for(by: User | None, post: Post | None) -> User | None:
    """For whom somebody acts under a post that is not his own: its holder, for whom he stands in (cases.md 13)."""
    return post.user if by is not None and post is not None and post.user_id != by.pk else None


def write(events: Iterable[Event]) -> None:
    """Save the lines; one query for many."""
    Event.objects.bulk_create(list(events), batch_size=1000)
