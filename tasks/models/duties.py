"""The responsibility list as a document of its own: who answers for what, standing, by subject (design 4, domain 1.7).

A duty links to tasks and takes its state from them. A negative duty ("no ... may") never completes: it says "no breach
noted", or names a dated breach, which is corrected by a later note and never rubbed out.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models import BranchState, Unit, UnitGroup, User
from tasks.models.lists import Task, TaskList
from tasks.states import ListStage

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

DEEPEST = 3  # levels of headings: 党组 › 主体责任 › 书记
WORDS = 500


def no_headings() -> list[str]:
    """The default of `Duty.heading`."""
    return []


class DutyQuerySet(models.QuerySet["Duty"]):
    """Ways to speak of duties."""

    def visible_to(self, user: User, on: date) -> Self:
        """Duties of drafts on one's desk; of issued lists all of them for whoever serves the issuing side, and one's own
        for everybody else: bearers see what they bear, another body what its body bears (design 3, 6)."""
        drafts = TaskList.objects.visible_to(user, on).filter(stage__in=[ListStage.DRAFT, ListStage.IN_APPROVAL])
        issued = Q(list__issued_on__isnull=False)
        return self.filter(
            Q(list__in=drafts)
            | (issued & user.sight(on).q("list__issuer__path", "list__issuer__body_id", "list__issuer_id"))
            | (issued & Q(pk__in=Bearer.objects.borne_by(user, on).values("duty_id")))
        )


class Duty(models.Model):
    """One line of a responsibility list. Its words are frozen at issue (I-15); links and breach notes live on."""

    class Kind(models.TextChoices):
        POSITIVE = "positive", pgettext_lazy("duty", "To do")
        NEGATIVE = "negative", pgettext_lazy("duty", "Not to do")

    list = models.ForeignKey(TaskList, on_delete=models.CASCADE, related_name="duties")
    position = models.PositiveSmallIntegerField()
    heading = ArrayField(models.CharField(max_length=60), default=no_headings, blank=True)  # level, subject, ...
    content = models.CharField(_("Duty"), max_length=WORDS)
    content_en = models.CharField(_("Duty in English"), max_length=WORDS, blank=True)
    source = models.CharField(_("Source"), max_length=200, blank=True)
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind, default=Kind.POSITIVE)
    standing = models.BooleanField(pgettext_lazy("duty", "Standing"), default=True)  # False: for the year of the list

    objects = DutyQuerySet.as_manager()

    if TYPE_CHECKING:
        list_id: int
        bearers: RelatedManager[Bearer]
        links: RelatedManager[DutyTask]
        breaches: RelatedManager[Breach]

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["list", "position"], name="duty_once_a_place"),
            models.CheckConstraint(name="duty_has_words", condition=~Q(content="")),
            models.CheckConstraint(name="duty_headings", condition=Q(heading__len__lte=DEEPEST)),
        ]

    def __str__(self) -> str:
        return self.content

    def get_absolute_url(self) -> str:
        return reverse("tasks:duty", args=[self.pk])

    @property
    def name(self) -> str:
        """The duty's words."""
        return self.content

    @property
    def name_en(self) -> str:
        """The duty's words in the second language."""
        return self.content_en

    @property
    def local_name(self) -> str:
        """The duty's words for the language of the page."""
        return self.content_en if self.content_en and (get_language() or "").startswith("en") else self.content

    @property
    def is_negative(self) -> bool:
        """Whether it forbids something, and so never completes."""
        return self.kind == self.Kind.NEGATIVE


def _any_of(value: str, array: str) -> Func:
    """SQL `value = ANY(array)`, with the array in the outer row."""
    return Func(
        F(value),
        OuterRef(array),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=models.BooleanField(),
    )


def _is_empty(array: str) -> Exact:
    return Exact(Func(OuterRef(array), function="CARDINALITY", output_field=IntegerField()), 0)


