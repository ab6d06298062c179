"""The monthly brief as .docx: the sentences of the page, its table of units, and a native bar chart (ux SEC-4, d.6).

The chart is a part of its own in the file (DrawingML) with the workbook of its numbers inside, so that Word edits it as its own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import IO, Any
from xml.sax.saxutils import escape

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl import Workbook

from tasks.papers.out.lines import plain
from tasks.papers.out.official import Paper

CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EMU = 36_000  # a millimetre as drawings count
COLOURS = (
    "1D4F91",
    "9AA3AD",
)  # one hue for what is done, grey for the plan (ux d.1); tokens of the sheets, as files want them
MOST_BARS = 60  # more units than this are read in the table


@dataclass(frozen=True)
class Brief:
    """What the paper says: each text is plain words."""

    title: str
    note: str
    sentences: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    chart_title: str
    series: Sequence[tuple[str, Sequence[int]]]  # a name and one number for each row


def words_of(markup: str) -> str:
    """A sentence without its links."""
    return unescape(re.sub(r"<[^>]+>", "", markup))


def write_brief(brief: Brief, into: IO[bytes], made_at: datetime) -> None:
    """Write the brief to `into`."""
    paper = Paper(brief.title, made_at)
    paper.note(brief.note)
    for sentence in brief.sentences:
        paper.body(sentence)
    if brief.rows:
        paper.table(brief.headings, brief.rows, [10] + [4] * (len(brief.headings) - 1))
    if 0 < len(brief.rows) <= MOST_BARS:
        paper.note("")
        _add_chart(paper, brief, [row[0] for row in brief.rows])
        paper.note(brief.chart_title)
    paper.save(into)


def _add_chart(paper: Paper, brief: Brief, names: Sequence[str]) -> None:
    document = paper.document.part
    book = Part(PackURI("/word/embeddings/chart1.xlsx"), WORKBOOK, _workbook(brief, names), document.package)
    chart = Part(PackURI("/word/charts/chart1.xml"), CHART, b"", document.package)
    chart._blob = _chart(brief, names, chart.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)).encode()
    height = min(200, 30 + 9 * len(names))
    paper.add(_drawing(document.relate_to(chart, RELATIONSHIP_TYPE.CHART), 150 * EMU, height * EMU, brief.chart_title))


def _workbook(brief: Brief, names: Sequence[str]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet: Any = book.active
    sheet.title = "Sheet1"
    for row, values in enumerate(
        zip(["", *names], *([name, *numbers] for name, numbers in brief.series), strict=True), 1
    ):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row=row, column=column, value=plain(value) if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"  # words of people are never a formula
    book.save(file)
    return file.getvalue()


def _chart(brief: Brief, names: Sequence[str], book: str) -> str:
    labels = _points(names, "str")
    last = len(names) + 1
    series = "".join(_series(n, name, numbers, labels, last) for n, (name, numbers) in enumerate(brief.series))
    shown = "".join(
        f'<c:{name} val="{int(name == "showVal")}"/>'
        for name in ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")
    )
    names_axis = _axis("catAx", 1001, 1002, '<c:orientation val="maxMin"/>', hidden=False, side="l")
    numbers_axis = _axis("valAx", 1002, 1001, '<c:orientation val="minMax"/><c:min val="0"/>', hidden=True, side="t")
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart><c:barDir val="bar"/>'
        f'<c:grouping val="clustered"/><c:varyColors val="0"/>{series}<c:dLbls>{shown}</c:dLbls><c:gapWidth val="60"/>'
        '<c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        f"{names_axis}{numbers_axis}"
        '</c:plotArea><c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend><c:plotVisOnly val="1"/></c:chart>'
        f'<c:externalData r:id="{book}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _series(n: int, name: str, numbers: Sequence[int], labels: str, last: int) -> str:
    column = "BC"[n]
    values = _points([str(number) for number in numbers], "num")
    return (
        f'<c:ser><c:idx val="{n}"/><c:order val="{n}"/>'
        f"<c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f>{_points([name], 'str')}</c:strRef></c:tx>"
        f'<c:spPr><a:solidFill><a:srgbClr val="{COLOURS[n]}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f>{labels}</c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f>{values}</c:numRef></c:val></c:ser>"
    )


def _axis(kind: str, own: int, other: int, scaling: str, *, hidden: bool, side: str) -> str:
    return (
        f'<c:{kind}><c:axId val="{own}"/><c:scaling>{scaling}</c:scaling><c:delete val="{int(hidden)}"/>'
        f'<c:axPos val="{side}"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        f'<c:crossAx val="{other}"/></c:{kind}>'
    )


def _points(values: Sequence[str], kind: str) -> str:
    points = "".join(f'<c:pt idx="{n}"><c:v>{escape(plain(value))}</c:v></c:pt>' for n, value in enumerate(values))
    return f'<c:{kind}Cache><c:ptCount val="{len(values)}"/>{points}</c:{kind}Cache>'


def _drawing(chart: str, wide: int, high: int, title: str) -> object:
    return parse_xml(
        f'<w:p {nsdecls("w", "wp", "a", "r")}><w:pPr><w:keepNext/><w:jc w:val="center"/></w:pPr><w:r><w:drawing>'
        f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:docPr id="1" name="Chart 1" descr="{escape(plain(title), {chr(34): "&quot;"})}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        f'r:id="{chart}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
    )
