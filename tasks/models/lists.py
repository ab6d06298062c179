"""Task lists and responsibility lists, their tasks, the words of each version, steps, and who receives them (design 4)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from branches.models import Line, Unit, UnitGroup, User
from tasks.states import DESK, ListStage, ReceiverRole

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from tasks.models.assignments import Assignment, Period
    from tasks.models.reports import TaskFile


class TaskListQuerySet(models.QuerySet["TaskList"]):
    """Ways to speak of lists."""

    def visible_to(self, user: User, on: date) -> Self:
        """Lists that `user` may open.

        A draft: the desk of the issuing unit only. An issued one: whoever serves the issuing unit, and whoever sees an
        assignment of it (the body boundary is held by `Assignment.objects.visible_to`).
        """
        from tasks.models.assignments import Assignment  # the two tables know each other
        from tasks.models.duties import Bearer

        desk = user.posts.active(on).filter(role__in=DESK).values("unit_id")
        approver = Exists(Approval.objects.filter(list=OuterRef("pk"), approver=user))
        drafts = Q(stage__in=[ListStage.DRAFT, ListStage.IN_APPROVAL]) & (Q(issuer__in=desk) | Q(approver))
        issued = ~Q(stage__in=[ListStage.DRAFT, ListStage.IN_APPROVAL]) & (
            user.sight(on).q("issuer__path", "issuer__body_id", "issuer_id")
            # as sets of keys, worked out once: asked for each list anew, a province's thousands of lists would take their time
            | Q(pk__in=Assignment.objects.visible_to(user, on).order_by().values("list_id"))
            | Q(pk__in=Delivery.objects.filter(user.sight(on).q("body__path", "body_id", "body_id")).values("list_id"))
            | Q(
                kind=TaskList.Kind.RESPONSIBILITY,
                pk__in=Bearer.objects.borne_by(user, on).values("duty__list_id"),
            )
        )
        return self.filter(drafts | issued)


class TaskList(models.Model):
    """A list that a unit issues in a year; changed after issue only by a new version (I-11)."""

    class Kind(models.TextChoices):
        TASK = "task", _("Task list")
        RESPONSIBILITY = "responsibility", _("Responsibility list")

    kind = models.CharField(max_length=16, choices=Kind, default=Kind.TASK)
    title = models.CharField(_("List name"), max_length=60)
    title_en = models.CharField(_("List name in English"), max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(_("Year"))
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="issued_lists", verbose_name=_("Issued by"))
    line = models.CharField(_("Line"), max_length=8, choices=Line, default=Line.JOINT)
    document_number = models.CharField(_("Document number"), max_length=60, blank=True)
    source = models.CharField(_("Source"), max_length=200, blank=True)
    stage = models.CharField(max_length=16, choices=ListStage, default=ListStage.DRAFT)
    edition = models.PositiveSmallIntegerField(default=1)  # the version of its words (version is the counter of edits)
    broken_down_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="offspring"
    )
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TaskListQuerySet.as_manager()

    if TYPE_CHECKING:
        tasks: RelatedManager[Task]
        deliveries: RelatedManager[Delivery]
        issuer_id: int

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(  # I-12
                fields=["issuer", "kind", "year", "document_number"],
                condition=~Q(document_number=""),
                name="document_number_once",
            ),
            models.CheckConstraint(
                name="list_issued_has_a_day",
                condition=Q(stage__in=["draft", "in_approval"]) | Q(issued_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("tasks:list", args=[self.pk])

    @property
    def name(self) -> str:
        """The title, under the name that names use."""
        return self.title

    @property
    def name_en(self) -> str:
        """The title in the second language."""
        return self.title_en

    @property
    def local_name(self) -> str:
        """The title for the language of the page."""
        return self.title_en if self.title_en and (get_language() or "").startswith("en") else self.title


class Approval(models.Model):
    """A leader's decision on a version of a list, in the system or given orally and recorded (design 4)."""

    class Decision(models.TextChoices):
        ASKED = "asked", _("Waiting for approval")
        AGREED = "agreed", _("Agreed")
        REFUSED = "refused", _("Sent back")
        WITHDRAWN = "taken", _("Taken back by the desk")

    list = models.ForeignKey(TaskList, on_delete=models.PROTECT, related_name="approvals")
    edition = models.PositiveSmallIntegerField()
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approvals")
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.ASKED)
    words = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    decided_on = models.DateField(null=True, blank=True)
    oral = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    paper = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "edition"], condition=Q(decision="asked"), name="approval_asked_once"
            ),
            models.CheckConstraint(
                name="approval_oral_names_a_paper", condition=Q(oral=False) | ~Q(paper="") | Q(decision="asked")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list} {self.get_decision_display()}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Ways to speak of deliveries."""

    def waiting(self) -> Self:
        """Not signed for; of several versions only the newest, which holds the others."""
        newer = Delivery.objects.filter(list=OuterRef("list"), body=OuterRef("body"), edition__gt=OuterRef("edition"))
        return self.filter(~Exists(newer), signed_at__isnull=True)


class Delivery(models.Model):
    """A version of a list as it arrived at another body, to be signed for as a whole (design 3, 4)."""

    list = models.ForeignKey(TaskList, on_delete=models.PROTECT, related_name="deliveries")
    edition = models.PositiveSmallIntegerField()
    body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="deliveries")
    delivered_at = models.DateTimeField()
    sign_by = models.DateField()
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["body__path"]
        constraints = [
            models.UniqueConstraint(fields=["list", "edition", "body"], name="delivered_once"),
            models.CheckConstraint(
                name="signed_by_someone",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list} → {self.body}"


def no_figures() -> list[str]:
    """The default of `Task.figures`."""
    return []


class TaskQuerySet(models.QuerySet["Task"]):
    """Ways to speak of tasks."""

    def visible_to(self, user: User, on: date) -> Self:
        """Tasks of lists one issued or drafts, and tasks of which one sees an assignment."""
        from tasks.models.assignments import Assignment  # the two tables know each other

        return self.filter(
            Q(list__in=TaskList.objects.visible_to(user, on), list__stage__in=[ListStage.DRAFT, ListStage.IN_APPROVAL])
            | (
                Q(list__issued_on__isnull=False)
                & user.sight(on).q("list__issuer__path", "list__issuer__body_id", "list__issuer_id")
            )
            | Exists(Assignment.objects.visible_to(user, on).filter(task=OuterRef("pk")))
        )


class Task(models.Model):
    """One task in a list: a stable identity. Its words and dates are the `TaskText` of each version."""

    list = models.ForeignKey(TaskList, on_delete=models.CASCADE, related_name="tasks")
    number = models.CharField(_("No."), max_length=16)
    position = models.PositiveIntegerField()
    line = models.CharField(max_length=8, choices=Line, default=Line.JOINT)
    starred = models.BooleanField(default=False)
    text = models.ForeignKey("TaskText", null=True, on_delete=models.PROTECT, related_name="+")
    evidence_required = models.BooleanField(default=False)
    evidence_reason = models.CharField(max_length=200, blank=True)
    figures: models.JSONField[Any, Any] = models.JSONField(default=no_figures, blank=True)  # names of at most three
    source_task = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="offspring")
    mandatory = models.BooleanField(default=True)  # whether the source waits for it
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    if TYPE_CHECKING:
        steps: RelatedManager[Step]
        receivers: RelatedManager[Receiver]
        texts: RelatedManager[TaskText]
        files: RelatedManager[TaskFile]
        assignments: RelatedManager[Assignment]

    class Meta:
        ordering = ["list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["list", "number"], name="task_number_once"),  # I-12
            models.CheckConstraint(
                name="required_evidence_has_a_reason", condition=Q(evidence_required=False) | ~Q(evidence_reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text.content if self.text else ''}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:task", args=[self.pk])

    @property
    def name(self) -> str:
        """The task's words."""
        return self.text.content if self.text else ""

    @property
    def name_en(self) -> str:
        """The task's words in the second language."""
        return self.text.content_en if self.text else ""

    @property
    def local_name(self) -> str:
        """The task's words for the language of the page."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class TaskText(models.Model):
    """The words and dates of a task as one version of its list has them; frozen at issue (I-15)."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="texts")
    edition = models.PositiveSmallIntegerField()
    heading = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    content = models.CharField(_("Task"), max_length=300)
    content_en = models.CharField(_("Task in English"), max_length=400, blank=True)
    measures = models.TextField(_("Measures"), blank=True)
    leader_written = models.CharField(_("Responsible leader"), max_length=60, blank=True)
    lead_written = models.CharField(_("Lead unit"), max_length=300, blank=True)
    support_written = models.CharField(_("Supporting units"), max_length=300, blank=True)
    due_written = models.CharField(_("Due"), max_length=120, blank=True)
    evidence_written = models.CharField(_("Evidence"), max_length=300, blank=True)

    class Meta:
        ordering = ["edition"]
        constraints = [models.UniqueConstraint(fields=["task", "edition"], name="task_text_once_an_edition")]

    def __str__(self) -> str:
        return self.content


