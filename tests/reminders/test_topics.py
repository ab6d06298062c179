"""What else people are told: answers, instructions, versions, what waits too long; whom, once, and only while it is true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from branches.models import BodySettings
from branches.roles import Role
from tasks import actions
from tasks.actions.accepting import unapprove
from tasks.actions.extensions import ask_extension, decide_extension
from tasks.actions.helping import answer_help, ask_help, clarify
from tasks.actions.instructions import answer_instruction, instruct
from tasks.models import Assignment, Delivery, HelpRequest, Instruction, Notice, Reminder
from tasks.models.reminders import State
from tasks.reminders.plan import plan
from tests.factories import at, make_post, make_unit, make_user, op
from tests.reminders.conftest import World, identities, plan_and_send

TODAY = date(2026, 5, 12)  # a Tuesday
FAR = date(2026, 9, 30)
Told = set[tuple[str, str]]


def told(kind: str) -> Told:
    """Who has a row of this kind in the ledger, and how it stands."""
    return set(Reminder.objects.filter(kind=kind).values_list("recipient__username", "state"))


def noticed(kind: str) -> set[str]:
    """Who finds it on his page of notices."""
    return set(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


def helped(world: World) -> HelpRequest:
    row = world.give(world.office, FAR)
    asked = ask_help(row, "means", "缺人", by=world.clerk, op=op(), now=at(TODAY, 9))
    return answer_help(asked, "抽调一人", by=world.secretary, op=op(), now=at(TODAY, 10))


def test_the_answer_to_a_request_for_help_goes_at_once_to_whoever_asked(world: World) -> None:
    helped(world)
    plan_and_send(at(TODAY, 11))

    assert told("help") == {("clerk", "sent")}
    assert noticed("help") == {"clerk"}
    (message,) = [one for one in mail.outbox if "求助" in one.subject]
    assert message.subject.startswith("求助有答复：")
    assert "抽调一人" in str(message.body)
    plan_and_send(at(TODAY, 15))
    assert Reminder.objects.filter(kind="help").count() == Notice.objects.filter(kind="help").count() == 1


def test_whoever_has_no_mail_address_finds_it_among_his_notices(world: World) -> None:
    world.clerk.email = ""
    world.clerk.save()
    helped(world)
    plan_and_send(at(TODAY, 11))
    assert told("help") == {("clerk", "cancelled")}
    assert noticed("help") == {"clerk"}
    assert mail.outbox == []


def test_what_nobody_planned_for_a_fortnight_is_history(world: World) -> None:
    helped(world)
    plan(at(TODAY + timedelta(days=20)))
    assert (told("help"), noticed("help")) == (set(), set())


def test_what_nobody_planned_for_a_week_expires_unsaid(world: World) -> None:
    helped(world)
    plan(at(TODAY + timedelta(days=8)))
    assert (told("help"), noticed("help")) == ({("clerk", "expired")}, set())


def test_an_instruction_goes_to_the_desk_until_it_is_answered(world: World) -> None:
    leader = make_user("林修远", username="leader")
    make_post(leader, world.city, Role.LEADER)
    given: dict[str, Any] = {"by": leader, "op": op(), "now": at(TODAY, 21)}
    said = instruct(world.office, "请说明联系点进度", date(2026, 5, 19), **given)
    plan_and_send(at(TODAY, 22))
    assert told("instruction") == {("clerk", "ready")}, "nobody is written to at night"

    answer_instruction(said, "已联系 3 家", by=world.clerk, op=op(), now=at(date(2026, 5, 13), 7))
    plan_and_send(at(date(2026, 5, 13), 9))
    assert Instruction.objects.get().state == "answered"
    assert told("instruction") == {("clerk", "cancelled")}


def test_a_refused_extension_is_told_with_its_words_in_the_digest(world: World) -> None:
    row = world.give(world.office, FAR)
    asked = ask_extension(row, date(2026, 10, 30), "会期冲突", by=world.clerk, op=op(), now=at(TODAY, 9))
    decide_extension(asked, None, "年底要报", by=world.secretary, op=op(), now=at(TODAY, 16))
    plan_and_send(at(date(2026, 5, 13), 9))
    assert told("extension") == {("clerk", "sent")}
    (digest,) = [one for one in mail.outbox if one.to == [world.clerk.email]]
    assert digest.subject == "今天：1 条通知"
    assert "不同意延期：" in str(digest.body)
    assert "年底要报" in str(digest.body)


def test_the_subject_of_a_digest_counts_what_is_due_and_what_else_there_is(world: World) -> None:
    row = world.give(world.office, FAR)
    asked = ask_extension(row, date(2026, 10, 30), "会期冲突", by=world.clerk, op=op(), now=at(TODAY, 9))
    decide_extension(asked, None, "年底要报", by=world.secretary, op=op(), now=at(TODAY, 16))
    world.give(world.office, date(2026, 5, 13))
    plan_and_send(at(date(2026, 5, 13), 9))
    (digest,) = [one for one in mail.outbox if one.to == [world.clerk.email] and one.subject.startswith("今天")]
    assert digest.subject == "今天：1 项到期，1 条其他通知"


def test_a_clarification_is_one_line_for_everyone_who_answers_for_an_open_row(world: World) -> None:
    row = world.give(world.office, FAR)
    world.give(world.county, FAR, task=row.task)
    clarify(row.task, "附件格式不限", by=world.secretary, op=op(), now=at(TODAY, 10))
    plan_and_send(at(TODAY, 11))
    assert told("clarified") == {("clerk", "sent"), ("county_secretary", "sent")}
    plan_and_send(at(date(2026, 5, 13), 11))
    assert Reminder.objects.filter(kind="clarified").count() == 2


def test_an_approval_is_told_from_the_next_day_on_and_never_by_mail(world: World) -> None:
    row = world.give(world.office, FAR)
    actions.report(row, done=True, text="已建", by=world.clerk, op=op(), now=at(TODAY, 9))
    actions.approve(row, by=world.secretary, op=op(), now=at(TODAY, 10))
    plan(at(TODAY, 11))
    assert noticed("approved") == set()
    unapprove(row, by=world.secretary, op=op(), now=at(TODAY, 11))
    plan(at(date(2026, 5, 13)))
    assert noticed("approved") == set(), "it was taken back"

    actions.approve(row, by=world.secretary, op=op(), now=at(date(2026, 5, 13), 12))
    plan(at(date(2026, 5, 14)))
    assert noticed("approved") == {"clerk"}
    assert told("approved") == set()


def test_a_report_that_waits_too_long_is_told_to_its_reviewer_alone(world: World) -> None:
    row = world.give(world.office, FAR)
    actions.report(row, done=True, text="已建", by=world.clerk, op=op(), now=at(TODAY, 9))
    plan(at(date(2026, 5, 19)))  # the fifth working day
    assert told("review") == set()
    plan(at(date(2026, 5, 20)))
    assert told("review") == {("secretary", "ready")}
    actions.approve(row, by=world.secretary, op=op(), now=at(date(2026, 5, 20), 10))
    plan(at(date(2026, 5, 20), 11))
    assert told("review") == {("secretary", "cancelled")}


def test_a_list_that_nobody_signs_for_is_told_to_the_desk_of_its_body(world: World) -> None:
    Delivery.objects.create(
        list=world.list, edition=1, body=world.county, delivered_at=at(date(2026, 5, 6)), sign_by=date(2026, 5, 11)
    )
    plan(at(date(2026, 5, 11)))
    assert told("sign") == set()
    plan(at(TODAY))
    assert told("sign") == {("county_secretary", "ready")}
    Delivery.objects.update(signed_at=at(TODAY, 9), signed_by=world.county_secretary)
    plan_and_send(at(TODAY, 10))
    assert told("sign") == {("county_secretary", "cancelled")}


def test_a_branch_about_to_end_is_told_to_itself_and_to_whoever_approved_it(world: World) -> None:
    unit = world.branch.unit
    unit.ends_on = date(2026, 5, 29)
    unit.save()
    plan(at(date(2026, 5, 14)))
    assert told("branch_ends") == set()
    plan(at(date(2026, 5, 15)))
    assert "head" in {name for name, _state in told("branch_ends")}
    (notice,) = Notice.objects.filter(kind="branch_ends", recipient=world.head)
    assert notice.facts["day"] == "2026-05-28", "its last day"


@pytest.fixture
def late(world: World) -> Assignment:
    """A row of a clerk by name, overdue since Tuesday; his secretary sits above him."""
    person = make_user("夏书然", username="person")
    return world.give(world.office, date(2026, 5, 11), person=person)


def by_day(days: Callable[[date], bool]) -> None:
    for offset in range(-3, 12):
        day = TODAY + timedelta(days=offset)
        if days(day):
            plan_and_send(at(day, 9))


def test_what_stays_overdue_is_told_once_to_the_next_above(world: World, late: Assignment) -> None:
    by_day(lambda day: day < date(2026, 5, 18))
    assert told("escalated") == set()
    by_day(lambda day: day >= date(2026, 5, 18))
    assert told("escalated") == {("clerk", "sent")}
    assert ("escalated", late.pk, 1, "clerk", date(2026, 5, 18)) in identities()


def test_nobody_above_hears_before_the_person_himself(world: World, late: Assignment) -> None:
    by_day(lambda day: day >= date(2026, 5, 18))  # nobody looked on the days on which he would have been told
    assert Reminder.objects.filter(kind="late", state=State.EXPIRED).exists()
    assert told("escalated") == set()


def test_a_body_that_does_not_want_it_is_not_told(world: World, late: Assignment) -> None:
    BodySettings.objects.create(body=world.city, escalate_workdays=0)
    by_day(lambda day: True)
    assert told("late") == {("person", "sent")}
    assert told("escalated") == set()


def test_another_body_is_never_told_of_what_is_late_inside(world: World) -> None:
    office = make_unit("办公室", "office", world.county)
    person = make_user("孙悦", username="person")
    world.give(office, date(2026, 5, 11), person=person)
    by_day(lambda day: True)
    assert {name for name, _state in told("escalated")} == {"county_secretary"}
