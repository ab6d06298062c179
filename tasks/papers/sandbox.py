"""Reads one .xlsx from standard input and answers in JSON; run as a program of its own, never imported (reliability 0.1, M7).

It limits its own memory, processor time and files before the first byte is parsed, so that a hostile workbook ends this
process and nothing else. Standard library, openpyxl and defusedxml only: it must start without Django and without our settings.
"""

import datetime
import io
import json
import posixpath
import sys
import zipfile
from typing import Any

from defusedxml import ElementTree

MAX_MEMORY = 768 * 1024 * 1024
MAX_SECONDS = 10
MAX_TEXT = 4_000_000  # characters of all sheets together
MAX_MERGES = 20_000
SHEETS_LOOKED_AT = 5
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


class Refused(Exception):
    """A workbook that is not read, with the code of the reason."""


def limit() -> None:
    """No more memory, time or files than a list can need."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is all there is
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if hasattr(resource, "RLIMIT_NPROC"):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def main() -> None:
    """Read limits from the command line and the file from standard input; print one JSON object."""
    max_rows, max_columns = int(sys.argv[1]), int(sys.argv[2])
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    data = sys.stdin.buffer.read()
    import openpyxl  # noqa: F401 - loaded before the limits, which are for the file

    limit()
    answer = answered(data, max_rows, max_columns, wanted)
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def answered(data: bytes, max_rows: int, max_columns: int, wanted: str = "") -> dict[str, Any]:
    """What the workbook holds, or why it is not read; never raises."""
    try:
        return read(data, max_rows, max_columns, wanted)
    except Refused as error:
        return {"error": error.args[0], "details": list(error.args[1:])}
    except MemoryError:
        return {"error": "greedy"}
    except Exception as error:  # eleven kinds were seen in 6,000 broken files (reliability M8)
        return {"error": "broken", "details": [type(error).__name__]}


def read(data: bytes, max_rows: int, max_columns: int, wanted: str) -> dict[str, Any]:
    """The sheets of a workbook that hold something, at most five; the caller chooses."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    places = sheet_places(data)
    names = [sheet.title for sheet in book.worksheets]
    sheets = []
    room = [MAX_TEXT]
    for sheet in book.worksheets:
        if wanted and sheet.title != wanted:
            continue
        if not wanted and sheet.sheet_state != "visible":
            continue
        found = cells(sheet, max_rows, max_columns, room)
        if not found["rows"]:
            continue
        found.update(layout(data, places.get(sheet.title), max_rows, max_columns))
        found["name"] = sheet.title
        sheets.append(found)
        if len(sheets) == SHEETS_LOOKED_AT:
            break
    return {"sheets": sheets, "names": names}


def cells(sheet: Any, max_rows: int, max_columns: int, room: list[int]) -> dict[str, Any]:
    """The values of a sheet, row by row, with the rows' own numbers; empty rows at the end are left out."""
    sheet.reset_dimensions()  # the file's own word for its size may be a lie
    rows, last = [], 0
    for number, row in enumerate(sheet.iter_rows(max_row=max_rows + 200, max_col=max_columns, values_only=True), 1):
        values = [plain(value) for value in row]
        room[0] -= sum(len(value) for value in values if isinstance(value, str))
        if room[0] < 0:
            raise Refused("greedy")
        if any(value not in (None, "") for value in values):
            last = number
            if last > max_rows:
                raise Refused("too-many-rows", number, sheet.title)
        rows.append(values)
    return {"rows": rows[:last]}


def plain(value: object) -> object:
    """A value as JSON holds it; a date as its day, a time of day as text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)[:32767]


def sheet_places(data: bytes) -> dict[str, str]:
    """Where in the package each sheet stands."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        links = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    places = {}
    for element in book.iter():
        if element.tag in (MAIN + "sheet", STRICT + "sheet"):
            key = next((value for name, value in element.attrib.items() if name.endswith("}id")), None)
            target = targets.get(key, "")
            places[element.get("name", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath("xl/" + target)
            )
    return places


def layout(data: bytes, place: str | None, max_rows: int, max_columns: int) -> dict[str, Any]:
    """Merged cells and hidden rows, which read-only mode leaves out: read from the sheet's own XML, piece by piece."""
    merges: list[list[int]] = []
    hidden: list[int] = []
    cut = False
    if not place:
        return {"merges": merges, "hidden": hidden, "cut": cut}
    with zipfile.ZipFile(io.BytesIO(data)) as package, package.open(place) as part:
        for _event, element in ElementTree.iterparse(part, events=("end",)):
            name = element.tag.rpartition("}")[2]
            if name == "mergeCell" and len(merges) < MAX_MERGES:
                box = corners(element.get("ref", ""))
                if box and box[0] < max_rows and box[1] < max_columns:
                    merges.append([box[0], box[1], min(box[2], max_rows - 1), min(box[3], max_columns - 1)])
            elif name == "row":
                cut = note_row(element, max_rows, max_columns, hidden) or cut
                element.clear()
    return {"merges": merges, "hidden": hidden, "cut": cut}


def note_row(element: Any, max_rows: int, max_columns: int, hidden: list[int]) -> bool:
    """Notes a hidden row; says whether something stands right of the last column. A filled row too far down is refused."""
    number = element.get("r", "")
    if number.isascii() and number.isdigit():
        if int(number[:9]) > max_rows and any(is_filled(cell) for cell in element):
            raise Refused("too-many-rows", int(number[:9]))
        if int(number[:9]) <= max_rows and element.get("hidden") in ("1", "true"):
            hidden.append(int(number))
    return any(column_of(cell) > max_columns and is_filled(cell) for cell in element)


def is_filled(cell: Any) -> bool:
    """Whether a cell holds a value or a text of its own."""
    return any(part.text and part.text.strip() for part in cell.iter() if part.tag.rpartition("}")[2] in ("v", "t"))


def column_of(cell: Any) -> int:
    """BH12 stands in column 60; a cell without a place in none."""
    column = 0
    for char in cell.get("r", "")[:3]:
        if not "A" <= char <= "Z":
            break
        column = column * 26 + ord(char) - 64
    return column


def corners(ref: str) -> list[int] | None:
    """A1:C3 as first and last row and column, from 0; None where it is no range."""
    from openpyxl.utils.cell import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(ref)
    except (ValueError, TypeError):
        return None
    if left is None or top is None or right is None or bottom is None:
        return None
    return [top - 1, left - 1, bottom - 1, right - 1]


if __name__ == "__main__":
    main()
