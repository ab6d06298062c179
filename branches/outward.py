"""One guarded request to a host outside: only hosts that the site allows, never to a private address, never redirected.

The address is looked up once, every answer is checked, and the socket goes to one that was checked: a name that points
elsewhere a moment later gets nothing (reliability 3, threat 13). Time and size are bounded from outside the protocol.
Messages (tasks.reminders.wires.guard) and sign-in (branches.outside.session) both go through here (decision 0030).
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CONNECT = 5.0  # seconds
MOST = 64 * 1024  # bytes of an answer that are read
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Broken(Exception):
    """The request came to nothing: it is not allowed (`refused`), nobody has seen it (`away`), or nobody knows."""

    def __init__(self, words: str, *, refused: bool = False, away: bool = False) -> None:
        super().__init__(words)
        self.words, self.refused, self.away = words, refused, away


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    wait: int = 0  # seconds, where the server asks for a pause

    def json(self) -> dict[str, Any]:
        """The answer as an object; empty where it is none."""
        with contextlib.suppress(ValueError):
            found = json.loads(self.body)
            return found if isinstance(found, dict) else {}
        return {}


def words_of(error: BaseException) -> str:
    """An error in one line, for the person who looks after the site; at most 300 characters."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def why_not(url: str) -> str:
    """Why this address may not be written to, in a few words for the log and the person who looks after it; else empty."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "not an address"
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("https", "http") or not host or parts.username is not None:
        return "not an address"
    if host not in settings.OUTWARD_HOSTS and host not in settings.OUTWARD_PRIVATE:
        return "host not allowed"
    if host not in settings.OUTWARD_PRIVATE and (parts.scheme != "https" or port not in (None, 443)):
        return "not https on its own port"
    return ""


def ask(method: str, url: str, body: bytes | None, headers: dict[str, str], *, total: float) -> Answer:
    """One request and its answer, whatever its status, within `total` seconds once connected. Raises Broken."""
    if reason := why_not(url):
        raise Broken(reason, refused=True)
    parts = urlsplit(url)
    try:
        sock = _connect(parts)
    except OSError as error:  # nobody has seen the message
        raise Broken(words_of(error)[:200], away=True) from error
    with _bounded(sock, total) as over:
        connection = http.client.HTTPConnection(parts.netloc)
        connection.sock = sock
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            wait = answer.getheader("Retry-After", "")
            found = Answer(answer.status, answer.read(MOST), int(wait) if wait.isdecimal() and len(wait) < 6 else 0)
            if over.is_set():
                raise TimeoutError("the answer did not end")
            return found
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Broken(words_of(error)[:200]) from error


def _connect(parts: SplitResult) -> socket.socket:
    """A socket to an address of the host that was looked at, with TLS where the address says so."""
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(sockaddr[0]) for *_rest, sockaddr in found]
    if host not in settings.OUTWARD_PRIVATE and not all(is_public(one) for one in addresses):
        raise Broken("not a public address", refused=True)
    sock = _first(addresses, port)
    if parts.scheme == "https":
        try:
            return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except OSError:
            sock.close()
            raise
    return sock


def _first(addresses: list[str], port: int) -> socket.socket:
    trouble: OSError = OSError("no address")
    for address in addresses[:3]:
        try:
            return socket.create_connection((address, port), timeout=CONNECT)
        except OSError as error:
            trouble = error
    raise trouble


def is_public(text: str) -> bool:
    """Whether this address lies in the open network, also where a private one is wrapped into another notation."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    wrapped: list[Address | None] = []
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in ipaddress.ip_network("64:ff9b::/96"):
            wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    inner = [one for one in wrapped if one is not None]
    if inner:
        return all(one.is_global and not one.is_multicast for one in inner)
    return address.is_global and not address.is_multicast


@contextlib.contextmanager
def _bounded(sock: socket.socket, total: float) -> Iterator[threading.Event]:
    """The whole exchange ends after its time, however slowly the other side speaks; the event says that it was ended."""
    over = threading.Event()

    def end() -> None:
        over.set()
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    sock.settimeout(total)
    watch = threading.Timer(total, end)
    watch.daemon = True
    watch.start()
    try:
        yield over
    finally:
        watch.cancel()
        with contextlib.suppress(OSError):
            sock.close()
