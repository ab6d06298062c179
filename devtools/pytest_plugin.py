"""What lets two pytest processes run beside each other: a Redis database for each, and one of them for all browser tests."""

import os
import re

import pytest

DATABASES = 16  # of a Redis-protocol server, unless it is told otherwise

if worker := re.fullmatch(r"gw(\d+)", os.environ.get("PYTEST_XDIST_WORKER", "")):
    # Before Django reads it. Number 0 stays for runs in one process.
    number = 1 + int(worker[1]) % (DATABASES - 1)
    os.environ["REDIS_URL"] = re.sub(r"/\d+$", f"/{number}", os.environ["REDIS_URL"])


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser is heavy enough for two cores: its tests run one after another."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
