"""Speaking to groups: what is worth saying there is read from the data, written once, and sent at the pace of each provider.

Lists with their number of tasks and dates; no task is quoted, nobody is named, nothing is called late (ux C1, issue 6).
The claim, the lease and the order of send and mark are those of mails; a group has no Message-ID, so a sender that dies between
the two is heard twice there, except by receivers that know the Idempotency-Key.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from branches.clock import SHANGHAI, day_of
from tasks.models import Assignment, Edition, GroupMessage, Robot, Task, TaskList
from tasks.models.reminders import State
from tasks.models.robots import MOST_FAILURES
from tasks.reminders.hours import Hours
from tasks.reminders.letters import address, day_words
from tasks.reminders.wires import Said, Trouble, robots
from tasks.reminders.words import named, title_of
from tasks.states import ListStage, ReceiverRole, Stage
from tasks.workdays import Workdays

BACK = timedelta(days=3)  # what happened before is history for a group
AHEAD = 3  # working days before a date
LIVES = 2  # working days after which it is not worth saying any more
PACE = 10  # messages a minute to one address; every provider allows more
MAX_ATTEMPTS = 6
BATCH = 20
BUDGET = 60.0  # seconds of one round
KEPT = timedelta(days=183)
QUIET = (Stage.STOPPED, Stage.SUSPENDED)
log = structlog.get_logger(__name__)
Kind = GroupMessage.Kind


def plan_groups(now: datetime, days: Workdays) -> int:
    """Write what is to be said to each robot and was not yet; how many are new. A handful of queries for each robot."""
    made = 0
    GroupMessage.objects.filter(state=State.READY, expires_at__lte=now).update(state=State.EXPIRED)
    GroupMessage.objects.filter(not_before__lt=now - KEPT).delete()
    for robot in Robot.objects.filter(is_on=True).select_related("body"):
        rows = [*_new_lists(robot, now, days), *_dates(robot, now, days)]
        made += len(GroupMessage.objects.bulk_create(_unknown(robot, rows), ignore_conflicts=True))
    return made


def _unknown(robot: Robot, rows: list[GroupMessage]) -> list[GroupMessage]:
    known = set(
        GroupMessage.objects.filter(robot=robot, subject_id__in={row.subject_id for row in rows}).values_list(
            "kind", "subject_id", "day", "revision"
        )
    )
    return [row for row in rows if (row.kind, row.subject_id, row.day, row.revision) not in known]


def _new_lists(robot: Robot, now: datetime, days: Workdays) -> list[GroupMessage]:
    """Lists that a unit of the body issued, or that arrived from above, and their new versions, since the robot listens."""
    since = max(robot.made_at, now - BACK)
    ours = TaskList.objects.filter(
        Q(issuer__body=robot.body) | Q(deliveries__body=robot.body), kind=TaskList.Kind.TASK, stage=ListStage.ISSUED
    )
    issued = {"published_at__gt": since, "published_at__lte": now}
    fresh = [(one, 1, one.published_at) for one in ours.filter(**issued).distinct()]
    versions = Edition.objects.published().filter(list__in=ours, **issued).select_related("list")
    fresh += [(one.list, one.number or 1, one.published_at) for one in versions]
    counted = _tasks_of({one.pk for one, _number, _at in fresh})
    return [
        message(
            robot, Kind.NEW_LIST if number == 1 else Kind.EDITION, one.pk, day_of(at or now), number,
            _facts(one, counted.get(one.pk, 0)), now, days,
        )
        for one, number, at in fresh
    ]  # fmt: skip


def _tasks_of(lists: Collection[int]) -> dict[int, int]:
    rows = Task.objects.filter(list__in=lists).order_by().values_list("list").annotate(n=Count("pk"))
    return dict(rows.values_list("list", "n"))


def _dates(robot: Robot, now: datetime, days: Workdays) -> list[GroupMessage]:
    """Lists of which something is due within three working days: the number of tasks, whoever has reported already or not."""
    on = day_of(now)
    rows = Assignment.objects.filter(
        due_on__gt=on, due_on__lte=days.add(on, AHEAD), body=robot.body, role=ReceiverRole.LEAD,
        list__stage=ListStage.ISSUED, list__issued_on__lt=on,
    ).exclude(stage__in=QUIET)  # fmt: skip
    found = rows.order_by().values_list("list", "due_on").annotate(n=Count("task", distinct=True))
    counted = [(pk, due, n) for pk, due, n in found.values_list("list", "due_on", "n") if due is not None]
    lists = TaskList.objects.in_bulk({pk for pk, _due, _n in counted})
    return [
        message(robot, Kind.DUE, pk, due, 1, _facts(lists[pk], n) | {"day": due.isoformat()}, now, days)
        for pk, due, n in counted
    ]


def _facts(of: TaskList, n: int) -> dict[str, Any]:
    return {"list": title_of(of), "n": n, "path": of.get_absolute_url()}


def message(
    robot: Robot, kind: str, subject: int, day: date, revision: int, facts: dict[str, Any], now: datetime, days: Workdays
) -> GroupMessage:  # fmt: skip
    """One message, not saved: within working hours, and off the full and the half hour, when everybody's robots speak."""
    opens, ends = _span(now, days, robot.pk)
    return GroupMessage(
        robot=robot,
        kind=kind,
        subject_id=subject,
        day=day,
        revision=revision,
        facts=facts,
        not_before=opens,
        expires_at=ends,
    )


