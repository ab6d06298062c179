"""Group robots: said once to each group, in no name, at their pace, signed as each provider wants it (issue 6)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from branches.roles import Role
from branches.secrets import hash_of
from tasks.calendar import working_days
from tasks.models import GroupMessage, Robot
from tasks.models.reminders import State
from tasks.models.robots import MOST_FAILURES
from tasks.reminders import groups
from tasks.reminders.wires import Said, guard, robots
from tests.factories import at, make_list, make_post, make_user, op
from tests.reminders.conftest import World
from tests.reminders.receiver import Receiver, receiving

MONDAY = date(2026, 5, 11)
NOW = at(MONDAY, 9, 7)
SECRET = "SEC0123456789abcdef"
SAID = Said("新清单：党建任务", "12 项任务", "http://testserver/lists/1/", "cppcc-1")


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.OUTWARD_PRIVATE = ["localhost"]
    with receiving() as found:
        yield found


def make_robot(world: World, receiver: Receiver, kind: str = "webhook", path: str = "/hook") -> Robot:
    address = f"{receiver.url}{path}"
    robot = Robot(body=world.city, name="全市党建群", kind=kind, host="localhost", made_at=at(date(2026, 1, 5)))
    robot.address_hash = hash_of(address)
    robot.put_under_lock(address, "" if kind == "wecom" else SECRET)
    robot.save()
    return robot


def tick(now: object = NOW) -> int:
    groups.plan_groups(now, working_days())  # type: ignore[arg-type]
    return groups.send_groups(now)  # type: ignore[arg-type]


def issue(world: World, title: str = "2026年重点任务清单") -> object:
    return make_list(world.city, world.secretary, title=title, issued_on=MONDAY, published_at=at(MONDAY, 8, 30))


def states() -> list[str]:
    return list(GroupMessage.objects.order_by("pk").values_list("state", flat=True))


def test_dingtalk_is_signed_over_milliseconds_in_the_address(receiver: Receiver) -> None:
    assert robots.send("dingtalk", f"{receiver.url}/robot/send?access_token=t", SECRET, SAID, NOW) is None
    (got,) = receiver.got
    query = parse_qs(urlsplit(got.path).query)
    stamp = query["timestamp"][0]
    assert int(stamp) == int(NOW.timestamp() * 1000)
    wanted = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert base64.b64decode(query["sign"][0]) == wanted
    assert query["access_token"] == ["t"]
    assert got.json["markdown"]["title"] == SAID.title
    assert SAID.url in got.json["markdown"]["text"]


def test_feishu_is_signed_over_seconds_in_the_content(receiver: Receiver) -> None:
    assert robots.send("feishu", f"{receiver.url}/open-apis/bot/v2/hook/x", SECRET, SAID, NOW) is None
    content = receiver.got[0].json
    wanted = hmac.new(f"{content['timestamp']}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
    assert base64.b64decode(content["sign"]) == wanted
    assert content["content"]["text"] == f"{SAID.title}\n{SAID.text}\n{SAID.url}"


def test_wecom_gets_its_text_at_its_key(receiver: Receiver) -> None:
    assert robots.send("wecom", f"{receiver.url}/cgi-bin/webhook/send?key=k", "", SAID, NOW) is None
    assert receiver.got[0].json == {"msgtype": "text", "text": {"content": f"{SAID.title}\n{SAID.text}\n{SAID.url}"}}


def test_a_webhook_is_signed_over_stamp_and_body_and_carries_its_key(receiver: Receiver) -> None:
    receiver.answer = {}
    assert robots.send("webhook", f"{receiver.url}/hook", SECRET, SAID, NOW) is None
    (got,) = receiver.got
    stamp = got.headers["x-timestamp"]
    wanted = hmac.new(SECRET.encode(), f"{stamp}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-signature"] == f"sha256={wanted}"
    assert got.headers["idempotency-key"] == SAID.key == got.json["id"]


@pytest.mark.parametrize(
    ("status", "answer", "away", "final"),
    [
        (429, {}, True, False),
        (500, {}, False, False),
        (503, {}, False, False),
        (400, {}, False, True),
        (302, {}, False, True),
        (200, {"errcode": 130101, "errmsg": "send too fast"}, True, False),
        (200, {"code": 11232}, True, False),
        (200, {"errcode": 310000, "errmsg": "sign not match"}, False, True),
        (200, {"words": "no code at all"}, False, False),
    ],
)
def test_answers_are_understood(
    receiver: Receiver, status: int, answer: dict[str, object], *, away: bool, final: bool
) -> None:
    receiver.status, receiver.answer = status, answer
    trouble = robots.send("dingtalk", f"{receiver.url}/robot/send", SECRET, SAID, NOW)
    assert trouble is not None
    assert (trouble.away, trouble.final) == (away, final)


def test_a_new_list_is_said_once_however_often_anybody_plans(world: World, receiver: Receiver) -> None:
    make_robot(world, receiver)
    issue(world)
    for _time in range(3):
        tick()
    assert [one.json["title"] for one in receiver.got] == ["新清单：2026年重点任务清单"]
    assert states() == ["sent"]


def test_dates_are_said_ahead_with_a_number_and_without_names_or_lateness(world: World, receiver: Receiver) -> None:
    make_robot(world, receiver)
    world.give(world.office, date(2026, 5, 14), person=world.clerk)
    world.give(world.office, date(2026, 5, 8))  # overdue: nothing of it
    world.give(world.office, date(2026, 5, 15))  # four working days ahead: not yet
    world.give(world.county, date(2026, 5, 14))  # another body
    tick()
    (got,) = receiver.got
    assert got.json["title"].startswith("5-14 到期")
    assert got.json["text"] == "当天有 1 项任务到期"
    words = got.body.decode()
    assert all(name not in words for name in ("周文", "逾期", "王明"))
    tick(at(date(2026, 5, 12), 9, 7))
    assert len(receiver.got) == 2  # the 15th is in reach now


def test_what_was_issued_before_the_robot_came_is_not_said(world: World, receiver: Receiver) -> None:
    robot = make_robot(world, receiver)
    Robot.objects.filter(pk=robot.pk).update(made_at=at(MONDAY, 8, 45))
    issue(world)
    tick()
    assert receiver.got == []


def test_nothing_goes_at_night_or_near_the_full_and_half_hour(world: World, receiver: Receiver) -> None:
    make_robot(world, receiver)
    issue(world)
    night = at(MONDAY, 21, 0)
    assert tick(night) == 0
    opens = GroupMessage.objects.get().not_before
    assert opens.date() == date(2026, 5, 12)
    for minute in range(60):
        found = groups.off_the_mark(at(MONDAY, 10, minute), 7)
        assert 3 <= found.minute % 30 <= 27
        assert timedelta(0) <= found - at(MONDAY, 10, minute) < timedelta(minutes=24)


def test_one_address_gets_ten_a_minute_at_most(world: World, receiver: Receiver) -> None:
    make_robot(world, receiver)
    for number in range(groups.PACE + 4):
        issue(world, f"清单{number}")
    assert tick() == groups.PACE
    assert tick(NOW + timedelta(seconds=30)) == 0
    assert tick(NOW + timedelta(seconds=95)) == 4


def test_a_throttled_robot_rests_as_long_as_it_is_asked_to_and_loses_no_try(world: World, receiver: Receiver) -> None:
    make_robot(world, receiver)
    issue(world)
    receiver.status, receiver.headers = 429, {"Retry-After": "900"}
    tick()
    row = GroupMessage.objects.get()
    assert (row.state, row.attempts) == (State.READY, 0)
    assert row.not_before >= NOW + timedelta(seconds=899)
    receiver.status = 200
    assert tick(NOW + timedelta(minutes=30)) == 1


def test_a_server_that_fails_is_tried_with_growing_pauses_until_it_is_dead_and_then_by_hand(
    world: World, receiver: Receiver, client: Client
) -> None:
    make_robot(world, receiver)
    issue(world)
    receiver.status = 500
    moment, pauses = NOW, []
    for _try in range(groups.MAX_ATTEMPTS):
        tick(moment)
        row = GroupMessage.objects.get()
        pauses.append(row.not_before - moment)
        moment = max(row.not_before, moment)
    assert row.state == State.DEAD
    assert row.error == "HTTP 500"
    assert pauses[:-1] == sorted(pauses[:-1])
    assert len(receiver.got) == groups.MAX_ATTEMPTS
    keeper = make_user("管全", username="keeper")
    make_post(keeper, world.city, Role.SYSTEM_ADMIN)
    client.force_login(keeper)
    assert "HTTP 500" in client.get("/mail/").content.decode()
    assert client.post("/mail/", {"message": row.pk, "op": str(op())}).status_code == 302
    receiver.status = 200
    row.refresh_from_db()
    assert row.state == State.READY
    assert groups.send_groups(row.not_before) == 1
    assert {one.headers["idempotency-key"] for one in receiver.got} == {row.key}


def test_a_refusal_for_good_is_not_tried_again_and_other_groups_hear_all_the_same(
    world: World, receiver: Receiver
) -> None:
    make_robot(world, receiver)
    with receiving() as other:
        make_robot(world, other)
        issue(world)
        receiver.status = 404
        tick()
        tick(NOW + timedelta(hours=1))
        assert sorted(states()) == ["dead", "sent"]
        assert (len(receiver.got), len(other.got)) == (1, 1)


def test_a_robot_that_hangs_is_left_alone_for_the_round_and_holds_nobody_up(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_robot(world, receiver)
    with receiving() as other:
        make_robot(world, other)
        for number in range(4):
            issue(world, f"清单{number}")
        monkeypatch.setattr(guard, "TOTAL", 0.3)
        receiver.silent = threading.Event()
        assert tick() == 4
        assert (len(receiver.got), len(other.got)) == (1, 4)


def test_a_robot_that_only_fails_is_switched_off(world: World, receiver: Receiver) -> None:
    robot = make_robot(world, receiver)
    Robot.objects.filter(pk=robot.pk).update(failures=MOST_FAILURES - 1)
    issue(world)
    receiver.status = 404
    tick()
    robot.refresh_from_db()
    assert not robot.is_on
    issue(world, "再一份清单")
    tick(NOW + timedelta(minutes=5))
    assert len(receiver.got) == 1


def test_a_sender_that_died_leaves_its_message_to_the_next(world: World, receiver: Receiver) -> None:
    make_robot(world, receiver)
    issue(world)
    groups.plan_groups(NOW, working_days())
    GroupMessage.objects.update(claimed_at=NOW, attempts=1)
    assert groups.send_groups(NOW + timedelta(minutes=1)) == 0
    assert groups.send_groups(NOW + timedelta(minutes=6)) == 1


def test_silence_is_tried_again_under_the_same_key(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_robot(world, receiver)
    issue(world)
    monkeypatch.setattr(guard, "TOTAL", 0.3)
    receiver.silent = threading.Event()
    tick()
    receiver.silent.set()
    receiver.silent = None
    row = GroupMessage.objects.get()
    assert row.state == State.READY
    assert tick(row.not_before) == 1
    assert len({one.headers["idempotency-key"] for one in receiver.got}) == 1


def test_a_secretary_enters_tries_switches_and_removes_a_robot(
    world: World, receiver: Receiver, client: Client, settings: Settings
) -> None:
    client.force_login(world.secretary)
    page, address = f"/units/{world.city.pk}/robots/", f"{receiver.url}/hook"
    fields = {"do": "add", "kind": "webhook", "name": "工作群", "address": address, "secret": SECRET}
    assert client.post(page, {**fields, "address": "https://evil.example/x", "op": str(op())}).status_code == 400
    assert client.post(page, {**fields, "secret": "kurz", "op": str(op())}).status_code == 400
    assert client.post(page, {**fields, "op": str(op())}).status_code == 302
    assert client.post(page, {**fields, "op": str(op())}).status_code == 409  # it is there already
    robot = Robot.objects.get()
    shown = client.get(page).content.decode()
    assert "工作群" in shown
    for secret in (SECRET, address):
        assert secret not in shown
        assert secret not in f"{robot.address_locked}{robot.secret_locked}"
    assert (robot.address, robot.secret) == (address, SECRET)

    def press(deed: str) -> int:
        return client.post(page, {"do": deed, "robot": robot.pk, "op": str(op())}).status_code

    assert press("try") == 302
    assert GroupMessage.objects.get().kind == "test"
    assert press("off") == 302
    robot.refresh_from_db()
    assert not robot.is_on
    assert press("on") == 302
    assert press("remove") == 302
    assert not Robot.objects.exists()
    assert press("remove") == 404


def test_only_those_who_set_a_bodys_wishes_enter_robots(world: World, client: Client) -> None:
    page = f"/units/{world.city.pk}/robots/"
    for person, status in ((world.clerk, 403), (world.county_secretary, 403), (world.secretary, 200)):
        client.force_login(person)
        assert client.get(page).status_code == status
