"""Meetings and duty activities of a branch, who came, what the rules ask for, and the history of each record (issue 4).

What no check of one row can hold stands as constraint triggers in the migrations: no meeting outside the life of its
branch (I-9), nobody marked as a member who was none that day.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.kinds import As, Came, Condition, Duty, Kind, MeetingState, Per, Ruled
from branches.models import Branch, BranchType, Line, Platform, Post, Unit, User
from tasks.models import Report, StoredFile

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Cadence(models.Model):
    """How often branches of a type hold a kind of meeting: nationally, or in one body; every year, or in one (domain 1.6).

    The most specific row holds (`rules.pick`). Count 0: by the branch's plan; no number is asked for and none can be missing.
    """

    kind = models.CharField(_("Kind"), max_length=16, choices=Ruled)
    branch_type = models.ForeignKey(BranchType, on_delete=models.PROTECT, related_name="cadences")
    body = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="cadences")
    year = models.PositiveSmallIntegerField(_("Year"), null=True, blank=True)
    count = models.PositiveSmallIntegerField(_("How many"), default=1)
    per = models.CharField(_("In each"), max_length=8, choices=Per, default=Per.MONTH)
    condition = models.CharField(
        _("For which branches"), max_length=12, choices=Condition, blank=True, default=Condition.ALL
    )
    source = models.CharField(_("Source of the rule"), max_length=160)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["branch_type", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "branch_type", "body", "year"], name="cadence_once", nulls_distinct=False
            ),
            models.CheckConstraint(name="cadence_has_a_source", condition=~Q(source="")),
            models.CheckConstraint(name="cadence_count", condition=Q(count__lte=31)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.count}/{self.per}"


class CadenceChange(models.Model):
    """Append-only: a body's rule was written, changed or given up."""

    body = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    rule: models.JSONField[Any, Any] = models.JSONField(default=dict)  # kind, type and year
    before: models.JSONField[Any, Any] = models.JSONField(null=True)
    after: models.JSONField[Any, Any] = models.JSONField(null=True)
    operation = models.UUIDField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["body", "-at"], name="cadence_change_of_a_body")]  # the cadence page

    def __str__(self) -> str:
        return f"{self.body} {self.at}"


class BranchShape(models.Model):
    """What a branch is made of, where its rules ask: a committee, party groups. Unsaid: a committee from seven members on."""

    branch = models.OneToOneField(Branch, on_delete=models.CASCADE, related_name="shape")
    has_committee = models.BooleanField(_("Has a branch committee"), default=False)
    has_groups = models.BooleanField(_("Has party groups"), default=False)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.branch)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Ways to speak of meetings."""

    def visible_to(self, user: User, on: date) -> Self:
        """Meetings of branches that `user` serves that day: his own, and those below his desk in the same body; also those
        in which such a branch takes part. Across the boundary of a body nothing (design 3)."""
        sight = user.sight(on)
        own = sight.q("branch__unit__path", "branch__unit__body_id", "branch__unit_id")
        joined = Participation.objects.filter(meeting=OuterRef("pk")).filter(
            sight.q("branch__unit__path", "branch__unit__body_id", "branch__unit_id")
        )
        return self.filter(own | Exists(joined))

    def held(self) -> Self:
        """Those that took place."""
        return self.filter(state=MeetingState.HELD)

    def of(self, branch: Branch) -> Self:
        """The branch's own meetings and those in which it took part."""
        return self.filter(
            Q(branch=branch) | Exists(Participation.objects.filter(meeting=OuterRef("pk"), branch=branch))
        )

    def between(self, first: date, bound: date) -> Self:
        """From the first day to the day before `bound`."""
        return self.filter(held_on__gte=first, held_on__lt=bound)


