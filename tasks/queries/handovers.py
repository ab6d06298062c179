"""What ended branches and moved units left behind, for the desks that decide what becomes of it, and who could go on with it."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from branches.models import Membership, Post, Unit
from branches.models.words import active_q
from tasks.models import Assignment, Event
from tasks.rules import SETTLE, Actor
from tasks.states import DESK, WITH_UNIT, Stage, Stop

MOST = 300  # units offered, rows shown


def left_work(actor: Actor) -> QuerySet[Assignment]:
    """Rows of branches that ended or end within two weeks, and of units that went to another body, about which this
    person's desks have to decide.

    The approving unit may see nothing else of the branch: unit, task, stage and dates are all that its page shows.
    """
    desks = [hat for hat in actor.hats if hat.role in DESK]
    if not desks:
        return Assignment.objects.none()
    issuer, approver = Q(), Q()
    for hat in desks:
        issuer |= Q(issuer_body=hat.body_id, issuer_path__startswith=hat.path)
        approver |= Q(unit__branch__approved_by__body=hat.body_id, unit__branch__approved_by__path__startswith=hat.path)
    dropped = Event.objects.filter(assignment=OuterRef("pk"), move="dropped")
    stopped = Q(stage=Stage.STOPPED, heir=None) & ~Exists(dropped)
    ended, moved = stopped & Q(stop=Stop.BRANCH_ENDED), stopped & Q(stop=Stop.UNIT_MOVED)
    ending = Q(stage__in=[*WITH_UNIT, Stage.SUSPENDED], unit__ends_on__lte=actor.on + SETTLE)
    branch = Q(unit__branch__isnull=False)
    return (
        Assignment.objects.among([branch & ended & issuer, ended & approver, ending & approver, moved & issuer])
        .select_related("unit", "task__text", "list", "issuer")
        .order_by("unit_path", "due_on", "pk")
    )


def takers(actor: Actor, rows: QuerySet[Assignment] | list[Assignment], on: date) -> list[Unit]:
    """Units with people in the bodies of these rows that could take them over, in establishment order."""
    bodies = {row.body_id for row in rows} | {row.issuer_body_id for row in rows}
    staffed = Exists(Post.objects.filter(active_q(on), unit=OuterRef("pk"), user__is_active=True)) | Exists(
        Membership.objects.filter(active_q(on), branch__unit=OuterRef("pk"), user__is_active=True)
    )
    units = Unit.objects.filter(
        active_q(on), staffed, body__in=[body for body in bodies if body], kind__has_people=True
    )
    if len(rows) == 1:
        units = units.exclude(pk=next(iter(rows)).unit_id)
    return list(units.order_by("path")[:MOST])
