"""What waits too long or is about to end: a list to be signed for, a report in review, overdue work nobody moved, a branch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from django.db.models import F, OuterRef, Q

from branches.clock import day_of
from branches.models import BodySettings, Branch, Post, User
from branches.models.life import BranchState
from branches.models.words import active_q
from branches.roles import Role
from tasks.models import Assignment, Delivery, Edition, Event, Notice, Reminder, Report
from tasks.models.assignments import overdue_q
from tasks.models.reminders import State
from tasks.reminders import ledger
from tasks.reminders.ledger import ASSIGNMENT, OVERDUE
from tasks.reminders.people import Addressee, Directory, Place
from tasks.reminders.topics import BACK, Moment, OfRows, Told, Topic, register, untold
from tasks.reminders.topics.followups import narrowed
from tasks.reminders.words import Facts, about, both, title_of
from tasks.rules import SETTLE
from tasks.states import DESK, ListStage, Stage

Kind = Reminder.Kind
ONE_DAY = timedelta(days=1)


def wished(name: str) -> Mapping[int | None, int]:
    """What each body wants of one number of its settings; the national default where it never said anything. One query."""
    default = getattr(BodySettings(), name)
    return defaultdict(lambda: default, BodySettings.objects.values_list("body_id", name))


class ToSign(Topic):
    """A version that arrived is to be signed for: a new version on its day, every one again when its day is over."""

    kind, subject_type = Kind.SIGN, "delivery"

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """The desk of the body, nearest first, while nobody has signed."""
        rows = Delivery.objects.waiting().filter(
            Q(sign_by__gte=moment.on - BACK) | Q(delivered_at__gt=moment.since), delivered_at__lte=moment.now,
            list__stage=ListStage.ISSUED,
        ).select_related("body")  # fmt: skip
        waiting = list(narrowed(rows, subjects))
        directory = Directory.load([Place.of_desk(one.body) for one in waiting], moment.on)
        return [
            Told(one.pk, person, day, one.edition)
            for one in waiting
            for day in self._days(one, moment)
            for person in directory.of(Place.of_desk(one.body))
        ]

    def _days(self, one: Delivery, moment: Moment) -> Iterable[date]:
        over = moment.days.on_or_after(one.sign_by + ONE_DAY)
        if over <= moment.on:
            return [over]
        return [day_of(one.delivered_at)] if one.edition > 1 else []  # version 1 is announced as a new list

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The list, and by when it is signed for."""
        rows = Delivery.objects.filter(pk__in=subjects).select_related("list", "body")
        return {
            one.pk: {
                "list": title_of(one.list), "unit": both(one.body),
                "day": one.sign_by.isoformat(), "path": f"/lists/{one.list_id}/sign/",
            }
            for one in rows
        }  # fmt: skip

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Whoever serves the body."""
        sight = user.sight(on).q("body__path", "body__body_id", "body_id")
        return set(Delivery.objects.filter(sight, pk__in=subjects).values_list("pk", flat=True))


class NewVersion(Topic):
    """A new version changed rows: one line to everyone who answers for one of them, when it reached his body."""

    kind, subject_type = Kind.EDITION, "list"
    MOVES = ("edition", "new_date")

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """By the events that the version left in the history of the rows."""
        newest = Edition.objects.published().filter(published_at__gt=moment.since - BACK, number=F("list__edition"))
        editions = {one.list_id: one for one in newest if subjects is None or one.list_id in subjects}
        events = Event.objects.filter(
            move__in=self.MOVES, list__in=editions, at__gt=moment.since, at__lte=moment.now, assignment__isnull=False
        )
        changed: dict[int, date] = {}
        for row, at in events.order_by("at").values_list("assignment_id", "at"):
            changed.setdefault(row, day_of(at))
        work = list(ledger.remindable(moment.on).filter(pk__in=changed).order_by("pk"))
        directory = Directory.load([ledger.place_of(row) for row in work], moment.on)
        found: dict[tuple[int, int], Told] = {}
        for one in work:
            edition = editions[one.list_id]
            for person in directory.of(ledger.place_of(one)):
                if person.user_id != edition.published_by_id:
                    told = Told(one.list_id, person, changed[one.pk], edition.number or 1)
                    found.setdefault((one.list_id, person.user_id), told)
        return list(found.values())

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The list, with the way to what changed in its newest version."""
        newest = Edition.objects.published().filter(list__in=subjects, number=F("list__edition"))
        return {
            one.list_id: {
                "list": title_of(one.list), "unit": both(one.list.issuer),
                "path": one.get_absolute_url(),
            }
            for one in newest.select_related("list__issuer")
        }  # fmt: skip

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Whoever sees a row of the list."""
        rows = Assignment.objects.visible_to(user, on).filter(list__in=subjects).order_by()
        return set(rows.values_list("list", flat=True))


class ReviewWaits(OfRows):
    """A report has waited for its reviewer longer than his body allows: our own delay, said to nobody else (ux g.4)."""

    kind, subject_type = Kind.REVIEW, "review"

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """Everyone on the seat that reviews, but whoever made the report."""
        rows = Assignment.objects.in_review().filter(
            submitted_at__gt=moment.since - BACK * 3, submitted_at__lte=moment.now, review_unit__isnull=False
        )
        if subjects is None:
            rows = rows.filter(untold(self, made_at__gte=OuterRef("submitted_at")))
        waiting = {}
        limits = wished("review_workdays")
        for row in narrowed(rows, subjects):
            since = day_of(row.submitted_at) if row.submitted_at else moment.on
            day = moment.days.add(since, limits[row.issuer_body_id] + 1)
            if moment.on - BACK <= day <= moment.on:
                waiting[row.pk] = (row, day)
        seats: dict[tuple[int | None, bool], list[Post]] = {}
        posts = Post.objects.filter(
            active_q(moment.on), user__is_active=True, unit__in={row.review_unit_id for row, _day in waiting.values()},
            role__in=[*DESK, Role.LEADER],
        ).order_by("user_id")  # fmt: skip
        for post in posts:
            seats.setdefault((post.unit_id, post.role == Role.LEADER), []).append(post)
        authors = self._authors(waiting)
        return [
            Told(pk, Addressee(post.user_id, Role(post.role), post.unit_id), day, row.due_revision)
            for pk, (row, day) in waiting.items()
            for post in seats.get((row.review_unit_id, row.review_leaders), [])
            if post.user_id not in authors.get(pk, set()) | {row.person_id}
        ]

    def _authors(self, rows: Collection[int]) -> dict[int, set[int | None]]:
        made = Report.objects.filter(assignment__in=rows, kind=Report.Kind.COMPLETION, at=F("assignment__submitted_at"))
        found: dict[int, set[int | None]] = {}
        for row, by, behalf in made.values_list("assignment_id", "by_id", "on_behalf_of_id"):
            found.setdefault(row, set()).update({by, behalf})
        return found

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The task, and since when it waits."""
        rows = Assignment.objects.filter(pk__in=subjects).select_related("task__text", "unit")
        return {
            one.pk: about(one, path=f"/review/{one.pk}/", day=day_of(one.submitted_at).isoformat())
            for one in rows
            if one.submitted_at
        }


