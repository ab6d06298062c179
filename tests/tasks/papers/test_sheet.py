"""From a grid to rows: header, headings, merged cells, units, what is left out; and the city's list as a whole."""

from __future__ import annotations

import pytest

from tasks.papers import Grid, Merge, read_file, read_rows, split_units
from tests.lists import CITY_KEY, CITY_LIST, shared_lists, table

HEADER = ["序号", "任务内容", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "完成情况", "佐证材料"]


def grid(*rows: list, merges: tuple[tuple[int, int, int, int], ...] = (), hidden: tuple[int, ...] = ()) -> Grid:
    return Grid([list(row) for row in rows], merges=[Merge(*box) for box in merges], hidden=frozenset(hidden))


def test_city_list_is_read_whole():
    reading = read_rows(read_file(CITY_LIST.name, CITY_LIST.read_bytes()))
    key = table(CITY_KEY)

    assert reading.title == "示例市政协系统2026年党建工作任务清单"
    assert reading.note == "（示例市政协党组2026年3月5日会议审议通过）"
    assert reading.header_row == 3
    assert list(reading.columns.values()) == list(range(9))
    assert (reading.problems, reading.left_out) == ([], [])
    assert [row.number for row in reading.rows] == [line["序号"] for line in key]
    assert [row.content for row in reading.rows] == [line["任务内容"] for line in key]
    assert [row.due for row in reading.rows] == [line["完成时限"] for line in key]
    assert ["、".join(row.lead_units) for row in reading.rows] == [line["牵头单位"] for line in key]
    assert ["、".join(row.supporting_units) for row in reading.rows] == [line["配合单位"] for line in key]
    assert not any(row.continues for row in reading.rows)


def test_city_list_headings_leaders_and_line_breaks():
    rows = {row.number: row for row in read_rows(read_file(CITY_LIST.name, CITY_LIST.read_bytes())).rows}

    assert rows["1"].heading == ("一、党建工作“活”起来",)
    assert rows["33"].heading == ("五、联动共管",)
    assert rows["1"].row_number == 5
    assert [rows[number].leader for number in ("4", "5", "8", "12", "17", "28", "33")] == [
        "分管副主席", "分管副主席", "支部书记", "党组书记", "分管副主席", "秘书长", "秘书长",
    ]  # fmt: skip
    assert rows["2"].measures == "每个县（市、区）政协至少培育1个子品牌，\n形成品牌名录"


def test_columns_in_any_order_and_by_other_names():
    reading = read_rows(
        grid(
            ["2026年工作要点", None, None, None, None],
            ["完成时间", "责任单位", "工作任务", "编号", "分管领导"],
            ["6月底前", "办公室\n研究室", "编印汇编", "1", "秘书长"],
        )
    )

    row = reading.rows[0]
    assert (row.number, row.content, row.due, row.leader) == ("1", "编印汇编", "6月底前", "秘书长")
    assert row.lead_units == ("办公室", "研究室")
    assert reading.title == "2026年工作要点"


def test_header_in_two_rows():
    reading = read_rows(
        grid(
            ["序号", "任务内容", "责任单位", None, "完成时限"],
            [None, None, "牵头单位", "配合单位", None],
            [1, "甲事", "办公室", "研究室", "年底前"],
            merges=((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)),
        )
    )

    assert reading.columns == {"number": 0, "content": 1, "lead_units": 2, "supporting_units": 3, "due": 4}
    assert [(row.content, row.lead_units, row.supporting_units) for row in reading.rows] == [
        ("甲事", ("办公室",), ("研究室",))
    ]


def test_headings_of_two_levels():
    reading = read_rows(
        grid(
            HEADER[:2],
            ["一、组织建设", None],
            ["（一）支部", None],
            [1, "甲事"],
            ["（二）党员", None],
            [2, "乙事"],
            ["二、作风建设", None],
            [3, "丙事"],
            merges=((1, 0, 1, 1), (2, 0, 2, 1), (4, 0, 4, 1), (6, 0, 6, 1)),
        )
    )

    assert [row.heading for row in reading.rows] == [
        ("一、组织建设", "（一）支部"), ("一、组织建设", "（二）党员"), ("二、作风建设",),
    ]  # fmt: skip


def test_a_heading_numbered_in_the_column_of_numbers():
    reading = read_rows(
        grid(
            ["序号", "任务内容", "牵头单位", "完成时限"],
            ["一", "学习教育", None, None],
            [1, "甲事", "办公室", "6月底"],
            ["（二）", "细项", None, None],
            [2, "乙事", "办公室", "6月底"],
            ["三、", "没有时限的任务", "办公室", None],
        )
    )

    assert [(row.number, row.heading, row.content) for row in reading.rows] == [
        ("1", ("一、学习教育",), "甲事"),
        ("2", ("一、学习教育", "（二）细项"), "乙事"),
        ("三、", ("一、学习教育", "（二）细项"), "没有时限的任务"),
    ]


