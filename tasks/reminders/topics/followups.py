"""Answers that somebody waits for: help, more time, an approval; a leader's instruction; words for every receiver (design 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from branches.clock import day_of
from branches.models import User
from tasks.models import Assignment, Clarification, Event, Extension, HelpRequest, Instruction, Reminder, Report
from tasks.reminders import ledger
from tasks.reminders.people import Addressee, Directory, Place
from tasks.reminders.topics import Moment, OfRows, Told, Topic, register, untold
from tasks.reminders.words import Facts, about, both, iso
from tasks.states import Stage

Kind = Reminder.Kind
ONE_DAY = timedelta(days=1)
TASK = ("assignment__task__text", "assignment__unit")


def narrowed(rows: QuerySet[Any], subjects: Collection[int] | None) -> QuerySet[Any]:
    """All of them, or those that are asked about."""
    return rows if subjects is None else rows.filter(pk__in=subjects)


def _of_rows(rows: Iterable[Any], user: User, on: date) -> set[int]:
    """Those of the requests whose assignment this person may open."""
    found = {one.pk: one.assignment_id for one in rows}
    seen = set(Assignment.objects.visible_to(user, on).filter(pk__in=found.values()).values_list("pk", flat=True))
    return {pk for pk, row in found.items() if row in seen}


class HelpAnswered(Topic):
    """The answer to a request for help, at once to whoever asked (ux C1)."""

    kind, subject_type, at_once = Kind.HELP, "help", True

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """Answered lately, and not by the one who asked."""
        rows = HelpRequest.objects.filter(state="answered", ended_at__gt=moment.since, ended_at__lte=moment.now)
        return [Told(one.pk, Addressee(one.by_id), day_of(one.ended_at)) for one in narrowed(rows, subjects)]

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The task and the answer."""
        rows = HelpRequest.objects.filter(pk__in=subjects).select_related(*TASK)
        return {one.pk: about(one.assignment, path=one.get_absolute_url(), text=one.answer) for one in rows}

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Whoever sees the row."""
        return _of_rows(HelpRequest.objects.filter(pk__in=subjects), user, on)


class ExtensionDecided(Topic):
    """What became of a request for more time, to whoever asked."""

    kind, subject_type = Kind.EXTENSION, "extension"

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """Agreed, refused or not passed on lately."""
        decided = ["agreed", "refused", "declined"]
        rows = Extension.objects.filter(state__in=decided, ended_at__gt=moment.since, ended_at__lte=moment.now)
        rows = rows.exclude(ended_by=F("by"))
        return [Told(one.pk, Addressee(one.by_id), day_of(one.ended_at)) for one in narrowed(rows, subjects)]

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The task, the new date and the words."""
        rows = Extension.objects.filter(pk__in=subjects).select_related(*TASK)
        return {one.pk: about(one.assignment, day=iso(one.granted_on), text=one.words, state=one.state) for one in rows}

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Whoever sees the row."""
        return _of_rows(Extension.objects.filter(pk__in=subjects), user, on)


class InstructionGiven(Topic):
    """A leader's words, at once to the desk that has to answer them (ux C1)."""

    kind, subject_type, at_once = Kind.INSTRUCTION, "instruction", True

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """Given lately and not answered yet."""
        rows = Instruction.objects.open().filter(at__gt=moment.since, at__lte=moment.now).select_related("unit")
        found = {one: Place.of_desk(one.unit) for one in narrowed(rows, subjects)}
        directory = Directory.load(found.values(), moment.on)
        return [
            Told(one.pk, person, day_of(one.at))
            for one, place in found.items()
            for person in directory.of(place)
            if person.user_id != one.by_id
        ]

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The words, and by when they are answered."""
        rows = Instruction.objects.filter(pk__in=subjects).select_related("unit")
        return {
            one.pk: {
                "unit": both(one.unit), "text": one.text, "day": one.due_on.isoformat(), "path": one.get_absolute_url()
            }
            for one in rows
        }  # fmt: skip

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Both sides of it."""
        return set(Instruction.objects.visible_to(user, on).filter(pk__in=subjects).values_list("pk", flat=True))


class Clarified(Topic):
    """Words of the issuer, one line to everyone who answers for an open row of the task (issue 5)."""

    kind, subject_type = Kind.CLARIFIED, "clarification"

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """Of a clarification that nobody was told of yet: everyone but its author."""
        rows = Clarification.objects.filter(at__gt=moment.since, at__lte=moment.now)
        if subjects is None:
            rows = rows.filter(untold(self))
        words = {one.pk: one for one in narrowed(rows, subjects)}
        by_task: dict[int, list[Clarification]] = {}
        for one in words.values():
            by_task.setdefault(one.task_id, []).append(one)
        work = list(ledger.remindable(moment.on).filter(task__in=by_task).order_by("pk"))
        directory = Directory.load([ledger.place_of(row) for row in work], moment.on)
        found: dict[tuple[int, int], Told] = {}
        for row in work:
            for person in directory.of(ledger.place_of(row)):
                for one in by_task[row.task_id]:
                    if person.user_id != one.by_id:
                        found.setdefault((one.pk, person.user_id), Told(one.pk, person, day_of(one.at)))
        return list(found.values())

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The task and the words."""
        rows = Clarification.objects.filter(pk__in=subjects).select_related("task__text", "task__list__issuer")
        return {
            one.pk: {
                "task": both(one.task), "unit": both(one.task.list.issuer), "text": one.text,
                "path": one.task.get_absolute_url(),
            }
            for one in rows
        }  # fmt: skip

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Whoever sees a row of the task."""
        rows = Assignment.objects.visible_to(user, on).order_by()
        found = Clarification.objects.filter(pk__in=subjects, task__in=rows.values("task"))
        return set(found.values_list("pk", flat=True))


class Approved(OfRows):
    """A report was accepted: a line on the page of notices from the next day on, when it can no longer be taken back."""

    kind, subject_type, by_mail = Kind.APPROVED, "approved", False

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """Whoever made the report that was accepted."""
        last = Report.objects.filter(assignment=OuterRef("pk"), kind=Report.Kind.COMPLETION).order_by("-at", "-pk")
        rows = Assignment.objects.filter(
            Q(completed_on__gte=day_of(moment.since), completed_on__lt=moment.on), stage=Stage.COMPLETED
        ).annotate(author=Subquery(last.values("by")[:1]))
        if subjects is None:  # by the newest events: every sweep asks, and no index leads to days of approval
            lately = Event.objects.filter(move="approve", at__gte=moment.since - ONE_DAY, at__lte=moment.now).order_by()
            fresh = untold(self, due_revision=OuterRef("due_revision"))
            rows = rows.filter(fresh, pk__in=lately.values("assignment"))
        return [
            Told(one.pk, Addressee(one.author), one.completed_on, one.due_revision)
            for one in narrowed(rows, subjects).only("completed_on", "due_revision")
            if one.author
        ]

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The task, and its grade where there is one."""
        rows = Assignment.objects.filter(pk__in=subjects).select_related("task__text", "unit")
        return {one.pk: about(one, text=one.grade) for one in rows}


register(HelpAnswered, ExtensionDecided, InstructionGiven, Clarified, Approved)
