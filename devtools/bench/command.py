"""What `python3 dev.py bench` does before it measures: the packages, and servers of its own that are thrown away."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from devtools import paths, stopping, testing, venv


def bench(rows: Sequence[str], json_file: str | None, *, quick: bool, write: bool) -> int:
    """Measure the big things, each in a process of its own: wall time, processor time, peak memory."""
    stopping.listen()
    venv.ensure(testing.EVERYTHING)
    argv = [str(paths.PYTHON), "-m", "devtools.bench.run", *rows]
    argv += ["--json", str(Path(json_file).absolute())] if json_file else []
    argv += ["--quick"] if quick else []
    argv += ["--write"] if write else []
    with testing.throw_away_services() as variables, stopping.calm():
        return subprocess.run(argv, cwd=paths.ROOT, env=variables, check=False).returncode
