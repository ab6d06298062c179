"""What a person sends while a responsibility list is made: its head, a pasted table, and one fieldset for each duty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from branches.models import Unit
from tasks.actions.duties import BearerPlan, DutyPlan
from tasks.forms.papers import TITLE_LIMIT, IssuerField, YearField
from tasks.models import Duty
from tasks.models.duties import DEEPEST
from tasks.papers.duties import DutyRow
from tasks.papers.names import Names
from tasks.papers.sheet import split_units

EMPTY_ROWS = 3
MOST_ROWS = 300
LEVELS = re.compile(r"\s*[›>／/]\s*")
CODE = re.compile(r"^(.*?)\s*\[([\w-]+)\]$")


class DutyListForm(forms.Form):
    """The head of a responsibility list."""

    title = forms.CharField(
        label=gettext_lazy("List name"),
        max_length=TITLE_LIMIT,
        error_messages={"required": gettext_lazy("Enter a list name")},
    )
    title_en = forms.CharField(label=gettext_lazy("List name in English"), max_length=120, required=False)
    year = YearField()
    document_number = forms.CharField(label=gettext_lazy("Document number"), max_length=60, required=False)
    source = forms.CharField(label=pgettext_lazy("duty", "Source"), max_length=200, required=False)


class NewDutyListForm(DutyListForm):
    """The first page: the head, and a table if there is one."""

    issuer = IssuerField(label=gettext_lazy("Issued by"), queryset=Unit.objects.none(), empty_label=None)
    paste = forms.CharField(
        label=gettext_lazy("Paste the range here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("Copy the whole table in Excel or WPS, with its header row, and paste it"),
    )
    paste_html = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    file = forms.FileField(label=gettext_lazy("Or choose a file"), required=False)

    field_order = ("title", "title_en", "issuer", "year", "document_number", "source", "paste", "file")

    def __init__(self, *args: Any, issuers: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issuer = self.fields["issuer"]
        assert isinstance(issuer, forms.ModelChoiceField)
        issuer.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in issuers])
        self.fields["title"].required = False  # the pasted table may name itself


@dataclass
class RowForm:
    """One duty on the page, as it was typed."""

    key: int
    place: str = ""
    heading: str = ""
    content: str = ""
    content_en: str = ""
    units: str = ""
    post: str = ""
    source: str = ""
    negative: bool = False
    yearly: bool = False
    problem: str = ""
    outside: list[str] = field(default_factory=list)  # names that the tree does not know: printed only

    @property
    def is_empty(self) -> bool:
        """Whether the row is to be left out."""
        return not (self.content.strip() or self.units.strip() or self.post.strip())


def typed_rows(data: Mapping[str, str]) -> list[RowForm]:
    """The rows of a sent page in the order of their numbers; a row emptied of its words is gone."""
    keys = sorted({int(name[8:]) for name in data if name.startswith("content-") and name[8:].isdecimal()})[:MOST_ROWS]
    texts: dict[int, dict[str, Any]] = {
        key: {name: data.get(f"{name}-{key}", "")[:600] for name in _TEXTS} for key in keys
    }
    rows = [
        RowForm(
            key,
            **texts[key],
            negative=data.get(f"kind-{key}") == Duty.Kind.NEGATIVE,
            yearly=f"yearly-{key}" in data,
        )
        for key in keys
    ]
    kept = sorted((row for row in rows if not row.is_empty), key=_place)
    return [replace(row, key=number, place=str(number)) for number, row in enumerate(kept, 1)]


_TEXTS = ("place", "heading", "content", "content_en", "units", "post", "source")


def _place(row: RowForm) -> float:
    try:
        return float(row.place)
    except ValueError:
        return float(row.key)


def empty_rows(after: int) -> list[RowForm]:
    """Rows to type into, below the filled ones."""
    return [RowForm(after + n, place=str(after + n)) for n in range(1, EMPTY_ROWS + 1)]


def rows_of(duties: Iterable[Duty], names: Names) -> list[RowForm]:
    """The rows of a stored draft, names written so that they are found again."""
    return [
        RowForm(
            key=duty.position,
            place=str(duty.position),
            heading=" › ".join(duty.heading),
            content=duty.content,
            content_en=duty.content_en,
            units="、".join(dict.fromkeys(filter(None, (_written(one, names) for one in duty.bearers.all())))),
            post="、".join(dict.fromkeys(one.post_title for one in duty.bearers.all() if one.post_title)),
            source=duty.source,
            negative=duty.is_negative,
            yearly=not duty.standing,
            outside=[one.outside_name for one in duty.bearers.all() if one.outside_name],
        )
        for duty in duties
    ]


def _written(bearer: Any, names: Names) -> str:
    if bearer.unit is None:
        return bearer.group.name if bearer.group else bearer.outside_name
    sure = names.find(bearer.unit.name).unit == bearer.unit
    return bearer.unit.name if sure else f"{bearer.unit.name} [{bearer.unit.code}]"


def rows_read(rows: Iterable[DutyRow]) -> list[RowForm]:
    """The rows of a pasted table."""
    return [
        RowForm(
            key=number, place=str(number), heading=" › ".join(row.heading), content=row.content,
            content_en=row.content_en, units=row.units, post=row.post, source=row.source, negative=row.negative,
            yearly=not row.standing,
        )
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip


def plans(rows: Sequence[RowForm], names: Names) -> list[DutyPlan]:
    """The rows as they are to be written; what cannot be is said in the row's `problem`."""
    found = []
    for row in rows:
        heading = [part for part in LEVELS.split(row.heading.strip()) if part]
        if not row.content.strip():
            row.problem = _("Enter the duty")
        elif len(heading) > DEEPEST:
            row.problem = _("At most three headings, one below the other")
        bearers = _bearers(row, names)
        found.append(
            DutyPlan(
                content=row.content.strip(), content_en=row.content_en.strip(), heading=heading, bearers=bearers,
                source=row.source.strip(), negative=row.negative, standing=not row.yearly,
            )
        )  # fmt: skip
    return found


def _bearers(row: RowForm, names: Names) -> list[BearerPlan]:
    posts = [part.strip()[:60] for part in re.split(r"[、,，;；\n]", row.post) if part.strip()] or [""]
    things = [_thing(row, name, names) for name in split_units(row.units)]
    if not things:
        return [BearerPlan(post_title=post) for post in posts if post]
    return [replace(thing, post_title=post) for thing in things for post in posts]


def _thing(row: RowForm, written: str, names: Names) -> BearerPlan:
    """The unit or group of that name; a repeated name asks, an unknown one is printed only and says so."""
    if (coded := CODE.match(written)) and (unit := next((u for u in names.units if u.code == coded[2]), None)):
        return BearerPlan(unit=unit)
    match = names.find(written)
    if match.several:
        several = pgettext("between names", ", ").join(f"{unit.name} [{unit.code}]" for unit in match.several)
        row.problem = row.problem or _("Several units are called %(name)s. Write one of: %(several)s") % {
            "name": written,
            "several": several,
        }
    if match.unit or match.group:
        return BearerPlan(unit=match.unit, group=match.group)
    row.outside.append(written)
    return BearerPlan(outside=written)
