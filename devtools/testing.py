"""`dev.py test`: static checks, then pytest, on servers made for this run alone and thrown away after it."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from devtools import checks, console, environment, paths, prepare, processes, rootless, services, stopping, venv

EVERYTHING = (venv.RUNTIME, venv.LOCAL, venv.DEVELOPMENT)
PREFIX = "cppcc-test-"
INTERRUPTED, NOTHING_COLLECTED = 2, 5  # pytest's words


def test(words: Sequence[str], *, quick: bool) -> int:
    """Checks (unless quick) and tests; 0 only if all are well."""
    stopping.listen()
    venv.ensure(EVERYTHING)
    with throw_away_services() as variables:
        prepare.compile_catalogue(variables)
        failed = [] if quick else checks.run_all(variables)
        code = 0
        for part in _parts(words):
            code = max(code, _pytest(part, variables))
            if code == INTERRUPTED:  # somebody wants to stop, not to see the next part
                break
    if failed:
        console.say(f"These checks failed: {', '.join(failed)}.")
    return code or int(bool(failed))


def _parts(words: Sequence[str]) -> list[list[str]]:
    """A whole run is two: the browser's driver leaves an event loop behind, beside which no other test may ask the
    database, so its tests have a process of their own. A chosen few run as they were asked for."""
    if any(not word.startswith("-") for word in words) or "-m" in words:
        return [list(words)]
    return [[*words, "-m", "not browser"], [*words, "-n", "0", "-m", "browser"]]


def check() -> int:
    """The static checks alone."""
    stopping.listen()
    venv.ensure(EVERYTHING)
    with throw_away_services() as variables:
        failed = checks.run_all(variables)
    if failed:
        console.say(f"These checks failed: {', '.join(failed)}.")
    return int(bool(failed))


def _pytest(words: Sequence[str], variables: dict[str, str]) -> int:
    """Run pytest at the terminal. Ctrl-C reaches it by itself, and it still tells what it found."""
    argv = [str(paths.PYTHON), "-m", "pytest", "-p", "devtools.pytest_plugin", *_in_parallel(words), *words]
    with stopping.calm(), subprocess.Popen(argv, env=variables, cwd=paths.ROOT) as child:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda _number, _frame: child.send_signal(signal.SIGINT))
        code = child.wait()
        stopping.forget()
    if code == NOTHING_COLLECTED:
        console.say("No test was found: that is a failure, not a success.")
    return code if code >= 0 else 128 - code


def _in_parallel(words: Sequence[str]) -> list[str]:
    """Two processes for a whole run; one for a chosen few, for a debugger, or when the caller says how many."""
    marked = "-m" in words
    alone = any(
        (not word.startswith("-") and not marked) or word.startswith(("-n", "--pdb", "--trace", "-s", "--co"))
        for word in words
    )
    return [] if alone else ["-n", "2"]


@contextmanager
def throw_away_services() -> Iterator[dict[str, str]]:
    """Servers in a temporary folder, and the environment that points to them."""
    base = rootless.temporary_base()
    _sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    servers = None
    try:
        folder.chmod(0o711)
        _sign(folder)
        with console.Step("Servers for the tests") as step:
            servers = services.throw_away(folder)
            for server in servers.own:
                server.start(step)
            step.outcome = "ready"
        yield environment.for_tests(servers.urls(), media=str(folder / "media"))
    finally:
        stopping.ignore()
        if servers:
            servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _sign(folder: Path) -> None:
    """Note who uses the folder, so that a later run can tell whether it may be removed."""
    if identity := processes.identify(os.getpid()):
        paths.write_private(folder / "owner.json", json.dumps(asdict(identity)))


def _sweep(base: Path) -> None:
    """Remove what runs that were killed have left: their servers, then their folders."""
    for folder in base.glob(f"{PREFIX}*"):
        try:
            if folder.stat().st_uid != os.geteuid():
                continue
            owner = processes.Identity(**json.loads((folder / "owner.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            continue  # somebody is just making it
        if not processes.is_alive(owner):
            processes.stop_leftovers(folder / "pids", patience=3)
            shutil.rmtree(folder, ignore_errors=True)
