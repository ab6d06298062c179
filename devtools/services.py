"""PostgreSQL and the broker together: those of this clone, throw-away ones, or servers named by the caller."""

import os
from pathlib import Path

from devtools import console, paths, postgres, processes, rootless
from devtools.broker import Broker
from devtools.postgres import Cluster

PIDS = paths.LOCAL / "pids"


class Services:
    """The two servers that Django needs."""

    def __init__(self, cluster: Cluster | None, broker: Broker | None) -> None:
        self.cluster, self.broker = cluster, broker

    @property
    def own(self) -> list[Cluster | Broker]:
        """Those that we start and stop ourselves."""
        return [server for server in (self.cluster, self.broker) if server]

    def start(self) -> None:
        """Start them, one line each."""
        for server in self.own:
            with console.Step(server.name) as step:
                server.start(step)
                step.outcome = "ready"

    def stop(self) -> None:
        """Stop both at once; nothing they hold is lost."""
        processes.stop_all([server.child for server in self.own if server.child], 5)

    def urls(self) -> dict[str, str]:
        """DATABASE_URL and REDIS_URL."""
        return {
            "DATABASE_URL": self.cluster.url if self.cluster else os.environ["DATABASE_URL"],
            "REDIS_URL": self.broker.url if self.broker else os.environ["REDIS_URL"],
        }

    def tools(self) -> str:
        """The folder of psql and pg_dump, for `manage dbshell`."""
        return str(self.cluster.binaries.folder) if self.cluster else ""


def of_this_clone() -> Services:
    """With their data in .local/, except where DATABASE_URL or REDIS_URL name a server."""
    cluster = broker = None
    if not os.environ.get("DATABASE_URL"):
        home = rootless.reachable_home(paths.LOCAL / "postgres")
        cluster = Cluster(home, log=paths.LOGS / "postgres.log", pids=PIDS)
    if not os.environ.get("REDIS_URL"):
        broker = Broker(paths.LOCAL / "valkey", log=paths.LOGS / "valkey.log", pids=PIDS)
    return Services(cluster, broker)


def throw_away(folder: Path) -> Services:
    """For one run of the tests: fast, and nothing outlives it.

    Nobody vacuums behind a test's back: its rows are not committed, a vacuum would count none, and the planner would believe it.
    """
    pids = folder / "pids"
    cluster = Cluster(
        folder / "postgres",
        log=folder / "postgres.log",
        pids=pids,
        settings=postgres.UNSAFE_BUT_FAST | {"max_connections": "200", "autovacuum": "off"},
    )
    return Services(cluster, Broker(folder / "valkey", log=folder / "valkey.log", pids=pids, keep=False))


def stop_leftovers() -> None:
    """Stop what an `up` that was killed has left in this clone, and say so."""
    if found := processes.stop_leftovers(PIDS):
        console.say(f"  Stopped what an earlier run had left: {', '.join(found)}.")
