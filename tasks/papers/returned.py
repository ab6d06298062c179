"""A file that came back from a unit: its rows with what the unit wrote, which unit it is, and to which task each row belongs.

Pure but for the reading itself. Words decide, numbers help: a number alone is never enough, because units add rows, delete
rows and number afresh (issue 3, section 4). What two tasks claim alike is asked, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from branches.markings import secret_marking
from tasks.papers.columns import find_header
from tasks.papers.grid import Grid, Unreadable
from tasks.papers.sheet import Row, SheetReading, read_rows
from tasks.papers.workbook import read_file

SURE = 0.75  # words as like as this are the same task
NUMBER_COUNTS = 0.1
CLEAR_LEAD = 0.08  # by so much the best must lead the second, else somebody is asked
WORTH_OFFERING = 0.5
MOST_LETTERS = 4_000  # of a cell; more than a report may have, so that it is refused and not cut
SHORTEST = 4  # shorter words are compared letter by letter only

_NUMBERED = re.compile(r"^(?:[(（]?(?:\d+|[一二三四五六七八九十]+)[)）、.．]\s*)+")
_UNIT_CELL = re.compile(
    r"^(?:填报|填表|报送|上报|报告|反馈|责任|牵头)?(?:单位|部门|支部)(?:名称)?(?:[(（]\w*章[)）])?\s*[:：]\s*(.*)$"
)
_AFTER_UNIT = re.compile(r"\s{2,}|[(（]\w*章[)）]|填报人|填表人|联系人|填报时间|填表日期|日期")
_PROGRESS_HEADER = re.compile(r"情况|进展|进度|落实|成效|结果|完成")
_EVERY_FILE = re.compile(
    r"\d+|[一二三四五六七八九十]+月|[年月日号()\[\]【】_\-—·.+ ]+|(?:党建)?(?:工作)?(?:重点)?任务清单|清单|任务|党建"
    r"|完成情况|进展|情况|反馈|填报|报送|上报|汇总|落实|推进|表格|表|附件|回复|关于|的|季度|上半年|下半年|全年|(?:最终|终|修改|正式)(?:版|稿)|定稿|副本|新建|政协"
)
LONGEST_NAME = 20
_NOT_YET = re.compile(r"未|没有|尚|正在|推进中|进行中|持续|准备|拟|将|部分|基本|[1-9]?\d(?:\.\d+)?%|计划于|待")
_DONE = re.compile(r"已|完成|办结|办毕|完毕|落实到位|100%|√")


@dataclass(frozen=True)
class Known:
    """A task of the list: its key, printed number and words."""

    key: int
    number: str
    words: str


@dataclass(frozen=True)
class Office:
    """A unit that could have sent a file, with every name it goes by."""

    key: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """Which unit a file is taken for and what says so: cell, name, title, lead; nothing where it has to be asked."""

    key: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Place:
    """The task of a row, or the tasks that somebody may choose from; neither means: not in the list."""

    key: int | None = None
    near: tuple[int, ...] = ()


def even(text: str) -> str:
    """Words as they are compared: no numbering, spaces or punctuation; full-width and half-width alike."""
    text = _NUMBERED.sub("", unicodedata.normalize("NFKC", text).strip().lower())
    return re.sub(r"[\W_]+", "", text)


def plain_number(text: str) -> str:
    """3, 3. and 03 are one number."""
    return unicodedata.normalize("NFKC", text).strip().strip("、.()（）").lstrip("0")


def read_returned(name: str, data: bytes) -> dict[str, Any]:
    """One file as it is kept: its rows and the words that may say which unit it is. Raises Unreadable with words."""
    grid = read_file(name, data)
    if any(secret_marking(text) for row in grid.texts() for text in row if text):
        raise Unreadable(
            "secret", _("The file carries a secrecy marking. It was not taken: nothing secret may be entered here")
        )
    reading = _with_progress(grid)
    if not reading.rows:
        raise Unreadable("no-rows", "; ".join(str(problem.message) for problem in reading.problems) or _("No rows"))
    if "result" not in reading.columns and "evidence" not in reading.columns:
        raise Unreadable("no-progress", _("The file has no column for progress or evidence"))
    return {
        "title": reading.title,
        "sheet": grid.sheet,
        "unit": written_unit(grid),
        "rows": [_kept(row) for row in reading.rows],
    }


def _with_progress(grid: Grid) -> SheetReading:
    """The rows; a column that speaks of progress under a name of the unit's own counts as 完成情况."""
    reading = read_rows(grid)
    header = find_header(grid)
    if header is None or "result" in reading.columns:
        return reading
    others = {name: column for name, column in header.others.items() if _PROGRESS_HEADER.search(name)}
    if not others:
        return reading
    return read_rows(grid, {**reading.columns, "result": min(others.values())})


