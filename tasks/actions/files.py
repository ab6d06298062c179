"""Papers that come with a task: its desk adds the source document or a blank form, or takes one off again."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import User
from branches.writing import NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.models import StoredFile, Task, TaskFile


def add_task_file(task: Task, file: StoredFile, kind: str, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Put a stored file beside a task, for everyone who sees the task. A file that is there already stays as it is."""

    def write() -> dict[str, Any]:
        post = _desk(task, by, now)
        _row, is_new = TaskFile.objects.get_or_create(task=task, file=file, defaults={"kind": kind})
        if is_new:
            changes = {"file": [None, file.name], "kind": kind}
            history.write([history.line("add_file", task=task, by=by, post=post, now=now, op=op, changes=changes)])
        return {"file": file.pk}

    once(op, "add_task_file", write, by=by, now=now, content=[task.pk, file.pk, kind])


def remove_task_file(task: Task, file: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Take a paper off a task; the history keeps that it was there."""

    def write() -> dict[str, Any]:
        post = _desk(task, by, now)
        found = TaskFile.objects.filter(task=task, file=file).select_related("file").first()
        if found is None:
            raise NotPossible(_("This file is not there any more"))
        changes = {"file": [found.file.name, None], "kind": found.kind}
        found.delete()
        history.write([history.line("remove_file", task=task, by=by, post=post, now=now, op=op, changes=changes)])
        return {"file": file}

    once(op, "remove_task_file", write, by=by, now=now, content=[task.pk, file])


def _desk(task: Task, by: User, now: datetime) -> Any:
    """The post under which the issuer's desk acts; refused to everybody else."""
    verdict = rules.may_issue(rules.Actor.of(by, day_of(now)), task.list.issuer)
    if not verdict:
        raise PermissionDenied("task_file")
    return verdict.post
