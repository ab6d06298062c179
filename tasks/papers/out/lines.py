"""What a list is on paper: a title, a note under it, and lines in the columns of a form (the users' nine, or a duty's)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil

# The users' own forms, whatever the language of the page (domain 1.9)
HEADINGS = ("序号", "任务内容", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "完成情况", "佐证材料")
DUTY_HEADINGS = ("序号", "责任单位", "责任人", "责任内容", "来源依据", "类型", "对应任务", "完成情况")
SIGNATURE = "签字：________________　　　　日期：______年____月____日"

# What XML cannot hold, and the marks that turn the order of letters round
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Form:
    """The columns of a paper: their headings, their widths in relation to each other, and which of them are centred."""

    headings: tuple[str, ...]
    widths: tuple[int, ...]
    centred: frozenset[int] = frozenset()


LIST = Form(HEADINGS, (8, 26, 28, 13, 16, 16, 14, 42, 19), frozenset({0, 3, 6}))
DUTIES = Form(DUTY_HEADINGS, (8, 20, 18, 43, 27, 14, 32, 20), frozenset({0, 5}))


@dataclass(frozen=True)
class Sheet:
    """The head of a list on paper."""

    title: str
    note: str
    made_at: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One task or duty on paper: the headings that it stands under, and the words of its columns."""

    heading: tuple[str, ...]
    cells: tuple[str, ...]


def with_headings(lines: Iterable[Line]) -> Iterator[tuple[list[str], Line]]:
    """Each line with the headings that begin above it."""
    above: tuple[str, ...] = ()
    for line in lines:
        yield (
            [text for level, text in enumerate(line.heading) if line.heading[: level + 1] != above[: level + 1]],
            line,
        )
        above = line.heading


def lines_in(text: str, letters: int) -> int:
    """How many lines some words take in a column of so many Chinese letters; at a guess, for the height of rows."""
    if len(text) <= letters and "\n" not in text:
        return 1
    return sum(ceil(len(line) * (0.55 if line.isascii() else 1) / letters) or 1 for line in text.split("\n"))


def plain(text: str) -> str:
    """Words as a file can hold them: no control characters, one kind of line break, tabs as spaces."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
