"""Work changes hands: a row stops at the old unit and its heir goes on with the same dates; what ended branches left behind
is handed over or dropped (design 3, 4; cases.md 1 and 9).

An heir keeps due date, first date, extensions, leader and source, so nothing is gained or lost by changing hands.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Post, Unit, User
from branches.writing import Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.actions.moves import step
from tasks.dispatch import Resolver
from tasks.models import Assignment, Delivery, Event, Receiver, Step
from tasks.states import LEFT_BEHIND, STOPS, WITH_UNIT, ReceiverRole, Stage

CARRIED = (
    "list_id", "task_id", "step_id", "period_id", "role", "owes_report", "kind", "times_wanted", "line", "issuer_id",
    "issuer_path", "issuer_body_id", "leader_id", "source_id", "due_on", "original_due_on", "due_revision", "short",
    "extensions",
)  # fmt: skip
LEAVES = (*WITH_UNIT, Stage.SUSPENDED)  # what was handed in before the end may still be reviewed
AT_ONCE = 500


def hand_over(
    row: Assignment, to: Unit, *, reason: str, later: bool = True, by: User, op: uuid.UUID, now: datetime
) -> Assignment:
    """Give the work of this row to another unit; the heir's row.

    Where that unit has the same work already (two branches merged), its own row is the heir. `later`: occurrences that
    are still to come go to the new unit too. Raises Invalid for a unit that cannot be given it, NotPossible when the row was
    handed over or closed before, PermissionDenied for anybody but the issuer's desk and the unit that approved the branch.
    """
    result = once(
        op,
        "hand_over",
        lambda: {"heir": _hand_over(row, to, reason.strip(), later, by, op, now).pk},
        by=by,
        now=now,
        content=[row.pk, to.pk, reason, later],
    )
    row.refresh_from_db()
    return Assignment.objects.get(pk=result["heir"])


def _hand_over(
    row: Assignment, to: Unit, reason: str, later: bool, by: User, op: uuid.UUID, now: datetime
) -> Assignment:
    on = day_of(now)
    if not reason:
        raise Invalid(_("Say why"), reason=_("Say why"))
    row = Assignment.objects.select_for_update(of=("self",)).select_related("issuer__body", "unit__body").get(pk=row.pk)
    verdict = rules.on_side(rules.Actor.of(by, on), row, "hand_over")
    if not verdict:
        raise PermissionDenied("hand_over")
    _fits(row, to, on)
    heir = heir_of(row, to, on)
    if row.stop in LEFT_BEHIND:
        _left(row)
        changes = {"to": to.pk}
        written = history.line(
            "hand_over", row=row, by=by, post=verdict.post, now=now, op=op, reason=reason, changes=changes,
            from_stage=row.stage, to_stage=row.stage,
        )  # fmt: skip
        history.write([written])
    else:
        step(row, "hand_over", by=by, op=op, now=now, reason=reason, changes={"to": to.pk})
    inherit(row, heir, reason=reason, later=later, by=by, post=verdict.post, op=op, now=now)
    return heir


def inherit(
    row: Assignment,
    heir: Assignment,
    *,
    reason: str,
    later: bool,
    by: User | None,
    post: Post | None,
    op: uuid.UUID | None,
    now: datetime,
) -> None:
    """Link a row that stopped with the one that goes on: its parts answer to the heir, later occurrences go there too.

    Permission and the stop itself are the caller's.
    """
    Assignment.objects.filter(pk=row.pk).update(heir=heir)
    if heir.body_id == row.body_id:  # parts that the body made of it now answer to the heir
        Assignment.objects.filter(source=row).update(source=heir)
        Assignment.objects.filter(pk=heir.pk).update(broken_down=row.broken_down or heir.broken_down)
    if later and row.kind == Step.Kind.EVERY:
        redirect_later(row.task_id, row.unit_id, heir.unit, day_of(now), row.role)
    taken = history.line(
        "taken_over", row=heir, by=by, post=post, now=now, op=op, reason=reason,
        from_stage=heir.stage if heir.events.exists() else "", to_stage=heir.stage, changes={"from": row.unit_id},
    )  # fmt: skip
    history.write([taken])


def _fits(row: Assignment, to: Unit, on: date) -> None:
    words = ""
    if to.pk == row.unit_id:
        words = _("It is with this unit already")
    elif not rules.receivable(row.issuer, to):
        words = _("%(unit)s belongs to another body and cannot be given this work")
    elif not to.holds_on(on):
        words = _("%(unit)s has ended")
    elif to.pk not in Resolver(row.issuer, on).staffed([to]) or not to.kind.has_people:
        words = _("%(unit)s has nobody who could take it over")
    if words:
        words %= {"unit": to.local_name}
        raise Invalid(words, unit=words)


def heir_of(row: Assignment, to: Unit, on: date, person: User | None = None) -> Assignment:
    """The row that goes on: the unit's own where it has one, else a new one with everything that was fixed before.

    Who only supported takes the lead over with the work, or nobody would owe it.
    """
    same = Assignment.objects.filter(step=row.step_id, period=row.period_id, unit=to, person=person)
    found = same.exclude(stage=Stage.STOPPED).first()
    if found is not None:
        if (row.role, found.role) == (ReceiverRole.LEAD, ReceiverRole.SUPPORT):
            found.role, found.owes_report = row.role, row.owes_report
            Assignment.objects.filter(pk=found.pk).update(
                role=found.role, owes_report=found.owes_report, version=F("version") + 1
            )
        return found
    heir = Assignment(unit=to, unit_path=to.path, body_id=to.body_id, issued_on=on, person=person)
    for name in CARRIED:
        setattr(heir, name, getattr(row, name))
    heir.receiver_id = row.receiver_id
    signed = Delivery.objects.filter(list=row.list_id, body=to.body_id, signed_at__isnull=False).order_by("edition")
    if heir.crosses_boundary and (delivery := signed.last()):
        heir.stage, heir.accepted_edition = Stage.ACKNOWLEDGED, delivery.edition
    heir.save()
    return heir


def redirect_later(task: int, old: int, to: Unit, on: date, role: str) -> None:
    """Later occurrences of a task go to the new unit, where the task names the old one itself rather than a group."""
    named = Receiver.objects.filter(task=task, unit=old, role=role).filter(Q(until_on=None) | Q(until_on__gt=on))
    for receiver in named.order_by("pk"):
        exists = Receiver.objects.filter(task=task, unit=to, role=role, until_on=None).exists()
        Receiver.objects.filter(pk=receiver.pk).update(until_on=on)
        if receiver.from_on is not None and receiver.from_on >= on:
            Receiver.objects.filter(pk=receiver.pk).delete()
        if not exists:
            Receiver.objects.create(
                task_id=task,
                unit=to,
                role=receiver.role,
                owes_report=receiver.owes_report,
                written=receiver.written,
                from_on=on,
                position=receiver.position,
            )


def drop(row: Assignment, *, reason: str, by: User, op: uuid.UUID, now: datetime) -> None:
    """Say that nobody goes on with what an ended branch or a unit that moved away left behind; it stays stopped, with the
    reason in its history."""

    def write() -> dict[str, Any]:
        if not reason.strip():
            raise Invalid(_("Say why"), reason=_("Say why"))
        fresh = Assignment.objects.select_for_update(of=("self",)).select_related("unit").get(pk=row.pk)
        verdict = rules.on_side(rules.Actor.of(by, day_of(now)), fresh, "hand_over")
        if not verdict:
            raise PermissionDenied("drop")
        _left(fresh)
        line = history.line("dropped", row=fresh, by=by, post=verdict.post, now=now, op=op, reason=reason.strip())
        history.write([line])
        return {}

    once(op, "drop", write, by=by, now=now, content=[row.pk, reason])


def _left(row: Assignment) -> None:
    """Refuse what was decided before, or never left behind by a branch that ended or a unit that moved away."""
    decided = row.heir_id or Event.objects.filter(assignment=row, move="dropped").exists()
    if row.stop not in LEFT_BEHIND or decided:
        raise NotPossible(_("What becomes of it has been decided already"))


def stop_ended_work(now: datetime) -> int:
    """Stop what is still open with branches whose last day has passed; how many rows. The sweep calls it before it closes
    the branches; safe to run twice, late or on two machines (design 3, 8)."""
    on, stopped = day_of(now), 0
    while done := _stop_some(on, now):
        stopped += done
    return stopped


@transaction.atomic
def _stop_some(on: date, now: datetime) -> int:
    ended = Assignment.objects.filter(stage__in=LEAVES, unit__branch__isnull=False, unit__ends_on__lte=on)
    rows = list(ended.select_for_update(of=("self",), skip_locked=True).select_related("unit").order_by("pk")[:AT_ONCE])
    if not rows:
        return 0
    reason = _("The branch ended")
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
        stage=Stage.STOPPED,
        stop=STOPS["branch_ended"],
        stop_reason=reason,
        suspended_from="",
        version=F("version") + 1,
    )
    history.write(
        history.line(
            "branch_ended", row=row, by=None, now=now, from_stage=row.stage, to_stage=Stage.STOPPED, reason=reason
        )
        for row in rows
    )
    return len(rows)
