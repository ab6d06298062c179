"""What is said of a thing in one sentence, in the language of whoever reads it (ux h.7): for letters and for notices alike.

The facts are kept with a notice as it was given, like the words of a mail, so that a page of notices asks nothing again.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from branches.roles import Role
from tasks.models import Assignment, Reminder, TaskList

# task, list, unit: {"zh", "en"}; day: ISO; text: words of people; path: address; state: of the thing
Facts = dict[str, Any]
Kind = Reminder.Kind
SENTENCES: dict[str, str | Promise] = {
    Kind.BEFORE: gettext_lazy("Due %(day)s: %(task)s"),
    Kind.DUE: gettext_lazy("Due %(day)s: %(task)s"),
    Kind.LATE: gettext_lazy("Overdue since %(day)s: %(task)s"),
    Kind.RETURNED: gettext_lazy("Needs more by %(day)s: %(task)s"),
    Kind.NEW_LIST: gettext_lazy("New tasks: %(list)s"),
    Kind.BY_HAND: gettext_lazy("Reminder: %(task)s"),
    Kind.HELP: gettext_lazy("Help answered: %(task)s"),
    Kind.INSTRUCTION: gettext_lazy("Instruction (by %(day)s): %(text)s"),
    Kind.EXTENSION: gettext_lazy("Extended to %(day)s: %(task)s"),
    Kind.CLARIFIED: gettext_lazy("Clarification: %(task)s"),
    Kind.EDITION: gettext_lazy("New version: %(list)s"),
    Kind.SIGN: gettext_lazy("Sign for it by %(day)s: %(list)s"),
    Kind.REVIEW: gettext_lazy("Waiting for review since %(day)s: %(task)s"),
    Kind.APPROVED: gettext_lazy("Approved: %(task)s"),
    Kind.BRANCH_ENDS: gettext_lazy("Ends on %(day)s: %(unit)s"),
    Kind.SHORTAGE: gettext_lazy("Fewer meetings than asked for: %(unit)s"),
    Kind.ESCALATED: gettext_lazy("Still overdue since %(day)s: %(task)s"),
}
OTHERWISE: dict[tuple[str, str], str | Promise] = {
    (Kind.EXTENSION, "refused"): gettext_lazy("Extension refused: %(task)s"),
    (Kind.EXTENSION, "declined"): gettext_lazy("More time was not passed on: %(task)s"),
}
REASONS: dict[str, str | Promise] = {
    Kind.HELP: gettext_lazy("You asked for help"),
    Kind.EXTENSION: gettext_lazy("You asked for more time"),
    Kind.APPROVED: gettext_lazy("You reported it"),
    Kind.REVIEW: gettext_lazy("You review for the unit that issued it"),
    Kind.BY_HAND: gettext_lazy("The issuing unit asks after this work"),
}
AS: dict[str, str | Promise] = {
    Role.SECRETARY: gettext_lazy("You are party-affairs secretary of %(unit)s"),
    Role.HEAD: gettext_lazy("You are head of %(unit)s"),
    Role.LEADER: gettext_lazy("You lead %(unit)s"),
    "": pgettext_lazy("reason for a notice", "You are the person responsible"),
}


def sentence(kind: str, facts: Facts) -> str:
    """One line: the verb and the date first."""
    words = OTHERWISE.get((kind, str(facts.get("state", ""))), SENTENCES[kind])
    names = {name: named(facts, name) for name in ("task", "list", "unit")}
    return " ".join((str(words) % {**names, "day": day_of(facts), "text": facts.get("text", "")}).split())


def named(facts: Facts, name: str) -> str:
    """A name in the language of the page; the Chinese one where no other is known."""
    found = facts.get(name) or {}
    return str((found.get("en") if (get_language() or "").startswith("en") else "") or found.get("zh", ""))


def day_of(facts: Facts) -> str:
    """The day that the sentence speaks of, without its year."""
    day = parse_date(str(facts.get("day") or ""))
    return format_date(day, pgettext("day without its year", "j M")) if day else ""


def reason(kind: str, role: str, unit: str, instead_of: str = "") -> str:
    """Why this person is told; `unit` is the name of the unit where he holds the post `role`."""
    if instead_of:
        return _("You stand in for %(name)s") % {"name": instead_of}
    return str(REASONS.get(kind) or AS.get(role if unit else "", AS[""])) % {"unit": unit}


def both(of: Any) -> dict[str, str]:
    """A name in the two languages of the site."""
    return {"zh": str(of.name), "en": str(of.name_en or "")}


def title_of(task_list: TaskList) -> dict[str, str]:
    """The title of a list in both."""
    return {"zh": task_list.title, "en": task_list.title_en}


def about(row: Assignment, **more: Any) -> Facts:
    """The facts of a row of work, with the way to its page."""
    return {"task": both(row.task), "unit": both(row.unit), "path": row.get_absolute_url(), **more}


def iso(day: date | None) -> str:
    """A day as the facts keep it; empty for none."""
    return day.isoformat() if day else ""
