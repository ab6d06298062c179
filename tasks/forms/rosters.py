"""What a person sends while a roster is taken in: the paste or file, the term, the repairs and the answers (ux ADM-4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branches.forms.fields import DayField, LocalChoiceField, NameSelect, PlainForm
from branches.models import Term, Unit
from branches.second_language import english_of
from tasks.papers.roster_reading import COLUMNS

_ENTRY = re.compile(r"^(cell|who|skip|shown)-(\d{1,6})(?:-([a-z]+))?$")
LONGEST = 200


class TermField(forms.ModelChoiceField):
    """A term with the body whose it is, where several are offered."""

    several = False

    def label_from_instance(self, obj: Any) -> str:
        """The term's name."""
        name = english_of(obj.name) or obj.name
        return f"{obj.body.local_name} {name}" if self.several else name


class RosterForm(PlainForm):
    """Step 1: a range copied from a spreadsheet, or a file; into which body, and for which term."""

    folded = ("term_name", "term_starts_on")
    body = LocalChoiceField(label=_("Into the body"), queryset=Unit.objects.none(), empty_label=None)
    term = TermField(
        label=_("Term of the CPPCC members"),
        queryset=Term.objects.none(),
        required=False,
        widget=NameSelect,
        empty_label=_("No term: staff only, or a column names it"),
    )
    term_name = forms.CharField(
        label=_("New term"), max_length=40, required=False, help_text=_("As the roster calls it")
    )
    term_starts_on = DayField(label=_("First day of the new term"), required=False)
    paste = forms.CharField(
        label=_("Paste the range here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autofocus": True}),
        help_text=_("Copy the whole table in Excel or WPS, with its header row, and paste it"),
    )
    paste_html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        help_text=_(".xlsx, .docx or .csv, up to 5 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.docx,.csv"}),
    )
    field_order = ("paste", "paste_html", "file", "body", "term", "term_name", "term_starts_on")

    def __init__(self, *args: Any, bodies: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = [body.pk for body in bodies]
        body, term = self.fields["body"], self.fields["term"]
        assert isinstance(body, forms.ModelChoiceField)
        assert isinstance(term, TermField)
        body.queryset = Unit.objects.filter(pk__in=numbers)
        term.several = len(numbers) > 1
        term.queryset = (
            Term.objects.filter(body__in=numbers).select_related("body").order_by("body__path", "-starts_on")
        )

    def clean(self) -> dict[str, Any]:
        """A paper, and a term of that very body or a whole new one."""
        values: dict[str, Any] = super().clean() or {}
        if not values.get("file") and not any((values.get(name) or "").strip() for name in ("paste", "paste_html")):
            self.add_error("paste", _("Paste a table or choose a file"))
        term, body = values.get("term"), values.get("body")
        if term and body and term.body_id != body.pk:
            self.add_error("term", _("This term belongs to another body"))
        if bool(values.get("term_name")) != bool(values.get("term_starts_on")) and "term_starts_on" not in self.errors:
            missing = "term_starts_on" if values.get("term_name") else "term_name"
            self.add_error(missing, _("A new term has a name and a first day"))
        return values


def roster_answers(
    data: Mapping[str, str], before: Mapping[str, Any], rows: Collection[str], groups: Collection[str]
) -> dict[str, Any]:
    """The answers of the check page over those given before; rows that the page did not show keep theirs."""
    kept = {key: dict(value) for key, value in before.get("rows", {}).items()}
    for name, text in data.items():
        found = _ENTRY.match(name)
        if not found or found[2] not in rows:
            continue
        kind, row, column = found[1], kept.setdefault(found[2], {}), found[3]
        if kind == "shown":
            row["skip"] = f"skip-{found[2]}" in data
        elif kind == "who" and text:
            row["who"] = text[:20]
        elif kind == "cell" and column in COLUMNS:
            row[column] = text.strip()[:LONGEST]
    chosen = {key: data[f"group-{key}"][:LONGEST] for key in groups if data.get(f"group-{key}")}
    answers = {**before, "rows": {key: row for key, row in kept.items() if any(row.values()) or set(row) - {"skip"}}}
    answers["groups"] = {**before.get("groups", {}), **chosen}
    for key in [key for key in groups if data.get("groups-all") == key.partition(":")[0]]:
        answers["groups"].setdefault(key, "new")
    if "seats-asked" in data:
        answers["seats"] = "all" if "seats-all" in data else "named"
    return answers


def column_answers(data: Mapping[str, str], width: int) -> dict[str, int]:
    """Which column holds what, as chosen by hand; the first of two for the same."""
    chosen: dict[str, int] = {}
    for place in range(width):
        name = data.get(f"col-{place}", "")
        if name in COLUMNS:
            chosen.setdefault(name, place)
    return chosen
