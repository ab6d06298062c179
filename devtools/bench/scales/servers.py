"""What a bench at a scale stands on: a database server that keeps its worlds, and the web servers of product and bare list.

The worlds stay in .local/ from one run to the next, since a nation takes long to make; delete .local/bench-postgres to have
them made again. The servers are set up as `dev.py up` sets up its own: nothing is tuned for the bench.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from devtools import console, environment, paths, ports, processes, rootless
from devtools.postgres import Cluster
from devtools.up import WEB

HOME = paths.LOCAL / "bench-postgres"
PIDS = paths.LOCAL / "bench-pids"
SETTINGS = {"max_wal_size": "8GB", "checkpoint_timeout": "15min"}  # for making a world; a measurement hardly writes
NO_BROKER = "redis://127.0.0.1:1/0"  # nothing that is measured wakes a worker


@contextmanager
def database() -> Iterator[tuple[str, int | None]]:
    """The address and the process of the server that keeps the worlds: our own, or the one that DATABASE_URL names."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    if given := os.environ.get("DATABASE_URL"):
        yield given, None
        return
    processes.stop_leftovers(PIDS)
    home = rootless.reachable_home(HOME)
    cluster = Cluster(home, log=paths.LOGS / "bench-postgres.log", pids=PIDS, settings=SETTINGS)
    try:
        with console.Step("Database of the bench") as step:
            cluster.start(step)
        yield cluster.url, cluster.child.process.pid if cluster.child and cluster.child.process else None
    finally:
        if cluster.child:
            processes.stop_all([cluster.child], 30)


def world(server: str, scale: str, words: Sequence[str]) -> dict[str, str]:
    """The environment of a world that is there, migrated; made now if it is not."""
    name = f"world_{scale}"
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    variables = environment.for_up(0, {"DATABASE_URL": url, "REDIS_URL": NO_BROKER})
    if not _ask(server, "SELECT 1 FROM pg_database WHERE datname = %s", name):
        _ask(server, f'CREATE DATABASE "{name}"')
    call(variables, "manage.py", "migrate", "--verbosity", "0")
    if not _ask(url, "SELECT 1 FROM branches_unit LIMIT 1"):
        call(variables, "manage.py", "simulate", "--scale", scale, *words)
    return variables


def call(variables: dict[str, str], *words: str) -> None:
    """A program of ours that speaks to the terminal itself."""
    done = subprocess.run([sys.executable, *words], env=variables, cwd=paths.ROOT, check=False)
    if done.returncode:
        raise console.Refusal(f"{' '.join(words)} failed (exit code {done.returncode}).")


def said(variables: dict[str, str], *words: str) -> str:
    """The last line that a program of ours says."""
    done = subprocess.run(
        [sys.executable, *words], env=variables, cwd=paths.ROOT, check=False, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise console.Refusal(f"{' '.join(words)} failed (exit code {done.returncode}).")
    return done.stdout.strip().splitlines()[-1]


@contextmanager
def web(variables: dict[str, str], name: str, **changes: str) -> Iterator[tuple[int, int | None]]:
    """A web server with as many workers and threads as `dev.py up` gives it; its port and its process."""
    port = ports.choose()
    argv: list[str | Path] = [paths.PYTHON, "-m", *WEB, f"--bind=127.0.0.1:{port}"]
    child = processes.Child(name, argv, log=paths.LOGS / f"{name}.log", env=variables | changes, pids=PIDS)
    child.start()
    try:
        if not processes.wait_until(lambda: _answers(port), 60):
            raise console.Refusal(f"The server {name} does not answer.", console.tail(child.log))
        yield port, child.process.pid if child.process else None
    finally:
        processes.stop_all([child], 5)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status in (200, 404)  # the bare site has no such page, and is there
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _ask(url: str, question: str, *values: str) -> bool:
    """Whether a question has an answer; commands have none."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(question, values or None)
        return cursor.description is not None and cursor.fetchone() is not None
