"""What comes back: reports in words, and files as evidence or as papers of a task."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.models import Post, Unit, User
from tasks.models.assignments import Assignment
from tasks.models.events import Event
from tasks.models.lists import Task


class ReportQuerySet(models.QuerySet["Report"]):
    """Ways to speak of reports."""

    def visible_to(self, user: User, on: date) -> Self:
        """Reports of rows that `user` serves or that are his by name; of rows he issued, all inside his body.

        Across the body boundary only what the other body submitted as its report, as long as it stands: no progress notes,
        and nothing that its author took back (design 3); and what the issuer's own desk recorded from a returned file.
        """
        sight = user.sight(on)
        own = sight.q("assignment__unit_path", "assignment__body_id", "assignment__unit_id") | Q(
            assignment__person=user
        )
        given = sight.q("assignment__issuer_path", "assignment__issuer_body_id", "assignment__issuer_id")
        inside = Q(assignment__body=F("assignment__issuer_body")) | Q(post__unit__body=F("assignment__issuer_body"))
        return self.filter(own | (given & (inside | (Q(kind=Report.Kind.COMPLETION) & ~Exists(_taken_back())))))


def _taken_back() -> models.QuerySet[Event]:
    """The event that took a submission back: it came after it, and no other submission lies between."""
    between = Report.objects.filter(
        assignment=OuterRef("assignment"),
        kind=Report.Kind.COMPLETION,
        at__gt=OuterRef(OuterRef("at")),
        at__lte=OuterRef("at"),
    )
    events = Event.objects.filter(assignment=OuterRef("assignment"), move="take_back", at__gte=OuterRef("at"))
    return events.exclude(Exists(between))


class Report(models.Model):
    """One saved progress or submission of an assignment. Append-only: what the reviewer saw stays as it was (I-23)."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", _("Progress")
        COMPLETION = "completion", _("Report as completed")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=12, choices=Kind)
    text = models.TextField(_("Progress"), max_length=2000, blank=True)
    figures: models.JSONField[Any, Any] = models.JSONField(default=dict)
    times = models.PositiveSmallIntegerField(null=True, blank=True)  # so far, where the task asks for a number of times
    late_reason = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reports")
    on_behalf_of = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["assignment", "-at"], name="report_of_an_assignment")]

    def __str__(self) -> str:
        return self.text[:40]


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Ways to speak of files."""

    def visible_to(self, user: User, on: date) -> Self:
        """Files of reports, tasks and clarifications that `user` may see, and his own uploads. Asked afresh at every download."""
        seen = Report.objects.visible_to(user, on)
        return self.filter(
            Q(uploaded_by=user)
            | Exists(Evidence.objects.filter(file=OuterRef("pk"), report__in=seen))
            | Exists(TaskFile.objects.filter(file=OuterRef("pk"), task__in=Task.objects.visible_to(user, on)))
            | Exists(Task.objects.visible_to(user, on).filter(clarifications__file=OuterRef("pk")))
        )


class StoredFile(models.Model):
    """An uploaded file: sniffed, limited, stripped of position, stored under a name of ours; reusable for many reports."""

    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=100)
    name = models.CharField(max_length=160)
    path = models.CharField(max_length=120, unique=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="files")
    uploaded_at = models.DateTimeField()

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tasks:file", args=[self.pk])

    @property
    def is_image(self) -> bool:
        """Whether it can be shown as a picture."""
        return self.content_type in {"image/jpeg", "image/png"}


class Evidence(models.Model):
    """A file of a report."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="evidence")

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["report", "file"], name="evidence_once")]

    def __str__(self) -> str:
        return str(self.file)


class TaskFile(models.Model):
    """A paper that comes with a task: the source document, or a blank form to fill in."""

    class Kind(models.TextChoices):
        SOURCE = "source", _("Source document")
        FORM = "form", _("Blank form")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="task_files")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SOURCE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "file"], name="task_file_once")]

    def __str__(self) -> str:
        return str(self.file)
