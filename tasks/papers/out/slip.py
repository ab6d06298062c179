"""A supervision slip as a paper: what stands on it, and the .docx in the layout of an official paper (GB/T 9704—2012, ux d.6).

A layout for a draft: no red head, no seal and no emblem. Words of people only ever stand in text elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tasks.papers.out.lines import plain

TITLE_FONT, BODY_FONT, HEAD_FONT, LATIN_FONT = "方正小标宋简体", "仿宋", "黑体", "Times New Roman"
BODY, TITLE, PITCH = 16, 22, 29  # points: 三号, 二号, and the distance of lines
LABEL_WIDTH, VALUE_WIDTH = 34, 122  # millimetres; together the block of text


@dataclass(frozen=True)
class SlipPaper:
    """What stands on the paper of a slip, in the language of official papers whatever the language of the page."""

    title: str
    number: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]  # a label, and its lines
    signed: str
    day: str
    made_at: datetime | None = None


def official_day(day: date) -> str:
    """2026年5月12日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def write_slip(paper: SlipPaper, into: IO[bytes]) -> None:
    """Write the slip to `into`: title, number, one table of label and value, who issued it and when, page numbers."""
    document = Document()
    _set_up(document, paper)
    _line(document, paper.title, TITLE_FONT, TITLE, align=1)
    _line(document, paper.number, BODY_FONT, BODY, align=1).paragraph_format.space_after = Pt(12)
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for label, lines in paper.rows:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Mm(LABEL_WIDTH), Mm(VALUE_WIDTH)
        _fill(cells[0], [label], HEAD_FONT, centred=True)
        _fill(cells[1], lines, BODY_FONT)
    for column, width in zip(table.columns, (LABEL_WIDTH, VALUE_WIDTH), strict=True):
        column.width = Mm(width)
    end = _line(document, paper.signed, BODY_FONT, BODY, align=2)
    end.paragraph_format.space_before = Pt(24)
    end.paragraph_format.keep_with_next = True
    _line(document, paper.day, BODY_FONT, BODY, align=2)
    document.save(into)


def _set_up(document: Any, paper: SlipPaper) -> None:
    """A4 with the margins of official papers, the usual font, the page number at its foot."""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    page.footer_distance = Mm(25)
    normal = document.styles["Normal"]
    normal.font.size = Pt(BODY)
    _font(normal.element.get_or_add_rPr(), BODY_FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")  # so that signs between words stand as they do on the mainland
    normal.element.get_or_add_rPr().append(language)
    foot = page.footer.paragraphs[0]
    foot.alignment = 1
    for text in ("— ", "", " —"):
        run = foot.add_run(text)
        run.font.size = Pt(14)
        if not text:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            run._r.addprevious(field)
            field.append(run._r)
            run.text = "1"
    about = document.core_properties
    about.title, about.author, about.comments, about.keywords = plain(f"{paper.number} {paper.title}")[:255], "", "", ""
    if paper.made_at:
        about.created = about.modified = paper.made_at.replace(tzinfo=None)


def _font(properties: Any, name: str) -> None:
    """Latin letters and Chinese ones each by their font."""
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key, value in (("ascii", LATIN_FONT), ("hAnsi", LATIN_FONT), ("cs", LATIN_FONT), ("eastAsia", name)):
        fonts.set(qn(f"w:{key}"), value)


def _write(paragraph: Any, text: str, font: str, size: int, align: int) -> Any:
    shape = paragraph.paragraph_format
    paragraph.alignment = align
    shape.space_after = shape.space_before = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(PITCH, size + 10))
    run = paragraph.add_run(plain(text))
    run.font.size = Pt(size)
    _font(run._r.get_or_add_rPr(), font)
    return paragraph


def _line(document: Any, text: str, font: str, size: int, *, align: int) -> Any:
    return _write(document.add_paragraph(), text, font, size, align)


def _fill(cell: Any, lines: Sequence[str], font: str, *, centred: bool = False) -> None:
    """The lines of a cell, a paragraph each."""
    cell.vertical_alignment = 1
    for place, text in enumerate(lines or ("",)):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        _write(paragraph, text, font, BODY, 1 if centred else 0)
