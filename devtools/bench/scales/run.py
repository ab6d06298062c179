"""Measures one scale: `python -m devtools.bench.scales.run city [--quick] [--json FILE] [--write]`.

Three processes of ours beside the servers: one finds the pages and counts their queries, this one takes the time as a browser
would, one measures what is written. The bare list is measured before and after the pages, so that a neighbour who comes or
goes meanwhile shows.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from devtools import console
from devtools.bench.catalog import SCALES
from devtools.bench.run import machine
from devtools.bench.scales import paper, servers
from devtools.bench.scales.crowd import LIMIT, Times, alone, together

REQUESTS, BUDGET = 20, 20.0  # of one visitor: so many, or so many seconds
ROUNDS, PATIENCE = 2, 5.0  # of each of sixteen; one round where a page takes longer than so many seconds
BARE = "/bare/"


def main(words: Sequence[str]) -> int:
    """Make the world where it is missing, measure, print, keep."""
    given = _parser().parse_args(words)
    try:
        with servers.database() as (server, process):
            result = measure(servers.world(server, given.scale, given.world), process, quick=given.quick)
    except console.Refusal as refusal:
        console.say(f"{refusal}\n{refusal.evidence}")
        return 1
    result |= {"scale": given.scale, "made_at": datetime.now(UTC).isoformat(), "quick": given.quick}
    console.say("\n" + "\n\n".join([
        paper.heading(given.scale, result), paper.table(result, paper.smaller(given.scale)), paper.writes_table(result),
    ]))  # fmt: skip
    if not given.quick:
        paper.keep(given.scale, result)
    if given.json:
        Path(given.json).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if given.write:
        paper.into_document()
    return int(any("error" in page for page in result["pages"]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devtools.bench.scales.run")
    parser.add_argument("scale", choices=SCALES)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--world", nargs=argparse.REMAINDER, default=[], help="further words for manage.py simulate")
    return parser


def measure(variables: dict[str, str], database: int | None, *, quick: bool) -> dict[str, Any]:
    """Everything at one scale; the writes first, because a day's first sweep fills the page of notices."""
    told: dict[str, Any] = {"machine": machine()}
    console.say("  Writes")
    told["writes"] = json.loads(servers.said(variables, "-m", "devtools.bench.scales.writes"))
    found = json.loads(servers.said(variables, "-m", "devtools.bench.scales.survey"))
    told["world"], pages = found["world"], found["pages"]
    bare = {"DJANGO_SETTINGS_MODULE": "devtools.bench.scales.bare"}
    with (
        servers.web(variables, "bench-web") as (port, web),
        servers.web(variables, "bench-bare", **bare) as (bare_port, bare_web),
    ):
        yardstick = Asked(bare_port, (bare_web, database), quick)
        before = yardstick.both(pages[0]["cookie"], BARE)
        told["pages"] = [_page(Asked(port, (web, database), quick), page) for page in pages]
        after = yardstick.both(pages[0]["cookie"], BARE)
    told["bare"] = {way: _together(before[way], after[way]).told() for way in before}
    told["load_after"] = os.getloadavg()[0]
    return told


@dataclass(frozen=True)
class Asked:
    """A web server that is asked, with the processes whose processor time is told."""

    port: int
    processes: tuple[int | None, ...]
    quick: bool

    def both(self, cookie: str, address: str) -> dict[str, Times]:
        """One visitor, then sixteen."""
        times = 2 if self.quick else REQUESTS
        one = alone(self.port, cookie, address, times, BUDGET, self.processes)
        rounds = 1 if self.quick or one.median > PATIENCE / ROUNDS else ROUNDS
        return {"one": one, "crowd": together(self.port, cookie, address, rounds)}


def _page(server: Asked, page: dict[str, Any]) -> dict[str, Any]:
    """One page with its times; what went wrong, in words, where it did not answer."""
    cookie, page = page["cookie"], {name: value for name, value in page.items() if name != "cookie"}
    try:
        times = server.both(cookie, page["address"])
    except TimeoutError:
        return page | {"error": f"over {LIMIT:.0f} s"}
    except (OSError, http.client.HTTPException, ValueError) as error:
        return page | {"error": str(error)}
    console.say(f"  {page['name']}, {page['who']}: {times['one'].median * 1000:.0f} ms")
    return page | {way: each.told() for way, each in times.items()}


def _together(first: Times, second: Times) -> Times:
    spent = [(one + other) / 2 for one, other in zip(first.spent, second.spent, strict=True)]
    return Times([*first.each, *second.each], first.whole + second.whole, spent)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