class Meeting(models.Model):
    """One meeting or activity of a branch. It may serve both lines and have a second branch; it is counted once."""

    kind = models.CharField(_("Kind"), max_length=16, choices=Kind)
    duty = models.CharField(pgettext_lazy("duty activity", "Sort"), max_length=16, choices=Duty, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="meetings")
    joint_branches: models.ManyToManyField[Branch, Participation] = models.ManyToManyField(
        Branch, through="Participation", related_name="joint_meetings"
    )
    held_on = models.DateField(_("Date"))
    place = models.CharField(_("Place"), max_length=120, blank=True)
    platform = models.ForeignKey(Platform, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings")
    line = models.CharField(_("Line"), max_length=8, choices=Line)
    topic = models.CharField(_("Topic"), max_length=160, blank=True)
    decisions = models.TextField(_("Decisions"), max_length=2000, blank=True)  # one a line: each can become a task
    guests = models.CharField(_("Also present"), max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=MeetingState, default=MeetingState.HELD)
    struck_reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_on = models.DateField()  # the day of the last record in Shanghai: what is held lies not after it
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    if TYPE_CHECKING:
        attendance: RelatedManager[Attendance]
        events: RelatedManager[MeetingEvent]
        branch_id: int

    class Meta:
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["branch", "held_on"], name="meeting_of_a_branch")]  # counts by period
        constraints = [
            models.UniqueConstraint(
                fields=["branch", "kind", "held_on", "duty", "platform"],
                condition=~Q(state="struck"),
                nulls_distinct=False,
                name="meeting_once_a_day",
            ),
            models.CheckConstraint(
                name="meeting_held_is_past", condition=~Q(state="held") | Q(held_on__lte=F("recorded_on"))
            ),
            models.CheckConstraint(
                name="meeting_struck_has_a_reason",
                condition=(Q(state="struck") & ~Q(struck_reason="")) | (~Q(state="struck") & Q(struck_reason="")),
            ),
            models.CheckConstraint(
                name="meeting_duty_has_a_sort",
                condition=(Q(kind="duty") & ~Q(duty="")) | (~Q(kind="duty") & Q(duty="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.get_kind_display()} {self.held_on}"

    def get_absolute_url(self) -> str:
        return reverse("activities:meeting", args=[self.pk])

    @property
    def called(self) -> str:
        """The kind in words, a duty activity by its sort."""
        return str(self.get_duty_display() if self.duty and self.duty != Duty.OTHER else self.get_kind_display())

    @property
    def decision_lines(self) -> list[str]:
        """The decisions, one a line."""
        return [line.strip() for line in self.decisions.splitlines() if line.strip()]


class Participation(models.Model):
    """A second branch that takes part in a theme day or activity; it counts there too."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participations")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="participations")

    class Meta:
        ordering = ["branch__unit__path"]
        constraints = [models.UniqueConstraint(fields=["meeting", "branch"], name="participation_once")]

    def __str__(self) -> str:
        return f"{self.meeting} {self.branch}"


class Attendance(models.Model):
    """Somebody present, on leave or absent; only who was a member (or the branch's instructor) that day."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    came = models.CharField(max_length=8, choices=Came, default=Came.PRESENT)
    capacity = models.CharField(max_length=12, choices=As, default=As.MEMBER)
    note = models.CharField(_("Reason for the leave"), max_length=60, blank=True)

    class Meta:
        ordering = ["meeting", "user__pinyin", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.meeting} {self.user}"


class MeetingFile(models.Model):
    """A photo of the attendance sheet or a paper of the meeting; optional (design 10)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="papers")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "file"], name="meeting_file_once")]

    def __str__(self) -> str:
        return str(self.file)


class MeetingReport(models.Model):
    """The report of an assignment that was made from a meeting: the record serves, nothing is written twice (ux MEM-4)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="reports")
    report = models.OneToOneField(Report, on_delete=models.PROTECT, related_name="meeting")

    def __str__(self) -> str:
        return f"{self.meeting} → {self.report_id}"


class MeetingEvent(models.Model):
    """Append-only history of a record: who (and for whom), when, what changed."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="events")
    verb = models.SlugField(max_length=20)  # announced, recorded, changed, struck, tasked
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)  # field: [before, after]
    operation = models.UUIDField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["meeting", "-at"], name="event_of_a_meeting")]

    def __str__(self) -> str:
        return f"{self.verb} {self.meeting_id}"
