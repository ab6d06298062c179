"""What people send around a single assignment: a report with its files, a reviewer's answer, a reason, a person, a paper.

A form turns strings into values; whether a thing may be done is asked in the action.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.markings import secret_marking
from branches.models import User
from branches.writing import Invalid
from tasks.forms.asked import figure_fields
from tasks.models import StoredFile, TaskFile

ACCEPT = "image/*,.pdf,.docx,.xlsx"  # without `capture`, which web views on Android mostly ignore (ux C4)
REASON_LIMIT = 300
SECRET = _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")


class ManyFilesInput(forms.ClearableFileInput):
    """Several files under one name."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, each checked by `tasks.uploads` rather than here."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files as a list; none is fine."""
        return [one for one in (data if isinstance(data, list) else [data]) if one]


class ReportForm(forms.Form):
    """Progress or a report: words, files, files sent before, and why it is late."""

    text = forms.CharField(
        label=_("Progress"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control", "data-counted": "2000"}),
    )
    files = ManyFilesField(  # type: ignore[assignment] # a declared field leaves the class; Django's own .files stays
        label=_("Photos or files"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": ACCEPT}),
        help_text=_("Photos, .pdf, .docx, .xlsx, .pptx or .txt, up to 20 MB each"),
    )

    def __init__(
        self,
        *args: Any,
        late_reasons: Iterable[str] = (),
        times_wanted: int = 0,
        figures: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if times_wanted:
            self.fields["times"] = forms.IntegerField(
                label=_("Times so far, this one included"),
                required=False,
                min_value=0,
                max_value=999,
                help_text=_("The task asks for at least %(n)d") % {"n": times_wanted},
                widget=forms.NumberInput(attrs={"class": "form-control short-input", "inputmode": "numeric"}),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_value"), _("Enter a whole number, such as 2")
                ),
            )
        self.asked = list(figures)
        self.fields.update(figure_fields(self.asked))
        self.reasons = list(late_reasons)
        if self.reasons:
            self.fields["late_reason"] = forms.ChoiceField(
                label=_("Why it is late"),
                required=False,
                choices=[(reason, reason) for reason in self.reasons],
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choose why it is late")},
            )

    @property
    def figure_boxes(self) -> list[forms.BoundField]:
        """The fields of the figures asked."""
        return [self[f"figure_{n}"] for n in range(len(self.asked))]

    def refuse(self, error: Invalid) -> None:
        """Put the action's words beside the fields they are about; the same words stand in the summary."""
        named = {name: words for name, words in error.details.items() if name in self.fields}
        for name, words in named.items():
            self.add_error(name, str(words))
        if not named:
            self.add_error(None, error.message)


class ReasonForm(forms.Form):
    """Words that go with a move."""

    reason = forms.CharField(
        label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"})
    )

    def clean_reason(self) -> str:
        """Length and secrecy; whether words are needed is the move's own question."""
        reason = str(self.cleaned_data["reason"])
        if len(reason) > REASON_LIMIT:
            raise forms.ValidationError(
                _("The words must be %(max)d characters or fewer; they have %(n)d")
                % {"max": REASON_LIMIT, "n": len(reason)}
            )
        if secret_marking(reason):
            raise forms.ValidationError(SECRET)
        return reason


class ReturnForm(ReasonForm):
    """A reviewer's words, and the day for the supplement."""

    reason = forms.CharField(
        label=_("Words for the unit"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control", "data-key": "r"}),
    )
    supplement_by = forms.DateField(
        label=_("Supplement by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter the day as year-month-day, such as 2026-06-30")},
    )

    field_order = ["reason", "supplement_by"]


class GradeForm(forms.Form):
    """How good completed work is, in the words of the body that issued it; nobody has to say."""

    def __init__(self, *args: Any, grades: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"] = forms.ChoiceField(
            label=pgettext_lazy("of completed work", "Grade"),
            required=False,
            choices=[("", _("Not graded")), *((grade, grade) for grade in grades)],
            widget=forms.Select(attrs={"class": "form-select"}),
            error_messages={"invalid_choice": _("Choose one of the grades")},
        )


class PersonForm(forms.Form):
    """Who is responsible for the unit's share."""

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        names = [(key, _label(person, self.people)) for key, person in self.people.items()]
        self.fields["person"] = forms.ChoiceField(
            label=_("Person responsible"),
            required=False,
            choices=[("", _("Nobody by name")), *names],
            widget=forms.Select(attrs={"class": "form-select"}),
            error_messages={"invalid_choice": _("Choose somebody of this unit")},
        )

    @property
    def chosen(self) -> User | None:
        """The person, or None: nobody by name."""
        return self.people.get(self.cleaned_data["person"])


def _label(person: User, people: Mapping[str, User]) -> str:
    """The name in the page's language; two people of one name are told apart by their user names."""
    twice = sum(other.name == person.name for other in people.values()) > 1
    name = person.name_en if person.name_en and (get_language() or "").startswith("en") else person.name
    return f"{name} ({person.username})" if twice else name


class TaskFileForm(forms.Form):
    """A paper that comes with a task."""

    kind = forms.ChoiceField(
        label=_("What it is"), choices=TaskFile.Kind.choices, widget=forms.RadioSelect, initial="source"
    )
    file = forms.FileField(label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}))

    def clean(self) -> dict[str, Any]:
        """A file is needed; the words say so beside the field."""
        values = super().clean() or {}
        if not values.get("file") and "file" not in self.errors:
            self.add_error("file", _("Choose a file"))
        return values


def only(files: Iterable[StoredFile], keys: Iterable[int]) -> list[StoredFile]:
    """The files with these keys, each once, in the order in which they were ticked. Raises Invalid where one is not there."""
    by_key = {file.pk: file for file in files}
    wanted = list(dict.fromkeys(keys))
    if not set(wanted) <= set(by_key):
        words = str(_("A chosen file is not there any more. Choose it again"))
        raise Invalid(words, files=words)
    return [by_key[key] for key in wanted]
