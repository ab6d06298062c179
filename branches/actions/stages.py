"""What a branch owes its members on its way: the announcement before its work, and the summary after it (domain 1.5)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from branches import clock, rules
from branches.actions.record import expect, locked, note, write_once
from branches.models import Branch, BranchState, Post, User
from branches.writing import Invalid, NotPossible


def _spoken_for(branch: Branch, version: int, by: User, now: datetime) -> tuple[Branch, Post]:
    """The branch under lock with the post that speaks for it: its head's, or the organisation admin's."""
    row = locked(Branch, branch.pk)
    acting = rules.speaks_for(by.posts_on(clock.day_of(now)), row, by)
    if acting is None:
        raise PermissionDenied(_("The head of the branch or the organisation admin of the body does this"))
    expect(row, version)
    return row, acting


def announce_branch(branch: Branch, *, version: int, by: User, op: uuid.UUID, now: datetime) -> None:
    """Tell all members of an approved branch that it is there: every one of them finds it on his first page."""

    def write() -> dict[str, Any]:
        row, acting = _spoken_for(branch, version, by, now)
        on = clock.day_of(now)
        if row.state == BranchState.PLANNED:
            raise NotPossible(_("A branch is announced once it is approved"))
        if rules.is_over(row, on):
            raise NotPossible(_("This branch has ended"))
        if row.announced_on:
            raise NotPossible(_("This branch has been announced already"))
        Branch.objects.filter(pk=row.pk).update(announced_on=on, announced_by=by, version=F("version") + 1)
        note(
            "branch-announced", row.unit, by=by, post=acting, op=op, now=now, unit=row.unit,
            after={"announced_on": on},
        )  # fmt: skip
        return {}

    write_once("announce_branch", write, by=by, op=op, now=now, content={"branch": branch.pk, "version": version})


def summarise_branch(branch: Branch, text: str, *, version: int, by: User, op: uuid.UUID, now: datetime) -> None:
    """What the branch has done, in words; while it works or after its end. A later text replaces it, history keeps the day."""
    text = text.strip()

    def write() -> dict[str, Any]:
        row, acting = _spoken_for(branch, version, by, now)
        if not text:
            raise Invalid(_("Write the summary"), summary=_("Write the summary"))
        if row.state not in (BranchState.ACTIVE, BranchState.ENDED):
            raise NotPossible(_("A branch that has not begun has nothing to sum up"))
        on = clock.day_of(now)
        Branch.objects.filter(pk=row.pk).update(summary=text, summary_on=on, summary_by=by, version=F("version") + 1)
        note("branch-summary", row.unit, by=by, post=acting, op=op, now=now, unit=row.unit, after={"summary_on": on})
        return {}

    content = {"branch": branch.pk, "text": text, "version": version}
    write_once("summarise_branch", write, by=by, op=op, now=now, content=content)
