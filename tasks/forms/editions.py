"""What a person sends while a new version of a list is begun, and while a body signs for one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tasks.actions.offspring import Answer, Choice
from tasks.forms.papers import date_or_none


class EditionForm(forms.Form):
    """A file or a pasted range as the new version; empty where the rows are written in the browser."""

    paste = forms.CharField(
        label=_("Paste the range here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    paste_html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        help_text=_(".xlsx, .docx or .csv, up to 5 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.docx,.csv"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        given = [values.get("file"), (values.get("paste") or "").strip(), (values.get("paste_html") or "").strip()]
        if "rows" not in self.data and not any(given):
            self.add_error("paste", _("Paste a table or choose a file"))
        return values


def answers_of(data: Mapping[str, str], rows: Iterable[int]) -> dict[int, Answer]:
    """What was chosen for each row below; a row without a choice is left out."""
    found = {}
    for pk in rows:
        choice = data.get(f"choice-{pk}", "")
        if choice in list(Choice):
            day = date_or_none(data.get(f"day-{pk}", ""))
            found[pk] = Answer(Choice(choice), day, data.get(f"reason-{pk}", "").strip()[:300])
    return found
