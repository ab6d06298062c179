"""What the bench can measure: plain names and sizes, so that dev.py can list them before any package is there."""

from typing import NamedTuple


class Kind(NamedTuple):
    """One line of the table: its name, what it does, how much of it (whole, quick), and whether it asks the database."""

    name: str
    what: str
    unit: str
    whole: int
    quick: int
    asks: bool = True


KINDS = (
    Kind("phrases", "Deadlines read", "phrases", 20_000, 200, asks=False),
    Kind("dry-run", "Dry run of a list (.xlsx)", "rows", 5_000, 50),
    Kind("publish-300", "Publish a list", "assignments", 300, 6),
    Kind("publish-30000", "Publish a list", "assignments", 30_000, 20),
    Kind("export", "Export a list to Excel", "rows", 50_000, 50),
    Kind("merge", "Merge returned files, read to recorded", "files", 10, 2),
    Kind("plan-1000000", "First sweep: plan reminders", "open assignments", 1_000_000, 200),
    Kind("plan-again", "Sweep with nothing new", "open assignments", 1_000_000, 200),
    Kind("archive", "Archive package of 1 GB", "files", 200, 4),
)
NAMES = tuple(kind.name for kind in KINDS)
SCALES = ("tiny", "city", "province", "nation")  # tiny: whether it runs at all
