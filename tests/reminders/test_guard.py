"""The guarded connection: only hosts that are allowed, never a private address, no waiting without end (threat 13)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from tasks.reminders.wires import guard
from tests.reminders.receiver import Receiver, receiving

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "::",  # noqa: S104 (read, not listened on)
    "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1",
    "fe80::1%eth0", "198.18.0.1", "240.0.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.OUTWARD_PRIVATE = ["localhost"]
    with receiving() as found:
        yield found


def trouble_of(url: str) -> Any:
    with pytest.raises(guard.Failed) as caught:
        guard.post(url, b"{}", {})
    return caught.value.trouble


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known_in_every_notation(address: str) -> None:
    assert not guard.is_public(address)


@pytest.mark.parametrize("address", ["140.205.94.189", "2400:3200::1", "::ffff:140.205.94.189"])
def test_public_addresses_are_public(address: str) -> None:
    assert guard.is_public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["140.205.94.189", "10.0.0.7"], ["::ffff:169.254.169.254"]])
def test_an_allowed_name_that_leads_into_the_house_gets_no_connection(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    settings.OUTWARD_HOSTS, settings.OUTWARD_PRIVATE = ["oapi.dingtalk.com"], []
    opened: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (one, 443)) for one in found])
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_k: opened.append(args))
    trouble = trouble_of("https://oapi.dingtalk.com/robot/send")
    assert trouble.final
    assert opened == []


def test_the_socket_goes_to_the_address_that_was_looked_at(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time (DNS rebinding) is asked once."""
    settings.OUTWARD_HOSTS, settings.OUTWARD_PRIVATE = ["oapi.dingtalk.com"], []
    answers, opened = iter([["140.205.94.189"], ["127.0.0.1"]]), []

    def connect(address: tuple[str, int], **_k: Any) -> socket.socket:
        opened.append(address)
        raise OSError("no network in a test")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (one, 443)) for one in next(answers)])
    monkeypatch.setattr(socket, "create_connection", connect)
    assert trouble_of("https://oapi.dingtalk.com/robot/send").away
    assert opened == [("140.205.94.189", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://oapi.dingtalk.com/", "https://oapi.dingtalk.com:8443/", "https://evil.example/", "file:///etc/passwd",
        "https://oapi.dingtalk.com@evil.example/", "https://user:pw@oapi.dingtalk.com/", "ftp://oapi.dingtalk.com/", "//x", "",
        "https://oapi.dingtalk.com.evil.example/", "https://2130706433/", "https://[::1]/", "https://oapi.dingtalk.com:port/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_allowed_are_refused_before_anything_is_looked_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    settings.OUTWARD_HOSTS, settings.OUTWARD_PRIVATE = ["oapi.dingtalk.com"], []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("looked up"))
    assert trouble_of(url).final


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 302, {"Location": f"{receiver.url}/elsewhere"}
    assert guard.post(f"{receiver.url}/hook", b"{}", {}).status == 302
    assert [one.path for one in receiver.got] == ["/hook"]


def test_an_answer_without_end_ends(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "TOTAL", 0.4)
    receiver.drip = True
    assert trouble_of(f"{receiver.url}/hook").unknown


def test_silence_ends_and_the_message_may_have_been_taken(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "TOTAL", 0.3)
    receiver.silent = threading.Event()
    assert trouble_of(f"{receiver.url}/hook").unknown
    assert len(receiver.got) == 1


def test_a_big_answer_is_read_in_part(receiver: Receiver) -> None:
    receiver.answer = {"words": "x" * 300_000}
    answer = guard.post(f"{receiver.url}/hook", b"{}", {})
    assert len(answer.body) == guard.MOST
    assert answer.json() == {}


def test_nobody_listening_is_the_servers_trouble(settings: Settings) -> None:
    settings.OUTWARD_PRIVATE = ["localhost"]
    with receiving() as gone:
        port = gone.port
    assert trouble_of(f"http://localhost:{port}/").away
