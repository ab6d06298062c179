"""What `python3 dev.py chaos` does before the storm: the packages, and the interpreter that has them."""

import subprocess
import time

from devtools import console, environment, paths, stopping, testing, venv

BOUNDED, FULL = 4, 30  # days that the storm goes on; a day takes about half a minute


def chaos(days: int, seed: int | None, *, full: bool) -> int:
    """Kill worker, beat, broker, database and web at random under load, then count: nothing missed, nothing doubled."""
    stopping.listen()
    venv.ensure(testing.EVERYTHING)
    chosen = int(time.time()) % 100_000 if seed is None else seed
    length = days or (FULL if full else BOUNDED)
    console.say(f"Storm of {length} days, seed {chosen}.")
    argv = [str(paths.PYTHON), "-m", "devtools.chaos.storm", "--days", str(length), "--seed", str(chosen)]
    with stopping.calm():
        return subprocess.run(argv, cwd=paths.ROOT, env=environment.clean(), check=False).returncode
