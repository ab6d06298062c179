"""An .xlsx as a stream: openpyxl draws the empty workbook with its looks and print set-up, the rows are written by hand.

A long list would otherwise cost a minute and, cell by cell, all of its length in memory. Here the rows go out while they are
read, compressed, so that a browser shows progress at once; only merged ranges and links wait, in files of their own, because
the format wants them after the rows. All words are text: nothing in such a file is ever a formula (reliability.md P10b).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

LONGEST = 32_767  # characters that a cell of Excel holds
LETTERS = [get_column_letter(number) for number in range(1, 257)]
PIECE = 64 * 1024  # bytes of rows that are compressed at a time
SPOOL = 1024 * 1024
LEVEL = 3  # half the time of the usual 6 for a tenth more bytes
NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Cell:
    """Words in a look; `target` makes them a link, relative to the file."""

    words: str
    look: int
    target: str = ""


@dataclass(frozen=True)
class Row:
    """One row. `across`: its first cell lies over so many columns; `height` in points, where the usual one is too low."""

    cells: Sequence[Cell]
    across: int = 1
    height: int = 0


def clean(words: str) -> str:
    """Words as a cell can hold them: no signs that XML forbids, one kind of line break, not longer than Excel reads."""
    words = words[:LONGEST]
    if words.isprintable():
        return words
    words = NOT_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", words))
    return words.replace("\r\n", "\n").replace("\r", "\n")


class Book:
    """The empty workbook: sheets are set up on `book`, looks are given a number, then `stream` fills the sheets."""

    def __init__(self) -> None:
        self.book = Workbook()
        self._drawing: Any = self.book.active
        self._looks = 0

    def sheet(self, title: str) -> Any:
        """A new sheet; the first takes the place of the one every workbook begins with."""
        if not self._looks and self.book.worksheets == [self._drawing] and self._drawing.title == "Sheet":
            self._drawing.title = title
            return self._drawing
        return self.book.create_sheet(title)

    def look(self, **parts: Any) -> int:
        """The number under which cells of this look (font, alignment, border, number format) are known in the file."""
        self._looks += 1
        cell = self._drawing.cell(row=self._looks, column=1)
        cell.number_format = "@"
        for name, value in parts.items():
            setattr(cell, name, value)
        return int(cell.style_id)

    def stream(self, *sheets: Iterable[Row]) -> Iterator[bytes]:
        """The file, piece by piece; one iterable of rows for each sheet, read one after the other."""
        drawn = io.BytesIO()
        self.book.save(drawn)
        with zipfile.ZipFile(drawn) as template:
            out = _Drain()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as packed:
                for name in sorted(template.namelist()):  # the list of contents comes first, as readers expect
                    if not name.startswith("xl/worksheets/"):
                        packed.writestr(name, template.read(name))
                for number, rows in enumerate(sheets, 1):
                    name = f"xl/worksheets/sheet{number}.xml"
                    for piece in _sheet(packed, name, template.read(name).decode(), rows):
                        packed_piece = out.take() if piece else b""
                        if packed_piece:
                            yield packed_piece
            yield out.take()


def _sheet(packed: zipfile.ZipFile, name: str, drawn: str, rows: Iterable[Row]) -> Iterator[bool]:
    """Write one sheet; says after each piece that some was written."""
    before, after = _around(drawn)
    with SpooledTemporaryFile(SPOOL) as merged, SpooledTemporaryFile(SPOOL) as links, SpooledTemporaryFile(SPOOL) as to:
        counted = _Counted(merged, links, to)
        with packed.open(name, "w") as part:
            part.write(before.encode())
            for piece in _pieces(rows, counted):
                part.write(piece)
                yield True
            part.write(b"</sheetData>")
            for found, wrap, count in ((merged, "mergeCells", counted.merged), (links, "hyperlinks", counted.links)):
                if count:
                    part.write(f"<{wrap}>".encode())
                    _copy(found, part)
                    part.write(f"</{wrap}>".encode())
            part.write(after.encode())
        if counted.links:
            folder, _slash, base = name.rpartition("/")
            with packed.open(f"{folder}/_rels/{base}.rels", "w") as part:
                part.write(f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{RELATIONS}">'.encode())
                _copy(to, part)
                part.write(b"</Relationships>")
        yield True


def _around(drawn: str) -> tuple[str, str]:
    """What stands before the rows and after them; what was drawn to number the looks is left out."""
    before, _found, rest = drawn.partition("<sheetData")
    after = rest.partition("</sheetData>")[2] if "</sheetData>" in rest else rest.partition("/>")[2]
    before = re.sub(r"<dimension [^>]*/>", "", before)  # how long it will be is not known yet
    before = before.replace("<worksheet ", f'<worksheet xmlns:r="{OFFICE}" ', 1)
    return before + "<sheetData>", after


class _Counted:
    """The merged ranges and links met so far, on their way to the end of the sheet."""

    def __init__(self, merged: IO[bytes], links: IO[bytes], targets: IO[bytes]) -> None:
        self._merged, self._links, self._targets = merged, links, targets
        self.merged = self.links = 0

    def merge(self, number: int, columns: int) -> None:
        self.merged += 1
        self._merged.write(f'<mergeCell ref="A{number}:{LETTERS[columns - 1]}{number}"/>'.encode())

    def link(self, place: str, target: str) -> None:
        self.links += 1
        self._links.write(f'<hyperlink ref="{place}" r:id="rId{self.links}"/>'.encode())
        self._targets.write(
            f'<Relationship Id="rId{self.links}" Type="{LINK}" Target={quoteattr(target)} TargetMode="External"/>'.encode()
        )


def _pieces(rows: Iterable[Row], counted: _Counted) -> Iterator[bytes]:
    waiting: list[str] = []
    size = 0
    for number, row in enumerate(rows, 1):
        if row.across > 1:
            counted.merge(number, row.across)
        tall = f' ht="{row.height}"' if row.height else ""
        words = [f'<row r="{number}"{tall}>']
        for column, cell in enumerate(row.cells):
            place = f"{LETTERS[column]}{number}"
            text = clean(cell.words)
            if not text:
                words.append(f'<c r="{place}" s="{cell.look}"/>')
                continue
            words.append(
                f'<c r="{place}" s="{cell.look}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
            )
            if cell.target:
                counted.link(place, cell.target)
        words.append("</row>")
        waiting.append("".join(words))
        size += len(waiting[-1])
        if size > PIECE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def _copy(found: IO[bytes], part: IO[bytes]) -> None:
    found.seek(0)
    while piece := found.read(PIECE):
        part.write(piece)


class _Drain(io.RawIOBase):
    """Where the packer writes and the stream takes from; it cannot be wound back, so sizes follow each part."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """The packer asks."""
        return True

    def write(self, content: Any) -> int:
        """Hold until taken."""
        self._held += content
        return len(content)

    def take(self) -> bytes:
        """What has come since the last time."""
        held, self._held = bytes(self._held), bytearray()
        return held
