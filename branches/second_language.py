"""What words of people are called in English (`Wording`): read when the first of them is shown, and again after a change."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.utils.translation import get_language

from branches import clock
from branches.models import Wording

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
# What stands between the items of one cell, the widest first: 一、党组 › 集体责任 is parted at the arrow only
BETWEEN = (re.compile(r"( › | · )"), re.compile(r"(;|；|\n)"), re.compile(r"(、)"))
MARKS = {"、": ", ", "；": "; "}
KEPT, STAND = "wordings", "wordings-stand"
# Chinese that the product itself begins with: columns of a list, wishes of a body that nobody has changed yet
STANDARD = {
    "序号": "No.", "任务内容": "Task", "具体举措": "Measures", "责任领导": "Responsible leader", "牵头单位": "Lead unit",
    "配合单位": "Supporting units", "完成时限": "Due", "完成情况": "Progress", "佐证材料": "Evidence",
    "责任主体": "Level", "责任单位": "Unit responsible", "责任人": "Post responsible", "责任内容": "Duty",
    "来源依据": "Source", "类型": "Type",
    "姓名": "Name", "手机": "Phone", "单位职务": "Work", "政治面貌": "Standing", "入党时间": "Joined the Party", "届次": "Term",
    "界别": "Sector", "专委会": "Committee", "党支部": "Branch", "联系党员委员": "Contact", "任职单位": "Unit", "职务": "Post",
    "角色": "Role", "用户名": "User name", "邮箱": "Mail", "王某": "Wang", "示例中学校长": "Head of a school",
    "中共党员": "CPC member",
    "教育界": "Education", "提案委员会": "Proposals Committee", "第一履职党支部": "First duty branch",
    "尽快": "as soon as possible",
    "等上级文件": "Waiting for papers from above", "人员变动": "Change of staff",
    "需兄弟单位配合": "Needs another unit’s help", "其他": "Other", "缺材料": "Evidence is missing",
    "数字不符": "Figures do not agree", "请写成效": "Say what was achieved",
}  # fmt: skip
_read: list[tuple[str | None, Mapping[str, str]]] = [("", STANDARD)]  # with no wording at all nothing has to be read


def in_english() -> bool:
    """Whether the page is in English."""
    return (get_language() or settings.LANGUAGE_CODE).startswith("en")


def english_of(words: str) -> str:
    """The English of what somebody wrote, whole or item by item; "" on a Chinese page, outside a request, or where none is
    known. Where two bodies say it differently the older wording stands."""
    if not in_english() or not HAN.search(words):
        return ""
    return _said(words.strip(), _known(), BETWEEN)


def items(words: str, is_known: Callable[[str], bool], marks: Sequence[re.Pattern[str]] = BETWEEN) -> list[str]:
    """The parts of some words that need an English of their own: the whole where it has one, else item by item."""
    words = words.strip()
    if not HAN.search(words):
        return []
    if is_known(words) or not marks:
        return [words]
    return [found for part in marks[0].split(words)[::2] for found in items(part, is_known, marks[1:])]


def _said(words: str, known: Mapping[str, str], marks: Sequence[re.Pattern[str]]) -> str:
    if words in known or not HAN.search(words) or not marks:
        return known.get(words, "" if HAN.search(words) else words)
    parts = [part.strip() for part in marks[0].split(words)]
    said = [MARKS.get(part, f" {part} " if part in "›·" else part) if place % 2 else _said(part, known, marks[1:])
            for place, part in enumerate(parts)]  # fmt: skip
    return "".join(said) if all(said) else ""


def stand_as(stand: str) -> None:
    """How the wordings stand, as whoever read the person of this request found it: with it nothing is read twice."""
    kept = clock.kept()
    if kept is not None:
        kept[STAND] = stand


def _known() -> Mapping[str, str]:
    kept = clock.kept()
    if kept is None:
        return STANDARD
    stand = kept.get(STAND)
    if stand is not None and stand == _read[0][0]:  # by an earlier request of this process
        return _read[0][1]
    if KEPT not in kept:
        kept[KEPT] = {**STANDARD, **dict(Wording.objects.order_by("-pk").values_list("words", "words_en"))}
        _read[0] = (stand, kept[KEPT])
    found: Mapping[str, str] = kept[KEPT]
    return found
