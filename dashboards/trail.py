"""A line of the audit trail in words: who, for whom, what, about which thing, why, and what stood there before (ux S28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import Change, Post, Unit, User
from branches.queries.history import FIELDS, VERBS, value_in_words
from dashboards.audit import ACTIONS, TREE, WORK, Row, place_of
from tasks.models import Event
from tasks.queries.history import CHANGED
from tasks.states import ListStage, Stage

PERSONS, UNITS = ("person", "approver"), ("to", "from", "body")  # entries of an event that hold a key
DAYS = ("due_on", "supplement_by", "agreed_on", "event", "day")
LABELS: Mapping[str, Promise] = {
    "stage": gettext_lazy("Stage"),
    "due_on": gettext_lazy("Due date"),
    "supplement_by": gettext_lazy("Supplement by"),
    "agreed_on": gettext_lazy("Agreed on"),
    "event": gettext_lazy("Day of the event"),
    "day": gettext_lazy("Day"),
    "name": gettext_lazy("Event"),
    "person": gettext_lazy("Person responsible"),
    "approver": gettext_lazy("Approver"),
    "paper": gettext_lazy("Paper"),
    "to": gettext_lazy("To the unit"),
    "from": gettext_lazy("From the unit"),
    "body": gettext_lazy("Body"),
    "document_number": gettext_lazy("Document number"),
    "number": pgettext_lazy("of a slip", "Number"),
    "file": gettext_lazy("File"),
    "assignments": gettext_lazy("Assignments"),
    "edition": pgettext_lazy("list", "Version"),
    "people": gettext_lazy("People"),
}
UNISSUED = (ListStage.DRAFT, ListStage.IN_APPROVAL)
# Why the issuer or a reviewer decided is told; what people wrote to each other (questions, help, instructions) is content.
DECISIONS = frozenset(
    {"return", "reopen", "suspend", "cancel", "terminate", "not_applicable", "hand_over", "branch_ended", "dropped"}
    | {"lengthen", "new_date", "recalled", "sent_back"}
)
KEPT_BACK = ("standing-recorded",)  # who stands how in the CPC is for roles that need it (design 3)


@dataclass(frozen=True)
class Entry:
    """One thing that a deed changed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One line of the trail."""

    key: str
    at: datetime
    action: str
    by: User | None
    on_behalf_of: User | None
    post: Post | None
    unit: Unit | None
    paper: str  # the list, or the thing of the tree
    task: str
    reason: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Names:
    """The people and units that the entries of some lines speak of; two queries at most."""

    people: Mapping[int, User]
    units: Mapping[int, Unit]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Names:
        """Everything that these lines name by key."""
        changes = [row.changes for row in rows if isinstance(row, Event)]
        people = {key for one in changes for name in PERSONS for key in _sides(one.get(name)) if isinstance(key, int)}
        units = {key for one in changes for name in UNITS for key in _sides(one.get(name)) if isinstance(key, int)}
        return cls(
            User.objects.in_bulk(people) if people else {},
            {unit.pk: unit for unit in Unit.objects.filter(pk__in=units)} if units else {},
        )


def lines(rows: Sequence[Row]) -> list[Line]:
    """Rows in words, with the names of what they speak of."""
    names = Names.of(rows)
    return [_of_work(row, names) if isinstance(row, Event) else _of_tree(row) for row in rows]


def _of_work(row: Event, names: Names) -> Line:
    known = ACTIONS[WORK]
    entries = []
    if row.from_stage and row.to_stage and row.from_stage != row.to_stage:
        entries.append(Entry(str(LABELS["stage"]), str(Stage(row.from_stage).label), str(Stage(row.to_stage).label)))
    for name, value in row.changes.items():
        if name in LABELS:
            before, after = _sides(value)
            entry = Entry(str(LABELS[name]), _words(name, before, names), _words(name, after, names))
            entries += [entry] if entry.before or entry.after else []
    # what a task says is content, and so is a draft: an auditor reads which one it was, by number and list
    task = _("No. %(number)s") % {"number": row.task.number} if row.task else ""
    paper = _("A draft") if row.list.stage in UNISSUED else row.list.title
    return Line(
        str(place_of(row)), row.at, str(known.get(row.move, CHANGED)), row.by, row.on_behalf_of, row.post,
        row.assignment.unit if row.assignment else None, paper, task,
        row.reason if row.move in DECISIONS else "", entries,
    )  # fmt: skip


def _of_tree(row: Change) -> Line:
    entries = []
    for name in {**row.before, **row.after}:
        before, after = value_in_words(name, row.before.get(name)), value_in_words(name, row.after.get(name))
        if before != after:
            entries.append(Entry(str(FIELDS.get(name, LABELS.get(name, name))), before, after))
    if row.verb in KEPT_BACK:
        entries = [Entry(_("Entries changed"), "", _("not shown here"))]
    return Line(
        str(place_of(row)), row.at, str(VERBS.get(row.verb, row.verb)), row.by, None, row.post, row.unit, row.subject, "",
        row.reason, entries,
    )  # fmt: skip


def _sides(value: Any) -> tuple[Any, Any]:
    """Before and after; a single value is what came about."""
    if isinstance(value, list):
        return (value[0], value[1]) if len(value) == 2 else (None, None)
    return None, value


def _words(name: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return ""
    if name in PERSONS:
        return names.people[value].name if value in names.people else ""
    if name in UNITS:
        return names.units[value].name if value in names.units else ""
    if name in DAYS and (found := _day(str(value))):
        return value_in_words("_on", found.isoformat())
    return str(value)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


COLUMNS: Sequence[Promise] = (
    pgettext_lazy("column", "Time"),
    gettext_lazy("Person"),
    gettext_lazy("Under the post"),
    gettext_lazy("On behalf of"),
    gettext_lazy("Action"),
    gettext_lazy("Unit"),
    gettext_lazy("List or thing"),
    gettext_lazy("Task"),
    gettext_lazy("Reason"),
    gettext_lazy("Before and after"),
)


def cells(line: Line, at: str) -> tuple[str, ...]:
    """A line as a row of a file."""
    post = f"{line.post.unit.name} {line.post.title or line.post.get_role_display()}" if line.post else ""
    told = "\n".join(f"{one.label}: {one.before or '--'} → {one.after or '--'}" for one in line.entries)
    by = line.by.name if line.by else _("The system")
    other = line.on_behalf_of.name if line.on_behalf_of else ""
    return (
        at,
        by,
        post,
        other,
        line.action,
        line.unit.name if line.unit else "",
        line.paper,
        line.task,
        line.reason,
        told,
    )


def actions_offered(work: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the filter offers, by room; each action by its address word."""
    rooms = [(WORK, _("Lists and assignments"))] if work else []
    rooms.append((TREE, _("Units, people and branches")))
    return [(label, [(f"{kind}:{name}", str(words)) for name, words in ACTIONS[kind].items()]) for kind, label in rooms]
