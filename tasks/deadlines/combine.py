"""Clauses put together: one reading for the whole phrase, and the doubts that a person has to settle."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tasks.deadlines.clauses import Clause
from tasks.deadlines.cycles import Cycle, limited, spans_of, turns, yearly_rule
from tasks.deadlines.events import After
from tasks.deadlines.moments import Moment
from tasks.deadlines.reading import Kind, Reading, Span
from tasks.deadlines.runs import Scene, Unsure
from tasks.deadlines.tokens import Token


@dataclass
class Whole:
    """All clauses of a phrase, gathered."""

    clauses: list[Clause]
    scene: Scene
    phrase: str

    def __post_init__(self) -> None:
        self.flags = {flag for clause in self.clauses for flag in clause.flags}
        self.cycles = [cycle for clause in self.clauses for cycle in clause.cycles]
        self.moments = [moment for clause in self.clauses for moment in clause.moments]
        self.counts: list[Token] = [token for clause in self.clauses for token in clause.counts]
        self.afters = [clause.after for clause in self.clauses if clause.after]
        self.words = "".join(clause.words for clause in self.clauses)
        self.asks = [ask for clause in self.clauses for ask in clause.asks]
        if "tentative" in self.flags:
            self.asks.append("tentative")
        if "done" in self.flags:
            self.asks.append("already-done")


def combine(clauses: list[Clause], scene: Scene, phrase: str) -> Reading:
    """The reading of a phrase from its clauses."""
    whole = Whole(clauses, scene, phrase)
    _drop_bare_years(whole)
    if "override" in whole.flags and whole.moments:
        return _override(whole)
    if whole.cycles:
        return _repeated(whole)
    if whole.moments:
        return _dated(whole)
    if whole.counts:
        return _quota(whole, whole.counts[0].values[0], [], ["count-period"])
    return _undated(whole)


def _drop_bare_years(whole: Whole) -> None:
    """今年6月底前: the year only says where the rest lies."""
    if whole.words and any(m.bare_year and m.start.year != whole.scene.year for m in whole.moments):
        whole.asks.append("far-year")  # 2027年工作计划: the year of what is reported, perhaps
    others = [moment for moment in whole.moments if not moment.bare_year]
    inside = [moment for moment in whole.moments if moment.bare_year]
    if (
        others
        and inside
        and (whole.words or all(any(y.start <= m.start and m.due <= y.due for y in inside) for m in others))
    ):
        whole.moments = others
    elif inside and not others and whole.cycles:
        whole.moments = []


def reading(
    whole: Whole,
    kind: Kind,
    spans: list[Span],
    asks: list[str],
    *,
    window_start: date | None = None,
    rule: str = "",
    count: int | None = None,
    provisional: bool = False,
) -> Reading:
    """A Reading with its spans in order and its first doubt as the reason."""
    ordered = sorted(set(spans), key=lambda span: (span.due_on, span.starts_on))
    if whole.flags & {"shift", "shift-back"}:
        calendar = whole.scene.calendar
        move = calendar.on_or_before if "shift-back" in whole.flags else calendar.on_or_after
        ordered = [Span(min(span.starts_on, day), day) for span in ordered for day in [move(span.due_on)]]
        provisional = provisional or any(calendar.provisional(span.due_on) for span in ordered)
        asks = asks + ["provisional"] * provisional
    reasons = list(dict.fromkeys(ask for ask in [*asks, *whole.asks] if ask and ask != "weak"))
    return Reading(
        phrase=whole.phrase,
        kind=kind,
        window_start=window_start,
        dates=tuple(sorted({span.due_on for span in ordered})),
        periods=tuple(ordered),
        rule=rule,
        count=count,
        confirm=bool(reasons),
        reason=reasons[0] if reasons else "",
        provisional=provisional,
    )


def _override(whole: Whole) -> Reading:
    """4月底；今年是8月15日前: the usual time stays as the rule, this year's counts."""
    usual: list[Moment] = []
    this_year: list[Moment] = []
    for clause in whole.clauses:
        (this_year if "override" in clause.flags else usual).extend(clause.moments)
        usual.extend(moment for cycle in clause.cycles for moment in cycle.moments)
    if not this_year:
        raise Unsure("not-understood")
    asks = ["this-year-only", *(ask for moment in this_year for ask in moment.asks)]
    rule = " ".join(yearly_rule(moment) for moment in usual)
    kind = Kind.DATES if len(this_year) > 1 else Kind.BY if this_year[0].point else Kind.WINDOW
    start = this_year[0].start if kind is Kind.WINDOW else None
    return reading(whole, kind, spans_of(this_year, whole.scene.year), asks, window_start=start, rule=rule)


