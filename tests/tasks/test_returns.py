"""Ten files that came back from units, each with its own disturbance, on one page; and what is recorded from them."""

from __future__ import annotations

import io
import uuid
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from openpyxl import Workbook

from branches.models import Unit
from branches.roles import Role
from tasks.models import Assignment, Event, Period, Report, ReturnBatch, TaskList
from tasks.papers.differences import Differences
from tasks.rules import review_queue
from tasks.states import Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_list, make_post, make_task, make_unit, make_user, reported

TODAY = date(2026, 5, 12)
WORDS = [
    "深入学习贯彻党的创新理论，组织专题学习会",
    "召开支部党员大会并形成会议记录",
    "开展委员履职能力提升专题培训",
    "报送党建品牌创建典型案例",
    "建立委员联系界别群众工作台账",
]
HEADERS = ["序号", "任务内容", "牵头单位", "完成时限", "完成情况", "佐证材料"]


def workbook(rows: list[list[Any]], headers: list[str] | None = None, above: tuple[str, ...] = ()) -> bytes:
    """A sheet with lines above its header."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in above:
        sheet.append([line])
    sheet.append(headers or HEADERS)
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def filled(prefix: str, *, done: bool = True) -> list[list[Any]]:
    """Every task of the list with what a unit wrote."""
    word = "已完成" if done else "正在推进"
    return [[n, words, "", "6月底前", f"{prefix}第{n}项{word}", ""] for n, words in enumerate(WORDS, 1)]


@pytest.fixture
def counties(cast: Cast) -> list[Unit]:
    """Ten bodies below the city, each with its desk."""
    found = []
    for letter in "丙丁戊己庚辛壬癸子丑":
        body = make_unit(f"{letter}区政协", "body", cast.city, short_name=f"{letter}区")
        make_post(make_user(f"{letter}书"), body, Role.SECRETARY)
        found.append(body)
    return found


@pytest.fixture
def task_list(cast: Cast, counties: list[Unit]) -> TaskList:
    """Five tasks, given to each of the ten."""
    found = make_list(cast.city, cast.secretary, "2026年重点任务清单")
    for words in WORDS:
        task = make_task(found, words)
        for body in counties:
            make_assignment(body, found, task=task)
    return found


@pytest.fixture
def desk(cast: Cast, clock_at: Any, client: Client) -> Client:
    """The city's secretary, signed in."""
    clock_at(TODAY)
    client.force_login(cast.secretary)
    return client


def send(client: Client, task_list: TaskList, files: list[tuple[str, bytes]], op: str = "") -> Any:
    uploads = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post(f"/lists/{task_list.pk}/returns/", {"op": op or str(uuid.uuid4()), "returned": uploads})


def look(client: Client, answer: Any) -> Differences:
    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    found = page.context["differences"]
    assert isinstance(found, Differences)
    return found


def accepted(found: Differences, **more: str) -> dict[str, str]:
    """The form as the page gives it, pressed as it stands."""
    data = {"op": str(uuid.uuid4()), "take": "1"}
    for entry in found.new:
        assert entry.assignment
        data[f"take-{entry.key}"] = str(entry.assignment.version)
        data[f"as-{entry.key}"] = "done" if entry.done else "progress"
    for clash in found.clashes:
        data[f"seen-{clash.assignment.pk}"] = str(clash.assignment.version)
    return data | more


def states(found: Differences, index: int) -> dict[str, int]:
    return found.files[index].counts


