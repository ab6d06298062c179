"""Pasted ranges: the clipboard's HTML with merged cells, and tab-separated text with quoted line breaks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.papers import Merge, Unreadable, read_paste, read_rows
from tasks.papers.grid import MAX_PASTED_ROWS


def assert_has_words(error: Unreadable) -> None:
    assert str(error)


EXCEL = """
<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>td {color:black}</style></head><body>
<table border=0><!--StartFragment--><col width=64>
 <tr height=19><td>序号</td><td class=xl65>任务内容</td><td>责任领导</td><td>牵头单位</td><td>完成时限</td></tr>
 <tr><td colspan=5 class=xl66>一、组织生活</td></tr>
 <tr><td align=right>1</td><td>召开支部<br>
  党员大会</td><td rowspan=2>支部书记</td><td>各党支部</td><td>每季度</td></tr>
 <tr><td>2</td><td>主题&nbsp;党日 &amp; 学习</td><td>各党支部</td><td>每月</td></tr>
<!--EndFragment--></table></body></html>
"""


def test_excel_html():
    reading = read_rows(read_paste(EXCEL, "ignored\ttext"))

    assert [(row.number, row.content, row.leader, row.due) for row in reading.rows] == [
        ("1", "召开支部\n党员大会", "支部书记", "每季度"),
        ("2", "主题 党日 & 学习", "支部书记", "每月"),
    ]
    assert reading.rows[1].heading == ("一、组织生活",)
    assert reading.rows[1].row_number == 4


def test_html_spans():
    grid = read_paste("<table><tr><td rowspan=2>a<td colspan='2'>b<tr><td>c<td>d</table>", "")

    assert grid.rows == [["a", "b", None], [None, "c", "d"]]
    assert grid.merges == [Merge(0, 0, 1, 0), Merge(0, 1, 0, 2)]


def test_text_with_tabs_and_quoted_breaks():
    text = '任务内容\t具体举措\t完成时限\r\n甲事\t"第一步，\n第""二""步"\t6月底前\r\n“乙”事\t"七一"前办\t年底前\r\n'

    reading = read_rows(read_paste("", text))

    assert [(row.content, row.measures, row.due) for row in reading.rows] == [
        ("甲事", '第一步，\n第"二"步', "6月底前"),
        ("“乙”事", '"七一"前办', "年底前"),
    ]


def test_html_without_a_table_falls_back_to_text():
    grid = read_paste("<meta charset=utf-8><span>任务内容</span>", "任务内容\t完成时限\n甲事\t6月")

    assert grid.rows == [["任务内容", "完成时限"], ["甲事", "6月"]]


def test_script_in_a_cell_is_not_text():
    assert read_paste("<table><tr><td>a<script>alert(1)</script></td></tr></table>", "").rows == [["a"]]


@pytest.mark.parametrize("span", ["0", "-1", "999999999999", "x", "²", "99999"])
def test_hostile_spans(span):
    grid = read_paste(f'<table><tr><td rowspan="{span}" colspan="{span}">a</td><td>b</td></tr></table>', "")

    assert grid.rows[0][0] == "a"
    assert len(grid.rows) <= 2
    assert grid.width <= 41


def test_nothing_pasted():
    with pytest.raises(Unreadable) as caught:
        read_paste("", " \n\t ")

    assert caught.value.code == "empty"


def test_too_many_rows_are_refused_with_their_number():
    text = "任务内容\n" + "甲\n" * (MAX_PASTED_ROWS + 340)

    with pytest.raises(Unreadable) as caught:
        read_paste("", text)

    assert caught.value.code == "too-many-rows"
    assert "2341" in str(caught.value)


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_paste_is_read_or_refused(html, text):
    try:
        grid = read_paste("<table>" + html, text)
    except Unreadable as error:
        assert_has_words(error)
    else:
        read_rows(grid)


cells = st.lists(
    st.lists(
        st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=6), min_size=2, max_size=4
    ),
    min_size=1,
    max_size=5,
)


@given(cells)
def test_a_table_written_as_html_comes_back(rows):
    """Every cell stands where it was written, whatever it holds."""
    from html import escape

    width = max(len(row) for row in rows)
    html = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    try:
        grid = read_paste(f"<table>{html}</table>", "")
    except Unreadable:
        assert not any(cell.strip() for row in rows for cell in row)
        return

    for number, row in zip(grid.numbers, grid.rows, strict=True):
        written = rows[number - 1] + [""] * (width - len(rows[number - 1]))
        assert [cell or "" for cell in row] == [cell.strip() for cell in written[: len(row)]]
