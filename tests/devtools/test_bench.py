"""The bench runs: its smallest row for real, in the sizes of a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from devtools.bench import run
from devtools.bench.catalog import NAMES


def test_the_smallest_row_is_measured_and_written(tmp_path: Path) -> None:
    kept = tmp_path / "bench.json"

    answer = subprocess.run(
        [sys.executable, "-m", "devtools.bench.run", "phrases", "--quick", "--json", str(kept)],
        capture_output=True,
        text=True,
        check=True,
    )

    (row,) = json.loads(kept.read_text())["rows"]
    assert (row["name"], row["amount"]) == ("phrases", 200)
    assert row["wall"] > 0
    assert row["peak_mb"] > 10
    assert "| Deadlines read | 200 phrases |" in answer.stdout


def test_every_row_has_its_world_and_its_table_says_what_failed() -> None:
    table = run.as_table([{"what": "Merge", "amount": 10, "unit": "files", "error": "exit code 1"}])

    assert "failed: exit code 1" in table
    assert len(set(NAMES)) == len(NAMES)
