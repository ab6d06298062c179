"""The tree of units, the names under which lists call them, the groups that lists name, and each body's own wishes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from branches.models.words import Named, Span, active_q, span_check

if TYPE_CHECKING:
    from branches.models.people import User

LATE_REASONS = ("等上级文件", "人员变动", "需兄弟单位配合", "其他")  # data that a body changes, not words of the screen
RETURN_PHRASES = ("缺材料", "数字不符", "请写成效")
STEP = 4  # characters a level in a unit's path


class UnitKind(Named):
    """What a unit is. Data with a code, because places invent kinds of their own (domain 1.5)."""

    code = models.SlugField(max_length=32, primary_key=True)
    is_body = models.BooleanField(default=False, help_text=_("Seeing and command stop at the boundary of a body"))
    has_people = models.BooleanField(default=True, help_text=_("Units of this kind can hold posts and report"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]


class UnitQuerySet(MP_NodeQuerySet):
    """Ways to speak of units."""

    def active(self, on: date) -> Self:
        """Units that exist on the day `on`."""
        return self.filter(active_q(on))

    def under(self, unit: Unit) -> Self:
        """The unit and everything below it, across body boundaries."""
        return self.filter(path__startswith=unit.path)

    def visible_to(self, user: User, on: date) -> Self:
        """What `user` may see of the tree: the units of his bodies, the bodies above and directly below them.

        The inside of another body is not shown (design 3, body boundary). A system admin keeps the whole tree.
        """
        sight = user.sight(on)
        if sight.whole_tree:
            return self
        above = [path[:n] for path in sight.body_paths for n in range(STEP, len(path), STEP)]
        children = Q()
        for path in sight.body_paths:
            children |= Q(path__startswith=path, kind__is_body=True)
        return self.filter(
            Q(body_id__in=sight.bodies)
            | Q(path__in=above, kind__is_body=True)
            | (children if sight.body_paths else Q(pk=None))
        )


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):  # type: ignore[misc] # a class made at run time
    """Units in the order of the tree, which is the establishment order."""

    def get_queryset(self) -> UnitQuerySet:
        return UnitQuerySet(self.model, using=self._db).order_by("path")


class Unit(MP_Node, Named, Span):
    """Everything that can be given work or hold a post. Siblings stand in establishment order; units end, never vanish."""

    steplen = STEP
    path = models.CharField(max_length=255, unique=True, db_collation="C")
    kind = models.ForeignKey(UnitKind, on_delete=models.PROTECT)
    body = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="units"
    )
    code = models.SlugField(_("Code"), max_length=64, unique=True)
    short_name = models.CharField(_("Short name"), max_length=60, blank=True)
    initials = models.CharField(_("Pinyin initials"), max_length=60, blank=True, db_index=True)
    pinyin = models.CharField(max_length=255, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = UnitManager()

    class Meta:
        constraints = [
            span_check("unit_span"),
            models.UniqueConstraint(fields=["id", "path"], name="unit_id_path"),  # carries assignments along a move
        ]

    def get_absolute_url(self) -> str:
        return reverse("branches:unit", args=[self.pk])

    @property
    def is_body(self) -> bool:
        """Whether the unit is a CPPCC body itself."""
        return self.body_id == self.pk

    @property
    def called(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name

    @property
    def local_called(self) -> str:
        """The same for the language of the page; English names have no short form."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.called

    def is_below(self, other: Unit) -> bool:
        """Whether this unit is `other` or lies under it."""
        return self.path.startswith(other.path)

    def covers(self, other: Unit) -> bool:
        """Whether someone at this unit answers for `other`: at or below it, in the same body (design 3)."""
        return self.body_id is not None and self.body_id == other.body_id and other.path.startswith(self.path)