class BearerQuerySet(models.QuerySet["Bearer"]):
    """Ways to speak of bearers."""

    def borne_by(self, user: User, on: date) -> Self:
        """What falls on `user`: on a unit he serves, by name, as one of a group, or on a post that he holds.

        A group is asked for as of the day: a branch founded in May bears what "各党支部" bear from May on.
        """
        units = Unit.objects.filter(user.sight(on).q("path", "body_id", "pk")).active(on)
        own = units.filter(body=OuterRef("duty__list__issuer__body")).filter(
            Q(_is_empty("group__kinds")) | Q(_any_of("kind_id", "group__kinds")),
            Q(_is_empty("group__branch_types"))
            | (Q(_any_of("branch__type_id", "group__branch_types")) & Q(branch__state=BranchState.ACTIVE)),
        )
        bodies = units.filter(
            kind__is_body=True,
            path__startswith=OuterRef("duty__list__issuer__body__path"),
            depth=OuterRef("duty__list__issuer__body__depth") + 1,
        )
        posts = user.posts.active(on).filter(
            unit__body=OuterRef("duty__list__issuer__body"), title=OuterRef("post_title")
        )
        return self.filter(
            user.sight(on).q("unit__path", "unit__body_id", "unit_id")
            | (Q(group__reach=UnitGroup.Reach.OWN) & Exists(own))
            | (Q(group__reach=UnitGroup.Reach.CHILD_BODIES) & Exists(bodies))
            | (Q(unit__isnull=True, group__isnull=True, outside_name="") & Exists(posts))
        )


class Bearer(models.Model):
    """Who answers for a duty: a unit, a group, a post in either, or a post anywhere in the body; else a printed name.

    The post is a title (党组书记, 主要负责人), never a person: whoever holds it today is the one responsible.
    """

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="bearers")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(UnitGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outside_name = models.CharField(max_length=120, blank=True)
    post_title = models.CharField(_("Responsible post"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = BearerQuerySet.as_manager()

    class Meta:
        ordering = ["duty", "position"]
        constraints = [
            models.UniqueConstraint(fields=["duty", "position"], name="bearer_once_a_place"),
            models.CheckConstraint(
                name="bearer_is_one_thing",
                condition=Q(unit__isnull=False, group__isnull=True, outside_name="")
                | Q(unit__isnull=True, group__isnull=False, outside_name="")
                | (Q(unit__isnull=True, group__isnull=True) & (~Q(outside_name="") | ~Q(post_title=""))),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, [str(self.unit or self.group or self.outside_name), self.post_title]))

    @property
    def thing(self) -> Unit | UnitGroup | None:
        """The unit or group, where the tree knows it."""
        return self.unit or self.group


class DutyTask(models.Model):
    """A task that carries a duty out; the duty's state is derived from such tasks."""

    duty = models.ForeignKey(Duty, on_delete=models.CASCADE, related_name="links")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="duty_links")
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        ordering = ["duty", "task__list", "task__position"]
        constraints = [models.UniqueConstraint(fields=["duty", "task"], name="duty_task_once")]

    def __str__(self) -> str:
        return f"{self.duty} → {self.task}"


class Breach(models.Model):
    """A breach of a negative duty, noted with its day. Append-only: a correction is a later note on the same duty."""

    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="breaches")
    on_day = models.DateField(_("Day of the breach"))
    words = models.CharField(_("What happened"), max_length=300)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    noted_on = models.DateField()
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    withdrawn = models.BooleanField(default=False)  # the corrected note was wrong: there was no breach

    class Meta:
        verbose_name_plural = "breaches"
        ordering = ["-on_day", "-pk"]
        constraints = [
            models.CheckConstraint(name="breach_has_words", condition=~Q(words="")),
            models.CheckConstraint(name="breach_not_in_the_future", condition=Q(on_day__lte=F("noted_on"))),
            models.CheckConstraint(
                name="breach_withdrawn_corrects_one", condition=Q(withdrawn=False) | Q(corrects__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on_day} {self.words}"


def standing_breaches(notes: Any) -> list[Breach]:
    """The notes that hold now: neither corrected by a later one nor the withdrawal of one."""
    replaced = {note.corrects_id for note in notes if note.corrects_id}
    return [note for note in notes if note.pk not in replaced and not note.withdrawn]