# --- rhythms -----------------------------------------------------------------------------------------------------------
def _repeated(whole: Whole) -> Reading:
    strong = [cycle for cycle in whole.cycles if "weak" not in cycle.asks]
    if not strong and len(whole.cycles) == 1:
        raise Unsure("no-time")  # 年度总结: a name, not a rhythm
    terms = [cycle for cycle in whole.cycles if cycle.unit == "term"]
    if terms:
        asks = ["terms"] + ["also-dated"] * (len(whole.cycles) > len(terms) or bool(whole.moments))
        return _quota(whole, terms[0].count or 1, [], asks, dated=False)
    yearly = [cycle for cycle in whole.cycles if cycle.unit == "year"]
    if len(yearly) == len(whole.cycles):
        return _every_year(whole, yearly)
    return _rhythm(whole, yearly)


def _every_year(whole: Whole, yearly: list[Cycle]) -> Reading:
    cycle = yearly[0]
    year = whole.scene.year
    count = cycle.count if cycle.count is not None else whole.counts[0].values[0] if whole.counts else None
    own = [moment for other in yearly for moment in other.moments]
    asks = [ask for other in yearly for ask in other.asks] + [token.ask for token in whole.counts]
    if len({other.count for other in yearly if other.count}) > 1:
        asks.append("count-differs")
    if cycle.n > 1:
        asks.append("which-turn")
    if count is not None and not own:
        return _count_a_year(whole, cycle, count, asks)
    if whole.moments:  # 每年一次，6月底前; 每年，6月底前
        own = [*own, *whole.moments]
        asks += ["several-demands"] * bool(len(own) > len(whole.moments))
    cycle = replace_moments(cycle, own)
    made = turns(cycle, year, whole.scene.calendar)
    asks += made.asks + _side_asks(whole)
    start = own[0].start if len(own) == 1 and not own[0].point else None
    if count is not None and count > 1 and len(made.spans) == 1:
        return _quota(whole, count, own, asks)
    if count is not None and count > 1 and count != len(made.spans):
        asks.append("count-differs")
    shown = count if count and count > 1 else None
    return reading(
        whole,
        Kind.EVERY,
        made.spans,
        asks,
        window_start=start,
        rule=made.rule,
        count=shown,
        provisional=made.provisional,
    )


def _count_a_year(whole: Whole, cycle: Cycle, count: int, asks: list[str]) -> Reading:
    """每年两次: a number to reach; with a time beside it, within that time."""
    year = whole.scene.year
    moments = whole.moments
    asks = asks + _side_asks(whole)
    if "全覆盖" in whole.words:
        asks += ["also-after"] if whole.afters else []
    if not moments:
        return _quota(whole, count, [], asks)
    asks += [ask for moment in moments for ask in moment.asks]
    if len(moments) == 1 and count <= 1:
        moment = moments[0]
        kind = Kind.BY if moment.point else Kind.WINDOW
        start = None if moment.point else moment.start
        return reading(
            whole, kind, spans_of(moments, year), asks, window_start=start, rule=yearly_rule(moment), count=count
        )
    if len(moments) == 1:
        return _quota(whole, count, moments, asks)
    rule = " ".join(yearly_rule(moment) for moment in moments)
    asks += ["count-differs"] if count != len(moments) else []
    return reading(whole, Kind.DATES, spans_of(moments, year), asks, rule=rule, count=count)


def replace_moments(cycle: Cycle, moments: list[Moment]) -> Cycle:
    """The cycle with other moments."""
    return replace(cycle, moments=moments, asks=[])


