"""Whether a simulated world hangs together: what was said is there, the tree is one, and no page could contradict another.

Everything asked here is a sentence that should be true of no row. Of very many rows every n-th is asked where the question
needs their history.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from branches.models import Unit, User
from cppcc_party.simulation.copying import Tables
from dashboards import queries
from dashboards.scopes import Measure, Scope
from tasks.figures import Figure
from tasks.lights import Thresholds
from tasks.models import Assignment

ASKED = 200_000  # rows whose whole history is looked at
LOOKERS = ("demo-secretary", "demo-county", "demo-leader")
TREE = {
    "unit without a unit above": "SELECT count(*) FROM branches_unit u WHERE length(path) > 4 AND NOT EXISTS"
    " (SELECT 1 FROM branches_unit a WHERE a.path = left(u.path, -4))",
    "unit at a wrong depth": "SELECT count(*) FROM branches_unit WHERE depth * 4 <> length(path)",
    "unit that miscounts what is below it": "SELECT count(*) FROM branches_unit u LEFT JOIN (SELECT left(path, -4) AS above,"
    " count(*) AS n FROM branches_unit GROUP BY 1) c ON c.above = u.path WHERE u.numchild <> coalesce(c.n, 0)",
    "unit in another body than the one above it": "SELECT count(*) FROM branches_unit u LEFT JOIN branches_unit a"
    " ON a.path = left(u.path, -4) JOIN branches_unitkind k ON k.code = u.kind_id"
    " WHERE u.body_id IS DISTINCT FROM CASE WHEN k.is_body THEN u.id ELSE a.body_id END",
}
RULES = {  # what sleeping triggers would have refused
    "row of a unit that has ended": "SELECT count(*) FROM tasks_assignment a JOIN branches_unit u ON u.id = a.unit_id"
    " WHERE u.ends_on <= a.issued_on",
    "open row in another body than its unit": "SELECT count(*) FROM tasks_assignment a JOIN branches_unit u ON u.id = a.unit_id"
    " JOIN branches_unit i ON i.id = a.issuer_id WHERE a.stage NOT IN ('completed', 'stopped')"
    " AND (a.body_id IS DISTINCT FROM u.body_id OR a.issuer_body_id IS DISTINCT FROM i.body_id)",
    "meeting before its branch": "SELECT count(*) FROM activities_meeting m JOIN branches_branch b ON b.id = m.branch_id"
    " WHERE m.held_on < b.activated_on",
    "attendance of somebody who is no member": "SELECT count(*) FROM activities_attendance a JOIN activities_meeting m"
    " ON m.id = a.meeting_id WHERE NOT EXISTS (SELECT 1 FROM branches_membership s WHERE s.user_id = a.user_id"
    " AND s.branch_id = m.branch_id AND s.starts_on <= m.held_on)",
}
WORK = {
    "row that is not reported and has a submission": "SELECT count(*) FROM tasks_assignment WHERE submitted_at IS NOT NULL"
    " AND stage IN ('issued', 'acknowledged', 'in_progress', 'returned')",
    "row that was completed before it was reported": "SELECT count(*) FROM tasks_assignment WHERE completed_on < reported_on",
    "completed row with an open part": "SELECT count(*) FROM tasks_assignment s JOIN tasks_assignment p ON p.source_id = s.id"
    " WHERE s.stage = 'completed' AND p.stage NOT IN ('completed', 'stopped')",
    "row with parts that says it has none": "SELECT count(*) FROM tasks_assignment s WHERE NOT s.broken_down"
    " AND EXISTS (SELECT 1 FROM tasks_assignment p WHERE p.source_id = s.id)",
    "part that is due after what it came from": "SELECT count(*) FROM tasks_assignment p JOIN tasks_assignment s"
    " ON s.id = p.source_id WHERE p.due_on > s.due_on",
    "period that has begun without rows, or rows without it": "SELECT count(*) FROM tasks_period p"
    " WHERE (p.opened_at IS NULL) = EXISTS (SELECT 1 FROM tasks_assignment a WHERE a.period_id = p.id)",
}
HISTORY = {  # of every n-th row
    "row whose history ends elsewhere": "SELECT count(*) FROM (SELECT DISTINCT ON (assignment_id) assignment_id, to_stage"
    " FROM tasks_event WHERE assignment_id %% %(every)s = 0 ORDER BY assignment_id, at DESC, id DESC) e"
    " JOIN tasks_assignment a ON a.id = e.assignment_id WHERE a.stage <> e.to_stage",
    "row whose version is not the number of its events": "SELECT count(*) FROM tasks_assignment a WHERE id %% %(every)s = 0"
    " AND version <> (SELECT count(*) FROM tasks_event e WHERE e.assignment_id = a.id)",
    "submission without its report": "SELECT count(*) FROM tasks_assignment a WHERE id %% %(every)s = 0"
    " AND submitted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tasks_report r WHERE r.assignment_id = a.id"
    " AND r.kind = 'completion' AND r.at = a.submitted_at)",
}


def faults(tables: Tables, units: int, on: date) -> list[str]:
    """Everything that is wrong, one sentence each; none in a whole world."""
    rows = tables[Assignment].made
    found = [
        f"{table.made:,} rows of {name} were said, {_number(f'SELECT count(*) FROM {name}'):,} are there"  # noqa: S608 (our own names)
        for name, table in ((table.name, table) for table in tables.all.values())
        if table.made != _number(f"SELECT count(*) FROM {name}")  # noqa: S608 (our own names)
    ]
    if (there := Unit.objects.count()) != units:
        found.append(f"{units:,} units were said, {there:,} are there")
    for what, question in (TREE | RULES | WORK | HISTORY).items():
        if number := _number(question, every=max(1, rows // ASKED)):
            found.append(f"{number:,} × {what}")
    return found + board_faults(on)


def board_faults(on: date) -> list[str]:
    """Figures of some boards that are not as long as the lists behind them."""
    found, thresholds = [], Thresholds.load(on)
    for user in User.objects.filter(username__in=LOOKERS):
        unit = user.posts_on(on)[0].unit
        for measure in Measure:
            scope = Scope(user, on, unit, measure, unit if measure == Measure.GIVEN else None)
            counts = queries.board(scope, thresholds).counts
            for figure in Figure:
                if (rows := queries.figure_rows(scope, figure, thresholds).count()) != counts[figure]:
                    found.append(f"{unit} {measure} {figure}: {counts[figure]} on the board, {rows} in the list")
    return found


def _number(question: str, **values: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question, values or None)
        return int(cursor.fetchone()[0])
