"""The write path (design 8): every write is one operation, in one transaction, the same when it is sent twice.

A form carries an operation id made by the client. `once` stores it in the transaction of the write itself; when it comes
again the stored result is given back and nothing is done twice. Actions raise what went wrong, views answer it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from branches.models import Operation, User


class Refused(Exception):
    """A write that cannot be done, with words for the person who asked (shown as they are)."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotPossible(Refused):
    """The thing is no longer in a state that allows this; someone was faster, or it never was. Answer 409 or a message."""


class Conflict(Refused):
    """Two editors: the row has another version than the one this person read. Answer 409 with both versions."""


class Reused(Refused):
    """The same operation id came with another content. Answer 409: nothing was written."""


class Invalid(Refused):
    """The content is not acceptable. `details` may name fields: {"field": "words"}. Answer 400 beside the field."""


def new_operation() -> uuid.UUID:
    """An id for a write that has no form behind it (a job, a command, a test)."""
    return uuid.uuid4()


def fingerprint(content: Any) -> str:
    """A hash of what the person sent, so that one id cannot stand for two different writes."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def once(
    op: uuid.UUID,
    kind: str,
    write: Callable[[], dict[str, Any]],
    *,
    by: User | None,
    now: datetime,
    content: Any = None,
) -> dict[str, Any]:
    """Do `write` once for the operation `op` and keep its result (plain JSON); give the kept one when `op` comes again.

    Everything stands or falls in one transaction. Two requests with one id wait for each other at the primary key.
    Raises Reused when the id was used for something else, or by somebody else.
    """
    mark = fingerprint(content)
    with transaction.atomic():
        if not _first(op, kind, mark, by, now):
            done = Operation.objects.get(pk=op)
            if (done.kind, done.fingerprint, done.user_id) != (kind, mark, by.pk if by else None):
                raise Reused(_("This form was sent before with other content. Nothing was changed this time."))
            return dict(done.result)
        result = write()
        Operation.objects.filter(pk=op).update(result=result)
        return result


def done_before(op: uuid.UUID, kind: str, by: User) -> dict[str, Any] | None:
    """The result of an operation that this person has sent already; a view asks it before it reads a form whose offers
    the first sending has changed."""
    row = Operation.objects.filter(pk=op, kind=kind, user=by).first()
    return dict(row.result) if row else None


def _first(op: uuid.UUID, kind: str, mark: str, by: User | None, now: datetime) -> bool:
    """Claim the operation id. A second claim waits until the first has committed or failed, and then is told no."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO branches_operation (id, user_id, kind, fingerprint, result, at)"
            " VALUES (%s, %s, %s, %s, '{}', %s) ON CONFLICT (id) DO NOTHING",
            [op, by.pk if by else None, kind, mark, now],
        )
        return bool(cursor.rowcount)
