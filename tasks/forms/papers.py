"""What a person sends while a paper becomes a list: the paste or file, the repairs of each row, the answers for past dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from branches.models import Unit
from tasks.plans import Past

TITLE_LIMIT = 60
DUE_LIMIT = 2_000  # a cell may hold a year of dated steps


class IssuerField(forms.ModelChoiceField):
    """The unit in whose name a list goes out, in the page's language."""

    def label_from_instance(self, obj: Unit) -> str:
        """The unit's name."""
        return obj.local_name


class YearField(forms.IntegerField):
    """The year of a list; whatever is wrong with it, the same words say what to enter."""

    def __init__(self) -> None:
        said = _("Enter a year such as 2026")
        codes = ("required", "invalid", "min_value", "max_value")
        super().__init__(label=_("Year"), min_value=2000, max_value=2100, error_messages=dict.fromkeys(codes, said))


class PasteForm(forms.Form):
    """Step 1: a range copied from a spreadsheet, or a file."""

    issuer = IssuerField(label=_("Issued by"), queryset=Unit.objects.none(), empty_label=None)
    year = YearField()
    paste = forms.CharField(
        label=_("Paste the range here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autofocus": True}),
        help_text=_("Copy the whole table in Excel or WPS, with its header row, and paste it"),
    )
    paste_html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        help_text=_(".xlsx, .docx or .csv, up to 5 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.docx,.csv"}),
    )

    def __init__(self, *args: Any, issuers: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["issuer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in issuers])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (
            not values.get("file")
            and not (values.get("paste") or "").strip()
            and not (values.get("paste_html") or "").strip()
        ):
            self.add_error("paste", _("Paste a table or choose a file"))
        return values


def row_answers(
    data: Mapping[str, str],
    before: Mapping[str, Any],
    written: Mapping[str, str],
    pressed: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """The repairs of each row from the check page; rows that the page did not show keep theirs.

    `written` holds each row's deadline as in the paper: one that only came back without its line breaks is no repair.
    `pressed` are the repairs that a button stands for; they count more than what the fields say.
    """
    found = {key: dict(value) for key, value in before.items()}
    for key, phrase in written.items():
        repair = found.setdefault(key, {})
        if f"due-{key}" in data:
            repair["due"] = data[f"due-{key}"].strip()[:DUE_LIMIT]
            if "".join(repair["due"].split()) == "".join(phrase.split()):
                del repair["due"]
        if f"shown-{key}" in data:
            repair["skip"] = f"skip-{key}" in data
            repair["twice"] = f"twice-{key}" in data
            repair.pop("merge", None)
        repair.update(pressed.get(key, {}))
    return {key: repair for key, repair in found.items() if "due" in repair or any(repair.values())}


def name_answers(data: Mapping[str, str], before: Mapping[str, str], picked: Mapping[str, str]) -> dict[str, str]:
    """What was chosen for each unknown name: unit:12, group:3, or outside; by button, or `picked` from all units."""
    chosen = {key[len("name-") :]: value for key, value in data.items() if key.startswith("name-") and value}
    return {**before, **picked, **chosen}


def past_answers(data: Mapping[str, str], days: Iterable[date]) -> dict[str, dict[str, str]]:
    """The answer for each past due date: its own, else the one given for all. Without a day, work was finished when due."""
    found: dict[str, dict[str, str]] = {}
    for day in days:
        key = day.isoformat()
        choice, own_day = data.get(f"past-{key}", ""), data.get(f"day-{key}", "")
        if not choice:
            choice, own_day = data.get("past-all", ""), data.get("day-all", "")
        if choice not in list(Past):
            continue
        if choice == Past.FINISHED:
            own_day = own_day if _is_day(own_day) else key
        found[key] = {"past": choice, "day": own_day if choice != Past.OVERDUE and _is_day(own_day) else ""}
    return found


def date_or_none(text: str) -> date | None:
    """The day that a date field sent; None where it is empty or no day."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _is_day(text: str) -> bool:
    return date_or_none(text) is not None
