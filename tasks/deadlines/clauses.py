"""One clause of a phrase: what it says of times, rhythms, counts and events, in the order in which it says it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from tasks.deadlines.cycles import Cycle
from tasks.deadlines.events import ENDS, STARTS, WORRYING, After, EventReader
from tasks.deadlines.moments import Moment, shift
from tasks.deadlines.runs import JOINTS, Run, RunReader, Scene, Unsure
from tasks.deadlines.spans import moments_of
from tasks.deadlines.tokens import T, Token
from tasks.deadlines.vocabulary import MEASURES

IGNORED = (T.FILLER, T.TIME)
FLAGS = {
    T.NOW: "now", T.ONGOING: "ongoing", T.NOTICE: "notice", T.VAGUE: "vague", T.DONE: "done", T.TENTATIVE: "tentative",
    T.OVERRIDE: "override", T.SHIFT: "shift", T.EACH: "each", T.START: "start", T.FIXED_DAY: "fixed",
}  # fmt: skip
_REPORTS = re.compile("报|反馈|汇总")
_TIME_CHARS = re.compile(r"[年月旬季周\d]")
_NOT_TIME = re.compile(
    r"上一?个?(?:季度|周|星期|月|半月)|(?:季度|月度|半年度?)(?=小结|总结|报告|情况|进展|报表|工作|任务|计划|例会|分析|会议)"
    r"|年度|周年|周期|季节|月度|周边|周密|周到|青年|少年|老年|多年|百年|年龄|年会|年鉴|年报|年检|历年|往年|近年|年轻|学年|岁月|周全|众所周知|年限|年终|季度性|工作周|(?:宣传|活动|教育|学习|服务|安全|质量|主题|廉政|法治|团结|雷锋|安全生产)[月周](?!\d)|[周月季](?:度|报(?![送告])|进展|计划|总结|小结)|[周月]例会"
    r"|第[\d一二三四五六七八九十]+[届次批轮期章条款项类]|\d+" + MEASURES + r"|\d+(?:\.\d+)?(?:万|亿)?(?:元|%|号文)"
)
_TOPIC = re.compile(
    "(?:的|各项|主要|重点|党建|组织|有关|相关|本单位|整改|活动|学习|年度)*(?:工作|任务|情况|进展|总结|报告|报表|数据|计划|要点|方案|台账|信息|成效|小结|目标|材料|清单|活动|考核|述职|预算|决算|党费|经费)"
)


@dataclass
class Clause:
    """What one clause says."""

    moments: list[Moment] = field(default_factory=list)
    bound: list[Moment] = field(default_factory=list)  # a window in front of a rhythm: 3月至11月每月
    cycles: list[Cycle] = field(default_factory=list)
    counts: list[Token] = field(default_factory=list)
    after: After | None = None
    flags: set[str] = field(default_factory=set)
    asks: list[str] = field(default_factory=list)
    words: str = ""
    carried_year: int | None = None


class ClauseReader:
    """Walks over the tokens of one clause once."""

    def __init__(self, tokens: list[Token], text: str, scene: Scene, *, later: bool = False) -> None:
        for token in tokens:
            token.used = token.kind in IGNORED
        self.tokens = [token for token in tokens if not token.used]
        self.text = text
        self.start = tokens[0].start if tokens else 0
        self.scene = scene
        self.later = later  # a time stands in front, in another clause
        self.events = EventReader(self.tokens, text, self.start)
        self.place = 0
        self.cycle: Cycle | None = None
        self.found = Clause()

    def read(self) -> Clause:
        """Everything that the clause says."""
        while self.place < len(self.tokens):
            if self._every() or self._in_cycle() or self._month_of_event() or self._run() or self._flag():
                continue
            self.place += 1
        found = self.found
        found.words = "".join(token.text for token in self.tokens if token.kind is T.TEXT)
        self._days_after_a_day()
        if not (found.moments or found.cycles):
            found.after = found.after or self.events.read()
        self._doubts()
        return found

    def kind(self, ahead: int = 0) -> T | None:
        """The kind of a token further on."""
        index = self.place + ahead
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else None

    def take(self) -> Token:
        """The next token, marked as understood."""
        token = self.tokens[self.place]
        token.used = True
        self.place += 1
        return token

    # --- rhythms ---------------------------------------------------------------------------------------------------
    def _every(self) -> bool:
        if self.kind() is not T.EVERY:
            return False
        token = self.take()
        n = token.values[0]
        if n < 1:
            raise Unsure("not-understood", token.text)
        cycle = Cycle(token.name, n, written=token.text)
        if len(token.values) > 1:
            cycle.weekdays.append(token.values[1])
        if token.ask == "odd":
            cycle.nth_month = 1  # 单月: the first of each two
        if token.ask:
            cycle.asks.append("even" if token.ask == "odd" else token.ask)
        if (self.found.moments or self.found.cycles) and self._words_between():
            self.found.asks.append(
                "several-demands"
            )  # 4月至6月落实每周学习制度: the rhythm may be in the name of something
        if self.found.moments and not self.found.cycles and cycle.unit not in ("year", "term"):
            self.found.bound, self.found.moments = self.found.moments, []
        self.cycle = cycle
        self.found.cycles.append(cycle)
        return True

    def _words_between(self) -> bool:
        """Whether words, and no sign of listing, part the rhythm just taken from the time before it."""
        before = self.tokens[: self.place - 1]
        last = max((index for index, token in enumerate(before) if token.used), default=-1)
        kinds = {token.kind for token in before[last + 1 :]}
        return T.TEXT in kinds and not kinds & {T.ENUM, T.SLASH, T.AND}

    def _in_cycle(self) -> bool:
        """A detail of the rhythm that is being read."""
        cycle, kind = self.cycle, self.kind()
        if cycle is None or kind is None:
            return False
        by_month = cycle.unit in ("month", "quarter", "half")
        if kind is T.COUNT:
            token = self.take()
            cycle.count = token.values[0]
            cycle.asks.extend([token.ask] if token.ask else [])
        elif kind is T.FIXED_DAY:
            self.take()
            cycle.fixed_day = True
        elif cycle.unit == "week" and kind is T.WEEKDAY:
            self._weekdays(cycle)
        elif by_month and kind in (T.DAY, T.NUMBER):
            return self._days(cycle)
        elif by_month:
            return self._place_in_month(cycle, kind)
        elif cycle.unit == "year" and kind is T.EDGE:
            raise_year_edge(cycle, self.take(), self.scene)
        else:
            return False
        return True

    def _weekdays(self, cycle: Cycle) -> None:
        """周一、三、五; 周一至周五."""
        span = False
        while True:
            token = self.take()
            day = token.values[0] if token.kind is T.WEEKDAY else token.values[0] - 1
            if not 0 <= day <= 6:
                raise Unsure("not-understood", token.text)
            if span and cycle.weekdays and cycle.weekdays[-1] < day:
                cycle.weekdays.extend(range(cycle.weekdays[-1] + 1, day))
            cycle.weekdays.append(day)
            cycle.asks.extend([token.ask] if token.ask else [])
            follows = self.kind(1)
            if self.kind() not in (T.ENUM, T.AND, T.RANGE, T.COMMA, T.SLASH) or follows not in (T.WEEKDAY, T.NUMBER):
                return
            span = self.take().kind is T.RANGE

    def _days(self, cycle: Cycle) -> bool:
        """26日; 5日、20日; 25日至30日; 1-5日."""
        loose = self.kind() is T.NUMBER
        if loose and (self.kind(1) not in (*JOINTS, T.BEFORE, T.DAY, None) or self._is_measure(self.place)):
            return False
        if cycle.days:
            cycle.asks.append("several-demands")
        first = self.take().values[0]
        if self.kind() is T.RANGE and self.kind(1) in (T.DAY, T.NUMBER, T.EDGE, T.MONTH_EDGE):
            self.take()
            last = self.take()
            cycle.from_day = first
            cycle.days = [31 if last.kind in (T.EDGE, T.MONTH_EDGE) else last.values[0]]
            if last.kind in (T.EDGE, T.MONTH_EDGE):
                cycle.days, cycle.edge = [], 1
            elif last.values[0] < first:
                raise Unsure("range-backwards")
            return True
        cycle.days.append(first)
        if self.kind() is T.BEFORE and self.kind(1) in (T.ENUM, T.AND) and self.kind(2) in (T.DAY, T.NUMBER):
            self.take()
        while self.kind() in (T.ENUM, T.AND, T.SLASH, T.OR) and self.kind(1) in (T.DAY, T.NUMBER):
            if self.take().kind in (T.SLASH, T.OR):
                cycle.asks.append("once-or-each")
            cycle.days.append(self.take().values[0])
        return True

    def _place_in_month(self, cycle: Cycle, kind: T) -> bool:
        if kind is T.PART:
            values = self.take().values
            cycle.part = (values[0], values[1])
        elif kind in (T.EDGE, T.MONTH_EDGE):
            edge = self.take().values[0]
            cycle.edge = None if edge == 2 else edge
        elif kind is T.NTH_WEEKDAY:
            token = self.take()
            cycle.nth_weekday = (token.values[0], token.values[1])
            cycle.asks.extend([token.ask] if token.ask else [])
        elif kind is T.NTH_WEEK:
            cycle.nth_week = self.take().values[0]
        elif kind is T.NTH_WORKDAY:
            cycle.nth_workday = self.take().values[0]
        elif kind is T.NTH_MONTH:
            cycle.nth_month = self.take().values[0]
        elif kind is T.BEFORE and self.kind(1) is T.DURATION:
            self.take()
            self._lead(cycle, self.take())
        elif self.kind(1) is T.DURATION and (
            kind is T.AFTER or (kind is T.TEXT and ENDS.search(self.tokens[self.place].text))
        ):
            self.take().used = kind is T.AFTER
            self._lag(cycle, self.take())
        elif kind is T.MONTH_ON and self.tokens[self.place].values[0] == 1 and self.kind(1) is T.DAY:
            self.take()
            cycle.lag = (self.take().values[0], "day")
        elif kind is T.MONTH_ON:
            self.take()  # 报送当月信息: which month is reported
            self.found.flags.add("names-month")
        elif kind in (T.BEFORE, T.WITHIN):
            self.take()
        else:
            return False
        return True

    def _lead(self, cycle: Cycle, token: Token) -> None:
        count = token.values[0]
        if cycle.edge == 1:
            cycle.lead = (count, token.name)
        elif token.name == "day":
            cycle.days.append(count)  # 每月前5天
        else:
            raise Unsure("not-understood", token.text)

    def _lag(self, cycle: Cycle, token: Token) -> None:
        unit = "day" if token.name == "hour" else token.name
        if token.values[0] < 1:
            raise Unsure("not-understood", token.text)
        cycle.lag = (token.values[0], unit)

    # --- times -----------------------------------------------------------------------------------------------------
    def _month_of_event(self) -> bool:
        """当月, 次月 behind an event or on their own; 即日起 only opens a span; 本季度 behind a time says what is reported."""
        if self.kind() in (T.MONTH_ON, T.QUARTER_ON, T.WEEK_ON) and (self.found.moments or self.found.cycles):
            self.take()
            return True
        if self.kind() is T.DAY_ON and self.tokens[self.place].values[0] == 0 and self.kind(1) in (T.FROM, T.RANGE):
            self.take()
            if self.kind() is T.FROM:
                self.take()
            self.found.flags.add("from-now")
            return True
        if self.kind() is not T.MONTH_ON or self.tokens[self.place].text[0] not in "当次翌":
            return False
        ahead = self.tokens[self.place].values[0]
        event = self.events.name(self.tokens[self.place].start)
        if self.kind(1) is T.DAY and not event:
            self.take()
            cycle = Cycle("month", asks=["each-month"], written="")
            self.found.cycles.append(cycle)
            self.cycle = cycle
            return True
        self.take()
        exact = not (
            self.kind() in (T.DAY, T.PART) or (self.kind() is T.EDGE and self.tokens[self.place].values[0] != 1)
        )
        while self.kind() in (T.DAY, T.PART, T.EDGE, T.BEFORE, T.WITHIN):
            self.take()
        asks = () if exact and event else ("event-loose",)
        self.found.after = After(event, ahead, "monthend", asks)
        return True

    def _run(self) -> bool:
        scene = self.scene if self.found.carried_year is None else replace(self.scene, year=self.found.carried_year)
        if self.kind() is T.DAY and self._negative_day():
            return False
        if self.tokens[self.place].text == "当年" and self.events.name(self.tokens[self.place].start):
            self.found.asks.append("event-loose")  # 事件发生当年: whichever year that is
        reader = RunReader(self.tokens, self.place, scene)
        run = reader.read()
        if run is None:
            return False
        self.place = reader.place
        named_days = [item for item in run.items if item.festival and not item.before]
        waiting = self.cycle is not None and self.cycle.unit == "year" and not self.cycle.moments
        topic = self.later and self.kind() is T.TEXT and not any(item.shift or item.during for item in named_days)
        told = topic or self.found.moments or self.found.cycles
        if len(named_days) == len(run.items) and told and not waiting:
            self.found.asks += ["not-all-read"] * (not topic)  # 全年做好五一、国庆等节日提醒: what the work is about
            return True
        moments = moments_of(run, scene)
        if self._is_topic(run, moments):
            return True
        self._remember(run, moments)
        if self.cycle is not None and self.cycle.unit == "year":
            self.cycle.moments.extend(moments)
        else:
            if self.found.cycles and not self.found.bound and self.kind(0) is T.EVERY:
                self.found.bound = moments
                return True
            self.found.moments.extend(moments)
            self.cycle = None
        return True

    def _remember(self, run: Run, moments: list[Moment]) -> None:
        years = [item.year for item in run.items if item.year is not None]
        only_a_year = len(moments) == 1 and moments[0].bare_year and self.kind() is T.TEXT
        if years and not only_a_year:
            self.found.carried_year = years[-1]
        if _pair_of_spans(run, moments):
            self.found.asks.append("one-or-several")

    def _is_topic(self, run: Run, moments: list[Moment]) -> bool:
        """7月10日前报送上半年情况, 上半年工作总结7月10日前报送: one of the two says what the report is about."""
        closed = any(item.before or item.edge == 1 for item in run.items)
        if self.kind() is T.TEXT and self.tokens[self.place].text.startswith("以来"):
            self.found.asks.append("not-all-read")  # 三季度以来的工作: the time of what is reported
            return True
        about = self.kind() is T.TEXT and bool(_TOPIC.match(self.tokens[self.place].text)) and not self._in_a_row(run)
        earlier = bool(self.found.moments or self.found.cycles)
        if earlier and self.kind() is T.TEXT and all(moment.bare_year for moment in moments):
            return True
        if about and not closed and earlier and (self.cycle is None or self.cycle.unit != "year" or self.cycle.moments):
            return True
        if about and not closed and not earlier and self._closed_time_follows():
            return True
        if earlier and self.found.moments and self.cycle is None:
            self.found.asks.append("several-demands")
        return False

    def _in_a_row(self, run: Run) -> bool:
        """3月部署、6月推进、11月总结: a sign of listing stands in front, so it is one more time."""
        before = [token.kind for token in self.tokens if token.end <= run.begins]
        return bool(before) and before[-1] is T.ENUM

    def _closed_time_follows(self) -> bool:
        """Whether a time with 前 or 底 behind it stands further on in the clause."""
        kinds = [token.kind for token in self.tokens[self.place :]]
        times = (T.MONTH, T.DAY, T.EDGE, T.YEAR_EDGE, T.MD, T.YMD, T.PART, T.FESTIVAL, T.QUARTER)
        return (
            any(first in times and second in (T.BEFORE, T.EDGE) for first, second in pairwise(kinds))
            or T.EVERY in kinds
        )

    def _negative_day(self) -> bool:
        """会议召开3日前: days before an event, not the 3rd."""
        token = self.tokens[self.place]
        return self.kind(1) is T.BEFORE and bool(STARTS.search(self.events.name(token.start)))

    def _flag(self) -> bool:
        kind = self.kind()
        if kind is T.COUNT:
            self.found.counts.append(self.take())
            return True
        flag = FLAGS.get(kind or T.TEXT)
        if flag is None:
            return False
        token = self.take()
        self.found.flags.add("shift-back" if token.kind is T.SHIFT and token.values[0] < 0 else flag)
        return True

    def _days_after_a_day(self) -> None:
        """2026年3月5日会议后7日内: counted from a day that is named."""
        for before, token in pairwise(self.tokens):
            if (
                token.kind is T.DURATION
                and not token.used
                and before.kind in (T.AFTER, T.FROM)
                and len(self.found.moments) == 1
            ):
                token.used = before.used = True
                moment = self.found.moments[0]
                unit = "day" if token.name == "hour" else token.name
                due = shift(moment.due, token.values[0], unit, self.scene.calendar)
                self.found.moments = [replace(moment, due=due, point=True, asks=(*moment.asks, "counted-from-day"))]

    # --- what was not understood -----------------------------------------------------------------------------------
    def _doubts(self) -> None:
        found = self.found
        for index, token in enumerate(self.tokens):
            if not token.used and token.kind in WORRYING and not self._is_measure(index):
                found.asks.append("not-all-read")
            behind_time = index > 0 and self.tokens[index - 1].kind in (T.MONTH, T.EVERY, T.WEEKDAY, T.PART)
            if token.kind is T.TEXT and behind_time and re.match("[一二三四五六七八九十廿卅]{2}|[廿卅]", token.text):
                found.asks.append("not-all-read")  # a numeral beside a time that no rule took
            if token.kind is T.TEXT and _TIME_CHARS.search(_NOT_TIME.sub("", token.text)):
                found.asks.append("not-all-read")
        names_month = "names-month" in found.flags or "上月" in found.words or "当月" in found.words
        for cycle in found.cycles:
            early = cycle.unit == "month" and cycle.days and max(cycle.days) <= 10 and cycle.lag is None
            if early and _REPORTS.search(found.words) and not names_month:
                cycle.asks.append("report-period")

    def _is_measure(self, index: int) -> bool:
        token = self.tokens[index]
        if token.kind is not T.NUMBER:
            return False
        return bool(re.match(rf"(?:[-至到、]\d+)?{MEASURES}", self.text[token.end :]))  # 3个, 2-3个


def raise_year_edge(cycle: Cycle, token: Token, scene: Scene) -> None:
    """每年底, 每年初, 每年中: the edge of the year as its one time."""
    year, edge = scene.year, token.values[0]
    due = {1: date(year, 12, 31), 0: date(year, 6, 30), -1: date(year, 1, 31)}[edge]
    asks = {1: (), 0: ("middle-vague",), -1: ("early-vague",)}[edge]
    cycle.moments.append(Moment(date(year, 1, 1), due, True, asks, end_of_month=True, level="edge"))


def _pair_of_spans(run: Run, moments: list[Moment]) -> bool:
    """4月、5月 may be one window or two; all four quarters are surely each."""
    if len(moments) < 2 or "range" in run.joints or not all(moment.month_span for moment in moments):
        return False
    days = sum((moment.due - moment.start).days + 1 for moment in moments)
    if days >= 365:
        return False
    return any((second.start - first.due).days == 1 for first, second in pairwise(moments))
