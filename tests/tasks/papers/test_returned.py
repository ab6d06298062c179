"""To which task a returned row belongs, and from which unit a file comes: words decide, numbers help, doubt asks."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.papers import Grid, read_rows
from tasks.papers.returned import Guess, Known, Matcher, Office, Place, seems_done, taken_for, written_unit
from tests.lists import CITY_KEY, table

KEY = table(CITY_KEY)
FOREIGN = [
    "完成老旧小区雨污分流改造", "开展秸秆禁烧巡查", "新建农村公路十二公里", "组织春季义务植树活动",
    "落实中小学课后服务经费", "排查自建房安全隐患", "办理企业开办一件事", "修订防汛应急预案",
    "推进医保移动支付", "举办青年创业大赛", "清理僵尸企业", "建设充电桩五百个",
]  # fmt: skip


def row(content: str, number: str = "", **more: Any) -> dict[str, Any]:
    return {"number": number, "content": content, "due": "", "result": "", "continues": False, **more}


def content_of(line: dict[str, str]) -> str:
    return line.get("任务内容") or line["任务"]


TASKS = [Known(index, line["序号"], content_of(line)) for index, line in enumerate(KEY)]
ROWS = [row(task.words, task.number) for task in TASKS]
MATCHER = Matcher(TASKS)


def test_the_list_itself_is_found_row_by_row() -> None:
    assert [place.key for place in MATCHER.places(ROWS)] == [task.key for task in TASKS]


@given(st.permutations(ROWS), st.integers(0, 40))
def test_the_order_and_the_numbers_do_not_matter(rows: list[dict[str, Any]], shift: int) -> None:
    renumbered = [{**one, "number": str(index + shift)} for index, one in enumerate(rows)]
    wanted = {task.words: task.key for task in TASKS}

    places = MATCHER.places(renumbered)

    assert [place.key for place in places] == [wanted[one["content"]] for one in renumbered]


@given(st.lists(st.sampled_from(FOREIGN), min_size=1, unique=True))
def test_a_foreign_list_matches_nothing(contents: list[str]) -> None:
    rows = [row(words, str(number)) for number, words in enumerate(contents, 1)]

    assert all(place.key is None for place in MATCHER.places(rows))


@given(st.randoms(use_true_random=False), st.sampled_from(ROWS))
def test_a_few_letters_changed_never_lead_to_another_task(chance: random.Random, one: dict[str, Any]) -> None:
    letters = list(one["content"])
    for _change in range(max(1, len(letters) // 10)):
        letters[chance.randrange(len(letters))] = chance.choice("之其以而于")
    own = {task.words: task.key for task in TASKS}[one["content"]]

    place = MATCHER.places([{**one, "content": "".join(letters)}])[0]

    assert place.key in (own, None)
    assert place.key == own or own in place.near


@given(st.permutations(range(4)), st.sampled_from(["工作任务", "任务", "任务内容", "重点任务"]))
def test_renamed_and_moved_columns_match_the_same(order: list[int], name: str) -> None:
    columns = [("编号", "number"), (name, "content"), ("落实情况", "result"), ("办结时限", "due")]
    lines = [[columns[index][0] for index in order]]
    for one in ROWS[:12]:
        lines.append([str(one[columns[index][1]] or "已完成") for index in order])

    found = read_rows(Grid([list(line) for line in lines]))
    rows = [row(each.content, each.number, due=each.due, result=each.result) for each in found.rows]

    assert [place.key for place in MATCHER.places(rows)] == [task.key for task in TASKS[:12]]


def test_a_number_alone_is_not_enough() -> None:
    tasks = [Known(1, "1", "召开专题学习会议"), Known(2, "2", "报送党建品牌案例")]

    places = Matcher(tasks).places([row("购置办公电脑与打印机", "1"), row("召开专题学习会议", "2")])

    assert places == [Place(), Place(key=1)]


def test_two_tasks_in_the_same_words_are_told_apart_by_number_or_asked() -> None:
    tasks = [Known(1, "3", "报送党建品牌案例"), Known(2, "8", "报送党建品牌案例")]
    matcher = Matcher(tasks)

    assert matcher.places([row("报送党建品牌案例", "8.")]) == [Place(key=2)]
    assert matcher.places([row("报送党建品牌案例")]) == [Place(near=(1, 2))]


def test_one_task_is_not_given_to_two_rows() -> None:
    tasks = [Known(1, "1", "召开支部党员大会并形成会议记录")]

    places = Matcher(tasks).places(
        [row("召开支部党员大会形成会议记录", "5"), row("召开支部党员大会并形成会议记录", "1")]
    )

    assert places == [Place(near=(1,)), Place(key=1)]


OFFICES = [
    Office(1, ("甲区政协", "甲区")),
    Office(2, ("乙区政协", "乙区")),
    Office(3, ("办公室", "市政协办公室")),
    Office(4, ("提案委员会", "提案委", "市政协提案委员会")),
]


@pytest.mark.parametrize(
    ("name", "unit", "title", "lead", "guess"),
    [
        ("甲区政协.xlsx", "", "", (), Guess(1, "name")),
        ("2026清单-乙区（终稿）.xlsx", "", "", (), Guess(2, "name")),
        ("附件1.xlsx", "提案委员会", "", (), Guess(4, "cell")),
        ("附件1.xlsx", "", "甲区政协2026年任务清单", (), Guess(1, "title")),
        ("附件1.xlsx", "", "任务清单", ("提案委",), Guess(4, "lead")),
        ("市政协办公室.xlsx", "", "", (), Guess(3, "name")),
        ("甲区政协办公室.xlsx", "", "", (), Guess()),
        ("甲区.xlsx", "乙区政协", "", (), Guess()),
        ("附件1.xlsx", "丙区政协", "任务清单", (), Guess()),
        ("甲区和乙区.xlsx", "", "", (), Guess()),
    ],
)
def test_which_unit_a_file_comes_from(name: str, unit: str, title: str, lead: tuple[str, ...], guess: Guess) -> None:
    read = {"unit": unit, "title": title, "rows": [{"lead": list(lead), "result": "已完成", "evidence": ""}]}

    assert taken_for(name, read, OFFICES) == guess


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        (["填报单位：甲区政协（盖章）"], "甲区政协"),
        (["报送单位:", None, "乙区政协"], "乙区政协"),
        (["单位名称：提案委员会   填报人：王某"], "提案委员会"),
        (["2026年清单"], ""),
    ],
)
def test_the_line_that_names_the_unit(line: list[Any], unit: str) -> None:
    assert written_unit(Grid([line])) == unit


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("已完成", True),
        ("3月已召开专题会，形成记录", True),
        ("100%", True),
        ("未完成", False),
        ("正在推进", False),
        ("已完成50%", False),
        ("已完成前期准备，持续推进", False),
        ("", False),
        ("组织学习2次", False),
    ],
)
def test_what_counts_as_finished(text: str, done: bool) -> None:
    assert seems_done(text) == done
