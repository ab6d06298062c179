"""Fields of our own: days, whom a typed name means, units shown with their depth, lists with one entry a line.

Every form here says what is wrong in the words of ux.md h.5: what to do, never "invalid".
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from branches.models import Unit, User
from branches.queries import people as people_queries

INDENT = "\u3000"  # an ideographic space: survives inside an option, where leading blanks do not


class PlainForm(forms.Form):
    """A form whose messages name the field and say what to do; what is seldom filled in can be folded."""

    folded: tuple[str, ...] = ()
    _refusal = 400

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            label = {"label": field.label}
            chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
            field.error_messages["required"] = (_("Choose “%(label)s”") if chosen else _("Fill in “%(label)s”")) % label
            field.error_messages["invalid_choice"] = _("Choose one of the entries of “%(label)s”") % label
            if isinstance(field, forms.DateField):
                field.error_messages["invalid"] = _("Enter a date")
            if isinstance(field, forms.CharField) and field.max_length:
                _say_length(field)

    def main_fields(self) -> list[forms.BoundField]:
        """The fields that are always in sight."""
        return [field for field in self.visible_fields() if field.name not in self.folded]

    def more_fields(self) -> list[forms.BoundField]:
        """The fields behind "More entries"."""
        return [field for field in self.visible_fields() if field.name in self.folded]

    def opened(self) -> bool:
        """Whether something behind the fold has been filled in or is wrong, and so must be seen."""
        return any(field.errors or (self.is_bound and field.value()) for field in self.more_fields())

    @property
    def status(self) -> int:
        """How a page with this form answers: 200, 400 for content to repair, 409 when the thing itself does not allow it."""
        return self._refusal if self.errors else 200

    def stop(self, words: str) -> None:
        """What the form asks for is not possible, however it is filled in."""
        self._refusal = 409
        self.add_error(None, words)

    def refuse(self, problem: Any) -> None:
        """Put an action's refusal beside the fields it names, or on top of the form."""
        named = {name: words for name, words in problem.details.items() if name in self.fields}
        for name, words in named.items():
            self.add_error(name, words)
        if not named:
            self.add_error(None, problem.message)


def _say_length(field: forms.CharField) -> None:
    for validator in field.validators:
        if getattr(validator, "code", "") == "max_length":
            label = {"label": field.label}
            validator.message = (  # type: ignore[attr-defined] # only validators with words come here
                _("%(label)s: %%(limit_value)d characters at most, now %%(show_value)d") % label  # filled in by Django
            )


class DayField(forms.DateField):
    """A day; the browser's own picker, the form 2026-05-12 by hand."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"], **kwargs)
        self.error_messages["invalid"] = _("Enter a day that exists, such as 2026-05-12")

    def clean(self, value: Any) -> date | None:
        """Years that no calendar of ours knows are a slip of the pen."""
        day: date | None = super().clean(value)
        if day and not 1921 <= day.year <= 2100:
            raise forms.ValidationError(_("Enter a year between 1921 and 2100"))
        return day


class UnitField(forms.ModelChoiceField):
    """A unit, shown under the units above it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Unit.objects.none(), **kwargs)

    def label_from_instance(self, unit: Any) -> str:
        """The name in the page's language, at the depth at which it stands."""
        name = unit.name_en if unit.name_en and (get_language() or "").startswith("en") else unit.name
        return f"{INDENT * (unit.depth - 1)}{name}"


class LocalChoiceField(forms.ModelChoiceField):
    """Rows of data that have a name in two languages."""

    def label_from_instance(self, row: Any) -> str:
        """The name in the page's language."""
        return str(row.local_name)


class PersonField(forms.CharField):
    """A person by name or user name; the browser offers those one may see, and two of one name are told apart."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("Name or user name; the list offers those of this body"))
        super().__init__(max_length=140, **kwargs)
        self.viewer: User | None = None
        self.on: date | None = None

    def seen_by(self, viewer: User, on: date) -> None:
        """Whose eyes the field looks with."""
        self.viewer, self.on = viewer, on

    def clean(self, value: Any) -> Any:
        """The person meant; words that list the candidates when there are several."""
        words = super().clean(value)
        if not words:
            return None
        if self.viewer is None or self.on is None:
            raise TypeError("seen_by() comes first")
        found = people_queries.people_named(self.viewer, self.on, words)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("Nobody called “%(words)s” can be seen here") % {"words": words})
        many = ngettext("%(count)d person has this name", "%(count)d people have this name", len(found)) % {
            "count": len(found)
        }
        each = [f"{people_queries.described(person)} ({person.username})" for person in found]
        raise forms.ValidationError([f"{many}. {_('Enter the user name')}: {'; '.join(each)}"])


class NameSelect(forms.Select):
    """A choice among names that exist in Chinese only, each marked as such on a page in another language."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option; the empty one is a word of the screen."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if str(value):
            option["attrs"]["lang"] = "zh-Hans"
        return option


class LinesField(forms.CharField):
    """A list, one entry a line; empty lines and doubles are dropped."""

    widget = forms.Textarea(attrs={"rows": 5})

    def __init__(self, *, each: int, **kwargs: Any) -> None:
        super().__init__(max_length=2000, **kwargs)
        self.each = each

    def prepare_value(self, value: Any) -> Any:
        """A stored list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """The lines as a list."""
        lines = list(dict.fromkeys(line.strip() for line in super().clean(value).splitlines() if line.strip()))
        for line in lines:
            if len(line) > self.each:
                words = _("%(limit)d characters a line at most; this one has %(count)d: %(line)s")
                raise forms.ValidationError(words % {"limit": self.each, "count": len(line), "line": f"{line[:20]}…"})
        return lines
