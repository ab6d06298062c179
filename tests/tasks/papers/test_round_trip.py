"""Any list written to a file is read back as the same list; files broken at random are read or refused, never half."""

from __future__ import annotations

import csv
import importlib.util
import io
import os
import random
import zipfile
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from tasks.papers import Unreadable, read_csv, read_rows, word, workbook
from tests.lists import CITY_LIST, ROOT
from tests.tasks.papers import twins

FILES = int(os.environ.get("FUZZ_FILES", "150"))  # of each kind; a full run takes 10,000
HEADER = ("序号", "任务内容", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "完成情况", "佐证材料")
NAMES = ("content", "measures", "leader", "lead_written", "supporting_written", "due", "result", "evidence")


def load_child() -> Any:
    """The child's own program, loaded here for speed; its limits are tried in real children elsewhere."""
    spec = importlib.util.spec_from_file_location("paper_sandbox", workbook.SANDBOX)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHILD = load_child()

# words as lists have them; the first letter keeps a task from looking like a total, a note or a ditto mark
_TEXT = st.text(st.sampled_from("整理台账编印汇会议 1a（）“”=+-@、，；\n"), max_size=12).map(
    lambda text: "\n".join(" ".join(line.split(" ")).strip() for line in text.split("\n")).strip()
)
_TASK = st.tuples(_TEXT.map(lambda text: f"事{text}"), _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT)
_ORDER = st.permutations(range(len(HEADER)))


def grids(data: bytes) -> list[Any]:
    """A file's grids as the parent makes them of the child's answer."""
    answer = CHILD.answered(data, workbook.MAX_FILE_ROWS, workbook.MAX_COLUMNS)
    if "error" in answer:
        raise workbook._refusal(answer)
    if "blocks" in answer:
        return word.grids(answer["blocks"])
    return [workbook._grid(found, answer["names"]) for found in answer["sheets"]]


@settings(max_examples=60, deadline=None)
@given(tasks=st.lists(_TASK, min_size=1, max_size=4), order=_ORDER, kind=st.sampled_from(["xlsx", "csv", "docx"]))
def test_any_list_written_out_and_read_back_is_the_same_list(
    tasks: list[tuple[str, ...]], order: list[int], kind: str
) -> None:
    lines = [HEADER, *((str(number), *task) for number, task in enumerate(tasks, 1))]
    shuffled = [[line[column] for column in order] for line in lines]

    found = read_rows(written(shuffled, kind))

    assert [tuple(getattr(row, name) for name in NAMES) for row in found.rows] == [even(task) for task in tasks]
    assert [row.number for row in found.rows] == [str(number) for number in range(1, len(tasks) + 1)]
    assert not any(row.continues for row in found.rows)
    assert (found.problems, found.left_out) == ([], [])


def even(task: tuple[str, ...]) -> tuple[str, ...]:
    """Cells without the empty lines that no reader can see."""
    return tuple("\n".join(line for line in text.split("\n") if line) for text in task)


def as_words(sheet: Any, text: str) -> Any:
    """A cell that holds words, also where they begin like a formula."""
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def written(lines: list[list[str]], kind: str) -> Any:
    lines = [list(even(tuple(line))) for line in lines]
    if kind == "csv":
        page = io.StringIO()
        csv.writer(page).writerows(lines)
        return read_csv(page.getvalue().encode("gb18030"))
    out = io.BytesIO()
    if kind == "xlsx":
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for line in lines:
            sheet.append([as_words(sheet, text) for text in line])
        book.save(out)
    else:
        document = Document()
        table = document.add_table(rows=len(lines), cols=len(HEADER))
        for cells, line in zip(table.rows, lines, strict=True):
            for cell, text in zip(cells.cells, line, strict=True):
                cell.text = text
        document.save(out)
    return grids(out.getvalue())[0]


# --- twins of the real lists -------------------------------------------------------------------------------------------
def test_the_shipped_twins_are_those_that_the_script_writes() -> None:
    assert (ROOT / "tests/data/twin-01.csv").read_bytes() == twins.requirements(twins.CITY)
    assert (ROOT / "tests/data/twin-02.csv").read_bytes() == twins.requirements(twins.COUNTY)
    shipped = load_workbook(ROOT / "tests/data/twin-11.xlsx").active
    built = twins.departments().active
    assert shipped is not None
    assert built is not None
    assert [[cell or None for cell in row] for row in built.values] == [list(row) for row in shipped.values]
    assert {str(box) for box in shipped.merged_cells} == {str(box) for box in built.merged_cells}


# --- broken files ------------------------------------------------------------------------------------------------------
def a_word_file() -> bytes:
    document, out = Document(), io.BytesIO()
    table = document.add_table(rows=4, cols=len(HEADER))
    for column, text in enumerate(HEADER):
        table.cell(0, column).text = text
        table.cell(2, column).text = f"{text}二"
    table.cell(1, 0).merge(table.cell(1, 8)).text = "一、学习"
    table.cell(2, 1).merge(table.cell(3, 1))
    document.save(out)
    return out.getvalue()


def broken(seed: bytes, chance: random.Random) -> bytes:
    """One broken copy: bytes of the package changed, or a piece inside one of its parts."""
    if chance.random() < 0.3:
        data = bytearray(seed)
        for _change in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    with zipfile.ZipFile(io.BytesIO(seed)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    wanted = [name for name in parts if "sheet" in name or "document" in name or "workbook" in name or "shared" in name]
    name = chance.choice(wanted)
    inside = bytearray(parts[name])
    for _change in range(chance.randint(1, 4)):
        start = chance.randrange(max(1, len(inside)))
        inside[start : start + chance.randint(0, 30)] = chance.choice(
            [chance.randbytes(chance.randint(0, 20)), b"0", b"-1", b"99999999999", b"", bytes(inside[:40])]
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for key, value in {**parts, name: bytes(inside)}.items():
            new.writestr(key, value)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "docx", "csv"])
@pytest.mark.filterwarnings("ignore")
def test_broken_files_are_read_or_refused(kind: str) -> None:
    chance = random.Random(f"{kind}-7")
    seed = {"xlsx": CITY_LIST.read_bytes(), "docx": a_word_file(), "csv": twins.requirements(twins.CITY)}[kind]
    refused = 0
    for _number in range(FILES):
        try:
            if kind == "csv":
                data = bytearray(seed)
                for _change in range(chance.randint(1, 30)):
                    data[chance.randrange(len(data))] = chance.randrange(256)
                found = [read_rows(read_csv(bytes(data)))]
            else:
                found = [read_rows(grid) for grid in grids(broken(seed, chance))]
        except Unreadable as error:
            refused += bool(str(error))
        else:
            assert all(row.row_number > 0 for reading in found for row in reading.rows)
    assert 0 < refused < FILES