def _kept(row: Row) -> dict[str, Any]:
    return {
        "row": row.row_number,
        "number": row.number,
        "content": row.content[:MOST_LETTERS],
        "due": row.due[:120],
        "lead": list(row.lead_units)[:20],
        "result": row.result[:MOST_LETTERS],
        "evidence": row.evidence[:MOST_LETTERS],
        "continues": row.continues,
    }


def written_unit(grid: Grid) -> str:
    """What stands at 填报单位, in the same cell or in the next filled one; "" where nothing does."""
    for texts in grid.texts():
        filled = [text for text in texts if text]
        for index, text in enumerate(filled):
            if match := _UNIT_CELL.match(text):
                said = match[1] or (filled[index + 1] if index + 1 < len(filled) else "")
                return _AFTER_UNIT.split(said)[0].strip(" _　")
    return ""


def seems_done(result: str) -> bool:
    """Whether the words say that the work is finished; in doubt it is not."""
    text = unicodedata.normalize("NFKC", result)
    text = text.replace("100%", "已")
    return bool(_DONE.search(text)) and not _NOT_YET.search(text)


def taken_for(file_name: str, read: dict[str, Any], offices: Sequence[Office]) -> Guess:
    """The unit that a file comes from. The cell made for it counts most; where it and the file's name differ, nobody guesses."""
    said = _named(read.get("unit", ""), offices)
    stem = _named(PurePosixPath(file_name.replace("\\", "/")).stem, offices)
    if len(said) == 1:
        return Guess() if len(stem) == 1 and stem != said else Guess(said[0], "cell")
    if said:
        return Guess()
    for found, why in ((stem, "name"), (_named(read.get("title", ""), offices), "title")):
        if found:
            return Guess(found[0], why) if len(found) == 1 else Guess()
    leads = {tuple(row["lead"]) for row in read["rows"] if row["result"] or row["evidence"]}
    if len(leads) == 1 and len(only := next(iter(leads))) == 1:
        found = [office.key for office in offices if even(only[0]) in {even(name) for name in office.names}]
        return Guess(found[0], "lead") if len(found) == 1 else Guess()
    return Guess()


def name_to_learn(index: int, files: Sequence[dict[str, Any]], offices: Sequence[Office]) -> str:
    """The words under which a file speaks of a unit that was chosen by hand: the cell made for it, else what is its own in
    the file's name. Nothing where other files say it too, or where it is the name of some unit already."""
    words = str(files[index].get("unit", "")) or _own_words(str(files[index]["name"]))
    plain = even(words)
    others = (even(f"{file['name']}{file.get('unit', '')}") for place, file in enumerate(files) if place != index)
    if not 2 <= len(plain) <= LONGEST_NAME or any(plain in other for other in others) or _named(words, offices):
        return ""
    return words.strip()


def _own_words(file_name: str) -> str:
    """A file's name without its ending, numbers, months and the words that every such file has."""
    stem = PurePosixPath(file_name.replace("\\", "/")).stem
    return _EVERY_FILE.sub("", unicodedata.normalize("NFKC", stem))