def disturbed(task_list: TaskList, counties: list[Unit]) -> list[tuple[str, bytes]]:
    """Ten files as offices send them."""
    rows = [filled(body.short_name) for body in counties]
    renamed = ["编号", "工作任务", "责任单位", "时间节点", "落实进展", "支撑材料"]
    own_words = ["No.", "任务内容", "牵头单位", "完成时限", "本单位工作开展情况说明", "备注"]
    added = [*rows[3][:2], [3, "购置办公电脑和打印设备若干", "", "", "已购置", ""], *rows[3][2:]]
    reworded = [[n, words.replace("并形成", "、形成").replace("组织", "开展"), *rest] for n, words, *rest in rows[4]]
    unnumbered = [["", *rest] for _n, *rest in rows[5]]
    half = [[n, words, unit, due, result if n < 3 else "", ""] for n, words, unit, due, result, _e in rows[6]]
    csv = "序号,任务内容,完成情况\r\n" + "".join(f"{row[0]},{row[1]},{row[4]}\r\n" for row in rows[8])
    evidence = [[*row[:4], "", "会议记录3份"] for row in rows[9]]
    return [
        ("丙区政协.xlsx", workbook(rows[0])),
        ("丁区报送的清单.xlsx", workbook(rows[1], renamed)),
        ("回收.xlsx", workbook(rows[2], own_words, ("2026年重点任务清单", "填报单位：戊区政协（盖章）"))),
        ("己区.xlsx", workbook(added)),
        ("庚区.xlsx", workbook(reworded)),
        ("辛区（无序号）.xlsx", workbook(unnumbered)),
        ("壬区.xlsx", workbook(half)),
        ("癸区.xlsx", workbook(list(reversed(rows[7])))),
        ("子区政协.csv", csv.encode("gb18030")),
        ("丑区.xlsx", workbook(evidence)),
    ]


def test_ten_files_are_matched_and_recorded_in_one_press(
    cast: Cast, desk: Client, task_list: TaskList, counties: list[Unit]
) -> None:
    found = look(desk, send(desk, task_list, disturbed(task_list, counties)))

    assert [file.unit for file in found.files] == counties
    assert [file.why for file in found.files] == ["name", "name", "cell", *["name"] * 7]
    expected = [{"new": 5}] * 10
    expected[3] = {"new": 5, "strange": 1}
    expected[6] = {"new": 2, "empty": 3}
    assert [states(found, index) for index in range(10)] == expected
    assert found.clashes == []

    desk.post(found.batch.get_absolute_url(), accepted(found))

    reports = Report.objects.filter(assignment__list=task_list)
    assert reports.count() == 47
    right = Assignment.objects.get(list=task_list, unit=counties[7], task__number="5")
    assert right.stage == Stage.REPORTED
    assert right.reports.get().text == "癸区第5项已完成"
    said = Report.objects.get(assignment__unit=counties[9], assignment__task__number="1")
    assert (said.text, said.kind) == ("佐证材料：会议记录3份", "progress")


def test_a_table_in_word_is_taken_as_well(desk: Client, task_list: TaskList, counties: list[Unit]) -> None:
    paper = Document()
    paper.add_paragraph("填报单位：丙区政协")
    table = paper.add_table(rows=0, cols=len(HEADERS))
    for line in [HEADERS, *filled("丙区")]:
        for cell, text in zip(table.add_row().cells, line, strict=True):
            cell.text = str(text)
    out = io.BytesIO()
    paper.save(out)

    found = look(desk, send(desk, task_list, [("丙区.docx", out.getvalue())]))

    assert (found.files[0].unit, states(found, 0)) == (counties[0], {"new": 5})


def test_both_names_stand_in_the_history_and_the_recorder_does_not_review(
    cast: Cast, desk: Client, task_list: TaskList, counties: list[Unit]
) -> None:
    found = look(desk, send(desk, task_list, [("丙区政协.xlsx", workbook(filled("丙区")))]))
    desk.post(found.batch.get_absolute_url(), accepted(found))

    event = Event.objects.filter(assignment__unit=counties[0]).first()
    assert event is not None
    assert (event.move, event.by, str(event.on_behalf_of)) == ("record", cast.secretary, "丙书")
    assert event.changes == {"returned_file": "丙区政协.xlsx"}
    assert event.post is not None
    assert event.post.unit == cast.city
    mine = review_queue(cast.secretary, TODAY).filter(list=task_list)
    others = review_queue(cast.second, TODAY).filter(list=task_list)
    assert (mine.count(), others.count()) == (0, 5)


