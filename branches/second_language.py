"""What words of people are called in English (`Wording`): read once for a request, when the first of them is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import get_language

from branches import clock
from branches.models import Wording

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
BETWEEN = re.compile(r"(、| › | · |;|；|\n)")  # what stands between the items of one cell
KEPT = "wordings"


def wanted() -> bool:
    """Whether the page is in English."""
    return (get_language() or "").startswith("en")


def english_of(words: str) -> str:
    """The English of what somebody wrote, whole or item by item; "" on a Chinese page, outside a request, or where none is
    known. Where two bodies say it differently the older wording stands."""
    if not wanted() or not HAN.search(words):
        return ""
    known = _known()
    words = words.strip()
    if words in known or not known:
        return known.get(words, "")
    parts = BETWEEN.split(words)
    if len(parts) == 1:
        return ""
    said = [known.get(part.strip(), "") if HAN.search(part) else part for part in parts[::2]]
    return "".join(_joined(said, parts[1::2])) if all(said) else ""


def _joined(said: list[str], between: list[str]) -> list[str]:
    marks = [{"、": ", ", "；": "; "}.get(mark, mark) for mark in between]
    return [piece for pair in zip(said, [*marks, ""], strict=True) for piece in pair]


def _known() -> Mapping[str, str]:
    kept = clock.kept()
    if kept is None:
        return {}
    if KEPT not in kept:
        kept[KEPT] = dict(Wording.objects.order_by("-pk").values_list("words", "words_en"))
    found: Mapping[str, str] = kept[KEPT]
    return found
