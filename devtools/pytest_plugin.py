"""What lets two pytest processes run side by side: a Redis database for each, and what shares something costly together.

Which tests those are is told by their address, not by `xdist_group`: with the pytest of 9.2 the mark is silently ignored
(pytest-xdist issue 1386), and then both processes load each demo.
"""

import os
import re
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it has no types

DATABASES = 16  # of a Redis-protocol server, unless it is told otherwise
# One browser is heavy enough for two cores; a demo takes ten seconds to load, and each day has its own; a site takes as long
TOGETHER = re.compile(
    r"(tests/browser/|tests/demo/test_world\.py(?=.*\[)|tests/test_(?:queries|headers|compose)\.py)(?:.*(\[\d{4}-\d\d-\d\d\]))?"
)

# Whole servers in processes of their own, or thousands of requests: half a minute and more each. Begun last, one of them
# would keep a process busy while the other has nothing left to do.
LONG = re.compile(r"tests/(devtools/test_up|integration/test_chaos|test_bad_input)\.py")

if worker := re.fullmatch(r"gw(\d+)", os.environ.get("PYTEST_XDIST_WORKER", "")):
    # Before Django reads it. Number 0 stays for runs in one process.
    number = 1 + int(worker[1]) % (DATABASES - 1)
    os.environ["REDIS_URL"] = re.sub(r"/\d+$", f"/{number}", os.environ["REDIS_URL"])


def lot(test: str) -> str:
    """What a process takes at once when it takes this test: the test alone, or all that share its costly world."""
    found = TOGETHER.match(test)
    return "".join(found.groups("")) if found else test


class Lots(LoadScopeScheduling):
    """Hands out lots rather than tests."""

    def _split_scope(self, nodeid: str) -> str:
        return lot(nodeid)


@pytest.hookimpl(trylast=True)  # after the order was shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first; all else stays in its random order."""
    items.sort(key=lambda item: not LONG.match(item.nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lots:
    """The scheduler of a run in several processes."""
    return Lots(config, log)