def test_the_same_files_again_make_no_doubles(desk: Client, task_list: TaskList, counties: list[Unit]) -> None:
    files = [("丙区政协.xlsx", workbook(filled("丙区"))), ("又一份.xlsx", workbook(filled("丁区")))]
    files.append(("副本.xlsx", files[0][1]))
    first = send(desk, task_list, files)
    found = look(desk, first)
    assert "丙区政协.xlsx" in found.files[2].error
    form = accepted(found)

    for _again in range(2):
        assert desk.post(found.batch.get_absolute_url(), form).status_code == 302
    assert send(desk, task_list, list(reversed(files))).headers["Location"] != ""
    other = look(desk, send(desk, task_list, files[:1]))

    assert Report.objects.filter(assignment__list=task_list).count() == 5
    assert states(other, 0) == {"same": 5}
    assert not other.open


def test_a_task_of_every_month_is_not_reported_for_the_next_month_by_the_same_file(
    desk: Client, task_list: TaskList, counties: list[Unit]
) -> None:
    first = Assignment.objects.get(list=task_list, unit=counties[0], task__number="1")
    period = Period.objects.create(step=first.step, number=2, starts_on=date(2026, 7, 1), due_on=date(2026, 7, 31))
    values = {"task": first.task, "period": period, "due_on": period.due_on, "original_due_on": period.due_on}
    second = make_assignment(counties[0], task_list, **values)
    files = [("丙区.xlsx", workbook(filled("丙区")[:1]))]
    found = look(desk, send(desk, task_list, files))
    assert [entry.assignment for entry in found.new] == [first]
    desk.post(found.batch.get_absolute_url(), accepted(found))

    same = look(desk, send(desk, task_list, files))
    other = look(desk, send(desk, task_list, [*files, ("丁区.csv", "任务内容,完成情况\n甲,乙\n".encode())]))

    assert states(same, 0) == {"same": 1}
    assert [(clash.assignment, len(clash.entries)) for clash in other.clashes] == [(second, 1)]
    assert not other.new
    assert not second.reports.exists()


def test_a_broken_file_does_not_stop_the_others(desk: Client, task_list: TaskList, counties: list[Unit]) -> None:
    files = disturbed(task_list, counties)
    files[4] = ("庚区.xlsx", files[4][1][:2000])
    files[5] = ("机密★1年 辛区.xlsx", files[5][1])

    found = look(desk, send(desk, task_list, files))

    assert [bool(file.error) for file in found.files] == [index in (4, 5) for index in range(10)]
    assert "机密" not in str(found.batch.files)
    assert len(found.new) == 37


def test_more_than_forty_files_are_refused_with_words(desk: Client, task_list: TaskList) -> None:
    answer = send(desk, task_list, [(f"{n}.csv", b"x") for n in range(41)])

    assert answer.status_code == 400
    assert "41" in str(answer.context["form"].errors)
    assert not ReturnBatch.objects.exists()


def test_more_rows_than_a_page_holds_are_refused_with_words(
    desk: Client, task_list: TaskList, counties: list[Unit]
) -> None:
    long = "序号,任务内容,完成情况\n" + "".join(f"{n},第{n}项工作任务安排,已完成\n" for n in range(1, 1_300))

    found = look(desk, send(desk, task_list, [("丙区.csv", long.encode()), ("丁区.xlsx", workbook(filled("丁区")))]))

    assert "1299" in found.files[0].error
    assert states(found, 1) == {"new": 5}


