"""Papers on the desk: a list that waits for a leader's approval, and a draft in which two things are still to be repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from cppcc_party.demo import words
from cppcc_party.demo.history import Past
from cppcc_party.demo.papers import LEADER
from cppcc_party.demo.tree import CITY
from tasks.actions import send_for_approval
from tasks.actions.filters import keep_filter
from tasks.actions.papers import answer, keep_paper
from tasks.actions.templates import keep_template
from tasks.models import PaperDraft
from tasks.papers.drafts import Paper
from tasks.papers.paste import read_paste
from tasks.papers.rows import blank_row
from tasks.papers.sheet import read_rows, split_units

SECRETARY, APPROVER = "city.secretary", "city.leader"
HEADER = ("序号", "任务内容", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "佐证材料")
LOUNGES = "委员会客厅党建提升清单", "Party building in the Members’ Lounges"
LOUNGE_ROWS = (  # content, measures, lead, support, days from today, evidence, English
    ("公布委员会客厅开放时间", "在客厅和网站公布", "各县（市、区）政协", "委员工作委员会", 33, "公布截图",
     "Publish the opening hours of the Members’ Lounges"),
    ("每个委员会客厅开展1次党员委员活动", "结合界别特点", "各县（市、区）政协", "各专委会", 61, "活动记录",
     "Hold one activity of party members in every lounge"),
    ("建立委员会客厅党建指导员名册", "", "市政协机关党委", "研究室", 40, "名册",
     "Keep a register of the lounges’ party-building instructors"),
    ("总结委员会客厅党建做法", "形成1篇经验材料", "研究室", "各县（市、区）政协", 82, "材料",
     "Sum up what worked in the lounges"),
)  # fmt: skip
STUDY = "机关党员学习安排", "Studies of the office’s party members"
STUDY_ROWS = (
    ("制定机关党员学习计划", "明确书目和时间", "机关党委", "人事处", 20, "学习计划",
     "Plan the studies of the office’s party members"),
    ("组织专题学习", "结合主题党日", "各党支部", "", "年底前", "学习记录", "Study one subject together"),
    ("整理学习资料", "", "办公室秘书科", "研究室", 27, "资料目录", "Put the study papers in order"),  # no such unit
    ("报送学习体会", "", "各专委会", "", "尽快", "学习体会", "Hand in what was learnt"),  # no date
)  # fmt: skip
YEARLY = "年度机关党建常规任务"
YEARLY_ROWS = (
    ("制定年度党建工作要点", "机关党委", "一季度"),
    ("召开党建工作会议", "机关党委", "3月底前"),
    ("开展主题党日", "各党支部", "每月"),
    ("报送党建工作总结", "各县（市、区）政协", "11月底前"),
)


def lay(past: Past, today: date) -> None:
    """Yesterday's desk: one paper sent to a leader, one half done."""
    past.happen(past.office_moment(-1, 16), lambda now: _send(past, today, now))
    past.happen(past.office_moment(-1, 17), lambda now: _unfinished(past, today, now))


def _send(past: Past, today: date, now: datetime) -> None:
    draft = _draft(past, today, LOUNGES, LOUNGE_ROWS, now)
    plan = Paper(draft, words.workday(today, -1)).plan()
    by, approver = past.people[SECRETARY], past.people[APPROVER]
    send_for_approval(plan, approver, by=by, op=past.op(), now=now, draft=draft)


def _unfinished(past: Past, today: date, now: datetime) -> None:
    """A draft with two things to repair, a template of the body for the years to come, and a filter kept by name."""
    _draft(past, today, STUDY, STUDY_ROWS, now)
    rows = []
    for number, (content, lead, phrase) in enumerate(YEARLY_ROWS, 1):
        units = {"lead_units": list(split_units(lead)), "lead_written": lead}
        rows.append({**blank_row(number), "number": str(number), "content": content, "due": phrase, **units})
    by = past.people[SECRETARY]
    keep_template(past.units[CITY], YEARLY, rows, "office", by=by, op=past.op(), now=now)
    keep_filter("lists", "今年已印发", f"year={today.year}&stage=issued", by=by, op=past.op(), now=now)


def _draft(
    past: Past, today: date, title: tuple[str, str], rows: Sequence[tuple[Any, ...]], now: datetime
) -> PaperDraft:
    """What the secretary pasted, read as the product reads any paper."""
    year = today.year
    lines = ["\t".join(HEADER)]
    for number, (content, measures, lead, support, due, evidence, _english) in enumerate(rows, 1):
        phrase = words.deadline(words.days(today, due), year) if isinstance(due, int) else str(due)
        lines.append("\t".join(map(str, (number, content, measures, LEADER, lead, support, phrase, evidence))))
    reading = read_rows(read_paste("", "\n".join(lines)))
    english = {row[0]: row[-1] for row in rows}
    cells = [{**asdict(row), "content_en": english.get(row.content, "")} for row in reading.rows]
    for row in cells:
        row["row"] = row.pop("row_number")
    read = {"title": title[0], "note": "", "header_row": reading.header_row, "rows": cells}
    draft = keep_paper(past.units[CITY], read, "", year, by=past.people[SECRETARY], op=past.op(), now=now)
    answers = {"title": title[0], "title_en": title[1]}
    return answer(draft, answers, version=draft.version, by=past.people[SECRETARY], op=past.op(), now=now)
