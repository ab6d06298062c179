"""Personal messages in DingTalk and WeCom: one way to a person, the same ledger, providers that fail in every way (issue 6)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from branches.models import TellBy, User
from branches.roles import Role
from tasks.models import Digest, Reminder
from tasks.models.reminders import Channel, State
from tasks.reminders.send import Outcome, send_some
from tasks.reminders.wires import accounts, guard
from tasks.reminders.wires.accounts import forget_tokens
from tests.factories import at, make_post, op
from tests.reminders.conftest import World, identities, plan_and_send
from tests.reminders.receiver import Receiver, receiving

MONDAY, DUE = date(2026, 5, 11), date(2026, 5, 14)
NOW = at(MONDAY, 9, 0)
DINGTALK_SEND, WECOM_SEND = "/topapi/message/corpconversation/asyncsend_v2", "/cgi-bin/message/send"


@pytest.fixture
def provider(settings: Settings) -> Iterator[Receiver]:
    """Both providers on one loopback port."""
    settings.OUTWARD_PRIVATE = ["localhost"]
    forget_tokens()
    with receiving() as found:
        settings.DINGTALK_URL = f"http://appkey:appsecret@localhost:{found.port}/4711"
        settings.WECOM_URL = f"http://corp:secret@localhost:{found.port}/1000002"
        token = {"errcode": 0, "access_token": "tok/en", "expires_in": 7200}
        found.answers = {"/gettoken": token, "/cgi-bin/gettoken": token}
        yield found
    forget_tokens()


def reach(person: User, **ways: str) -> User:
    for name, value in ways.items():
        setattr(person, name, value)
    person.save()
    return person


def test_a_work_notification_goes_to_the_user_id_with_the_way_to_the_form(world: World, provider: Receiver) -> None:
    reach(world.clerk, dingtalk_id="zhouwen")
    row = world.give(world.office, DUE)
    assert plan_and_send(NOW) == {Outcome.SENT: 1}
    token, sent = provider.got
    assert parse_qs(urlsplit(token.path).query) == {"appkey": ["appkey"], "appsecret": ["appsecret"]}
    assert urlsplit(sent.path).path == DINGTALK_SEND
    assert parse_qs(urlsplit(sent.path).query)["access_token"] == ["tok/en"]
    assert sent.json["userid_list"] == "zhouwen"
    assert sent.json["agent_id"] == "4711"
    card = sent.json["msg"]["action_card"]
    assert card["single_url"] == f"http://testserver/a/{row.pk}/update/"
    assert row.task.local_name in card["markdown"]
    assert len(mail.outbox) == 0  # one way, not two
    assert Reminder.objects.get().channel == Channel.DINGTALK


def test_wecom_is_told_to_drop_what_it_had_and_gets_the_same_bytes_again(
    world: World, provider: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach(world.clerk, wecom_id="ZhouWen")
    world.give(world.office, DUE)
    monkeypatch.setattr(guard, "TOTAL", 0.3)
    accounts._tokens[provider.url + "corp"] = ("kept", 1e12)
    provider.silent = threading.Event()
    assert plan_and_send(NOW) == {Outcome.FAILED: 1}
    provider.silent.set()
    provider.silent = None
    again = Digest.objects.get().not_before + timedelta(minutes=6)
    assert send_some(again) == {Outcome.SENT: 1}
    first, second = provider.got
    assert urlsplit(first.path).path == WECOM_SEND
    assert first.body == second.body
    assert first.json["touser"] == "ZhouWen"
    assert first.json["enable_duplicate_check"] == 1


def test_several_rows_are_one_message_with_one_link(world: World, provider: Receiver) -> None:
    reach(world.clerk, dingtalk_id="zhouwen")
    for _n in range(8):
        world.give(world.office, DUE)
    assert plan_and_send(NOW) == {Outcome.SENT: 1}
    card = provider.got[-1].json["msg"]["action_card"]
    assert card["single_url"] == "http://testserver/notices/"
    assert "另有 3 项" in card["markdown"]


def test_whoever_wants_mail_gets_mail_and_a_change_of_mind_says_nothing_twice(world: World, provider: Receiver) -> None:
    reach(world.clerk, dingtalk_id="zhouwen", tell_by=TellBy.MAIL)
    world.give(world.office, DUE)
    assert plan_and_send(NOW) == {Outcome.SENT: 1}
    assert len(mail.outbox) == 1
    known = identities()
    reach(world.clerk, tell_by=TellBy.CHAT)
    assert plan_and_send(NOW + timedelta(minutes=5)) == {}
    assert identities() == known
    assert provider.got == []


def test_the_ledger_itself_refuses_the_same_thing_by_another_way(world: World, provider: Receiver) -> None:
    reach(world.clerk, dingtalk_id="zhouwen")
    world.give(world.office, DUE)
    plan_and_send(NOW)
    row = Reminder.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(
            kind=row.kind, subject_type=row.subject_type, subject_id=row.subject_id, due_revision=row.due_revision,
            recipient=row.recipient, channel=Channel.MAIL, day=row.day, planned_at=NOW,
        )  # fmt: skip


def test_a_provider_that_is_away_holds_up_nobody_elses_mail(
    world: World, provider: Receiver, settings: Settings
) -> None:
    settings.DINGTALK_URL = "http://appkey:appsecret@localhost:1/4711"
    reach(world.clerk, dingtalk_id="zhouwen")
    reach(world.county_secretary, email="zhao@example.invalid")
    world.give(world.office, DUE)
    world.give(world.county, DUE)
    assert plan_and_send(NOW) == {Outcome.AWAY: 1, Outcome.SENT: 1}
    assert [message.to for message in mail.outbox] == [["zhao@example.invalid"]]
    waiting = Digest.objects.get(channel=Channel.DINGTALK)
    assert (waiting.state, waiting.attempts) == (State.READY, 0)


def test_a_stale_token_is_asked_for_anew_and_costs_no_try(world: World, provider: Receiver) -> None:
    reach(world.clerk, dingtalk_id="zhouwen")
    world.give(world.office, DUE)
    provider.answers[DINGTALK_SEND] = {"errcode": 40014, "errmsg": "invalid access_token"}
    assert plan_and_send(NOW) == {Outcome.AWAY: 1}
    assert Digest.objects.get().attempts == 0
    provider.answers[DINGTALK_SEND] = {"errcode": 0, "task_id": 1}
    assert send_some(NOW + timedelta(minutes=1)) == {Outcome.SENT: 1}
    assert [urlsplit(got.path).path for got in provider.got].count("/gettoken") == 2


@pytest.mark.parametrize(
    ("answer", "outcome", "state"),
    [
        ({"errcode": 45009, "errmsg": "api freq out of limit"}, Outcome.AWAY, State.READY),
        ({"errcode": 0, "invaliduser": "ZhouWen"}, Outcome.FAILED, State.DEAD),
        ({"errcode": 81013, "errmsg": "user not found"}, Outcome.FAILED, State.DEAD),
        ({"nonsense": True}, Outcome.FAILED, State.READY),
    ],
)
def test_answers_of_wecom(
    world: World, provider: Receiver, answer: dict[str, object], outcome: Outcome, state: State
) -> None:
    reach(world.clerk, wecom_id="ZhouWen")
    world.give(world.office, DUE)
    provider.answers[WECOM_SEND] = answer
    assert plan_and_send(NOW) == {outcome: 1}
    assert Digest.objects.get().state == state


def test_an_id_that_was_taken_away_ends_what_waited(world: World, provider: Receiver) -> None:
    reach(world.clerk, dingtalk_id="zhouwen", email="")
    world.give(world.office, DUE)
    plan_and_send(at(MONDAY, 7, 0))
    assert Digest.objects.get().state == State.READY
    reach(world.clerk, dingtalk_id="")
    send_some(NOW)
    assert Reminder.objects.get().reason == "no address"
    assert provider.got == []


def test_a_setting_that_cannot_be_read_loses_nothing(world: World, provider: Receiver, settings: Settings) -> None:
    reach(world.clerk, dingtalk_id="zhouwen")
    world.give(world.office, DUE)
    settings.DINGTALK_URL = "https://oapi.dingtalk.com"
    assert plan_and_send(NOW) == {Outcome.AWAY: 1}
    assert Digest.objects.get().state == State.READY


def test_ids_are_entered_by_the_admin_and_the_way_is_ones_own(world: World, provider: Receiver, client: Client) -> None:
    admin = reach(world.secretary)
    make_post(admin, world.city, Role.TREE_ADMIN)
    client.force_login(admin)
    page = f"/people/{world.clerk.pk}/edit/"
    fields = {"name": "周文", "name_en": "", "phone": "", "email": "", "dingtalk_id": "zhouwen", "wecom_id": ""}
    assert client.post(page, {**fields, "op": str(op())}).status_code == 302
    world.clerk.refresh_from_db()
    assert world.clerk.dingtalk_id == "zhouwen"
    make_post(world.county_secretary, world.city, Role.MEMBER)
    taken = client.post(f"/people/{world.head.pk}/edit/", {**fields, "name": "吴刚", "op": str(op())})
    assert taken.status_code in (400, 403, 404)
    client.force_login(world.clerk)
    mine = {"language": "zh-hans", "phone": "", "email": "", "quiet_from": "", "quiet_until": "", "tell_by": "mail"}
    assert client.post("/me/", {**mine, "op": str(op())}).status_code == 302
    world.clerk.refresh_from_db()
    assert world.clerk.tell_by == TellBy.MAIL


def test_a_site_without_chat_asks_for_no_ids_and_keeps_those_that_stand(world: World, client: Client) -> None:
    reach(world.clerk, dingtalk_id="zhouwen")
    make_post(world.secretary, world.city, Role.TREE_ADMIN)
    client.force_login(world.secretary)
    page = f"/people/{world.clerk.pk}/edit/"
    assert "dingtalk_id" not in client.get(page).content.decode()
    fields = {"name": "周文", "name_en": "Zhou Wen", "phone": "", "email": ""}
    assert client.post(page, {**fields, "op": str(op())}).status_code == 302
    world.clerk.refresh_from_db()
    assert (world.clerk.name_en, world.clerk.dingtalk_id) == ("Zhou Wen", "zhouwen")
