"""What a person sends when he begins a list in the browser, copies one, and changes its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branches.models import Unit
from tasks.forms.papers import TITLE_LIMIT, IssuerField, YearField
from tasks.papers.rows import LENGTHS

_GROUP = re.compile(r"g-(\d{1,9})")
_CELL = re.compile(r"c-(\d{1,9}|new\d{0,4})-([a-z_]+)")


class NewListForm(forms.Form):
    """The head of a list that is begun or copied."""

    title = forms.CharField(
        label=_("List name"), max_length=TITLE_LIMIT, error_messages={"required": _("Enter a list name")}
    )
    year = YearField()
    issuer = IssuerField(label=_("Issued by"), queryset=Unit.objects.none(), empty_label=None)

    def __init__(self, *args: Any, issuers: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["issuer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in issuers])


class HeadForm(forms.Form):
    """Name and year above the rows of the editor."""

    title = forms.CharField(
        label=_("List name"), max_length=TITLE_LIMIT, error_messages={"required": _("Enter a list name")}
    )
    year = YearField()


def typed_cells(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The cells that a page sent, row by row in its order; new rows have a key that begins with "new"."""
    found: dict[str, dict[str, str]] = {}
    for name, text in data.items():
        match = _CELL.fullmatch(name)
        if match and (match[2] in LENGTHS or match[2] == "continues"):
            found.setdefault(match[1], {})[match[2]] = text
    return found


def typed_headings(data: Mapping[str, str]) -> dict[str, str]:
    """The headings between the rows, by the row that each stands above."""
    found = ((_GROUP.fullmatch(name), text) for name, text in data.items())
    return {match[1]: text for match, text in found if match}
