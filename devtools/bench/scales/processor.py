"""How much processor time a server took, whatever else runs on the machine: its own and that of everything it started."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")


def seconds(root: int | None) -> float | None:
    """The processor time of a process and of all below it, in seconds; None where the system does not tell."""
    if root is None or not PROC.is_dir():
        return None
    above: dict[int, int] = {}
    spent: dict[int, int] = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended; whoever started it is told its time
        above[int(folder.name)] = int(fields[1])
        spent[int(folder.name)] = sum(map(int, fields[11:15]))  # its own, and that of its children that have ended
    return sum(ticks for pid, ticks in spent.items() if _is_below(pid, root, above)) / os.sysconf("SC_CLK_TCK")


def _is_below(pid: int, root: int, above: dict[int, int]) -> bool:
    while pid > 1:
        if pid == root:
            return True
        pid = above.get(pid, 0)
    return False
