"""Tables of Word files: merged cells both ways, several tables, titles above; and what is refused."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from docx import Document

from tasks.papers import Unreadable, read_file, read_rows

HEADER = ["序号", "任务内容", "牵头单位", "配合单位", "完成时限"]


def written(fill: Callable[[Any], None]) -> bytes:
    document, out = Document(), io.BytesIO()
    fill(document)
    document.save(out)
    return out.getvalue()


def put(document: Any, rows: list[list[str]], merges: tuple[tuple[int, int, int, int], ...] = ()) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, values in enumerate(rows):
        for column, text in enumerate(values):
            table.cell(row, column).text = text
    for top, left, bottom, right in merges:
        text = table.cell(top, left).text
        table.cell(top, left).merge(table.cell(bottom, right)).text = text


def read(fill: Callable[[Any], None]) -> Any:
    return read_rows(read_file("清单.docx", written(fill)))


def test_title_headings_merged_cells_and_line_breaks() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("附件1")
        document.add_paragraph("2026年党建工作任务清单")
        document.add_paragraph("（2026年3月）")
        put(
            document,
            [
                HEADER,
                ["一、强基础", "", "", "", ""],
                ["1", "编印汇编", "办公室\n研究室", "各专委会、各党支部", "3月底前"],
                ["2", "召开会议", "", "研究室", "每季度"],
                ["3", "分两步做", "机关党委", "", "4月"],
                ["", "", "", "", "9月底前"],
            ],
            ((1, 0, 1, 4), (2, 2, 3, 2), (4, 1, 5, 1)),
        )

    found = read(fill)

    assert (found.title, found.note, found.header_row) == ("2026年党建工作任务清单", "（2026年3月）", 1)
    assert found.problems == []
    assert [(r.row_number, r.number, r.heading, r.lead_units, r.due, r.continues) for r in found.rows] == [
        (3, "1", ("一、强基础",), ("办公室", "研究室"), "3月底前", False),
        (4, "2", ("一、强基础",), ("办公室", "研究室"), "每季度", False),
        (5, "3", ("一、强基础",), ("机关党委",), "4月", False),
        (6, "3", ("一、强基础",), (), "9月底前", True),
    ]


def test_a_header_in_two_rows() -> None:
    def fill(document: Any) -> None:
        put(
            document,
            [
                ["序号", "任务内容", "责任单位", "", "完成时限"],
                ["", "", "牵头单位", "配合单位", ""],
                ["1", "甲事", "办公室", "研究室", "年底前"],
            ],
            ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)),
        )

    row = read(fill).rows[0]

    assert (row.content, row.lead_units, row.supporting_units, row.due) == ("甲事", ("办公室",), ("研究室",), "年底前")


def test_tables_of_one_width_are_one_list_and_lines_between_them_are_headings() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("任务清单")
        document.add_paragraph("一、学习")
        put(document, [HEADER, ["1", "甲事", "办公室", "", "6月底前"]])
        document.add_paragraph("二、联络")
        put(document, [HEADER, ["2", "乙事", "研究室", "", "年底前"]])
        put(document, [["单位", "电话"], ["办公室", "0"]])

    found = read(fill)

    assert [(row.row_number, row.content, row.heading) for row in found.rows] == [
        (2, "甲事", ()),
        (4, "乙事", ("二、联络",)),
    ]


def test_a_letter_before_the_table_is_not_its_title() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("关于印发清单的通知")
        document.add_paragraph("各县（市、区）政协，各专委会：" + "现将清单印发，结合实际抓好落实。" * 8)
        document.add_paragraph("2026年任务清单")
        put(document, [HEADER, ["1", "甲事", "办公室", "", "6月底前"]])

    assert read(fill).title == "2026年任务清单"


def swapped(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for key in package.namelist():
            new.writestr(key, change(package.read(key)) if key == name else package.read(key))
    return out.getvalue()


PLAIN = written(lambda document: put(document, [HEADER, ["1", "甲事", "办公室", "", "6月底前"]]))
BODY = "word/document.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "1">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (written(lambda document: document.add_paragraph("没有表格")), "no-table"),
        (PLAIN[:200], "broken"),
        (swapped(PLAIN, BODY, lambda xml: xml[: len(xml) // 2]), "broken"),
        (swapped(PLAIN, BODY, lambda xml: ENTITIES), "broken"),
        (swapped(PLAIN, BODY, lambda xml: b" " * 60_000_000), "greedy"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "old-word"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_refused_with_words(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_file("清单.docx", data)

    assert caught.value.code == code
    assert str(caught.value)


def test_mutated_files_are_read_or_refused() -> None:
    chance = random.Random(5)
    for _number in range(8):
        place, change = chance.randrange(2000), chance.randbytes(chance.randint(0, 9))
        data = swapped(PLAIN, BODY, lambda xml, at=place, new=change: xml[:at] + new + xml[at + 3 :])  # type: ignore[misc]
        with suppress(Unreadable):
            assert len(read_rows(read_file("清单.docx", data)).rows) <= 1
