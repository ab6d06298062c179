"""A grid into the rows of a list: title, header, headings, tasks with their units and deadlines, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _

from tasks.papers.columns import COLUMNS, Header, even, find_header
from tasks.papers.grid import Grid, as_text

FILLED_DOWN = ("leader", "lead_units", "supporting_units", "due")
UNIT_COLUMNS = ("lead_units", "supporting_units")
MAX_HEADING = 120
HEAD_SHOWN, SAMPLE_ROWS = 24, 20

_LEVELS = (
    re.compile(r"^(?:第[一二三四五六七八九十百]+[章篇编部分]+|[一二三四五六七八九十]{1,3}\s*[、.．,，])"),
    re.compile(r"^(?:[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]+[节条])"),
    re.compile(r"^\d{1,2}\s*[、.．]"),
    re.compile(r"^[(（]\d{1,2}[)）]"),
)
_FOOTNOTE = re.compile(
    r"^(?:注|备注|说明|附注|填表说明|填报说明|填表人|填报人|填报单位|填表单位|制表|制表人|审核人?|审批人?|签字|签发|负责人|单位负责人|联系人|联系电话|抄送|报送|填报时间|填表日期|日期|分管领导(?:签字)?|(?:主要)?领导签字|单位|盖章)(?:[(（][^()（）]*[)）])?\s*[:：]"
    r"|^第\s*\d+\s*页(?:\D*\d+\s*页)?$|^(?:注|※|\*)\s*\d*[、.:：]?\s*\S|^[(（](?:注|此件|共\d+页).*[)）]?$|^[—\-\s]*(?:以下空白|以下无正文|完)[—\-\s]*$"
)
_TOTAL = re.compile(r"^(?:合计|总计|小计|共计|总数|汇总)")
_CHINESE_NUMBER = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?")
_SAME = re.compile(r"^(?:同上|〃|″|\"|’’|ditto|同前)$")
_UNIT_BREAK = re.compile(r"[、，,；;/\\|\n\t]|\s{2,}|(?<=[\u4e00-\u9fff)）])\s(?=[\u4e00-\u9fff])")
_UNIT_LABEL = re.compile(r"^(?:牵头|主办|责任|配合|协办|参与)(?:单位|部门|处室)?\s*[:：]")


_NUMBER_IN_FRONT = re.compile(r"^[(（]?(\d{1,3})(?:[.．、)）])\s*(?![\d月年])")
_TIME_COLUMN = re.compile(r"(?:第?[一二三四1-4]季度?|(?:1[0-2]|[1-9])月份?|[上下]半年|十?[一二三四五六七八九十]月)")
_TICK = re.compile(r"[√✓✔●○★☆▲对是vV1]")
_NOBODY = re.compile(r"[无－—–\-×○~]+|暂无|n/?a|none")
_PEOPLE = re.compile(
    r"[(（][\u4e00-\u9fff·]{2,4}(?:[、，,][\u4e00-\u9fff·]{2,4})*[)）]|(?<=\S)[:：][\u4e00-\u9fff·]{2,4}(?=$|[、，,；;\n])"
    r"|(?<=[\u4e00-\u9fff)）])[ \u3000]+[\u4e00-\u9fff·]{2,4}(?=$|[、，,；;\n])"
)
_LEADS = re.compile(r"[(（](?:牵头|主办|主责)(?:单位|部门)?[)）]$|(?<=[^(（])牵头$")
_SUPPORTS = re.compile(r"[(（](?:配合|协办|参与)(?:单位|部门)?[)）]$|(?<=[^(（])(?:配合|协办)$")
_SUPPORT_LABEL = re.compile(r"^(?:配合|协办|参与|协同)(?:单位|部门|处室)?\s*[:：]")


@dataclass(frozen=True)
class Problem:
    """Something that a person should see: a stable code, the row as numbered in the paper, the column, a sentence."""

    code: str
    row: int | None
    column: str
    text: str
    message: str


@dataclass(frozen=True)
class Row:
    """One task, or one dated step of the task above it (`continues`), as written."""

    row_number: int
    number: str
    heading: tuple[str, ...]
    content: str
    measures: str = ""
    leader: str = ""
    lead_units: tuple[str, ...] = ()
    supporting_units: tuple[str, ...] = ()
    due: str = ""
    result: str = ""
    evidence: str = ""
    continues: bool = False
    lead_written: str = ""
    supporting_written: str = ""
    remark: str = ""
    frequency: str = ""


@dataclass
class SheetReading:
    """Everything that was read, and everything that was not."""

    title: str = ""
    note: str = ""
    header_row: int | None = None  # as numbered in the paper; the first of two
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)  # totals, footnotes, hidden rows that were read all the same
    sheet: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # the standard columns as the paper names them
    heads: list[str] = field(default_factory=list)  # what stands over each column, "" where nothing does
    samples: list[str] = field(default_factory=list)  # the first words below


def read_rows(grid: Grid, columns: Mapping[str, int] | None = None, top: int | None = None) -> SheetReading:
    """The tasks of a grid. `columns` matches the columns by hand where the header was not found or not right; `top` is the
    row of the header, counted within the grid from 0, where a person has said it."""
    header = find_header(grid)
    if top is not None and columns and not (header and header.top <= top < header.top + header.rows):
        header = Header(min(top, len(grid.rows) - 1), 1)
    found = SheetReading(sheet=grid.sheet)
    if columns:
        matched = {name: column for name, column in columns.items() if name in COLUMNS and 0 <= column < grid.width}
        header = Header(header.top, header.rows, matched, header.others) if header else Header(-1, 1, matched)
    _overheads(grid, header, found)
    if header is None or "content" not in header.columns:
        found.title, found.note = _above(grid, min(3, len(grid.rows)))
        found.problems.append(
            Problem("no-header", None, "", "", _("No header row found. Mark it, or match the columns by hand"))
        )
        return found
    found.columns = dict(header.columns)
    if header.top >= 0:
        found.header_row = grid.numbers[header.top]
        found.title, found.note = _above(grid, header.top)
        found.headers = _headers(grid, header)
    if grid.cut_columns:
        found.problems.append(Problem("cut-columns", None, "", "", _("Only the first 40 columns were read")))
    for name in grid.passed_over:
        found.left_out.append(
            Problem("other-sheet", None, "", name, _("Another sheet that looks like a list was not read"))
        )
    _Reader(grid, header, found).read()
    return found


def _overheads(grid: Grid, header: Header | None, found: SheetReading) -> None:
    """What stands over every column and first below it, for a person who matches them by hand."""
    first, last = (max(0, header.top), header.top + header.rows) if header else (0, 0)
    for column in range(grid.width):
        lower = (as_text(grid.rows[row][column]) for row in range(last - 1, first - 1, -1))
        found.heads.append(re.sub(r"\s+", "", next((text for text in lower if text), ""))[:HEAD_SHOWN])
        below = (as_text(row[column]) for row in grid.rows[last : last + SAMPLE_ROWS])
        found.samples.append(next((text for text in below if text), "")[:HEAD_SHOWN])


def _headers(grid: Grid, header: Header) -> dict[str, str]:
    """How the paper itself names each column: the lower of two header rows where both are filled."""
    return {
        name: next(
            (
                re.sub(r"\s+", "", text)
                for row in range(header.top + header.rows - 1, header.top - 1, -1)
                if (text := as_text(grid.rows[row][column]))
            ),
            "",
        )
        for name, column in header.columns.items()
    }


def _above(grid: Grid, top: int) -> tuple[str, str]:
    """Title and notes: what stands above the header."""
    lines = []
    for row in grid.rows[: max(0, top)]:
        line = " ".join(dict.fromkeys(text for text in map(as_text, row) if text))
        if line:
            lines.append(line)
    return (re.sub(r"\s*\n\s*", "", lines[0]), "\n".join(lines[1:])) if lines else ("", "")


class _Reader:
    """Walks down the rows below the header."""

    def __init__(self, grid: Grid, header: Header, found: SheetReading) -> None:
        self.grid = grid
        self.header = header
        self.found = found
        self.texts = list(grid.texts())
        self.over = grid.merged_over()
        self.across = {(merge.top, merge.left): merge.right - merge.left + 1 for merge in grid.merges}
        self.headings: list[tuple[int, str]] = []
        self.last: Row | None = None

    def read(self) -> None:
        """Every row, top to bottom."""
        for index in range(self.header.top + self.header.rows, len(self.texts)):
            self._row(index)

    def _row(self, index: int) -> None:
        texts = self.texts[index]
        number = self.grid.numbers[index]
        filled = [column for column, text in enumerate(texts) if text]
        if not filled:
            if self._continued(index):
                self._task(index)
            return
        if self._repeats_header(texts):
            return
        first = texts[filled[0]]
        if _FOOTNOTE.match(first) and (
            len(filled) <= 2 or (len(filled) <= 4 and not re.match("[注※*(（]|备注|说明", first))
        ):
            self.found.left_out.append(Problem("footnote", number, "", first, _("Left out: a note below the table")))
        elif self._is_total(index, filled):
            self.found.left_out.append(Problem("total", number, "", first, _("Left out: a total")))
        elif self._is_heading(index, filled):
            self._heading(first)
        elif self._is_numbered_heading(index, filled):
            mark = first.rstrip("、.．")
            self._heading(mark + ("" if mark[-1] in ")）" else "、") + texts[filled[1]])
        else:
            self._task(index)
        if number in self.grid.hidden:
            self.found.left_out.append(
                Problem("hidden", number, "", first, _("This row is hidden in the file; it was read"))
            )

    def _repeats_header(self, texts: list[str]) -> bool:
        """The header printed again on a later page."""
        top = self.texts[self.header.top] if self.header.top >= 0 else []
        named = [column for column in self.header.columns.values() if column < len(top) and top[column]]
        return len(named) > 1 and all(even(texts[column]) == even(top[column]) for column in named)

    def _is_total(self, index: int, filled: list[int]) -> bool:
        first = re.sub(r"\s", "", self.texts[index][filled[0]])
        content = self._text(index, "content") if filled[0] != self.header.columns["content"] else ""
        return bool(_TOTAL.match(first)) and (not content or bool(re.fullmatch(r"[\d\s项条个件]*", content)))

    def _is_heading(self, index: int, filled: list[int]) -> bool:
        """A row of its own over the tasks: merged across, or alone in its row and numbered like a heading."""
        texts = self.texts[index]
        first = filled[0]
        if len(filled) > 1 or self._continued(index) or len(texts[first]) > MAX_HEADING:
            return False
        content, number = self.header.columns["content"], self.header.columns.get("number", -1)
        wide = self.across.get((index, first), 1)
        if wide >= max(2, self.grid.width // 2):
            return True
        levelled = any(level.match(texts[first]) for level in _LEVELS[:2])
        if first == content:
            return levelled and not self._numbered_tasks
        return (
            first <= max(content, number)
            and (levelled or first == number)
            and not re.fullmatch(r"[\d.]+", texts[first])
        )

    def _is_numbered_heading(self, index: int, filled: list[int]) -> bool:
        """一 in the column of numbers, a name in that of tasks and nothing else, where tasks are numbered 1, 2, 3."""
        content, number = self.header.columns["content"], self.header.columns.get("number", -1)
        if filled != [number, content] or self._continued(index):
            return False
        if not _CHINESE_NUMBER.fullmatch(self.texts[index][number]) or len(self.texts[index][content]) > MAX_HEADING:
            return False
        return self._figures

    @cached_property
    def _figures(self) -> bool:
        """Whether tasks are numbered 1, 2, 3; asked once, since a list may have thousands of rows."""
        number = self.header.columns.get("number", -1)
        return number >= 0 and any(
            text[number].isdecimal() for text in self.texts[self.header.top + self.header.rows :]
        )

    @cached_property
    def _numbered_tasks(self) -> bool:
        """Whether tasks themselves are numbered 一、 二、 in the content column."""
        column = self.header.columns["content"]
        styled = [text[column] for text in self.texts[self.header.top + 1 :] if text[column]]
        return sum(bool(_LEVELS[0].match(text)) for text in styled) > len(styled) / 2

    def _class_of(self, index: int) -> tuple[str, ...]:
        """项目 | 任务内容: the class of a task, which a merged or empty cell shares with the row above."""
        column = self.header.others.get("heading")
        if not self.header.wide or column is None:
            return ()
        text = self.texts[index][column]
        if not text and (index, column) in self.over:
            row, first = self.over[(index, column)]
            text = self.texts[row][first] if row >= self.header.top + self.header.rows else ""
        return (re.sub(r"\s+", "", text)[:MAX_HEADING],) if text else ()

    @cached_property
    def _with_people(self) -> bool:
        """责任单位及责任人: a person stands behind the unit, in brackets or after a space."""
        column = self.header.columns.get("lead_units")
        top = self.texts[self.header.top] if self.header.top >= 0 else []
        return (
            column is not None
            and column < len(top)
            and bool(re.search("[及和与、/]?(?:责任|负责|联系)人", top[column]))
        )

    @cached_property
    def _numbers_in_front(self) -> bool:
        """Whether 1. 2. 3. stand in the task column itself, where there is no column of numbers."""
        if "number" in self.header.columns:
            return False
        column = self.header.columns["content"]
        styled = [text[column] for text in self.texts[self.header.top + self.header.rows :] if text[column]]
        numbers = [match[1] for text in styled if (match := _NUMBER_IN_FRONT.match(text))]
        return len(set(numbers)) == len(numbers) > max(1, len(styled) / 2)  # not 1. 2. within every cell

    def _due_by_columns(self, index: int) -> str:
        """一季度 … 四季度, 3月 … as columns of their own with the work below: one dated step each, as one phrase."""
        columns = [(name, column) for name, column in self.header.others.items() if _TIME_COLUMN.fullmatch(name)]
        if len(columns) < 2 or "due" in self.header.columns:
            return ""
        cells = [(name, self.texts[index][column]) for name, column in columns if column < len(self.texts[index])]
        filled = [(name, re.sub(r"\s*\n\s*", " ", text)) for name, text in cells if text]
        if all(_TICK.fullmatch(text) for _name, text in filled):
            return "、".join(name for name, _text in filled)
        return "；".join(f"{name}：{text}" for name, text in filled)

    def _heading(self, text: str) -> None:
        text = re.sub(r"\s*\n\s*", "", text)
        level = next((depth for depth, pattern in enumerate(_LEVELS) if pattern.match(text)), None)
        if level is None:
            level = self.headings[-1][0] if self.headings and not _LEVELS[0].match(self.headings[-1][1]) else 0
        self.headings = [heading for heading in self.headings if heading[0] < level]
        self.headings.append((level, text))
        self.last = None

    def _continued(self, index: int) -> bool:
        """Whether the row's task is merged with the one above: a further step of it."""
        column = self.header.columns["content"]
        row, _column = self.over.get((index, column), (index, column))
        return row < index and self.last is not None

    def _text(self, index: int, name: str) -> str:
        """A cell of a standard column; a merged one has the value of its first cell where that is meant for every row."""
        column = self.header.columns.get(name)
        if column is None or column >= len(self.texts[index]):
            return ""
        text = self.texts[index][column]
        if not text and (index, column) in self.over:
            row, first = self.over[(index, column)]
            if row > self.header.top + self.header.rows - 1 and (
                first == column or name in UNIT_COLUMNS or name == "leader"
            ):
                text = self.texts[row][first]
        if _SAME.match(text) and self.last is not None and name in FILLED_DOWN:
            text = {"leader": self.last.leader, "lead_units": self.last.lead_written, "due": self.last.due}.get(
                name, self.last.supporting_written
            )
        return text

    def _other(self, index: int, name: str) -> str:
        column = self.header.others.get(name)
        return self.texts[index][column] if column is not None and column < len(self.texts[index]) else ""

    def _task(self, index: int) -> None:
        row_number = self.grid.numbers[index]
        content, number = self._text(index, "content"), self._text(index, "number")
        own_content = self.texts[index][self.header.columns["content"]]
        continues = self._continued(index) or (not own_content and not number and self.last is not None)
        if continues and self.last is not None:
            content, number = content or self.last.content, self.last.number
        if not number and self._numbers_in_front and (counted := _NUMBER_IN_FRONT.match(content)):
            number, content = counted[1], content[counted.end() :]
        lead, supporting = self._text(index, "lead_units"), self._text(index, "supporting_units")
        if self._with_people:
            lead = _PEOPLE.sub(lambda match: match[0] if _LEADS.search(match[0]) else "", lead)
        leads, supports = shared_out(lead)
        row = Row(
            row_number=row_number,
            number=number,
            heading=(*(text for _level, text in self.headings), *self._class_of(index)),
            content=content,
            measures=self._text(index, "measures"),
            leader=self._text(index, "leader"),
            lead_units=leads,
            supporting_units=tuple(dict.fromkeys((*supports, *split_units(supporting)))),
            due=self._text(index, "due") or self._due_by_columns(index),
            result=self._text(index, "result"),
            evidence=self._text(index, "evidence"),
            continues=continues,
            lead_written=lead,
            supporting_written=supporting,
            remark=self._other(index, "remark"),
            frequency=self._other(index, "frequency"),
        )
        if not content:
            self.found.problems.append(
                Problem(
                    "no-content", row_number, "content", number, _("Row %(row)s has no task text") % {"row": row_number}
                )
            )
        self.found.rows.append(row)
        self.last = row


