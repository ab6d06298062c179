"""What a deadline as written means, on an English page: the reading first, the words of the list beneath it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString

from branches.second_language import HAN, in_english
from branches.templatetags.frame import as_written, original_beneath
from tasks import deadlines

register = template.Library()


@register.filter
def due_as_written(phrase: Any, year: Any = None) -> SafeString | str:
    """6月底前 of a list of `year`; in English "by 30 Jun 2026" with the phrase beneath. Without a year only what needs none."""
    written = str(phrase or "")
    reading = _read(written, year or None) if in_english() and HAN.search(written) else ""
    return original_beneath(reading, written) if reading else as_written(written)


@lru_cache(maxsize=2048)
def _read(phrase: str, year: int | None) -> str:
    """In English: the filter asks for nothing else."""
    reading = deadlines.read(phrase, year or 2000)
    known = not reading.problem and (year is not None or not reading.dates)
    return deadlines.describe(reading) if known else ""