def _rhythm(whole: Whole, yearly: list[Cycle]) -> Reading:
    """Every month, quarter, week …; several rhythms of one phrase stand side by side."""
    scene = whole.scene
    asks: list[str] = []
    first, last, moments = _bounds(whole, asks)
    spans: list[Span] = []
    rules: list[str] = []
    provisional = False
    counts = {cycle.count for cycle in whole.cycles if cycle.unit != "year" and cycle.count}
    for cycle in _distinct(whole.cycles, asks):
        if cycle.unit == "year" and cycle.count is not None and not cycle.moments:
            _check_total(whole, cycle.count, asks)
            continue
        made = turns(cycle, scene.year, scene.calendar)
        if cycle.unit != "year" and (first > date(scene.year, 1, 1) or last < date(scene.year, 12, 31)):
            made = limited(made, first, last)
        asks += [ask for ask in made.asks if ask != "weak"]
        spans += made.spans
        rules += [rule for rule in made.rule.split(" ") if rule and rule not in rules]
        provisional = provisional or made.provisional
    if not spans:
        raise Unsure("not-understood")
    for token in whole.counts:
        asks += [token.ask] if token.ask else []
    if moments:
        spans += spans_of(moments, scene.year)
        asks += ["several-demands", *(ask for moment in moments for ask in moment.asks)]
    if len({cycle.unit for cycle in whole.cycles}) > 1 and len({"每" in cycle.written for cycle in whole.cycles}) > 1:
        asks.append("several-demands")  # 月度例会制度每季度末完善: one of the two may be the name of something
    asks += _side_asks(whole)
    count = next(iter(counts)) if len(counts) == 1 else None
    return reading(
        whole,
        Kind.EVERY,
        spans,
        asks,
        rule=" ".join(rules),
        count=count if count and count > 1 else None,
        provisional=provisional,
    )


def _distinct(cycles: list[Cycle], asks: list[str]) -> list[Cycle]:
    """逐月报送，每月5日前: one rhythm, said once with and once without its day."""
    kept = []
    for cycle in cycles:
        same = [other for other in cycles if other is not cycle and (other.unit, other.n) == (cycle.unit, cycle.n)]
        if cycle.bare and any(not other.bare for other in same):
            asks.extend(ask for ask in cycle.asks if ask != "weak")
            continue
        if not cycle.bare and any(not other.bare for other in same):
            asks.append("several-demands")
        kept.append(cycle)
    return kept


def _bounds(whole: Whole, asks: list[str]) -> tuple[date, date, list[Moment]]:
    """The window in which a rhythm runs (3月至11月每月), and the moments that are none."""
    year = whole.scene.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    others: list[Moment] = []
    candidates = [(moment, True) for clause in whole.clauses for moment in clause.bound]
    for clause in whole.clauses:
        alone = bool(clause.moments) and not clause.cycles and not clause.words and "from-now" not in clause.flags
        candidates += [
            (moment, alone and clause is whole.clauses[0]) for moment in clause.moments if moment in whole.moments
        ]
    for clause in whole.clauses:
        if clause.counts and clause.moments and all(moment.whole_year for moment in clause.moments):
            _check_total(whole, clause.counts[0].values[0], asks)  # 每季度一次，全年不少于4次
            candidates = [(moment, front) for moment, front in candidates if moment not in clause.moments]
    for moment, in_front in candidates:
        asks.extend(ask for ask in moment.asks if ask not in asks)
        if moment.whole_year and moment.start.year == year and in_front:
            continue
        if in_front and moment.starts:
            first = max(first, moment.start)
        elif in_front and not moment.point:
            first, last = max(first, moment.start), min(last, moment.due) if moment.due.year == year else last
            if moment.due.year != year:
                asks.append("over-new-year")
        elif in_front:
            last = min(last, moment.due)
            asks.append("until-day")
        else:
            others.append(moment)
    if last < first:
        raise Unsure("range-backwards")
    return first, last, others


def _check_total(whole: Whole, total: int, asks: list[str]) -> None:
    """每季度一次，全年不少于4次: the two have to agree."""
    per = {"week": 52, "month": 12, "quarter": 4, "half": 2, "halfmonth": 24, "tenday": 36}
    turns_a_year = sum(
        per.get(cycle.unit, 0) // cycle.n * (cycle.count or 1) for cycle in whole.cycles if cycle.unit != "year"
    )
    if turns_a_year != total:
        asks.append("count-differs")


