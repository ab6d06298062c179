"""Several dated steps written into one cell: 3月：草拟方案 4月：印发 (issue 3, section 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from tasks import deadlines
from tasks.deadlines import Kind, Reading
from tasks.workdays import Workdays

MAX_PARTS = 40

_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_TIME = (
    rf"(?:(?:(?:\d{{4}}|今|本|次|明)年)?{_MONTH}(?:月(?:份|初|中旬|上旬|下旬|底|末)?)?\s*[-—–~～至到、/]{{1,2}}\s*)?"
    rf"(?:(?:\d{{4}}|今|本|次|明)年)?{_MONTH}月(?:份|初|上旬|中旬|下旬|中|底|末|\d{{1,2}}[日号])?"
    r"|全年|上半年|下半年|年初|年底|(?:第?[一二三四1-4]|前三)季度"
)
_HEAD = re.compile(rf"(?:^|(?<=[\s;；。,，、]))(?:\d{{1,2}}[.、)）]\s*)?(?P<time>(?:{_TIME})(?:之?前|以前)?)\s*[:：]")


@dataclass(frozen=True)
class DatedStep:
    """One step of a cell: its words, and how its time is read."""

    words: str
    reading: Reading


def parts_of(phrase: str) -> list[tuple[str, str]]:
    """Time and words of each step, where at least two times stand before a colon and the cell begins with one."""
    heads = list(_HEAD.finditer(phrase))
    if not 2 <= len(heads) <= MAX_PARTS or phrase[: heads[0].start()].strip():
        return []
    ends = [head.start() for head in heads[1:]] + [len(phrase)]
    return [
        (head["time"].strip(), phrase[head.end() : end].strip(" \t\r\n\u3000;；,，、"))
        for head, end in zip(heads, ends, strict=True)
    ]


def steps_of(phrase: str, year: int, on: date, calendar: Workdays | None = None) -> list[DatedStep]:
    """The steps of a cell with their readings; nothing where the cell names one deadline."""
    found: list[DatedStep] = []
    for time, words in parts_of(phrase):
        whole = f"{time}：{words}"
        reading = deadlines.read(whole, year, on=on, calendar=calendar)
        if reading.problem:  # the words of the step disturb; the time before the colon is what counts
            reading = replace(deadlines.read(time, year, on=on, calendar=calendar), phrase=whole)
        found.append(DatedStep(words, reading))
    return found


def together(phrase: str, steps: list[DatedStep]) -> Reading:
    """One reading for the whole cell: what blocks or asks in any step, else all days of all steps."""
    blocked = next((step.reading for step in steps if step.reading.problem), None)
    if blocked:
        return replace(blocked, phrase=phrase)
    asks = next((step.reading for step in steps if step.reading.confirm), None)
    days = {span.due_on: span for step in steps for span in step.reading.periods}
    return Reading(
        phrase,
        Kind.DATES if days else steps[0].reading.kind,
        dates=tuple(sorted(days)),
        periods=tuple(days[day] for day in sorted(days)),
        confirm=bool(asks),
        reason=asks.reason if asks else "",
        reason_args=asks.reason_args if asks else (),
        provisional=any(step.reading.provisional for step in steps),
    )
