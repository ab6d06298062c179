"""What a list is on paper: a title, a note under it, and lines of the users' nine columns."""

from __future__ import annotations

from dataclasses import dataclass

# The users' own form, whatever the language of the page (domain 1.9)
HEADINGS = ("序号", "任务内容", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "完成情况", "佐证材料")


@dataclass(frozen=True)
class Sheet:
    """The head of a list on paper."""

    title: str
    note: str


@dataclass(frozen=True)
class Line:
    """One task on paper: the headings that it stands under, and the words of its nine columns."""

    heading: tuple[str, ...]
    cells: tuple[str, ...]
