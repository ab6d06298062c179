"""The oldest PostgreSQL that a site may have runs our migrations; needs one installed on the machine."""

import subprocess
import sys

import pytest

from devtools import environment, paths, postgres
from devtools.postgres import Cluster
from tests.devtools.conftest import query

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def _only_of_the_system(tmp_path, monkeypatch):
    """As where the wheel does not fit."""
    monkeypatch.setattr(postgres, "wheel_install", lambda: tmp_path / "no-wheel")
    if postgres.find() is None:
        pytest.skip(f"no PostgreSQL of {postgres.OLDEST} or newer is installed on this machine")


def test_migrations_run_on_the_postgresql_of_the_system(cluster: Cluster):
    cluster.start()
    urls = {"DATABASE_URL": cluster.url, "REDIS_URL": "redis://127.0.0.1:1/0"}
    argv = [sys.executable, "manage.py", "migrate", "--no-input"]

    done = subprocess.run(
        argv, cwd=paths.ROOT, env=environment.for_tests(urls, "/nonexistent"), capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()
    assert query(cluster.url, "SELECT count(*) > 0 FROM django_migrations") == [(True,)]