def _named(text: str, offices: Sequence[Office]) -> list[int]:
    """The units named within a text; a name inside a longer one that also fits does not count."""
    text = even(text)
    spans: list[tuple[int, int, int]] = []
    for office in offices:
        for name in {even(name) for name in office.names}:
            start = text.find(name) if len(name) > 1 else -1
            if start >= 0:
                spans.append((start, start + len(name), office.key))
    outer = [
        span
        for span in spans
        if not any(other[0] <= span[0] and span[1] <= other[1] and other[:2] != span[:2] for other in spans)
    ]
    return list(dict.fromkeys(key for _start, _end, key in sorted(outer)))


def _pairs(text: str) -> set[str]:
    return {text[index : index + 2] for index in range(len(text) - 1)}


class Matcher:
    """The tasks of a list, ready to be compared with rows."""

    def __init__(self, tasks: Iterable[Known]) -> None:
        self.tasks = [(task, even(task.words), _pairs(even(task.words)), plain_number(task.number)) for task in tasks]
        self._seen: dict[tuple[str, str], list[tuple[float, int]]] = {}

    def places(self, rows: Sequence[dict[str, Any]]) -> list[Place]:
        """The place of each row; the same whatever the order of the rows. No task is given to two rows of one file."""
        heads = [index for index, row in enumerate(rows) if not self._follows(rows, index)]
        scored = {index: self._scores(rows[index]) for index in heads}
        found = {index: self._place(scores) for index, scores in scored.items()}
        best: dict[int, tuple[float, str, str]] = {}
        for index, place in found.items():
            if place.key is not None:
                mark = (-scored[index][0][0], str(rows[index]["content"]), str(rows[index]["result"]))
                best[place.key] = min(best.get(place.key, mark), mark)
        for index, place in found.items():
            if place.key is not None:
                mark = (-scored[index][0][0], str(rows[index]["content"]), str(rows[index]["result"]))
                if mark != best[place.key]:
                    found[index] = Place(near=(place.key,))
        places, last = [], Place()
        for index in range(len(rows)):
            last = found.get(index, last)
            places.append(last)
        return places

    @staticmethod
    def _follows(rows: Sequence[dict[str, Any]], index: int) -> bool:
        """Whether a row is a further step of the task above it: merged with it, or the same number and words again."""
        if index == 0:
            return False
        row, above = rows[index], rows[index - 1]
        same = (row["number"], row["content"]) == (above["number"], above["content"])
        return bool(row["continues"] or (same and row["due"] != above["due"]))

    def _scores(self, row: dict[str, Any]) -> list[tuple[float, int]]:
        """How like each task is, best first; tasks that are not like it at all are left out."""
        words, number = even(str(row["content"])), plain_number(str(row["number"]))
        if (words, number) not in self._seen:
            pairs = _pairs(words)
            scores = []
            for task, other, other_pairs, other_number in self.tasks:
                like = _likeness(words, other, pairs, other_pairs)
                if like:
                    scores.append((like + (NUMBER_COUNTS if number and number == other_number else 0), task.key))
            self._seen[words, number] = sorted(scores, key=lambda score: (-score[0], score[1]))
        return self._seen[words, number]

    @staticmethod
    def _place(scores: list[tuple[float, int]]) -> Place:
        near = tuple(key for score, key in scores[:3] if score >= WORTH_OFFERING)
        if not near:
            return Place()
        best = scores[0][0]
        second = scores[1][0] if len(scores) > 1 else 0.0
        sure = best >= SURE  # with the number's bonus this means words as like as 0.65
        exact = best >= 1 and second < 1
        return Place(scores[0][1]) if sure and (exact or best - second >= CLEAR_LEAD) else Place(near=near)


def _likeness(one: str, other: str, pairs: set[str], other_pairs: set[str]) -> float:
    """From 0 to 1; 1 for the same words. Texts that share few pairs of characters are not looked at closer."""
    if one == other:
        return 1.0 if one else 0.0
    shorter = min(len(one), len(other))
    if shorter < SHORTEST or len(pairs & other_pairs) < 0.3 * min(len(pairs), len(other_pairs)):
        return 0.0
    like = SequenceMatcher(None, one, other, autojunk=False).ratio()
    if shorter >= 8 and (one in other or other in one):
        like = max(like, 0.85)
    return like
