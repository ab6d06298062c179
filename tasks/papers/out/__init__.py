"""Lists going out: pure writers that turn plain rows into the files that offices print, sign and file (issue 3, section 4)."""

from tasks.papers.out.lines import HEADINGS, Line, Sheet
from tasks.papers.out.workbook import write_xlsx

__all__ = ["HEADINGS", "Line", "Sheet", "write_xlsx"]
