"""Rows of a draft list made from organisational life: a body's rules as tasks, decisions of a meeting as tasks (issue 4).

No list of our own: the rows go into an ordinary draft, and on through the wizard of lists. What stands here are words of
papers, which are Chinese whatever the language of the screen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from activities import rules
from activities.kinds import Condition, Per, Ruled
from activities.models import Cadence
from branches.models import Branch, BranchState, BranchType, Unit, UnitGroup
from branches.models.words import active_q
from tasks.papers.quick import read_quick
from tasks.papers.rows import blank_row, stored

TITLE = "组织生活任务清单"
OF_MEETING = "会议决议任务清单"
WORDS = {
    Ruled.ASSEMBLY: "召开党员大会",
    Ruled.COMMITTEE: "召开支部委员会会议",
    Ruled.GROUP: "召开党小组会",
    Ruled.LECTURE: "上党课",
    Ruled.THEME_DAY: "开展主题党日",
    Ruled.LIFE: "召开组织生活会",
    Ruled.APPRAISAL: "开展民主评议党员",
    Ruled.TALK: "开展谈心谈话",
    Ruled.ACTIVITY: "开展特色活动（主题党日或履职活动）",
}
ONLY = {Condition.COMMITTEE: "（设支委会的支部）", Condition.GROUPS: "（设党小组的支部）"}
EACH = {Per.MONTH: "每月", Per.QUARTER: "每季度", Per.HALF: "每半年", Per.YEAR: "年底前", Per.TERM: "年底前"}


def due_phrase(count: int, per: str) -> str:
    """A rule as lists say it; the reader of deadlines makes the periods of it."""
    if count > 1 and per in (Per.YEAR, Per.TERM):
        return f"全年不少于{count}次"
    return EACH[Per(per)] + (f"{count}次" if count > 1 else "")


def cadence_rows(body: Unit, year: int, on: date) -> list[dict[str, Any]]:
    """A row for each kind and rhythm that the body's branches are held to; receivers by groups where all types of a group
    have the same rule, else branch by branch."""
    cadences = list(Cadence.objects.all())
    branches = list(
        Branch.objects.filter(active_q(on, "unit__"), unit__body=body, state=BranchState.ACTIVE)
        .select_related("unit", "type")
        .order_by("unit__path")
    )
    there = {branch.type_id for branch in branches}
    asked: dict[tuple[str, int, str, str], list[Cadence]] = defaultdict(list)
    for code in BranchType.objects.filter(pk__in=there).values_list("pk", flat=True):
        for kind, rule in rules.pick(cadences, code, body.pk, year).items():
            if rule.count:
                asked[kind, rule.count, rule.per, rule.condition].append(rule)
    order = {kind: place for place, kind in enumerate(Ruled.values)}
    rows = []
    for number, ((kind, count, per, condition), held) in enumerate(
        sorted(asked.items(), key=lambda x: order[x[0][0]]), 1
    ):
        types = {rule.branch_type_id for rule in held}
        names = _receivers(body, types, there, branches)
        words = WORDS[Ruled(kind)] + ONLY.get(Condition(condition), "")
        row = _row(number, words, names, due_phrase(count, per))
        row["measures"] = stored("measures", "依据：" + "；".join(dict.fromkeys(rule.source for rule in held)))
        rows.append(row)
    return rows


def _receivers(body: Unit, types: set[str], there: set[str], branches: Iterable[Branch]) -> list[str]:
    """Groups whose types are all meant, then by name the branches of types that no group covers. A group may name types of
    which the body has no branch."""
    groups = UnitGroup.objects.filter(body=None, reach=UnitGroup.Reach.OWN).exclude(branch_types=[]).order_by("pk")
    names, covered = [], set[str]()
    for group in groups:
        meant = set(group.branch_types) & there
        if meant and meant <= types and not meant <= covered:
            names.append(group.name)
            covered |= meant
    return names + [branch.unit.name for branch in branches if branch.type_id in types - covered]


def decision_rows(lines: Sequence[str], unit: Unit, year: int, on: date) -> list[dict[str, Any]]:
    """Each decision as a row; @ before a unit and a date at the end are read as in a single task. Nobody named: the branch."""
    rows = []
    for number, line in enumerate(lines, 1):
        row = read_quick(line, year, on)
        row |= {"row": number, "number": str(number)}
        if not row["lead_units"]:
            row |= {"lead_units": stored("lead_units", unit.name), "lead_written": unit.name}
        rows.append(row)
    return rows


def _row(number: int, words: str, units: Sequence[str], due: str) -> dict[str, Any]:
    row = blank_row(number)
    leads = "、".join(units)
    return row | {
        "number": str(number),
        "content": stored("content", words),
        "lead_units": list(units),
        "lead_written": leads[:300],
        "due": stored("due", due),
    }
