"""Which column is which: the nine standard columns by name and by the names that offices give them (domain 1.8)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from tasks.papers.grid import Grid, as_text

COLUMNS = ("number", "content", "measures", "leader", "lead_units", "supporting_units", "due", "result", "evidence")
"""The standard columns: 序号、任务内容、具体举措、责任领导、牵头单位、配合单位、完成时限、完成情况、佐证材料."""

EXTRA = ("frequency", "remark", "heading", "source", "goal")
HEADER_ROWS_LOOKED_AT = 30
LONGEST_HEADER = 24

# the first that matches wins; a header is compared without spaces, brackets and punctuation
_UNITS = "(?:单位|部门|处室|科室|股室|支部|委室|主体|方)"
_NAMES: dict[str, str] = {
    "number": "序号 编号 序 号 任务序号 任务编号 项目编号 项次 no nr # number",
    "lead_units": f"""
        牵头(?:责任)?{_UNITS}? 主办{_UNITS}? 主责{_UNITS}? 承办{_UNITS}? 第一责任{_UNITS} 主要责任{_UNITS}
        牵头{_UNITS}(?:及|和)?(?:责任人|负责人) leadunits? lead
        """,
    "supporting_units": f"""
        (?:责任)?(?:配合|协办|协同|协作|参与|参加|协助|会办|共同(?:责任|承办))(?:责任)?{_UNITS} 相关{_UNITS}
        配合 协办 协同 协助
        配合{_UNITS}(?:及|和)?(?:责任人|负责人) supportingunits?
        """,
    # lead, or supporting where a lead column stands beside it
    "units": f"""
        责任{_UNITS} 责任{_UNITS}[及和与]?(?:责任人|负责人|联系人) (?:组织|主体){_UNITS} 落实{_UNITS} 执行{_UNITS} 实施{_UNITS}
        负责{_UNITS} {_UNITS}
        """,
    "leader": """
        责任领导 分管领导 牵头领导 包(?:抓|联|保)领导 市级领导 县级领导 领导 责任人 负责人 牵头人 第一责任人 主要负责人
        分管负责人 责任(?:人|领导)(?:及职务)? 挂钩领导 督办领导 分管(?:副)?主席 responsibleleader leader
        """,
    "due": """
        (?:工作|任务|计划|拟|预计|整改|办理|办结|规定|要求|目标)?完成(?:的)?(?:时限|时间|期限|日期|节点|时间节点|时限要求|时间要求)(?:[及和与](?:标准|要求))?
        (?:工作)?(?:时限|期限)(?:要求)? 时间(?:节点|安排|要求|进度|表)? 进度(?:安排|要求|时限|计划)?
        截止(?:时间|日期|时限) 办(?:理|结)(?:时限|时间|期限) 整改(?:时限|期限|时间) (?:推进|落实|开展)(?:时限|时间|期限|节点)
        时序进度 计划时间 实施时间
        起止时间 月份 (?:活动|学习|培训|会议|召开|举办|组织)时间 工作完成时限要求 责任时限 任务分解时序进度 due(?:date)? deadline
        """,
    "result": """
        (?:工作|任务|目前|整改|落实)?(?:完成|进展|落实|推进|办理|整改|工作进展)(?:情况|进展|状态|结果|成效) 进展
        (?:目前)?进度情况 完成与否 是否完成 办理结果 工作成效 落实结果 progress result
        """,
    "evidence": """
        佐证(?:材料|资料)? (?:印证|支撑|证明|报送|提交|备查|工作|归档|验收)(?:材料|资料) 材料(?:清单)? 台账(?:资料)?
        成果(?:形式|材料|资料) 见证材料 evidence
        """,
    "measures": """
        (?:具体|工作|主要|重点|落实|推进|保障|整改|实施)(?:举措|措施|要求|内容及措施|做法|路径|步骤|安排)(?:[及和与](?:标准|要求))?
        举措 措施 路径
        工作举措 任务举措 具体(?:任务|工作|要求|内容|事项) 任务分解 分解行动 细化措施 measures?
        """,
    "content": """
        (?:重点|主要|年度|工作|目标|具体|督办|督查)*(?:任务|工作任务|工作|事项)(?:内容|名称|事项|清单|描述|项目)? 内容 工作内容
        (?:重点|主要|年度|工作|目标)*任务[及和与](?:工作|具体|主要|落实)?(?:措施|举措|要求) [二三]级(?:任务|指标|目录)
        整改(?:任务|事项|问题|内容) (?:存在|主要|突出|反馈|具体|整改)?(?:的)?问题(?:清单|表现|描述|事项)? 反馈意见
        (?:活动|学习|会议|培训)(?:主题|内容|名称|专题|项目)
        责任内容 责任清单 工作要点 项目(?:名称)? 督办事项 重点工作 任务目标 工作任务及要求 工作事项 清单内容 主要内容
        履责内容 职责 task content
        """,
    "frequency": "频次 频率 周期 次数 反馈周期",
    "heading": "(?:任务)?类别 分类 类型 板块 项目类别 一级(?:指标|任务|目录) 方面 领域",
    "source": "来源 任务来源 依据",
    "goal": "(?:工作)?目标(?:任务|要求)? 考核要点 目标及质量要求 预期(?:目标|成效|成果) 质量要求 工作标准 评价标准",
    "remark": "备注 说明 分值 得分 自评分? 联系人 联系电话 电话 批注 remarks? notes?",
}
_OFFICES = "(?:units?|offices?|departments?|bod(?:y|ies))"
_ENGLISH = {
    "number": "no number serial(?:no|number)? item(?:no|number)?",
    "lead_units": f"lead(?:ing)?{_OFFICES}",
    "supporting_units": f"(?:support(?:ing)?|cooperating|assisting){_OFFICES}",
    "units": f"(?:responsible|accountable)?{_OFFICES}",
    "leader": "(?:responsible|accountable)?leader (?:leader|person)(?:responsible|incharge) responsibleperson",
    "due": "due(?:date|time|by)? whendue timelimit timeframe timing completeby completiondate tobecompletedby",
    "result": "progress results? status outcome",
    "evidence": "evidence(?:wanted)? supporting(?:documents?|materials?|papers?) proof",
    "measures": "(?:specific|concrete|main)?(?:measures?|actions?) steps?",
    "content": "(?:main|key)?tasks? task(?:content|description) content description what(?:istobedone|todo)?",
    "frequency": "frequency howoften",
    "heading": "heading category section area",
    "source": "source basis",
    "goal": "goals? targets?",
    "remark": "remarks? notes? comments?",
}
_CLASSES = re.compile("项目(?:名称)?|重点工作|工作项目")
_PATTERNS = {name: re.compile("|".join(f"{words} {_ENGLISH[name]}".split())) for name, words in _NAMES.items()}


@dataclass
class Header:
    """Where the header stands and which column is which; `rows` is one, or two where names stand above each other."""

    top: int
    rows: int
    columns: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)  # headed, but none of the nine
    wide: bool = False  # the first column of tasks names classes of them

    @property
    def good(self) -> bool:
        """Enough is named to read tasks by it."""
        return "content" in self.columns and len(self.columns) + len(self.others) >= 2


def even(text: str) -> str:
    """A header as it is compared."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = re.sub(r"\([^()]*\)", "", text)
    return re.sub(r"[\s、/\\,;:。.*＊★—\-_]+", "", text) or re.sub(r"\s+", "", text)


