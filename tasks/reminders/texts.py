"""Words to be copied into a chat where no message of ours gets: for each unit its work, its dates and the way to the form.

A group reads along, so nobody is named and nothing is called late (ux C1); the addresses ask for a sign-in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Unit
from tasks.models import Assignment, TaskList
from tasks.reminders.letters import address, day_words, place_words

MOST = 20  # rows that are written out for one unit


@dataclass(frozen=True)
class Text:
    """What is copied for one unit."""

    unit: Unit
    lines: list[str]

    @property
    def key(self) -> str:
        """What tells its place on the page apart."""
        return str(self.unit.pk)


def of_rows(rows: Iterable[Assignment]) -> list[Text]:
    """Rows that are asked after, unit by unit, each with its date and its form. Asks the database nothing."""
    texts = []
    for mine in _by_unit(rows):
        words = ngettext(
            "%(unit)s: %(n)d task is to be reported", "%(unit)s: %(n)d tasks are to be reported", len(mine)
        )
        lines = [words % {"unit": place_words(mine[0].unit), "n": len(mine)}]
        lines += [_("%(task)s, by %(day)s: %(url)s") % _facts(row) for row in mine[:MOST]]
        if len(mine) > MOST:
            lines.append(_("The whole work queue: %(url)s") % {"url": address("/")})
        texts.append(Text(mine[0].unit, lines))
    return texts


def of_list(task_list: TaskList, rows: Iterable[Assignment]) -> list[Text]:
    """A list that was issued, unit by unit: how many of its tasks, the first date, and where it is. Asks nothing either."""
    texts = []
    for mine in _by_unit(rows):
        first = min((row.due_on for row in mine if row.due_on), default=None)
        tasks = len({row.task_id for row in mine})
        values = {
            "unit": place_words(mine[0].unit), "list": task_list.local_name, "n": tasks, "day": day_words(first),
            "url": address(task_list.get_absolute_url()),
        }  # fmt: skip
        if first:
            words = ngettext(
                "%(unit)s: %(list)s, %(n)d task, first due %(day)s. %(url)s",
                "%(unit)s: %(list)s, %(n)d tasks, first due %(day)s. %(url)s", tasks,
            )  # fmt: skip
        else:
            words = ngettext(
                "%(unit)s: %(list)s, %(n)d task. %(url)s", "%(unit)s: %(list)s, %(n)d tasks. %(url)s", tasks
            )
        texts.append(Text(mine[0].unit, [words % values]))
    return texts


def _by_unit(rows: Iterable[Assignment]) -> list[list[Assignment]]:
    found: dict[int, list[Assignment]] = {}
    for row in rows:
        found.setdefault(row.unit_id, []).append(row)
    return list(found.values())


def _facts(row: Assignment) -> dict[str, str]:
    form = address(f"{row.get_absolute_url()}update/")
    return {"task": " ".join(row.task.local_name.split()), "day": day_words(row.clock_on), "url": form}