# --- dates -------------------------------------------------------------------------------------------------------------
def _dated(whole: Whole) -> Reading:
    moments = list(dict.fromkeys(whole.moments))
    asks = [ask for moment in moments for ask in moment.asks] + _side_asks(whole)
    year = whole.scene.year
    if "from-now" in whole.flags and len(moments) == 1:
        begin = (
            whole.scene.on
            if whole.scene.on and whole.scene.on <= moments[0].due
            else min(date(year, 1, 1), moments[0].due)
        )
        moments = [replace(moments[0], start=begin, point=False)]
    if any(moment.starts for moment in moments) or ("start" in whole.flags and len(moments) > 1):
        moments, more = _from_start(whole, moments)
        asks += more
    if "each" in whole.flags and len(moments) == 1 and whole.counts and not moments[0].point:
        moments = _each(moments[0])
        asks = [ask for ask in asks if ask != "one-or-several"]
        whole.asks = [ask for ask in whole.asks if ask != "one-or-several"]
    if whole.counts:
        return _counted_dates(whole, moments, asks)
    return _plain_dates(whole, moments, asks)


def _plain_dates(whole: Whole, moments: list[Moment], asks: list[str]) -> Reading:
    provisional = any(moment.provisional for moment in moments)
    if len(moments) == 1:
        moment = moments[0]
        kind = Kind.BY if moment.point else Kind.WINDOW
        start = None if moment.point else moment.start
        span = Span(moment.start, moment.due) if not moment.point else None
        spans = [span] if span else spans_of(moments, whole.scene.year)
        return reading(whole, kind, spans, asks, window_start=start, provisional=provisional)
    clauses_with_days = [clause for clause in whole.clauses if clause.moments]
    if len(clauses_with_days) > 1 and any(clause.words for clause in clauses_with_days):
        asks.append("several-demands")  # 6月底前完成初稿，9月底前定稿
    if re.search("(?:力争|争取|力求).+(?:确保|保证|最迟|不迟于)", whole.phrase):
        asks.append("several-demands")  # 力争5月底、确保6月底前完成
    if any(not moment.point for moment in moments) and any(
        moment.level == "range" or moment.level.endswith("s") for moment in moments
    ):
        asks += ["once-or-each"] * any("once-or-each" in moment.asks for moment in moments)
    if len({moment.due for moment in moments}) < len(moments) or _overlap(moments):
        asks.append("overlapping")
    return reading(whole, Kind.DATES, spans_of(moments, whole.scene.year), asks, provisional=provisional)


def _overlap(moments: list[Moment]) -> bool:
    """Whether a window contains another of the times."""
    return any(
        one is not other and not one.point and one.start <= other.due <= one.due for one in moments for other in moments
    )


def _from_start(whole: Whole, moments: list[Moment]) -> tuple[list[Moment], list[str]]:
    """3月起: open to the end of the year; 3月启动，6月底前完成: one window."""
    ordered = [moment for moment in whole.moments if moment in moments]
    if len(ordered) == 2 and ordered[0].start <= ordered[1].due:
        return [replace(ordered[1], start=ordered[0].start, point=False, starts=False)], ["start-and-end"]
    if len(ordered) == 1 and ordered[0].starts:
        moment = ordered[0]
        end = date(moment.start.year, 12, 31)
        return [replace(moment, due=end, point=False, end_of_month=True)], ["open-end"]
    return ordered, ["start-and-end"]


