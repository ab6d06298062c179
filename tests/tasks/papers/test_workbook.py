"""Workbooks and text files: what is read, what is refused and how, and that a hostile file costs only its child."""

from __future__ import annotations

import importlib.util
import io
import random
import resource
import time
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook, load_workbook

from tasks.papers import Unreadable, read_csv, read_file, read_rows, read_xlsx, workbook
from tests.lists import CITY_LIST

CITY = CITY_LIST.read_bytes()
MIB = 1024 * 1024
NOON = datetime(2026, 9, 20, 12)  # noqa: DTZ001 - Excel knows no zones


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_list(*rows: list) -> Workbook:
    book = Workbook()
    for row in (["序号", "任务内容", "完成时限"], *rows):
        book.active.append(list(row))
    return book


def repacked(data: bytes, part: str, change) -> bytes:
    """The same package with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def assert_has_words(error: Unreadable) -> None:
    assert str(error)


def refusal(call, *args) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        call(*args)
    assert str(caught.value)
    return caught.value


# --- what is read ------------------------------------------------------------------------------------------------------
def test_dates_and_numbers_of_cells():
    book = a_list([1, "甲", date(2026, 6, 30)], [2.0, "乙", NOON], [3, "丙", 46203], [4, "丁", 6.3])

    rows = read_rows(read_xlsx(saved(book))).rows

    assert [row.number for row in rows] == ["1", "2", "3", "4"]
    assert [row.due for row in rows] == ["2026-06-30", "2026-09-20", "46203", "6.3"]


def test_formula_is_its_stored_value_and_never_run():
    book = a_list([1, '=HYPERLINK("http://x","甲")', "=1+1"])

    rows = read_xlsx(saved(book)).rows

    assert rows[1] == [1, None, None]  # nothing was stored, and nothing is worked out


def test_merged_hidden_and_shifted_rows():
    book = a_list([1, "甲", "3月"], [2, "乙", None], [3, "丙", "年底"])
    sheet = book.active
    sheet.insert_rows(1, 2)
    sheet["A1"] = "清单"
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("C4:C5")
    sheet.row_dimensions[6].hidden = True

    grid = read_xlsx(saved(book))
    reading = read_rows(grid)

    assert (reading.title, reading.header_row) == ("清单", 3)
    assert [(row.row_number, row.due) for row in reading.rows] == [(4, "3月"), (5, "3月"), (6, "年底")]
    assert [out.row for out in reading.left_out] == [6]


def test_the_sheet_that_looks_like_a_list_is_taken():
    book = Workbook()
    book.active.title = "说明"
    book.active["A1"] = "填表说明"
    book.create_sheet("清单").append(["序号", "任务内容", "完成时限"])
    book["清单"].append([1, "甲", "3月"])
    hidden = book.create_sheet("旧表")
    hidden.append(["序号", "任务内容", "牵头单位", "完成时限"])
    hidden.sheet_state = "hidden"

    grid = read_xlsx(saved(book))

    assert grid.sheet == "清单"
    assert grid.sheets == ("说明", "清单", "旧表")
    assert read_xlsx(saved(book), "旧表").rows[0][2] == "牵头单位"


def test_a_false_size_and_a_far_empty_row_change_nothing():
    def lie(part: bytes) -> bytes:
        return part.replace(b'ref="A1:I41"', b'ref="A1:XFD1048576"').replace(
            b"</sheetData>", b'<row r="1048576" ht="15"/></sheetData>'
        )

    assert len(read_rows(read_xlsx(repacked(CITY, "xl/worksheets/sheet1.xml", lie))).rows) == 33


def test_columns_beyond_the_fortieth_are_said():
    book = a_list([1, "甲", "3月"])
    book.active.cell(2, 60, "远")

    reading = read_rows(read_xlsx(saved(book)))

    assert [problem.code for problem in reading.problems] == ["cut-columns"]


# --- what is refused ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("清单.xlsx", b"", "empty"),
        ("清单.xlsx", b"hello", "not-xlsx"),
        ("清单.xlsx", CITY[:3000], "broken"),
        ("清单.xlsx", workbook.OLE + b"\0" * 600 + workbook.ENCRYPTED, "encrypted"),
        ("清单.xls", workbook.OLE + b"\0" * 600, "old-format"),
        ("清单.xlsx", b"\0" * (5 * MIB + 1), "too-big"),
        ("清单.pdf", b"%PDF-1.7", "file-type"),
        ("清单.csv", b"\xff\xfe\x00", "encoding"),
        ("清单.csv", b"  \n", "empty"),
    ],
)
def test_refused_with_words(name, data, code):
    assert refusal(read_file, name, data).code == code


def test_package_without_a_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<x/>")

    assert refusal(read_xlsx, out.getvalue()).code == "not-xlsx"


def test_empty_workbook():
    assert refusal(read_xlsx, saved(Workbook())).code == "nothing"


def test_encrypted_member():
    data = bytearray(CITY)
    data[data.rindex(b"PK\x01\x02") + 8] |= 1

    assert refusal(read_xlsx, bytes(data)).code == "encrypted"


@pytest.mark.parametrize("members", [201])
def test_too_many_members(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<x/>")
        for number in range(members):
            package.writestr(f"xl/{number}.xml", "<x/>")

    assert refusal(read_xlsx, out.getvalue()).code == "greedy"


def test_bomb_of_one_long_string():
    def swell(part: bytes) -> bytes:
        return part.replace(b"</t>", b"a" * (40 * MIB) + b"</t>", 1)

    assert refusal(read_xlsx, repacked(CITY, "xl/worksheets/sheet1.xml", swell)).code == "greedy"


def test_cell_at_the_end_of_the_sheet_is_not_dropped_in_silence():
    book = Workbook()
    book.active["A1"] = "任务内容"
    book.active["XFD1048576"] = "x"
    started = time.monotonic()

    assert refusal(read_xlsx, saved(book)).code == "too-many-rows"
    assert time.monotonic() - started < 10


def test_entities_are_refused():
    def laugh(part: bytes) -> bytes:
        return part.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook', 1)

    assert refusal(read_xlsx, repacked(CITY, "xl/workbook.xml", laugh)).code == "broken"


def test_too_many_rows():
    book = a_list(*([number, "甲", "3月"] for number in range(10_050)))

    assert refusal(read_xlsx, saved(book)).code == "too-many-rows"


def test_greedy_child_is_stopped_and_the_parent_does_not_grow():
    """Many rows of long text: under every limit of the package, over the limit of the child."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["序号", "任务内容"])
    for number in range(3000):
        sheet.append([number, "党" * 3000])
    data = saved(book)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert refusal(read_xlsx, data).code == "greedy"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_dead_child_is_a_refusal(monkeypatch, tmp_path):
    script = tmp_path / "sandbox.py"
    script.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(workbook, "SANDBOX", script)

    assert refusal(read_xlsx, CITY).code == "greedy"


