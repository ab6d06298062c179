"""Closes a month: counts the work that was due in it as it stood when the month ended, and writes that down for good.

A month closes with the first sweep after it is over by the calendar of Asia/Shanghai. What counts is the morning after its
last day: what was due on that day and not reported is overdue by then. A sweep that comes later counts back: moves are
walked back along their events. Where history does not allow that (a second report replaced the first, a version changed
what is owed, a unit was moved), the rows are counted as they stand, and the month says that it was recorded late.

Safe twice, late and on two machines: the month is one row with a unique key; whoever inserts it writes its figures in the
same transaction, everybody else waits there and finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from branches.clock import SHANGHAI, day_of
from branches.models import Change, Unit
from branches.models.units import STEP
from dashboards.models import ClosedMonth, FigureSnapshot, Measure, PastRow
from tasks.figures import Figure, aggregates
from tasks.lights import Thresholds
from tasks.models import Assignment

KEPT = tuple(figure for figure in Figure if figure.value in {field.name for field in FigureSnapshot._meta.fields})
MONTHS_BACK = 24  # further than this nothing is caught up at once
MOVES_UNITS = ("unit-moved", "unit-merged")  # a chain of units cannot be told back from today's tree

# Supporting shares stand apart and are not here, nor are rows that did not exist yet; of a date that was changed since, the
# old one counts.
LAY_OUT = """
CREATE TEMPORARY TABLE dashboards_pastrow ON COMMIT DROP AS
WITH since AS (SELECT * FROM tasks_event WHERE at >= %(cutoff)s AND assignment_id IS NOT NULL),
moved AS (
    SELECT DISTINCT ON (assignment_id) assignment_id, from_stage FROM since
     WHERE from_stage <> '' ORDER BY assignment_id, at, id
),
dated AS (
    SELECT DISTINCT ON (assignment_id) assignment_id,
           CASE WHEN move = 'dated' THEN NULL ELSE nullif(changes -> 'due_on' ->> 0, '')::date END AS due_on
      FROM since WHERE move IN ('lengthen', 'time_taken_back', 'new_date', 'dated') ORDER BY assignment_id, at, id
),
returned AS (SELECT DISTINCT assignment_id FROM since WHERE move = 'return'),
asked AS (
    SELECT DISTINCT ON (e.assignment_id) e.assignment_id, (e.changes ->> 'supplement_by')::date AS supplement_by
      FROM tasks_event e JOIN returned USING (assignment_id)
     WHERE e.move = 'return' AND e.at < %(cutoff)s ORDER BY e.assignment_id, e.at DESC, e.id DESC
),
split AS (SELECT DISTINCT assignment_id FROM since WHERE move = 'break_down'),
made AS (SELECT DISTINCT assignment_id FROM since WHERE move IN ('issued', 'taken_over'))
SELECT a.id, a.unit_id, a.list_id, a.issuer_id, a.issuer_body_id AS issuer_body, a.line,
       s.list_id AS source_list, s.unit_id AS source_unit, s.issuer_id AS source_issuer,
       f.list_id AS first_list, f.unit_id AS first_unit, f.issuer_id AS first_issuer,
       a.broken_down AND split.assignment_id IS NULL AS broken_down,
       coalesce(moved.from_stage, a.stage) AS stage, a.owes_report, a.short,
       CASE WHEN dated.assignment_id IS NULL THEN a.due_on ELSE dated.due_on END AS due_on,
       CASE WHEN returned.assignment_id IS NULL THEN a.supplement_by ELSE asked.supplement_by END AS supplement_by,
       CASE WHEN a.reported_on < %(day)s THEN a.reported_on END AS reported_on,
       CASE WHEN a.reported_on < %(day)s THEN a.days_late ELSE 0 END AS days_late,
       CASE WHEN a.reported_on < %(day)s THEN a.late_reason ELSE '' END AS late_reason
  FROM tasks_assignment a
  LEFT JOIN tasks_assignment s ON s.id = a.source_id
  LEFT JOIN tasks_assignment f ON f.id = s.source_id
  LEFT JOIN moved ON moved.assignment_id = a.id
  LEFT JOIN dated ON dated.assignment_id = a.id
  LEFT JOIN returned ON returned.assignment_id = a.id
  LEFT JOIN asked ON asked.assignment_id = a.id
  LEFT JOIN split ON split.assignment_id = a.id
  LEFT JOIN made ON made.assignment_id = a.id
 WHERE a.role = 'lead' AND a.issued_on < %(day)s AND made.assignment_id IS NULL
   AND CASE WHEN dated.assignment_id IS NULL THEN a.due_on ELSE dated.due_on END BETWEEN %(first)s AND %(last)s
