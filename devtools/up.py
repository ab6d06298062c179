"""`dev.py up`: everything started in order, watched, brought back when it falls, and stopped without a trace."""

import http.client
import os
import re
import time
from collections import deque
from pathlib import Path

from devtools import console, environment, paths, ports, prepare, processes, services, session, stopping, venv

REVIVALS, WITHIN = 3, 300.0  # so many times in so many seconds is a part brought back, then we give up
WEB = (  # the bench measures pages on a server like this one
    "gunicorn", "cppcc_party.wsgi", "--worker-class=gthread", "--workers=2", "--threads=4", "--graceful-timeout=4",
    "--no-control-socket",
)  # fmt: skip
LOUD = re.compile(r"\[(?:warning|error|critical)\s*\]|\"level\": \"(?:warning|error|critical)\"", re.IGNORECASE)
USUAL = re.compile(r"Not Found: |running the worker with superuser", re.IGNORECASE)

Part = services.Cluster | services.Broker | processes.Child


def up(port: int, *, empty: bool) -> int:
    """Run the product until it is told to stop."""
    began = time.monotonic()
    stopping.listen()
    session.ensure_local()
    with session.hold("up") as ours:
        if not ours:
            session.refuse_second()
        services.stop_leftovers()
        _check_port(port)
        venv.ensure((venv.RUNTIME, venv.LOCAL))
        servers = services.of_this_clone()
        apps: list[processes.Child] = []
        try:
            servers.start()
            variables = environment.for_up(port, servers.urls())
            prepare.remember(demo=not empty)
            prepare.everything(variables, demo=not empty)
            if empty:
                prepare.without_demo(variables)
            way_in = prepare.first_way_in(variables) if empty else ""
            apps += _apps(port, variables)
            with console.Step("Web, worker, timetable") as step:
                for app in apps:
                    app.start()
                _wait_for_web(port, apps, step)
                step.outcome = "running"
            address = f"http://127.0.0.1:{port}/"
            session.announce(address, variables)
            if way_in:
                console.say(f"\n{way_in}\nThen the guided opening: {address}opening/")
            console.say(
                f"\nReady after {time.monotonic() - began:.0f} s: {address}    (logs in .local/logs, Ctrl-C stops it)\n"
            )
            _watch([*servers.own, *apps])
        except KeyboardInterrupt:
            ready = session.announced() is not None
            _stop(servers, apps)
            return 0 if ready else 130
        except BaseException:
            _stop(servers, apps)
            raise
    return 0


def _apps(port: int, variables: dict[str, str]) -> list[processes.Child]:
    """The three processes of the product: web, worker, beat."""
    web = [*WEB, f"--bind=127.0.0.1:{port}"]
    worker = [
        "celery",
        "-A",
        "cppcc_party",
        "worker",
        "-P",
        "threads",
        "-c",
        "2",
        "--without-mingle",
        "--without-gossip",
    ]
    beat = ["celery", "-A", "cppcc_party", "beat", f"--schedule={paths.LOCAL / 'timetable'}", "--pidfile="]
    return [
        _app("web", web, variables),
        _app("worker", [*worker, "--loglevel=INFO"], variables),
        _app("beat", [*beat, "--loglevel=INFO"], variables),
    ]


def _app(name: str, words: list[str], variables: dict[str, str]) -> processes.Child:
    log = paths.LOGS / f"{name}.log"
    return processes.Child(name, [paths.PYTHON, "-m", *words], log=log, env=variables, pids=services.PIDS)


def _check_port(port: int) -> None:
    """Before anything else: finding it taken after a minute of installing would be unkind."""
    if not processes.wait_until(lambda: ports.is_free(port), 2):
        raise console.Refusal(
            f"Port {port} is in use. Choose another: python3 dev.py up --port {port + 1 if port < 65535 else 8000}"
        )


def _wait_for_web(port: int, apps: list[processes.Child], step: console.Step) -> None:
    """Until the web process answers; a part that ends meanwhile is a refusal with its last words."""

    def answers_or_fell() -> bool:
        return _answers(port) or not all(app.is_running() for app in apps)

    ready = processes.wait_until(answers_or_fell, 60, step)
    for app in apps:
        if not app.is_running():
            raise console.Refusal(
                f"The {app.name} process ended at once ({app.how_it_ended()}).", console.tail(app.log)
            )
    if not ready:
        raise console.Refusal("The web process does not answer.", console.tail(apps[0].log))


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _watch(parts: list[Part]) -> None:
    """Until a signal: bring back what falls, and show what the web and the worker complain about."""
    falls: dict[str, deque[float]] = {part.name: deque(maxlen=REVIVALS) for part in parts}
    readers = [_Reader(paths.LOGS / f"{name}.log") for name in ("web", "worker")]
    while True:
        time.sleep(0.3)
        for part in parts:
            if not part.is_running():
                _revive(part, falls[part.name])
        for reader in readers:
            for line in reader.loud_lines():
                console.say(line)


def _revive(part: Part, falls: "deque[float]") -> None:
    child = part if isinstance(part, processes.Child) else part.child
    why = child.how_it_ended() if child else "never started"
    now = time.monotonic()
    if len(falls) == REVIVALS and now - falls[0] < WITHIN:
        log = child.log if child else Path(os.devnull)
        raise console.Refusal(
            f"{part.name} has ended {REVIVALS + 1} times ({why}); stopping everything.", console.tail(log)
        )
    falls.append(now)
    console.say(f"{part.name} has ended by itself ({why}); starting it again.")
    if child:
        child.kill()  # what it started and left behind
    part.start()


def _stop(servers: services.Services, apps: list[processes.Child]) -> None:
    """First the processes of the product, then what they stand on; below ten seconds in all."""
    stopping.ignore()
    with console.Step("Stopping") as step:
        processes.stop_all(apps, 5)
        servers.stop()
        step.outcome = "done"


class _Reader:
    """Follows a log from where it ends now."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.position = log.stat().st_size if log.exists() else 0

    def loud_lines(self) -> list[str]:
        """New lines of level warning and above."""
        try:
            with self.log.open("rb") as file:
                file.seek(self.position)
                fresh = file.read()
        except OSError:
            return []
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self.position += len(whole)
        lines = whole.decode("utf-8", errors="replace").splitlines()
        return [f"{self.log.stem}: {line}" for line in lines if LOUD.search(line) and not USUAL.search(line)]
