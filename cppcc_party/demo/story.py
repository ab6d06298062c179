"""Which lists went out when, who signed and broke them down, and when each thing happened; `scripts` tells of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from branches.clock import day_of
from cppcc_party.demo import papers, scripts, words
from cppcc_party.demo.history import GAP, Past
from cppcc_party.demo.lists import Desk
from cppcc_party.demo.papers import Paper
from cppcc_party.demo.tree import COUNTIES, County
from dashboards.closing import close_months
from tasks import actions
from tasks.actions import BreakRow
from tasks.actions.editions import begin_edition, publish_edition
from tasks.actions.history import line, write
from tasks.models import Delivery, Edition, TaskList
from tasks.papers.drafts import Paper as PaperAsRead
from tasks.papers.editions import Comparison, rows_of_list, tasks_of
from tasks.plans import ReceiverPlan
from tasks.states import ListStage, ReceiverRole

LATE_TO_SIGN = "yi"  # has not signed for the list on deliberation halls, whose day to sign is over
QUICK_TO_SIGN = ("bing", "ji", "geng")  # have signed for the newest list already; 甲区 has not
BROKEN_DOWN = {"bing": -46, "jia": -45}  # counties that made a list of their own of the key list, and when
FIRST_SIGNED = {"closed": -158, "key": -47, "halls": -14, "fresh": -1}
NAMED_AT_SIGNING, NAMING = ("key", "halls"), ("jia", "ji", "ren")  # whose liaison is named for every task
VERSION_ON, VERSION_SIGNED_ON = (
    -8,
    -7,
)  # the list on deliberation halls gets a second version; 乙区 and 辛市 owe a signature
NOT_YET = ("yi", "xin")
NEW_MEASURES = "议题由委员会客厅提出，会前书面征求意见，会后形成清单"
CLOSED_ON = -55
PAST = 200  # days: older than the oldest list
MORNING = 5  # minutes after midnight at which recurring periods are opened, as a night's sweep does


def tell(past: Past, desk: Desk) -> None:
    """Put the whole story before `past`; `past.run()` tells it."""
    for paper in papers.PAPERS:
        moment = words.at(desk.issued_on(paper), 9, 30)
        past.open_list(paper.key, moment, partial(_issue, past, desk, paper))
    for key, offset in FIRST_SIGNED.items():
        for position, county in enumerate(COUNTIES):
            if _signs(key, county):
                hour = 10 + position % 3
                moment = past.office_moment(min(offset + position % 3, -1), hour, after=key)
                past.happen(moment, partial(_sign, past, key, county))
    version = past.happen(past.office_moment(VERSION_ON, 15, after="halls"), partial(_new_version, past, "halls"))
    for county in COUNTIES:
        if county.code not in NOT_YET:
            moment = max(past.office_moment(VERSION_SIGNED_ON, 11, after="halls"), version + GAP)
            past.happen(moment, partial(_sign_version, past, "halls", county))
    for county in COUNTIES:
        if county.code in BROKEN_DOWN:
            moment = past.office_moment(BROKEN_DOWN[county.code], 15, after="key")
            past.open_list(f"{county.code}-key", moment, partial(_break_down, past, county))
    for day in _firsts_of_month(desk.issued_on(papers.KEY), past.today):
        past.happen(words.at(day, 0, MORNING), actions.open_due_periods)
    _close_months(past)
    for script in scripts.all_scripts(past.today, desk.issued_on(papers.KEY)):
        past.live(script)
    past.happen(past.office_moment(CLOSED_ON, 16), lambda now: _close(past, "closed", now))


def _close_months(past: Past) -> None:
    """On the first of each month the month before is written down, as a night's sweep does."""
    for day in _firsts_of_month(past.today - timedelta(days=PAST), past.today):
        if day.day == 1:
            past.happen(words.at(day, 0, MORNING), close_months)


def _signs(key: str, county: County) -> bool:
    """Whether this county signed for the list by a tap of its own."""
    if key == "fresh":
        return county.code in QUICK_TO_SIGN
    if key == "halls":
        return county.code != LATE_TO_SIGN
    return not (key == "key" and county.code == "bing")  # signed for while breaking down


