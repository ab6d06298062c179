"""A board's figures as tiles, tabs and charts: every number with the address of the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches.models import Line
from branches.templatetags.frame import ratio
from dashboards import sentences
from dashboards.addresses import Addresses
from dashboards.charts import Amount, BulletBars, HeatCell, HeatMap, HeatRow, PlainBars, UnitBar
from dashboards.doors import Found
from dashboards.queries import Board, Group
from dashboards.scopes import Measure, may_open
from dashboards.viewer import Viewer
from tasks.figures import Counts, Figure, share

MONTHS_SHOWN = 12
BARS_SHOWN = 12  # more units than this: those without a gap are folded away


@dataclass(frozen=True)
class Note:
    """A small line under a number; with an address where it is a number itself."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Tile:
    """One of the five numbers of a board."""

    word: str
    number: int
    url: str
    notes: Sequence[Note] = ()
    alert: bool = False

    @property
    def shown(self) -> str:
        """The number as it is written."""
        return sentences.grouped(self.number)


@dataclass(frozen=True)
class Tab:
    """One measure that a board can be seen by."""

    label: str
    url: str
    active: bool


def tiles(board: Board, to: Addresses) -> list[Tile]:
    """The five numbers: due, completed, in review, overdue, due soon (design 7), each the length of the list it opens."""
    counts = board.counts
    completed, in_review, whole = [], [], []
    if counts["early"]:
        completed.append(_note(_("%(count)s of them early"), counts["early"], to.rows(Figure.EARLY)))
    if counts["due"]:
        rate = ratio(counts["on_time"], counts["due"])
        completed.append(Note(_("reported on time %(share)s") % {"share": rate}, to.rows(Figure.DUE)))
    if counts["in_review"] > counts["gap_in_review"]:
        in_review.append(_note(_("%(count)s ahead of the due date"), counts["in_review"] - counts["gap_in_review"]))
    if counts["total"]:
        whole.append(_note(_("of %(count)s in all"), counts["total"], to.rows(Figure.TOTAL)))
    return [
        _tile(Figure.DUE, counts, to, whole),
        _tile(Figure.COMPLETED, counts, to, completed),
        _tile(Figure.IN_REVIEW, counts, to, in_review),
        _tile(Figure.OVERDUE, counts, to),
        _tile(Figure.DUE_SOON, counts, to),
    ]


FIVE = (Figure.DUE, Figure.COMPLETED, Figure.IN_REVIEW, Figure.OVERDUE, Figure.DUE_SOON)


@dataclass(frozen=True)
class LineRow:
    """The figures of one line, each with the address of its rows."""

    word: str
    url: str
    numbers: Sequence[Tile]


def two_lines(board: Board, to: Addresses) -> list[LineRow]:
    """Office line, members' line and joint work side by side, each row counted once; nothing where all is of one line."""
    if len(board.lines) < 2 and not board.scope.line:
        return []
    return [
        LineRow(
            str(line.label),
            to.board(line=line.value),
            [Tile(str(each.label), board.lines[line][each], to.rows(each, line=line.value)) for each in FIVE],
        )
        for line in Line
        if line in board.lines
    ]


def _note(words: str, count: int, url: str = "") -> Note:
    return Note(words % {"count": sentences.grouped(count)}, url)


def _tile(figure: Figure, counts: Counts, to: Addresses, notes: Sequence[Note] = ()) -> Tile:
    number = counts[figure]
    return Tile(str(figure.label), number, to.rows(figure), notes, alert=figure == Figure.OVERDUE and number > 0)


def tabs(found: Found, to: Addresses) -> list[Tab]:
    """The measures of a board; one of them is shown at a time, never two on a page (design 7)."""
    scope, unit = found.scope, found.scope.unit
    shown: list[Tab] = []
    if found.serves and found.gives:
        shown.append(Tab(_("Given by this unit"), to.board(measure=Measure.GIVEN, by=None), scope.own_giving))
    parent = getattr(unit, "parent_body_id", None)
    given_here = scope.measure == Measure.GIVEN and not scope.own_giving
    if given_here and scope.giver:
        words = _("Given by %(unit)s") % {"unit": sentences.plain(scope.giver)}
        shown.append(Tab(words, to.board(measure=Measure.GIVEN, by=scope.giver.pk), True))
    elif unit.is_body and parent:
        url = to.board(measure=Measure.GIVEN, by=parent if found.serves else None)
        shown.append(Tab(_("Given by the body above"), url, False))
    below = Tab(_("All work"), to.board(measure=Measure.BELOW, by=None), scope.measure == Measure.BELOW)
    return [*shown, below]


def bars(board: Board, to: Addresses, viewer: Viewer, groups: Sequence[Group], title: str) -> BulletBars | None:
    """Which unit is behind: the groups in the order given; none for a board with one unit only."""
    if len(board.groups) < 2 or not groups:
        return None
    return BulletBars(title, [_bar(group, board, to, viewer) for group in groups])


