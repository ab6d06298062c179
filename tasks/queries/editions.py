"""The versions of a list as pages show them: what each changed, what an earlier one said, and the list's own history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import Unit, User
from tasks.editions import Why
from tasks.models import Edition, Event, Task, TaskList, TaskText
from tasks.queries.history import Line
from tasks.queries.lists import sees_all

COLUMNS = {
    "heading": gettext_lazy("Heading"),
    "content": gettext_lazy("Task"),
    "measures": gettext_lazy("Measures"),
    "leader": gettext_lazy("Responsible leader"),
    "lead_units": gettext_lazy("Lead unit"),
    "supporting_units": gettext_lazy("Supporting units"),
    "due": gettext_lazy("Due as written"),
    "evidence": gettext_lazy("Evidence"),
}
ASKED = {
    Why.LATER: gettext_lazy("Why does the date become later"),
    Why.WITHDRAWN: gettext_lazy("Why is it withdrawn"),
    Why.OUT: gettext_lazy("Why is a unit taken out"),
}
UNITS = ("lead_units", "supporting_units")
TITLES = {
    "published": gettext_lazy("Published"),
    "sent_for_approval": gettext_lazy("Sent for approval"),
    "agreed": gettext_lazy("Approved"),
    "sent_back": gettext_lazy("Sent back"),
    "question_taken_back": gettext_lazy("Taken back from approval"),
    "new_edition": gettext_lazy("New version out"),
    "sign": gettext_lazy("Signed for"),
    "recalled": pgettext_lazy("list", "Recalled"),
    "closed": pgettext_lazy("list", "Closed"),
}
OPENLY = frozenset({"published", "new_edition", "recalled", "closed"})  # what every receiver may read


@dataclass(frozen=True)
class Day:
    """An occurrence with its old and new day."""

    old: date | None
    new: date | None

    @property
    def later(self) -> bool:
        """Whether it is a lengthening."""
        return self.old is not None and (self.new is None or self.new > self.old)


@dataclass(frozen=True)
class Reason:
    """Words given, or still wanted, for one kind of change."""

    name: str  # of the field
    label: str
    text: str
    problem: str = ""


@dataclass
class Entry:
    """What a version changes of one task."""

    task: int
    number: str
    content: str
    withdrawn: bool
    words: list[tuple[str, str, str]]
    days: list[Day]
    fresh: list[date | None]
    gone: list[date | None]
    added: list[str]
    out: list[str]
    reasons: list[Reason]


def entries(record: Mapping[str, Any], only: Iterable[int] | None = None) -> list[Entry]:
    """The changed tasks of a record; `only` for a reader of another body, who is not told of other receivers."""
    wanted = set(only) if only is not None else None
    return [
        _entry(each, wanted is None) for each in record.get("tasks", []) if wanted is None or each["task"] in wanted
    ]


def _entry(each: Mapping[str, Any], inside: bool) -> Entry:
    shown = {name: pair for name, pair in each["words"].items() if inside or name not in UNITS}
    asked = {key: text for key, text in each["reasons"].items() if inside or key != Why.OUT}
    return Entry(
        task=each["task"],
        number=each["number"],
        content=each["content"],
        withdrawn=each["withdrawn"],
        words=[(str(COLUMNS[name]), pair[0], pair[1]) for name, pair in shown.items()],
        days=[Day(_day(one["from"]), _day(one["to"])) for one in each["dates"]],
        fresh=[_day(one) for one in each["fresh"]],
        gone=[_day(one["due"]) for one in each["gone"]],
        added=[one["name"] for one in each["added"]] if inside else [],
        out=[one["name"] for one in each["out"]] if inside else [],
        reasons=[Reason(f"{key}-{each['task']}", str(ASKED[Why(key)]), text) for key, text in asked.items()],
    )


def _day(text: str | None) -> date | None:
    return parse_date(text) if text else None


@dataclass
class Version:
    """One version of a list, the newest first."""

    number: int
    at: datetime | None
    by: User | None
    entries: list[Entry] = field(default_factory=list)
    new: list[Mapping[str, str]] = field(default_factory=list)
    title: tuple[str, str] | None = None


def versions(task_list: TaskList, user: User, on: date) -> list[Version]:
    """What each version changed, as far as this person may see the tasks. Three queries at most."""
    every = list(Edition.objects.published().filter(list=task_list).select_related("published_by"))
    inside = sees_all(task_list, user, on)
    seen = (
        None
        if inside or not every
        else dict(Task.objects.visible_to(user, on).filter(list=task_list).values_list("pk", "number"))
    )
    found = [Version(1, task_list.published_at, task_list.published_by if inside else None)]
    for edition in every:
        record = edition.changes
        numbers = None if seen is None else set(seen.values())
        title = record.get("title")
        found.append(
            Version(
                edition.number or 0,
                edition.published_at,
                edition.published_by if inside else None,
                entries(record, seen),
                [one for one in record.get("new", []) if numbers is None or one["number"] in numbers],
                (title[0], title[1]) if title else None,
            )
        )
    return list(reversed(found))


def as_it_was(task_list: TaskList, number: int, user: User, on: date) -> list[tuple[Task, TaskText]]:
    """The tasks of an earlier version with the words it had. Three queries."""
    records = Edition.objects.published().filter(list=task_list, number__lte=number).values_list("changes", flat=True)
    gone = {each["task"] for record in records for each in record.get("tasks", []) if each["withdrawn"]}
    tasks = {task.pk: task for task in Task.objects.visible_to(user, on).filter(list=task_list).exclude(pk__in=gone)}
    texts = TaskText.objects.filter(task__in=tasks, edition__lte=number).order_by("edition")
    latest = {text.task_id: text for text in texts}
    kept = sorted(latest, key=lambda pk: (tasks[pk].position, pk))
    return [(tasks[pk], latest[pk]) for pk in kept]


def list_history(task_list: TaskList, user: User, on: date) -> list[Line]:
    """What happened to the list itself, newest first. A receiver reads what was published, and what his own body signed."""
    inside = sees_all(task_list, user, on)
    events = Event.objects.filter(list=task_list, assignment=None, move__in=TITLES).select_related(
        "by", "on_behalf_of", "post__unit__body"
    )
    bodies = {post.unit.body_id for post in user.posts_on(on)}
    lines = []
    signed = Unit.objects.in_bulk({e.changes["body"] for e in events if e.move == "sign" and "body" in e.changes})
    for event in events:
        own = event.post is not None and event.post.unit.body_id in bodies
        if not (inside or event.move in OPENLY or (event.move == "sign" and own)):
            continue
        line = Line(event.move, str(TITLES[event.move]), event.at, event.by, event.on_behalf_of, event.post)
        line.text = event.reason
        line.detail = _detail(event)
        body = signed.get(event.changes.get("body", 0)) or (event.post.unit.body if event.post else None)
        if event.move == "sign" and body is not None:
            line.named = body
        lines.append(line)
    return lines


def _detail(event: Event) -> str:
    number = event.changes.get("edition")
    words = _("Version %(n)s") % {"n": number} if number and number > 1 else ""
    if event.move == "new_edition":
        told = event.changes
        counted = _("changed %(changed)s, withdrawn %(withdrawn)s, new %(new)s") % told
        return f"{words} · {counted}"
    return words
