"""Honest follow-up on work that was given: more time asked, help asked, words for everyone, a leader's instruction (design 4).

What was asked is never changed, and what was answered is written once: the database refuses anything else (I-26).
"""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import Post, Unit, User
from tasks.models.assignments import Assignment
from tasks.models.lists import Task
from tasks.models.reports import StoredFile
from tasks.states import CLOSED, OPEN, Stage

AWAKE = tuple(stage for stage in OPEN if stage != Stage.REPORTED)  # a later date for work in review means nothing


class Said(models.Model):
    """Somebody's words, under which post and when; and how they ended, once."""

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Ways to speak of requests for more time."""

    def waiting(self) -> Self:
        """With whoever decides; one about a row in review or closed sleeps."""
        return self.filter(state=Extension.State.ASKED, assignment__stage__in=AWAKE)

    def at_unit(self) -> Self:
        """With the head of the unit that asks."""
        return self.filter(state=Extension.State.AT_UNIT, assignment__stage__in=AWAKE)


class Extension(Said):
    """A unit asks for a later due date, before the present one is over. The light runs on until it is decided."""

    class State(models.TextChoices):
        AT_UNIT = "at_unit", _("With the head of the unit")
        ASKED = "asked", _("Extension requested")
        AGREED = "agreed", pgettext_lazy("extension", "Agreed")
        REFUSED = "refused", pgettext_lazy("extension", "Refused")
        DECLINED = "declined", pgettext_lazy("extension", "Not passed on by the head")
        WITHDRAWN = "withdrawn", pgettext_lazy("extension", "Withdrawn")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="extension_requests")
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    due_on = models.DateField()  # the date that held on the day of asking
    wished_on = models.DateField()
    asked_on = models.DateField()
    reason = models.CharField(max_length=500)
    progress = models.CharField(max_length=500, blank=True)  # what has been done so far
    higher = models.BooleanField(default=False)  # decided one level higher than the issuer's desk
    head = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # who passed it on
    decide_by = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    moved_from = models.DateField(null=True, blank=True)  # the due date on the day of deciding
    granted_on = models.DateField(null=True, blank=True)
    words = models.CharField(max_length=500, blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(state__in=["at_unit", "asked"]), name="extension_one_open"
            ),
            models.CheckConstraint(
                name="extension_asked_in_time", condition=Q(asked_on__lte=F("due_on"), wished_on__gt=F("due_on"))
            ),
            models.CheckConstraint(name="extension_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="extension_ends_once",
                condition=Q(state__in=["at_unit", "asked"], ended_at=None, ended_by=None)
                | (~Q(state__in=["at_unit", "asked"]) & Q(ended_at__isnull=False, ended_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="extension_granted_later",  # I-20
                condition=Q(
                    state="agreed",
                    granted_on__gt=F("moved_from"),
                    granted_on__gte=F("decided_on"),
                    moved_from__isnull=False,
                    decided_on__isnull=False,
                    granted_on__isnull=False,
                )
                | (~Q(state="agreed") & Q(granted_on=None)),
            ),
            models.CheckConstraint(
                name="extension_refused_with_words", condition=~Q(state__in=["refused", "declined"]) | ~Q(words="")
            ),
            models.CheckConstraint(
                name="extension_decided_by_another",  # I-22
                condition=~Q(state__in=["agreed", "refused"]) | ~Q(ended_by=F("by")),
            ),
            models.CheckConstraint(
                name="extension_passed_on_has_a_day",
                condition=~Q(state__in=["asked", "agreed", "refused"]) | Q(decide_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["decide_by"], name="extension_waiting", condition=Q(state="asked"))  # deciders' queues
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.due_on} → {self.wished_on}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:extension", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether nobody has said the last word."""
        return self.state in (self.State.AT_UNIT, self.State.ASKED)

    @property
    def passed_on(self) -> bool:
        """Whether it left the unit; until then the issuer's side sees nothing of it (design 3)."""
        return self.decide_by is not None

    def is_late(self, on: date) -> bool:
        """Whether the decision is overdue: our own delay, said to whoever decides."""
        return self.state == self.State.ASKED and self.decide_by is not None and self.decide_by < on


class HelpQuerySet(models.QuerySet["HelpRequest"]):
    """Ways to speak of requests for help."""

    def waiting(self) -> Self:
        """Not answered, about work that is not over."""
        return self.filter(state=HelpRequest.State.OPEN).exclude(assignment__stage__in=CLOSED)


