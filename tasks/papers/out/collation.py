"""The collation (汇总稿) as .docx: under each task every unit's text, those without an answer in one line at the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import IO

from tasks.papers.out.official import Paper
from tasks.queries.collation import Section

# The paper is written in the language of its readers, whatever the language of the page (domain 1.9)
MARKS = {"": "", "review": "（审核中）", "progress": "（进展）"}


def write_collation(title: str, note: str, sections: Iterable[Section], into: IO[bytes], made_at: datetime) -> None:
    """Write the collation of a list to `into`, section by section."""
    paper = Paper(f"{title}汇总稿", made_at)
    paper.note(note)
    above: tuple[str, ...] = ()
    for section in sections:
        if section.heading != above and section.heading:
            paper.level_1("　".join(section.heading))
        above = section.heading
        paper.level_2(f"{section.number}．{section.content}")
        for answer in section.answers:
            paper.body(f"{answer.unit}{MARKS[answer.mark]}：{answer.text}")
        if section.figures:
            paper.body(f"合计：{'，'.join(f'{name} {total}' for name, total in section.figures)}。")
        if section.silent:
            paper.body(f"未报送：{'、'.join(section.silent)}。")
    paper.save(into)
