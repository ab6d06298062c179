"""Every part of the screens once in each of its states, with invented words and numbers: what the gallery shows to developers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.core.paginator import Paginator
from django.template.engine import Engine
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from branches.forms.fields import PlainForm
from dashboards.charts import (
    Amount,
    BulletBars,
    BurnUp,
    HeatCell,
    HeatMap,
    HeatRow,
    Month,
    MonthSquares,
    PlainBars,
    Point,
    Sparkline,
    UnitBar,
)  # fmt: skip
from dashboards.tour import STEPS
from tasks.lights import Lamp
from tasks.states import Light, Stage

CSS = Path(settings.BASE_DIR) / "static" / "css" / "app.css"
TOKEN = re.compile(r"--([a-z0-9-]+): (#[0-9A-Fa-f]{3,6});")
ICON = re.compile(r"""\{% icon ['"]([a-z-]+)['"]""")
UNITS = ("A", "B", "C")


@dataclass(frozen=True)
class Token:
    """A colour of app.css, and how well it reads on paper."""

    name: str
    colour: str

    @property
    def contrast(self) -> str:
        """The contrast ratio with white."""
        return f"{contrast(self.colour, '#fff'):.1f}"


def light(colour: str) -> tuple[float, float, float]:
    """The linear light of a colour such as "#fff": red, green and blue from 0 to 1 (sRGB)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    shares = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (light(one), light(other)))
    return (shares[1] + 0.05) / (shares[0] + 0.05)


def tokens() -> list[Token]:
    """The colours that app.css begins with, as they stand there today."""
    begin = CSS.read_text(encoding="utf-8").split("}", 1)[0]
    return [Token(*found) for found in TOKEN.findall(begin)]


@lru_cache(maxsize=1)
def icons() -> list[str]:
    """Every icon that some template names."""
    folders = [Path(folder) for folder in Engine.get_default().dirs]
    texts = (file.read_text(encoding="utf-8") for folder in folders for file in folder.rglob("*.html"))
    return sorted({name for text in texts for name in ICON.findall(text)})


CONTROL = {"class": "form-control"}
CHOICES = [(unit, unit) for unit in UNITS]


class SampleForm(PlainForm):
    """One field of each kind."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Nothing is written before the last step"),
        max_length=60,
        widget=forms.TextInput(CONTROL),
    )
    text = forms.CharField(
        label=gettext_lazy("Progress"), required=False, widget=forms.Textarea(CONTROL | {"rows": "3"})
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), choices=[("", "--"), *CHOICES], widget=forms.Select({"class": "form-select"})
    )
    day = forms.DateField(
        label=gettext_lazy("Due date"), required=False, widget=forms.DateInput(CONTROL | {"type": "date"})
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    line = forms.ChoiceField(label=gettext_lazy("Line"), choices=CHOICES, widget=forms.RadioSelect)
    tick = forms.BooleanField(label=gettext_lazy("Completed"), required=False)


@dataclass(frozen=True)
class Said:
    """A line of what was just done."""

    text: str
    level_tag: str

    def __str__(self) -> str:
        return self.text


def specimens(on: date, now: datetime) -> dict[str, Any]:
    """What the page shows, as the templates of the parts want it."""
    lamps = [
        Lamp(Light.ON_TRACK, _("On track")),
        Lamp(Light.SOON, _("Due today")),
        Lamp(Light.OVERDUE, ngettext("%(n)d day overdue", "%(n)d days overdue", 3) % {"n": 3}),
    ]
    later = on + timedelta(days=9)
    return {
        "tokens": tokens(),
        "icons": icons(),
        "lamps": lamps,
        "stages": list(Stage),
        "form": SampleForm(),
        "wrong": SampleForm({}, prefix="wrong"),
        "said": [Said(_("Saved"), tag) for tag in constants.DEFAULT_TAGS.values()],
        "steps": [_("Paste"), _("Check"), _("Publish")],
        "pages": Paginator(range(240), 20).page(4),
        "day": on,
        "later": later,
        "events": [SimpleNamespace(title=_("Report approved"), who="", at=now, detail=_("Completed"), text="")] * 2,
        "stop": SimpleNamespace(number=2, total=6, before=1, after=3, step=STEPS[1]),
        "charts": charts(on),
    }


def charts(on: date) -> dict[str, Sequence[Any]]:
    """The six charts, each full and with next to nothing in it (ux d.3)."""
    months = [f"{number:02}" for number in range(1, 13)]
    year = date(on.year, 1, 1)
    plan = [Point(year + timedelta(days=90 * number), 6 * number) for number in range(5)]
    done = [Point(year + timedelta(days=60 * number), 3 * number) for number in range(4)]
    bars = [
        UnitBar(
            UNITS[0], "", due=6, completed=1, overdue=4, in_time=1, total=14, reason=_("Waiting for papers from above")
        ),
        UnitBar(UNITS[1], "", due=14, completed=10, overdue=2, in_review=1, early=2, total=20),
        UnitBar(UNITS[2], "", due=5, completed=5, total=9),
    ]
    shares = (0.4, 0.7, 0.8, 0.9, 1.0)
    cells = [HeatCell(f"{share:.0%}", share) for share in shares]
    title = _("Progress by unit")
    return {
        "bullet": [BulletBars(title, bars), BulletBars(title, bars[2:])],
        "plain": [
            PlainBars(title, [Amount(unit, 9 - 3 * at) for at, unit in enumerate(UNITS)]),
            PlainBars(title, [Amount("A", 1)]),
        ],
        "heat": [
            HeatMap(title, months[:5], [HeatRow("A", cells), HeatRow("B", [*cells[:2], None, None, None])]),
            HeatMap(title, months[:1], [HeatRow("A", [HeatCell("3/4", 0.75)])]),
        ],
        "burn": [BurnUp(title, plan, done, year + timedelta(days=190)), BurnUp(title, plan[:2], done[:1], year)],
        "spark": [Sparkline(title, [0.6, 0.7, None, 0.8, 0.9, 1.0], months[:6]), Sparkline(title, [0.5], months[:1])],
        "squares": [
            MonthSquares(title, [Month(name, at % 3, 0 if at == 7 else 1) for at, name in enumerate(months)]),
            MonthSquares(title, [Month("01", 0)]),
        ],
    }
