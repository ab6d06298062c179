"""The work that is measured, and the worlds it needs: `python -m devtools.bench.work prepare|do ROW AMOUNT`.

`do` prints one line of JSON: seconds and processor seconds of the work alone, after Django has started.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc_party.settings")
django.setup()

from django.db import connection  # noqa: E402

from devtools.bench import ledgers, worlds  # noqa: E402

Job = Callable[[], object]
PREPARE = worlds.PREPARE | {"plan-1000000": ledgers.prepare, "plan-again": ledgers.prepare_planned}
WORK = worlds.WORK | {"plan-1000000": ledgers.sweep, "plan-again": ledgers.sweep_again}


def main(step: str, name: str, amount: int) -> None:
    """Make the world of a row, or do its work and tell what it took."""
    if step == "prepare":
        PREPARE[name](amount)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        return
    job = WORK[name](amount)
    wall, cpu = time.perf_counter(), _cpu()
    job()
    print(json.dumps({"wall": round(time.perf_counter() - wall, 3), "cpu": round(_cpu() - cpu, 3)}))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
