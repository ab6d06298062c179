"""Lists in and out: what offices write and paste, read into rows (issue 3, section 2).

A file or a pasted range becomes a Grid (`read_file`, `read_paste`), a Grid becomes rows of the nine columns (`read_rows`).
Files are parsed in a child process that is killed when it is greedy; formulas are never evaluated.
"""

from tasks.papers.columns import COLUMNS
from tasks.papers.grid import Cell, Grid, Merge, Unreadable
from tasks.papers.paste import read_paste
from tasks.papers.sheet import Problem, Row, SheetReading, read_rows, split_units
from tasks.papers.workbook import read_csv, read_file, read_xlsx

__all__ = [
    "COLUMNS", "Cell", "Grid", "Merge", "Problem", "Row", "SheetReading", "Unreadable",
    "read_csv", "read_file", "read_paste", "read_rows", "read_xlsx", "split_units",
]  # fmt: skip