def test_merged_units_and_leaders_hold_for_every_row():
    reading = read_rows(
        grid(
            ["序号", "任务内容", "责任领导", "牵头单位", "完成时限"],
            [1, "甲事", "秘书长", "办公室、研究室", "3月底前"],
            [2, "乙事", None, None, None],
            [3, "丙事", None, None, "每季度"],
            merges=((1, 2, 3, 2), (1, 3, 3, 3), (1, 4, 2, 4)),
        )
    )

    assert [row.leader for row in reading.rows] == ["秘书长"] * 3
    assert [row.lead_units for row in reading.rows] == [("办公室", "研究室")] * 3
    assert [row.due for row in reading.rows] == ["3月底前", "3月底前", "每季度"]


def test_an_empty_cell_that_is_not_merged_stays_empty():
    reading = read_rows(grid(["任务内容", "责任领导"], ["甲事", "秘书长"], ["乙事", None]))

    assert [row.leader for row in reading.rows] == ["秘书长", ""]


def test_ditto_is_the_row_above():
    reading = read_rows(grid(["任务内容", "牵头单位", "完成时限"], ["甲事", "办公室", "6月底"], ["乙事", "同上", "〃"]))

    assert reading.rows[1].lead_units == ("办公室",)
    assert reading.rows[1].due == "6月底"


def test_steps_of_one_merged_task():
    reading = read_rows(
        grid(
            ["序号", "工作任务", "时序进度", "佐证材料"],
            [1, "办好换届", "3月：定方案", "方案"],
            [None, None, "7月：开会", None],
            [2, "另一件", "全年", None],
            merges=((1, 0, 2, 0), (1, 1, 2, 1), (1, 3, 2, 3)),
        )
    )

    assert [(row.number, row.content, row.due, row.continues) for row in reading.rows] == [
        ("1", "办好换届", "3月：定方案", False), ("1", "办好换届", "7月：开会", True), ("2", "另一件", "全年", False),
    ]  # fmt: skip


def test_totals_footnotes_and_repeated_headers_are_left_out():
    reading = read_rows(
        grid(
            HEADER[:3],
            [1, "甲事", "x"],
            HEADER[:3],
            [2, "乙事", "y"],
            [None, None, None],
            ["合计", "2项", None],
            ["注：本表一式两份", None, None],
        )
    )

    assert [row.content for row in reading.rows] == ["甲事", "乙事"]
    assert [(out.code, out.row) for out in reading.left_out] == [("total", 6), ("footnote", 7)]


def test_hidden_row_is_read_and_said():
    reading = read_rows(grid(HEADER[:2], [1, "甲事"], [2, "乙事"], hidden=(3,)))

    assert [row.content for row in reading.rows] == ["甲事", "乙事"]
    assert [(out.code, out.row) for out in reading.left_out] == [("hidden", 3)]


def test_a_number_without_a_task_is_a_problem_in_its_own_row():
    reading = read_rows(grid(HEADER[:2], [1, "甲事"], [2, None]))

    assert [(problem.code, problem.row, problem.column) for problem in reading.problems] == [
        ("no-content", 3, "content")
    ]


def test_no_header_is_a_problem_and_columns_can_be_matched_by_hand():
    cells = grid(["甲", "编印汇编", "6月底前"], ["乙", "开会", "年底前"])

    assert [problem.code for problem in read_rows(cells).problems] == ["no-header"]
    assert read_rows(cells).rows == []

    reading = read_rows(cells, {"content": 1, "due": 2})
    assert [(row.content, row.due) for row in reading.rows] == [("编印汇编", "6月底前"), ("开会", "年底前")]


def test_tasks_numbered_in_chinese_are_no_headings():
    reading = read_rows(grid(["任务内容", "完成时限"], ["一、甲事", None], ["二、乙事", "年底前"]))

    assert [row.content for row in reading.rows] == ["一、甲事", "二、乙事"]


@pytest.mark.parametrize(
    ("written", "units"),
    [
        ("办公室、研究室", ("办公室", "研究室")),
        ("各县（市、区）政协", ("各县（市、区）政协",)),
        ("各县(市、区)政协，研究室", ("各县(市、区)政协", "研究室")),
        ("办公室\n研究室；机关党委/派驻组", ("办公室", "研究室", "机关党委", "派驻组")),
        ("教科卫体和文化文史学习委员会", ("教科卫体和文化文史学习委员会",)),
        ("牵头单位：办公室", ("办公室",)),
        ("办公室、办公室", ("办公室",)),
        ("办公室  研究室", ("办公室", "研究室")),
        ("（办公室、研究室", ("（办公室、研究室",)),
        ("", ()),
        ("、，", ()),
    ],
)
def test_units_of_a_cell(written, units):
    assert split_units(written) == units


@pytest.mark.parametrize(
    ("name", "tasks", "rows"),
    [
        ("01-city-departments-clean-risk-requirements.csv", 13, 13),
        ("02-county-units-clean-risk-requirements.csv", 9, 9),
        ("11-college-2017-party-departments.xlsx", 34, 95),
    ],
)
def test_real_lists(name, tasks, rows):
    reading = read_rows(read_file(name, (shared_lists() / name).read_bytes()))

    assert reading.problems == []
    assert len(reading.rows) == rows
    assert len({row.number for row in reading.rows}) == tasks
    assert all(row.content for row in reading.rows)
