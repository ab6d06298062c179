"""How far the opening of a site has come: four steps, each told from the data and from nothing that was ticked off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Q

from branches.clock import day_of
from branches.models import CppccMembership, Invitation, Membership, Post, Unit, User
from branches.roles import Role
from tasks.models import TaskList
from tasks.states import ListStage

SHOWN = 12


@dataclass(frozen=True)
class Steps:
    """The four steps with their figures; `next` is the first that is not done."""

    bodies: list[Unit]
    body_count: int
    units: int
    people: int
    waiting: int
    invited: int
    secretaries: int
    lists: bool

    @property
    def done(self) -> tuple[bool, bool, bool, bool]:
        """Whether each step is done."""
        return self.body_count > 0, self.people > 0, self.people > 0 and self.waiting == 0, self.lists

    @property
    def next(self) -> int:
        """Which step comes next, from 1; 5 when all are done."""
        return next((number for number, done in enumerate(self.done, 1) if not done), 5)

    @property
    def one_done(self) -> bool:
        """Whether there is a body."""
        return self.done[0]

    @property
    def two_done(self) -> bool:
        """Whether there are people."""
        return self.done[1]

    @property
    def three_done(self) -> bool:
        """Whether everybody has an account."""
        return self.done[2]


def steps_of(bodies: Any, now: datetime) -> Steps:
    """The state of these bodies; some nine queries, whatever their size."""
    on = day_of(now)
    here = bodies.values("pk")
    people = User.objects.filter(
        Q(pk__in=Post.objects.active(on).filter(unit__body__in=here).values("user"))
        | Q(pk__in=Membership.objects.active(on).filter(branch__unit__body__in=here).values("user"))
        | Q(pk__in=CppccMembership.objects.active(on).filter(body__in=here).values("user"))
    )
    closed = Q(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    valid = Invitation.objects.valid(now).values("user")
    counted = people.aggregate(
        people=Count("pk"), waiting=Count("pk", filter=closed), invited=Count("pk", filter=closed & Q(pk__in=valid))
    )
    found = list(bodies.order_by("path")[:SHOWN])
    secretaries = Post.objects.active(on).filter(role=Role.SECRETARY, unit__in=here, user__is_active=True)
    return Steps(
        bodies=found,
        body_count=bodies.count() if len(found) == SHOWN else len(found),
        units=Unit.objects.active(on).filter(body__in=here, kind__is_body=False).count(),
        secretaries=secretaries.values("user").distinct().count(),
        lists=TaskList.objects.filter(issuer__body__in=here, stage=ListStage.ISSUED).exists(),
        **counted,
    )
