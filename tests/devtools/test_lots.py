"""Tests that share a costly world go to one process; all others are handed out one by one, the longest first."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from devtools.pytest_plugin import lot, pytest_collection_modifyitems


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


def test_the_longest_come_first_and_the_others_keep_their_order() -> None:
    names = ["tests/test_b.py::test_b", "tests/test_bad_input.py::test_forms", "tests/test_a.py::test_a"]
    items: list[Any] = [SimpleNamespace(nodeid=name) for name in names]

    pytest_collection_modifyitems(items)

    assert [item.nodeid for item in items] == [names[1], names[0], names[2]]