class UnitAlias(models.Model):
    """Another name under which lists call a unit; kept by the body that uses it."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="aliases")
    body = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "name"], name="alias_once_in_a_body")]

    def __str__(self) -> str:
        return self.name


class UnitGroup(Named):
    """A rule over the tree that a list names as receiver: 各县（市、区）政协, 各党支部, 各专委会 (design 3).

    Without a body it holds everywhere; a body's own group of the same name goes before it. It is resolved inside the
    issuing body, on the day on which a period is made.
    """

    class Reach(models.TextChoices):
        OWN = "own", _("Units of the issuing body")
        CHILD_BODIES = "child_bodies", _("Bodies directly below the issuing body")

    body = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="groups")
    reach = models.CharField(max_length=16, choices=Reach, default=Reach.OWN)
    kinds = ArrayField(models.SlugField(max_length=32), default=list, blank=True)
    branch_types = ArrayField(models.SlugField(max_length=32), default=list, blank=True)
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["body", "name"], name="group_once_in_a_body", nulls_distinct=False)
        ]

    @staticmethod
    def candidates(issuer_body: Unit, on: date) -> UnitQuerySet:
        """Every unit that any group could mean for `issuer_body` on the day `on`, in establishment order: asked once for all."""
        below = models.Q(kind__is_body=True, path__startswith=issuer_body.path, depth=issuer_body.depth + 1)
        rows = Unit.objects.active(on).filter(models.Q(body=issuer_body) | below)
        return rows.select_related("kind", "body", "branch")

    def takes(self, unit: Unit, issuer_body: Unit) -> bool:
        """Whether the group means this one of the candidates."""
        if self.reach == self.Reach.CHILD_BODIES:
            return unit.is_body and unit.pk != issuer_body.pk
        if unit.body_id != issuer_body.pk or (self.kinds and unit.kind_id not in self.kinds):
            return False
        branch = getattr(unit, "branch", None)
        return not self.branch_types or (
            branch is not None and branch.type_id in self.branch_types and branch.state == "active"
        )


class BodySettings(models.Model):
    """Where a body decides for itself (ux S27). Every field has a national default and says what it changes."""

    body = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="wishes")
    due_soon_days = models.PositiveSmallIntegerField(
        _("Due soon: calendar days before the due date"),
        default=7,
        help_text=_("From that day on an open assignment shows “due soon”"),
    )
    due_soon_workdays = models.PositiveSmallIntegerField(
        _("Due soon for tasks shorter than a month: working days"),
        default=3,
        help_text=_("Short tasks turn to “due soon” later, so that the mark keeps its meaning"),
    )
    supplement_workdays = models.PositiveSmallIntegerField(
        _("Working days to supplement a returned report"),
        default=3,
        help_text=_("A returned assignment is overdue only after this supplement date"),
    )
    sign_workdays = models.PositiveSmallIntegerField(
        _("Working days to sign for a list"),
        default=3,
        help_text=_("After that the list stands first in the work queue"),
    )
    review_workdays = models.PositiveSmallIntegerField(
        _("Working days to review a report"),
        default=5,
        help_text=_("After that the waiting time is shown in red to the reviewer"),
    )
    at_once_days = models.PositiveSmallIntegerField(
        _("Days meant by “correct at once”"),
        default=15,
        help_text=_("Sets the due date of such tasks, counted from publishing"),
    )
    approve_lists = models.BooleanField(
        _("Lists are approved by a leader before publishing"),
        default=False,
        help_text=_("The last step of a new list then offers “Send for approval” instead of “Publish”"),
    )
    siblings_mean = models.BooleanField(
        _("Units may see the mean of their siblings"),
        default=True,
        help_text=_("Never the figures of a single sibling; from three siblings on"),
    )
    reminder_hour = models.PositiveSmallIntegerField(
        _("Hour of the daily digest"), default=8, help_text=_("On working days, one message a person; 8 to 19 o’clock")
    )
    escalate_workdays = models.PositiveSmallIntegerField(
        _("Working days overdue before the level above is told"),
        default=5,
        help_text=_("Once, up the same tree and never before the one who does the work was told; 0: never"),
    )
    signed_links = models.BooleanField(
        _("Messages carry a link straight to the form"),
        default=True,
        help_text=_("A new device asks for the last four digits of the phone; never for people who administer"),
    )
    late_reasons = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        verbose_name=_("Reasons offered for late work"),
        help_text=_("One a line; a late report chooses one of them"),
    )
    return_phrases = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        verbose_name=_("Stock phrases for returning a report"),
        help_text=_("One a line; offered as buttons on the review page"),
    )
    grades = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        verbose_name=_("Grades for completed work"),
        help_text=_(
            "One a line, such as “good” or “to be improved”; without any, nothing is graded. Nobody is ranked by them"
        ),
    )
    extensions_most = models.PositiveSmallIntegerField(
        _("Later due dates for one assignment"),
        default=2,
        help_text=_("After that many a unit cannot ask for more time; the issuer’s desk still can give it"),
    )
    extension_head_first = models.BooleanField(
        _("The head agrees before a unit of this body asks for more time"),
        default=False,
        help_text=_("Until then the issuer sees nothing of the request"),
    )
    extension_higher = models.BooleanField(
        _("The second request for more time is decided one level higher"),
        default=True,
        help_text=_("By a leader, or by the desk of the unit above, where there is one"),
    )
    decide_workdays = models.PositiveSmallIntegerField(
        _("Working days to decide on a request for more time"),
        default=3,
        help_text=_("After that the waiting time is shown in red to whoever decides"),
    )
    instruction_workdays = models.PositiveSmallIntegerField(
        _("Working days to answer an instruction"),
        default=5,
        help_text=_("Sets the day that is offered when a leader writes one"),
    )
    help_phone = models.CharField(
        _("Phone for help"), max_length=40, blank=True, help_text=_("Shown on error pages and in Help")
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "body settings"
        constraints = [
            models.CheckConstraint(name="settings_hour", condition=Q(reminder_hour__gte=8, reminder_hour__lte=19)),
        ]

    def __str__(self) -> str:
        return f"{self.body}"

    @classmethod
    def of(cls, body: Unit | None) -> BodySettings:
        """What this body wants; the national defaults (not saved) where it never said anything."""
        found = cls.objects.filter(body=body).first() if body else None
        return found or cls.unsaid(body)

    @classmethod
    def unsaid(cls, body: Unit | None) -> BodySettings:
        """The national defaults, of a body that never said anything."""
        return cls(body=body, late_reasons=list(LATE_REASONS), return_phrases=list(RETURN_PHRASES))
