"""Follow-up of the city's lists: more time asked, help asked and not yet answered, an answer for everyone, an instruction."""

from __future__ import annotations

from datetime import datetime, timedelta

from cppcc_party.demo.history import Past
from cppcc_party.demo.papers import KEY
from cppcc_party.demo.tree import CITY, COUNTIES
from tasks.actions.extensions import ask_extension
from tasks.actions.helping import answer_help, ask_help
from tasks.actions.instructions import instruct
from tasks.models import Assignment, HelpRequest
from tasks.states import WITH_UNIT
from tasks.workdays import PUBLISHED

SECRETARY, LEADER = "city.secretary", "city.leader"
COUNTY = {county.code: county.unit_code for county in COUNTIES}
WEEK = timedelta(days=7)
QUESTION = "台账里的活动次数，市县联办的怎么计？"
ANSWER = "市县联办的活动由承办县（市、区）计一次，参加单位在备注里写明。"
MEMBERS_QUESTION = "议事堂场地在装修，想借用街道会议室，需要出面协调。"


def lay(past: Past) -> None:
    """What was asked and told in the last days; the newest things are still open."""
    held: dict[str, HelpRequest] = {}
    asked = past.office_moment(-6, 10, after=KEY.key)
    past.happen(asked, lambda now: _question(past, held, now))
    past.happen(asked + timedelta(hours=3), lambda now: _answer(past, held, now))
    past.happen(past.office_moment(-2, 9, after=KEY.key), lambda now: _more_time(past, now))
    past.happen(past.office_moment(-2, 11, after=KEY.key), lambda now: _instruction(past, now))
    past.happen(past.office_moment(-1, 15, after=KEY.key), lambda now: _help(past, now))


def _row(past: Past, county: str, now: datetime, *, dated: bool = False) -> Assignment | None:
    """Something that this county has open from the city; with `dated` still in time, the last to fall due. None on a day on
    which it has nothing such."""
    rows = Assignment.objects.leads().filter(
        issuer_body=past.units[CITY], unit=past.units[COUNTY[county]], stage__in=WITH_UNIT, help_requests=None
    )
    if dated:
        rows = rows.filter(due_on__gte=now.date(), extensions=0)
    return rows.order_by("-due_on" if dated else "due_on", "pk").first()


def _question(past: Past, held: dict[str, HelpRequest], now: datetime) -> None:
    if row := _row(past, "bing", now):
        by = past.people["bing.secretary"]
        held["done"] = ask_help(row, "unclear", QUESTION, by=by, op=past.op(), now=now)


def _answer(past: Past, held: dict[str, HelpRequest], now: datetime) -> None:
    if asked := held.get("done"):
        answer_help(asked, ANSWER, to_all=True, by=past.people[SECRETARY], op=past.op(), now=now)


def _more_time(past: Past, now: datetime) -> None:
    row = _row(past, "yi", now, dated=True)
    if row is None or row.due_on is None:
        return
    day = PUBLISHED.on_or_after(row.due_on + WEEK)
    by = past.people["yi.secretary"]
    ask_extension(row, day, "统一的台账样式还没有收到。", "已登记2个支部。", by=by, op=past.op(), now=now)


def _instruction(past: Past, now: datetime) -> None:
    if row := _row(past, "yi", now):
        due_on = PUBLISHED.add(now.date(), 5)
        leader = past.people[LEADER]
        instruct(row.unit, "乙区说明进度和原因，一周内报来。", due_on, row=row, by=leader, op=past.op(), now=now)


def _help(past: Past, now: datetime) -> None:
    if row := _row(past, "jia", now, dated=True):
        by = past.people["jia.secretary"]
        ask_help(row, "others", MEMBERS_QUESTION, by=by, op=past.op(), now=now)
