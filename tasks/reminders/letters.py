"""The words of a message: subject, text and HTML in the recipient's language, with a link to the very form (ux h.7).

Only what concerns the recipient is in it, and nobody else's name. Names of lists, tasks and units stand as people wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, ngettext, override, pgettext
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Unit
from tasks.models import Assignment, Digest, Reminder, TaskList
from tasks.reminders import ledger, people, words
from tasks.reminders.check import Content, Item, News
from tasks.reminders.ledger import DAILY
from tasks.reminders.wires import Said
from tasks.states import Stage

MAX_SUBJECT, MAX_SUBJECT_EN = 30, 60  # characters; ux h.7 counts the Chinese ones
CHAT_LINES = 5  # lines of a message in a chat program
MAX_ROWS = 20  # rows of a new list that are written out; the rest is a number and a link


@dataclass(frozen=True)
class Line:
    """One row in a letter."""

    text: str
    unit: str
    why: str
    url: str
    words: str = ""
    said: bool = False  # the words are an answer or a text, not what is missing


@dataclass(frozen=True)
class Section:
    """Rows under one heading."""

    heading: str
    lines: list[Line]


def letter(digest: Digest, content: Content, now: datetime) -> EmailMultiAlternatives:
    """The message, ready to be sent; made anew it has the same Message-ID."""
    with override(digest.recipient.language):
        subject, sections = _written(digest, content, day_of(now))
        context = {
            "title": _one_line(subject),
            "sections": sections,
            "more": max(0, len(content.items) - MAX_ROWS) if content.new_list else 0,
            "list_url": address(f"/lists/{content.new_list.pk}/") if content.new_list else "",
            "own_links": bool(content.links),
            "by_hand": digest.slot.startswith(Reminder.Kind.BY_HAND),
            "home_url": address("/"),
            "feedback_url": address("/feedback/"),
            "language": "en" if _english() else "zh-Hans",
        }
        message = EmailMultiAlternatives(
            subject=_shorten(subject),
            body=render_to_string("mail/reminder.txt", context),
            to=[digest.recipient.email],
            headers={"Message-ID": digest.message_id, "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("mail/reminder.html", context), "text/html")
    return message


def chat(digest: Digest, content: Content, now: datetime) -> Said:
    """The same for a chat program: a title, the first lines, and one link, to the very form where there is one row."""
    with override(digest.recipient.language):
        subject, sections = _written(digest, content, day_of(now))
        lines = [line for section in sections for line in section.lines]
        shown = [f"{line.text} ({line.unit})" if line.unit else line.text for line in lines[:CHAT_LINES]]
        if len(lines) > CHAT_LINES:
            more = len(lines) - CHAT_LINES
            shown.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
        url = lines[0].url if len(lines) == 1 else address("/notices/")
        if content.new_list is not None and len(lines) > 1:
            url = address(f"/lists/{content.new_list.pk}/")
        return Said(_shorten(subject), "\n".join(shown), url, digest.message_id.strip("<>"))


def _written(digest: Digest, content: Content, on: date) -> tuple[str, list[Section]]:
    """Subject and sections of what the message still has to say."""
    if content.new_list is not None:
        return _new_list(content.new_list, content, on)
    if digest.slot.startswith(Reminder.Kind.BY_HAND):
        return _by_hand(content, on)
    if content.news and not content.items and digest.slot != DAILY:
        return words.sentence(content.news[0].kind, content.news[0].facts), _news(content)
    return _digest(content, on) if digest.slot == DAILY else _returned(content)


def address(path: str) -> str:
    """A full address on this site; the doors are those of design 11."""
    return f"{settings.SITE_URL}{path}"


def _digest(content: Content, on: date) -> tuple[str, list[Section]]:
    """What is due, most urgent for the reader first; the subject counts it."""
    items = content.items
    returned = [item for item in items if item.row.stage == Stage.RETURNED and not item.row.is_overdue(on)]
    rest = [item for item in items if item not in returned]
    due = [item for item in rest if item.row.clock_on == on]
    soon = [item for item in rest if item.row.clock_on and item.row.clock_on > on]
    late = [item for item in rest if item.row.clock_on and item.row.clock_on < on]
    counts = [
        (due, ngettext("%(n)d due", "%(n)d due", len(due))),
        (returned, ngettext("%(n)d needs more", "%(n)d need more", len(returned))),
        (soon, ngettext("%(n)d due soon", "%(n)d due soon", len(soon))),
        (late, ngettext("%(n)d overdue", "%(n)d overdue", len(late))),
    ]
    parts = [word % {"n": len(found)} for found, word in counts if found]
    if content.news:
        n = len(content.news)
        word = (
            ngettext("%(n)d other notice", "%(n)d other notices", n)
            if items
            else ngettext("%(n)d notice", "%(n)d notices", n)
        )
        parts.append(word % {"n": n})
    subject = _("Today: %(what)s") % {"what": pgettext("between the parts of a subject", ", ").join(parts)}
    groups = [(pgettext("stage", "Needs more information"), returned), (_("Due today"), due), (_("Due soon"), soon),
              (_("First day late"), late)]  # fmt: skip
    sections = [
        Section(heading, [_line(item, _dated(item.row, on), content) for item in found])
        for heading, found in groups
        if found
    ]
    return subject, sections + _news(content)


def _news(content: Content) -> list[Section]:
    """What topics have to tell, each kind under its own heading; the words of people under their line."""
    sections = []
    for kind in dict.fromkeys(one.kind for one in content.news):
        mine = [one for one in content.news if one.kind == kind]
        lines = [_told(one, content.units) for one in mine]
        more = len(lines) - MAX_ROWS
        if more > 0:
            text = ngettext("%(n)d more, on the page of notices", "%(n)d more, on the page of notices", more) % {
                "n": more
            }
            lines = [*lines[:MAX_ROWS], Line(text, "", "", address("/notices/"), said=True)]
        sections.append(Section(str(Reminder.Kind(kind).label), lines))
    return sections


def _told(one: News, units: Mapping[int, Unit]) -> Line:
    who = one.addressee
    unit = units[who.unit_id].local_name if who.unit_id else ""
    why = words.reason(one.kind, who.role or "", unit, who.instead_of)
    said = "" if one.kind == Reminder.Kind.INSTRUCTION else str(one.facts.get("text", ""))
    return Line(
        words.sentence(one.kind, one.facts),
        words.named(one.facts, "unit"),
        why,
        address(one.facts["path"]),
        said,
        said=True,
    )


def _by_hand(content: Content, on: date) -> tuple[str, list[Section]]:
    """The issuer asks after some work: one mail for all of it."""
    count = len(content.items)
    values = {"n": count, "task": content.items[0].row.task.local_name}
    subject = _("Reminder: %(task)s") if count == 1 else _("Reminder: %(n)d tasks")
    lines = [_line(item, _dated(item.row, on), content) for item in content.items]
    return subject % values, [Section(_("The issuing unit asks after this work"), lines)]


def _dated(row: Assignment, on: date) -> str:
    """A row with the date that counts, in the words of ux h.7."""
    values = {"task": row.task.local_name, "day": day_words(row.clock_on), "n": row.days_over(on)}
    if row.is_overdue(on):
        return ngettext("%(n)d day overdue: %(task)s", "%(n)d days overdue: %(task)s", row.days_over(on)) % values
    if row.stage == Stage.RETURNED:
        return _("Needs more by %(day)s: %(task)s") % values
    return _("Due %(day)s: %(task)s") % values


def _returned(content: Content) -> tuple[str, list[Section]]:
    """A report came back: what is missing, and until when."""
    item = content.items[0]
    values = {"task": item.row.task.local_name, "words": item.words}
    subject = _("Needs more: %(task)s, %(words)s") % values if item.words else _("Needs more: %(task)s") % values
    text = _("Needs more by %(day)s: %(task)s") % {**values, "day": day_words(item.row.clock_on)}
    return subject, [Section(pgettext("stage", "Needs more information"), [_line(item, text, content)])]


def _new_list(task_list: TaskList, content: Content, on: date) -> tuple[str, list[Section]]:
    """A list was issued: how many tasks of it are this person's, and the first date."""
    items = content.items
    tasks = len({item.row.task_id for item in items})
    first = min((item.row.due_on for item in items if item.row.due_on), default=None)
    values = {"n": tasks, "day": day_words(first), "list": task_list.local_name}
    if first:
        subject = ngettext(
            "%(n)d new task, first due %(day)s: %(list)s", "%(n)d new tasks, first due %(day)s: %(list)s", tasks
        )
    else:
        subject = ngettext("%(n)d new task: %(list)s", "%(n)d new tasks: %(list)s", tasks)
    lines = [
        _line(item, _dated(item.row, on) if item.row.due_on else item.row.task.local_name, content) for item in items
    ]
    return subject % values, [Section(task_list.local_name, lines[:MAX_ROWS])]


def _line(item: Item, text: str, content: Content) -> Line:
    why = people.why(item.addressee, content.units, ledger.place_of(item.row))
    path = content.links.get(item.row.pk) or f"/a/{item.row.pk}/update/"
    return Line(_one_line(text), place_words(item.row.unit), why, address(path), item.words)


def place_words(unit: Unit) -> str:
    """A unit with its body, because names of branches repeat (design 3)."""
    return unit.local_name if unit.is_body or unit.body is None else f"{unit.body.local_name} {unit.local_name}"


def day_words(day: date | None) -> str:
    """A day without its year, as subjects write it; empty for none."""
    return format_date(day, pgettext("day without its year", "j M")) if day else ""


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _one_line(text: str) -> str:
    """Words from a pasted list may hold line breaks; a header may not."""
    return " ".join(text.split())


def _shorten(subject: str) -> str:
    subject = _one_line(subject)
    most = MAX_SUBJECT_EN if _english() else MAX_SUBJECT
    return subject if len(subject) <= most else subject[: most - 1].rstrip() + "…"
