"""The archive package of a list (归档包): a zip that is sent while it is made, however many gigabytes of files it holds.

The files go first and the index last, so that it tells what really went in: a file that the disk has lost is named on the
second sheet instead of breaking the download. Only the index waits, in a file of its own, never in memory.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import structlog
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet
from zipstream import ZIP_STORED, ZipStream

from tasks.papers.out.archive_names import Names
from tasks.papers.out.lines import lines_in
from tasks.papers.out.package import LETTERS, Book, Cell, Row
from tasks.papers.out.workbook import LETTER, LINE, ROOM, TALLEST
from tasks.queries.archive import Entry, Paper
from tasks.states import Stage
from tasks.uploads import location

INDEX = "index.xlsx"
READ = 64 * 1024
SPOOL = 1024 * 1024
MOST_LINKS = 60  # files of one row that the index links; the folder holds them all
WIDTHS = (8, 40, 20, 12, 18, 22, 12, 16, 12, 12, 50, 30, 30, 30)  # of three files at most; more are rare
MISSING_WIDTHS = (8, 40, 20, 12, 16, 40, 40)
log = structlog.get_logger(__name__)

_THIN = Side(style="thin")
_FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_HEAD = {"font": Font(name="SimHei", size=11), "alignment": _WRAPPED, "border": _FRAME}
_CELL = {"font": Font(name="FangSong", size=11), "alignment": _WRAPPED, "border": _FRAME}
_LINK = {
    "font": Font(name="FangSong", size=11, underline="single", color="0563C1"),
    "alignment": _WRAPPED,
    "border": _FRAME,
}


def stream_archive(entries: Iterable[Entry], language: str) -> Iterator[bytes]:
    """The package piece by piece: a folder for each number and unit, and index.xlsx with links (issue 3, section 4)."""
    packed = ZipStream(compress_type=ZIP_STORED)  # papers and pictures are compressed already
    names = Names()
    with _Kept() as rows, _Kept() as missing:
        for entry in entries:
            links: list[str] = []
            for paper in entry.papers:
                place, fresh = _place(names, entry, paper)
                if not fresh:  # it lies there already, from another step of the same task
                    links.append(place)
                    continue
                sent = _Sent(paper)
                if sent.there:
                    packed.add(sent, place, size=paper.file.size)
                    yield from packed.all_files()
                if sent.whole:
                    links.append(place)
                else:
                    names.forget(entry.row.unit_id, paper.file.pk)
                    log.warning("archive_file_lost", file=paper.file.pk)
                    missing.add(_lost(entry, paper, language))
            rows.add([*_words(entry, language), *links])
            if entry.lacks_evidence:
                missing.add(_wanted(entry, language))
        with SpooledTemporaryFile(SPOOL) as index:
            for piece in _index(rows, missing, language):
                index.write(piece)
            size = index.tell()
            index.seek(0)
            packed.add(iter(lambda: index.read(READ), b""), INDEX, size=size)
            yield from packed.all_files()
    yield from packed.footer()


def _place(names: Names, entry: Entry, paper: Paper) -> tuple[str, bool]:
    row = entry.row
    return names.place(
        row.task_id, row.task.number, row.unit_id, row.unit.name, paper.file.pk, paper.file.name, paper.on
    )


class _Sent:
    """The bytes of a stored file, and whether all of them came."""

    def __init__(self, paper: Paper) -> None:
        self.whole = False
        self._size, self._handle = paper.file.size, None
        try:
            handle = location(paper.file).open("rb")
        except OSError:
            return
        if os.fstat(handle.fileno()).st_size == self._size:
            self._handle = handle
        else:
            handle.close()

    @property
    def there(self) -> bool:
        """Whether there is something to send."""
        return self._handle is not None

    def __iter__(self) -> Iterator[bytes]:
        if self._handle is None:
            return
        left = self._size
        with self._handle as handle:
            try:
                while piece := handle.read(READ):
                    left -= len(piece)
                    yield piece
            except OSError:  # a sick disk: what came stays, and the index says that it is not whole
                return
        self.whole = left == 0


class _Kept:
    """Rows of the index on their way to the end of the package."""

    def __init__(self) -> None:
        self._file: IO[bytes] = SpooledTemporaryFile(SPOOL)  # noqa: SIM115  # closed with the package

    def __enter__(self) -> _Kept:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, words: Sequence[str]) -> None:
        """Keep one row."""
        self._file.write(json.dumps(words).encode() + b"\n")

    def __iter__(self) -> Iterator[list[str]]:
        self._file.seek(0)
        for line in self._file:
            yield json.loads(line)


def _words(entry: Entry, language: str) -> list[str]:
    """A row of the first sheet, without its links."""
    row, text = entry.row, entry.row.task.text
    with translation.override(language):
        return [
            row.task.number,
            text.content if text else "",
            row.unit.name,
            row.person.name if row.person and entry.shows_person else "",
            text.due_written if text else "",
            row.step.name or row.step.phrase,
            _day(row.due_on),
            _state(entry),
            _day(entry.handed_in_on),
            _day(row.completed_on),
            entry.report.text if entry.report else "",
        ]


def _state(entry: Entry) -> str:
    """The stage in words; of stopped work also why, of completed work its grade where there is one."""
    row = entry.row
    if row.grade:
        return f"{row.get_stage_display()}: {row.grade}"
    if row.stage == Stage.STOPPED:
        return f"{row.get_stage_display()}: {row.get_stop_display()}"
    return str(row.get_stage_display())


def _lost(entry: Entry, paper: Paper, language: str) -> list[str]:
    with translation.override(language):
        return [*_whose(entry), paper.file.name, _("The stored file is lost or damaged; ask the system administrator")]


def _wanted(entry: Entry, language: str) -> list[str]:
    text = entry.row.task.text
    with translation.override(language):
        wanted = entry.row.task.evidence_reason or (text.evidence_written if text else "")
        return [*_whose(entry), wanted, _("Evidence is asked for and none was handed in")]


def _whose(entry: Entry) -> list[str]:
    row, text = entry.row, entry.row.task.text
    return [row.task.number, text.content if text else "", row.unit.name, _day(row.due_on), _state(entry)]


def _day(day: Any) -> str:
    return day.isoformat() if day else ""


def _index(rows: Iterable[list[str]], missing: Iterable[list[str]], language: str) -> Iterator[bytes]:
    with translation.override(language):
        names = _("Contents"), pgettext("archive", "Missing")
        due_on = pgettext("archive", "Due date")
        head = [
            _("No."), _("Task"), _("Unit"), _("Person responsible"), _("Due"), pgettext("archive", "Step"), due_on,
            _("State"), _("Reported on"), _("Completed on"), _("Progress"), _("Evidence"),
        ]  # fmt: skip
        lacking = pgettext("archive", "What is missing")
        head_missing = [_("No."), _("Task"), _("Unit"), due_on, _("State"), lacking, _("Why")]
        nothing = _("Nothing is missing")
    book = Book()
    for name, widths in zip(names, (WIDTHS, MISSING_WIDTHS), strict=True):
        _set_up(book.sheet(name), widths)
    looks = tuple(book.look(**look) for look in (_HEAD, _CELL, _LINK))
    yield from book.stream(_contents(head, rows, looks), _lacking(head_missing, missing, nothing, looks))


def _set_up(page: Any, widths: Sequence[int]) -> None:
    for letter, width in zip(LETTERS, widths, strict=False):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _contents(head: Sequence[str], rows: Iterable[list[str]], looks: Sequence[int]) -> Iterator[Row]:
    yield Row([Cell(words, looks[0]) for words in head])
    plain = len(head) - 1  # the last heading stands over the links
    for row in rows:
        cells = [Cell(words, looks[1]) for words in row[:plain]]
        tall = _height(row[:plain], WIDTHS)
        links = [Cell(place.rpartition("/")[2], looks[2], place) for place in row[plain : plain + MOST_LINKS]]
        yield Row([*cells, *(links or [Cell("", looks[1])])], height=tall)


def _lacking(head: Sequence[str], rows: Iterable[list[str]], nothing: str, looks: Sequence[int]) -> Iterator[Row]:
    yield Row([Cell(words, looks[0]) for words in head])
    count = 0
    for row in rows:
        count += 1
        yield Row([Cell(words, looks[1]) for words in row], height=_height(row, MISSING_WIDTHS))
    if not count:
        yield Row([Cell(nothing, looks[1])])


def _height(words: Sequence[str], widths: Sequence[int]) -> int:
    """So many points that the longest words of a row can be read; not every program works it out by itself."""
    lines = max(lines_in(each, max(1, int((width - 1) / LETTER))) for each, width in zip(words, widths, strict=False))
    return min(lines * LINE + ROOM, TALLEST)
