"""Platforms and party branches: what a branch hangs on, its type, its life and its members (design 3, domain 1.3–1.5).

What a temporary branch may not do (admit, discipline, collect dues, elect) has no table here in which to be entered.
Rules that no check of one row can hold stand as constraint triggers in the migrations.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.models.people import User
from branches.models.units import Unit
from branches.models.words import Line, Named, Span, SpanQuerySet, span_check

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

FULL_MEMBERS_NEEDED = 3  # at activation (CPC branch regulations; Jiangsu CPPCC 2023 for temporary branches)


class PlatformQuerySet(SpanQuerySet):
    """Ways to speak of platforms."""

    def visible_to(self, user: User, on: date) -> Self:
        """Platforms of the bodies in which `user` serves."""
        sight = user.sight(on)
        return self if sight.whole_tree else self.filter(body_id__in=sight.bodies)


class Gap(models.TextChoices):
    """Why a lounge, hall or studio has no branch: entered by its body, and taken away when a branch hangs on it."""

    NOT_NEEDED = "not_needed", pgettext_lazy("gap", "Not needed")
    UNDER_WAY = "under_way", pgettext_lazy("gap", "Under way")
    TOO_FEW = "too_few", pgettext_lazy("gap", "No three CPC members")
    OTHER = "other", pgettext_lazy("gap", "Other reason")


class Platform(Named, Span):
    """A place or event that a branch hangs on, such as a Members' Lounge or a plenary session."""

    class Kind(models.TextChoices):
        LOUNGE = "lounge", _("Members’ Lounge")
        HALL = "hall", _("Livelihood Deliberation Hall")
        STUDIO = "studio", _("Member studio")
        SESSION = "session", _("Plenary session")
        TRIP = "trip", _("Inspection or study trip")

    LASTING = (Kind.LOUNGE, Kind.HALL, Kind.STUDIO)  # kinds that should have a branch as long as they are open

    kind = models.CharField(_("Kind"), max_length=16, choices=Kind)
    body = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="platforms")
    lead_member = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="leads_platforms"
    )
    place = models.CharField(_("Place"), max_length=160, blank=True)
    gap = models.CharField(_("Why it has no branch"), max_length=16, choices=Gap, blank=True)
    gap_words = models.CharField(_("In words"), max_length=200, blank=True)
    gap_on = models.DateField(null=True, blank=True)  # the day on which the reason was entered
    version = models.PositiveIntegerField(default=1)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        ordering = ["body__path", "kind", "pk"]
        constraints = [span_check("platform_span")]

    def get_absolute_url(self) -> str:
        return reverse("branches:platform", args=[self.pk])


class BranchType(Named):
    """What sort of branch: data, because the lower the level, the more self-invented the form (domain 1.5)."""

    code = models.SlugField(max_length=32, primary_key=True)
    temporary = models.BooleanField(default=False)
    line = models.CharField(max_length=8, choices=Line, default=Line.OFFICE)
    appointed_leaders = models.BooleanField(default=False, help_text=_("Leaders are appointed by the approving unit"))
    needs_platform = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["code", "temporary"], name="branch_type_temporary")]


class BranchState(models.TextChoices):
    """The life of a branch."""

    PLANNED = "planned", pgettext_lazy("branch", "Planned")
    APPROVED = "approved", pgettext_lazy("branch", "Approved")
    ACTIVE = "active", pgettext_lazy("branch", "Active")
    ENDED = "ended", pgettext_lazy("branch", "Ended")


class BranchQuerySet(models.QuerySet["Branch"]):
    """Ways to speak of branches."""

    def visible_to(self, user: User, on: date) -> Self:
        """Branches whose unit `user` may see."""
        return self.filter(unit__in=Unit.objects.visible_to(user, on))


