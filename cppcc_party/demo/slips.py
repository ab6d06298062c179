"""Two supervision slips of the city: one answered and closed, one that 甲区 has still to answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from cppcc_party.demo.history import Past
from cppcc_party.demo.tree import CITY, COUNTIES
from tasks.actions.slips import SlipPlan, answer_slip, decide_slip, issue_slip, set_words
from tasks.models import Assignment, Slip
from tasks.states import OPEN
from tasks.workdays import PUBLISHED

SECRETARY, LEADER, CHAIR = "city.secretary", "city.leader", "city.chair"
PREFIXES = ("示政提", "示政督", "示政重")
NAMES = ("提醒", "督办", "催办重办")
DONE, OPEN_ONE = ("bing", -9), ("jia", -3)  # county, and the day of issue from today
COUNTY = {county.code: county.unit_code for county in COUNTIES}
ANSWERED, ACCEPTED = -7, -6
ANSWER = "已召开专题会议推进，相关材料本周内报送到位，后续每周调度一次。"


def lay(past: Past) -> None:
    """The words of the body, then the two slips, the first one answered and accepted."""
    held: dict[str, Slip] = {}
    first = past.office_moment(DONE[1], 15, after="key")
    past.happen(first - timedelta(hours=1), lambda now: _words(past, now))
    past.happen(first, lambda now: held.update(done=_issue(past, DONE[0], 1, 5, now)))
    answered = max(past.office_moment(ANSWERED, 11), first + timedelta(hours=2))
    past.happen(answered, lambda now: _answer(past, held["done"], now))
    accepted = max(past.office_moment(ACCEPTED, 16), answered + timedelta(hours=1))
    past.happen(accepted, lambda now: _accept(past, held["done"], now))
    opened = max(past.office_moment(OPEN_ONE[1], 10), accepted + timedelta(minutes=5))
    past.happen(opened, lambda now: held.update(open=_issue(past, OPEN_ONE[0], 2, 9, now)))


def _words(past: Past, now: datetime) -> None:
    set_words(past.units[CITY], NAMES, PREFIXES, version=1, by=past.people[SECRETARY], op=past.op(), now=now)


def _issue(past: Past, county: str, level: int, days: int, now: datetime) -> Slip:
    """About what this county has had open for longest."""
    body, lead = past.units[CITY], past.units[COUNTY[county]]
    rows = Assignment.objects.leads().filter(issuer_body=body, unit=lead, stage__in=OPEN, due_on__isnull=False)
    row = rows.select_related("task__text").order_by("due_on", "pk")[0]
    text = row.task.text
    plan = SlipPlan(
        body=body, level=level, lead=lead, matter=(text.content if text else "")[:120],
        content="对照清单查明进展，说明原因、措施和完成时间，按期书面反馈。", instructed_by=past.people[CHAIR],
        leading=[past.people[LEADER]], contact=past.people[SECRETARY].name, phone=past.people[SECRETARY].phone,
        due_on=PUBLISHED.on_or_before(now.date() + timedelta(days=days)), rows=[row],
    )  # fmt: skip
    return issue_slip(plan, by=past.people[SECRETARY], op=past.op(), now=now)


def _answer(past: Past, slip: Slip, now: datetime) -> None:
    by = past.people[f"{DONE[0]}.secretary"]
    answer_slip(slip, slip.dues.get(), ANSWER, by=by, op=past.op(), now=now)


def _accept(past: Past, slip: Slip, now: datetime) -> None:
    decide_slip(slip, slip.dues.get(), True, "同意", by=past.people[LEADER], op=past.op(), now=now)
