"""Children: started in a group of their own, remembered in pid files, stopped for certain, never mistaken for others.

A pid alone proves nothing, for the system gives numbers out again. So each pid file holds the moment at which the
process started and the program it runs, and a process is only ever signalled while both still agree.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from devtools import console, parent, paths, stopping

LOG_LIMIT = 5_000_000  # bytes; one older file is kept


@dataclass(frozen=True)
class Identity:
    """One process, and no other that may get the same number later."""

    pid: int
    started: str
    program: str  # the first word of its command line; servers write their state over the others


def identify(pid: int) -> Identity | None:
    """Who has this number now; None if nobody has, or only a zombie."""
    return _identify_by_proc(pid) if Path("/proc/self/stat").exists() else _identify_by_ps(pid)


def _identify_by_proc(pid: int) -> Identity | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        program = (
            Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0].decode(errors="replace").partition(" ")[0]
        )
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    if fields[0] in ("Z", "X"):
        return None
    return Identity(pid, f"{boot} {fields[19]}", program)  # fields[19]: clock ticks from boot to its start


def _identify_by_ps(pid: int) -> Identity | None:
    """The same on macOS, which has no /proc."""
    argv = ["ps", "-o", "state=,lstart=,command=", "-p", str(pid)]
    answer = subprocess.run(argv, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    words = answer.stdout.split()
    if len(words) < 7 or words[0].startswith("Z"):
        return None
    return Identity(pid, " ".join(words[1:6]), words[6])


def is_alive(identity: Identity) -> bool:
    """Whether this very process still runs."""
    return identify(identity.pid) == identity


class Child:
    """A program that we keep running."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str],
        pids: Path,
        stop_signal: int = signal.SIGTERM,
        popen: Mapping[str, Any] | None = None,
    ) -> None:
        self.name, self.argv, self.log, self.env = name, [str(part) for part in argv], log, dict(env)
        self.stop_signal, self.popen = stop_signal, dict(popen or {})
        self.pid_file = pids / f"{name}.json"
        self.process: subprocess.Popen[bytes] | None = None
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))

    def start(self) -> None:
        """Start it and write its pid file."""
        self.pid_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        how: dict[str, Any] = {"cwd": paths.ROOT, **self.popen}
        with stopping.calm(), self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=parent.tie(self.stop_signal),  # noqa: PLW1509 (no threads)
                **how,
            )
        if identity := identify(self.process.pid):
            paths.write_private(self.pid_file, json.dumps({**asdict(identity), "stop_signal": int(self.stop_signal)}))

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the signal on which it stops in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """End what is left of it and of what it started."""
        if self.process is not None:
            _kill_group(self.process.pid)
            self.process.wait()
        self.pid_file.unlink(missing_ok=True)

    def how_it_ended(self) -> str:
        """For a sentence: "exit code 3" or "signal SIGKILL"."""
        code = self.process.returncode if self.process else None
        if code is not None and code < 0:
            return f"signal {signal.Signals(-code).name}"
        return f"exit code {code}"


def stop_all(children: Iterable[Child], patience: float) -> None:
    """Ask all to stop at once, give them `patience` seconds together, then end what remains."""
    children = [child for child in children if child.process is not None]
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + patience
    while any(child.is_running() for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    for child in children:
        child.kill()


def stop_leftovers(pids: Path, patience: float = 6.0) -> list[str]:
    """Stop what an earlier run, killed before it could do so, has left running. Returns the names of what it found."""
    found: dict[Path, tuple[Identity, int]] = {}
    for file in sorted(pids.glob("*.json")):
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            identity = Identity(kept["pid"], kept["started"], kept["program"])
            if is_alive(identity):
                found[file] = (identity, kept["stop_signal"])
        except (ValueError, KeyError, TypeError):
            pass  # cut short by a crash: it names nobody we could be sure of
    for identity, number in found.values():
        _send(os.kill, identity.pid, number)
    deadline = time.monotonic() + patience
    while any(is_alive(identity) for identity, _ in found.values()) and time.monotonic() < deadline:
        time.sleep(0.05)
    for identity, _ in found.values():
        if is_alive(identity):
            _kill_group(identity.pid)
    for file in pids.glob("*.json"):
        file.unlink(missing_ok=True)
    return [file.stem for file in found]


def wait_until(ready: Callable[[], bool], patience: float, step: console.Step | None = None) -> bool:
    """Poll until `ready` or until patience is at its end."""
    deadline = time.monotonic() + patience
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
        if step:
            step.tick()
    return True


def _send(how: Callable[[int, int], None], pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        how(pid, number)


def _kill_group(pid: int) -> None:
    """Each child of ours leads a group whose number is its own pid."""
    _send(os.killpg, pid, signal.SIGKILL)
