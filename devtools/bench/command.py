"""What `python3 dev.py bench` does before it measures: the packages, and servers of its own that are thrown away."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from devtools import environment, paths, prepare, session, stopping, testing, venv

NOWHERE = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1/0"}


def bench(rows: Sequence[str], json_file: str | None, *, quick: bool, write: bool, scale: str = "") -> int:
    """Measure the big things, each in a process of its own: wall time, processor time, peak memory. With --scale every main
    page and write in a city, a province or a nation, beside a bare Django list."""
    stopping.listen()
    venv.ensure(testing.EVERYTHING)
    what = ("devtools.bench.scales.run", scale) if scale else ("devtools.bench.run", *rows)
    argv = [str(paths.PYTHON), "-m", *what]
    argv += ["--json", str(Path(json_file).absolute())] if json_file else []
    argv += ["--quick"] if quick else []
    argv += ["--write"] if write else []
    if scale:
        session.ensure_local()
        prepare.compile_catalogue(environment.for_up(0, NOWHERE))
        with stopping.calm():
            return subprocess.run(argv, cwd=paths.ROOT, env=environment.clean(), check=False).returncode
    with testing.throw_away_services() as variables, stopping.calm():
        return subprocess.run(argv, cwd=paths.ROOT, env=variables, check=False).returncode
