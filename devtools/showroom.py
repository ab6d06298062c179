"""The product with its demo as it is on a chosen morning, on a database of its own: for browser tests and for pictures.

The demo is loaded once and kept as a template; `reset` brings that state back in a fraction of a second.
"""

import http.client
import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from devtools import console, paths, ports, processes

OPENS_AT = 9  # o'clock in Shanghai, whenever the run begins
SHANGHAI_AHEAD = timedelta(hours=8)
PYTHON = str(paths.PYTHON)
# Debian's Chromium, also as root, without anything that would call home
CHROMIUM_WORDS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _seconds_to(day: date) -> float:
    opens = datetime(day.year, day.month, day.day, OPENS_AT, tzinfo=UTC) - SHANGHAI_AHEAD
    return (opens - datetime.now(UTC)).total_seconds()


class Showroom:
    """A web server of the demo; `folder` holds its uploads and its log, `database_url` names any database of the server."""

    def __init__(self, database_url: str, folder: Path, day: date, *, demo: bool = True) -> None:
        self.day, self.folder, self.demo = day, folder, demo
        self._maintenance = database_url
        self._name = f"showroom_{os.getpid()}" if demo else f"showroom_{os.getpid()}_empty"
        self._kept = f"{self._name}_kept"
        self.port = ports.choose()
        self.address = f"http://127.0.0.1:{self.port}"
        self._ahead = _seconds_to(day)
        self._web: processes.Child | None = None

    def __enter__(self) -> "Showroom":
        try:
            self._load()
            self.reset()
            self._open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._web:
            processes.stop_all([self._web], 5)
        for name in (self._name, self._kept):
            self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @property
    def log(self) -> Path:
        """What the web server says."""
        return self.folder / "web.log"

    def reset(self) -> None:
        """Bring back the demo as it was loaded; everybody is signed out by it."""
        self._administer(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')
        self._administer(f'CREATE DATABASE "{self._name}" TEMPLATE "{self._kept}"')

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the showroom's database, for a test that has to know what no page tells."""
        connection = psycopg2.connect(self._url(self._name))
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, values)
                return cursor.fetchall()
        finally:
            connection.close()

    def command(self, *words: str, database: str = "") -> str:
        """Run a Django command under the showroom's clock; what it says."""
        argv = [PYTHON, "-m", "devtools.morning", *words]
        run = subprocess.run(
            argv, env=self._environment(database), cwd=paths.ROOT, capture_output=True, text=True, check=False
        )
        if run.returncode:
            raise console.Refusal(f"{' '.join(words)} failed.", console.tail(run.stderr, 40))
        return run.stdout

    def _load(self) -> None:
        self._administer(f'CREATE DATABASE "{self._kept}"')
        self.command("migrate", "-v0", "--no-input", database=self._kept)
        if self.demo:
            self.command("load_demo", "--today", self.day.isoformat(), database=self._kept)

    def _open(self) -> None:
        argv = [PYTHON, "-m", "gunicorn", "devtools.morning:application", f"--bind=127.0.0.1:{self.port}"]
        argv += ["--worker-class=gthread", "--threads=4", "--no-control-socket"]
        self._web = processes.Child("web", argv, log=self.log, env=self._environment(), pids=self.folder / "pids")
        self._web.start()
        if not processes.wait_until(self._answers, 60):
            raise console.Refusal("The showroom does not open.", console.tail(self.log))

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _environment(self, database: str = "") -> Mapping[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self._url(database or self._name),
            "MEDIA_ROOT": str(self.folder / "media"),
            "SITE_URL": self.address,
            "EMAIL_URL": "mailbox://",
            "CLOCK_AHEAD": str(self._ahead),
        }

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self._maintenance)._replace(path=f"/{name}"))

    def _administer(self, sql: str) -> None:
        """Statements about databases stand outside any transaction."""
        connection = psycopg2.connect(self._maintenance)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
        finally:
            connection.close()