class HelpRequest(Said):
    """Somebody who does the work asks the issuer for help. It is no black mark: no light and no figure changes."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for help")
        ANSWERED = "answered", pgettext_lazy("help", "Answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("help", "Withdrawn")

    class Why(models.TextChoices):
        UNCLEAR = "unclear", _("What is asked is unclear")
        PAPERS = "papers", _("Waiting for papers from above")
        MEANS = "means", _("Short of people or money")
        OTHERS = "others", _("Another unit is needed")
        OTHER = "other", _("Something else")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="help_requests")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    why = models.CharField(max_length=12, choices=Why, default=Why.OTHER)
    text = models.CharField(max_length=500)
    answer = models.CharField(max_length=500, blank=True)
    published = models.ForeignKey(
        "Clarification", null=True, blank=True, on_delete=models.PROTECT, related_name="answered_requests"
    )

    objects = HelpQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment"], condition=Q(state="open"), name="help_one_open"),
            models.CheckConstraint(name="help_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="help_ends_once",
                condition=Q(state="open", ended_at=None, ended_by=None, answer="", published=None)
                | (Q(state="answered", ended_at__isnull=False, ended_by__isnull=False) & ~Q(answer=""))
                | Q(state="withdrawn", ended_at__isnull=False, ended_by__isnull=False, answer="", published=None),
            ),
            models.CheckConstraint(
                name="help_answered_by_another", condition=~Q(state="answered") | ~Q(ended_by=F("by"))
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]

    def get_absolute_url(self) -> str:
        return reverse("tasks:help", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == self.State.OPEN


class Clarification(models.Model):
    """Words of the issuer to every receiver of a task, without a new version. Append-only."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="clarifications")
    text = models.CharField(max_length=500)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(name="clarification_has_words", condition=~Q(text=""))]

    def __str__(self) -> str:
        return self.text[:40]


class InstructionQuerySet(models.QuerySet["Instruction"]):
    """Ways to speak of instructions."""

    def visible_to(self, user: User, on: date) -> Self:
        """Those given by a unit that `user` serves, and those to one; the boundary holds by the same sight (design 3, 6)."""
        sight: Any = user.sight(on)
        return self.filter(
            sight.q("unit__path", "unit__body_id", "unit_id")
            | sight.q("issuer__path", "issuer__body_id", "issuer_id")
            | Q(by=user)
        )

    def open(self) -> Self:
        """Not answered and not withdrawn."""
        return self.filter(state=Instruction.State.OPEN)


class Instruction(Said):
    """A leader's words to one unit's desk, about a piece of work or the unit as a whole; answered with words by a day."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("instruction", "Waiting for an answer")
        ANSWERED = "answered", pgettext_lazy("instruction", "Answered")
        WITHDRAWN = "withdrawn", pgettext_lazy("instruction", "Withdrawn")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="instructions")
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")  # the unit that the leader leads
    assignment = models.ForeignKey(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="instructions"
    )
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="instructions")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    text = models.CharField(max_length=500)
    given_on = models.DateField()
    due_on = models.DateField()
    answer = models.CharField(max_length=500, blank=True)

    objects = InstructionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(name="instruction_has_words", condition=~Q(text="")),
            models.CheckConstraint(name="instruction_due_after_its_day", condition=Q(due_on__gte=F("given_on"))),
            models.CheckConstraint(name="instruction_about_one_thing", condition=Q(assignment=None) | Q(task=None)),
            models.CheckConstraint(
                name="instruction_ends_once",
                condition=Q(state="open", ended_at=None, ended_by=None, answer="")
                | (Q(state="answered", ended_at__isnull=False, ended_by__isnull=False) & ~Q(answer=""))
                | Q(state="withdrawn", ended_at__isnull=False, ended_by__isnull=False, answer=""),
            ),
            models.CheckConstraint(
                name="instruction_answered_by_another", condition=~Q(state="answered") | ~Q(ended_by=F("by"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_on"], name="instruction_open", condition=Q(state="open")
            )  # a desk's to-do
        ]

    def __str__(self) -> str:
        return self.text[:40]

    def get_absolute_url(self) -> str:
        return reverse("tasks:instruction", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == self.State.OPEN

    def is_late(self, on: date) -> bool:
        """Whether the answer is overdue."""
        return self.is_open and self.due_on < on
