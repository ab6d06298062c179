"""Files into grids: .xlsx and .docx through a child process with limits, .csv in its usual encodings."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tasks.papers import word
from tasks.papers.columns import header_score
from tasks.papers.grid import (
    MAX_COLUMNS,
    MAX_FILE_ROWS,
    MAX_MERGED_CELLS,
    Cell,
    Grid,
    Merge,
    Unreadable,
    as_text,
    clipped,
)

MAX_FILE = 5 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_MEMBERS = 200
MAX_RATIO = 100
LIKE_A_LIST = 3  # standard columns that another sheet names
SMALL_MEMBER = 256 * 1024  # below this a high ratio is ordinary: an empty sheet of one style packs well
WALL_SECONDS = 15
SANDBOX = Path(__file__).with_name("sandbox.py")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OLD_WORD = "WordDocument".encode("utf-16-le")

_MESSAGES = {
    "empty": _("The file is empty"),
    "encrypted": _("This file has a password. Remove it and upload again"),
    "old-format": _("This is an old .xls file. Save it as .xlsx and upload again"),
    "old-word": _("This is an old .doc file. Save it as .docx and upload again"),
    "not-xlsx": _("This is not an Excel or Word file. Use .xlsx, .docx or .csv"),
    "no-table": _("This Word file holds no table"),
    "broken": _("The file is damaged. Open it in Excel, save it again and upload it"),
    "greedy": _("The file needs too much memory or time. Copy the list into a new file and upload that"),
    "nothing": _("The file holds no rows"),
    "encoding": _("The text could not be read. Save the file as CSV UTF-8 and upload again"),
}


def unreadable(code: str) -> Unreadable:
    """The refusal with that code."""
    return Unreadable(code, _MESSAGES[code])


def read_file(name: str, data: bytes, score: Callable[[Grid], int] = header_score) -> Grid:
    """An uploaded file as a grid; its kind is told from its bytes, its name only decides between text and nothing."""
    suffix = Path(name).suffix.lower()
    if not data:
        raise unreadable("empty")
    if data[:4] == b"PK\x03\x04" or data[:8] == OLE or suffix in (".xlsx", ".xlsm", ".docx"):
        return read_xlsx(data, score=score)
    if suffix in (".csv", ".txt", ".tsv"):
        return read_csv(data)
    raise Unreadable("file-type", _("Use .xlsx, .docx or .csv; this file is %(type)s") % {"type": suffix[:12] or "?"})


def read_xlsx(data: bytes, sheet: str = "", score: Callable[[Grid], int] = header_score) -> Grid:
    """The list of a workbook or a Word file as a grid: the named sheet, else the sheet or table that looks most like one."""
    _check_package(data)
    answer = _ask_child(data, sheet)
    if "error" in answer:
        raise _refusal(answer)
    if "blocks" in answer:
        grids = [grid for grid in word.grids(answer["blocks"]) if grid.rows]
    else:
        grids = [_grid(found, answer["names"]) for found in answer["sheets"]]
    if not grids:
        raise unreadable("no-table" if "blocks" in answer else "nothing")
    scores = [score(grid) for grid in grids]
    best = grids[scores.index(max(scores))]
    best.passed_over = tuple(
        grid.sheet
        for grid, score in zip(grids, scores, strict=True)
        if grid is not best and grid.sheet and score >= LIKE_A_LIST
    )
    return best


def _check_package(data: bytes) -> None:
    """What the zip directory says, before anything is unpacked (P10)."""
    if not data:
        raise unreadable("empty")
    if len(data) > MAX_FILE:
        words = _("Files must be smaller than %(limit)s MB; this one is %(size)s MB")
        raise Unreadable("too-big", words % {"limit": MAX_FILE // 1024**2, "size": -(-len(data) // 1024**2)})
    if data[:8] == OLE:
        raise unreadable("encrypted" if ENCRYPTED in data else "old-word" if OLD_WORD in data else "old-format")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = package.infolist()
    except Exception as error:  # a broken directory raises more kinds than are documented
        raise unreadable("not-xlsx" if data[:2] != b"PK" else "broken") from error
    if any(member.flag_bits & 0x1 for member in members):
        raise unreadable("encrypted")
    if not any(member.filename == "[Content_Types].xml" for member in members):
        raise unreadable("not-xlsx")
    unpacked = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > SMALL_MEMBER and member.file_size > MAX_RATIO * max(1, member.compress_size)
        for member in members
    )
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED or swollen:
        raise unreadable("greedy")


def sheet_rows(data: bytes) -> int:
    """Roughly how many rows the longest sheet or table has, by its marks alone; 0 where the package is not one to read."""
    _check_package(data)
    most = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for member in package.namelist():
                if member.startswith("xl/worksheets/") or member == "word/document.xml":
                    most = max(most, sum(package.read(member).count(mark) for mark in (b"<row ", b"<w:tr>", b"<w:tr ")))
    except Exception:  # broken in one of many ways; reading it says so in words
        return 0
    return most


def _ask_child(data: bytes, sheet: str) -> dict[str, Any]:
    """What the child says; a child that dies or dawdles means a greedy file."""
    command = [sys.executable, "-I", str(SANDBOX), str(MAX_FILE_ROWS), str(MAX_COLUMNS), sheet]
    environment = {key: os.environ[key] for key in ("SYSTEMROOT", "LD_LIBRARY_PATH") if key in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the file goes in by standard input
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise unreadable("greedy") from error
    if done.returncode != 0:
        raise unreadable("greedy")
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise unreadable("broken") from error
    return answer


def _refusal(answer: dict[str, Any]) -> Unreadable:
    code, details = str(answer["error"]), answer.get("details", [])
    if code == "too-many-rows":
        return too_many_rows(int(details[0]), MAX_FILE_ROWS)
    return unreadable(code if code in _MESSAGES else "broken")


def too_many_rows(rows: int, limit: int) -> Unreadable:
    """More rows than are read at a time (ux h.5)."""
    words = _("%(limit)s rows at a time; this has %(rows)s or more. Split the file in two")
    return Unreadable("too-many-rows", words % {"limit": limit, "rows": rows})


def _grid(found: dict[str, Any], names: list[str]) -> Grid:
    rows, numbers, _cut = clipped(found["rows"])
    merges, covered = [], 0
    for top, left, bottom, right in found["merges"]:
        merge = Merge(top, left, min(bottom, len(rows) - 1), min(right, len(rows[0]) - 1 if rows else 0))
        covered += max(0, merge.bottom - merge.top + 1) * (merge.right - merge.left + 1)
        if merge.top < len(rows) and merge.left <= merge.right and covered <= MAX_MERGED_CELLS:
            merges.append(merge)
    return Grid(
        rows,
        numbers,
        merges,
        frozenset(found["hidden"]),
        sheet=found["name"],
        sheets=tuple(names),
        cut_columns=bool(found["cut"]),
    )


def read_csv(data: bytes) -> Grid:
    """A text file with commas, semicolons or tabs; UTF-8 with or without a mark, UTF-16, GB18030."""
    if len(data) > MAX_FILE:
        words = _("Files must be smaller than %(limit)s MB; this one is %(size)s MB")
        raise Unreadable("too-big", words % {"limit": MAX_FILE // 1024**2, "size": -(-len(data) // 1024**2)})
    text = decoded(data)
    if not text.strip():
        raise unreadable("empty")
    sample = text[:8192]
    delimiter = max("\t,;", key=sample.count)
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append([str(cell)[:32767] for cell in row[: MAX_COLUMNS + 1]])
            numbers.append(len(rows))
            if len(rows) > MAX_FILE_ROWS and any(as_text(cell) for cell in rows[-1]):
                raise too_many_rows(len(rows), MAX_FILE_ROWS)
    except csv.Error as error:
        raise unreadable("broken") from error
    kept, numbers, cut = clipped(rows, numbers)
    return Grid(kept, numbers, cut_columns=cut)


def decoded(data: bytes) -> str:
    """Bytes as text: the mark decides, then UTF-8, then the Chinese standard encoding."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif data[:3] == b"\xef\xbb\xbf":
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise unreadable("encoding")