class Branch(models.Model):
    """The branch side of a unit: type, line, platform, who approved it, and where its life stands.

    `unit.ends_on` is its (planned) end. I-5, 6, 8, 9, 10 of domain 7 are held here and by triggers.
    """

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="branch")
    type = models.ForeignKey(BranchType, on_delete=models.PROTECT, related_name="branches")
    temporary = models.BooleanField(default=False, editable=False)  # equals type.temporary: composite foreign key
    line = models.CharField(_("Line"), max_length=8, choices=Line)
    platform = models.ForeignKey(Platform, null=True, blank=True, on_delete=models.PROTECT, related_name="branches")
    approved_by = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="approved_branches"
    )
    approval_document = models.CharField(_("Approval document"), max_length=120, blank=True)
    approved_on = models.DateField(_("Approved on"), null=True, blank=True)
    approval_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approval_on_paper = models.BooleanField(default=True)  # `approval_by` recorded a paper; else he approved it himself
    asked = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")  # to approve
    plan_paper = models.CharField(_("Activity plan"), max_length=160, blank=True)
    duties = models.TextField(pgettext_lazy("branch", "Duties"), max_length=1000, blank=True)
    arrangements = models.TextField(_("Arrangements"), max_length=1000, blank=True)
    announced_on = models.DateField(_("Announced on"), null=True, blank=True)
    announced_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    summary = models.TextField(_("Summary"), max_length=4000, blank=True)
    summary_on = models.DateField(null=True, blank=True)
    summary_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=BranchState, default=BranchState.PLANNED)
    activated_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = BranchQuerySet.as_manager()

    if TYPE_CHECKING:
        memberships: RelatedManager[Membership]

    class Meta:
        ordering = ["unit__path"]
        constraints = [
            models.CheckConstraint(
                name="branch_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("unit")),
            ),
            models.CheckConstraint(  # I-5
                name="branch_temporary_has_host_and_approval",
                condition=Q(temporary=False)
                | Q(state=BranchState.PLANNED, platform__isnull=False)
                | (
                    Q(platform__isnull=False, approved_by__isnull=False, approved_on__isnull=False)
                    & ~Q(approval_document="")
                ),
            ),
            models.CheckConstraint(
                name="branch_active_has_a_day",
                condition=~Q(state__in=["active", "ended"]) | Q(activated_on__isnull=False) | Q(state="ended"),
            ),
            models.CheckConstraint(
                name="branch_announced_by_somebody",
                condition=Q(announced_on__isnull=True) | Q(announced_by__isnull=False),
            ),
            models.CheckConstraint(
                name="branch_summary_has_an_author",
                condition=Q(summary="") | Q(summary_on__isnull=False, summary_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.unit.name

    def get_absolute_url(self) -> str:
        return reverse("branches:branch", args=[self.pk])


class Pairing(Span):
    """An office branch and a members' branch that help each other for a time (domain 1.3: the lines help each other)."""

    office = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="paired_with_members")
    members = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="paired_with_office")
    office_gives = models.CharField(_("What the office branch does"), max_length=200, blank=True)
    members_give = models.CharField(_("What the members’ branch does"), max_length=200, blank=True)

    objects = SpanQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            span_check("pairing_span"),
            models.CheckConstraint(name="pairing_of_two", condition=~Q(office=F("members"))),
            models.UniqueConstraint(
                fields=["office", "members"], condition=Q(ends_on__isnull=True), name="pairing_once_while_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} · {self.members}"


class Membership(Span):
    """A person in a branch, as home branch or for a time. Non-CPC people can be contacts, never members (I-10)."""

    class Kind(models.TextChoices):
        HOME = "home", pgettext_lazy("membership", "Home branch")
        TEMPORARY = "temporary", pgettext_lazy("membership", "Temporary")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="memberships")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.TEMPORARY)

    objects = SpanQuerySet.as_manager()

    class Meta:
        ordering = ["branch__unit__path", "user__pinyin"]
        constraints = [
            span_check("membership_span"),
            models.UniqueConstraint(
                fields=["user", "branch"], condition=Q(ends_on__isnull=True), name="membership_once_while_open"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(kind="home", ends_on__isnull=True), name="one_home_branch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.branch}"