def _each(moment: Moment) -> list[Moment]:
    """第一至第四季度各一次: a range of quarters or months, one by one."""
    step = {"quarters": 3, "quarter": 3, "months": 1, "half": 6}.get(moment.level)
    if step is None:
        return [moment]
    made, start = [], moment.start
    while start <= moment.due:
        index = start.year * 12 + start.month - 1 + step
        following = date(index // 12, index % 12 + 1, 1)
        made.append(replace(moment, start=start, due=following - timedelta(days=1)))
        start = following
    return made


def _counted_dates(whole: Whole, moments: list[Moment], asks: list[str]) -> Reading:
    """上半年不少于2次, 全年12次, 5月、10月各一次."""
    token = whole.counts[0]
    count = token.values[0]
    asks += [other.ask for other in whole.counts if other.ask]
    year = whole.scene.year
    if len({other.values[0] for other in whole.counts}) > 1:
        asks.append("count-differs")
    if len(moments) == 1:
        moment = moments[0]
        if moment.whole_year or count > 1:
            return _quota(whole, count, moments, asks)
        kind = Kind.BY if moment.point else Kind.WINDOW
        start = None if moment.point else moment.start
        return reading(whole, kind, spans_of(moments, year), asks, window_start=start, count=count)
    per_date = "each" in whole.flags or count == len(moments) or len(whole.counts) == len(moments)
    if not per_date:
        asks.append("count-differs")
    if "each" in whole.flags:
        asks = [ask for ask in asks if ask not in ("once-or-each", "one-or-several")]
        whole.asks = [ask for ask in whole.asks if ask != "one-or-several"]
    if len([clause for clause in whole.clauses if clause.moments]) > 1 and not per_date:
        asks.append("several-demands")
    return reading(whole, Kind.DATES, spans_of(moments, year), asks, count=count if count > 1 else None)


def _quota(whole: Whole, count: int, moments: list[Moment], asks: list[str], *, dated: bool = True) -> Reading:
    """A number to reach within a time; without one, within the plan year."""
    year = whole.scene.year
    if count < 1:
        asks = [*asks, "count-vague"]
        count = 1
    moment = moments[0] if moments else None
    if not dated:
        return reading(whole, Kind.QUOTA, [], asks, count=count)
    start = moment.start if moment and not moment.point else date(year, 1, 1)
    due = moment.due if moment else date(year, 12, 31)
    return reading(whole, Kind.QUOTA, [Span(min(start, due), due)], asks, window_start=min(start, due), count=count)


# --- no dates ----------------------------------------------------------------------------------------------------------
def _side_asks(whole: Whole) -> list[str]:
    """What else a dated phrase demands, which no date can hold."""
    asks = []
    if whole.afters:
        asks.append("also-after")
    if "now" in whole.flags:
        asks.append("also-at-once")
    if "ongoing" in whole.flags:
        asks.append("also-ongoing")
    undated = [clause for clause in whole.clauses if "notice" in clause.flags]
    if any(not clause.moments and not clause.cycles and not clause.bound for clause in undated):
        asks.append("also-notice")
    return asks


def _undated(whole: Whole) -> Reading:
    """What names no day: an event, at once, ongoing, to be notified, or nothing that can be used."""
    flags = whole.flags
    asks: list[str] = []
    if "done" in flags:
        raise Unsure("already-done")
    after = _best_after(whole.afters) or _whenever(whole)
    if after is None and "now" in flags:
        after = After("", None, "", ("at-once",))
        asks += ["also-ongoing"] * ("ongoing" in flags)
    if after is not None:
        asks = [*after.asks, *asks, *(["several-demands"] if len(whole.afters) > 1 else [])]
        made = reading(whole, Kind.AFTER, [], asks)
        return replace(made, event=after.event, offset=after.offset, offset_unit=after.unit)
    if "ongoing" in flags or "from-now" in flags:
        asks = (
            ["open-end"] * ("ongoing" not in flags)
            + ["also-notice"] * ("notice" in flags)
            + ["vague-too"] * ("vague" in flags and "notice" not in flags)
        )
        return reading(whole, Kind.ONGOING, [], asks)
    if "notice" in flags:
        return reading(whole, Kind.NOTICE, [], ["others-decide"])
    if "not-all-read" in whole.asks:
        raise Unsure("not-understood")
    raise Unsure("vague" if "vague" in flags else "no-time")


def _whenever(whole: Whole) -> After | None:
    """有变动及时更新: from an event that may come at any time."""
    match = re.match(r"(?:如?有|发生|出现|发现|遇到?|一旦|凡有?).{1,20}", whole.words)
    if match is None or not {"vague", "now"} & whole.flags:
        return None
    return After(match[0][:60], None, "", ("event-without-number",))


def _best_after(afters: list[After]) -> After | None:
    numbered = [after for after in afters if after.offset is not None]
    return next(iter(numbered or afters), None)