class BranchEnds(Topic):
    """A branch ends within two weeks: its own secretary, and the desk that approved it, which settles what it leaves."""

    kind, subject_type = Kind.BRANCH_ENDS, "branch"

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """From two weeks before its last day."""
        rows = Branch.objects.filter(
            unit__ends_on__gt=moment.on, unit__ends_on__lte=moment.on + SETTLE, state=BranchState.ACTIVE
        ).select_related("unit", "approved_by")
        branches = list(narrowed(rows, subjects))
        asked = [(one, unit) for one in branches for unit in (one.unit, one.approved_by) if unit is not None]
        directory = Directory.load([Place.of_desk(unit) for _one, unit in asked], moment.on)
        found: dict[tuple[int, int], Told] = {}
        for one, unit in asked:
            ends = one.unit.ends_on or moment.on
            for person in directory.of(Place.of_desk(unit)):
                told = Told(one.pk, person, moment.days.on_or_after(ends - SETTLE))
                if told.day <= moment.on:
                    found.setdefault((one.pk, person.user_id), told)
        return list(found.values())

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The branch and its last day."""
        rows = Branch.objects.filter(pk__in=subjects, unit__ends_on__isnull=False).select_related("unit__body")
        return {
            one.pk: {
                "unit": both(one.unit), "day": (one.unit.ends_on - ONE_DAY).isoformat(), "path": one.get_absolute_url()
            }
            for one in rows
            if one.unit.ends_on
        }  # fmt: skip

    def seen(self, subjects: Collection[int], user: User, on: date) -> set[int]:
        """Whoever sees the branch."""
        return set(Branch.objects.visible_to(user, on).filter(pk__in=subjects).values_list("pk", flat=True))


class Escalated(OfRows):
    """Work stays overdue: told once to the next above in the same tree and body, after the person himself was told."""

    kind, subject_type = Kind.ESCALATED, OVERDUE
    LONGEST = 31  # days; what is older than this was told or is history

    def told(self, moment: Moment, subjects: Collection[int] | None = None) -> list[Told]:
        """On the n-th working day overdue, as the unit's body says, and not before somebody was told of it."""
        first = moment.on - timedelta(days=self.LONGEST)
        counts = Q(stage=Stage.RETURNED, supplement_by__gte=first) | ~Q(stage=Stage.RETURNED) & Q(due_on__gte=first)
        rows = ledger.remindable(moment.on).filter(overdue_q(moment.on), counts, body__isnull=False)
        if subjects is None:
            rows = rows.filter(untold(self, due_revision=OuterRef("due_revision")))
        waits = wished("escalate_workdays")
        late: dict[int, tuple[Assignment, date]] = {}
        for row in narrowed(rows, subjects).order_by("pk"):
            wait = waits[row.body_id]
            if not wait or row.clock_on is None:
                continue
            day = moment.days.add(row.clock_on, wait)
            if moment.on - BACK <= day <= moment.on:
                late[row.pk] = (row, day)
        heard = self._heard(late, moment.on)
        work = [(row, day) for pk, (row, day) in late.items() if pk in heard]
        directory = Directory.load([ledger.place_of(row) for row, _day in work], moment.on)
        return [
            Told(row.pk, person, day, row.due_revision)
            for row, day in work
            for person in directory.above(ledger.place_of(row))
        ]

    def _heard(self, late: dict[int, tuple[Assignment, date]], on: date) -> set[int]:
        """Rows of which somebody was told on an earlier day that they are late: by mail, or on his page of notices."""
        told = {"kind__in": [Kind.LATE, Kind.BY_HAND], "subject_type": ASSIGNMENT, "subject_id__in": late}
        mails = Reminder.objects.filter(**told, state=State.SENT, day__lt=on)
        notices = Notice.objects.filter(**told, day__lt=on)
        current = {
            (pk, revision)
            for rows in (mails, notices)
            for pk, revision in rows.order_by().values_list("subject_id", "due_revision")
        }
        return {pk for pk, (row, _day) in late.items() if (pk, row.due_revision) in current}

    def facts(self, subjects: Collection[int]) -> dict[int, Facts]:
        """The task and its date."""
        rows = Assignment.objects.filter(pk__in=subjects).select_related("task__text", "unit")
        return {one.pk: about(one, day=one.clock_on.isoformat()) for one in rows if one.clock_on}


register(ToSign, NewVersion, ReviewWaits, BranchEnds, Escalated)
