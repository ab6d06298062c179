"""The form of a body's words in two languages: one a line, the words as they are written, an equals sign, their English."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.forms.fields import PlainForm
from branches.models import Wording

MOST = 2000  # words of one body
MANY = 20  # that many are not taken out by an emptied box alone
LENGTHS = {field.name: getattr(field, "max_length", None) or 0 for field in Wording._meta.fields}
WORDS, ENGLISH = LENGTHS["words"], LENGTHS["words_en"]


class WordingsForm(PlainForm):
    """All words of a body at once: a line taken out is a wording less. Many at once are asked about first."""

    lines = forms.CharField(
        label=gettext_lazy("Words and their English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line: the words, an equals sign, their English. English pages show the English first, the original beneath"
        ),
    )

    fewer = forms.BooleanField(
        label=gettext_lazy("Take the missing wordings out"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, held: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held

    @staticmethod
    def as_lines(pairs: dict[str, str]) -> str:
        """Stored words as the field shows them."""
        return "\n".join(f"{words} = {english}" for words, english in pairs.items())

    def clean_lines(self) -> dict[str, str]:
        """The words with their English; what is wrong is said with the number of its line."""
        pairs: dict[str, str] = {}
        for number, line in enumerate(str(self.cleaned_data["lines"]).splitlines(), 1):
            if not line.strip():
                continue
            words, _equals, english = (part.strip() for part in line.partition("="))
            self._look(number, words, english, known=pairs)
            pairs[words] = english
        if len(pairs) > MOST:
            raise forms.ValidationError(_("%(n)d words at most") % {"n": MOST})
        return pairs

    def clean(self) -> dict[str, Any]:
        """Asks once more where many of the words held would be gone."""
        values = self.cleaned_data
        gone = [words for words in self.held if words not in values["lines"]] if "lines" in values else []
        if len(gone) > MANY and not values.get("fewer"):
            self.fields["fewer"].widget = forms.CheckboxInput()
            self.add_error("lines", _("%(n)d wordings are missing. Put them back, or tick below") % {"n": len(gone)})
        return values

    def _look(self, number: int, words: str, english: str, *, known: dict[str, Any]) -> None:
        if not words or not english:
            raise forms.ValidationError(_("Line %(n)d: write the words, an equals sign, their English") % {"n": number})
        if len(words) > WORDS or len(english) > ENGLISH:
            limits = {"n": number, "words": WORDS, "english": ENGLISH}
            raise forms.ValidationError(
                _("Line %(n)d is too long: %(words)d characters for the words, %(english)d for the English") % limits
            )
        if words in known:
            raise forms.ValidationError(_("Line %(n)d: “%(words)s” stands there twice") % {"n": number, "words": words})
