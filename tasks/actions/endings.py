"""A branch or its platform ends, and what becomes of the open work is said in the same breath (ux ADM-2, I-8 of domain 7).

The organisation admin who ends a branch sees no content, only how much is open: he decides for all of it at once. What he leaves
undecided goes the way of design 3: stopped on the day as "branch ended" and put before the unit that approved the branch.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from branches import actions as who
from branches import rules as who_rules
from branches.clock import day_of
from branches.models import Branch, Membership, Platform, Post, Unit, User
from branches.roles import Role
from branches.writing import Invalid, once
from tasks import rules
from tasks.actions import history
from tasks.actions.handovers import LEAVES, heir_of, inherit
from tasks.models import Assignment
from tasks.states import Stage, Stop


class Work(models.TextChoices):
    """What becomes of the open work of a branch that ends."""

    HAND_OVER = "hand_over", pgettext_lazy("open work of a branch", "Hand over to another unit")
    STOP = "stop", pgettext_lazy("open work of a branch", "Stop: nobody goes on with it")
    FOLLOW = "follow", pgettext_lazy("open work of a branch", "Follow the members to their home branches")
    LATER = "later", pgettext_lazy("open work of a branch", "Decide later: the approving unit is asked")


def open_work(unit: Unit) -> models.QuerySet[Assignment]:
    """What a branch would leave behind: with it or suspended. What was handed in may still be reviewed after its end."""
    return Assignment.objects.filter(unit=unit, stage__in=LEAVES)


def end_branch(
    branch: Branch,
    ends_on: date,
    work: str,
    *,
    to: Unit | None = None,
    version: int,
    reason: str = "",
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> dict[str, int]:
    """End the branch and settle its open work in one transaction; how many rows were handed over, stopped, left to decide.

    A day ahead leaves the branch its work until then: it can be handed over now or be decided later, but not stopped yet.
    """

    def write() -> dict[str, Any]:
        on = day_of(now)
        who.end_branch(branch, ends_on, version=version, reason=reason, by=by, op=uuid.uuid5(op, "branch"), now=now)
        over = ends_on <= on
        if work == Work.STOP and not over:
            words = _("The branch has its work until that day: hand it over, or decide later")
            raise Invalid(words, work=words)
        unit = Unit.objects.select_related("body").get(pk=branch.unit_id)
        rows = list(
            open_work(unit)
            .select_for_update(of=("self",))
            .select_related("issuer__body", "unit", "person")
            .order_by("pk")
        )
        post = who_rules.keeper(by.posts_on(on), unit.body_id)
        deed = _Deed(by, post, op, now, reason.strip() or _("The branch ended"))
        handed = 0
        left: list[Assignment] = []
        for row in rows:
            heir_unit = _heir_unit(row, work, to, branch, on)
            if heir_unit is not None:
                deed.hand_over(row, heir_unit)
                handed += 1
            else:
                left.append(row)
        if over:
            deed.stop(left, dropped=work == Work.STOP)
        return {"handed": handed, "stopped": len(left) if over else 0, "left": 0 if work == Work.STOP else len(left)}

    if work == Work.HAND_OVER and to is None:
        raise Invalid(_("Choose a unit"), unit=_("Choose a unit"))
    content = {
        "branch": branch.pk,
        "ends_on": ends_on,
        "work": work,
        "to": to and to.pk,
        "reason": reason,
        "version": version,
    }
    return once(op, "end_branch", write, by=by, now=now, content=content)


def end_platform(
    platform: Platform, ends_on: date, *, reason: str = "", by: User, op: uuid.UUID, now: datetime
) -> list[Branch]:
    """Close a platform with its branches; their open work stops with them and is put before the units that approved them."""

    def write() -> dict[str, Any]:
        on = day_of(now)
        ended = who.end_platform(platform, ends_on, reason=reason, by=by, op=uuid.uuid5(op, "platform"), now=now)
        post = who_rules.keeper(by.posts_on(on), platform.body_id)
        deed = _Deed(by, post, op, now, reason.strip() or _("The platform ended"))
        for branch in ended:
            if branch.unit.ends_on and branch.unit.ends_on <= on:
                deed.stop(open_work(branch.unit).select_for_update(of=("self",)).order_by("pk"), dropped=False)
        return {"branches": [branch.pk for branch in ended]}

    content = {"platform": platform.pk, "ends_on": ends_on, "reason": reason}
    done = once(op, "end_platform", write, by=by, now=now, content=content)
    return list(Branch.objects.filter(pk__in=done["branches"]).select_related("unit"))


class _Deed:
    """Who does it, when and why; writes what happens to the rows with their lines of history."""

    def __init__(self, by: User, post: Post | None, op: uuid.UUID, now: datetime, reason: str) -> None:
        self.by, self.post, self.op, self.now, self.reason = by, post, op, now, reason

    def hand_over(self, row: Assignment, to: Unit) -> None:
        """Stop the row as handed over; the heir goes on with the same dates, later occurrences with it."""
        self._stop([row], Stop.HANDED_OVER, "hand_over", {"to": to.pk})
        heir = heir_of(row, to, day_of(self.now), row.person)
        inherit(row, heir, reason=self.reason, later=True, by=self.by, post=self.post, op=self.op, now=self.now)

    def stop(self, rows: Iterable[Assignment], *, dropped: bool) -> None:
        """Stop rows with their branch. `dropped`: it is said that nobody goes on, so nobody is asked any more."""
        rows = list(rows)
        self._stop(rows, Stop.BRANCH_ENDED, "branch_ended")
        if dropped:
            history.write(self._line("dropped", row) for row in rows)

    def _stop(self, rows: list[Assignment], stop: str, move: str, changes: dict[str, Any] | None = None) -> None:
        Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
            stage=Stage.STOPPED, stop=stop, stop_reason=self.reason[:300], suspended_from="", version=F("version") + 1
        )
        history.write(
            self._line(move, row, from_stage=row.stage, to_stage=Stage.STOPPED, changes=changes) for row in rows
        )

    def _line(self, move: str, row: Assignment, **more: Any) -> Any:
        return history.line(
            move, row=row, by=self.by, post=self.post, now=self.now, op=self.op, reason=self.reason, **more
        )


def _heir_unit(row: Assignment, work: str, to: Unit | None, branch: Branch, on: date) -> Unit | None:
    """The unit that goes on with this row; None when it stops with the branch."""
    if work == Work.HAND_OVER and to is not None:
        if not rules.receivable(row.issuer, to):
            words = _("%(unit)s belongs to another body and cannot be given this work") % {"unit": to.local_name}
            raise Invalid(words, unit=words)
        return to
    if work != Work.FOLLOW:
        return None
    person = row.person or _head_of(branch)
    found = _home_of(person, branch, on) if person else None
    return found if found is not None and rules.receivable(row.issuer, found) else None


def _head_of(branch: Branch) -> User | None:
    """Who led the branch last: the work of the branch as a whole goes with him."""
    post = branch.unit.posts.filter(role=Role.HEAD).select_related("user").order_by("-starts_on", "-pk").first()
    return post.user if post else None


def _home_of(person: User, branch: Branch, on: date) -> Unit | None:
    """The person's home branch, else another lasting branch of his."""
    rows = person.memberships.active(on).exclude(branch=branch).filter(branch__temporary=False)
    rows = rows.select_related("branch__unit__body").order_by("pk")
    ranked = sorted(rows, key=lambda row: row.kind != Membership.Kind.HOME)
    return ranked[0].branch.unit if ranked else None
