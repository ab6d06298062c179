"""A run of times becomes moments: gaps filled from both sides, ranges joined, the order checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tasks.deadlines.moments import Item, Moment, resolve
from tasks.deadlines.reading import Impossible
from tasks.deadlines.runs import Run, Scene, Unsure


def fill_gaps(run: Run) -> None:
    """Gives numbers their units (from the right) and days their months (from the left)."""
    items = run.items
    distribute = False
    for index in range(len(items) - 2, -1, -1):
        item, right, joint = items[index], items[index + 1], run.joints[index]
        if item.number is not None:
            _unit_from(item, right, copy_detail=joint != "range")
        elif (
            joint in ("list", "or")
            and item.bare_month
            and right.month is not None
            and right.day is not None
            and right.asks in ([], ["day-for-each"])
        ):
            item.day, item.before = right.day, right.before  # 3月、6月25日前
            item.asks.append("day-for-each")
            distribute = True
        elif joint in ("list", "or") and item.festival and right.festival and right.before and not item.before:
            item.before, item.asks = True, ["one-or-several"]  # 中秋、国庆前
        elif (
            joint in ("list", "or")
            and item.bare_month
            and right.month is not None
            and right.edge == 1
            and not right.before
        ):
            item.edge = right.edge
    for index in range(1, len(items)):
        item, left = items[index], items[index - 1]
        if item.month is None and item.number is None and (item.day is not None or item.part) and not _own_place(item):
            if left.month is None:
                raise Unsure("day-without-month", item.day or "")
            item.month, item.year = left.month, item.year if item.year is not None else left.year
        elif (
            item.year is None and left.year is not None and item.festival != "元旦" and run.joints[index - 1] != "range"
        ):
            item.year = left.year
    first = items[0]
    if first.month is None and (first.day is not None or first.part) and not _own_place(first):
        raise Unsure("day-without-month", first.day or "")
    if distribute:
        items[-1].asks.append("day-for-each")


def _own_place(item: Item) -> bool:
    return item.quarter is not None or item.half is not None or item.exact is not None


def _unit_from(item: Item, right: Item, *, copy_detail: bool) -> None:
    value, item.number = item.number, None
    if right.quarter is not None:
        item.quarter = value
        item.edge = right.edge if copy_detail else None
    elif right.month is None and right.day is not None:
        item.day = value
    else:
        item.month = value
        if right.number is not None or right.month is None:
            raise Unsure("not-understood", str(value))
        if copy_detail:
            item.day, item.part, item.edge, item.before = right.day, right.part, right.edge, right.before
            item.asks = [ask for ask in right.asks if ask == "about"]


def moments_of(run: Run, scene: Scene) -> list[Moment]:
    """The moments of a run, ranges merged, a time within a wider one narrowed (第二季度6月底前)."""
    fill_gaps(run)
    made: list[Moment] = []
    previous_due: date | None = None
    index = 0
    while index < len(run.items):
        item = run.items[index]
        moment = resolve(item, scene.year, scene.calendar)
        joint = run.joints[index - 1] if index else ""
        consumed = 1
        if index < len(run.joints) and run.joints[index] == "range":
            moment = _range(item, run.items[index + 1], moment, scene)
            consumed = 2
            if index + 1 < len(run.joints) and run.joints[index + 1] == "range":
                raise Unsure("not-understood", "-")
        elif index == 0 and run.open_start:
            moment = replace(
                moment,
                start=min(date(moment.due.year, 1, 1), moment.due),
                point=moment.point and not run.until,
                month_span=False,
            )
        if joint == "beside" and made and made[-1].start <= moment.start and moment.due <= made[-1].due:
            made.pop()
        elif joint == "beside":
            moment = replace(moment, asks=(*moment.asks, "one-or-several"))
        elif previous_due and moment.due < previous_due and item.year is None:
            moment = _out_of_order(item, moment, previous_due, scene)
        if joint == "or":
            moment = replace(moment, asks=(*moment.asks, "once-or-each"))
        previous_due = moment.due
        made.append(moment)
        index += consumed
    return made


def _out_of_order(item: Item, moment: Moment, previous_due: date, scene: Scene) -> Moment:
    """12月、1月: the later one is next year's, and is asked about."""
    if moment.due.month <= 3 and previous_due.month >= 9:
        moment = resolve(replace(item, year=previous_due.year + 1), scene.year, scene.calendar)
    return replace(moment, asks=(*moment.asks, "out-of-order"))


def _range(left: Item, right: Item, start: Moment, scene: Scene) -> Moment:
    """From the first day of one time to the last of the other; over New Year it asks unless the year is said."""
    asks = [ask for ask in start.asks if ask != "early-vague" or left.month is None]  # 3月初至7月底: from the first on
    same_year_said = right.year is not None and right.year == left.year
    said = right.year is not None and right.year != left.year
    if right.year is None:
        right = replace(right, year=left.year)
    if said and left.year is None and right.year == scene.year - 1:
        raise Unsure("range-backwards")
    end = resolve(right, scene.year, scene.calendar)
    if said and left.year is not None and right.year == scene.year + 1 and end.due < start.start:
        end = resolve(replace(right, year=left.year + 1), scene.year, scene.calendar)
    if end.due < start.start:
        if said or same_year_said or end.due.month >= start.start.month:
            raise Impossible("range-backwards")
        end = resolve(replace(right, year=start.start.year + 1), scene.year, scene.calendar)
        asks.append("over-new-year")
    asks.extend(ask for ask in end.asks if ask not in asks)
    if left.day is not None and right.day is not None:
        asks = [ask for ask in asks if ask != "day-or-months"]  # 4/20-5/10: days on both sides
    return Moment(
        start.start, end.due, False, tuple(asks), end_of_month=end.end_of_month, provisional=start.provisional or end.provisional,
        level="range" if start.level not in ("month", "quarter") or end.level != start.level else f"{end.level}s",
    )  # fmt: skip
