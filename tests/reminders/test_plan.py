"""Planning: which rows the ledger gets, for whom, on which day, and that looking again changes nothing."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import BodySettings, Post
from branches.roles import Role
from tasks.models import Assignment, Digest, Reminder
from tasks.reminders.plan import plan
from tasks.states import ListStage, ReceiverRole, Stage, Stop
from tests.factories import at, make_list, make_post, make_unit, make_user
from tests.reminders.conftest import World, give_back, identities, plan_and_send, ready, sent, states

IN_REVIEW = {"submitted_at": at(date(2026, 5, 4)), "reported_on": date(2026, 5, 4)}
QUESTIONS = 59  # savepoints among them
THURSDAY = date(2026, 5, 14)  # three working days after Monday the 11th


def test_three_working_days_before(world: World) -> None:
    row = world.give(world.office, THURSDAY)

    assert plan(at(date(2026, 5, 10))) == 0
    assert plan(at(date(2026, 5, 11))) == 1

    assert identities() == {("before", row.pk, 1, "clerk", date(2026, 5, 11))}
    (digest,) = ready()
    assert (digest.recipient, digest.day, digest.slot) == (world.clerk, date(2026, 5, 11), "day")


@pytest.mark.parametrize("day", [12, 13])
def test_caught_up_while_within_three_working_days(world: World, day: int) -> None:
    row = world.give(world.office, THURSDAY, issued_on=date(2026, 5, day))

    plan(at(date(2026, 5, day)))

    assert identities() == {("before", row.pk, 1, "clerk", date(2026, 5, 11))}  # its own day, not the planner's
    assert [digest.day for digest in ready()] == [date(2026, 5, day)]


def test_planning_again_changes_nothing(world: World) -> None:
    world.give(world.office, THURSDAY)
    world.give(world.branch.unit, THURSDAY)
    now = at(date(2026, 5, 12))
    plan(now)
    before = list(Reminder.objects.values()), list(Digest.objects.values())

    assert [plan(now), plan(now + timedelta(hours=3)), plan(now)] == [0, 0, 0]
    assert (list(Reminder.objects.values()), list(Digest.objects.values())) == before


def test_only_the_newest_stage_is_said_after_an_outage(world: World) -> None:
    row = world.give(world.office, THURSDAY)

    plan(at(date(2026, 5, 15)))

    assert states(row) == [("before", "superseded"), ("due", "superseded"), ("late", "ready")]


def test_a_waiting_stage_gives_way_to_the_next(world: World) -> None:
    row = world.give(world.office, THURSDAY)
    plan(at(date(2026, 5, 13)))

    plan(at(THURSDAY))

    assert states(row) == [("before", "superseded"), ("due", "ready")]
    assert sorted(Reminder.objects.values_list("reason", flat=True)) == ["", "newer stage"]


def test_past_its_window_it_expires(world: World) -> None:
    row = world.give(world.office, THURSDAY)

    plan(at(date(2026, 5, 20)))

    assert states(row) == [("before", "superseded"), ("due", "superseded"), ("late", "expired")]
    assert ready() == []


def test_overdue_from_the_start_is_nobodys_reminder(world: World) -> None:
    world.give(world.office, date(2026, 5, 8), issued_on=date(2026, 5, 11))

    plan(at(date(2026, 5, 11)))

    assert identities() == set()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"stage": Stage.STOPPED, "stop": Stop.CANCELLED, "stop_reason": "不再需要"}, id="stopped"),
        pytest.param({"stage": Stage.SUSPENDED, "suspended_from": Stage.ISSUED}, id="suspended"),
        pytest.param({"stage": Stage.COMPLETED, "completed_on": date(2026, 5, 4)}, id="completed"),
        pytest.param({**IN_REVIEW, "stage": Stage.REPORTED}, id="in review"),
        pytest.param({"role": ReceiverRole.SUPPORT, "owes_report": False}, id="support without a report"),
    ],
)
def test_never_where_nothing_is_owed(world: World, fields: dict[str, object]) -> None:
    quiet = world.give(world.office, THURSDAY, **fields)
    owed = world.give(world.office, THURSDAY)

    plan(at(date(2026, 5, 12)))

    assert {subject for _kind, subject, *_rest in identities()} == {owed.pk} != {quiet.pk}


def test_undated_and_ended_and_closed_are_silent(world: World) -> None:
    world.give(world.office, None)
    ended = make_unit("旧办公室", "office", world.city, ends_on=date(2026, 5, 12))
    make_post(make_user("旧"), ended, Role.SECRETARY)
    world.give(ended, THURSDAY)
    archived = make_list(world.city, world.secretary, "旧清单", stage=ListStage.CLOSED)
    Assignment.objects.filter(pk=world.give(world.office, THURSDAY).pk).update(list=archived)

    plan(at(date(2026, 5, 12)))

    assert identities() == set()


def test_broken_down_rows_stay_their_holders_matter(world: World) -> None:
    row = world.give(world.county, THURSDAY, broken_down=True, stage=Stage.IN_PROGRESS)

    plan(at(date(2026, 5, 12)))

    assert identities() == {("before", row.pk, 1, "county_secretary", date(2026, 5, 11))}


def test_supporting_share_that_owes_a_report_is_reminded(world: World) -> None:
    row = world.give(world.office, THURSDAY, role=ReceiverRole.SUPPORT, owes_report=True)

    plan(at(date(2026, 5, 12)))

    assert {subject for _kind, subject, *_rest in identities()} == {row.pk}


def test_no_address_is_written_down_and_not_sent(world: World) -> None:
    world.clerk.email = ""
    world.clerk.save()
    world.give(world.office, THURSDAY)

    plan(at(date(2026, 5, 12)))

    assert list(Reminder.objects.values_list("state", "reason")) == [("cancelled", "no address")]
    assert ready() == []


def test_all_of_a_day_goes_into_one_digest(world: World) -> None:
    world.give(world.office, THURSDAY)
    world.give(world.office, date(2026, 5, 12))
    world.give(world.office, date(2026, 5, 11))

    plan(at(date(2026, 5, 12)))

    (digest,) = ready()
    assert sorted(digest.reminders.filter(state="ready").values_list("kind", flat=True)) == ["before", "due", "late"]


def test_a_person_with_two_posts_gets_one_digest(world: World) -> None:
    make_post(world.clerk, world.county, Role.HEAD)
    Post.objects.filter(user=world.county_secretary).delete()
    world.give(world.office, THURSDAY)
    world.give(world.county, THURSDAY)

    plan(at(date(2026, 5, 12)))

    (digest,) = ready()
    assert (digest.recipient, digest.reminders.count()) == (world.clerk, 2)


@pytest.mark.parametrize(
    ("now", "goes_at"),
    [
        (at(date(2026, 5, 12), 0), at(date(2026, 5, 12), 8)),
        (at(date(2026, 5, 12), 10), at(date(2026, 5, 12), 10)),
        (at(date(2026, 5, 12), 20), at(date(2026, 5, 13), 8)),
        (at(date(2026, 5, 9), 10), at(date(2026, 5, 9), 10)),  # a make-up Saturday
    ],
)
def test_digest_waits_for_the_morning(world: World, now: object, goes_at: object) -> None:
    world.give(world.office, THURSDAY)
    world.give(world.office, date(2026, 5, 11))

    plan(now)  # type: ignore[arg-type]

    assert [(digest.not_before, digest.expires_at.hour) for digest in ready()] == [(goes_at, 12)]  # 20:00 in Shanghai


def test_hour_of_the_body_holds(world: World) -> None:
    BodySettings.objects.create(body=world.city, reminder_hour=10)
    world.give(world.office, THURSDAY)
    world.give(world.county, THURSDAY)

    plan(at(date(2026, 5, 12), 6))

    assert {digest.recipient.username: digest.not_before for digest in ready()} == {
        "clerk": at(date(2026, 5, 12), 10),
        "county_secretary": at(date(2026, 5, 12), 8),
    }


def test_what_comes_after_todays_digest_goes_tomorrow(world: World) -> None:
    world.give(world.office, THURSDAY)
    plan_and_send(at(date(2026, 5, 11), 9))
    late_comer = world.give(world.office, THURSDAY, issued_on=date(2026, 5, 11))

    plan_and_send(at(date(2026, 5, 11), 11))
    plan_and_send(at(date(2026, 5, 12), 9))

    assert sent() == [("clerk", "before", "2026-05-11"), ("clerk", "before", "2026-05-12")]
    assert Reminder.objects.get(subject_id=late_comer.pk).digest.day == date(2026, 5, 12)  # type: ignore[union-attr]


def test_returned_goes_at_once_and_alone(world: World) -> None:
    row = world.give(world.office, date(2026, 6, 30))
    give_back(row, world.secretary, at(date(2026, 5, 12), 10), date(2026, 5, 15))

    plan(at(date(2026, 5, 12), 10))

    (digest,) = ready()
    assert (digest.slot, digest.not_before) == (f"returned-{row.pk}-2", at(date(2026, 5, 12), 10))
    assert states(row) == [("returned", "ready")]


def test_returned_waits_for_the_morning_and_then_for_the_supplement_date(world: World) -> None:
    row = world.give(world.office, date(2026, 6, 30))
    give_back(row, world.secretary, at(date(2026, 5, 12), 21), date(2026, 5, 15))
    plan(at(date(2026, 5, 12), 21))

    for day in (13, 14, 15, 18, 19):
        plan_and_send(at(date(2026, 5, day)))

    assert sent() == [
        ("clerk", "returned", "2026-05-12"),
        ("clerk", "due", "2026-05-15"),
        ("clerk", "late", "2026-05-18"),
    ]


def test_returned_twice_is_told_twice(world: World) -> None:
    row = world.give(world.office, date(2026, 6, 30))
    give_back(row, world.secretary, at(date(2026, 5, 12), 9), date(2026, 5, 15))
    plan_and_send(at(date(2026, 5, 12), 9))
    give_back(row, world.secretary, at(date(2026, 5, 12), 15), date(2026, 5, 18))

    plan_and_send(at(date(2026, 5, 12), 15))

    assert sent() == [("clerk", "returned", "2026-05-12")] * 2


def test_moved_date_reminds_again(world: World) -> None:
    row = world.give(world.office, THURSDAY)
    plan_and_send(at(date(2026, 5, 11)))
    Assignment.objects.filter(pk=row.pk).update(due_on=date(2026, 5, 22), due_revision=2)

    for day in range(12, 26):
        plan_and_send(at(date(2026, 5, day)))

    assert sent() == [
        ("clerk", "before", "2026-05-11"),
        ("clerk", "before", "2026-05-19"),
        ("clerk", "due", "2026-05-22"),
        ("clerk", "late", "2026-05-25"),
    ]


def test_new_revision_with_the_same_date_says_nothing_again(world: World) -> None:
    row = world.give(world.office, date(2026, 5, 11))
    plan_and_send(at(date(2026, 5, 12)))
    Assignment.objects.filter(pk=row.pk).update(due_revision=2)  # returned, supplemented and taken back

    plan_and_send(at(date(2026, 5, 13)))

    assert sent() == [("clerk", "late", "2026-05-12")]


def test_new_person_is_told_and_the_old_one_is_not_again(world: World) -> None:
    row = world.give(world.branch.unit, THURSDAY)
    plan_and_send(at(date(2026, 5, 11)))
    member = make_user("孙悦", username="member")
    Assignment.objects.filter(pk=row.pk).update(person=member)

    plan_and_send(at(date(2026, 5, 12)))
    plan_and_send(at(THURSDAY))

    assert sent() == [
        ("head", "before", "2026-05-11"),
        ("member", "before", "2026-05-12"),
        ("member", "due", "2026-05-14"),
    ]


def test_new_list_goes_at_once_to_each_person_once(world: World) -> None:
    now = at(date(2026, 5, 12), 15)
    fresh = make_list(world.city, world.secretary, "新清单", issued_on=date(2026, 5, 12), published_at=now)
    for unit in (world.office, world.county):
        for _row in range(2):
            row = world.give(unit, date(2026, 6, 30))
            Assignment.objects.filter(pk=row.pk).update(list=fresh, issued_on=date(2026, 5, 12))

    plan_and_send(now)
    plan_and_send(now + timedelta(hours=1))

    assert sorted(sent()) == [("clerk", "new_list", "2026-05-12"), ("county_secretary", "new_list", "2026-05-12")]
    assert len(mail.outbox) == 2


def test_new_list_is_not_told_to_the_person_who_published_it(world: World) -> None:
    desk = make_unit("综合科", "office", world.office)  # nobody there: its work falls to the office's secretary
    fresh = make_list(world.office, world.clerk, "新清单", published_at=at(date(2026, 5, 12)))
    Assignment.objects.filter(pk=world.give(desk, date(2026, 6, 30)).pk).update(list=fresh)

    plan(at(date(2026, 5, 12)))

    assert identities() == set()


def test_old_news_is_no_news(world: World) -> None:
    fresh = make_list(world.city, world.secretary, "新清单", published_at=at(date(2026, 5, 11)))
    Assignment.objects.filter(pk=world.give(world.office, date(2026, 6, 30)).pk).update(list=fresh)

    plan(at(date(2026, 5, 15)))

    assert list(Reminder.objects.values_list("kind", "state", "reason")) == [("new_list", "expired", "too late")]


@pytest.mark.parametrize("count", [1, 50])
def test_planning_asks_the_same_number_of_questions(world: World, count: int) -> None:
    for _row in range(count):
        world.give(world.office, THURSDAY)

    with CaptureQueriesContext(connection) as asked:
        plan(at(date(2026, 5, 12)))

    assert len(asked) == QUESTIONS


def test_large_worlds_are_planned_in_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.reminders.plan.CHUNK", 2)
    for _row in range(5):
        world.give(world.office, THURSDAY)

    assert plan(at(date(2026, 5, 12))) == 5
    (digest,) = ready()
    assert digest.reminders.count() == 5


def test_time_is_an_argument(world: World, clock_at: Callable[..., None]) -> None:
    clock_at(date(2030, 1, 1))
    world.give(world.office, THURSDAY)

    assert plan(at(date(2026, 5, 12))) == 1
