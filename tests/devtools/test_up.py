"""`dev.py up` for real, in a clone of its own: ready, alone, watched, stopped without a trace, hard to hurt."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from devtools import paths, ports, processes
from tests.devtools.conftest import query

pytestmark = pytest.mark.integration

APART = {".local", ".git", "dev.py", "devtools"}  # all else is the same as here
PARTS = ("postgres", "broker", "web", "worker", "beat")


class Clone:
    """A clone that shares our .venv/, with a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, ports.choose()
        for entry in paths.ROOT.iterdir():
            if entry.name not in APART:
                (folder / entry.name).symlink_to(entry)
        shutil.copy(paths.ROOT / "dev.py", folder)
        shutil.copytree(paths.ROOT / "devtools", folder / "devtools")
        self.log = folder / "terminal.log"
        self.process: subprocess.Popen[bytes] | None = None

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run dev.py to its end."""
        argv = [sys.executable, "dev.py", *words]
        return subprocess.run(
            argv, cwd=self.folder, env=self.env(), capture_output=True, text=True, check=False, timeout=120
        )

    def up(self) -> None:
        """Start and wait until it says that it is ready."""
        argv = [sys.executable, "dev.py", "up", "--empty", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(argv, cwd=self.folder, env=self.env(), stdout=log, stderr=log)
        ready = processes.wait_until(lambda: "Ready" in self.said() or self.process.poll() is not None, 120)
        assert ready, self.said()
        assert self.process.poll() is None, self.said()

    def env(self) -> dict[str, str]:
        """A newcomer's: without the servers of this test run, and with an empty home."""
        ours = (
            "DATABASE_URL",
            "REDIS_URL",
            "DEMO",
            "DEBUG",
            "SECRET_KEY",
            "EMAIL_URL",
            "MEDIA_ROOT",
            "DJANGO_SETTINGS_MODULE",
        )
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return kept | {"HOME": str(self.folder)}

    def said(self) -> str:
        return self.log.read_text()

    def identities(self) -> list[processes.Identity]:
        """Who runs, by the pid files."""
        files = [json.loads((self.folder / ".local" / "pids" / f"{name}.json").read_text()) for name in PARTS]
        return [processes.Identity(file["pid"], file["started"], file["program"]) for file in files]

    def database(self) -> str:
        """The address of its database while it runs."""
        note = json.loads((self.folder / ".local" / "running.json").read_text())
        return note["environment"]["DATABASE_URL"]

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self) -> float:
        """Send SIGTERM and return how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        return time.monotonic() - began


@pytest.fixture
def clone():
    made = Clone(Path(tempfile.mkdtemp(prefix="cppcc-clone-")))
    yield made
    if made.process and made.process.poll() is None:
        made.stop()
    note = made.folder / ".local" / "postgres-is-outside"
    if note.exists():
        shutil.rmtree(note.read_text())
    shutil.rmtree(made.folder)


def test_up_from_start_to_stop(clone):
    clone.up()
    parts = clone.identities()
    assert clone.answers()
    link = re.search(
        rf"http://127\.0\.0\.1:{clone.port}(/join/\S+/)", clone.said()
    )  # it works once: no default password
    with urllib.request.urlopen(f"http://127.0.0.1:{clone.port}{link[1]}", timeout=20) as page:
        assert "password1" in page.read().decode()

    second = clone.call("up", "--port", str(ports.choose()))
    managed = clone.call("manage", "shell", "-v0", "-c", "from django.conf import settings; print(settings.SITE_URL)")

    assert second.returncode == 1
    assert f"already (process {clone.process.pid}): http://127.0.0.1:{clone.port}/" in second.stderr
    assert managed.stdout.strip() == f"http://127.0.0.1:{clone.port}"
    assert clone.stop() < 10
    assert not any(processes.is_alive(part) for part in parts)
    assert not clone.answers()


def test_a_demo_is_cleared_and_nothing_else(clone):
    clone.up()
    uploads = clone.folder / ".local" / "media"
    uploads.mkdir(exist_ok=True)
    (uploads / "paper.pdf").write_bytes(b"%PDF")
    accounts, words = "SELECT count(*) FROM branches_user", "SELECT count(*) FROM branches_unitgroup"
    ((national,),) = query(clone.database(), words)
    assert query(clone.database(), accounts) == [(1,)]

    assert "nothing was changed" in clone.call("manage", "clear_demo").stdout
    assert query(clone.database(), accounts) == [(1,)]
    query(clone.database(), "INSERT INTO branches_demostate VALUES (true, now(), 0)")
    assert "The demo was cleared." in clone.call("manage", "clear_demo").stdout

    assert query(clone.database(), accounts) == [(0,)]
    assert query(clone.database(), words) == [(national,)]
    assert national > 0
    assert list(uploads.iterdir()) == []


def test_kill_9_of_a_part_and_of_everything(clone):
    clone.up()
    query(clone.database(), "CREATE TABLE kept AS SELECT 1 AS one")
    before = clone.identities()
    for part in before:
        os.kill(part.pid, signal.SIGKILL)

    assert processes.wait_until(lambda: not any(map(processes.is_alive, before)), 10)
    assert processes.wait_until(lambda: clone.said().count("starting it again") == len(PARTS) and clone.answers(), 30)
    after = clone.identities()
    clone.process.kill()
    clone.process.wait()
    clone.up()

    assert not any(processes.is_alive(part) for part in after)
    assert query(clone.database(), "SELECT one FROM kept") == [(1,)]
    assert clone.stop() < 10


def test_port_in_use_is_one_sentence(clone):
    import socket

    with socket.socket() as other:
        other.bind((ports.LOOPBACK, clone.port))
        other.listen(1)
        answer = clone.call("up", "--port", str(clone.port))

    assert answer.returncode == 1
    assert (
        answer.stderr.strip()
        == f"Port {clone.port} is in use. Choose another: python3 dev.py up --port {clone.port + 1}"
    )