@dataclass(frozen=True)
class Progress:
    """The bars of a board: on the screen, folded away because nothing is missing there, and on paper."""

    shown: BulletBars | None
    folded: BulletBars | None
    on_paper: BulletBars | None


def progress(board: Board, to: Addresses, viewer: Viewer, *, by_gap: bool) -> Progress:
    """The bars by unit. In gap order the screen names the unit furthest behind and folds a long tail without a gap; paper
    always shows all units in establishment order and names none (design 10)."""
    title, plain = sentences.bars_title(board, by_gap), sentences.bars_title(board, False)
    if not by_gap:
        return Progress(bars(board, to, viewer, board.groups, plain), None, None)
    ordered = board.by_gap()
    behind = [group for group in ordered if group.counts["gap"] > 0]
    fold = _folds(board, behind)
    even = ordered[len(behind) :] if fold else []
    return Progress(
        bars(board, to, viewer, behind if fold else ordered, title),
        bars(board, to, viewer, even, _("Nothing is missing here")),
        bars(board, to, viewer, board.groups, plain),
    )


def _folds(board: Board, behind: Sequence[Group]) -> bool:
    return bool(behind) and len(board.groups) > BARS_SHOWN


def leads_to(group: Group, board: Board, to: Addresses, viewer: Viewer, **narrow: object) -> str:
    """The group's own board where it may be opened, else the rows behind the bar."""
    if not board.scope.is_group_of_one(group.unit) and may_open(viewer.sight, group.unit):
        return to.board(group.unit.pk, **narrow)
    return to.rows(Figure.TOTAL, child=group.unit.pk, **narrow)


def _bar(group: Group, board: Board, to: Addresses, viewer: Viewer) -> UnitBar:
    counts, child = group.counts, group.unit.pk
    return UnitBar(
        label=sentences.label(group.unit, board),
        url=leads_to(group, board, to, viewer),
        due=counts["due"],
        completed=counts["completed_due"],
        overdue=counts["gap_overdue"],
        in_review=counts["gap_in_review"],
        in_time=counts["gap_in_time"],
        early=counts["early"],
        total=_dated(counts),
        reason=group.main_reason,
        completed_url=to.rows(Figure.COMPLETED_DUE, child=child),
        due_url=to.rows(Figure.DUE, child=child),
        overdue_url=to.rows(Figure.GAP_OVERDUE, child=child),
        in_review_url=to.rows(Figure.GAP_IN_REVIEW, child=child),
    )


def _dated(counts: Counts) -> int:
    """How far a bar's track reaches: everything that is neither stopped nor suspended."""
    return counts["total"] - counts["stopped"] - counts["suspended"]


def heat(board: Board, to: Addresses, viewer: Viewer, *, by_gap: bool) -> HeatMap | None:
    """Since when: completed of those due by unit and month of the due date, the last twelve months; none for one month.
    The units are those of the bars, in establishment order."""
    behind = [group for group in board.groups if group.counts["gap"] > 0]
    groups = behind if by_gap and _folds(board, behind) else board.groups
    this_month = board.scope.on.replace(day=1)
    months = sorted(
        {
            month
            for group in board.groups
            for month, counts in group.months.items()
            if counts["due"] and month <= this_month
        }
    )[-MONTHS_SHOWN:]
    if len(months) < 2:
        return None
    rows = [
        HeatRow(
            sentences.label(group.unit, board),
            [_cell(group, month, to) for month in months],
            leads_to(group, board, to, viewer),
        )
        for group in groups
        if any(group.months.get(month, Counts()).get("due") for month in months)
    ]
    return HeatMap(sentences.heat_title(board), [_column(month, months) for month in months], rows)


def _column(month: date, months: list[date]) -> str:
    """The head of a month; its year is told where a year begins."""
    if month == months[0] or month.month == 1:
        return format_date(month, pgettext("month of a chart, with its year", "M Y"))
    return format_date(month, pgettext("month of a chart", "M"))


def _cell(group: Group, month: date, to: Addresses) -> HeatCell | None:
    counts = group.months.get(month, Counts())
    due, done = counts.get("due", 0), counts.get("completed_due", 0)
    if not due:
        return None
    url = to.rows(Figure.DUE, child=group.unit.pk, month=f"{month:%Y-%m}")
    return HeatCell(ratio(done, due), share(done, due), url)


def causes(board: Board, to: Addresses) -> PlainBars | None:
    """Why: the reasons named for late work, most frequent first."""
    if not board.reasons:
        return None
    rows = [Amount(reason, number, to.rows(Figure.LATE, reason=reason)) for reason, number in board.reasons]
    return PlainBars(sentences.reasons_title(board), rows)
