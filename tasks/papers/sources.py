"""Papers waiting to be read, and what they were read from: long ones in the background, all of them again by other columns.

A paper of more than five hundred rows is kept as it came and read by a worker (ux S07). The row in the database holds the
promise: whoever comes first reads it, the worker that was woken, the sweep, or the page that waits for it (design 8).
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from branches.markings import secret_marking
from branches.models import Unit
from tasks.actions.papers import finish_reading
from tasks.filetypes import marked_office
from tasks.models import ColumnName, PaperSource
from tasks.papers.columns import COLUMNS, even, find_header, header_score
from tasks.papers.dryrun import stored
from tasks.papers.grid import Grid, Merge, Unreadable
from tasks.papers.paste import read_paste
from tasks.papers.sheet import SheetReading, read_rows
from tasks.papers.workbook import decoded, read_file, sheet_rows

LONG = 500  # rows; longer papers are read in the background (ux S07)
LEASE = timedelta(seconds=60)  # a reader that died is taken over after it
PATIENCE = timedelta(seconds=3)  # how long a page waits for the worker before it says that it will read by itself
SAID = timedelta(seconds=1.5)  # so long these words stand before it does
TITLE_LIMIT = 60
NARROWEST = 2  # a table of one column is no list


@dataclass(frozen=True)
class Given:
    """A paper as a person gave it: a file with its name, or a range as text and as the clipboard's HTML."""

    name: str = ""
    data: bytes = b""
    text: str = ""
    html: str = ""

    @property
    def kind(self) -> PaperSource.Kind:
        """A file or a paste."""
        return PaperSource.Kind.FILE if self.name else PaperSource.Kind.PASTE

    @property
    def kept(self) -> bytes:
        """The bytes that are kept until it is read."""
        return self.data if self.name else zlib.compress(json.dumps([self.html, self.text]).encode())

    @property
    def digest(self) -> str:
        """A mark of its content."""
        return hashlib.sha256(self.data or f"{self.html}\0{self.text}".encode()).hexdigest()

    @classmethod
    def of(cls, source: PaperSource) -> Given:
        """What waits to be read."""
        if source.kind == PaperSource.Kind.FILE:
            return cls(name=source.name, data=bytes(source.data))
        html, text = json.loads(zlib.decompress(bytes(source.data)))
        return cls(html=html, text=text)

    def grid(self, score: Callable[[Grid], int] = header_score) -> Grid:
        """Its cells: of several sheets the one with the highest score. Raises Unreadable."""
        return read_file(self.name, self.data, score) if self.name else read_paste(self.html, self.text)

    def about(self) -> int:
        """Roughly how many rows it has, counted without reading it."""
        if self.data[:2] == b"PK":
            return sheet_rows(self.data)
        return self.data.count(b"\n") or self.text.count("\n") or self.html.lower().count("<tr")


def refuse_marked(given: Given) -> None:
    """What carries a secrecy marking is refused before anything of it is stored (design 10). Raises Unreadable."""
    words = [given.name, given.text, given.html]
    if given.data[:2] == b"PK":
        try:
            marked = marked_office(given.data)
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error, EOFError):
            marked = False  # it cannot be opened, and is refused for that when it is read
    else:
        with suppress(Unreadable):  # it is refused for that when it is read
            words.append(decoded(given.data) if given.data else "")
        marked = False
    if marked or any(secret_marking(text) for text in words):
        words_said = _("The paper carries a secrecy marking. It was not taken: nothing secret may be entered here")
        raise Unreadable("secret", words_said)


def learnt(body: Unit | None) -> dict[str, str]:
    """Which column stands under which heading, as people of this body have matched them by hand."""
    return dict(ColumnName.objects.filter(body=body).values_list("heading", "column")) if body else {}


def read_for(grid: Grid, known: Mapping[str, str]) -> SheetReading:
    """The rows of a grid, its columns matched by what this body has said before."""
    header = find_header(grid)
    if header is None or not known:
        return read_rows(grid)
    reading = read_rows(grid)
    columns = dict(header.columns)
    for column, head in enumerate(reading.heads):
        name = known.get(even(head)) if head else None
        if name is None:
            continue
        columns = {other: place for other, place in columns.items() if place != column and other != name}
        if name in COLUMNS:
            columns[name] = column
    if columns == header.columns or "content" not in columns:
        return reading
    return read_rows(grid, columns)