def test_conflicts_stand_side_by_side_and_are_chosen(
    cast: Cast, desk: Client, task_list: TaskList, counties: list[Unit]
) -> None:
    row = Assignment.objects.get(list=task_list, unit=counties[1], task__number="2")
    Report.objects.create(assignment=row, kind="completion", text="丁区自己的话", by=cast.second, at=at(TODAY))
    one, two = filled("丙区"), filled("丙区二稿")
    two[0][4] = one[0][4]
    files = [("丙区.xlsx", workbook(one)), ("丙区政协（修改）.xlsx", workbook(two))]
    found = look(desk, send(desk, task_list, [*files, ("丁区.xlsx", workbook(filled("丁区")))]))

    sides = {(c.assignment.unit.short_name, c.assignment.task.number): len(c.entries) for c in found.clashes}
    assert sides == {("丙区", "2"): 2, ("丙区", "3"): 2, ("丙区", "4"): 2, ("丙区", "5"): 2, ("丁区", "2"): 1}
    assert len(found.new) == 1 + 4
    against = next(clash for clash in found.clashes if clash.assignment == row)
    assert against.stands is not None
    assert against.stands.text == "丁区自己的话"
    between = next(clash for clash in found.clashes if clash.assignment.task.number == "3")
    form = accepted(found)
    form[f"of-{row.pk}"] = "keep"
    form[f"of-{between.assignment.pk}"] = between.entries[1].key

    desk.post(found.batch.get_absolute_url(), form)

    assert row.reports.get().text == "丁区自己的话"
    assert between.assignment.reports.get().text == "丙区二稿第3项已完成"
    after = look(desk, desk.post(found.batch.get_absolute_url(), {"op": str(uuid.uuid4()), "look": "1"}))
    assert {clash.assignment.task.number for clash in after.clashes} == {"2", "4", "5"}
    assert not after.new


def test_what_moved_on_in_the_meantime_is_left_and_told(
    cast: Cast, desk: Client, task_list: TaskList, counties: list[Unit]
) -> None:
    found = look(desk, send(desk, task_list, [("丙区.xlsx", workbook(filled("丙区")))]))
    moved = Assignment.objects.get(list=task_list, unit=counties[0], task__number="1")
    Assignment.objects.filter(pk=moved.pk).update(version=moved.version + 1)
    reported(Assignment.objects.get(list=task_list, unit=counties[0], task__number="2"), cast.second, TODAY)

    desk.post(found.batch.get_absolute_url(), accepted(found))

    assert Report.objects.filter(assignment__list=task_list, by=cast.secretary).count() == 3
    assert not moved.reports.exists()


def test_a_file_counts_only_for_its_own_unit(
    cast: Cast, desk: Client, task_list: TaskList, counties: list[Unit]
) -> None:
    only = make_assignment(cast.county_a, task_list, content="甲区单独承担的重点提案办理")
    rows = [*filled("甲区"), [6, "甲区单独承担的重点提案办理", "", "", "甲区已办结", ""]]

    found = look(desk, send(desk, task_list, [("甲区政协.xlsx", workbook(rows))]))

    assert found.files[0].unit == cast.county_a
    assert states(found, 0) == {"other": 5, "new": 1}
    assert found.new[0].assignment == only


def test_a_file_without_a_name_asks_once(desk: Client, task_list: TaskList, counties: list[Unit]) -> None:
    unknown = [("汇总表.xlsx", workbook(filled("某区"))), ("丙区和丁区.xlsx", workbook(filled("两区")))]
    contradicting = ("丙区.xlsx", workbook(filled("乱"), above=("标题", "填报单位：丁区政协")))
    found = look(desk, send(desk, task_list, [*unknown, contradicting]))
    assert [file.unit for file in found.files] == [None, None, None]

    answer = {"op": str(uuid.uuid4()), "look": "1", "unit-0": str(counties[4].pk), "unit-1": "999999"}
    found = look(desk, desk.post(found.batch.get_absolute_url(), answer))

    assert [file.unit for file in found.files] == [counties[4], None, None]
    assert states(found, 0) == {"new": 5}


