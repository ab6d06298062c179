"""A branch met less often than it is asked to: told when the period is over, to its own secretary and to nobody as a mark
(issue 6). The number itself is the list behind it, on the page of the branch's year."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from activities.queries import branch_years, served_branches
from branches.models import Branch, User
from branches.models.life import BranchState
from branches.models.words import active_q
from tasks.models import Reminder
from tasks.reminders.occasions import last_day_at_once
from tasks.reminders.people import Directory, Place
from tasks.reminders.topics import Moment, Told, Topic, register, untold
from tasks.reminders.words import Facts, both


class Shortage(Topic):
    """Meetings that a rule asked for in a month, quarter or year that has just ended."""

    kind, subject_type = Reminder.Kind.SHORTAGE, "meetings"

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """On the first working days of a month, of the periods that ended with the month before."""
        bound = moment.on.replace(day=1)
        day = moment.days.on_or_after(bound)
        if not day <= moment.on <= last_day_at_once(day, moment.days):
            return []
        rows = Branch.objects.filter(
            active_q(moment.on, "unit__"), state=BranchState.ACTIVE, activated_on__isnull=False
        )
        rows = rows.filter(untold(self, day=day)) if subjects is None else rows.filter(pk__in=subjects)
        branches = list(rows.select_related("unit", "unit__body", "type", "platform").order_by("pk"))
        ended = bound - timedelta(days=1)
        short = [
            one.branch
            for one in branch_years(branches, ended.year, moment.on)
            if any(gap.judged.window.bound == bound for gap in one.gaps)
        ]
        places = {one.pk: Place.of_desk(one.unit) for one in short}
        directory = Directory.load(places.values(), moment.on)
        return [Told(pk, person, day) for pk, place in places.items() for person in directory.of(place)]

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The branch, with the way to its year."""
        rows = Branch.objects.filter(pk__in=subjects).select_related("unit")
        return {one.pk: {"unit": both(one.unit), "path": f"/activities/branch/{one.pk}/"} for one in rows}

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Whoever sees the life of the branch."""
        return set(served_branches(user, on).filter(pk__in=subjects).values_list("pk", flat=True))


register(Shortage)