def shared_out(written: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who leads and who supports in one cell: 甲（牵头）、乙; 牵头单位：甲 配合单位：乙; 甲牵头，乙配合. Unmarked, all lead."""
    parts = _parts(written)
    marked = any(_LEADS.search(part) for part in parts)
    leads: list[str] = []
    supports: list[str] = []
    supporting = False
    for part in parts:
        if _UNIT_LABEL.match(part):
            supporting = bool(_SUPPORT_LABEL.match(part))
        name = _LEADS.sub("", _SUPPORTS.sub("", part))
        behind = bool(_SUPPORTS.search(part)) or supporting or (marked and not _LEADS.search(part))
        (supports if behind and not _LEADS.search(part) else leads).append(name)
    if not leads:
        return split_units(written), ()
    return _clean(leads), _clean(supports)


def split_units(written: str) -> tuple[str, ...]:
    """The units of one cell: 、，,；;/ and line breaks part them, but not within brackets (各县（市、区）政协)."""
    return _clean(_parts(written))


def _parts(written: str) -> list[str]:
    parts: list[str] = []
    depth, start = 0, 0
    for match in re.finditer(r"[(（\[［【]|[)）\]］】]|" + _UNIT_BREAK.pattern, written):
        mark = match[0]
        if mark in "(（[［【":
            depth += 1
        elif mark in ")）]］】":
            depth = max(0, depth - 1)
        elif depth == 0 or "\n" in mark:
            parts.append(written[start : match.start()])
            start, depth = match.end(), 0
    parts.append(written[start:])
    return [part.strip() for part in parts if part.strip()]


def _clean(parts: list[str]) -> tuple[str, ...]:
    names = [_UNIT_LABEL.sub("", part.strip()).strip(" \t\u3000。.:：*★") for part in parts]
    return tuple(
        dict.fromkeys(
            re.sub(r"\s+", "", name) if re.search(r"[\u4e00-\u9fff]", name) else name
            for name in names
            if name and not _NOBODY.fullmatch(name)
        )
    )
