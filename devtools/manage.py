"""`dev.py manage COMMAND …`: a Django command with the services up, those of a running `up` or its own meanwhile."""

import os
import signal
import subprocess
from collections.abc import Sequence

from devtools import console, environment, paths, prepare, services, session, stopping, venv

NEEDS_NOTHING = {"help", "version", "catalogue", "collectstatic", "findstatic", "diffsettings", "startapp"}
NEEDS_NO_DATA = {
    "check", "dbshell", "flush", "load_demo", "let_in", "load_tree", "makemigrations", "migrate", "optimizemigration",
    "open_site", "showmigrations", "simulate", "sqlflush", "sqlmigrate", "sqlsequencereset", "squashmigrations", "test",
}  # fmt: skip
USUAL_PORT = 8000


def manage(words: Sequence[str]) -> int:
    """Run the command at the terminal and return its exit code."""
    stopping.listen()
    console.speak_aside()
    session.ensure_local()
    command = words[0] if words else "help"
    if command.startswith("-") or command in NEEDS_NOTHING or {"-h", "--help"} & set(words):
        _ensure_packages()
        urls = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1/0"}
        given = {name: os.environ.get(name) or url for name, url in urls.items()}
        return _call(words, environment.for_up(USUAL_PORT, given))
    while True:
        if running := session.wait_for_running():
            return _call(words, environment.clean(**running["environment"]))
        with session.hold("manage") as ours:
            if ours:
                return _with_own_services(words, needs_data=command not in NEEDS_NO_DATA)


def _with_own_services(words: Sequence[str], *, needs_data: bool) -> int:
    services.stop_leftovers()
    _ensure_packages()
    servers = services.of_this_clone()
    try:
        servers.start()
        variables = environment.for_up(USUAL_PORT, servers.urls())
        variables["PATH"] += os.pathsep + servers.tools()
        if needs_data:
            prepare.everything(variables, demo=prepare.wants_demo())
        return _call(words, variables)
    finally:
        stopping.ignore()
        servers.stop()


def _ensure_packages() -> None:
    """Say nothing when there is nothing to do: the output belongs to the command."""
    if not venv.installed((venv.RUNTIME, venv.LOCAL)):
        venv.ensure((venv.RUNTIME, venv.LOCAL))


def _call(words: Sequence[str], variables: dict[str, str]) -> int:
    """Run it in our place at the terminal: it reads the keyboard, and Ctrl-C is its own affair."""
    argv = [*prepare.MANAGE, *words]
    with stopping.calm(), subprocess.Popen(argv, env=variables, cwd=paths.ROOT) as child:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _frame: child.send_signal(number))
        code = child.wait()
        stopping.forget()
    return code if code >= 0 else 128 - code
