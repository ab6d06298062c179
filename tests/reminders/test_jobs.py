"""The doors: names that the timetable calls, one tick from data to mail, and the command for sites without Celery."""

from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command

from branches.models import Branch, Unit
from cppcc_party.celery import app
from tasks.models import Assignment, Period, Reminder, Step
from tasks.reminders import jobs
from tests.factories import make_task
from tests.reminders.conftest import World


def test_the_timetable_calls_the_sweep_by_its_name() -> None:
    app.loader.import_default_modules()

    assert settings.CELERY_BEAT_SCHEDULE["sweep"]["task"] == jobs.sweep.name == "tasks.reminders.jobs.sweep"
    assert {"tasks.reminders.jobs.sweep", "tasks.reminders.jobs.drain"} <= set(app.tasks)


def test_one_round_in_the_foreground(world: World, clock_at: Callable[..., None]) -> None:
    clock_at(date(2026, 5, 12))
    world.give(world.office, date(2026, 5, 13))
    out = StringIO()

    call_command("send_reminders", stdout=out)
    call_command("send_reminders", stdout=out)

    assert out.getvalue().splitlines() == ["1 planned, 1 sent", "0 planned, 0 sent"]
    assert [message.to for message in mail.outbox] == [[world.clerk.email]]


def test_a_period_that_begins_is_opened_before_planning(world: World, clock_at: Callable[..., None]) -> None:
    clock_at(date(2026, 5, 11))
    task = make_task(world.list, "报送信息")
    step = Step.objects.create(task=task, phrase="每月14日前", kind=Step.Kind.EVERY, dates=[date(2026, 5, 14)])
    task.receivers.create(unit=world.office)
    Period.objects.create(step=step, number=1, starts_on=date(2026, 5, 11), due_on=date(2026, 5, 14))

    assert jobs.plan_due() == 1

    row = Assignment.objects.get(task=task)
    assert list(Reminder.objects.values_list("subject_id", "kind")) == [(row.pk, "before")]


def test_a_branch_whose_last_day_has_passed_is_closed_by_the_sweep(world: World, clock_at: Callable[..., None]) -> None:
    Unit.objects.filter(branch=world.branch).update(ends_on=date(2026, 5, 12))
    clock_at(date(2026, 5, 11))
    jobs.plan_due()
    before = Branch.objects.get(pk=world.branch.pk).state
    clock_at(date(2026, 5, 12))

    jobs.plan_due()

    assert (before, Branch.objects.get(pk=world.branch.pk).state) == ("active", "ended")
    assert not world.head.posts.active(date(2026, 5, 12)).exists()


def test_a_period_that_cannot_be_opened_silences_nobody(
    world: World, clock_at: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at(date(2026, 5, 12))
    world.give(world.office, date(2026, 5, 13))

    def broken(now: object) -> int:
        raise LookupError("no such unit")

    monkeypatch.setattr(jobs, "open_due_periods", broken)

    assert jobs.plan_due() == 1
