"""Tests that share a costly world go to one process; all others are handed out one by one."""

from __future__ import annotations

import pytest

from devtools.pytest_plugin import lot


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("tests/demo/test_world.py::test_a[2026-01-01]", "tests/demo/test_world.py::test_b[2026-01-01]", True),
        ("tests/demo/test_world.py::test_a[2026-01-01]", "tests/demo/test_world.py::test_a[2028-02-29]", False),
        ("tests/test_queries.py::test_a[demo-admin]", "tests/test_queries.py::test_a[demo-leader]", True),
        ("tests/browser/test_a.py::test_a[chromium]", "tests/browser/test_b.py::test_b", True),
        ("tests/tasks/test_a.py::test_a[2026-01-01]", "tests/tasks/test_a.py::test_b[2026-01-01]", False),
    ],
)
def test_tests_of_one_world_are_one_lot(one: str, other: str, together: bool) -> None:
    assert (lot(one) == lot(other)) is together