"""
# A row that was reported again, or changed by a version, cannot be told back from what is kept of it.
LOST = """
SELECT EXISTS (
    SELECT 1 FROM tasks_event e JOIN dashboards_pastrow p ON p.id = e.assignment_id
     WHERE e.at >= %(cutoff)s
       AND (e.move IN ('edition', 'event_moved')
            OR (e.move IN ('report', 'record', 'take_back') AND p.reported_on IS NOT NULL))
)
"""


def months_to_close(now: datetime) -> list[date]:
    """The months that are over and not written down yet, oldest first, by their first days."""
    this = day_of(now).replace(day=1)
    begun = Assignment.objects.leads().aggregate(first=Min("issued_on"))["first"]
    if begun is None:
        return []
    oldest = max(begun.replace(day=1), _months_before(this, MONTHS_BACK))
    known = set(ClosedMonth.objects.filter(month__gte=oldest).values_list("month", flat=True))
    return [month for month in _months(oldest, this) if month not in known]


def close_months(now: datetime) -> int:
    """Write down every month that is over; how many were new."""
    return sum(close_month(month, now) for month in months_to_close(now))


def close_month(month: date, now: datetime) -> bool:
    """Write down the figures of the month that begins on `month`; False where somebody has."""
    day, today = following(month), day_of(now)
    if day > today:
        raise ValueError(f"{month} is not over on {today}")
    with transaction.atomic():
        _take_time()
        late = not _can_be_told(month, day)
        if late:
            day = today
            _lay_out(month, now, today + timedelta(days=1))
        closed = _claim(ClosedMonth(month=month, counted_on=day, recorded_at=now, late=late))
        if closed is None:
            return False
        FigureSnapshot.objects.bulk_create(_figures(closed, day), batch_size=2000)
    return True


def _take_time() -> None:
    """Adding up a nation's figures takes longer between two queries than a transaction of a page may rest."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def _can_be_told(month: date, day: date) -> bool:
    """Lay out the rows as they stood at the beginning of `day`; False where what happened since cannot be walked back."""
    cutoff = datetime.combine(day, time.min, SHANGHAI)
    _lay_out(month, cutoff, day)
    with connection.cursor() as cursor:
        cursor.execute(LOST, {"cutoff": cutoff})
        lost = bool(cursor.fetchone()[0])
    return not lost and not Change.objects.filter(at__gte=cutoff, verb__in=MOVES_UNITS).exists()


def _lay_out(month: date, cutoff: datetime, day: date) -> None:
    """Fill the table of past rows: the lead shares that were due in the month, as they stood at `cutoff`."""
    last = following(month) - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.dashboards_pastrow")
        cursor.execute(LAY_OUT, {"cutoff": cutoff, "day": day, "first": month, "last": last})


def _claim(closed: ClosedMonth) -> int | None:
    """Insert the month; None where it is there. A second writer waits until the first has committed or failed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dashboards_closedmonth (month, counted_on, recorded_at, late) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (month) DO NOTHING RETURNING id",
            [closed.month, closed.counted_on, closed.recorded_at, closed.late],
        )
        found = cursor.fetchone()
    return int(found[0]) if found else None


DIMENSIONS = (
    "unit_id", "list_id", "issuer_id", "line", "late_reason", "broken_down", "source_list", "source_unit", "source_issuer",
    "first_list", "first_unit", "first_issuer",
)  # fmt: skip


def _figures(closed: int, on: date) -> list[FigureSnapshot]:
    """The rows of the table as figures: one query for the sums, one for the tree of today."""
    tree = Tree.load()
    counted = PastRow.objects.values(*DIMENSIONS).annotate(**aggregates(on, Thresholds.load(on), KEPT)).order_by()
    found: dict[tuple[Any, ...], dict[Figure, int]] = {}
    for row in counted:
        for measure in Measure:
            if measure == Measure.BELOW and row["broken_down"]:
                continue  # its parts stand in for it, so that nothing counts twice (design 7)
            sums = found.setdefault((measure, *tree.place(row)), dict.fromkeys(KEPT, 0))
            for figure in KEPT:
                sums[figure] += row[figure.value]
    return [
        FigureSnapshot(
            closed_id=closed, measure=measure, unit_id=unit, list_id=task_list, line=line, late_reason=reason,
            unit_chain=list(above), issuer_chain=list(issuer), grown_from=list(lists), seen_from=list(seen), seen_at=list(at),
            **{figure.value: number for figure, number in sums.items()},
        )
        for (measure, unit, task_list, line, reason, above, issuer, lists, seen, at), sums in sorted(
            found.items(), key=lambda pair: pair[0]
        )
    ]  # fmt: skip


@dataclass(frozen=True)
class Tree:
    """The tree of today: every unit's chain of units above it, and the part of the chain that lies in its body."""

    chains: dict[int, tuple[int, ...]]
    inside: dict[int, tuple[int, ...]]

    @classmethod
    def load(cls) -> Tree:
        """All units; one query."""
        units = list(Unit.objects.values_list("path", "pk", "body_id"))
        keys = {path: pk for path, pk, _body in units}
        bodies = {pk: body for _path, pk, body in units}
        chains, inside = {}, {}
        for path, pk, body in units:
            chain = tuple(keys[path[:end]] for end in range(STEP, len(path) + 1, STEP))
            chains[pk] = chain
            inside[pk] = tuple(one for one in chain if body is not None and bodies[one] == body)
        return cls(chains, inside)

    def place(self, row: dict[str, Any]) -> tuple[Any, ...]:
        """Where the figures of a row stand: unit, list, line, reason, the chains, and who may count them (design 3)."""
        names = ("unit_id", "issuer_id", "source_unit", "source_issuer", "first_unit", "first_issuer")
        known = {row[name] for name in names if row[name] is not None}
        seen = {above for unit in known for above in self.inside[unit]}
        lists = tuple(row[name] for name in ("source_list", "first_list") if row[name] is not None)
        return (
            row["unit_id"], row["list_id"], row["line"], row["late_reason"], self.chains[row["unit_id"]],
            self.inside[row["issuer_id"]], lists, tuple(sorted(seen)), tuple(sorted(known)),
        )  # fmt: skip


def following(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _months_before(month: date, number: int) -> date:
    months = month.year * 12 + month.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)


def _months(first: date, end: date) -> Iterator[date]:
    while first < end:
        yield first
        first = following(first)