def _firsts_of_month(after: date, until: date) -> Iterator[date]:
    day = after + timedelta(days=1)
    while day <= until:
        if day.day == 1 or day == until:
            yield day
        day += timedelta(days=1)


def _issue(past: Past, desk: Desk, paper: Paper, now: datetime) -> TaskList:
    return actions.issue(desk.plan(paper), by=past.people[paper.by], op=past.op(), now=now)


def _delivery(past: Past, key: str, county: County) -> Delivery:
    return Delivery.objects.select_related("list", "body").get(list=past.lists[key], body=past.units[county.unit_code])


def _sign(past: Past, key: str, county: County, now: datetime) -> None:
    """Signed for as a whole; some counties name in the same act who is responsible."""
    delivery, by = _delivery(past, key, county), past.people[f"{county.code}.secretary"]
    named = {}
    if key in NAMED_AT_SIGNING and county.code in NAMING:
        rows = delivery.list.assignments.leads().filter(unit=delivery.body)
        named = {row.pk: past.people[f"{county.code}.clerk2"] for row in rows}
    actions.sign(delivery, persons=named, by=by, op=past.op(), now=now)


def _new_version(past: Past, key: str, now: datetime) -> None:
    """The measures of the last task are put more exactly: no date moves, every county is asked to sign for the words."""
    task_list = TaskList.objects.select_related("issuer__body").get(pk=past.lists[key].pk)
    by = task_list.drafted_by
    rows, answers = rows_of_list(task_list, tasks_of(task_list))
    rows[-1]["measures"] = NEW_MEASURES
    edition = begin_edition(task_list, rows, answers, by=by, op=past.op(), now=now)
    draft = edition.draft
    if draft is None:
        return
    on = day_of(now)
    plan = Comparison(edition, PaperAsRead(draft, on), on).plan({})
    publish_edition(edition, plan, by=by, op=past.op(), now=now)
    Edition.objects.filter(pk=edition.pk).update(draft=None)  # what it was written on is cleared away
    draft.delete()


def _sign_version(past: Past, key: str, county: County, now: datetime) -> None:
    """Whoever still had work of the task is asked; who was done with it is not."""
    asked = Delivery.objects.filter(list=past.lists[key], body=past.units[county.unit_code], edition=2).first()
    if asked is not None:
        actions.sign(asked, by=past.people[f"{county.code}.secretary"], op=past.op(), now=now)


def _break_down(past: Past, county: County, now: datetime) -> TaskList:
    """The county's own list: to its branches and its office, some of it with earlier days of its own."""
    task = dict(past.lists["key"].tasks.values_list("number", "pk"))

    def lead(*codes: str) -> list[ReceiverPlan]:
        units = [past.units[f"{county.unit_code}-{code}"] for code in codes]
        return [ReceiverPlan(ReceiverRole.LEAD, unit=unit, written=unit.name) for unit in units]

    rows = [
        BreakRow(task["2"], lead("hall", "lounge"), due_on=words.days(past.today, scripts.INNER_LEDGER)),
        BreakRow(task["3"], lead("functional"), due_on=words.days(past.today, scripts.INNER_CASE)),
        BreakRow(task["4"], lead("lounge")),
        BreakRow(task["5"], lead("office"), due_on=words.days(past.today, scripts.INNER_CHECK)),
        BreakRow(task["6"], lead("office")),
    ]
    title = f"{county.name}政协落实党建重点任务清单"
    title_en = f"{county.name_en} CPPCC: how the key tasks are carried out"
    delivery, by = _delivery(past, "key", county), past.people[f"{county.code}.secretary"]
    actions.break_down(delivery, rows, title, title_en=title_en, by=by, op=past.op(), now=now)
    return TaskList.objects.get(issuer=past.units[county.unit_code], broken_down_from=past.lists["key"])


def _close(past: Past, key: str, now: datetime) -> None:
    """A list of which everything is completed or stopped is put away by its desk."""
    task_list = past.lists[key]
    by = past.people["city.secretary"]
    TaskList.objects.filter(pk=task_list.pk).update(stage=ListStage.CLOSED)
    write([line("closed", task_list=task_list, by=by, now=now, op=past.op())])
