"""Responsibility lists as offices write them: columns by name, group rows, merged subjects, negative lists."""

from __future__ import annotations

import pytest

from tasks.papers.duties import read_duties
from tasks.papers.grid import Grid, Merge


def test_merged_subjects_and_group_rows_become_headings() -> None:
    grid = Grid(
        [
            ["××市政协党建责任清单", None, None, None],
            ["序号", "责任主体", "责任内容", "责任单位"],
            ["一、党组", None, None, None],
            [1, "第一责任人", "亲自部署", "党组"],
            [2, None, "亲自督办", "党组"],
            ["负面清单", None, None, None],
            [3, "党组", "以会议落实会议", "党组"],
        ],
        merges=[Merge(3, 1, 4, 1)],
    )

    paper = read_duties(grid)

    assert paper.title == "××市政协党建责任清单"
    assert [(row.content, row.heading, row.negative) for row in paper.rows] == [
        ("亲自部署", ["一、党组", "第一责任人"], False),
        ("亲自督办", ["一、党组", "第一责任人"], False),
        ("以会议落实会议", ["负面清单", "党组"], True),
    ]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("具体责任", "content"),
        ("责任部门", "units"),
        ("责任岗位", "post"),
        ("来源 依据", "source"),
        ("责任人（职务）", "post"),
    ],
)
def test_columns_go_by_many_names(header: str, column: str) -> None:
    other = "责任内容" if column != "content" else "责任单位"
    paper = read_duties(Grid([[header, other], ["甲", "乙"]]))

    assert getattr(paper.rows[0], column) == "甲"


@pytest.mark.parametrize(("kind", "negative"), [("正面", False), ("负面清单", True), ("", False), ("禁止", True)])
def test_the_kind_is_read_from_its_column(kind: str, negative: bool) -> None:
    paper = read_duties(Grid([["责任内容", "类型", "责任单位"], ["抓党建", kind, "党组"]]))

    assert paper.rows[0].negative is negative


def test_a_table_without_duties_has_no_rows() -> None:
    assert read_duties(Grid([["序号", "任务"], ["1", "报送案例"]])).rows == []
    assert read_duties(Grid([])).rows == []
