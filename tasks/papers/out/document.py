"""A list as .docx: one table on A4 across, its head on every page, set in the fonts of official papers (ux d.6).

The rows are written as XML and not cell by cell: python-docx looks through the whole table for each cell, which takes
minutes where this takes a second. Words of people only ever stand in text elements: nothing in them is a field or a link.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt

from tasks.papers.out.lines import LIST, SIGNATURE, Form, Line, Sheet, lines_in, plain, with_headings

MOST_LINES = 3_000  # a longer table makes Word itself stand still; Excel takes it
TITLE_FONT, BODY_FONT, HEAD_FONT, LATIN_FONT = "方正小标宋简体", "仿宋", "黑体", "Times New Roman"
PAGE_WIDTH, PAGE_HEIGHT, SIDE = 29.7, 21.0, 2.0  # centimetres, A4 across
TWIPS = 1440 / 2.54  # a centimetre as Word counts
LETTER = 0.37  # centimetres of a letter of 10.5 pt
TALLEST_WHOLE = 10  # lines of text up to which a row stays on one page

_SIZE = '<w:sz w:val="21"/><w:szCs w:val="21"/>'
_HEAD_RUN = f'<w:rPr><w:rFonts w:ascii="{LATIN_FONT}" w:hAnsi="{LATIN_FONT}" w:eastAsia="{HEAD_FONT}"/>{_SIZE}</w:rPr>'
_BODY_RUN = f'<w:rPr><w:rFonts w:ascii="{LATIN_FONT}" w:hAnsi="{LATIN_FONT}" w:eastAsia="{BODY_FONT}"/>{_SIZE}</w:rPr>'
_ROOMS = ("top", "left", "bottom", "right")
_SIDES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in (*_ROOMS, "insideH", "insideV")
)
_ROOM = "".join(f'<w:{side} w:w="{room}" w:type="dxa"/>' for side, room in zip(_ROOMS, (40, 70, 40, 70), strict=True))


def write_docx(
    sheet: Sheet, lines: Iterable[Line], into: IO[bytes], form: Form = LIST, *, signed: bool = False
) -> None:
    """Write the list to `into`: title, note, the table of `form`, page numbers, and a line for a signature where wanted."""
    document = Document()
    _set_up(document, sheet)
    _paragraph(document, sheet.title, TITLE_FONT, 22, centred=True)
    _paragraph(document, sheet.note, BODY_FONT, 12)
    wide = (PAGE_WIDTH - 2 * SIDE) * TWIPS / sum(form.widths)
    table = _table([round(width * wide) for width in form.widths])
    document.element.body.insert(len(document.element.body) - 1, table)  # before the section's own properties
    table.append(_row(form, form.headings, head=True))
    for headings, line in with_headings(lines):
        for text in headings:
            table.append(_group(text, len(form.headings)))
        table.append(_row(form, line.cells))
    if signed:
        end = _paragraph(document, SIGNATURE, BODY_FONT, 12)
        end.paragraph_format.space_before = Pt(18)
    document.save(into)


def _set_up(document: Any, sheet: Sheet) -> None:
    """The page, the usual font, the number of the page at its foot, and no trace of the tool in the file's properties."""
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Cm(PAGE_WIDTH), Cm(PAGE_HEIGHT)
    page.left_margin = page.right_margin = Cm(SIDE)
    page.top_margin, page.bottom_margin, page.footer_distance = Cm(2), Cm(2), Cm(1)
    _font(document.styles["Normal"].element.get_or_add_rPr(), BODY_FONT)
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
    about.title, about.author, about.comments, about.keywords = plain(sheet.title)[:255], "", "", ""
    if sheet.made_at:
        about.created = about.modified = sheet.made_at.replace(tzinfo=None)


def _font(properties: Any, name: str) -> None:
    """Latin letters and Chinese ones each by their font."""
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for key, value in (("ascii", LATIN_FONT), ("hAnsi", LATIN_FONT), ("cs", LATIN_FONT), ("eastAsia", name)):
        fonts.set(qn(f"w:{key}"), value)


def _paragraph(document: Any, text: str, font: str, size: int, *, centred: bool = False) -> Any:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(6)
    paragraph.paragraph_format.keep_with_next = centred
    if centred:
        paragraph.alignment = 1
    run = paragraph.add_run(plain(text))
    run.font.size = Pt(size)
    _font(run._r.get_or_add_rPr(), font)
    return paragraph


def _table(widths: list[int]) -> Any:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{_SIDES}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{_ROOM}'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )


def _row(form: Form, cells: Iterable[str], *, head: bool = False) -> Any:
    """A line of the form; a short one is never broken across pages, a long one may be."""
    words = [plain(text) for text in cells]
    whole = head or max(map(lines_in, words, _letters(form))) <= TALLEST_WHOLE
    marks = f"{'<w:cantSplit/>' if whole else ''}{'<w:tblHeader/>' if head else ''}"
    written = "".join(
        _cell(text, _HEAD_RUN if head else _BODY_RUN, centred=head or column in form.centred)
        for column, text in enumerate(words)
    )
    return parse_xml(f"<w:tr {nsdecls('w')}><w:trPr>{marks}</w:trPr>{written}</w:tr>")


def _group(text: str, across: int) -> Any:
    """A heading over all columns, never the last line of a page."""
    cell = _cell(plain(text), _HEAD_RUN, span=f'<w:gridSpan w:val="{across}"/>', stays="<w:keepNext/>")
    return parse_xml(f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/></w:trPr>{cell}</w:tr>")


def _cell(text: str, run: str, *, centred: bool = False, span: str = "", stays: str = "") -> str:
    """The XML of one cell: its lines in one paragraph, as text and nothing else."""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    place = '<w:jc w:val="center"/>' if centred else ""
    return (
        f'<w:tc><w:tcPr>{span}<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>{stays}'
        f'<w:spacing w:after="0" w:line="280" w:lineRule="exact"/>{place}</w:pPr>'
        f"{f'<w:r>{run}{lines}</w:r>' if text else ''}</w:p></w:tc>"
    )


def _letters(form: Form) -> list[int]:
    """How many Chinese letters fit on a line of each column."""
    wide = (PAGE_WIDTH - 2 * SIDE) / sum(form.widths)
    return [max(1, int((width * wide - 0.25) / LETTER)) for width in form.widths]
