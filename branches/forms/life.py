"""Forms about platforms, branches and their members."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.actions import BranchPlan, PlatformWords
from branches.forms.fields import DayField, LocalChoiceField, PersonField, PlainForm, UnitField
from branches.forms.units import WordsForm
from branches.models import Branch, BranchType, Gap, Line, Membership, Platform, Unit, User


class PlatformForm(PlainForm):
    """A platform of a body."""

    body = UnitField(label=gettext_lazy("Body"), empty_label=gettext_lazy("Choose"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Platform.Kind.choices)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=160, required=False)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=160, required=False)
    lead_member = PersonField(label=gettext_lazy("Lead member"), required=False)
    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(
        label=gettext_lazy("Ends on"),
        required=False,
        help_text=gettext_lazy("Its branches end on that day at the latest"),
    )

    def __init__(self, *args: Any, user: User, on: date, bodies: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body, lead = self.fields["body"], self.fields["lead_member"]
        assert isinstance(body, forms.ModelChoiceField)
        assert isinstance(lead, PersonField)
        body.queryset = bodies
        lead.seen_by(user, on)
        lead.widget.attrs |= {"list": "people", "autocomplete": "off"}

    def words(self) -> PlatformWords:
        """The words as the action takes them."""
        return PlatformWords(**{name: self.cleaned_data[name] for name in PlatformWords.__dataclass_fields__})


class PlanForm(WordsForm):
    """A branch on paper, on a platform that exists or on a new one."""

    parent = UnitField(label=gettext_lazy("Belongs to"), empty_label=gettext_lazy("Choose"))
    type = LocalChoiceField(
        label=gettext_lazy("Type"), queryset=BranchType.objects.none(), empty_label=gettext_lazy("Choose")
    )
    line = forms.ChoiceField(
        label=gettext_lazy("Line"), required=False, choices=[("", gettext_lazy("As usual for the type")), *Line.choices]
    )
    platform = LocalChoiceField(
        label=gettext_lazy("Platform"),
        queryset=Platform.objects.none(),
        required=False,
        empty_label=gettext_lazy("None, or a new one below"),
        help_text=gettext_lazy("A temporary branch needs one"),
    )
    platform_name = forms.CharField(label=gettext_lazy("Name of a new platform"), max_length=120, required=False)
    platform_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of the new platform"), required=False, choices=Platform.Kind.choices
    )
    platform_place = forms.CharField(label=gettext_lazy("Place"), max_length=160, required=False)
    platform_ends_on = DayField(label=gettext_lazy("The new platform ends on"), required=False)
    starts_on = DayField(label=gettext_lazy("First day"))
    ends_on = DayField(
        label=gettext_lazy("Ends on"), required=False, help_text=gettext_lazy("With its platform when left empty")
    )
    plan_paper = forms.CharField(
        label=gettext_lazy("Activity plan"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Name or number of the paper that names members, duties and arrangements"),
    )
    asked = UnitField(
        label=gettext_lazy("Approval is asked of"),
        required=False,
        empty_label=gettext_lazy("Not yet said"),
        help_text=gettext_lazy("Its head finds the branch on his first page and can approve it there"),
    )
    duties = forms.CharField(
        label=pgettext_lazy("branch", "Duties"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )
    arrangements = forms.CharField(
        label=gettext_lazy("Arrangements"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )
    folded = ("short_name", "name_en", "code", "line", "duties", "arrangements")
    field_order = (
        "parent",
        "type",
        "name",
        "short_name",
        "name_en",
        "code",
        "line",
        "starts_on",
        "ends_on",
        "plan_paper",
        "asked",
        "duties",
        "arrangements",
        "platform",
    )

    def __init__(self, *args: Any, parents: QuerySet[Unit], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent, kind, platform = (self.fields[name] for name in ("parent", "type", "platform"))
        asked = self.fields["asked"]
        assert isinstance(asked, forms.ModelChoiceField)
        asked.queryset = parents.filter(kind__in=["party_group", "party_organ", "body"])
        assert isinstance(parent, forms.ModelChoiceField)
        assert isinstance(kind, forms.ModelChoiceField)
        assert isinstance(platform, forms.ModelChoiceField)
        parent.queryset = parents
        kind.queryset = BranchType.objects.all()
        running = Platform.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
        platform.queryset = running.filter(body__in=parents.values("body"))

    def plan(self) -> BranchPlan:
        """The plan as the action takes it."""
        data = self.cleaned_data
        new = None
        if data["platform_name"]:
            new = PlatformWords(
                name=data["platform_name"], kind=data["platform_kind"] or Platform.Kind.LOUNGE,
                starts_on=data["starts_on"], ends_on=data["platform_ends_on"], place=data["platform_place"],
            )  # fmt: skip
        line = data["line"] or data["type"].line
        return BranchPlan(
            data["type"], line, data["starts_on"], data["ends_on"], None if new else data["platform"], new,
            data["plan_paper"].strip(), data["duties"].strip(), data["arrangements"].strip(), data["asked"],
        )  # fmt: skip


class ApproveForm(PlainForm):
    """Who approved a branch, when, on which paper."""

    approved_by = UnitField(
        label=gettext_lazy("Approved by"),
        empty_label=gettext_lazy("Choose"),
        help_text=gettext_lazy("Another unit than the branch itself"),
    )
    approval_document = forms.CharField(label=gettext_lazy("Approval document"), max_length=120)
    approved_on = DayField(label=gettext_lazy("Approved on"))

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["approved_by"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units


class ActivateForm(PlainForm):
    """The day on which a branch begins."""

    activated_on = DayField(label=pgettext_lazy("branch", "Active since"))


class MemberForm(PlainForm):
    """A CPC member joins a branch."""

    person = PersonField(label=gettext_lazy("Person"))
    kind = forms.ChoiceField(label=gettext_lazy("Membership"), choices=Membership.Kind.choices, initial="temporary")
    starts_on = DayField(label=gettext_lazy("First day"))

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, PersonField)
        field.seen_by(user, on)
        field.widget.attrs |= {"list": "people", "autocomplete": "off"}


class SummaryForm(PlainForm):
    """What a branch has done."""

    summary = forms.CharField(
        label=gettext_lazy("Summary"),
        max_length=4000,
        help_text=gettext_lazy("What was done, what came of it, what remains; it is printed on the branch card"),
        widget=forms.Textarea({"rows": 8}),
    )


class PlatformEditForm(PlainForm):
    """What can be corrected of a platform that stands."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=160, required=False)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=160, required=False)
    lead_member = PersonField(label=gettext_lazy("Lead member"), required=False)

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.fields["lead_member"]
        assert isinstance(lead, PersonField)
        lead.seen_by(user, on)
        lead.widget.attrs |= {"list": "people", "autocomplete": "off"}


class GapForm(PlainForm):
    """Why a lounge, hall or studio has no branch."""

    gap = forms.ChoiceField(label=gettext_lazy("Why it has no branch"), choices=Gap.choices, widget=forms.RadioSelect)
    gap_words = forms.CharField(label=gettext_lazy("In words"), max_length=200, required=False)


class PairForm(PlainForm):
    """With whom a branch is paired, and who does what."""

    other = LocalChoiceField(
        label=gettext_lazy("Branch of the other line"),
        queryset=Branch.objects.none(),
        empty_label=gettext_lazy("Choose"),
    )
    starts_on = DayField(label=gettext_lazy("First day"))
    gives = forms.CharField(label=gettext_lazy("What this branch does"), max_length=200, required=False)
    takes = forms.CharField(label=gettext_lazy("What the other branch does"), max_length=200, required=False)

    def __init__(self, *args: Any, partners: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = partners
        field.label_from_instance = lambda branch: branch.unit.local_name  # type: ignore[method-assign,assignment] # as documented
