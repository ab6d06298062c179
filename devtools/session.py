"""One `up` for a clone: the lock that says so, and the note in which it tells `manage` how to reach its services."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from devtools import console, paths

LOCK = paths.LOCAL / "lock"
NOTE = paths.LOCAL / "running.json"


def ensure_local() -> None:
    """Make .local/ with its logs. Others may pass through (a server of ours may run as another user), but not read."""
    for folder in (paths.LOCAL, paths.LOGS):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o711)
    if paths.LOCAL.stat().st_uid != os.geteuid():
        raise console.Refusal(
            f"{paths.LOCAL} belongs to another user, {paths.LOCAL.owner()}. "
            "Run dev.py as that user, or delete it to start afresh."
        )


@contextmanager
def hold(command: str) -> Iterator[bool]:
    """Hold the clone for this command. Yields whether we hold it; it falls with the process, however that ends."""
    descriptor = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"pid": os.getpid(), "command": command}).encode())
        NOTE.unlink(missing_ok=True)  # of a run that was killed
        try:
            yield True
        finally:
            NOTE.unlink(missing_ok=True)
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def announce(address: str, environment: dict[str, str]) -> None:
    """Tell others in this clone that the services are up and how to reach them."""
    paths.write_private(NOTE, json.dumps({"pid": os.getpid(), "address": address, "environment": environment}))


def announced() -> dict[str, Any] | None:
    """What the running `up` has told, once it is ready."""
    note, holder = _read(NOTE), _read(LOCK)
    return note if note and note.get("pid") == holder.get("pid") else None


def refuse_second() -> None:
    """The sentence for a second `up`."""
    holder, note = _read(LOCK), announced()
    who = (
        f"python3 dev.py {holder.get('command', 'up')} is running here already (process {holder.get('pid', 'unknown')})"
    )
    raise console.Refusal(f"{who}: {note['address']}" if note else f"{who}. Wait for it, or stop it.")


def wait_for_running() -> dict[str, Any] | None:
    """While another holds the clone: what it announces, or None when it has let go (or is no `up`)."""
    told = False
    while True:
        if note := announced():
            return note
        with hold("manage") as free:
            if free:
                return None
        if not told:
            console.say(f"Waiting for python3 dev.py {_read(LOCK).get('command', '…')}, which is busy here.")
            told = True
        time.sleep(0.2)


def _read(file: os.PathLike[str]) -> dict[str, Any]:
    try:
        with open(file, encoding="utf-8") as content:
            found = json.load(content)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
