"""A list without its year: phrases are kept, the year they name is taken out, so that they are read for the next one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tasks.papers.copies import names_year
from tasks.papers.rows import Sheet, stored

_DIGITS = "〇一二三四五六七八九"
NEXT = "次年"


def without_year(phrase: str, year: int) -> str:
    """The phrase without the list's own year; the year after it becomes 次年. Any other year is the writer's own."""
    for one, word in ((year, ""), (year + 1, NEXT)):
        chinese = "".join(_DIGITS[int(sign)] for sign in str(one))
        phrase = re.sub(rf"(?<!\d){one}\s*年(?:度)?|{chinese}年", word, phrase)
        phrase = re.sub(rf"(?<!\d){one}[-./](?=\d)", word, phrase)
    return phrase


def kept_rows(rows: Mapping[str, Any], answers: Mapping[str, Any], year: int) -> list[dict[str, Any]]:
    """The rows of a draft as a template keeps them: with its repairs, without progress and without the year."""
    sheet = Sheet.of(rows, answers)
    found = []
    for place, row in enumerate(sheet.rows, 1):
        if sheet.repairs.get(str(row["row"]), {}).get("skip"):
            continue
        due = stored("due", without_year(sheet.field(row, "due"), year))
        found.append({**row, "row": place, "due": due, "result": ""})
    return found


def still_named(rows: Sequence[Mapping[str, Any]], year: int) -> list[str]:
    """Numbers of the rows whose words still name the year: they are the writer's own and stay."""
    return [
        str(row.get("number", ""))
        for row in rows
        if names_year(f"{row.get('content', '')} {row.get('measures', '')}", year)
    ]
