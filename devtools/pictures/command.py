"""What `python3 dev.py pictures` does before it takes any: the packages, and servers of its own that are thrown away."""

import subprocess

from devtools import paths, prepare, stopping, testing, venv


def pictures() -> int:
    """Take the pictures and films of README.md anew, from the product with its demo. Needs Chromium and Chinese fonts."""
    stopping.listen()
    venv.ensure(testing.EVERYTHING)
    with testing.throw_away_services() as variables, stopping.calm():
        prepare.compile_catalogue(variables)
        return subprocess.run(
            [str(paths.PYTHON), "-m", "devtools.pictures.run"], cwd=paths.ROOT, env=variables, check=False
        ).returncode
