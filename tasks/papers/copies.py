"""Last year's list as the beginning of this year's: its rows, the years in their due phrases moved on (issue 3, section 3)."""

from __future__ import annotations

import re
from typing import Any

from tasks.models import Task, TaskList
from tasks.papers.rows import blank_row
from tasks.papers.sheet import split_units

_DIGITS = "〇一二三四五六七八九"
_ARABIC = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\s*(?:[-—–~至到]\s*20\d\d\s*)?(?:年|[-./]\s*\d))")
_CHINESE = re.compile(r"([二][〇○零Ｏ][〇○零一二三四五六七八九]{2})(?=\s*年)")
_IN_TITLE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


def moved(phrase: str, years: int) -> str:
    """The phrase with every year that is written out moved on; one that names no year stays as written."""
    phrase = _ARABIC.sub(lambda match: str(int(match[1]) + years), phrase)
    return _CHINESE.sub(lambda match: _in_chinese(_from_chinese(match[1]) + years), phrase)


def moved_title(title: str, years: int) -> str:
    """The name of the list with its year moved on."""
    title = _IN_TITLE.sub(lambda match: str(int(match[1]) + years), title)
    return _CHINESE.sub(lambda match: _in_chinese(_from_chinese(match[1]) + years), title)


def names_year(text: str, year: int) -> bool:
    """Whether a text speaks of that year: 2025年, 二〇二五年, 2025年度."""
    return bool(re.search(rf"(?<!\d){year}(?!\d)", text)) or any(
        _from_chinese(match[1]) == year for match in _CHINESE.finditer(text)
    )


def _from_chinese(word: str) -> int:
    return int("".join(str(_DIGITS.index(sign)) if sign in _DIGITS else "0" for sign in word))


def _in_chinese(year: int) -> str:
    return "".join(_DIGITS[int(sign)] for sign in str(year))


def rows_of(task_list: TaskList, tasks: list[Task], years: int) -> list[dict[str, Any]]:
    """Rows of a draft from the tasks of a list (words and steps prefetched); each further step is a row that continues."""
    rows: list[dict[str, Any]] = []
    for task in tasks:
        text = task.text
        if text is None:
            continue
        for place, step in enumerate(task.steps.all()):
            row = blank_row(len(rows) + 1)
            row |= {
                "number": task.number[:14],
                "content": text.content,
                "heading": list(text.heading),
                "leader": text.leader_written,
                "lead_units": list(split_units(text.lead_written)),
                "lead_written": text.lead_written,
                "supporting_units": list(split_units(text.support_written)),
                "supporting_written": text.support_written,
                "measures": step.name if place else text.measures,
                "evidence": "" if place else text.evidence_written,
                "due": moved(
                    step.phrase if place or len(task.steps.all()) > 1 else text.due_written or step.phrase, years
                )[:120],
                "continues": bool(place),
            }
            if not place:
                row["content_en"] = text.content_en
            rows.append(row)
    return rows
