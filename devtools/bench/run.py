"""Runs the rows of the bench one after the other and tells what they took.

`python -m devtools.bench.run [ROW ...] [--quick] [--json FILE] [--write]`, under an environment with a database server. Each row
gets a fresh database and two processes: one makes its world, the other does the work and is measured. Memory is the peak of the
whole process, interpreter and Django included, or of its largest child (the reader of workbooks runs in one).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from devtools import paths
from devtools.bench.catalog import KINDS, NAMES, Kind

DOCUMENT = paths.ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench: written by `python3 dev.py bench --write` -->", "<!-- end of bench -->"
UNIT = 1024 if sys.platform != "darwin" else 1  # what ru_maxrss counts in


def main(words: Sequence[str]) -> int:
    """Measure, print the table, keep it where asked; 1 if a row failed."""
    given = _parser().parse_args(words)
    where = machine()
    chosen = [kind for kind in KINDS if not given.rows or kind.name in given.rows]
    if any(kind.asks for kind in chosen):
        _call(dict(os.environ), "manage.py", "migrate", "--verbosity", "0")
    measured: list[dict[str, Any]] = []
    for kind in chosen:
        print(f"{kind.name} …", file=sys.stderr, flush=True)
        measured.append(_measure(kind, kind.quick if given.quick else kind.whole))
    table = as_table(measured)
    print(table)
    if given.json:
        whole = {
            "made_at": datetime.now(UTC).isoformat(),
            "machine": machine(),
            "quick": given.quick,
            "rows": measured,
        }
        Path(given.json).write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    if given.write:
        into_document(f"{where}\n\n{table}")
    return int(any("error" in row for row in measured))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devtools.bench.run")
    parser.add_argument("rows", nargs="*", choices=[[], *NAMES], metavar="ROW")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--write", action="store_true")
    return parser


def _measure(kind: Kind, size: int) -> dict[str, Any]:
    """One row: its world in one process, the work in another."""
    env = dict(os.environ)
    row: dict[str, Any] = {"name": kind.name, "what": kind.what, "unit": kind.unit, "amount": size}
    own = f"bench_{kind.name.replace('-', '_')}"
    try:
        if kind.asks:
            env["DATABASE_URL"] = _database(own)
            _call(env, "-m", "devtools.bench.work", "prepare", kind.name, str(size))
        said, peak = _watched(env, "-m", "devtools.bench.work", "do", kind.name, str(size))
    except (subprocess.CalledProcessError, ValueError) as error:
        return row | {"error": str(error)}
    finally:
        if kind.asks:
            _on_server(f'DROP DATABASE IF EXISTS "{own}"')
    return row | json.loads(said) | {"peak_mb": round(peak / 1024 / 1024)}


def _watched(env: dict[str, str], *words: str) -> tuple[str, int]:
    """What a process said, and its peak memory in bytes (or its largest child's)."""
    with subprocess.Popen(
        [sys.executable, *words], cwd=paths.ROOT, env=env, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout  # noqa: S101 (it is a pipe, as asked)
        said = child.stdout.read()
        _pid, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise ValueError(f"exit code {child.returncode}")
    return said.strip().splitlines()[-1], used.ru_maxrss * UNIT


def _call(env: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, *words], cwd=paths.ROOT, env=env, check=True)


def _database(name: str) -> str:
    """A fresh copy of the migrated database, and its address."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    _on_server(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{parts.path[1:]}"')
    return urlunsplit(parts._replace(path=f"/{name}"))


def _on_server(*commands: str) -> None:
    parts = urlsplit(os.environ["DATABASE_URL"])
    server = psycopg2.connect(urlunsplit(parts._replace(path="/postgres")))
    server.autocommit = True
    with server.cursor() as cursor:
        for command in commands:
            cursor.execute(command)
    server.close()


def machine() -> str:
    """On what it was measured, and how busy that was: wall times of a busy machine say little."""
    load = os.getloadavg()[0]
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"Load average {load:.1f} at the start; {system}"


def as_table(measured: Sequence[dict[str, Any]]) -> str:
    """The rows as a table of Markdown."""
    lines = ["| what | amount | wall | rate | CPU | peak memory |", "|---|---|---|---|---|---|"]
    for row in measured:
        if "error" in row:
            lines.append(f"| {row['what']} | {row['amount']:,} {row['unit']} | failed: {row['error']} | | | |")
            continue
        rate = row["amount"] / row["wall"] if row["wall"] else 0
        lines.append(
            f"| {row['what']} | {row['amount']:,} {row['unit']} | {row['wall']:.2f} s | {rate:,.0f} {row['unit']}/s "
            f"| {row['cpu']:.2f} s | {row['peak_mb']} MB |"
        )
    return "\n".join(lines)


def into_document(words: str) -> None:
    """Put the table between its marks in docs/performance.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{words}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
