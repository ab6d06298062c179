"""What people send about organisational life: a record, a rule of a body, what a branch is made of, a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from activities.actions import CadenceWords, MeetingWords, Roll
from activities.kinds import Came, Condition, Duty, Kind, Per, Ruled
from activities.models import Meeting
from activities.rolls import Person
from branches.forms.fields import DayField, LocalChoiceField, PlainForm
from branches.models import Branch, BranchType, Line, Platform, User
from tasks.forms.reports import ManyFilesField, ManyFilesInput

ACCEPT = "image/*,.pdf,.docx"
TOGETHER = (Kind.THEME_DAY, Kind.LECTURE, Kind.DUTY)  # what branches hold together


def _shown(thing: Any) -> str:
    """A name in the page's language."""
    english = getattr(thing, "name_en", "")
    return str(english if english and (get_language() or "").startswith("en") else thing.name)


class MeetingForm(PlainForm):
    """The record of one kind of meeting; date, place and who came are in sight, the rest is folded."""

    duty = forms.ChoiceField(
        label=pgettext_lazy("duty activity", "Sort"), required=False, choices=Duty.choices, widget=forms.RadioSelect
    )
    held_on = DayField(label=gettext_lazy("Date"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=120, required=False)
    decisions = forms.CharField(
        label=gettext_lazy("Decisions"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line; each can become a task in one step"),
    )
    files = ManyFilesField(  # type: ignore[assignment] # a declared field leaves the class; Django's own .files stays
        label=gettext_lazy("Photo of the attendance sheet, or another paper"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": ACCEPT}),
    )
    late_reason = forms.ChoiceField(
        label=gettext_lazy("Why it is late"),
        required=False,
        help_text=gettext_lazy("Only where a ticked task is overdue"),
    )
    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=160, required=False)
    line = forms.ChoiceField(label=gettext_lazy("Line"), choices=Line.choices)
    platform = LocalChoiceField(
        label=gettext_lazy("Platform"), queryset=Platform.objects.none(), required=False, empty_label="--"
    )
    joint = forms.MultipleChoiceField(
        label=gettext_lazy("Other branches that took part"), required=False, widget=forms.CheckboxSelectMultiple
    )
    guests = forms.CharField(
        label=gettext_lazy("Also present"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Guests by name; they are not counted"),
    )
    on_behalf_of = forms.ChoiceField(
        label=gettext_lazy("Recorded for"),
        required=False,
        help_text=gettext_lazy("Where somebody asked for it to be entered; both names are kept"),
    )
    folded = ("topic", "line", "platform", "joint", "guests", "on_behalf_of")
    field_order = ("duty", "held_on", "place")

    def __init__(
        self,
        *args: Any,
        kind: str,
        branch: Branch,
        on: date,
        people: Sequence[Person],
        others: Iterable[Branch],
        late_reasons: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.people = kind, people
        if kind != Kind.DUTY:
            del self.fields["duty"]
            del self.fields["platform"]
        else:
            self.fields["duty"].required = True
            platforms = Platform.objects.filter(body=branch.unit.body_id).active(on)
            self.fields["platform"].queryset = platforms  # type: ignore[attr-defined] # a model choice
        if kind not in TOGETHER:
            del self.fields["joint"]
        else:
            _offer(self, "joint", [(str(other.pk), _shown(other.unit)) for other in others])
        members = [(str(one.user.pk), _shown(one.user)) for one in people]
        _offer(self, "on_behalf_of", [("", _("Nobody by name")), *members])
        if late_reasons:
            _offer(self, "late_reason", [("", "--"), *((reason, reason) for reason in late_reasons)])
        else:
            del self.fields["late_reason"]
        for name, field in self.fields.items():
            if isinstance(field.widget, (forms.TextInput, forms.Textarea, forms.DateInput)):
                field.widget.attrs["class"] = "form-control"
            elif isinstance(field.widget, forms.Select) and name not in ("duty", "joint"):
                field.widget.attrs["class"] = "form-select"

    def main_fields(self) -> list[forms.BoundField]:
        """Date, place, and for a duty activity its sort; the page places the others itself."""
        return [self[name] for name in ("duty", "held_on", "place") if name in self.fields]

    def words(self, roll: Iterable[Roll]) -> MeetingWords:
        """The record as the action takes it."""
        data = self.cleaned_data
        return MeetingWords(
            kind=self.kind,
            duty=data.get("duty", ""),
            held_on=data["held_on"],
            place=data["place"].strip(),
            platform_id=data["platform"].pk if data.get("platform") else None,
            line=data["line"],
            topic=data["topic"].strip(),
            decisions=data["decisions"].replace("\r\n", "\n").strip(),
            guests=data["guests"].strip(),
            joint=tuple(int(key) for key in data.get("joint", [])),
            roll=tuple(roll),
        )

    def asked_by(self) -> User | None:
        """For whom it is recorded."""
        key = self.cleaned_data.get("on_behalf_of")
        return next((one.user for one in self.people if str(one.user.pk) == key), None)


def _offer(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined] # a choice field


def initial_of(meeting: Meeting) -> dict[str, Any]:
    """A record as the form begins with it."""
    names = ("duty", "held_on", "place", "decisions", "topic", "line", "guests")
    return {name: getattr(meeting, name) for name in names} | {
        "platform": meeting.platform_id,
        "joint": [str(one.branch_id) for one in meeting.participations.all()],
    }


class RollRow:
    """One line of the roll: the person, and what stands for him."""

    def __init__(self, person: Person, came: str, note: str) -> None:
        self.user, self.capacity, self.came, self.note = person.user, person.capacity, came, note
        self.choices = Came.choices if person.capacity == "member" else [(Came.PRESENT.value, Came.PRESENT.label)]


def roll_rows(
    people: Iterable[Person], sent: Mapping[str, str] | None, known: Mapping[int, tuple[str, str]] | None
) -> list[RollRow]:
    """The roll as the page shows it: as sent, else as it stands, else every member present and no instructor."""
    found = []
    for person in people:
        key = person.user.pk
        usual = Came.PRESENT.value if person.capacity == "member" else ""
        came, note = (usual, "") if known is None else known.get(key, (usual if not known else "", ""))
        if sent is not None:
            came, note = (
                sent.get(f"came-{key}", came if f"shown-{key}" not in sent else ""),
                sent.get(f"note-{key}", ""),
            )
        found.append(RollRow(person, came if came in Came.values else "", note.replace("\x00", "")[:60]))
    return found


def roll_of_rows(rows: Iterable[RollRow]) -> list[Roll]:
    """What is written down: those with an entry."""
    return [Roll(row.user.pk, row.came, row.note.strip()) for row in rows if row.came]


class CadenceForm(PlainForm):
    """A body's own rule."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Ruled.choices)
    branch_type = LocalChoiceField(label=gettext_lazy("Type"), queryset=BranchType.objects.all(), empty_label=None)
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=gettext_lazy("Every year when left empty"),
        error_messages={"invalid": gettext_lazy("Enter a year such as 2026")},
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=0,
        max_value=31,
        help_text=gettext_lazy("0: by the branch’s plan; nothing can be missing"),
        error_messages={"invalid": gettext_lazy("Enter a whole number, such as 2")},
    )
    per = forms.ChoiceField(label=gettext_lazy("In each"), choices=Per.choices)
    condition = forms.ChoiceField(label=gettext_lazy("For which branches"), required=False, choices=Condition.choices)
    source = forms.CharField(
        label=gettext_lazy("Source of the rule"),
        max_length=160,
        help_text=gettext_lazy("The document and article that says so"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"

    def words(self) -> CadenceWords:
        """The rule as the action takes it."""
        data = self.cleaned_data
        return CadenceWords(
            kind=data["kind"],
            branch_type=data["branch_type"].pk,
            year=data["year"],
            count=data["count"],
            per=data["per"],
            condition=data["condition"],
            source=data["source"].strip(),
        )


class StrikeForm(PlainForm):
    """Why a record is taken out."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"})
    )
