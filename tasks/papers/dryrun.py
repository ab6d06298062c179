"""What a paper comes to before anything is written: the reading as it is kept, and the whole of it for scripts (issue 3)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Unit, UnitGroup
from tasks.deadlines import explain
from tasks.models import PaperDraft
from tasks.papers.drafts import CheckedRow, Paper
from tasks.papers.names import Match, key_of
from tasks.papers.sheet import Row, SheetReading

# How a column is called where the paper has none of its own: data of the paper, as in the users' nine columns
STANDARD = {
    "number": "序号",
    "content": "任务内容",
    "measures": "具体举措",
    "leader": "责任领导",
    "lead_units": "牵头单位",
    "supporting_units": "配合单位",
    "due": "完成时限",
    "result": "完成情况",
    "evidence": "佐证材料",
}
MAX_SAID = 200  # notices kept with a draft; a paper with more is told so by their number


def notices(draft: PaperDraft) -> list[dict[str, Any]]:
    """What a person should see besides the rows, in the language of the page; a row without a task says so itself."""
    words = {
        "footnote": _("Left out: a note below the table"),
        "total": _("Left out: a total"),
        "other-sheet": _("Another sheet that looks like a list was not read"),
        "hidden": _("This row is hidden in the file; it was read"),
        "cut-columns": _("Only the first 40 columns were read"),
    }
    found = [
        {**notice, "message": words[notice["code"]]}
        for notice in draft.rows.get("notices", [])
        if notice["code"] in words
    ]
    filled = sum(bool(str(row.get("result", "")).strip()) for row in draft.rows.get("rows", []))
    if filled:
        message = ngettext(
            "%(n)d row brings progress. It becomes the first report when the list is published",
            "%(n)d rows bring progress. They become the first reports when the list is published",
            filled,
        )
        found.append({"code": "filled", "row": None, "text": "", "message": message % {"n": filled}})
    return found


def stored(reading: SheetReading, title_limit: int) -> dict[str, Any]:
    """A reading as a draft keeps it; `row` is the row's number in the paper, the key of its answers."""
    return {
        "title": reading.title[:title_limit],
        "note": reading.note,
        "header_row": reading.header_row,
        "headers": reading.headers,
        "columns": reading.columns,
        "heads": reading.heads,
        "samples": reading.samples,
        "notices": [_plain_problem(problem) for problem in [*reading.problems, *reading.left_out][:MAX_SAID]],
        "rows": [_plain_row(row) for row in reading.rows],
    }


def _plain_row(row: Row) -> dict[str, Any]:
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(row).items()}
    values["row"] = values.pop("row_number")
    return values


def _plain_problem(problem: Any) -> dict[str, Any]:
    return {**asdict(problem), "message": str(problem.message)}


def nothing_read(message: str, text: str) -> dict[str, list[dict[str, Any]]]:
    """The answer for a paper that cannot be read at all."""
    problem = {"row": None, "column": "", "cell": "", "text": text, "message": message}
    return {"tasks": [], "steps": [], "problems": [problem], "units": [], "left_out": []}


def told(paper: Paper, reading: SheetReading) -> dict[str, list[dict[str, Any]]]:
    """Everything that a dry run shows: tasks, their dated steps, problems in the file's own row and column, and units."""
    tasks: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for row in paper.rows:
        if not row.cells.get("continues") or not tasks:
            tasks.append(_task(row))
        tasks[-1]["steps"] += len(row.steps) or 1
        steps += [{"row": row.cells["row"], "task": tasks[-1]["number"], **step} for step in _steps(row)]
    return {
        "tasks": tasks,
        "steps": steps,
        "problems": _problems(paper, reading),
        "units": _units(paper),
        "left_out": [_plain_problem(problem) for problem in reading.left_out],
    }


def _task(row: CheckedRow) -> dict[str, Any]:
    names = ("heading", "content", "measures", "leader", "lead_units", "supporting_units", "due", "result", "evidence")
    return {
        "row": row.cells["row"],
        "number": row.number,
        **{name: row.cells.get(name, "") for name in names},
        "steps": 0,
    }


def _steps(row: CheckedRow) -> list[dict[str, Any]]:
    readings = [(step.words, step.reading) for step in row.steps] or [(str(row.cells.get("measures", "")), row.reading)]
    return [
        {
            "name": words,
            "phrase": reading.phrase,
            "kind": reading.kind.value,
            "dates": [day.isoformat() for day in reading.dates],
            "rule": reading.rule,
            "count": reading.count,
            "offset": reading.offset,
            "offset_unit": reading.offset_unit,
            "event": reading.event,
            "confirm": reading.confirm,
            "reason": explain(reading) if reading.reason else "",
        }
        for words, reading in readings
    ]


def _problems(paper: Paper, reading: SheetReading) -> list[dict[str, Any]]:
    found = [
        {"row": int(p.row), **_place(p.place, p.row, reading), "text": p.text, "message": p.message}
        for row in paper.rows
        for p in row.problems
    ]
    seen = {(problem["row"], problem["column"]) for problem in found}
    for p in reading.problems:
        place = _place(p.column, str(p.row or ""), reading)
        if (p.row, place["column"]) not in seen:
            found.append({"row": p.row, **place, "text": p.text, "message": str(p.message)})
    return sorted(found, key=lambda problem: problem["row"] or 0)


def _place(name: str, row: str, reading: SheetReading) -> dict[str, str]:
    """The column under the paper's own name for it, and the cell as a spreadsheet counts it."""
    column = reading.columns.get(name)
    cell = f"{letters(column)}{row}" if column is not None and row else ""
    return {"column": reading.headers.get(name) or STANDARD.get(name, name), "cell": cell}


def letters(column: int) -> str:
    """Column 0 is A, column 26 is AA."""
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _units(paper: Paper) -> list[dict[str, Any]]:
    matches = {match.written: match for row in paper.rows for match in [*row.leads, *row.supports]}
    return [
        {
            "text": match.written,
            "matches": [_thing(thing) for thing in _meant(match)],
            "suggestions": [] if match.found else [_thing(thing) for thing in match.suggestions],
        }
        for match in matches.values()
    ]


def _meant(match: Match) -> list[Unit | UnitGroup]:
    thing = match.unit or match.group
    return [thing] if thing else list(match.several)


def _thing(thing: Unit | UnitGroup) -> dict[str, str]:
    if isinstance(thing, Unit):
        return {"kind": "unit", "code": thing.code, "name": thing.name}
    return {"kind": "group", "code": key_of(thing), "name": thing.name}
