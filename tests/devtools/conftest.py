"""A PostgreSQL for one test, and a way to ask it."""

import shutil
import tempfile
from pathlib import Path

import psycopg2
import pytest

from devtools import rootless
from devtools.postgres import Cluster


@pytest.fixture
def folder():
    """A folder for data that the server's user can reach even when root runs the tests."""
    path = Path(tempfile.mkdtemp(prefix="cppcc-servers-", dir=rootless.temporary_base()))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def cluster(folder):
    """A cluster as `up` has it, except that it waits for no disk: processes are killed here, not machines."""
    made = make_cluster(folder)
    yield made
    made.stop()


def make_cluster(folder: Path) -> Cluster:
    """The cluster of this folder, new or as it was left."""
    log, pids = folder / "postgres.log", folder / "pids"
    return Cluster(folder / "postgres", log=log, pids=pids, settings={"fsync": "off"})


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement and return its rows."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
