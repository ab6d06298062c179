"""Reads one .xlsx or .docx from standard input, answers in JSON; a program of its own, never imported (reliability 0.1, M7).

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
        if "word/document.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist():
            return {"blocks": blocks(data, max_rows, max_columns)}
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


def blocks(data: bytes, max_rows: int, max_columns: int) -> list[dict[str, Any]]:
    """Lines and tables of a Word document in their order. Text that was struck out under tracked changes is left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        document = ElementTree.fromstring(package.read("word/document.xml"))
    found: list[dict[str, Any]] = []
    room, count = MAX_TEXT, 0
    for element in standing(document):
        if local(element) == "p":
            text = written(element)
            room -= len(text)
            if text:
                found.append({"text": text})
        else:
            table = table_of(element, max_columns)
            count += len(table["rows"])
            room -= sum(len(cell) for row in table["rows"] for cell in row if cell)
            if count > max_rows:
                raise Refused("too-many-rows", count)
            if table["rows"]:
                found.append(table)
        if room < 0:
            raise Refused("greedy")
    return found


def local(element: Any) -> str:
    """The name of an element without its namespace, which differs between kinds of files."""
    return str(element.tag).rpartition("}")[2]


def inside(element: Any, name: str) -> Any:
    """The first child of that name, or None."""
    return next((child for child in element if local(child) == name), None)


def value_of(element: Any) -> str:
    """The `val` of a property."""
    return next((text for key, text in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def standing(element: Any) -> Any:
    """Paragraphs and tables as they follow each other, also within content controls and boxes of the body."""
    for child in element:
        if local(child) in ("p", "tbl"):
            yield child
        elif local(child) in ("body", "sdt", "sdtContent", "ins", "customXml", "smartTag"):
            yield from standing(child)


def written(element: Any) -> str:
    """The text of a paragraph or cell: its lines, without what was moved away."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        name = local(node)
        if name in ("del", "moveFrom", "delText", "instrText", "Fallback"):
            return
        if name == "t":
            parts.append(node.text or "")
        elif name in ("br", "cr"):
            parts.append("\n")
        elif name in ("tab", "noBreakHyphen"):
            parts.append("-" if name == "noBreakHyphen" else " ")
        for child in node:
            walk(child)
        if name == "p":
            parts.append("\n")

    walk(element)
    lines = (line.strip() for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)[:32767]


def table_of(table: Any, max_columns: int) -> dict[str, Any]:
    """A table's cells where they stand, with those merged across (gridSpan) and down (vMerge)."""
    rows: list[list[str | None]] = []
    merges: list[list[int]] = []
    open_down: dict[int, list[int]] = {}  # column → the merge that a cell below may continue
    for line in (row for row in every(table, "tr")):
        cells: list[str | None] = []
        kept_down: dict[int, list[int]] = {}
        cells += [None] * min(skipped(line), max_columns)
        for cell in every(line, "tc"):
            left = len(cells)
            if left > max_columns:
                break
            across, down = spans(cell)
            right = min(left + across, max_columns + 1) - 1
            if down == "continue" and left in open_down:
                box = open_down[left]
                box[2] = len(rows)
                cells += [None] * (right - left + 1)
            else:
                box = [len(rows), left, len(rows), right]
                merges.append(box)
                cells += [written(cell), *[None] * (right - left)]
            if down:
                kept_down[left] = box
        open_down = kept_down
        rows.append(cells)
    boxes = [box for box in merges if box[0] < box[2] or box[1] < box[3]]
    return {"rows": rows, "merges": boxes[:MAX_MERGES]}


def every(element: Any, name: str) -> Any:
    """Rows of a table or cells of a row, also within content controls; not those of tables inside."""
    for child in element:
        if local(child) == name:
            yield child
        elif local(child) in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
            yield from every(child, name)


def skipped(line: Any) -> int:
    """How many columns a row leaves free at its left."""
    properties = inside(line, "trPr")
    before = inside(properties, "gridBefore") if properties is not None else None
    text = value_of(before) if before is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def spans(cell: Any) -> tuple[int, str]:
    """How many columns a cell covers, and whether it starts ("restart") or continues a cell merged downwards."""
    properties = inside(cell, "tcPr")
    if properties is None:
        return 1, ""
    wide, down = inside(properties, "gridSpan"), inside(properties, "vMerge")
    text = value_of(wide) if wide is not None else ""
    across = max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    if down is None:
        return across, ""
    return across, "restart" if value_of(down) == "restart" else "continue"


if __name__ == "__main__":
    main()
