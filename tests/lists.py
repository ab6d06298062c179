"""Where the real lists stand: beside the repository, never in it; the city's list of 2026 may be shipped and always is."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CITY_LIST = ROOT / "tasks" / "papers" / "samples" / "10-city-2026-task-list.xlsx"
CITY_KEY = ROOT / "tests" / "data" / "10-expected.csv"


def shared_lists() -> Path:
    """The folder of real lists. They are not ours to ship, so without it a test is skipped; a folder that is named must exist."""
    folder = Path(os.environ.get("REAL_LISTS") or ROOT.parent / "shared" / "real-lists")
    if not folder.is_dir():
        reason = f"the real lists are not at {folder}"
        if os.environ.get("REAL_LISTS"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


def table(path: Path) -> list[dict[str, str]]:
    """A CSV file as dictionaries."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
