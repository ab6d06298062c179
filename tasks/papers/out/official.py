"""A paper in the layout of official documents (ux d.6): 三号 body, levels by font, page numbers at the outer edge.

Paragraphs are written as XML, so that a paper of 5,000 texts takes a second; words of people are text and nothing else.
It is a layout for a draft: no red head, no document number, no seal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Any
from xml.sax.saxutils import escape

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from tasks.papers.out.lines import plain

TITLE, BODY, LEVEL_1, LEVEL_2 = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
CENTRE = '<w:jc w:val="center"/>'
WIDE = 8844  # the text block of 156 mm, as Word counts


class Paper:
    """A paper that is filled from its title down."""

    def __init__(self, title: str, made_at: datetime) -> None:
        self.document: Any = Document()
        self._set_up(title, made_at)
        self.add(_paragraph(title, TITLE, 44, CENTRE + "", after=200))

    def add(self, element: Any) -> None:
        """Put an element at the end, before the section's own properties."""
        self.document.element.body[-1].addprevious(element)

    def level_1(self, text: str) -> None:
        """一、in 黑体, never the last line of a page."""
        self.add(_paragraph(text, LEVEL_1, 32, INDENT, stays=True))

    def level_2(self, text: str) -> None:
        """（一）in 楷体."""
        self.add(_paragraph(text, LEVEL_2, 32, INDENT, stays=True))

    def body(self, text: str) -> None:
        """A text in 仿宋; each of its lines is a paragraph."""
        for line in plain(text).split("\n"):
            if line.strip():
                self.add(_paragraph(line.strip(), BODY, 32, INDENT))

    def note(self, text: str) -> None:
        """A small line in the middle, under the title or a chart."""
        self.add(_paragraph(text, BODY, 24, CENTRE, after=120))

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
        """A table as wide as the text, its head on every page; the first column is words, the others numbers."""
        scale = WIDE / sum(widths)
        exact = [round(width * scale) for width in widths]
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in exact)
        table = parse_xml(
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(exact)}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid></w:tbl>'
        )
        table.append(_row(headings, exact, LEVEL_1, head=True))
        for cells in rows:
            table.append(_row(cells, exact, BODY))
        self.add(table)

    def save(self, into: IO[bytes]) -> None:
        """Write the file."""
        self.document.save(into)

    def _set_up(self, title: str, made_at: datetime) -> None:
        page = self.document.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.top_margin, page.bottom_margin = Mm(37), Mm(35)
        page.left_margin, page.right_margin, page.footer_distance = Mm(28), Mm(26), Mm(25)
        self.document.settings.odd_and_even_pages_header_footer = True
        for foot, edge in ((page.footer, "right"), (page.even_page_footer, "left")):
            foot.is_linked_to_previous = False
            run = f'<w:r>{_looks(BODY, 28)}<w:t xml:space="preserve">%s</w:t></w:r>'
            old = foot.paragraphs[0]._p
            old.addprevious(
                parse_xml(
                    f'<w:p {nsdecls("w")}><w:pPr><w:jc w:val="{edge}"/></w:pPr>{run % "— "}'
                    f'<w:fldSimple w:instr="PAGE">{run % "1"}</w:fldSimple>{run % " —"}</w:p>'
                )
            )
            old.getparent().remove(old)
        fonts = self.document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()
        for key, value in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", BODY)):
            fonts.set(qn(f"w:{key}"), value)
        about = self.document.core_properties
        about.title, about.author, about.comments, about.keywords = plain(title)[:255], "", "", ""
        about.created = about.modified = made_at.replace(tzinfo=None)


def _looks(font: str, half_points: int) -> str:
    fonts = f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{font}" w:cs="{LATIN}"/>'
    return f'<w:rPr>{fonts}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'


def _paragraph(text: str, font: str, size: int, place: str, *, stays: bool = False, after: int = 0) -> Any:
    keep = "<w:keepNext/>" if stays else ""
    height = 'w:line="580" w:lineRule="exact"' if size <= 32 else 'w:line="700" w:lineRule="exact"'
    words = escape(plain(text).replace("\n", " "))
    return parse_xml(
        f'<w:p {nsdecls("w")}><w:pPr>{keep}<w:spacing w:before="0" w:after="{after}" {height}/>{place}</w:pPr>'
        f'<w:r>{_looks(font, size)}<w:t xml:space="preserve">{words}</w:t></w:r></w:p>'
    )


def _row(cells: Sequence[str], widths: Sequence[int], font: str, *, head: bool = False) -> Any:
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:before="40" w:after="40" w:line="320" w:lineRule="exact"/>{CENTRE if head or number else ""}'
        f'</w:pPr><w:r>{_looks(font, 24)}<w:t xml:space="preserve">{escape(plain(text))}</w:t></w:r></w:p></w:tc>'
        for number, (text, width) in enumerate(zip(cells, widths, strict=True))
    )
    marks = f"<w:cantSplit/>{'<w:tblHeader/>' if head else ''}"
    return parse_xml(f"<w:tr {nsdecls('w')}><w:trPr>{marks}</w:trPr>{written}</w:tr>")