def _span(now: datetime, days: Workdays, turn: int) -> tuple[datetime, datetime]:
    """From when on it may be said, and until when it is worth saying."""
    opens = off_the_mark(Hours(days).next_open(now), turn)
    return opens, Hours(days).closing(days.add(day_of(opens), LIVES))


def off_the_mark(moment: datetime, turn: int) -> datetime:
    """The moment itself, or some minutes later where it lies near a full or a half hour (Feishu asks for that)."""
    minute = moment.astimezone(SHANGHAI).minute % 30
    if 3 <= minute <= 27:
        return moment
    past = minute if minute < 3 else minute - 30
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=3 + turn % 15 - past)


def said(row: GroupMessage) -> Said:
    """The words, in Chinese: a group has no language of its own."""
    with override(settings.LANGUAGE_CODE):
        facts = row.facts
        values = {
            "list": named(facts, "list"),
            "n": facts.get("n", 0),
            "day": day_words(parse_date(str(facts.get("day", "")))),
        }
        if row.kind == Kind.TEST:
            title, text = _("Test message"), _("The group will hear of new lists and of dates here")
        elif row.kind == Kind.DUE:
            title = _("Due %(day)s: %(list)s") % values
            text = ngettext("%(n)d task is due that day", "%(n)d tasks are due that day", facts["n"]) % values
        elif row.kind == Kind.EDITION:
            title, text = _("New version: %(list)s") % values, _("What has changed is shown there")
        else:
            title = _("New list: %(list)s") % values
            text = ngettext("%(n)d task", "%(n)d tasks", facts["n"]) % values
        return Said(title, text, address(str(facts.get("path", "/"))), row.key)


def send_groups(now: datetime) -> int:
    """Send what is due, oldest first, at most so many a minute to one address; how many were taken.

    A robot that failed is left alone for the rest of the round, and the round ends with its time: servers that hang must not
    hold up a worker.
    """
    sent, failing, begun = 0, set[int](), time.monotonic()
    waiting = GroupMessage.objects.waiting(now).order_by("not_before", "pk").values_list("pk", "robot")
    for pk, robot in list(waiting[:BATCH]):
        if robot in failing or time.monotonic() - begun > BUDGET:
            continue
        taken = _send(pk, now)
        sent += taken is True
        if taken is False:
            failing.add(robot)
    return sent


def _send(pk: int, now: datetime) -> bool | None:
    """Whether the robot took it; None where nothing was tried."""
    row = GroupMessage.objects.waiting(now).filter(pk=pk, expires_at__gt=now).select_related("robot").first()
    if row is None:
        return None
    if _too_many(row.robot, now):
        GroupMessage.objects.untouched(row).update(not_before=now + timedelta(minutes=1))
        return None
    if not GroupMessage.objects.claim(row, now):
        return None
    robot = row.robot
    trouble = robots.send(robot.kind, robot.address, robot.secret, said(row), now)
    if trouble is None:
        GroupMessage.objects.filter(pk=pk).exclude(state=State.SENT).update(state=State.SENT, sent_at=now, error="")
        Robot.objects.filter(pk=robot.pk, failures__gt=0).update(failures=0)
        return True
    _put_back(row, trouble, now)
    return False


def _too_many(robot: Robot, now: datetime) -> bool:
    lately = GroupMessage.objects.filter(
        robot__address_hash=robot.address_hash, claimed_at__gt=now - timedelta(minutes=1)
    )
    return lately.count() >= PACE


@transaction.atomic(durable=True)
def _put_back(row: GroupMessage, trouble: Trouble, now: datetime) -> None:
    """Another try later, with growing pauses; after the last one it has failed, and its error stays readable."""
    attempts = row.attempts if trouble.away else row.attempts + 1
    log.warning("group_message_not_sent", message=row.pk, attempts=attempts, away=trouble.away, error=trouble.words)
    mine = GroupMessage.objects.held(row, now)
    values: dict[str, Any] = {"attempts": attempts, "error": trouble.words[:300]}
    if trouble.final or attempts >= MAX_ATTEMPTS:
        mine.update(state=State.DEAD, **values)
    else:
        pause = max(trouble.pause(attempts), timedelta(seconds=trouble.wait))
        mine.update(not_before=off_the_mark(now + pause, row.robot_id), claimed_at=None, **values)
    Robot.objects.filter(pk=row.robot_id).update(failures=F("failures") + 1)
    Robot.objects.filter(pk=row.robot_id, failures__gte=MOST_FAILURES).update(is_on=False)


def again(pk: int, now: datetime, days: Workdays) -> None:
    """Let a failed message be tried as a new one. Inside the caller's transaction."""
    opens, ends = _span(now, days, 0)
    GroupMessage.objects.filter(pk=pk, state=State.DEAD).update(
        state=State.READY, attempts=0, error="", claimed_at=None, not_before=opens, expires_at=ends
    )
