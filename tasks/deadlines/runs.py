"""Times beside each other as written: 3、6、9月底, 3-4月, 10月至次年3月, 3月15日、25日."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from tasks.deadlines.moments import Item
from tasks.deadlines.tokens import T, Token
from tasks.workdays import Workdays

JOINTS = {T.RANGE: "range", T.UNTIL: "range", T.ENUM: "list", T.AND: "list", T.SLASH: "or", T.OR: "or"}
STARTS = frozenset(
    {T.YMD, T.YM, T.MD, T.YEAR, T.YEARS_ON, T.YEAR_PLAN, T.YEAR_EDGE, T.HALF, T.HALVES, T.WHOLE, T.QUARTER, T.MONTH, T.FESTIVAL}
)  # fmt: skip
UNITS_AHEAD = (T.MONTH, T.DAY, T.QUARTER, T.PART)


class Unsure(Exception):
    """The words say a time, but not which one: a problem with a reason, never a guess."""

    def __init__(self, reason: str, *args: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reason_args = tuple(str(arg) for arg in args)


@dataclass(frozen=True)
class Scene:
    """What a phrase is read against: the plan year, the day of reading (for 本月底), the working days."""

    year: int
    on: date | None
    calendar: Workdays


@dataclass
class Run:
    """Items and what joins them."""

    items: list[Item] = field(default_factory=list)
    joints: list[str] = field(default_factory=list)  # one less than items: range, list, or, beside
    open_start: bool = False  # 至6月底: an end without a beginning
    begins: int = 0  # where it stands in the even text
    until: bool = False  # 持续到6月底: the time up to it is meant, not the day


class RunReader:
    """Reads one run of times from tokens, starting at `place`; leaves `place` behind its last token."""

    def __init__(self, tokens: list[Token], place: int, scene: Scene) -> None:
        self.tokens = tokens
        self.place = place
        self.scene = scene

    def peek(self, ahead: int = 0) -> T | None:
        """The kind of a token further on."""
        index = self.place + ahead
        return self.tokens[index].kind if index < len(self.tokens) else None

    def take(self) -> Token:
        """The next token, marked as understood."""
        token = self.tokens[self.place]
        token.used = True
        self.place += 1
        return token

    def read(self) -> Run | None:
        """The run that starts here, or None where no time starts."""
        run = Run(begins=self.tokens[self.place].start)
        start = self.place
        if self.peek() in (T.RANGE, T.UNTIL):
            run.until = self.take().kind is T.UNTIL
            run.open_start = True
        first = self._items(run)
        if not first:
            self._back_to(start)
            return None
        while True:
            joint_place = self.place
            joint = JOINTS.get(self.peek() or T.TEXT)
            if joint:
                self.take()
            if joint is None and not self._starts_here():
                break
            if not self._items(run, joint or "beside"):
                self._back_to(joint_place)
                break
        return run

    def _back_to(self, place: int) -> None:
        for token in self.tokens[place : self.place]:
            token.used = False
        self.place = place

    def _starts_here(self) -> bool:
        return self.peek() in STARTS

    def _items(self, run: Run, joint: str = "") -> bool:
        """Adds the item that starts here (two for 上下半年); False where none does."""
        place = self.place
        if self.peek() is T.HALVES:
            self.take()
            made = [Item(half=1), Item(half=2)]
        else:
            item = self._item()
            if item is None:
                self._back_to(place)
                return False
            made = [item]
        for item in made:
            if run.items:
                run.joints.append(joint if item is made[0] else "list")
            run.items.append(item)
        return True

    def _item(self) -> Item | None:
        item = Item()
        self._year(item)
        kind = self.peek()
        if kind is None or not self._body(item, kind):
            if item.year is None:
                return None
            item.whole = item.bare_year = item.edge is None
        self._modifiers(item)
        return item

    def _year(self, item: Item) -> None:
        """An explicit or a relative year in front."""
        kind = self.peek()
        if kind is T.YEAR_PLAN:
            item.year, item.edge = self.take().values[0] + 4, 1
            item.asks.append("far-year")
        elif kind is T.YEAR:
            item.year = self.take().values[0]
            if self.peek() is T.YEAR_EDGE or self.peek() is T.WHOLE:
                return
        elif kind is T.YEARS_ON:
            item.year = self.scene.year + self.take().values[0]

    def _body(self, item: Item, kind: T) -> bool:
        """The time itself; False where this is none."""
        if kind in (T.SEASON, T.LUNAR) and item.year is None and self._only_text_before():
            raise Unsure("season" if kind is T.SEASON else "lunar", self.tokens[self.place].text)
        reader = {
            T.YMD: self._ymd, T.YM: self._ym, T.MD: self._md, T.MONTH: self._month, T.NUMBER: self._number,
            T.QUARTER: self._quarter, T.HALF: self._half, T.WHOLE: self._whole, T.YEAR_EDGE: self._year_edge,
            T.EDGE: self._year_edge, T.FESTIVAL: self._festival, T.DAY: self._day, T.PART: self._part,
            T.MONTH_ON: self._relative, T.QUARTER_ON: self._relative, T.WEEK_ON: self._relative, T.DAY_ON: self._relative,
            T.WITHIN: self._within_year, T.MONTH_EDGE: self._month_edge,
        }.get(kind)  # fmt: skip
        if reader is None or (kind in (T.EDGE, T.WITHIN) and item.year is None):
            return False
        return reader(item)

    def _only_text_before(self) -> bool:
        return not any(token.used for token in self.tokens[: self.place])

    def _ymd(self, item: Item) -> bool:
        year, month, day = self.take().values
        item.year, item.month, item.day = year, month, day
        return True

    def _ym(self, item: Item) -> bool:
        item.year, item.month = self.take().values
        self._within_month(item)
        return True

    def _md(self, item: Item) -> bool:
        token = self.take()
        year, month, day = token.values
        item.year = year or item.year
        item.month = month
        item.day = day or None
        if token.name == "end":
            item.edge = 1
        if token.name in ("-", "/") and month < day <= 12 and item.year is None:
            item.asks.append("day-or-months")  # 3-5, 5/10: a day, or two months
        return True

    def _month(self, item: Item) -> bool:
        item.month = self.take().values[0]
        self._within_month(item)
        return True

    def _within_month(self, item: Item) -> None:
        """What of the month: a day, ten days, its end, its second Friday."""
        kind = self.peek()
        if kind is T.DAY or (kind is T.NUMBER and not self._number_looks_ahead((T.MONTH,))):
            item.day = self.take().values[0]
        elif kind is T.PART:
            item.part = (self.tokens[self.place].values[0], self.tokens[self.place].values[1])
            self.take()
            if self.peek() is T.EDGE:
                self.take()
        elif kind in (T.EDGE, T.MONTH_EDGE):
            edge = self.take().values[0]
            item.edge = None if edge == 2 else edge
        elif kind is T.NTH_WEEKDAY:
            item.asks.extend([self.tokens[self.place].ask] if self.tokens[self.place].ask else [])
            nth, weekday = self.take().values
            item.nth_weekday = (nth, weekday)
        elif kind is T.NTH_WEEK:
            item.nth_week = self.take().values[0]
        elif kind is T.NTH_WORKDAY:
            item.nth_workday = self.take().values[0]

    def _number(self, item: Item) -> bool:
        """A number counts as a time only when its unit follows further on: 3、6、9月, 一至三季度."""
        if not self._number_looks_ahead(UNITS_AHEAD):
            return False
        item.number = self.take().values[0]
        return True

    def _number_looks_ahead(self, units: tuple[T, ...]) -> bool:
        index = 1
        while self.peek(index) in JOINTS:
            following = self.peek(index + 1)
            if following in units or (following is T.YEARS_ON and self.peek(index + 2) in units):
                return True
            if following is not T.NUMBER:
                return False
            index += 2
        return False

    def _quarter(self, item: Item) -> bool:
        values = self.take().values
        item.quarter = values[0]
        if len(values) > 1:
            item.from_quarter = 1  # 前三季度
        self._within_span(item)
        return True

    def _half(self, item: Item) -> bool:
        item.half = self.take().values[0]
        self._within_span(item)
        return True

    def _within_span(self, item: Item) -> None:
        if self.peek() is T.NTH_MONTH:
            item.nth_month = self.take().values[0]
            self._within_month(item)
        elif self.peek() is T.EDGE:
            item.edge = self.take().values[0]
        elif self.peek() in (T.DAY, T.PART):
            self._within_month(item)

    def _whole(self, item: Item) -> bool:
        self.take()
        item.whole = True
        return True

    def _within_year(self, item: Item) -> bool:
        self.take()
        item.whole = True
        return True

    def _year_edge(self, item: Item) -> bool:
        item.edge = self.take().values[0]
        return True

    def _festival(self, item: Item) -> bool:
        item.festival = self.take().name
        if self.peek() is T.DURING:
            self.take()
            item.during = True
        if self.peek() is T.AFTER and self.peek(1) is T.NTH_WORKDAY and self.tokens[self.place + 1].values[0] > 0:
            self.take()
            item.workdays_behind = self.take().values[0]  # 国庆节后首个工作日
            if self.peek() is not T.BEFORE:
                return True
            self.take()
        elif self.peek() is not T.BEFORE:
            item.asks.append("festival-days")
        return True

    def _day(self, item: Item) -> bool:
        """A day without a month: good only behind one that names its month."""
        item.day = self.take().values[0]
        return True

    def _part(self, item: Item) -> bool:
        token = self.take()
        item.part = (token.values[0], token.values[1])
        return True

    def _relative(self, item: Item) -> bool:
        """本月底, 下周五, 即日起: counted from the day of reading."""
        token = self.take()
        on = self.scene.on
        if on is None:
            raise Unsure("relative", token.text)
        item.asks.append("relative")
        ahead = token.values[0]
        if token.kind is T.MONTH_ON:
            index = on.year * 12 + on.month - 1 + ahead
            item.year, item.month = index // 12, index % 12 + 1
            self._within_month(item)
        elif token.kind is T.QUARTER_ON:
            index = on.year * 4 + (on.month - 1) // 3 + ahead
            item.year, item.quarter = index // 4, index % 4 + 1
            self._within_span(item)
        elif token.kind is T.WEEK_ON:
            weekday = self.take().values[0] if self.peek() is T.WEEKDAY else 4
            item.exact = on + timedelta(days=7 * ahead + weekday - on.weekday())
        else:
            item.exact = on + timedelta(days=ahead)
        return True

    def _month_edge(self, item: Item) -> bool:
        """月底 with no month: this month's, when the day of reading is known."""
        on = self.scene.on
        if item.year is not None or on is None:
            raise Unsure("relative", self.tokens[self.place].text)
        item.asks.append("relative")
        item.year, item.month, item.edge = on.year, on.month, self.take().values[0]
        if item.edge == 2:
            item.edge = None
        return True

    def _modifiers(self, item: Item) -> None:
        """前, 内, 左右, 起, (星期二): what stands behind a time and changes it."""
        while (kind := self.peek()) is not None:
            if kind is T.BEFORE:
                self.take()
                if self.peek() is T.DURATION:
                    self._shift(item, -1)
                else:
                    item.before = True
            elif kind in (T.AFTER, T.FROM) and (self.peek(1) is T.DURATION):
                self.take()
                self._shift(item, 1)
            elif kind is T.AFTER or kind is T.FROM:
                self.take()
                item.starts = True
            elif kind in (T.WITHIN, T.DURING):
                self.take()
            elif kind is T.APPROX:
                self.take()
                item.asks.append("about")
            elif kind is T.WEEKDAY and item.day is not None:
                item.asks.extend(weekday_doubt(item, self.take(), self.scene.year))
            else:
                return

    def _shift(self, item: Item, sign: int) -> None:
        token = self.take()
        count = token.values[0]
        if count < 0:
            raise Unsure("not-understood", token.text)
        item.shift = (sign * count, "day" if token.name == "hour" else token.name)
        if token.name == "hour":
            item.shift = (sign * max(1, round(count / 24)), "day")


def weekday_doubt(item: Item, token: Token, year: int) -> list[str]:
    """6月30日（星期二）: a weekday that does not belong to the date is asked about."""
    try:
        day = date(item.year or year, item.month or 1, item.day or 1)
    except ValueError:
        return []  # the date itself is refused later, with its own reason
    return [] if day.weekday() == token.values[0] else ["weekday-differs"]
