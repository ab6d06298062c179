"""New versions of an issued list: the issuer's rows change at once, another body's when it signs (design 4; cases 7 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from branches.models import Unit, User
from branches.roles import Role
from branches.writing import Conflict, Invalid, NotPossible
from tasks import actions
from tasks.actions.editions import begin_edition, publish_edition
from tasks.actions.offspring import Answer, Choice
from tasks.actions.recalls import recall
from tasks.editions import EditionPlan
from tasks.models import Assignment, Delivery, Edition, Event, Step, Task, TaskList, TaskText
from tasks.papers.drafts import Paper
from tasks.papers.editions import Comparison, adopted, rows_of_list, tasks_of
from tasks.plans import ListPlan, ReceiverPlan, Span, StepPlan, TaskPlan
from tasks.reminders import plan as plan_reminders
from tasks.states import ReceiverRole, Stage
from tests.conftest import TODAY, Cast
from tests.factories import at, make_post, make_unit, make_user, op

LEAD = ReceiverRole.LEAD
NOW = at(TODAY)
JUNE_30, JUNE_20, JULY_10 = date(2026, 6, 30), date(2026, 6, 20), date(2026, 7, 10)


def issue(cast: Cast, units: Sequence[Unit], tasks: int = 2) -> TaskList:
    """A list of tasks due on 30 June, each to all the units."""
    plans = [
        TaskPlan(
            str(number),
            f"任务{number}",
            [StepPlan("6月底前", Step.Kind.BY, [Span(date(2026, 1, 1), JUNE_30)])],
            [ReceiverPlan(LEAD, unit=unit, written=unit.name) for unit in units],
            lead_written="、".join(unit.name for unit in units),
            due_written="6月底前",
        )
        for number in range(1, tasks + 1)
    ]
    plan = ListPlan(title="2026年试点清单", year=2026, issuer=cast.city, tasks=plans)
    return actions.issue(plan, by=cast.secretary, op=op(), now=NOW)


def begin(task_list: TaskList, by: User) -> Edition:
    task_list.refresh_from_db()
    rows, answers = rows_of_list(task_list, tasks_of(task_list))
    return begin_edition(task_list, rows, answers, by=by, op=op(), now=NOW)


def change(edition: Edition, number: str, **cells: Any) -> None:
    """Write into the row of that number; `None` for the whole row takes it out."""
    draft = edition.draft
    assert draft is not None
    for row in draft.rows["rows"]:
        if row["number"] == number:
            row.update(cells)
    draft.save()


def take_out(edition: Edition, number: str) -> None:
    draft = edition.draft
    assert draft is not None
    draft.rows["rows"] = [row for row in draft.rows["rows"] if row["number"] != number]
    draft.save()


def plan_of(edition: Edition, on: date = TODAY, **reasons: str) -> EditionPlan:
    assert edition.draft is not None
    edition.draft.refresh_from_db()
    paper = Paper(edition.draft, on)
    assert paper.problems == []
    return Comparison(edition, paper, on).plan({key.replace("_", "-"): text for key, text in reasons.items()})


def publish(edition: Edition, cast: Cast, **reasons: str) -> Edition:
    return publish_edition(edition, plan_of(edition, **reasons), by=cast.secretary, op=op(), now=NOW)


def county(cast: Cast, name: str) -> tuple[Unit, User, Unit]:
    """A county with a secretary, a head and an office that takes work."""
    body = make_unit(name, "body", cast.city)
    office = make_unit("办公室", "office", body)
    keeper = make_user(f"{name}秘书")
    make_post(keeper, body, Role.SECRETARY)
    make_post(make_user(f"{name}主席"), body, Role.HEAD)
    make_post(make_user(f"{name}主任"), office, Role.HEAD)
    return body, keeper, office


def break_down(task_list: TaskList, body: Unit, by: User, units: Sequence[Unit]) -> TaskList:
    delivery = Delivery.objects.get(list=task_list, body=body)
    rows = [
        actions.BreakRow(task.pk, [ReceiverPlan(LEAD, unit=unit, written=unit.name) for unit in units])
        for task in task_list.tasks.all()
    ]
    own = actions.break_down(delivery, rows, f"{body.name}分解清单", by=by, op=op(), now=NOW)
    assert own is not None
    return own


def dues(**where: Any) -> list[tuple[date | None, int, int]]:
    rows = Assignment.objects.filter(**where).order_by("pk")
    return list(rows.values_list("due_on", "due_revision", "extensions"))


def test_a_list_as_it_stands_makes_no_version(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee, cast.county_a])

    edition = begin(task_list, cast.secretary)

    assert plan_of(edition).empty
    with pytest.raises(Invalid):
        publish(edition, cast)
    assert TaskList.objects.get(pk=task_list.pk).edition == 1


def test_case_7_an_earlier_day_after_five_counties_have_broken_the_task_down(cast: Cast) -> None:
    bodies = [county(cast, f"第{n}县政协") for n in range(1, 6)]
    task_list = issue(cast, [cast.committee, *(body for body, _k, _o in bodies)])
    for body, keeper, office in bodies:
        break_down(task_list, body, keeper, [office])
    edition = begin(task_list, cast.secretary)
    change(edition, "1", due="6月20日前")

    publish(edition, cast)

    task = task_list.tasks.get(number="1")
    assert dues(task=task, body=cast.city) == [(JUNE_20, 2, 0)]
    first, keeper, office = bodies[0]
    given = {"task": task, "unit__in": [body for body, _k, _o in bodies]}
    assert dues(**given) == [(JUNE_30, 1, 0)] * 5, "nothing of a county moves before it signs"
    assert dues(source__task=task) == [(JUNE_30, 1, 0)] * 5
    assert Delivery.objects.filter(list=task_list, edition=2, signed_at=None).count() == 5

    delivery = Delivery.objects.get(list=task_list, edition=2, body=first)
    own = Assignment.objects.get(source__task=task, unit=office)
    with pytest.raises(Invalid) as unanswered:
        actions.sign(delivery, by=keeper, op=op(), now=NOW)
    assert list(unanswered.value.details) == [f"choice-{own.pk}"]
    with pytest.raises(Invalid) as later:
        actions.sign(delivery, answers={own.pk: Answer(Choice.DATE, JUNE_30)}, by=keeper, op=op(), now=NOW)
    assert list(later.value.details) == [f"day-{own.pk}"]
    actions.sign(delivery, answers={own.pk: Answer(Choice.DATE, date(2026, 6, 18))}, by=keeper, op=op(), now=NOW)

    passed_on = Assignment.objects.get(task=task, unit=first)
    own.refresh_from_db()
    assert (passed_on.due_on, passed_on.original_due_on, passed_on.accepted_edition) == (JUNE_20, JUNE_30, 2)
    assert (own.due_on, own.original_due_on) == (date(2026, 6, 18), JUNE_30)
    assert dues(task=task, unit=bodies[1][0]) == [(JUNE_30, 1, 0)], "the others have not signed"
    moved = Event.objects.get(assignment=passed_on, move="new_date")
    assert moved.changes["due_on"] == ["2026-06-30", "2026-06-20"]
    assert moved.by == keeper


def test_case_8_a_withdrawn_task_that_a_county_passed_to_two_branches_one_of_which_reported(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee, cast.county_a])
    break_down(task_list, cast.county_a, cast.county_secretary, [cast.branch_a.unit, cast.temporary_a.unit])
    task = task_list.tasks.get(number="2")
    reported = Assignment.objects.get(source__task=task, unit=cast.branch_a.unit)
    waiting = Assignment.objects.get(source__task=task, unit=cast.temporary_a.unit)
    actions.report(reported, done=True, text="已办结", by=cast.member, op=op(), now=NOW)
    edition = begin(task_list, cast.secretary)
    take_out(edition, "2")

    with pytest.raises(Invalid) as silent:
        publish(edition, cast)
    assert list(silent.value.details) == [f"withdrawn-{task.pk}"]
    publish(edition, cast, **{f"withdrawn_{task.pk}": "上级已另行部署"})

    ours, passed_on = (Assignment.objects.get(task=task, unit=unit) for unit in (cast.committee, cast.county_a))
    assert (ours.stage, ours.stop, ours.stop_reason) == ("stopped", "cancelled", "上级已另行部署")
    assert passed_on.stage == Stage.IN_PROGRESS
    assert Task.objects.get(pk=task.pk).withdrawn_on == TODAY
    delivery = Delivery.objects.get(list=task_list, edition=2, body=cast.county_a)
    answers = {reported.pk: Answer(Choice.KEEP), waiting.pk: Answer(Choice.STOP, reason="上级撤销")}
    actions.sign(delivery, answers=answers, by=cast.county_secretary, op=op(), now=NOW)

    for row in (passed_on, reported, waiting):
        row.refresh_from_db()
    assert (passed_on.stage, passed_on.stop_reason) == ("stopped", "上级已另行部署")
    assert (reported.stage, waiting.stage, waiting.stop_reason) == ("reported", "stopped", "上级撤销")
    actions.approve(reported, by=cast.county_head, op=op(), now=NOW)
    assert reported.stage == Stage.COMPLETED


def test_a_later_day_wants_a_reason_and_is_counted(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee, cast.city_office])
    task = task_list.tasks.get(number="1")
    done = Assignment.objects.get(task=task, unit=cast.city_office)
    actions.report(done, done=True, text="已办结", by=cast.clerk, op=op(), now=NOW)
    actions.approve(done, by=cast.secretary, op=op(), now=NOW)
    edition = begin(task_list, cast.secretary)
    change(edition, "1", due="7月10日前")

    with pytest.raises(Invalid) as silent:
        publish(edition, cast)
    assert list(silent.value.details) == [f"later-{task.pk}"]
    publish(edition, cast, all="汛期工作冲突")

    row = Assignment.objects.get(task=task, unit=cast.committee)
    assert (row.due_on, row.original_due_on, row.extensions) == (JULY_10, JUNE_30, 1)
    assert Event.objects.get(assignment=row, move="new_date").reason == "汛期工作冲突"
    done.refresh_from_db()
    assert (done.due_on, done.stage) == (JUNE_30, "completed"), "what is done keeps its date"
    assert list(task.texts.values_list("edition", "due_written")) == [(1, "6月底前"), (2, "7月10日前")]
    assert task.steps.get().dates == [JULY_10]
    plan_reminders.plan(at(date(2026, 7, 7)))


def test_a_day_in_the_past_is_refused_beside_its_task(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee])
    edition = begin(task_list, cast.secretary)
    change(edition, "1", due="4月底前")

    with pytest.raises(Invalid) as past:
        publish(edition, cast)

    assert list(past.value.details) == [f"change-{task_list.tasks.get(number='1').pk}"]


def test_words_receivers_and_new_tasks_in_one_version(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee, cast.county_a])
    edition = begin(task_list, cast.secretary)
    draft = edition.draft
    assert draft is not None
    change(edition, "1", content="任务1（修订）")
    change(edition, "2", lead_units=["办公室", "甲区政协"], lead_written="办公室、甲区政协")
    draft.rows["rows"].append(
        {
            "row": 9,
            "number": "1",
            "content": "新任务",
            "lead_units": ["乙区政协"],
            "supporting_units": [],
            "due": "9月底前",
        }
    )
    draft.save()

    publish(edition, cast, all="分工调整")

    one, two, new = task_list.tasks.order_by("position")
    assert (one.name, new.name, new.number) == ("任务1（修订）", "新任务", "3"), "a number is never given twice"
    assert TaskText.objects.get(task=one, edition=1).content == "任务1"
    rows = {(r.unit, r.stage) for r in Assignment.objects.filter(task=two)}
    assert rows == {(cast.city_office, "issued"), (cast.committee, "stopped"), (cast.county_a, "issued")}
    assert Assignment.objects.get(task=new).unit == cast.county_b
    told = Delivery.objects.filter(list=task_list, edition=2).values_list("body", flat=True)
    assert set(told) == {cast.county_a.pk, cast.county_b.pk}
    record = Edition.objects.get(list=task_list).changes
    assert record["tasks"][0]["words"] == {"content": ["任务1", "任务1（修订）"]}
    assert [entry["name"] for entry in record["tasks"][1]["out"]] == ["提案委员会"]


def test_a_county_that_comes_to_a_task_signs_for_it(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee], tasks=1)
    edition = begin(task_list, cast.secretary)
    change(edition, "1", lead_units=["提案委员会", "甲区政协"], lead_written="提案委员会、甲区政协")

    publish(edition, cast)

    row = Assignment.objects.get(list=task_list, unit=cast.county_a)
    assert (row.stage, row.accepted_edition, row.due_on) == ("issued", None, JUNE_30)
    delivery = Delivery.objects.get(list=task_list, body=cast.county_a)
    actions.sign(delivery, by=cast.county_secretary, op=op(), now=NOW)
    row.refresh_from_db()
    assert (row.stage, row.accepted_edition) == ("acknowledged", 2)


def test_two_versions_are_signed_for_at_once(cast: Cast) -> None:
    task_list = issue(cast, [cast.county_a], tasks=1)
    actions.sign(Delivery.objects.get(list=task_list), by=cast.county_secretary, op=op(), now=NOW)
    for due in ("6月20日前", "7月10日前"):
        edition = begin(task_list, cast.secretary)
        change(edition, "1", due=due)
        publish(edition, cast, all="调整")
    assert dues(list=task_list) == [(JUNE_30, 1, 0)]

    last = Delivery.objects.get(list=task_list, edition=3)
    actions.sign(last, by=cast.county_secretary, op=op(), now=NOW)

    assert dues(list=task_list) == [(JULY_10, 2, 1)]
    assert not Delivery.objects.filter(list=task_list, signed_at=None).exists()


def test_the_second_of_two_editors_is_told_and_keeps_his_draft(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee])
    mine, other = begin(task_list, cast.secretary), begin(task_list, cast.second)
    change(mine, "1", content="我的改动")
    change(other, "2", content="他的改动")
    plan = plan_of(other)
    publish(mine, cast)

    with pytest.raises(Conflict):
        publish_edition(other, plan, by=cast.second, op=op(), now=NOW)

    assert [t.name for t in task_list.tasks.order_by("position")] == ["我的改动", "任务2"]
    assert Edition.objects.get(pk=other.pk).number is None


def test_one_press_twice_is_one_version_and_no_recall_afterwards(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee])
    edition = begin(task_list, cast.secretary)
    change(edition, "1", content="改动")
    plan, same = plan_of(edition), op()

    first = publish_edition(edition, plan, by=cast.secretary, op=same, now=NOW)
    second = publish_edition(edition, plan, by=cast.secretary, op=same, now=NOW)

    assert (first.number, second.number) == (2, 2)
    assert TaskList.objects.get(pk=task_list.pk).edition == 2
    with pytest.raises(NotPossible):
        recall(task_list, "发错了", by=cast.secretary, op=op(), now=NOW)


def test_rows_of_a_file_find_their_tasks_by_words_then_by_number(cast: Cast) -> None:
    task_list = issue(cast, [cast.committee], tasks=3)
    base, answers = rows_of_list(task_list, tasks_of(task_list))
    read = [
        {"row": 2, "number": "1", "content": "任务2", "due": "6月底前", "lead_units": ["提案委员会"]},
        {"row": 3, "number": "3", "content": "任务3（改）", "due": "7月10日前", "lead_units": ["提案委员会"]},
        {"row": 4, "number": "4", "content": "新的", "due": "9月底前", "lead_units": ["办公室"]},
    ]

    rows = adopted(read, {"number": 0, "content": 1, "due": 2, "lead_units": 3}, base, answers)
    edition = begin_edition(task_list, rows, answers, by=cast.secretary, op=op(), now=NOW)
    plan = plan_of(edition)

    found = [(c.task.number, sorted(c.words), c.withdrawn) for c in plan.changes]
    assert found == [("1", [], True), ("3", ["content", "due"], False)]
    assert [task.content for task in plan.new.tasks] == ["新的"]
