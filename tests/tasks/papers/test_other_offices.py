"""Lists as other offices lay them out: other names of columns, marks of who leads, quarters as columns, parts on two sheets."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tasks.papers import read_file, read_rows, split_units
from tasks.papers.names import Names
from tasks.papers.sheet import shared_out
from tests.conftest import TODAY, Cast

HEADS = [
    ("序号", "事项", "主办", "协办", "时限要求"),
    ("项次", "年度重点任务", "主责单位", "协同单位", "完成时限及要求"),
    ("NO.", "工作事项", "承办", "责任配合单位", "推进时间"),
    ("序号", "督查事项", "牵头", "配合", "办结时间"),
    ("序号", "主要任务及工作措施", "主办", "协助", "推进时限"),
    ("序号", "问题清单", "组织单位", "参与单位", "整改完成时限"),
    ("序号", "活动主题", "承办部门", "协作部门", "活动时间"),
    ("序号", "学习内容", "责任单位", "配合科室", "月份"),
]


def grid(*sheets: list[list[object]]):
    """A workbook with these rows, as a grid."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, 1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return read_file("list.xlsx", file.getvalue())


@pytest.mark.parametrize("heads", HEADS)
def test_other_names_of_columns(heads):
    (row,) = read_rows(grid([list(heads), ["1", "报送案例", "机关党委", "办公室、研究室", "6月底前"]])).rows

    assert (row.content, row.lead_units, row.supporting_units, row.due) == (
        "报送案例", ("机关党委",), ("办公室", "研究室"), "6月底前",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "leads", "supports"),
    [
        ("机关党委（牵头）、办公室、研究室", ("机关党委",), ("办公室", "研究室")),
        ("牵头单位：研究室\n配合单位：办公室、机关党委", ("研究室",), ("办公室", "机关党委")),
        ("办公室牵头，研究室配合", ("办公室",), ("研究室",)),
        ("办公室、研究室", ("办公室", "研究室"), ()),
        ("各县（市、区）政协", ("各县（市、区）政协",), ()),
        ("办公室、研究室（配合）", ("办公室",), ("研究室",)),
    ],
)
def test_who_leads_is_marked_in_the_cell(written, leads, supports):
    assert shared_out(written) == (leads, supports)


def test_numbers_in_front_of_the_tasks():
    heads = ["任务内容", "牵头单位", "完成时限"]
    numbered = read_rows(grid([heads, ["1.报送案例", "办公室", "3月"], ["2、调研", "研究室", "4月"]]))
    listed = read_rows(grid([heads, ["1.报送 2.汇总", "办公室", "3月"], ["1.调研 2.成文", "研究室", "4月"]]))

    assert [(row.number, row.content) for row in numbered.rows] == [("1", "报送案例"), ("2", "调研")]
    assert [(row.number, row.content) for row in listed.rows] == [("", "1.报送 2.汇总"), ("", "1.调研 2.成文")]


def test_quarters_as_columns():
    heads = ["序号", "任务内容", "牵头单位", "一季度", "二季度", "三季度", "四季度"]
    rows = [[1, "党建品牌", "办公室", "制定方案", "", "", "总结"], [2, "党员大会", "办公室", "√", "√", "√", "√"]]

    reading = read_rows(grid([heads, *rows]))

    assert [row.due for row in reading.rows] == ["一季度：制定方案；四季度：总结", "一季度、二季度、三季度、四季度"]


def test_second_sheet_that_looks_like_a_list_is_said():
    rows = [["序号", "任务内容", "牵头单位", "完成时限"], [1, "报送案例", "办公室", "3月"]]

    reading = read_rows(grid([*rows, [2, "调研", "研究室", "4月"]], rows, [["说明"], ["按月报送"]]))

    assert [(problem.code, problem.text) for problem in reading.left_out] == [("other-sheet", "表2")]


def test_two_units_joined_by_and(cast: Cast):
    names = Names(cast.city, TODAY)

    assert names.apart(["机关党委和办公室", "提案委员会"], {}) == ["机关党委", "办公室", "提案委员会"]
    assert names.apart(["农业和农村委员会"], {}) == ["农业和农村委员会"]
    assert split_units("机关党委和办公室") == ("机关党委和办公室",)


def test_a_class_of_tasks_beside_the_tasks():
    heads = ["序号", "项目", "任务内容", "牵头单位", "完成时限"]

    reading = read_rows(grid([heads, [1, "组织建设", "报送案例", "办公室", "3月"]]))
    plain = read_rows(grid([["序号", "工作任务", "工作内容", "牵头单位"], [1, "组织建设", "报送案例", "办公室"]]))

    assert [(row.heading, row.content) for row in reading.rows] == [(("组织建设",), "报送案例")]
    assert [(row.content, row.measures) for row in plain.rows] == [("组织建设", "报送案例")]


def test_people_behind_units_and_marks_of_nobody():
    heads = ["序号", "任务内容", "责任单位及责任人", "配合单位", "完成时限"]
    rows = [[1, "报送案例", "机关党委（张三、李四）", "无", "3月"], [2, "调研", "办公室 王五", "—", "4月"]]

    reading = read_rows(grid([heads, *rows]))

    assert [(row.lead_units, row.supporting_units) for row in reading.rows] == [(("机关党委",), ()), (("办公室",), ())]


@pytest.mark.parametrize(
    "footer",
    [
        ["第 1 页，共 2 页"],
        ["填报单位（盖章）：", "", "填报日期：  年  月  日"],
        ["分管领导签字：", "", "单位（盖章）："],
        ["联系人：张三", "", "电话：8123456"],
    ],
)
def test_signatures_and_page_numbers_are_left_out(footer):
    reading = read_rows(grid([["序号", "任务内容", "牵头单位"], [1, "报送案例", "办公室"], footer]))

    assert [row.content for row in reading.rows] == ["报送案例"]
    assert [problem.code for problem in reading.left_out] == ["footnote"]
