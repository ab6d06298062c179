"""Charts drawn on the server: sharp on paper, readable without scripts, no style attributes (strict CSP).

Each tag takes one object of dashboards/charts.py. Bars and heat maps are tables whose cells carry the drawing, so the
numbers are text and a phone can fold them; lines are SVG pictures named by their finding and followed by their table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.charts import BulletBars, BurnUp, HeatMap, MonthSquares, PlainBars, Point, Sparkline, UnitBar

register = template.Library()

WIDTH, HEIGHT = 360, 200  # of a line chart; read at this size on a phone, up to a third larger elsewhere
LEFT, RIGHT, TOP, BOTTOM = 34, 44, 18, 24


def _percent(value: float, scale: float) -> str:
    """A length for an SVG attribute, written with a point whatever the language of the page."""
    return f"{100 * value / scale:.2f}%"


@register.inclusion_tag("charts/bullet_bars.html")
def bullet_bars(chart: BulletBars) -> dict[str, Any]:
    """Which unit is behind: a row a unit with its bar, plan mark, gap, overdue, in review and main reason."""
    rows = [
        {
            "bar": bar,
            "gap": _gap(bar),
            "done": _percent(bar.completed, chart.scale),
            "plan": _percent(bar.due, chart.scale),
            "early": _percent(bar.early, chart.scale),
            "total": _percent(bar.length, chart.scale),
        }
        for bar in chart.rows
    ]
    return {"chart": chart, "rows": rows, "with_reasons": any(bar.reason for bar in chart.rows)}


def _gap(bar: UnitBar) -> str:
    if bar.gap <= 0:
        return _("even")
    return ngettext("%(count)d short", "%(count)d short", bar.gap) % {"count": bar.gap}


@register.inclusion_tag("charts/plain_bars.html")
def plain_bars(chart: PlainBars) -> dict[str, Any]:
    """Why: the few largest reasons as bars with their numbers."""
    return {"chart": chart, "rows": [{"row": row, "length": _percent(row.value, chart.scale)} for row in chart.rows]}


@register.inclusion_tag("charts/heat_map.html")
def heat_map(chart: HeatMap) -> dict[str, Any]:
    """Since when: unit × month, shaded, the number in each cell; months without a base are hatched."""
    rows = [
        {
            "row": row,
            "cells": [
                (cell, chart.level(cell)) if cell and cell.share is not None else (cell, 0) for cell in row.cells
            ],
        }
        for row in chart.rows
    ]
    return {"chart": chart, "rows": rows}


@register.inclusion_tag("charts/burn_up.html")
def burn_up(chart: BurnUp) -> dict[str, Any]:
    """Will the list be done: the running total against the plan (dashed), today marked, followed by its table."""
    first, last = chart.span
    return {
        "chart": chart,
        "size": {
            "width": WIDTH,
            "height": HEIGHT,
            "left": LEFT,
            "right": WIDTH - RIGHT,
            "bottom": HEIGHT - BOTTOM,
            "top": TOP,
        },
        "plan": _path(chart.plan, chart),
        "done": _path(chart.done, chart),
        "plan_end": _spot(chart.plan[-1], chart) if chart.plan else None,
        "done_end": _spot(chart.done[-1], chart) if chart.done else None,
        "dots": [_spot(point, chart) for point in chart.done],
        "today": f"{_x(chart.today, first, last):.1f}" if first <= chart.today <= last else "",
        "today_word": f"{max(_x(chart.today, first, last), LEFT + 16):.1f}",  # clear of the numbers of the axis
        "levels": [(f"{_y(value, chart.top):.1f}", value) for value in _levels(chart.top)],
        "months": _month_ticks(first, last),
        "table": _by_day(chart),
    }


def _by_day(chart: BurnUp) -> list[tuple[date, Point | None, Point | None]]:
    """The two lines as one table: a row for each day that either knows."""
    plan, done = ({point.on: point for point in line} for line in (chart.plan, chart.done))
    return [(day, plan.get(day), done.get(day)) for day in sorted({*plan, *done})]


def _x(on: date, first: date, last: date) -> float:
    days = (last - first).days or 1
    return LEFT + (WIDTH - LEFT - RIGHT) * (on - first).days / days


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _spot(point: Point, chart: BurnUp) -> dict[str, Any]:
    x, y = _x(point.on, *chart.span), _y(point.value, chart.top)
    before = max(x - 6, LEFT + 32)
    return {
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "before": f"{before:.1f}",
        "after": f"{x + 6:.1f}",
        "below": f"{y + 4:.1f}",
        "point": point,
    }


def _path(points: Sequence[Point], chart: BurnUp) -> str:
    return " ".join(f"{_x(point.on, *chart.span):.1f},{_y(point.value, chart.top):.1f}" for point in points)


def _levels(top: int) -> list[int]:
    """Zero, the middle and the top; only whole numbers."""
    return sorted({0, top // 2, top})


def _month_ticks(first: date, last: date) -> list[tuple[str, int]]:
    """Where each month begins, every second one when there are many."""
    months, day = [], first.replace(day=1)
    while day <= last:
        if day >= first:
            months.append((f"{_x(day, first, last):.1f}", day.month))
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return months[:: 1 if len(months) <= 8 else 2]


@register.inclusion_tag("charts/sparkline.html")
def sparkline(chart: Sparkline) -> dict[str, Any]:
    """How punctual over time: a line of a hundred pixels, named by its finding."""
    values = [value for value in chart.values if value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    step = 96 / max(1, len(chart.values) - 1)
    runs: list[list[str]] = [[]]
    last = ("", "")
    for place, value in enumerate(chart.values):
        if value is None:
            runs.append([])
            continue
        last = (f"{2 + step * place:.1f}", f"{21 - 18 * (value - low) / ((high - low) or 1):.1f}")
        runs[-1].append(",".join(last))
    return {"chart": chart, "runs": [" ".join(run) for run in runs if run], "last": last}


@register.inclusion_tag("charts/month_squares.html")
def month_squares(chart: MonthSquares) -> dict[str, Any]:
    """Meetings per month: filled = held, outlined = expected and not held, a dot = none expected."""
    squares = []
    for place, month in enumerate(chart.months):
        kind = "held" if month.held else "missed" if month.expected else "free"
        squares.append({"month": month, "kind": kind, "x": 1 + 22 * place, "middle": 10 + 22 * place})
    return {"chart": chart, "squares": squares, "width": 22 * len(squares)}
