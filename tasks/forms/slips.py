"""What people send around a supervision slip: the slip while it is written, an answer, a decision, the words of a body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from branches.models import Unit, User
from branches.templatetags.frame import briefly
from branches.writing import Invalid
from tasks.forms.reports import ACCEPT, ManyFilesField, ManyFilesInput
from tasks.models import Slip, SlipWords

UPLOAD = ManyFilesInput(attrs={"accept": ACCEPT})
FILES_HELP = _("Photos, .pdf, .docx, .xlsx, .pptx or .txt, up to 20 MB each")


class Refusable(forms.Form):
    """A form that shows what an action refused beside the fields it is about."""

    def refuse(self, problems: dict[str, Any]) -> None:
        """Put words beside their fields; what names no field stands in the summary."""
        for name, words in problems.items():
            self.add_error(name if name in self.fields else None, str(words))

    def refuse_error(self, error: Invalid) -> None:
        """The same for an action's refusal."""
        self.refuse(error.details or {"": error.message})


class SlipForm(Refusable):
    """A slip while it is written; the rule itself is asked in the action."""

    level = forms.TypedChoiceField(
        label=_("Level"), coerce=int, widget=forms.RadioSelect, error_messages={"required": _("Choose a level")}
    )
    lead = forms.ModelChoiceField(
        label=_("Lead unit"),
        queryset=Unit.objects.none(),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose a unit"), "invalid_choice": _("Choose a unit")},
    )
    matter = forms.CharField(
        label=_("Matter"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Enter the matter")},
    )
    content = forms.CharField(
        label=_("Content"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "form-control", "data-counted": "2000"}),
    )
    due_on = forms.DateField(
        label=_("Answer by"),
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control short-input"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter a date"),
            "invalid": _("Enter the day as year-month-day, such as 2026-06-30"),
        },
    )
    feedback = forms.ChoiceField(
        label=_("Answers"),
        choices=Slip.Feedback.choices,
        initial=Slip.Feedback.ONCE,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=_("Regular answers are owed until the day above, the last one on that day"),
        error_messages={"required": _("Choose how often the unit answers")},
    )
    instructed_by = forms.ModelChoiceField(
        label=_("Instructing leader"),
        queryset=User.objects.none(),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose a leader of this body")},
    )
    leading = forms.ModelMultipleChoiceField(
        label=_("Leading leaders"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose a leader of this body")},
    )
    supporting = forms.ModelMultipleChoiceField(
        label=_("Supporting leaders"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    contact = forms.CharField(
        label=_("Contact person"),
        max_length=40,
        widget=forms.TextInput(attrs={"class": "form-control"}),
        error_messages={"required": _("Enter who can be asked")},
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "tel"}),
    )
    supports = forms.ModelMultipleChoiceField(
        label=_("Supporting units"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    files = ManyFilesField(label=_("Files"), required=False, widget=UPLOAD, help_text=FILES_HELP)  # type: ignore[assignment] # a declared field leaves the class

    def __init__(
        self, *args: Any, words: SlipWords, leaders: Sequence[User], units: Sequence[Unit], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        level: Any = self.fields["level"]
        level.choices = [(value, briefly(name)) for value, name, _prefix in words.levels]
        for name in ("instructed_by", "leading", "supporting"):
            _offer(self.fields[name], User.objects.all(), leaders)
        for name in ("lead", "supports"):
            _offer(self.fields[name], Unit.objects.all(), units)


def _offer(field: Any, queryset: Any, rows: Iterable[Any]) -> None:
    """The rows that are already in hand as choices: no query for the labels."""
    rows = list(rows)
    field.queryset = queryset.filter(pk__in=[row.pk for row in rows])
    labelled = [(row.pk, getattr(row, "local_name", None) or _person(row)) for row in rows]
    empty = isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField)
    field.choices = [*([("", "--")] if empty else []), *labelled]


def _person(user: User) -> str:
    """The name in the language of the page."""
    return user.name_en if user.name_en and (get_language() or "").startswith("en") else user.name


class AnswerForm(Refusable):
    """The lead unit's answer."""

    text = forms.CharField(
        label=pgettext_lazy("slip", "Answer"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control", "data-counted": "2000"}),
        error_messages={"required": _("Write the answer")},
    )
    files = ManyFilesField(label=_("Photos or files"), required=False, widget=UPLOAD, help_text=FILES_HELP)  # type: ignore[assignment] # a declared field leaves the class


class WordsForm(Refusable):
    """How a body calls its three levels and begins their numbers."""

    def __init__(self, *args: Any, words: SlipWords, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level, name, prefix in words.levels:
            self.fields[f"name_{level}"] = forms.CharField(
                label=_("Name of level %(n)d") % {"n": level},
                max_length=12,
                initial=name,
                widget=forms.TextInput(attrs={"class": "form-control"}),
                error_messages={"required": _("Enter a name")},
            )
            self.fields[f"prefix_{level}"] = forms.CharField(
                label=_("Prefix of its numbers"),
                max_length=20,
                initial=prefix,
                widget=forms.TextInput(attrs={"class": "form-control"}),
                error_messages={"required": _("Enter a prefix")},
            )

    @property
    def levels(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Name and prefix of each level, side by side."""
        return [(self[f"name_{n}"], self[f"prefix_{n}"]) for n in (1, 2, 3)]

    def typed(self) -> tuple[list[str], list[str]]:
        """Names and prefixes, level by level."""
        values = self.cleaned_data
        return [values[f"name_{n}"] for n in (1, 2, 3)], [values[f"prefix_{n}"] for n in (1, 2, 3)]
