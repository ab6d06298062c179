"""Supervision slips (督办单): numbered documents that a person issues to one unit; apart from lights, never automatic.

Nothing of a slip changes after issue. What becomes of it are rows of their own: answers, and what its issuer said to them;
where it stands is derived from those (I-26).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, Min, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models import Post, Unit, User
from tasks.models.assignments import Assignment
from tasks.models.lists import Task
from tasks.models.reports import StoredFile

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# National defaults, which a body changes: data as it stands on paper, not words of the screen (domain 1.14)
LEVEL_NAMES = ("提醒", "督办", "催办重办")
LEVEL_MARKS = ("提", "督", "重")
LEVELS = (1, 2, 3)


class SlipWords(models.Model):
    """How a body calls its three levels, and the word before the year in the number of each (某政督〔2026〕3号)."""

    body = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="slip_words")
    names = ArrayField(models.CharField(max_length=12), size=3)
    prefixes = ArrayField(models.CharField(max_length=20), size=3)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="slip_words_three_levels", condition=Q(names__len=len(LEVELS), prefixes__len=len(LEVELS))
            )
        ]

    def __str__(self) -> str:
        return f"{self.body}"

    @classmethod
    def of(cls, body: Unit) -> SlipWords:
        """What this body said; national names, and prefixes from its own short name, where it never did."""
        found = cls.objects.filter(body=body).first()
        prefixes = [f"{body.called[:18]}{mark}" for mark in LEVEL_MARKS]
        return found or cls(body=body, names=list(LEVEL_NAMES), prefixes=prefixes)

    @property
    def levels(self) -> list[tuple[int, str, str]]:
        """Level, its name, its prefix."""
        return list(zip(LEVELS, self.names, self.prefixes, strict=True))


class SlipCounter(models.Model):
    """The last number given in one series: body, kind (its prefix) and year. The row is the lock that keeps numbers gapless."""

    body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "prefix", "year"], name="slip_counter_once")]

    def __str__(self) -> str:
        return f"{self.prefix} {self.year}: {self.last}"


class SlipState(models.TextChoices):
    """Where a slip stands, derived and never stored."""

    WAITING = "waiting", _("Waiting for an answer")
    ANSWERED = "answered", _("Answered, to be looked at")
    CLOSED = "closed", pgettext_lazy("slip", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("slip", "Withdrawn")


class SlipQuerySet(models.QuerySet["Slip"]):
    """Ways to speak of slips."""

    def visible_to(self, user: User, on: date) -> Self:
        """Slips that `user` reads from the issuer's side or from the side of a unit named in it; the boundary of a body
        holds by the same sight as for assignments (design 3, 6)."""
        sight = user.sight(on)
        helped = Slip.supports.through.objects.filter(
            sight.q("unit__path", "unit__body_id", "unit_id"), slip=OuterRef("pk")
        )
        return self.filter(issued_q(sight) | led_q(sight) | Exists(helped))

    def with_standing(self) -> Self:
        """Adds `state`, `next_due` (the soonest day that has no answer standing) and `last_answer_at`."""
        notes = SlipNote.objects.filter(slip=OuterRef("pk"))
        last = SlipNote.objects.filter(due=OuterRef("pk"), kind__in=SPOKEN).order_by("-at", "-pk").values("kind")[:1]
        dues = SlipDue.objects.filter(slip=OuterRef("pk")).annotate(last=Subquery(last)).order_by()
        unanswered = dues.filter(Q(last=None) | Q(last=SlipNote.Kind.AGAIN))
        answers = notes.filter(kind=SlipNote.Kind.ANSWER).order_by("-at", "-pk")
        state = Case(
            When(Exists(notes.filter(kind=SlipNote.Kind.WITHDRAWN)), then=Value(SlipState.WITHDRAWN)),
            When(Exists(notes.filter(closes=True)), then=Value(SlipState.CLOSED)),
            When(Exists(dues.filter(last=SlipNote.Kind.ANSWER)), then=Value(SlipState.ANSWERED)),
            default=Value(SlipState.WAITING),
            output_field=models.CharField(),
        )
        return self.annotate(
            state=state,
            next_due=Subquery(unanswered.values("slip").annotate(soonest=Min("due_on")).values("soonest")),
            last_answer_at=Subquery(answers.values("at")[:1]),
        )

    def in_state(self, state: str) -> Self:
        """Slips that stand so, with their standing."""
        return self.with_standing().filter(Q(state=state))


def issued_q(sight: Any) -> Q:
    """The slips of the units that this sight serves, as their issuer."""
    return Q(sight.q("issuer__path", "issuer__body_id", "issuer_id"))


def led_q(sight: Any) -> Q:
    """The slips to units that this sight serves."""
    return Q(sight.q("lead__path", "lead__body_id", "lead_id"))


class Slip(models.Model):
    """One slip as it was issued. The database refuses to change or delete it."""

    class Feedback(models.TextChoices):
        ONCE = "once", _("Once")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")
        QUARTERLY = "quarterly", _("Every quarter")

    body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="slips_issued")
    prefix = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    level_name = models.CharField(max_length=12)  # as the body called it that day
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="slips_received")
    supports: models.ManyToManyField[Unit, Any] = models.ManyToManyField(Unit, related_name="+", blank=True)
    assignments: models.ManyToManyField[Assignment, Any] = models.ManyToManyField(
        Assignment, related_name="slips", blank=True
    )
    task = models.ForeignKey(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="slips")
    matter = models.CharField(max_length=120)
    content = models.TextField(max_length=2000, blank=True)
    instructed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    leading: models.ManyToManyField[User, Any] = models.ManyToManyField(User, related_name="+")
    supporting: models.ManyToManyField[User, Any] = models.ManyToManyField(User, related_name="+", blank=True)
    contact = models.CharField(max_length=40)
    phone = models.CharField(max_length=40, blank=True)
    feedback = models.CharField(max_length=12, choices=Feedback, default=Feedback.ONCE)
    due_on = models.DateField()
    files: models.ManyToManyField[StoredFile, Any] = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField()
    at = models.DateTimeField()

    objects = SlipQuerySet.as_manager()

    if TYPE_CHECKING:
        notes: RelatedManager[SlipNote]
        dues: RelatedManager[SlipDue]
        issuer_id: int
        lead_id: int
        by_id: int

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "prefix", "year", "number"], name="slip_number_once"),
            models.CheckConstraint(name="slip_level_of_three", condition=Q(level__in=LEVELS)),
            models.CheckConstraint(name="slip_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="slip_has_a_matter", condition=~Q(matter="") & ~Q(level_name="")),
            models.CheckConstraint(name="slip_due_after_issue", condition=Q(due_on__gte=F("issued_on"))),
        ]
        indexes = [
            models.Index(fields=["issuer", "-at"], name="slip_by_issuer"),  # the register and the issuer's queue
            models.Index(fields=["lead", "-at"], name="slip_by_lead"),  # the receiving unit's queue
        ]

    def __str__(self) -> str:
        return f"{self.called} {self.matter}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:slip", args=[self.pk])

    @property
    def now_stands(self) -> str:
        """Its state, asked afresh; `with_standing` asks for many."""
        return str(Slip.objects.with_standing().get(pk=self.pk).state)  # type: ignore[attr-defined] # annotated

    @property
    def called(self) -> str:
        """Its number as offices write it."""
        return f"{self.prefix}〔{self.year}〕{self.number}号"

    @property
    def is_regular(self) -> bool:
        """Whether an answer is owed again and again."""
        return self.feedback != self.Feedback.ONCE


class SlipDue(models.Model):
    """One day by which the unit answers: one for a slip that is answered once, several where it answers regularly."""

    slip = models.ForeignKey(Slip, on_delete=models.PROTECT, related_name="dues")
    due_on = models.DateField()

    class Meta:
        ordering = ["due_on"]
        constraints = [models.UniqueConstraint(fields=["slip", "due_on"], name="slip_due_once")]

    def __str__(self) -> str:
        return self.due_on.isoformat()


class SlipNote(models.Model):
    """An answer of the unit, or what the issuer said: accepted, asked again, withdrawn. Append-only."""

    class Kind(models.TextChoices):
        ANSWER = "answer", pgettext_lazy("slip", "Answered")
        ACCEPTED = "accepted", pgettext_lazy("slip", "Answer accepted")
        AGAIN = "again", pgettext_lazy("slip", "Asked again")
        WITHDRAWN = "withdrawn", pgettext_lazy("slip", "Withdrawn")

    slip = models.ForeignKey(Slip, on_delete=models.PROTECT, related_name="notes")
    due = models.ForeignKey(SlipDue, null=True, blank=True, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=12, choices=Kind)
    closes = models.BooleanField(default=False)  # the matter is done with
    text = models.TextField(max_length=2000, blank=True)
    files: models.ManyToManyField[StoredFile, Any] = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["slip"], condition=Q(kind="withdrawn"), name="slip_withdrawn_once"),
            models.UniqueConstraint(fields=["slip"], condition=Q(closes=True), name="slip_closed_once"),
            models.CheckConstraint(
                name="slip_note_has_its_due",
                condition=Q(kind="withdrawn", due__isnull=True) | (~Q(kind="withdrawn") & Q(due__isnull=False)),
            ),
            models.CheckConstraint(
                name="slip_note_has_words", condition=~Q(kind__in=["again", "withdrawn"]) | ~Q(text="")
            ),
            models.CheckConstraint(name="slip_closed_by_acceptance", condition=Q(closes=False) | Q(kind="accepted")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


SPOKEN = (SlipNote.Kind.ANSWER, SlipNote.Kind.ACCEPTED, SlipNote.Kind.AGAIN)