def packed(grid: Grid) -> bytes:
    """A grid as it is kept beside its draft."""
    merges = [[merge.top, merge.left, merge.bottom, merge.right] for merge in grid.merges]
    plain = [grid.rows, grid.numbers, merges, sorted(grid.hidden), grid.sheet, grid.cut_columns]
    return zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def unpacked(data: bytes) -> Grid:
    """The grid again."""
    rows, numbers, merges, hidden, sheet, cut = json.loads(zlib.decompress(data))
    return Grid(rows, numbers, [Merge(*merge) for merge in merges], frozenset(hidden), sheet=sheet, cut_columns=cut)


def source_of(draft: int) -> PaperSource | None:
    """What a draft was read from, without the bytes."""
    return PaperSource.objects.filter(draft=draft).defer("data").first()


def waiting(now: datetime) -> Q:
    """Papers that nobody reads just now."""
    return Q(read_at=None) & (Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE))


def read_waiting(pk: int, now: datetime) -> bool:
    """Read one paper that waits, in the language of its owner; False where somebody else is at it or it is read."""
    if not PaperSource.objects.filter(waiting(now), pk=pk).update(claimed_at=now, done=0):
        return False
    source = PaperSource.objects.select_related("draft__owner", "draft__issuer__body").get(pk=pk)
    with override(source.draft.owner.language):
        try:
            grid = Given.of(source).grid()
            PaperSource.objects.filter(pk=pk).update(about=len(grid.rows), done=len(grid.rows) // 2)
            _refuse_marked_cells(grid)
            reading = read_for(grid, learnt(source.draft.issuer.body))
            _refuse_nothing(reading, grid)
        except Unreadable as error:
            finish_reading(source, None, b"", error=str(error), now=now)
        else:
            finish_reading(source, stored(reading, TITLE_LIMIT), packed(grid), error="", now=now)
    return True


def _refuse_marked_cells(grid: Grid) -> None:
    if any(secret_marking(text) for row in grid.texts() for text in row if text):
        raise Unreadable(
            "secret", _("The paper carries a secrecy marking. It was not taken: nothing secret may be entered here")
        )


def _refuse_nothing(reading: SheetReading, grid: Grid) -> None:
    """A grid without rows is refused, unless its columns can be matched by hand on the next page."""
    if not reading.rows and (grid.width < NARROWEST or len(grid.rows) < NARROWEST or reading.columns):
        words = "; ".join(str(problem.message) for problem in reading.problems)
        raise Unreadable("no-rows", words or _("No header row found"))


def read_grid(given: Given, score: Callable[[Grid], int] = header_score) -> Grid:
    """The cells of a short file, refused where they carry a secrecy marking. Raises Unreadable."""
    refuse_marked(given)
    grid = given.grid(score)
    _refuse_marked_cells(grid)
    return grid


def read_now(given: Given, body: Unit | None) -> tuple[Grid, SheetReading]:
    """A short paper, read while its sender waits. Raises Unreadable."""
    grid = given.grid()
    _refuse_marked_cells(grid)
    reading = read_for(grid, learnt(body))
    _refuse_nothing(reading, grid)
    return grid, reading


def read_due(now: datetime) -> int:
    """The sweep's part: papers whose reader never came or died."""
    due = PaperSource.objects.filter(waiting(now), asked_at__lt=now - PATIENCE).order_by("asked_at")
    return sum(read_waiting(pk, now) for pk in due.values_list("pk", flat=True)[:20])


def choices_of(heads: Sequence[str], chosen: Mapping[int, str]) -> dict[str, str]:
    """What a body has said by matching columns: for each heading the column, or nothing where it is left out."""
    return {even(head)[:120]: chosen.get(column, "") for column, head in enumerate(heads) if head and even(head)}
