"""The city's responsibility list: three levels, approved by the chair, its duties linked to the tasks of the key list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from branches.models import UnitGroup
from cppcc_party.demo.history import Past
from cppcc_party.demo.papers import COUNTY_BODIES, GROUP, OFFICE_BRANCHES, ORGAN
from cppcc_party.demo.tree import CITY
from tasks.actions.duties import (
    BearerPlan,
    DutyListPlan,
    DutyPlan,
    decide_duties,
    draft_duties,
    link_task,
    note_breach,
    send_duties,
)
from tasks.models import Task, TaskList

DRAFTED, AGREED, BREACH_NOTED = -41, -40, -18  # days from today
SECRETARY, CHAIR = "city.secretary", "city.chair"
TITLE = "{year}年党建责任清单", "Party-building responsibilities of {year}"
ONE, TWO, THREE = "一、党组（主体责任）", "二、机关党委（直接责任）", "三、党支部"
FIRST, BOTH, BODY, NOT = "第一责任人", "一岗双责", "集体责任", "负面清单"
RULES, CHARTER = "党委（党组）落实全面从严治党主体责任规定", "中国共产党章程"


@dataclass(frozen=True)
class Line:
    """One duty: headings, words, who (codes of units or names of groups, then posts), source, tasks of the key list."""

    heading: tuple[str, str]
    content: str
    content_en: str
    who: str
    post: str = ""
    source: str = ""
    tasks: Sequence[str] = ()
    negative: bool = False
    standing: bool = True


LINES = (
    Line((ONE, BODY), "每半年专题研究党建工作", "Study party building every half-year", GROUP, source=RULES),
    Line((ONE, FIRST), "对党建工作亲自部署、亲自过问、亲自协调、亲自督办",
         "Deploy, ask, coordinate and supervise party building in person", GROUP, "党组书记", RULES, ("1",)),
    Line((ONE, FIRST), "每年讲1次专题党课", "Give one party lecture a year", GROUP, "党组书记", RULES, ("11",)),
    Line((ONE, BOTH), "抓好分管范围内的机关党建和委员党建",
         "Answer for party building in the fields in one’s charge", GROUP, "党组副书记", RULES, ("2", "4", "7")),
    Line((ONE, BOTH), "落实市县两级联动任务", "Carry out the joint work of city and counties", COUNTY_BODIES,
         tasks=("3", "5", "6"), standing=False),
    Line((ONE, NOT), "不得以会议落实会议、以文件落实文件", "No answering meetings with meetings and papers with papers",
         GROUP, source=RULES, negative=True),
    Line((TWO, BODY), "督促各党支部落实“三会一课”", "See that branches hold their meetings and lectures", ORGAN,
         source=CHARTER, tasks=("10",)),
    Line((TWO, FIRST), "排查廉政风险点，建立防控措施", "Check for integrity risks and act on them", ORGAN, "机关党委书记",
         tasks=("12",)),
    Line((TWO, NOT), "不得向支部摊派与党建无关的任务", "No burdening of branches with work unrelated to party building",
         ORGAN, negative=True),
    Line((THREE, BODY), "按期召开支部党员大会", "Hold the branch’s members’ meeting on time", OFFICE_BRANCHES,
         source=CHARTER, tasks=("10",)),
    Line((THREE, FIRST), "经常与党员谈心谈话", "Talk with party members regularly", OFFICE_BRANCHES, "书记", CHARTER),
    Line((THREE, NOT), "不得补造会议记录", "No records made up afterwards", OFFICE_BRANCHES, negative=True),
)  # fmt: skip
BREACH = 6, "以转发代替落实1次，已约谈经办人"


def lay(past: Past) -> None:
    """Drafted one day, agreed to and linked the next; one breach noted since."""
    held: dict[str, TaskList] = {}
    drafted = past.office_moment(DRAFTED, 15, after="key")
    agreed = max(past.office_moment(AGREED, 10), drafted + timedelta(hours=1))
    past.happen(drafted, lambda now: _draft(past, held, now))
    past.happen(agreed, lambda now: _agree(past, held["list"], now))
    past.happen(past.office_moment(-1, 15), lambda now: _leave_on_desk(past, now))
    past.happen(past.office_moment(BREACH_NOTED, 16), lambda now: _breach(past, held["list"], now))


def _draft(past: Past, held: dict[str, TaskList], now: datetime) -> None:
    by, year = past.people[SECRETARY], past.lists["key"].year
    title, title_en = (words.format(year=year) for words in TITLE)
    groups = {group.name: group for group in UnitGroup.objects.filter(body=None)}
    duties = [
        DutyPlan(
            content=line.content, content_en=line.content_en, heading=line.heading, source=line.source,
            negative=line.negative, standing=line.standing,
            bearers=[
                BearerPlan(unit=past.units.get(line.who), group=groups.get(line.who), post_title=line.post)
            ],
        )
        for line in LINES
    ]  # fmt: skip
    plan = DutyListPlan(
        title=title, title_en=title_en, year=year, issuer=past.units[CITY], document_number=f"示政协党〔{year}〕7号",
        source="市政协党组会议", duties=duties,
    )  # fmt: skip
    held["list"] = draft_duties(plan, by=by, op=past.op(), now=now)


def _leave_on_desk(past: Past, now: datetime) -> None:
    """A list of the office party committee on which somebody is still at work: nobody answers for its second duty yet."""
    by, organ = past.people[SECRETARY], past.units[ORGAN]
    duties = [
        DutyPlan(
            content="每年与党支部书记谈心谈话1次", content_en="Talk with every branch secretary once a year",
            heading=(FIRST,), bearers=[BearerPlan(unit=organ, post_title="机关党委书记")],
        ),
        DutyPlan(content="指导支部委员会换届", content_en="Guide the elections of branch committees", heading=(BOTH,)),
    ]  # fmt: skip
    title, title_en = "机关党委班子责任清单", "Duties of the office party committee"
    plan = DutyListPlan(title=title, title_en=title_en, year=now.year, issuer=organ, duties=duties)
    draft_duties(plan, by=by, op=past.op(), now=now)


def _agree(past: Past, task_list: TaskList, now: datetime) -> None:
    by = past.people[SECRETARY]
    asked = send_duties(task_list, past.people[CHAIR], by=by, op=past.op(), now=now)
    decide_duties(asked, True, "同意", by=past.people[CHAIR], op=past.op(), now=now)
    tasks = {task.number: task for task in Task.objects.filter(list=past.lists["key"])}
    for duty, line in zip(task_list.duties.select_related("list__issuer__body"), LINES, strict=True):
        for number in line.tasks:
            link_task(duty, tasks[number], by=by, op=past.op(), now=now)


def _breach(past: Past, task_list: TaskList, now: datetime) -> None:
    position, words = BREACH
    duty = task_list.duties.select_related("list__issuer__body").get(position=position)
    note_breach(duty, now.date() - timedelta(days=2), words, by=past.people[SECRETARY], op=past.op(), now=now)
