"""The history of a record in words: who, for whom, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from activities.kinds import Came, Duty, Kind
from activities.models import Meeting, MeetingEvent
from branches.models import Line, Platform
from branches.templatetags.frame import briefly

VERBS = {
    "announced": gettext_lazy("Meeting announced"),
    "recorded": gettext_lazy("Meeting recorded"),
    "changed": gettext_lazy("Record changed"),
    "struck": gettext_lazy("Record struck out"),
    "tasked": gettext_lazy("Decisions put on the table as tasks"),
}
NAMES = {
    "kind": gettext_lazy("Kind"),
    "duty": pgettext_lazy("duty activity", "Sort"),
    "held_on": gettext_lazy("Date"),
    "place": gettext_lazy("Place"),
    "platform_id": gettext_lazy("Platform"),
    "line": gettext_lazy("Line"),
    "topic": gettext_lazy("Topic"),
    "decisions": gettext_lazy("Decisions"),
    "guests": gettext_lazy("Also present"),
    "joint": gettext_lazy("Other branches that took part"),
    "files": gettext_lazy("Files"),
}
CHOICES: dict[str, dict[str, Any]] = {
    "kind": dict(Kind.choices),
    "duty": dict(Duty.choices),
    "line": dict(Line.choices),
}


@dataclass(frozen=True)
class Entry:
    """One line of history."""

    title: str
    who: str
    at: datetime
    detail: SafeString | str
    text: str


def events_of(meeting: Meeting) -> list[Entry]:
    """Everything that happened to a record, newest first."""
    rows = list(meeting.events.select_related("by", "on_behalf_of"))
    keys = {key for row in rows for key in row.changes.get("platform_id", []) if key}
    platforms = dict(Platform.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    return [_entry(row, platforms) for row in rows]


def _entry(row: MeetingEvent, platforms: dict[int, str]) -> Entry:
    who = row.by.local_name
    if row.on_behalf_of:
        who = _("%(who)s for %(whom)s") % {"who": who, "whom": row.on_behalf_of.local_name}
    parts: list[tuple[Any, str, str]] = [
        (NAMES[name], _said(name, old, platforms), _said(name, new, platforms))
        for name, (old, new) in row.changes.items()
        if name in NAMES
    ]
    if "roll" in row.changes:
        old, new = row.changes["roll"]
        parts += [(briefly(name), _came(old.get(name)), _came(new.get(name))) for name in new]
    colon, between = pgettext("between a label and its value", ": "), pgettext("between statements", "; ")
    shown = [(label, colon, briefly(old) or "--", briefly(new) or "--") for label, old, new in parts]
    detail = format_html_join(between, "{}{}{} → {}", shown)
    if row.verb == "tasked":
        detail = format_html("{}", briefly(between.join(row.changes.get("decisions", [None, []])[1])))
    return Entry(str(VERBS.get(row.verb, row.verb)), who, row.at, detail, row.reason)


def _said(name: str, value: Any, platforms: dict[int, str]) -> str:
    if name == "platform_id":
        return platforms.get(value, "")
    if isinstance(value, list):
        return pgettext("between the items of a list", ", ").join(value)
    return str(CHOICES.get(name, {}).get(value, value) or "")


def _came(value: Any) -> str:
    """How somebody stood to it: the word, and the reason of a leave."""
    if not value:
        return ""
    word = str(Came(value[0]).label)
    return f"{word} ({value[1]})" if value[1] else word
