"""A pasted or uploaded responsibility list into rows: its own few columns, headings on rows of their own, merged cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tasks.papers.columns import even
from tasks.papers.grid import Grid, as_text

HEADER_ROWS_LOOKED_AT = 15
DUTY_COLUMN = "责任内容"  # a word of the paper, not of the screen
COLUMNS = ("序号", "责任主体", "责任单位", "责任人", DUTY_COLUMN, "来源依据", "类型")
NEGATIVE = re.compile("负面|禁止|不得|否|negative|not to do", re.IGNORECASE)
YEARLY = re.compile("年度|当年|本年|今年|this year", re.IGNORECASE)
_NAMES: dict[str, str] = {
    "number": "序号|编号|no|#",
    "subject": "责任主体|主体|责任类别|类别|责任项目|项目|岗位类别|层级|级别|subject",
    "units": "责任单位|责任部门|责任处室|牵头单位|承担单位|单位|部门|责任党组织|党组织|unit|responsibleunit",
    "post": "责任人|责任岗位|岗位|职务|责任领导|负责人|第一责任人|post|responsiblepost",
    "content": "责任内容|责任清单|主要责任|具体责任|责任事项|责任|职责|主要职责|清单内容|内容|具体内容|履责内容|duty",
    "content_en": "英文|英文内容|dutyinenglish|english",
    "source": "来源依据|依据|来源|责任依据|制度依据|文件依据|source",
    "kind": "类型|正负面|正面负面|清单类型|性质|kind",
    "term": "时效|期限|有效期|长期年度|常态年度|term",
}
_PATTERNS = {name: re.compile(words) for name, words in _NAMES.items()}


@dataclass
class DutyRow:
    """One duty as the paper has it, in the paper's own words."""

    content: str
    heading: list[str] = field(default_factory=list)
    units: str = ""
    post: str = ""
    content_en: str = ""
    source: str = ""
    negative: bool = False
    standing: bool = True


@dataclass
class DutyPaper:
    """What was read: the title above the table and the rows; no rows where no header names the duties."""

    title: str = ""
    rows: list[DutyRow] = field(default_factory=list)


def read_duties(grid: Grid) -> DutyPaper:
    """The duties of a grid; a row with one filled cell only is a heading, 责任主体 stands below it."""
    texts = _filled_down(grid)
    top, columns = _header(texts)
    if "content" not in columns:
        return DutyPaper()
    above = [cell for row in texts[:top] for cell in row if cell]
    paper = DutyPaper(title=above[0].split("\n")[0][:60] if above else "")
    group = ""
    for place, row in enumerate(texts[top + 1 :], top + 1):
        cells = {name: row[column] for name, column in columns.items()}
        own = {text for cell in grid.rows[place] if (text := as_text(cell)) and not text.isdecimal()}
        if len(own) == 1 and not (set(own) & {cells["content"]} and any(cells.get(n) for n in ("units", "post"))):
            group = next(iter(own)).split("\n")[0]
        elif cells["content"] and even(cells["content"]) not in _NAMES["content"].split("|"):
            paper.rows.append(_row(cells, group))
    return paper


def _row(cells: dict[str, str], group: str) -> DutyRow:
    subject = [part.strip() for part in re.split(r"[›>\n]", cells.get("subject", "")) if part.strip()]
    heading = [part[:60] for part in ([group] if group else []) + subject][:3]
    kind = cells.get("kind", "")
    negative = bool(NEGATIVE.search(kind)) if kind else bool(re.search("负面|禁止", "".join(heading)))
    return DutyRow(
        content=cells["content"].replace("\n", " "),
        heading=heading,
        units=cells.get("units", ""),
        post=cells.get("post", "").replace("\n", "、"),
        content_en=cells.get("content_en", ""),
        source=cells.get("source", "").replace("\n", " "),
        negative=negative,
        standing=not YEARLY.search(cells.get("term", "")),
    )


def _filled_down(grid: Grid) -> list[list[str]]:
    """Every row as text, merged cells read in each row that they cover (not to the right: one value, one column)."""
    texts = list(grid.texts())
    for (row, column), (top, left) in grid.merged_over().items():
        if column == left and row < len(texts):
            texts[row][column] = texts[top][left]
    return texts


def _header(texts: list[list[str]]) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (0, {})
    for top, row in enumerate(texts[:HEADER_ROWS_LOOKED_AT]):
        columns: dict[str, int] = {}
        for column, text in enumerate(row):
            name = next((name for name, pattern in _PATTERNS.items() if text and pattern.fullmatch(even(text))), "")
            if name:
                columns.setdefault(name, column)
        if "content" in columns and len(columns) >= 2 and len(columns) > len(best[1]):
            best = (top, columns)
    return best
