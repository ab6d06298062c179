"""A phrase cut into words of time, longest and most certain first; everything else is plain text.

The order of RULES is the order of precedence: what could be misread as something shorter stands above it
(每周三次 before 周三, 5个工作日内 before 5, 十一月 before 十一).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto

from tasks.deadlines.festivals import BARE_NUMERALS, NAMES
from tasks.deadlines.text import NUMBER as N
from tasks.deadlines.text import number
from tasks.deadlines.vocabulary import (
    CADENCE_VERBS,
    DONE_WORDS,
    FILLER_WORDS,
    NOTICE_WORDS,
    NOW_WORDS,
    ONGOING_WORDS,
    PLAIN_WORDS,
    TENTATIVE_WORDS,
    VAGUE_WORDS,
)


class T(StrEnum):
    """What a token is."""

    YMD = auto()
    YM = auto()
    MD = auto()
    YEAR = auto()
    YEAR_PLAN = auto()  # a five-year plan: its first year
    YEARS_ON = auto()  # this year, next year: how many years on
    WHOLE = auto()
    YEAR_EDGE = auto()
    HALF = auto()
    HALVES = auto()
    QUARTER = auto()
    MONTH = auto()
    MONTH_ON = auto()  # this month, next month
    MONTH_EDGE = auto()
    QUARTER_ON = auto()
    WEEK_ON = auto()
    DAY_ON = auto()
    PART = auto()  # of a month: its first and last day
    EDGE = auto()
    DAY = auto()
    NUMBER = auto()
    FESTIVAL = auto()
    WEEKDAY = auto()
    NTH_WEEKDAY = auto()
    NTH_WEEK = auto()
    NTH_WORKDAY = auto()
    NTH_MONTH = auto()  # of a quarter or half-year
    EVERY = auto()
    COUNT = auto()
    EACH = auto()
    DURATION = auto()
    FIXED_DAY = auto()
    SHIFT = auto()  # to the next working day
    OVERRIDE = auto()  # this year it is
    BEFORE = auto()
    AFTER = auto()
    APPROX = auto()
    FROM = auto()
    START = auto()
    WITHIN = auto()
    DURING = auto()
    WHEN = auto()
    UNTIL = auto()
    RANGE = auto()
    ENUM = auto()
    SLASH = auto()
    COMMA = auto()
    STOP = auto()
    AND = auto()
    OR = auto()
    COLON = auto()
    TIME = auto()
    FILLER = auto()
    NOW = auto()
    ONGOING = auto()
    NOTICE = auto()
    VAGUE = auto()
    DONE = auto()
    TENTATIVE = auto()
    LUNAR = auto()
    SEASON = auto()
    TEXT = auto()


@dataclass
class Token:
    """A word: what it is, what it says (numbers and a flag), and where it stands in the even text."""

    kind: T
    text: str
    start: int
    end: int
    values: tuple[int, ...] = ()
    name: str = ""
    ask: str = ""
    used: bool = False


WEEKDAYS = {
    char: index for index, chars in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天末7")) for char in chars
}
EDGES = {"底": 1, "末": 1, "尾": 1, "终": 1, "初": -1, "头": -1, "首": -1, "中": 0}
PARTS = {
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 0),
    "上中旬": (1, 20),
    "中下旬": (11, 0),
    "上半月": (1, 15),
    "下半月": (16, 0),
}
UNITS = {
    "工作日": "workday", "自然日": "day", "日历日": "day", "日历天": "day", "日": "day", "天": "day", "周": "week", "星期": "week",
    "礼拜": "week", "月": "month", "季度": "quarter", "年": "year", "小时": "hour", "学期": "term",
}  # fmt: skip
ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_W = "(?:周|星期|礼拜)"
_DAY = "[一二三四五六日天末1-7]"
_TIMES = r"(?:场次|次|场|回|轮|遍|期|堂|讲)"
_EN = rf"(?P<en>{'|'.join(ENGLISH_MONTHS)})[a-z]*\.?"
_Y4 = r"(?:19|20)\d\d"
_NEXT_YEARS = "次年|翌年|来年|明年|下一?年度?|第二年|转年"

Build = Callable[[re.Match[str]], dict[str, object]]
NUMERIC = frozenset({T.DAY, T.MONTH, T.QUARTER, T.NUMBER, T.COUNT, T.DURATION})
RULES: list[tuple[T, re.Pattern[str], Build | None]] = []
AFTER_KINDS: dict[int, frozenset[T]] = {}  # rules that hold only directly after one of these


def _rule(kind: T, pattern: str, build: Build | None = None, after: frozenset[T] | None = None) -> None:
    if after is not None:
        AFTER_KINDS[len(RULES)] = after
    RULES.append((kind, re.compile(pattern), build))


def _num(text: str) -> int:
    return -1 if (value := number(text)) is None else value


def _ints(match: re.Match[str]) -> dict[str, object]:
    return {"values": tuple(_num(group) for group in match.groups() if group is not None)}


def _every(unit: str, n: int = 1, ask: str = "") -> Build:
    return lambda match: {"name": unit, "values": (n,), "ask": ask}


def _every_n(unit: str) -> Build:
    return lambda match: {"name": unit, "values": (_num(match[1].replace("双", "二")),)}


def _says(*values: int, ask: str = "") -> Build:
    return lambda match: {"values": values, "ask": ask}


def _duration(match: re.Match[str]) -> dict[str, object]:
    unit, amount = UNITS[match["unit"]], match["n"]
    within = int(bool(match["within"]))
    if amount == "半":
        halves = {"month": (15, "day"), "year": (6, "month"), "day": (1, "day"), "hour": (1, "hour")}
        count, unit = halves.get(unit, (-1, unit))
        return {"values": (count, within), "name": unit}
    return {"values": (_num(amount), within), "name": unit}


def _count(match: re.Match[str]) -> dict[str, object]:
    low, high = _num(match["n"]), _num(match["m"]) if match["m"] else 0
    return {"values": (low,), "ask": "count-range" if high and high != low else ""}


def _nth(match: re.Match[str]) -> int:
    word = match["n"] or ""
    if word in ("最后", "末"):
        return -1
    if word == "首":
        return 1
    return -_num(word[3:]) if word.startswith("倒数第") else _num(word.removeprefix("第"))


_NTH = rf"(?P<n>倒数第{N}|第{N}|最后|首|末)(?:一?个|一)?"
_EDGE_HOLDERS = frozenset(
    {
        T.MONTH,
        T.MONTH_ON,
        T.YEAR,
        T.YEARS_ON,
        T.QUARTER,
        T.QUARTER_ON,
        T.HALF,
        T.HALVES,
        T.EVERY,
        T.YM,
        T.NTH_MONTH,
        T.PART,
        T.MONTH_EDGE,
    }
)
_DAY_HOLDERS = frozenset({T.MONTH, T.MONTH_ON, T.YM, T.NTH_MONTH, T.EVERY})


def _english_date(match: re.Match[str]) -> dict[str, object]:
    month = ENGLISH_MONTHS.index(match["en"]) + 1
    return {"values": (int(match["y"] or 0), month, int(match["d"] or 0)), "name": "english"}


def _make_rules() -> None:
    _rule(T.TIME, r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:前|止)?")
    _rule(T.TIME, r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[时点](?:整|半|\d{1,2}分)?(?![间候段内刻建])")
    _rule(T.TIME, r"上午|下午|中午|晚上|傍晚|早上|凌晨|(?:上班|下班)(?:之?前|时)?|零时|t(?=\d)")
    # dates in figures
    _rule(
        T.YMD,
        rf"(?<!\d)({_Y4})([-./])(\d{{1,2}})\2(\d{{1,2}})[日号]?(?!\d)",
        lambda m: {"values": (int(m[1]), int(m[3]), int(m[4]))},
    )
    _rule(T.YMD, rf"(?<!\d)({_Y4}) (\d{{1,2}}) (\d{{1,2}})(?!\d)", _ints)
    _rule(T.YMD, rf"(?<!\d)({_Y4})(\d\d)(\d\d)(?!\d)", _ints)
    _rule(T.YM, rf"(?<!\d)({_Y4})[-./](\d{{1,2}})(?:月份?)?(?!\d|[个次]|-\d\d?[./])", _ints)
    _rule(T.YM, rf"(?<!\d)({_Y4})(0[1-9]|1[0-2])(?!\d)", _ints)
    _rule(T.MD, rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)? ?(?:of )?{_EN}(?:,? ?(?P<y>{_Y4}))?", _english_date)
    _rule(
        T.MD, rf"(?:by |before |until |till |no later than )?(?:the )?end of ?{_EN}(?:,? ?(?P<y>{_Y4}))?(?P<d>)",
        lambda m: {**_english_date(m), "name": "end"},
    )  # fmt: skip
    _rule(T.MD, rf"{_EN} ?(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?(?:,? ?(?P<y>{_Y4}))?", _english_date)
    # years
    _rule(T.YEAR, rf"({_Y4})年度?", _ints)
    _rule(T.YEAR, rf"({_Y4})(?=-{_Y4}年|q[1-4]|第?[一二三四1-4]季|[上下]半年|全年|年?底)", _ints)
    _rule(T.YEAR, r"(二[〇零][〇零一二三四五六七八九]{2})年度?", _ints)
    _rule(
        T.YEAR, r"(?<!\d)([23]\d)年度?(?=\d{1,2}月|[一二三四五六七八九十]{1,2}月|元月|第?[一二三四1-4]季|q[1-4]|[上下]半年|年?底|年?末|全年)",
        lambda m: {"values": (2000 + int(m[1]),)},
    )  # fmt: skip
    _rule(T.OVERRIDE, r"(?:今年|本年度?|当年|今年度)(?:时限)?(?:是|为|改为|调整为|定为|延至|推迟至|提前至)")
    _rule(T.YEARS_ON, r"今年度?|本年度|本年|当年", _says(0))
    _rule(T.YEARS_ON, _NEXT_YEARS, _says(1))
    _rule(T.YEARS_ON, r"去年|上一?年度|上年", _says(-1))
    _rule(T.YEARS_ON, "后年", _says(2))
    _rule(
        T.YEAR_PLAN, r"(十[二三四五六七])五(?=期间|时期|规划|末|收官|$)", lambda m: {"values": (1951 + 5 * _num(m[1]),)}
    )
    _rule(T.NOTICE, NOTICE_WORDS)
    _make_cadences()
    _make_calendar()
    _make_small_words()


def _make_cadences() -> None:
    """每月, 一周一调度, 月通报: how often."""
    _rule(
        T.SHIFT,
        r"(?:如?遇|逢)(?:到|有)?(?:法定)?(?:节假日|双休日|周末|休息日|公休日|放假)(?:等)?,?(?:[^,;。]{0,4}?)顺延[^,;。]*",
    )
    _rule(T.SHIFT, r"(?:节假日|双休日|周末)顺延")
    _rule(T.EVERY, r"每(?:一?个)?工作日", _every("workday"))
    _rule(T.EVERY, r"每(?:一)?[天日]|逐日|日日|天天|daily|every day", _every("day"))
    _rule(
        T.EVERY,
        rf"每隔?[两二2双]个?{_W}|双周|隔周|每隔一?个?{_W}|[两2]{_W}(?=一(?![、,至到-])|1次|一次)",
        _every("week", 2),
    )
    _rule(T.EVERY, rf"每隔?({N})个?{_W}(?!{_DAY})", _every_n("week"))
    _rule(
        T.EVERY,
        rf"每周一(?=(?:{CADENCE_VERBS})(?!会|前))",
        lambda m: {"name": "week", "values": (1, 0), "ask": "monday-or-weekly"},
    )
    _rule(
        T.EVERY,
        rf"每个?(?={_W}{_DAY}(?!(?:[-至到、]{N})?(?:{_TIMES}|[个篇条天件份家项人小])|一?报(?!告|送|备|名)))",
        _every("week"),
    )
    _rule(T.EVERY, rf"每(?:一?个|一)?{_W}|逐周|按周|周周|各周|每逢?(?={_W})|weekly|every week", _every("week"))
    _rule(T.EVERY, "每旬|逐旬|按旬", _every("tenday"))
    _rule(T.EVERY, r"每半个?月|半个?月(?=[一1两二2](?:次|回|场|[\u4e00-\u9fff]))", _every("halfmonth"))
    _rule(T.EVERY, "双月", _every("month", 2, "even"))
    _rule(T.EVERY, r"每隔?[两二2双]个?月|隔月|每隔一?个?月|[两2]个月(?=[一1]次)", _every("month", 2))
    _rule(
        T.EVERY, rf"每隔?({N})个月|({N})个月(?=[一1]次)", lambda m: {"name": "month", "values": (_num(m[1] or m[2]),)}
    )
    _rule(
        T.EVERY,
        r"每(?:一?个|一)?月份?度?|逐月|月月|按月份?(?!度)|按月度|各月份?|分月|monthly|every month",
        _every("month"),
    )
    _rule(
        T.EVERY, r"每(?:一?个|一)?季度?|逐季度?|季季|按季度?|各季度?|分季度?|quarterly|every quarter", _every("quarter")
    )
    _rule(T.EVERY, r"每(?:一?个|一)?半年度?|按半年|every half-year", _every("half"))
    _rule(T.EVERY, rf"每隔?({N})年(?!代)", lambda m: {"name": "year", "values": (_num(m[1]),)})
    _rule(T.EVERY, r"[两二三2-9]年(?=[一1]次)", lambda m: {"name": "year", "values": (_num(m[0][0]),)})
    _rule(T.EVERY, r"每(?:一?个|一)?(?:学期|学年)|每届|一?学期(?=[一1两二2]次)", _every("term"))
    _rule(T.EVERY, r"每(?:一?个|一)?年度?|逐年|年年|按年度?|分年度?|yearly|annually|every year", _every("year"))
    per = (
        r"(?=(?:召开|开展|组织|报送|举行|举办|进行|听取|研究|至少|不少于)?[一二两三四五六1-9](?:次|场|回|轮|遍)(?!性))"
    )
    _rule(T.EVERY, rf"[一1]{_W}{per}", _every("week"))
    _rule(T.EVERY, rf"[一1]个?月{per}", _every("month"))
    _rule(T.EVERY, rf"[一1](?:个季度|季){per}", _every("quarter"))
    _rule(T.EVERY, rf"(?:^|(?<=[、,;。/:]))季度?{per}", _every("quarter"))
    _rule(T.EVERY, r"[一1]季度(?=[一1二两]次)", _every("quarter", 1, "quarter-or-first"))
    _rule(T.EVERY, rf"半年{per}", _every("half"))
    _rule(T.EVERY, rf"[一1]年度?{per}", _every("year"))
    _rule(T.EVERY, rf"[一1][天日]{per}", _every("day"))
    once = r"[一1](?=[\u4e00-\u9fff])(?![日号月年个周季次至到、前之以内中上下旬])"
    _rule(T.EVERY, rf"[一1]{_W}{once}", _every("week"))
    _rule(T.EVERY, rf"一月{once}|一个月{once}", _every("month"))
    _rule(T.EVERY, rf"[一1]季度?{once}", _every("quarter"))
    _rule(T.EVERY, rf"[一1]年{once}", _every("year"))
    _rule(T.EVERY, rf"[一1][日天]{once}", _every("day"))
    _rule(T.EVERY, rf"[一1]旬{once}", _every("tenday"))
    _rule(T.EVERY, rf"半年{once}", _every("half"))
    _rule(T.EVERY, rf"[两二]{_W}{once}", _every("week", 2))
    head = r"(?:^|(?<=[、,;。/:和及&+\s]))"
    for written, unit in (
        ("周", "week"),
        ("旬", "tenday"),
        ("半月", "halfmonth"),
        ("月度?", "month"),
        ("季度?", "quarter"),
        ("半年度?", "half"),
        ("日", "day"),
    ):
        _rule(T.EVERY, rf"{head}{written}(?={CADENCE_VERBS})", _every(unit))
    _rule(T.EVERY, rf"{head}年度?(?={CADENCE_VERBS})", _every("year", 1, "weak"))
    _rule(T.EVERY, rf"{head}季度(?=末|底|初|结束|终了|后)|{head}季(?=末|底|后)", _every("quarter", 1, "each-quarter"))
    _rule(T.EVERY, rf"{head}月(?=后{N}[日天个])", _every("month", 1, "each-month"))
    for written, unit in (("年度?", "year"), ("月", "month"), ("季度?", "quarter"), ("周", "week"), ("半年", "half")):
        _rule(T.EVERY, rf"(?<=[次场期])/{written}", _every(unit))


def _make_calendar() -> None:
    """Parts of the year, the month and the week."""
    _rule(T.LUNAR, "农历|阴历|正月|腊月|冬月|旧历")
    _rule(T.FESTIVAL, r"建党\d{0,3}周年(?:纪念日)?", lambda m: {"name": "建党周年"})
    bare = "|".join(BARE_NUMERALS)
    _rule(T.FESTIVAL, r"十一(?=之?前|期间|以?后|假期|长假|黄金周|国庆|节|$|[,;。)])", lambda m: {"name": "十一"})
    numeral = "[一二三四五六七八九十]*[月日号次个届条项季]|[、-][一二三四五六七八九十]+月"
    kinds = "(?:国际)?(?:劳动|妇女|儿童|青年|建军|建党)?节?"
    _rule(T.FESTIVAL, rf"(?P<f>{bare.removesuffix('|十一')})(?!{numeral}){kinds}", lambda m: {"name": m["f"]})
    named = "|".join(name for name in NAMES if name not in BARE_NUMERALS)
    _rule(T.FESTIVAL, rf"(?P<f>{named})节?", lambda m: {"name": m["f"]})
    _rule(T.WHOLE, r"全年度?内?|整年度?|一整年|年内|年度内|全年内|本年度内")
    _rule(T.YEAR_EDGE, r"年底|年末|年尾|岁末|年终(?!总结|考核|述职|奖|评|检查|决算|盘点|会议)", _says(1))
    _rule(T.YEAR_EDGE, r"年初|岁初|年头|开年", _says(-1))
    _rule(T.YEAR_EDGE, r"年中(?![国心央])", _says(0))
    _rule(T.HALVES, r"上、?下半年|上半年(?:和|、|及|与|,)下半年|两个半年")
    _rule(T.HALF, r"上半年度?|前半年|h1(?!\d)", _says(1))
    _rule(T.HALF, r"下半年度?|后半年|h2(?!\d)", _says(2))
    _rule(T.QUARTER, r"q(\d)(?!\d)|(?<!\d)([1-4])q", _ints)
    _rule(T.QUARTER, rf"第?({N})个?季度|第?([一二三四1-4])季(?!节)", _ints)
    _rule(T.QUARTER, "首季度?", _says(1))
    _rule(T.QUARTER, "末季度?", _says(4))
    _rule(T.SEASON, "春季|夏季|秋季|冬季|春夏|秋冬|汛期|寒假|暑假|暑期|学期[初末中]|开学")
    _rule(T.QUARTER_ON, r"本季度?|当季度?|这个?季度", _says(0))
    _rule(T.QUARTER_ON, r"下一?个?季度", _says(1))
    _rule(T.MONTH_ON, r"本月份?|当月份?|这个?月", _says(0))
    _rule(T.MONTH_ON, r"次月份?|下个?月份?|翌月", _says(1))
    _rule(T.MONTH_ON, r"上个?月份?", _says(-1))
    _rule(T.WEEK_ON, rf"(?:本|这|当)个?{_W}(?!{_DAY})", _says(0))
    _rule(T.WEEK_ON, rf"(?:本|这|当)个?(?={_W})", _says(0))
    _rule(T.WEEK_ON, rf"下一?个?{_W}(?!{_DAY})", _says(1))
    _rule(T.WEEK_ON, rf"下一?个?(?={_W})", _says(1))
    _rule(T.DAY_ON, "即日|今天|今日|现在|目前", _says(0))
    _rule(T.DAY_ON, "明天|明日", _says(1))
    _rule(T.DAY_ON, "后天", _says(2))
    _rule(T.FIXED_DAY, r"(?:相对)?固定(?:的)?(?:[一1]?[天日]|日期|时间)")
    # durations stand before days: 5日内, 3个工作日, 半个月内; directly after a month a day is a day
    _rule(T.DAY, rf"({N})[日号](?:之内|以内|内)", _ints, _DAY_HOLDERS)
    unit = "工作日|自然日|日历日|日历天|日|天|周|星期|礼拜|季度|学期|年|小时"
    _rule(T.DURATION, rf"(?P<n>{N}|半)个?(?P<unit>{unit})(?P<within>之内|以内|内)(?![部容])", _duration)
    _rule(
        T.DURATION,
        rf"(?P<n>{N}|半)个(?:多)?(?P<unit>月|工作日|自然日|星期|礼拜|季度|学期|小时)(?P<within>之内|以内|内)?",
        _duration,
    )
    _rule(
        T.DURATION,
        rf"(?<!第)(?P<n>{N})(?P<unit>工作日|自然日|天|小时|周(?![{_DAY[1:-1]}年岁边期]))(?P<within>)",
        _duration,
    )
    _rule(T.DURATION, rf"(?P<n>{N})(?P<unit>日)(?P<within>)(?!前|之前)", _duration, frozenset({T.AFTER, T.FROM}))
    _rule(
        T.DURATION,
        r"(?P<n>[一二两三四五1-9])(?P<unit>年)(?P<within>)(?![度级代份来终底末初])",
        _duration,
        frozenset({T.AFTER, T.FROM}),
    )
    _rule(T.DURATION, "次日|翌日|第二天|隔天", lambda m: {"values": (1, 1), "name": "day"})
    _rule(T.MONTH, "元月份?", _says(1))
    _rule(T.MONTH, rf"(?<!第)({N})月份?", _ints)
    _rule(T.MONTH_EDGE, r"月底|月末|月终|月尾|末月底", _says(1))
    _rule(T.MONTH_EDGE, r"月初|月头", _says(-1))
    _rule(T.MONTH_EDGE, r"月中(?!旬|下|国|央|心)", _says(0))
    _rule(T.MONTH_EDGE, r"月内", _says(2))
    _rule(T.PART, r"上、?中旬", _says(1, 20))
    _rule(T.PART, r"中、?下旬", _says(11, 0))
    for word, span in PARTS.items():
        _rule(T.PART, word.replace("上半月", "[上前]半月").replace("下半月", "[下后]半月"), _says(*span))
    nth_month = r"(?:首月|头一?个月|第一个月|第1个月|开头月)"
    _rule(T.NTH_MONTH, nth_month, _says(1))
    _rule(T.NTH_MONTH, r"第([二2])个月|中间月", _says(2))
    _rule(T.NTH_MONTH, r"第([三3])个月|末月|最后一?个?月|尾月", _says(-1))
    _rule(T.NTH_MONTH, r"第([四五六4-6])个月", _ints)
    _rule(T.NTH_WORKDAY, rf"{_NTH}工作日", lambda m: {"values": (_nth(m),)})
    _rule(T.NTH_WORKDAY, rf"前(?P<n>{N})个工作日(?:之内|以内|内)?", lambda m: {"values": (_num(m["n"]),)}, _DAY_HOLDERS)
    _rule(
        T.NTH_WEEKDAY,
        rf"(?P<n>倒数第{N}|第{N}|最后|首)(?:一?个){_W}(?P<d>{_DAY})",
        lambda m: {"values": (_nth(m), WEEKDAYS[m["d"]])},
    )
    _rule(
        T.NTH_WEEKDAY, rf"(?P<n>倒数第{N}|第{N}|最后一?|首|末)个?{_W}的?,?{_W}?(?P<d>{_DAY})",
        lambda m: {"values": (_nth_week(m["n"]), WEEKDAYS[m["d"]]), "ask": "which-week"},
    )  # fmt: skip
    _rule(T.NTH_WEEK, rf"(?P<n>倒数第{N}|第{N}|最后一?|首|末)个?{_W}", lambda m: {"values": (_nth_week(m["n"]),)})
    _rule(T.EDGE, r"最后[一1][天日]|末日", _says(1), _EDGE_HOLDERS)
    _rule(T.DAY, r"第[一1][天日]|首日", _says(1), _DAY_HOLDERS)
    _rule(T.EDGE, r"[底末尾](?![数线层稿图册片位端])", _says(1), _EDGE_HOLDERS)
    _rule(T.EDGE, r"初(?![步稿审评级定始])", _says(-1), _EDGE_HOLDERS)
    _rule(T.EDGE, r"中(?=$|[前,;。、/)]|之前|以前)", _says(0), _EDGE_HOLDERS)
    _rule(T.EDGE, r"中期", _says(0), frozenset({T.YEAR, T.YEARS_ON, T.MONTH}))


def _nth_week(word: str) -> int:
    if word.startswith("最后") or word == "末":
        return -1
    if word == "首":
        return 1
    return -_num(word[3:]) if word.startswith("倒数第") else _num(word[1:])


def _make_small_words() -> None:
    """Counts, days, separators and the words that change what stands beside them."""
    _rule(T.COUNT, rf"(?<!第)(?P<n>{N})(?:[-至到、](?P<m>{N}))?{_TIMES}(?![性序日级要生年月数长工])", _count)
    _rule(T.COUNT, r"(?:多|数|若干|几)次", lambda m: {"values": (0,), "ask": "count-vague"})
    _rule(T.DAY, rf"({N})[日号](?![文令楼线])", _ints)
    _rule(
        T.WEEKDAY, rf"{_W}({_DAY})", lambda m: {"values": (WEEKDAYS[m[1]],), "ask": "weekend" if m[1] == "末" else ""}
    )
    _rule(
        T.MD,
        r"(?<![\d.])(\d{1,2})([./])(\d{1,2})[日号]?(?![\d%月年季次个./]|-\d{1,2}月|-\d{1,2}(?![\d./]))",
        lambda m: {"values": (0, int(m[1]), int(m[3])), "name": m[2]},
    )
    _rule(
        T.MD,
        r"(?<![\d.])(\d{1,2})([./])(\d{1,2})(?=-\d)",
        lambda m: {"values": (0, int(m[1]), int(m[3])), "name": m[2]},
    )
    _rule(
        T.MD,
        r"(?<![\d.-])(\d{1,2})(-)(\d{1,2})(?![\d%月年季次个.日号周天场-]|/(?!\d{1,2}-))",
        lambda m: {"values": (0, int(m[1]), int(m[3])), "name": m[2]},
    )
    for kind, pattern in (
        (T.NOW, NOW_WORDS), (T.ONGOING, ONGOING_WORDS), (T.VAGUE, VAGUE_WORDS), (T.DONE, DONE_WORDS),
        (T.TENTATIVE, TENTATIVE_WORDS), (T.TEXT, PLAIN_WORDS), (T.FILLER, FILLER_WORDS),
    ):  # fmt: skip
        _rule(kind, pattern)
    _rule(T.UNTIL, r"直至|直到|持续到|持续至|延续[至到]|一直到")
    _rule(T.APPROX, "前后|左右|上下")
    _rule(T.BEFORE, r"提前(?=[\d一二两三四五六七八九十])", lambda m: {"name": "ahead"})
    _rule(T.BEFORE, r"之前|以前|前夕?(?![后期往述款置言提景瞻沿进三两置])")
    _rule(T.AFTER, r"之后|以后|过后|后(?!期|续|勤|备|方|台|果|面|半|者|进|顾)")
    _rule(T.FROM, r"之日起(?:算)?|之时起|之日|起始|起(?![草步来点诉用码])(?:算|计算)?|开始(?=至|到|-|每|,|$)")
    _rule(T.START, "启动|开始|着手|开工|动工|施行|实施|执行")
    _rule(T.DURING, "期间|过程中|当中|期限内")
    _rule(T.WITHIN, r"之内|以内|内(?![部容控设外务涵在心])")
    _rule(T.WHEN, r"当日|当天|同时|之时|时(?![限间候期效代点刻长事段政])")
    _rule(T.EACH, r"分别|各(?=(?:召开|开展|组织|举办|举行|报送|进行|至少|不少于)*[一二两三四五六1-9]\d?[次场期回轮])")
    _rule(T.RANGE, r"-|至(?![少今多于迟])|到(?![位期岗])|until|till|\bto\b")
    for kind, pattern in (
        (T.ENUM, "、"), (T.SLASH, r"[/\\|]"), (T.COMMA, ","), (T.STOP, r"[;。!?？！]"), (T.COLON, ":"),
        (T.AND, "以及|和|与|及|并|&|\\+|and"), (T.OR, "或者|或|or"),
    ):  # fmt: skip
        _rule(kind, pattern)
    _rule(T.NUMBER, r"(\d{1,6})", _ints)
    _rule(
        T.NUMBER,
        r"(?<![一二三四五六七八九十])([一二三四五六七八九十]{1,3})(?=[、,/至到和及-])",
        lambda m: {"values": (_num(m[1]),), "name": "han"},
    )
    _rule(
        T.NUMBER,
        r"(?<=[、,/至到和及-])([一二三四五六七八九十]{1,3})(?![一-鿿])",
        lambda m: {"values": (_num(m[1]),), "name": "han"},
    )


_make_rules()


def scan(text: str) -> list[Token]:
    """The tokens of an even text, in order; plain characters run together as TEXT."""
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        token = _match(text, place, tokens[-1] if tokens else None)
        if token is None:
            _grow_text(tokens, text[place], place)
            place += 1
        else:
            if token.kind is T.TEXT:
                _grow_text(tokens, token.text, place)
            else:
                tokens.append(token)
            place = token.end
    return tokens


def _grow_text(tokens: list[Token], written: str, place: int) -> None:
    if tokens and tokens[-1].kind is T.TEXT and tokens[-1].end == place:
        tokens[-1].text += written
        tokens[-1].end += len(written)
    else:
        tokens.append(Token(T.TEXT, written, place, place + len(written)))


def _match(text: str, place: int, before: Token | None) -> Token | None:
    for index, (kind, pattern, build) in enumerate(RULES):
        needed = AFTER_KINDS.get(index)
        if needed is not None and (before is None or before.kind not in needed):
            continue
        match = pattern.match(text, place)
        if match is None or match.end() == place:
            continue
        token = Token(kind, match[0], place, match.end())
        if build is not None:
            for name, value in build(match).items():
                setattr(token, name, value)
        if kind in NUMERIC and token.values and token.values[0] < 0:
            continue  # 十五五期: a run of numerals that is no number
        return token
    return None
