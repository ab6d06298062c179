"""What the page of a deadline that waits for a day reads: who may enter one, the days entered, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet

from branches.models import Unit, User
from tasks import rules
from tasks.models import Assignment, Period, Step, Task
from tasks.states import DESK, WITH_UNIT, ReceiverRole, Stage

WAITING = (Step.Kind.AFTER, Step.Kind.NOTICE)


@dataclass
class Days:
    """A waiting deadline with the days entered for it."""

    step: Step
    issues: bool  # the person keeps the issuer's desk and enters days for everybody
    units: list[Unit] = field(default_factory=list)  # for which he may enter a day
    entered: list[Period] = field(default_factory=list)  # each with .rows, .done and .may_move
    above: list[Period] = field(default_factory=list)  # days that the list above has for the same work

    @property
    def may_enter(self) -> bool:
        """Whether a day can be entered here: a date to be notified is set once, by the issuer."""
        if self.step.kind == Step.Kind.NOTICE:
            return self.issues and not self.entered
        return self.issues or bool(self.units)


def waiting_steps(user: User, on: date) -> QuerySet[Step]:
    """Deadlines without a day of their own, of tasks that `user` may open."""
    return Step.objects.filter(kind__in=WAITING, task__in=Task.objects.visible_to(user, on)).select_related(
        "task__text", "task__list__issuer__body"
    )


def days_of(step: Step, actor: rules.Actor) -> Days:
    """The page of a step; five queries, however many days and units it has."""
    user, on = actor.user, actor.on
    page = Days(step, bool(rules.may_issue(actor, step.task.list.issuer)))
    seen = Assignment.objects.visible_to(user, on).filter(step=step, role=ReceiverRole.LEAD)
    for row in seen.select_related("unit").order_by("unit_path", "pk").distinct("unit_path"):
        if page.issues or (step.kind == Step.Kind.AFTER and actor.hat_for(DESK, row.unit_path, row.body_id)):
            page.units.append(row.unit)
    mine = Q(assignments__in=seen.order_by().values("pk"))
    entered = step.periods.filter(due_on__isnull=False).select_related("for_unit")
    page.entered = list(
        entered.filter(mine)
        .annotate(
            rows=Count("assignments", filter=mine),
            done=Count("assignments", filter=mine & Q(assignments__stage=Stage.COMPLETED)),
            running=Count("assignments", filter=mine & Q(assignments__stage__in=WITH_UNIT)),
        )
        .order_by("-due_on", "-pk")
    )
    own = {unit.pk for unit in page.units}
    for period in page.entered:
        may = page.issues or (period.for_unit_id in own)
        period.may_move = may and period.event_on is not None and period.running > 0  # type: ignore[attr-defined]
    page.above = list(_above(step))
    return page


def _above(step: Step) -> QuerySet[Period]:
    """Event days of the source of a task that was broken down: offered, never taken over by themselves."""
    taken = step.periods.filter(event_on__isnull=False).values("event_on")
    return (
        Period.objects.filter(
            step__task=step.task.source_task_id,
            event_on__isnull=False,
            assignments__unit__body=step.task.list.issuer.body_id,
            step__task__isnull=False,
        )
        .exclude(event_on__in=taken)
        .order_by("event_on")
        .distinct()
        if step.task.source_task_id
        else Period.objects.none()
    )