def named(text: str) -> str:
    """The column that a header names, or ""."""
    plain = even(text)
    if not plain or len(plain) > LONGEST_HEADER:
        return ""
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), "")


def find_header(grid: Grid) -> Header | None:
    """The header row, below title and notes; None where no row names a task column beside another one."""
    best: Header | None = None
    over = grid.merged_over()
    texts = [[as_text(cell) for cell in row] for row in grid.rows[: HEADER_ROWS_LOOKED_AT + 1]]
    for top in range(min(len(texts), HEADER_ROWS_LOOKED_AT)):
        header = _header_at(texts, top, over)
        if header.good and (best is None or len(header.columns) > len(best.columns)):
            best = header
    return best


def _header_at(texts: Sequence[Sequence[str]], top: int, over: dict[tuple[int, int], tuple[int, int]]) -> Header:
    header = Header(top, 1)
    for column, text in enumerate(texts[top]):
        _note(header, named(text), column, text)
    below = texts[top + 1] if top + 1 < len(texts) else []
    if not header.columns or not _is_second_row(texts[top], below, top, over):
        return _settled(header)
    double = Header(top, 2)
    for column, lower in enumerate(below):
        upper_row, upper_column = over.get((top, column), (top, column))
        upper = texts[upper_row][upper_column] if upper_row == top else ""
        name = (
            named(lower) or named(upper + lower) or (named(upper) if not lower or over.get((top + 1, column)) else "")
        )
        _note(double, name, column, lower or upper)
    return _settled(double if len(double.columns) > len(header.columns) else header)


def _settled(header: Header) -> Header:
    """责任单位 leads where nothing else does, else it supports; a second column of tasks holds what is to be done."""
    second = header.others.get("content")
    if second is not None and "content" in header.columns:
        if header.wide:  # 项目 | 任务内容: the first is a class of tasks
            header.others["heading"] = header.columns["content"]
            header.columns["content"] = header.others.pop("content")
        elif "measures" not in header.columns:
            header.columns["measures"] = header.others.pop("content")
    if "units" in header.others:
        name = "supporting_units" if "lead_units" in header.columns else "lead_units"
        if name not in header.columns:
            header.columns[name] = header.others.pop("units")
    return header


def _is_second_row(
    upper: Sequence[str], lower: Sequence[str], top: int, over: dict[tuple[int, int], tuple[int, int]]
) -> bool:
    """A second header row: only names of columns, or cells merged from above."""
    filled = [(column, text) for column, text in enumerate(lower) if text]
    if not filled:
        return False
    merged_down = any(over.get((top + 1, column)) == (top, column) for column in range(len(lower)))
    group_above = (
        any(over.get((top, column), (top, column)) != (top, column) for column, _text in filled) or merged_down
    )
    return group_above and all(named(text) or named(upper[column] + text) for column, text in filled)


def _note(header: Header, name: str, column: int, text: str) -> None:
    if name in COLUMNS and name not in header.columns:
        header.columns[name] = column
        header.wide = header.wide or (name == "content" and bool(_CLASSES.fullmatch(even(text))))
    elif name == "content" and header.columns[name] != column:
        header.others.setdefault(name, column)
    elif text:
        header.others.setdefault(name or even(text), column)


def header_score(grid: Grid) -> int:
    """How much a sheet looks like a list: how many columns its header names."""
    header = find_header(grid)
    return len(header.columns) if header else 0
