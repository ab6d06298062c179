"""What was measured, as tables: for the terminal after a run, and for docs/performance.md with all scales side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from devtools import paths

TOLD = ("city", "province", "nation")
BEGIN, END = "<!-- scales: written by `python3 dev.py bench --scale … --write` -->", "<!-- end of scales -->"
DOCUMENT = paths.ROOT / "docs" / "performance.md"
Result = dict[str, Any]


def kept(scale: str) -> Result | None:
    """What the last run at a scale measured on this machine."""
    file = paths.LOCAL / f"bench-{scale}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def keep(scale: str, result: Result) -> None:
    """Keep it for the growth that later runs tell."""
    paths.write_private(paths.LOCAL / f"bench-{scale}.json", json.dumps(result, indent=1) + "\n")


def smaller(scale: str) -> tuple[str, Result] | None:
    """The next smaller scale that was measured."""
    for name in reversed(TOLD[: TOLD.index(scale)] if scale in TOLD else ()):
        if found := kept(name):
            return name, found
    return None


def table(result: Result, before: tuple[str, Result] | None) -> str:
    """One scale: medians and p95 of one visitor and of sixteen, as multiples of the bare list, and the growth."""
    base = result["bare"]
    older = {(page["name"], page["who"]): page for page in before[1]["pages"]} if before else {}
    growth = f" × {before[0]} |" if before else ""
    lines = [
        "| page | who | queries | one: median | p95 | × bare | CPU web + db | × bare |"
        f" 16 at once: median | p95 | × bare |{growth}",
        "|---|---|---|---|---|---|---|---|---|---|---|" + ("---|" if before else ""),
        _line({"name": "Bare Django list", "who": "", "queries": 3} | base, base, None, bool(before)),
    ]
    for page in result["pages"]:
        lines.append(_line(page, base, older.get((page["name"], page["who"])), bool(before)))
    return "\n".join(lines)


def _line(page: Result, base: Result, older: Result | None, grown: bool) -> str:
    cells = [page["name"], page["who"], str(page["queries"])]
    for way in ("one", "crowd"):
        if "error" in page:
            cells += [page["error"], *[""] * (4 if way == "one" else 2)]
            continue
        times = page[way]
        ratio = times["median_ms"] / base[way]["median_ms"]
        cells += [_ms(times["median_ms"]), _ms(times["p95_ms"]), f"{ratio:.1f}"]
        if way == "one":
            cells += _processor(times, base[way])
    if grown:
        cells.append(_growth(page, older))
    return "| " + " | ".join(cells) + " |"


def _growth(page: Result, older: Result | None) -> str:
    """How much dearer a page is than in the smaller world: by processor time, where it is known."""
    if older is None or "one" not in older or "one" not in page:
        return ""
    now, before = (_cost(each["one"]) for each in (page, older))
    return f"{now / before:.1f}" if before else ""


def _cost(times: Result) -> float:
    """What is compared between scales, which were measured at different hours."""
    known = "db_cpu_ms" in times
    return float(times["web_cpu_ms"] + times["db_cpu_ms"]) if known else float(times["median_ms"])


def _processor(times: Result, base: Result) -> list[str]:
    """The processor time of one request, which a busy neighbour hardly changes."""
    if "db_cpu_ms" not in times or "db_cpu_ms" not in base:
        return ["", ""]
    own, bare = (one["web_cpu_ms"] + one["db_cpu_ms"] for one in (times, base))
    ratio = f"{own / bare:.1f}" if bare else ""
    return [f"{times['web_cpu_ms']:.0f} + {times['db_cpu_ms']:.0f} ms", ratio]


def _ms(number: float) -> str:
    return f"{number:,.0f} ms" if number >= 10 else f"{number:.1f} ms"


def writes_table(result: Result) -> str:
    """What was written at one scale."""
    lines = ["| what | amount | median | p95 | n |", "|---|---|---|---|---|"]
    for write in result["writes"]:
        lines.append(
            f"| {write['name']} | {write['amount']} | {_ms(write['median_ms'])} | {_ms(write['p95_ms'])} | {write['n']} |"
        )
    return "\n".join(lines)


def heading(scale: str, result: Result) -> str:
    """What the world held, and on what it was measured."""
    world = result["world"]
    return (
        f"{world['Assignment']:,} assignments, {world['Event']:,} events, {world['Unit']:,} units, {world['User']:,} people;"
        f" database of {world['megabytes']:,} MB. {result['machine']}; load {result['load_after']:.1f} at the end."
    )


def into_document() -> None:
    """All scales that were measured, between their marks in docs/performance.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    parts = [section(scale, found) for scale in TOLD if (found := kept(scale))]
    DOCUMENT.write_text(f"{before}{BEGIN}\n" + "\n\n".join(parts) + f"\n{END}{after}", encoding="utf-8")


def section(scale: str, result: Result) -> str:
    """One scale as the document shows it."""
    tables: Sequence[str] = (heading(scale, result), table(result, smaller(scale)), writes_table(result))
    return f"### {scale.capitalize()}\n\n" + "\n\n".join(tables)
