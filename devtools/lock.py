"""`dev.py lock`: the exact versions and hashes in requirements*.txt, made from the ranges in requirements*.in."""

import shutil

from devtools import console, environment, paths, stopping, venv

OLDEST_PYTHON = "3.11"


def lock(*, upgrade: bool) -> int:
    """Renew the locks; with `upgrade` each package moves to the newest version that its range allows."""
    stopping.listen()
    uv = shutil.which("uv") or (paths.VENV / "bin" / "uv")
    if not shutil.which(str(uv)):
        venv.ensure((venv.RUNTIME, venv.LOCAL, venv.DEVELOPMENT))
    for name in (venv.RUNTIME, venv.LOCAL, venv.DEVELOPMENT):  # in this order: each is bound by those before it
        with console.Step(name) as step:
            argv = [uv, "pip", "compile", "--quiet", "--universal", "-p", OLDEST_PYTHON, "--generate-hashes"]
            argv += ["--custom-compile-command", "python3 dev.py lock", *(["--upgrade"] if upgrade else [])]
            argv += [name.replace(".txt", ".in"), "-o", name]
            console.run(step, argv, env=environment.clean(), failing=f"{name} could not be renewed.")
    return 0
