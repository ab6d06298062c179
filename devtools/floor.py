"""The browser floor: nothing of ours may need a browser newer than Chromium 90 (government desktops, ux.md C3).

`python -m devtools.floor` reads our styles, scripts and templates and names what is too new, line by line. What is only an
enhancement stands in the table with what older browsers show instead; nothing else is let through. Bootstrap 5.3 asks for
Chrome 60 and htmx 2 for any browser but Internet Explorer, so what we take from them lies below the floor.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from devtools import paths

FLOOR = 90
PLACES = (("static/css", "*.css"), ("static/js", "*.js"), ("templates", "**/*.html"))


class Feature(NamedTuple):
    """Something that browsers learnt late: how it looks, and the first Chromium that knows it."""

    name: str
    looks: str
    since: int
    instead: str = ""  # what an older browser shows: with it the feature is an enhancement and may be used


STYLE = (
    Feature(":has()", r":has\(", 105),
    Feature(":user-valid and :user-invalid", r":user-(?:in)?valid\b", 119),
    Feature(":modal", r":modal\b", 105),
    Feature(":popover-open", r":popover-open\b", 114),
    Feature("nesting", r"&", 112),
    Feature("@container", r"@container\b|\bcontainer(?:-type|-name)?\s*:|\bcq[whib]\b", 105),
    Feature("@layer", r"@layer\b", 99),
    Feature("@scope", r"@scope\b", 118),
    Feature("@starting-style", r"@starting-style\b", 117),
    Feature("range syntax of media queries", r"@media[^{]*[<>]", 104),
    Feature("color-mix()", r"\bcolor-mix\(", 111),
    Feature("lab(), lch(), oklab(), oklch(), color()", r"(?<![\w-])(?:(?:ok)?l(?:ab|ch)|color)\(", 111),
    Feature("light-dark()", r"\blight-dark\(", 123),
    Feature("hwb()", r"\bhwb\(", 101),
    Feature("accent-color", r"(?<![\w-])accent-color\s*:", 93, "the browser’s own colour of a tick"),
    Feature("small, large and dynamic viewport units", r"\d(?:s|l|d)v(?:h|w|i|b|min|max)\b", 108),
    Feature("line-height units", r"\dr?lh\b", 109),
    Feature("text-wrap", r"(?<![\w-])text-wrap(?:-style|-mode)?\s*:", 114),
    Feature("text-autospace", r"(?<![\w-])text-autospace\s*:", 140, "no thin space between Han and Latin"),
    Feature("hyphenate-character", r"(?<![\w-])hyphenate-character\s*:", 106),
    Feature("subgrid", r"\bsubgrid\b", 117),
    Feature("field-sizing", r"(?<![\w-])field-sizing\s*:", 123),
    Feature("scrollbar-gutter", r"(?<![\w-])scrollbar-gutter\s*:", 94),
    Feature("scrollbar-color and scrollbar-width", r"(?<![\w-])scrollbar-(?:color|width)\s*:", 121),
    Feature("single transforms", r"(?<![\w-])(?:rotate|scale|translate)\s*:", 104),
    Feature("page margin boxes", r"@(?:top|bottom|left|right)-(?:left|center|right|top|middle|bottom)\b", 131,
            "paper without page numbers"),
    Feature("anchor positioning", r"(?<![\w-])(?:anchor-name|position-anchor|position-area)\s*:", 125),
    Feature("view transitions", r"view-transition", 111),
    Feature("trigonometry and rounding", r"\b(?:sin|cos|tan|round|mod|rem)\(", 111),
)  # fmt: skip
SCRIPT = (
    Feature("Array.prototype.at", r"\.at\(", 92),
    Feature("Object.hasOwn", r"\bObject\.hasOwn\(", 93),
    Feature("Error with a cause", r"Error\([^)]*\{\s*cause\b", 93),
    Feature("structuredClone", r"\bstructuredClone\(", 98),
    Feature("crypto.randomUUID", r"\brandomUUID\b", 92),
    Feature("findLast", r"\.findLast(?:Index)?\(", 97),
    Feature("toSorted and its kin", r"\.to(?:Sorted|Reversed|Spliced)\(", 110),
    Feature("Object.groupBy", r"\b(?:Object|Map)\.groupBy\(", 117),
    Feature("Array.fromAsync", r"\bfromAsync\(", 121),
    Feature("Promise.withResolvers", r"\bwithResolvers\(", 119),
    Feature("methods of sets", r"\.(?:isSubsetOf|isSupersetOf|symmetricDifference)\(", 122),
    Feature("private methods and `#x in`", r"#\w+ in\b", 91),
    Feature("static blocks", r"\bstatic\s*\{", 94),
    Feature("import assertions", r"\bimport\b.*\bwith\s*\{", 123),
    Feature("inert", r"\.inert\b|[\"']inert[\"']", 102),
    Feature("popover", r"\.(?:show|hide|toggle)Popover\(|\.popover\b", 114),
    Feature("AbortSignal.timeout and any", r"\bAbortSignal\.(?:timeout|any)\(", 103),
    Feature("scheduler", r"\bscheduler\.\w+\(", 94),
    Feature("URL.canParse", r"\bURL\.canParse\(", 120),
    Feature("setHTML", r"\.setHTML(?:Unsafe)?\(", 124),
    Feature("view transitions", r"\bstartViewTransition\b", 111),
    Feature("CSS highlights", r"\bCSS\.highlights\b", 105),
    Feature("moveBefore", r"\.moveBefore\(", 133),
    Feature("checkVisibility", r"\.checkVisibility\(", 105),
    Feature("navigation API", r"\bnavigation\.navigate\(", 102),
    Feature("Intl.supportedValuesOf", r"\bsupportedValuesOf\b", 99),
)  # fmt: skip
PAGE = (
    Feature("inert", r"<[^>]*\sinert[\s=>]", 102),
    Feature("popover", r"<[^>]*\spopover(?:target)?[\s=>]", 114),
    Feature("<search>", r"<search\b", 118),
    Feature("<selectedcontent>", r"<selectedcontent\b", 135),
    Feature("command and commandfor", r"<[^>]*\scommand(?:for)?=", 135),
    Feature("details in groups", r"<details[^>]*\sname=", 120),
    Feature("hidden until found", r"hidden=[\"']until-found", 102),
    Feature("blocking", r"<[^>]*\sblocking=", 105),
    Feature("fetchpriority", r"<[^>]*\sfetchpriority=", 102),
    Feature("declarative shadow trees", r"<[^>]*\sshadowrootmode=", 111),
)  # fmt: skip
KINDS = {".css": STYLE, ".js": SCRIPT, ".html": PAGE}


class Finding(NamedTuple):
    """A line that needs a newer browser."""

    path: str
    line: int
    feature: Feature

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.feature.name} needs Chromium {self.feature.since}, the floor is {FLOOR}"


def too_new(source: str, suffix: str, path: str = "") -> Iterator[Finding]:
    """What in the source of a .css, .js or .html file only a browser above the floor knows."""
    wanted = [feature for feature in KINDS[suffix] if not feature.instead]
    for number, line in enumerate(_without_comments(source, suffix).split("\n"), 1):
        yield from (Finding(path, number, feature) for feature in wanted if re.search(feature.looks, line))


def _without_comments(source: str, suffix: str) -> str:
    """The source with its comments emptied, so that lines keep their numbers."""
    comment = {".css": r"/\*.*?\*/", ".js": r"/\*.*?\*/|(?<!:)//[^\n]*", ".html": r"\{#.*?#\}|<!--.*?-->"}[suffix]
    return re.sub(comment, lambda found: "\n" * found[0].count("\n"), source, flags=re.S)


def everywhere(root: Path = paths.ROOT) -> list[Finding]:
    """What is too new in all that we send to a browser."""
    files = [file for folder, pattern in PLACES for file in sorted((root / folder).glob(pattern))]
    found = (too_new(file.read_text(encoding="utf-8"), file.suffix, str(file.relative_to(root))) for file in files)
    return [finding for findings in found for finding in findings]


def main() -> int:
    """Name each finding; 1 where there is one."""
    findings = everywhere()
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