class Step(models.Model):
    """A deadline of a task as written, and its reading (design 4); every task has at least one."""

    class Kind(models.TextChoices):
        BY = "by", _("By a day")
        WINDOW = "window", _("Within a time")
        DATES = "dates", _("Several days")
        EVERY = "every", _("Repeats")
        QUOTA = "quota", _("A number of times")
        AFTER = "after", _("After an event")
        ONGOING = "ongoing", _("Ongoing")
        NOTICE = "notice", _("Date to be notified")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=120, blank=True)
    phrase = models.CharField(_("Due as written"), max_length=120)
    kind = models.CharField(max_length=8, choices=Kind)
    dates = ArrayField(models.DateField(), default=list, blank=True)
    rule = models.CharField(max_length=160, blank=True)  # RFC 5545
    count = models.PositiveSmallIntegerField(null=True, blank=True)
    offset = models.SmallIntegerField(null=True, blank=True)  # negative: before the event
    offset_unit = models.CharField(max_length=8, blank=True)  # day, workday, month or monthend: tasks.deadlines
    event = models.CharField(max_length=60, blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    provisional = models.BooleanField(default=False)  # falls in a year whose holidays are not published yet
    withdrawn_on = models.DateField(null=True, blank=True)  # a version of the list took this deadline out

    if TYPE_CHECKING:
        periods: RelatedManager[Period]

    class Meta:
        ordering = ["task", "position"]
        constraints = [
            models.UniqueConstraint(fields=["task", "position"], name="step_once"),
            models.CheckConstraint(
                name="step_dated_kinds_have_dates",
                condition=~Q(kind__in=["by", "window", "dates", "every"]) | Q(dates__len__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.phrase

    @property
    def times_wanted(self) -> int:
        """How many times its rows have to report ("不少于4次"); 0 where once is enough."""
        return self.count if self.count and self.count > 1 else 0

    @property
    def dated(self) -> bool:
        """Whether its occurrences have due dates of their own (undated work is shown, not reminded)."""
        return bool(self.dates)


class Receiver(models.Model):
    """To whom a task goes: a unit or a group, as lead or in support, for a time.

    A unit without post-holders (市委组织部) is recorded and printed, not counted; one that the tree does not know at all
    stands with its name only.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="receivers")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(UnitGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outside_name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=8, choices=ReceiverRole, default=ReceiverRole.LEAD)
    owes_report = models.BooleanField(default=True)
    each_member = models.BooleanField(default=False)  # the task goes to every member of the branch, each his own state
    written = models.CharField(max_length=120, blank=True)
    from_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["task", "role", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="receiver_is_one_thing",
                condition=Q(unit__isnull=False, group__isnull=True, outside_name="")
                | Q(unit__isnull=True, group__isnull=False, outside_name="")
                | (Q(unit__isnull=True, group__isnull=True) & ~Q(outside_name="")),
            ),
            models.CheckConstraint(
                name="receiver_span",
                condition=Q(until_on__isnull=True) | Q(from_on__isnull=True) | Q(until_on__gt=F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.written or str(self.unit or self.group or self.outside_name)


class PaperDraftQuerySet(models.QuerySet["PaperDraft"]):
    """Ways to speak of drafts."""

    def visible_to(self, user: User, on: date) -> Self:
        """A draft on the table of its maker is his alone until he shares it with the issuer's desk."""
        desks = user.posts.active(on).filter(role__in=DESK).values("unit_id")
        return self.filter(Q(owner=user) | Q(shared=True, issuer__in=desks))

    def on_the_table(self) -> Self:
        """Drafts that have not gone out, as a list or as a new version of one."""
        return self.filter(published=None, edition__number=None)


class PaperDraft(models.Model):
    """A pasted or uploaded paper on its way to a list: what was read and what was answered. No task is written before
    publishing; the unique link to the published list makes publishing it twice impossible."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="paper_drafts")
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    source_list = models.ForeignKey(TaskList, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=160, blank=True)
    rows: models.JSONField[Any, Any] = models.JSONField(default=dict)  # what was read: papers.sheet
    answers: models.JSONField[Any, Any] = models.JSONField(default=dict)  # title, year, repairs, past dates settled
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published = models.OneToOneField(TaskList, null=True, blank=True, on_delete=models.PROTECT, related_name="paper")
    shared = models.BooleanField(default=False)  # the rows may be written by everyone at the issuer's desk
    version = models.PositiveIntegerField(default=1)

    objects = PaperDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)