def test_slow_child_is_a_refusal(monkeypatch, tmp_path):
    script = tmp_path / "sandbox.py"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(workbook, "SANDBOX", script)
    monkeypatch.setattr(workbook, "WALL_SECONDS", 0.5)

    assert refusal(read_xlsx, CITY).code == "greedy"


# --- mutated files -----------------------------------------------------------------------------------------------------
def mutants(count: int, seed: int):
    """Broken copies: bytes changed, pieces cut out, parts emptied or swapped."""
    chance = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(CITY)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for _number in range(count):
        if chance.random() < 0.5:
            data = bytearray(CITY)
            for _change in range(chance.randint(1, 12)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            yield bytes(data)
            continue
        name = chance.choice(list(parts))
        inside = bytearray(parts[name])
        start = chance.randrange(len(inside))
        inside[start : start + chance.randint(1, 40)] = chance.randbytes(chance.randint(0, 20))
        swapped = {**parts, name: bytes(inside) if chance.random() < 0.8 else parts[chance.choice(list(parts))]}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for key, value in swapped.items():
                new.writestr(key, value)
        yield out.getvalue()


def sandbox():
    """The child's own program, loaded here for speed; its limits are tried in real children above and below."""
    spec = importlib.util.spec_from_file_location("paper_sandbox", workbook.SANDBOX)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mutated_files_never_raise():
    child = sandbox()

    answers = [child.answered(data, 10_000, 40) for data in mutants(400, seed=1)]

    assert all("sheets" in answer or answer["error"] in ("broken", "greedy", "too-many-rows") for answer in answers)


def test_mutated_files_through_the_whole_way():
    for data in mutants(12, seed=2):
        try:
            read_rows(read_xlsx(data))
        except Unreadable as error:
            assert_has_words(error)


# --- text --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_csv_encodings_and_signs(encoding, sign):
    text = f'序号{sign}任务内容{sign}完成时限\r\n1{sign}"甲事，\n分两步"{sign}6月底前\r\n'

    rows = read_rows(read_csv(text.encode(encoding))).rows

    assert [(row.number, row.content, row.due) for row in rows] == [("1", "甲事，\n分两步", "6月底前")]


def test_any_bytes_as_text():
    chance = random.Random(3)
    for _number in range(200):
        try:
            read_rows(read_csv(chance.randbytes(chance.randint(1, 300))))
        except Unreadable as error:
            assert_has_words(error)


def test_a_list_written_out_and_read_back_is_the_same():
    sheet = load_workbook(CITY_LIST).active
    grid = read_xlsx(CITY)

    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == grid.rows
