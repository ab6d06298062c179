"""A provider on loopback: keeps what it was sent, and answers as it is told; the other end of every protocol test."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Got:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """What arrived, and what is answered: a status with content, or silence."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: {"errcode": 0, "code": 0})
    headers: dict[str, str] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)  # by the beginning of the path
    silent: threading.Event | None = None  # until it is set nothing is answered
    decide: Callable[[Got], tuple[int, dict[str, Any]] | None] | None = (
        None  # status and content, where it has an opinion
    )
    drip: bool = False  # one byte after the other, without end

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """A receiver that listens as long as the block runs, on a port of its own or on that one."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            got = Got(self.command, self.path, {key.lower(): value for key, value in self.headers.items()}, body)
            receiver.got.append(got)
            if receiver.silent is not None:
                receiver.silent.wait(30)
                return
            found = next((one for path, one in receiver.answers.items() if self.path.startswith(path)), receiver.answer)
            status, found = (receiver.decide and receiver.decide(got)) or (receiver.status, found)
            if not status:  # the line is dead
                self.close_connection = True
                return
            content = json.dumps(found).encode()
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content) * (1000 if receiver.drip else 1)))
            self.end_headers()
            try:
                while receiver.drip:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    if stop.wait(0.05):
                        return
                self.wfile.write(content)
            except OSError:
                return

        do_POST = do_GET = do_PUT = _handle

        def log_message(self, *_args: Any) -> None:
            """Nothing."""

    stop = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        stop.set()
        if receiver.silent is not None:
            receiver.silent.set()
        server.shutdown()
        server.server_close()
