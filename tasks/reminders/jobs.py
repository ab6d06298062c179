"""The doors for Celery and for cron: plan what is due, send what waits. Jobs take keys or nothing, and are safe twice.

The table is the queue: a lost message of the broker, a second beat or a killed worker changes nothing but the moment
(design 8). The advisory lock only saves work where two sweeps meet; what holds is the ledger's unique key.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from celery import shared_task
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError as BrokerError

from branches import clock
from branches.actions import close_branches_due
from tasks.actions import open_due_periods
from tasks.actions.handovers import stop_ended_work
from tasks.actions.posts import settle_post_handovers
from tasks.actions.terms import apply_terms_due
from tasks.actions.tree import do_changes_due, pass_on_returned
from tasks.calendar import working_days
from tasks.models.reminders import Channel
from tasks.papers.sources import read_due
from tasks.reminders import groups, todos
from tasks.reminders import plan as planning
from tasks.reminders import send as sending
from tasks.reminders.invitations import mail_invitations

SWEEP_LOCK = 0x5357_4545_50  # any number that no other lock of ours has
BUDGET = 120.0  # seconds of one drain; well inside the job's time limit, the next tick goes on
log = structlog.get_logger(__name__)


@shared_task(name="tasks.reminders.jobs.sweep")
def sweep() -> None:
    """Make changes of the tree whose day has come, end branches whose last day has passed, open periods that begin, plan what
    is due, and wake a sender."""
    plan_due()
    try:
        drain.apply_async(expires=60, retry=False)
    except (BrokerError, OSError) as error:  # the rows wait in the ledger; the next tick wakes a sender
        log.warning("drain_not_queued", error=str(error))


@shared_task(name="tasks.reminders.jobs.drain")
def drain() -> None:
    """Send what waits in the ledger, until it is empty, the mail server is away or the time is used up."""
    send_due()


def plan_due() -> int | None:
    """The sweep's work in the foreground: how many reminders were new; None where another sweep is at it."""
    with _alone() as mine:
        if not mine:
            return None
        now = clock.now()
        for work in (
            do_changes_due,
            pass_on_returned,
            settle_post_handovers,
            apply_terms_due,
            stop_ended_work,
            close_branches_due,
            open_due_periods,
            read_due,
        ):
            try:
                work(now)
            except Exception:  # a branch that cannot be closed or a period not opened must not silence reminders
                log.exception("sweep_part_failed", part=work.__name__)
        days = working_days()
        made = planning.plan(now, days)
        groups.plan_groups(now, days)
        todos.plan_todos(now)
        return made


def send_due() -> dict[sending.Outcome, int]:
    """The drain's work in the foreground: how many messages ended how."""
    total: dict[sending.Outcome, int] = {}
    away: set[str] = set()
    begun = time.monotonic()
    while time.monotonic() - begun < BUDGET:
        found = sending.send_some(clock.now(), away=away)
        for outcome, number in found.items():
            total[outcome] = total.get(outcome, 0) + number
        if not found:
            break
    if Channel.MAIL not in away:
        mail_invitations(clock.now())
    groups.send_groups(clock.now())
    if Channel.DINGTALK not in away:
        todos.send_todos(clock.now())
    return total


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other sweep runs on this database just now; the lock goes with the connection when we are killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SWEEP_LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with suppress(DatabaseError), connection.cursor() as cursor:  # a connection that broke has let go of it
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEP_LOCK])