def test_a_unit_chosen_by_hand_is_known_the_next_time_by_the_words_of_its_file(
    desk: Client, task_list: TaskList, counties: list[Unit]
) -> None:
    first = [
        ("老城关3月反馈.xlsx", workbook(filled("老城"))),
        ("某处.xlsx", workbook(filled("某"), above=("标题", "填报单位：城北办"))),
    ]
    found = look(desk, send(desk, task_list, first))
    assert [file.unit for file in found.files] == [None, None]
    answer = {"op": str(uuid.uuid4()), "look": "1", "unit-0": str(counties[4].pk), "unit-1": str(counties[5].pk)}
    desk.post(found.batch.get_absolute_url(), answer)

    again = [
        ("老城关4月完成情况.xlsx", workbook(filled("四月"))),
        ("x.xlsx", workbook(filled("北"), above=("t", "填报单位：城北办"))),
    ]
    found = look(desk, send(desk, task_list, again))

    assert [file.unit for file in found.files] == [counties[4], counties[5]]


def test_a_row_like_two_tasks_is_asked(desk: Client, task_list: TaskList, counties: list[Unit]) -> None:
    for words in ("组织机关党员学习讨论第一专题", "组织机关党员学习讨论第二专题"):
        make_assignment(counties[0], task_list, content=words)
    rows = [["", "组织机关党员学习讨论专题", "", "", "已完成两次", ""]]
    found = look(desk, send(desk, task_list, [("丙区.xlsx", workbook(rows))]))
    assert states(found, 0) == {"ask": 1}
    entry = found.files[0].asked[0]
    assert [task.name[-4:] for task in entry.near] == ["第一专题"[-4:], "第二专题"[-4:]]

    answer = {"op": str(uuid.uuid4()), "look": "1", f"task-{entry.key}": str(entry.near[1].pk)}
    found = look(desk, desk.post(found.batch.get_absolute_url(), answer))

    assert [each.assignment.task.name for each in found.new if each.assignment] == ["组织机关党员学习讨论第二专题"]


def test_required_evidence_is_not_passed_over(desk: Client, task_list: TaskList, counties: list[Unit]) -> None:
    task_list.tasks.filter(number="1").update(evidence_required=True, evidence_reason="上级要求")
    found = look(desk, send(desk, task_list, [("丙区.xlsx", workbook(filled("丙区")))]))
    form = accepted(found)

    desk.post(found.batch.get_absolute_url(), form)

    row = Assignment.objects.get(list=task_list, unit=counties[0], task__number="1")
    assert (row.stage, row.reports.get().kind) == (Stage.IN_PROGRESS, "progress")


def test_putting_files_aside_keeps_what_was_recorded(desk: Client, task_list: TaskList, counties: list[Unit]) -> None:
    found = look(desk, send(desk, task_list, [("丙区.xlsx", workbook(filled("丙区")))]))
    desk.post(found.batch.get_absolute_url(), accepted(found))

    desk.post(f"{found.batch.get_absolute_url()}drop/", {"op": str(uuid.uuid4())})

    assert not ReturnBatch.objects.exists()
    assert Report.objects.filter(assignment__list=task_list).count() == 5


@pytest.mark.parametrize("who", ["leader", "clerk", "county_secretary", "stranger", "foreigner", "auditor", "nobody"])
def test_others_neither_see_nor_take(
    cast: Cast, desk: Client, task_list: TaskList, counties: list[Unit], client: Client, who: str
) -> None:
    found = look(desk, send(desk, task_list, [("丙区.xlsx", workbook(filled("丙区")))]))
    form = accepted(found)
    client.force_login(cast.person(who))

    for address in (f"/lists/{task_list.pk}/returns/", found.batch.get_absolute_url()):
        assert client.get(address).status_code in (403, 404)
        assert client.post(address, form).status_code in (403, 404)
    assert client.post(f"{found.batch.get_absolute_url()}drop/", form).status_code in (403, 404)
    assert ReturnBatch.objects.exists()
    assert not Report.objects.filter(assignment__list=task_list).exists()


def test_the_page_asks_few_questions(
    cast: Cast, desk: Client, task_list: TaskList, counties: list[Unit], django_assert_max_num_queries: Any
) -> None:
    found = look(desk, send(desk, task_list, disturbed(task_list, counties)))

    with django_assert_max_num_queries(12):
        page = desk.get(found.batch.get_absolute_url())
    assert page.content.count(b"take-") >= 47
