"""`manage.py read_deadlines`: a file of phrases in, a table of readings out."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command

QUARTERS = "2026-03-31 2026-06-30 2026-09-30 2026-12-31"
HEADER = ["phrase", "kind", "dates", "rule", "count", "offset", "confirm", "reason"]


def printed(path, **options) -> list[list[str]]:
    out = io.StringIO()
    call_command("read_deadlines", str(path), year=2026, stdout=out, **options)
    return list(csv.reader(io.StringIO(out.getvalue())))


def test_a_row_a_line(tmp_path):
    file = tmp_path / "phrases.txt"
    file.write_text("3月底前\n\n每季度\n会后3个工作日内\n每年两次\n5月/10月\n", encoding="utf-8")

    header, *rows = printed(file)

    assert header == HEADER
    assert [row[:7] for row in rows] == [
        ["3月底前", "by", "2026-03-31", "", "", "", "0"],
        ["", "missing", "", "", "", "", "1"],
        ["每季度", "every", QUARTERS, "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "", "", "0"],
        ["会后3个工作日内", "after", "", "", "", "3", "0"],
        ["每年两次", "quota", "2026-12-31", "", "2", "", "0"],
        ["5月/10月", "dates", "2026-05-31 2026-10-31", "", "", "", "1"],
    ]  # fmt: skip
    assert all(row[7] for row in rows if row[6] == "1")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_encodings_and_line_ends(tmp_path, encoding):
    file = tmp_path / "phrases.txt"
    file.write_bytes("6月底前\r\n“七一”前，如有变化另行通知\r\n".encode(encoding))

    rows = printed(file)[1:]

    assert [row[0] for row in rows] == ["6月底前", "“七一”前，如有变化另行通知"]
    assert [row[2] for row in rows] == ["2026-06-30", "2026-06-30"]


def test_day_of_reading(tmp_path):
    file = tmp_path / "phrases.txt"
    file.write_text("本月底", encoding="utf-8")

    assert printed(file, on=date(2026, 5, 12))[1][2] == "2026-05-31"


def test_empty_file_and_no_file(tmp_path):
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")

    assert printed(tmp_path / "empty.txt") == [HEADER]
    with pytest.raises(CommandError):
        printed(tmp_path / "nothing.txt")
