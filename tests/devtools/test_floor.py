"""The browser floor: what only a newer Chromium knows is found by its line, and nothing of ours needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from devtools import floor

FAULTS = [
    (".css", ".row:has(.late) { color: red; }", ":has()"),
    (".css", "@container (min-width: 40em) { a { color: red; } }", "@container"),
    (".css", "@layer base { a { color: red; } }", "@layer"),
    (".css", ".card { color: red; & a { color: blue; } }", "nesting"),
    (".css", "a { color: color-mix(in srgb, red, blue); }", "color-mix()"),
    (".css", "main { min-height: 100dvh; }", "small, large and dynamic viewport units"),
    (".css", "h1 { text-wrap: balance; }", "text-wrap"),
    (".css", "@media (width >= 40em) { a { color: red; } }", "range syntax of media queries"),
    (".css", "a { rotate: 5deg; }", "single transforms"),
    (".js", "var last = rows.at(-1);", "Array.prototype.at"),
    (".js", "var id = crypto.randomUUID();", "crypto.randomUUID"),
    (".js", "var copy = structuredClone(row);", "structuredClone"),
    (".js", "if (Object.hasOwn(row, 'pk')) { go(); }", "Object.hasOwn"),
    (".js", "panel.inert = true;", "inert"),
    (".html", '<div class="box" inert>', "inert"),
    (".html", '<div popover id="more">', "popover"),
    (".html", "<search><form></form></search>", "<search>"),
]
ALLOWED = [
    (".css", "a:is(.x, .y) { inset: 0; aspect-ratio: 1; gap: 1rem; transform: rotate(5deg); }"),
    (".css", "/* :has() would be nice */\ntable { transition: color .2s; }"),
    (".css", "input { accent-color: var(--action); }"),
    (".js", "// rows.at(-1) is too new\nvar name = 'at'; text.replaceAll('a', 'b'); row?.pk ?? 1;"),
    (".html", "{# <search> is too new #}<dialog open><details><summary>inert</summary></details></dialog>"),
]


@pytest.mark.parametrize(("suffix", "source", "feature"), FAULTS)
def test_what_is_too_new_is_found(suffix: str, source: str, feature: str) -> None:
    found = list(floor.too_new(f"\n{source}\n", suffix, "x"))

    assert [(one.line, one.feature.name) for one in found] == [(2, feature)]
    assert found[0].feature.since > floor.FLOOR


@pytest.mark.parametrize(("suffix", "source"), ALLOWED)
def test_what_the_floor_knows_may_be_used(suffix: str, source: str) -> None:
    assert list(floor.too_new(source, suffix)) == []


def test_the_table_holds_nothing_that_the_floor_knows() -> None:
    assert [feature.name for table in floor.KINDS.values() for feature in table if feature.since <= floor.FLOOR] == []


def test_nothing_of_ours_is_too_new() -> None:
    assert [str(finding) for finding in floor.everywhere()] == []


def test_a_seeded_fault_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "static/css").mkdir(parents=True)
    (tmp_path / "static/css/new.css").write_text("a { color: red; }\n.list:has(b) { color: red; }\n", encoding="utf-8")

    words = [str(finding) for finding in floor.everywhere(tmp_path)]

    assert words == ["static/css/new.css:2: :has() needs Chromium 105, the floor is 90"]
