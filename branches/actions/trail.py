"""What leaves the house is written down as well: a download of the trail, or of anything else that whole bodies made."""

from __future__ import annotations

import uuid
from datetime import datetime

from branches.actions.record import note, write_once
from branches.models import Post, User


def note_export(subject: str, asked: dict[str, str], *, by: User, post: Post, op: uuid.UUID, now: datetime) -> None:
    """Note that somebody took a file: what it was, and by which filter it was made. The same press notes it once."""

    def write() -> dict[str, object]:
        kept = {name: value for name, value in asked.items() if value}
        note("exported", subject, by=by, post=post, op=op, now=now, after=kept)
        return {}

    write_once("export", write, by=by, op=op, now=now, content=[subject, asked])
