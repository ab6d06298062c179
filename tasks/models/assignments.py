"""An assignment: one receiver's share of one step and period. It is the row that everything else counts (design 4, 7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from branches.models import Line, Unit, User
from tasks.models.lists import Receiver, Step, Task, TaskList
from tasks.states import CLOSED, OPEN, WITH_UNIT, ReceiverRole, Stage, Stop

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from tasks.models.events import Event
    from tasks.models.reports import Report


class Period(models.Model):
    """One occurrence of a step: its first day and its due date.

    Undated work begins with one period without a due date. An entered event day ("会后3个工作日内") makes a period of its own,
    for all receivers or, where a unit enters its own day, for that unit alone (design 4).
    """

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="periods")
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)  # when its assignments were made
    event = models.CharField(max_length=60, blank=True)  # what was held, as people call it
    event_on = models.DateField(null=True, blank=True)
    for_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["step", "number"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="period_once"),  # I-18
            models.UniqueConstraint(
                fields=["step", "due_on", "event_on", "for_unit"],
                name="period_once_a_day",
                condition=Q(due_on__isnull=False),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["starts_on"], name="period_to_open", condition=Q(opened_at__isnull=True))  # the sweep
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.due_on or ''}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """The words in which pages, counts, mails and exports speak of assignments."""

    def visible_to(self, user: User, on: date) -> Self:
        """What `user` may open: rows of units he serves, rows those units issued (across the boundary read-only),
        rows that are his by name. What grew from a passed-on row is not here: see `grown_from` (design 3, 6)."""
        sight = user.sight(on)
        return self.filter(
            sight.q("unit_path", "body_id", "unit_id")
            | sight.q("issuer_path", "issuer_body_id", "issuer_id")
            | Q(person=user)
        )

    def countable_by(self, user: User, on: date) -> Self:
        """What may be counted for `user`: all he may open, and what grew below it, of which he is shown unit, title,
        stage and dates only."""
        seen = Assignment.objects.visible_to(user, on).order_by()
        split = seen.filter(broken_down=True).values("pk")
        below = Assignment.objects.order_by().filter(source__in=split).values("pk")
        further = Assignment.objects.order_by().filter(source__source__in=split).values("pk")
        # one set of keys, from indexes: as three conditions in one it would read every row there is and join it to its source
        return self.filter(pk__in=seen.values("pk").union(below, further))

    def among(self, parts: Iterable[Q]) -> Self:
        """Rows for which one of the conditions holds, found as a set of keys: each part by its own index. As one condition with
        "or" they would have every row read that there is."""
        first, *others = (Assignment.objects.order_by().filter(part).values("pk") for part in parts)
        return self.filter(pk__in=first.union(*others))

    def grown_from(self, source: Assignment) -> Self:
        """The rows into which a receiving body broke this one down."""
        return self.filter(source=source)

    def leads(self) -> Self:
        """Lead shares: figures count these; supports stand apart (design 7)."""
        return self.filter(role=ReceiverRole.LEAD)

    def given_by(self, unit: Unit) -> Self:
        """What a unit and the units of its body below it gave out. Of a whole body its key says it all: to ask for the path
        as well would make the planner expect next to nothing, and go through what may be seen once for every row."""
        rows = self.filter(issuer_body=unit.body_id)
        return rows if unit.pk == unit.body_id else rows.filter(issuer_path__startswith=unit.path)

    def open(self) -> Self:
        """Not completed and not stopped."""
        return self.filter(stage__in=OPEN)

    def in_review(self) -> Self:
        """Reported and waiting for the reviewer; the clock stands still."""
        return self.filter(stage=Stage.REPORTED)

    def completed(self) -> Self:
        """Approved."""
        return self.filter(stage=Stage.COMPLETED)

    def overdue(self, on: date) -> Self:
        """Open, not in review, not suspended, and past its current due date or, when returned, past its supplement date."""
        return self.filter(overdue_q(on))

    def due(self, on: date) -> Self:
        """Due by the day `on`: the denominator of a board. Stopped, suspended and undated rows are in none (design 7)."""
        return self.filter(due_on__lte=on).exclude(stage__in=[Stage.STOPPED, Stage.SUSPENDED])

    def under(self, unit: Unit) -> Self:
        """Rows whose unit is `unit` or lies below it."""
        return self.filter(unit_path__startswith=unit.path)

    def in_period(self, first: date | None, last: date | None) -> Self:
        """Rows by their current due date, both days included."""
        rows = self
        if first:
            rows = rows.filter(due_on__gte=first)
        if last:
            rows = rows.filter(due_on__lte=last)
        return rows


class Assignment(models.Model):
    """Unit and issuer never change: handing over stops this row and links the heir's."""

    list = models.ForeignKey(TaskList, on_delete=models.PROTECT, related_name="assignments")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="assignments")
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="assignments")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="assignments")
    receiver = models.ForeignKey(Receiver, null=True, on_delete=models.PROTECT, related_name="assignments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments")
    unit_path = models.CharField(max_length=255, db_collation="C", editable=False)  # follows the unit: composite key
    body = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=8, choices=ReceiverRole, default=ReceiverRole.LEAD)
    owes_report = models.BooleanField(default=True)
    kind = models.CharField(max_length=8, choices=Step.Kind, default=Step.Kind.BY, editable=False)  # of its step
    times_wanted = models.PositiveSmallIntegerField(default=0, editable=False)  # "不少于4次"; 0: none is named
    times = models.PositiveSmallIntegerField(default=0)  # so far, as last reported
    said_on = models.DateField(null=True, blank=True)  # the day of the last progress or report
    line = models.CharField(max_length=8, choices=Line, default=Line.JOINT)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="issued_assignments")
    issuer_path = models.CharField(max_length=255, db_collation="C", editable=False)
    issuer_body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    leader = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="leads_assignments")

    stage = models.CharField(max_length=16, choices=Stage, default=Stage.ISSUED)
    suspended_from = models.CharField(max_length=16, choices=Stage, blank=True)
    stop = models.CharField(max_length=16, choices=Stop, blank=True)
    stop_reason = models.CharField(max_length=300, blank=True)
    heir = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="heir_of")
    source = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="offspring")
    broken_down = models.BooleanField(default=False)

    due_on = models.DateField(null=True, blank=True)
    original_due_on = models.DateField(null=True, blank=True)
    due_revision = models.PositiveSmallIntegerField(default=1)
    short = models.BooleanField(default=False)  # less than a month from its first day to its due date (ux 0.3)
    extensions = models.PositiveSmallIntegerField(default=0)
    supplement_by = models.DateField(null=True, blank=True)
    accepted_edition = models.PositiveSmallIntegerField(null=True, blank=True)
    issued_on = models.DateField()
    reported_on = models.DateField(null=True, blank=True)  # first submission
    submitted_at = models.DateTimeField(null=True, blank=True)  # the submission in review now
    completed_on = models.DateField(null=True, blank=True)  # the day of approval
    grade = models.CharField(max_length=20, blank=True)  # in the words of the issuer's body, where it uses grades
    days_late = models.PositiveSmallIntegerField(default=0)  # fixed at each submission, never made smaller
    late_reason = models.CharField(max_length=60, blank=True)
    review_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    review_leaders = models.BooleanField(default=False)  # the reviewer is a leader of that unit, not its desk
    version = models.PositiveIntegerField(default=1)

    objects = AssignmentQuerySet.as_manager()

    if TYPE_CHECKING:
        events: RelatedManager[Event]
        reports: RelatedManager[Report]
        offspring: RelatedManager[Assignment]
        unit_id: int
        person_id: int | None
        issuer_id: int

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "step", "period", "unit", "person"],
                condition=~Q(stage="stopped"),
                nulls_distinct=False,
                name="assignment_once",
            ),
            models.CheckConstraint(
                name="assignment_completed_has_a_day",
                condition=Q(stage="completed", completed_on__isnull=False)
                | (~Q(stage="completed") & Q(completed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="assignment_graded_when_completed", condition=Q(stage="completed") | Q(grade="")
            ),
            models.CheckConstraint(
                name="assignment_stopped_has_a_reason",
                condition=(Q(stage="stopped") & ~Q(stop="") & ~Q(stop_reason="")) | (~Q(stage="stopped") & Q(stop="")),
            ),
            models.CheckConstraint(
                name="assignment_suspended_remembers",
                condition=(Q(stage="suspended") & ~Q(suspended_from=""))
                | (~Q(stage="suspended") & Q(suspended_from="")),
            ),
            models.CheckConstraint(
                name="assignment_keeps_its_first_date",
                condition=Q(due_on__isnull=True) | Q(original_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_returned_has_a_supplement_date",
                condition=~Q(stage="returned") | Q(supplement_by__isnull=False),
            ),
            models.CheckConstraint(
                name="assignment_reported_was_submitted",
                condition=~Q(stage="reported") | Q(reported_on__isnull=False, submitted_at__isnull=False),
            ),
        ]
        indexes = [
            # the receiving side: lists, boards and queues read open rows of a subtree by due date (scale.md)
            models.Index(
                fields=["unit_path", "due_on", "id"], name="open_by_unit_path", condition=Q(stage__in=list(OPEN))
            ),
            models.Index(
                fields=["issuer_body", "due_on", "id"], name="open_by_issuer_body", condition=Q(stage__in=list(OPEN))
            ),
            models.Index(fields=["list", "unit_path"], name="assignment_by_list"),  # the list page, by unit
            models.Index(
                fields=["person", "due_on"], name="open_by_person", condition=Q(stage__in=list(OPEN))
            ),  # a member's home
            models.Index(
                fields=["review_unit", "submitted_at"], name="in_review", condition=Q(stage="reported")
            ),  # the review queue
            models.Index(
                fields=["due_on"], name="open_due", condition=Q(stage__in=list(WITH_UNIT))
            ),  # the reminder sweep
        ]

    def __str__(self) -> str:
        return f"{self.task} · {self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:assignment", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Not completed and not stopped."""
        return self.stage in OPEN

    @property
    def is_closed(self) -> bool:
        """Completed or stopped."""
        return self.stage in CLOSED

    @property
    def crosses_boundary(self) -> bool:
        """Whether it was passed on to another body, which signs for it and owns it from then on."""
        return self.body_id != self.issuer_body_id

    @property
    def clock_on(self) -> date | None:
        """The date that counts now: the supplement date while returned, else the due date."""
        return self.supplement_by if self.stage == Stage.RETURNED else self.due_on

    def is_overdue(self, on: date) -> bool:
        """The same question as `overdue_q`, for one row in hand."""
        return self.owes_report and self.stage in WITH_UNIT and self.clock_on is not None and self.clock_on < on

    def days_over(self, on: date) -> int:
        """Whole days past the date that counts; 0 when not overdue."""
        return (on - self.clock_on).days if self.is_overdue(on) and self.clock_on else 0


def overdue_q(on: date) -> Q:
    """Overdue from 00:00 of the day after the due date (design 5); a returned row only after its supplement date.

    A supporting unit that owes no report is never late.
    """
    running = Q(stage__in=[Stage.ISSUED, Stage.ACKNOWLEDGED, Stage.IN_PROGRESS], due_on__lt=on)
    return Q(owes_report=True) & (running | Q(stage=Stage.RETURNED, supplement_by__lt=on))
