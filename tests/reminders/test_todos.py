"""To-do lists in DingTalk: an entry begins with a message, follows the data, and stands once whatever fails (issue 6)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django.fixtures import Settings

from branches.clock import SHANGHAI
from branches.models import TellBy, User
from branches.roles import Role
from branches.writing import NotPossible
from tasks.actions.mail import write_again
from tasks.models import Assignment, Reminder, Todo
from tasks.models.reminders import State
from tasks.reminders.todos import LIFE, plan_todos, send_todos
from tasks.reminders.wires import guard
from tasks.reminders.wires.accounts import forget_tokens
from tasks.states import Stage
from tests.factories import at, make_post, make_user, op
from tests.reminders.conftest import World, give_back, plan_and_send
from tests.reminders.dingtalk import LISTS, Lists
from tests.reminders.receiver import Got, Receiver, receiving

MONDAY, DUE = date(2026, 5, 11), date(2026, 5, 14)
NOW = at(MONDAY, 9, 0)


@dataclass
class DingTalk:
    """The provider: its contacts know one person, its lists are real, and all of it may refuse."""

    receiver: Receiver
    lists: Lists = field(default_factory=Lists)
    refuse: dict[str, Any] = field(default_factory=dict)  # answered with status 400 to whatever is asked of lists

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        """What stands in the lists, by entry id."""
        return self.lists.entries

    def decide(self, got: Got) -> tuple[int, dict[str, Any]] | None:
        if got.path.startswith(LISTS) and self.refuse and got.headers.get("x-acs-dingtalk-access-token") == "tok/en":
            return 400, self.refuse
        return self.lists.decide(got)

    def asked(self, method: str) -> int:
        """How often lists were asked by this method."""
        return sum(one.method == method and one.path.startswith(LISTS) for one in self.receiver.got)


@pytest.fixture
def dingtalk(settings: Settings) -> Iterator[DingTalk]:
    settings.OUTWARD_PRIVATE = ["localhost"]
    forget_tokens()
    with receiving() as receiver:
        settings.DINGTALK_URL = f"http://appkey:appsecret@localhost:{receiver.port}/4711"
        settings.DINGTALK_TODO_URL = receiver.url
        receiver.answers = {"/gettoken": {"errcode": 0, "access_token": "tok/en", "expires_in": 7200}}
        found = DingTalk(receiver, Lists({"zhouwen": "u/zhou"}))
        receiver.decide = found.decide
        yield found
    forget_tokens()


@pytest.fixture
def row(world: World, dingtalk: DingTalk) -> Assignment:
    """A row of the office; its clerk was told in DingTalk that it falls due."""
    world.clerk.dingtalk_id = "zhouwen"
    world.clerk.save()
    given = world.give(world.office, DUE)
    plan_and_send(NOW)
    assert Reminder.objects.get().state == State.SENT
    return given


def turn(now: datetime = NOW) -> tuple[int, int]:
    """One round: planned, written."""
    return plan_todos(now), send_todos(now)


def test_whoever_was_told_has_the_row_in_his_list_with_date_and_way_to_the_form(
    row: Assignment, dingtalk: DingTalk
) -> None:
    assert turn() == (1, 1)
    (entry,) = dingtalk.entries.values()
    assert entry["subject"] == row.task.local_name
    assert entry["dueTime"] == datetime(2026, 5, 14, 23, 59, tzinfo=SHANGHAI).timestamp() * 1000
    assert entry["detailUrl"] == {"appUrl": f"http://testserver/a/{row.pk}/update/"} | {
        "pcUrl": f"http://testserver/a/{row.pk}/update/"
    }
    assert entry["executorIds"] == ["u/zhou"]
    assert entry["isOnlyShowExecutor"] is True
    assert not entry["done"]
    assert turn(NOW + timedelta(minutes=5)) == (0, 0)


def test_nothing_is_entered_that_was_not_told(world: World, dingtalk: DingTalk) -> None:
    world.clerk.dingtalk_id = "zhouwen"
    world.clerk.save()
    world.give(world.office, DUE + timedelta(days=60))
    plan_and_send(NOW)
    assert turn() == (0, 0)
    assert Todo.objects.count() == 0


def test_a_site_without_to_do_lists_makes_none(row: Assignment, dingtalk: DingTalk, settings: Settings) -> None:
    settings.DINGTALK_TODO_URL = ""
    assert turn() == (0, 0)
    assert dingtalk.entries == {}


def test_reported_ticks_it_off_and_returned_takes_the_tick_away(
    world: World, row: Assignment, dingtalk: DingTalk
) -> None:
    turn()
    Assignment.objects.filter(pk=row.pk).update(stage=Stage.REPORTED, reported_on=MONDAY, submitted_at=NOW)
    assert turn(NOW + timedelta(hours=1)) == (1, 1)
    assert [one["done"] for one in dingtalk.entries.values()] == [True]
    give_back(row, world.secretary, NOW + timedelta(hours=2), date(2026, 5, 20))
    assert turn(NOW + timedelta(hours=3)) == (1, 1)
    (entry,) = dingtalk.entries.values()
    assert not entry["done"]
    assert entry["dueTime"] == datetime(2026, 5, 20, 23, 59, tzinfo=SHANGHAI).timestamp() * 1000


def test_a_new_date_is_written(row: Assignment, dingtalk: DingTalk) -> None:
    turn()
    Assignment.objects.filter(pk=row.pk).update(due_on=DUE + timedelta(days=7))
    assert turn() == (1, 1)
    (entry,) = dingtalk.entries.values()
    assert entry["dueTime"] == datetime(2026, 5, 21, 23, 59, tzinfo=SHANGHAI).timestamp() * 1000


@pytest.mark.parametrize("change", ["handed on", "mail wanted", "account closed", "stopped"])
def test_who_does_not_owe_it_any_more_has_it_ticked_off(
    world: World, row: Assignment, dingtalk: DingTalk, change: str
) -> None:
    turn()
    if change == "handed on":
        Assignment.objects.filter(pk=row.pk).update(person=make_user("别人", username="other"))
    elif change == "mail wanted":
        world.clerk.tell_by = TellBy.MAIL
    elif change == "account closed":
        world.clerk.is_active = False
    else:
        Assignment.objects.filter(pk=row.pk).update(stage=Stage.STOPPED, stop="withdrawn", stop_reason="不再需要")
    world.clerk.save()
    assert turn() == (1, 1)
    assert [one["done"] for one in dingtalk.entries.values()] == [True]


def test_who_may_not_see_it_any_more_gets_no_words(world: World, row: Assignment, dingtalk: DingTalk) -> None:
    turn()
    world.clerk.posts.update(ends_on=MONDAY)
    assert turn() == (1, 1)
    (entry,) = dingtalk.entries.values()
    assert entry["done"]
    assert row.task.local_name not in entry["subject"]


def test_what_was_done_before_it_could_be_written_is_never_written(row: Assignment, dingtalk: DingTalk) -> None:
    plan_todos(NOW)
    Assignment.objects.filter(pk=row.pk).update(stage=Stage.REPORTED, reported_on=MONDAY, submitted_at=NOW)
    assert turn() == (1, 0)
    assert Todo.objects.get().state == State.CANCELLED
    assert dingtalk.asked("POST") == 0


def test_an_answer_that_was_lost_makes_no_second_entry(
    row: Assignment, dingtalk: DingTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_away = threading.Event()

    def lose(got: Got) -> tuple[int, dict[str, Any]] | None:
        found = dingtalk.decide(got)
        if got.method == "POST" and got.path.startswith(LISTS):
            turn_away.wait(2)
        return found

    dingtalk.receiver.decide = lose
    monkeypatch.setattr(guard, "TOTAL", 0.3)
    assert turn() == (1, 0)
    turn_away.set()
    todo = Todo.objects.get()
    assert (todo.state, todo.attempts, todo.entry) == (State.READY, 1, "")
    monkeypatch.setattr(guard, "TOTAL", 10.0)
    assert send_todos(todo.not_before) == 1
    assert len(dingtalk.entries) == 1
    assert Todo.objects.get().entry == "task1"


def test_a_sender_that_died_between_answer_and_mark_makes_no_second_entry(row: Assignment, dingtalk: DingTalk) -> None:
    turn()
    Todo.objects.update(state=State.READY, entry="", claimed_at=NOW, attempts=1)
    assert send_todos(NOW + timedelta(minutes=1)) == 0  # its claim still stands
    assert send_todos(NOW + timedelta(minutes=6)) == 1
    assert len(dingtalk.entries) == 1


def test_a_change_while_a_sender_is_at_it_is_written_afterwards(row: Assignment, dingtalk: DingTalk) -> None:
    plan_todos(NOW)
    todo = Todo.objects.get()
    assert Todo.objects.claim(todo, NOW)
    Todo.objects.filter(pk=todo.pk).update(is_done=True, attempts=0)  # the planner, in the middle
    assert Todo.objects.held(todo, NOW).update(state=State.SENT) == 0  # the sender's mark
    assert send_todos(NOW + timedelta(minutes=6)) == 1
    assert dingtalk.entries == {}  # nothing stood there, and it is done


def test_an_entry_that_was_thrown_away_there_stays_away(row: Assignment, dingtalk: DingTalk) -> None:
    turn()
    dingtalk.entries.clear()
    Assignment.objects.filter(pk=row.pk).update(due_on=DUE + timedelta(days=7))
    assert turn() == (1, 1)
    assert dingtalk.entries == {}


def test_a_token_that_is_no_good_is_asked_for_anew(row: Assignment, dingtalk: DingTalk) -> None:
    forget_tokens()
    dingtalk.receiver.answers["/gettoken"]["access_token"] = "old"
    assert turn() == (1, 0)
    todo = Todo.objects.get()
    assert (todo.attempts, todo.not_before - NOW) == (0, timedelta(minutes=5))
    dingtalk.receiver.answers["/gettoken"]["access_token"] = "tok/en"
    assert send_todos(todo.not_before) == 1


@pytest.mark.parametrize(
    ("refusal", "attempts", "state"),
    [
        ({"code": "todo.taskCreate.flowControlError", "message": "flowControl"}, 0, State.READY),
        ({"code": "todo.taskCreate.paramError", "message": "subject is oversize"}, 1, State.DEAD),
        ({"code": "todo.taskCreate.lockError", "message": "lock"}, 0, State.READY),
    ],
)
def test_a_refusal_means_what_the_provider_says(
    row: Assignment, dingtalk: DingTalk, refusal: dict[str, Any], attempts: int, state: State
) -> None:
    dingtalk.refuse = refusal
    assert turn() == (1, 0)
    todo = Todo.objects.get()
    assert (todo.state, todo.attempts) == (state, attempts)
    assert refusal["code"] in todo.error


def test_a_person_whom_the_contacts_do_not_know_fails_for_good(
    world: World, row: Assignment, dingtalk: DingTalk
) -> None:
    world.clerk.dingtalk_id = "stranger"
    world.clerk.save()
    assert turn() == (1, 0)
    assert Todo.objects.get().state == State.DEAD
    assert dingtalk.asked("POST") == 0


def test_a_provider_that_is_away_for_a_month_is_given_up(row: Assignment, dingtalk: DingTalk) -> None:
    dingtalk.receiver.status = 503
    dingtalk.receiver.decide = None
    now = NOW
    turn(now)
    assert Todo.objects.get().state == State.READY
    Assignment.objects.filter(pk=row.pk).update(stage=Stage.REPORTED, reported_on=MONDAY, submitted_at=NOW)
    plan_todos(now + timedelta(minutes=1))
    assert Todo.objects.get().is_done  # it may stand there: what is wanted is told all the same
    plan_todos(now + LIFE + timedelta(minutes=2))
    assert Todo.objects.get().state == State.EXPIRED


@pytest.fixture
def runner(world: World) -> User:
    """Who runs the system."""
    found = make_user("运维员", username="runner")
    make_post(found, world.city, Role.SYSTEM_ADMIN)
    return found


def test_whoever_runs_the_system_sees_what_failed_and_tries_it_again(
    row: Assignment, dingtalk: DingTalk, client: Client, runner: User, clock_at: Callable[..., None]
) -> None:
    clock_at(MONDAY)
    dingtalk.refuse = {"code": "todo.taskCreate.paramError", "message": "subject is oversize"}
    turn()
    client.force_login(runner)
    page = client.get("/mail/").text
    assert "subject is oversize" in page
    assert "周文" in page
    assert row.task.local_name not in page
    form = {"todo": Todo.objects.get().pk, "op": str(op())}
    for _press in range(2):
        assert client.post("/mail/", form).status_code == 302
    todo = Todo.objects.get()
    assert todo.state == State.READY
    dingtalk.refuse = {}
    assert send_todos(todo.not_before) == 1
    with pytest.raises(NotPossible):
        write_again(todo.pk, by=runner, op=op(), now=NOW)


def test_nobody_else_tries_it_again(world: World, row: Assignment) -> None:
    plan_todos(NOW)
    Todo.objects.update(state=State.DEAD)
    make_post(world.clerk, world.city, Role.TREE_ADMIN)
    for who in (world.clerk, world.secretary):
        with pytest.raises(PermissionDenied):
            write_again(Todo.objects.get().pk, by=who, op=op(), now=NOW)
    assert Todo.objects.get().state == State.DEAD
