"""Lists going out: pure writers that turn plain rows into the files that offices print, sign and file (issue 3, section 4)."""

from tasks.papers.out.document import MOST_LINES, write_docx
from tasks.papers.out.lines import DUTIES, HEADINGS, LIST, Form, Line, Sheet, plain, with_headings
from tasks.papers.out.workbook import write_xlsx

__all__ = [
    "DUTIES", "HEADINGS", "LIST", "MOST_LINES", "Form", "Line", "Sheet", "plain", "with_headings", "write_docx", "write_xlsx",
]  # fmt: skip
