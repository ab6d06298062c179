"""A real SMTP server on loopback that misbehaves as told, and remembers what it took."""

from __future__ import annotations

import asyncio
import email
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """The handler. `mode` may be changed between mails; `stored` holds every mail the server took, in order."""

    def __init__(self, mode: str = "take") -> None:
        self.mode = mode
        self.stored: list[Message] = []
        self.connections = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        if self.mode == "hang at greeting":
            await asyncio.sleep(30)
        session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mode == "421 at MAIL":
            return "421 4.3.2 closing, come back later"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mode == "451 at RCPT":
            return "451 4.7.1 greylisted, try again"
        if self.mode == "550 at RCPT":
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mode == "554 at DATA":
            return "554 5.6.0 not this content"
        if self.mode == "hang at DATA":
            await asyncio.sleep(30)
        if self.mode == "break off at DATA":
            self._break_off(server)
            return "250 OK"
        content = envelope.content
        self.stored.append(email.message_from_bytes(content if isinstance(content, bytes) else b""))
        if self.mode == "store and break off":
            self._break_off(server)
        if self.mode == "store and hang":
            await asyncio.sleep(30)
        return "250 OK"

    @staticmethod
    def _break_off(server: SMTP) -> None:
        if isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()

    def raw(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(str(message["Message-ID"]) for message in self.stored)

    def shown(self) -> list[Message]:
        """What a receiver shows who goes by Message-ID."""
        return list({str(message["Message-ID"]): message for message in self.stored}.values())


@contextmanager
def serving(sink: Sink, port: int = 0) -> Iterator[int]:
    """Run the server; its port."""
    port = port or free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop(no_assert=True)


def free_port() -> int:
    """A port on which nothing listens just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
