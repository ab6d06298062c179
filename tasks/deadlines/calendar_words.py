"""Dates, parts of the year, the month and the week, festivals, durations; in the order in which they are tried."""

from __future__ import annotations

import re

from tasks.deadlines.festivals import BARE_NUMERALS, NAMES
from tasks.deadlines.rules import (
    EDGED,
    HAN,
    HOLDS_DAYS,
    NTH,
    TIMES,
    WEEK,
    WEEKDAY,
    WEEKDAYS,
    YEAR_FIGURES,
    count,
    duration,
    ints,
    month_day,
    nth,
    num,
    rule,
    says,
)  # fmt: skip
from tasks.deadlines.text import NUMBER as N
from tasks.deadlines.tokens import T

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<en>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_YEAR_BEHIND = rf"(?:,? ?(?P<y>{YEAR_FIGURES}))?"


def _english(match: re.Match[str]) -> dict[str, object]:
    month = _MONTHS.index(match["en"][:3]) + 1
    return {"values": (int(match["y"] or 0), month, int(match["d"] or 0)), "name": "english"}


FIGURES = [
    rule(T.TIME, r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:前|止)?"),
    rule(T.TIME, rf"(?:\d{{1,2}}|{HAN}{{1,3}})[时点](?:整|半|\d{{1,2}}分)?(?![间候段内刻建])"),
    rule(T.TIME, r"上午|下午|中午|晚上|傍晚|早上|凌晨|(?:上班|下班)(?:之?前|时)?|零时|t(?=\d)"),
    rule(
        T.YMD, rf"(?<!\d)({YEAR_FIGURES})([-./])(\d{{1,2}})\2(\d{{1,2}})[日号]?(?!\d)",
        lambda m: {"values": (int(m[1]), int(m[3]), int(m[4]))},
    ),
    rule(
        T.YMD, r"(?<![\d.])(2\d|3[0-5])([./-])(\d{1,2})\2(\d{1,2})[日号]?(?![\d./-])",
        lambda m: {"values": (2000 + int(m[1]), int(m[3]), int(m[4]))},
    ),
    rule(T.YMD, rf"(?<!\d)({YEAR_FIGURES}) (\d{{1,2}}) (\d{{1,2}})(?!\d)", ints),
    rule(T.YMD, rf"(?<!\d)({YEAR_FIGURES})(\d\d)(\d\d)(?!\d)", ints),
    rule(T.YM, rf"(?<!\d)({YEAR_FIGURES})[-./](\d{{1,2}})(?:月份?)?(?!\d|[个次]|-\d\d?[./])", ints),
    rule(T.YM, rf"(?<!\d)({YEAR_FIGURES})(0[1-9]|1[0-2])(?!\d)", ints),
    rule(T.MD, rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[- ]?(?:of )?{_MONTH}{_YEAR_BEHIND}", _english),
    rule(
        T.MD, rf"(?:by |before |until |till |no later than )?(?:the )?end of ?{_MONTH}{_YEAR_BEHIND}(?P<d>)",
        lambda m: {**_english(m), "name": "end"},
    ),
    rule(T.MD, rf"(?<![a-z]){_MONTH} ?(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?{_YEAR_BEHIND}", _english),
]  # fmt: skip

YEARS = [
    rule(T.YEAR, rf"({YEAR_FIGURES})年度?", ints),
    rule(T.YEAR, rf"({YEAR_FIGURES})(?=-{YEAR_FIGURES}年|q[1-4]|第?[一二三四1-4]季|[上下]半年|全年|年?底)", ints),
    rule(T.YEAR, r"(二[〇零][〇零一二三四五六七八九]{2})年度?", ints),
    rule(
        T.YEAR,
        rf"(?<!\d)([23]\d)年度?(?=\d{{1,2}}[-月至到]|{HAN}{{1,2}}[-月至到]|元月|第?[一二三四1-4]季|q[1-4]|[上下]半年|年?底|年?末|全年)",
        lambda m: {"values": (2000 + int(m[1]),)},
    ),
    rule(T.OVERRIDE, r"(?:今年|本年度?|当年|今年度)(?:时限)?(?:是|为|改为|调整为|定为|延至|推迟至|提前至)"),
    rule(T.YEARS_ON, r"今年度?|本年度|本年|当年", says(0)),
    rule(T.YEARS_ON, "次年|翌年|来年|明年|下一?年度?|第二年|转年", says(1)),
    rule(T.YEARS_ON, r"去年|(?<!以)上一?年度|(?<!以)上年", says(-1)),
    rule(T.YEARS_ON, "后年", says(2)),
    rule(T.YEAR_PLAN, r"(十[二三四五六七])五(?=期间|时期|规划|末|收官|$)", lambda m: {"values": (1951 + 5 * num(m[1]),)}),
]  # fmt: skip

_BARE = "|".join(name for name in BARE_NUMERALS if name != "十一")
_NAMED = "|".join(name for name in NAMES if name not in BARE_NUMERALS)
_HOLIDAYS = "(?:(?:小?长假|假期|黄金周)(?=之?前|以?后|期间|过后))?"
_NUMERAL_BEHIND = rf"{HAN}*[月日号次个届条项季]|[、-]{HAN}+月"

FESTIVALS = [
    rule(T.LUNAR, "农历|阴历|正月|腊月|冬月|旧历"),
    rule(T.FESTIVAL, r"建党\d{0,3}周年(?:纪念日)?", says(name="建党周年")),
    rule(T.FESTIVAL, rf"十一(?=之?前|期间|以?后|假期|长假|黄金周|国庆|节|$|[,;。)]){_HOLIDAYS}", says(name="十一")),
    rule(
        T.FESTIVAL, rf"(?P<f>{_BARE})(?!{_NUMERAL_BEHIND})(?:国际)?(?:劳动|妇女|儿童|青年|建军|建党)?节?{_HOLIDAYS}",
        lambda m: {"name": m["f"]},
    ),
    rule(T.FESTIVAL, rf"(?P<f>{_NAMED})节?{_HOLIDAYS}", lambda m: {"name": m["f"]}),
]  # fmt: skip

PARTS_OF_YEAR = [
    rule(T.QUARTER, r"前([二两三])个?季度", lambda m: {"values": (num(m[1]), 1)}),
    rule(T.WHOLE, r"全年度?内?|整年度?|一整年|年内|年度内|全年内|本年度内"),
    rule(T.YEAR_EDGE, r"年底|年末|年尾|岁末|年终(?!总结|考核|述职|奖|评|检查|决算|盘点|会议)", says(1)),
    rule(T.YEAR_EDGE, r"年初|岁初|年头|开年", says(-1)),
    rule(T.YEAR_EDGE, r"年中(?![国心央])", says(0)),
    rule(T.HALVES, r"上、?下半年|上半年(?:和|、|及|与|,)下半年|两个半年"),
    rule(T.HALF, r"上半年度?|(?:^|(?<=[年、,;。和]))前半年|h1(?!\d)", says(1)),
    rule(T.HALF, r"下半年度?|(?:^|(?<=[年、,;。和]))后半年|h2(?!\d)", says(2)),
    rule(T.QUARTER, r"q ?(\d)(?!\d)|(?<!\d)([1-4])q", ints),
    rule(T.QUARTER, rf"第({N})个季度|第?({N})季度|第?([一二三四1-4])季(?!节)", ints),
    rule(T.QUARTER, "首季度?", says(1)),
    rule(T.QUARTER, "末季度?", says(4)),
    rule(
        T.SEASON,
        r"两节|双节|(?:^|(?<=[、,;。]))[年节][前后](?![期\d一二三四五六七八九十])|春季|夏季|秋季|冬季|春夏|秋冬|汛期|寒假|暑假|暑期|农[闲忙]|冬闲|学期[初末中]|开学",
    ),
]

RELATIVE = [
    rule(T.QUARTER_ON, r"本季度?|当季度?|这个?季度", says(0)),
    rule(T.QUARTER_ON, r"下一?个?季度", says(1)),
    rule(T.MONTH_ON, r"本月份?|当月份?|这个?月", says(0)),
    rule(T.MONTH_ON, r"次月份?|下个?月份?|翌月", says(1)),
    rule(T.WEEK_ON, rf"(?:本|这|当)个?{WEEK}(?!{WEEKDAY})|(?:本|这|当)个?(?={WEEK})", says(0)),
    rule(T.WEEK_ON, rf"下一?个?{WEEK}(?!{WEEKDAY})|下一?个?(?={WEEK})", says(1)),
    rule(T.DAY_ON, "即日|今天|今日|现在|目前", says(0)),
    rule(T.DAY_ON, "明天|明日", says(1)),
    rule(T.DAY_ON, "后天", says(2)),
    rule(T.FIXED_DAY, r"(?:相对)?固定(?:的)?(?:[一1]?[天日]|日期|时间)"),
]

_UNIT = "工作日|自然日|日历日|日历天|日|天|周|星期|礼拜|季度|学期|年|小时"
_COUNTED = frozenset({T.AFTER, T.FROM, T.BEFORE})

# durations stand before days: 5日内, 3个工作日, 半个月内; directly behind a month a day is a day
DURATIONS = [
    rule(T.DAY, rf"({N})[日号](?:之内|以内|内)", ints, HOLDS_DAYS),
    rule(T.DURATION, rf"(?P<n>{N}|半)个?(?P<unit>{_UNIT})(?P<within>之内|以内|内)(?![部容])", duration),
    rule(
        T.DURATION,
        rf"(?P<n>{N}|半)个(?:多)?(?P<unit>月|工作日|自然日|星期|礼拜|季度|学期|小时)(?P<within>之内|以内|内)?",
        duration,
    ),
    rule(T.DURATION, rf"(?<!第)(?P<n>{N})(?P<unit>工作日|自然日|天|小时|周(?![{WEEKDAY[1:-1]}年岁边期]))(?P<within>)", duration),
    rule(T.DURATION, rf"(?P<n>{N})(?P<unit>日)(?P<within>)(?!前|之前)", duration, _COUNTED),
    rule(T.DURATION, r"(?P<n>[一二两三四五1-9])(?P<unit>年)(?P<within>)(?![度级代份来终底末初])", duration, _COUNTED),
    rule(T.DURATION, r"半个?月(?:之内|以内|内)", says(15, 1, name="day")),
    rule(T.DURATION, r"(?P<n>半)个?(?P<unit>年|月)(?P<within>)", duration, _COUNTED),
    rule(
        T.DURATION, rf"({N})个半月(?:之内|以内|内)?",
        lambda m: {"values": (num(m[1]) * 30 + 15, 1), "name": "day", "ask": "event-loose"},
    ),
    rule(T.DURATION, "次日|翌日|第二天|隔天", says(1, 1, name="day")),
]  # fmt: skip

PARTS_OF_MONTH = [
    rule(T.MONTH, "元月份?", says(1)),
    rule(T.MONTH, rf"(?<!第)({N})月份?", ints),
    rule(T.MONTH_EDGE, r"月底|月末|月终|月尾|末月底", says(1)),
    rule(T.MONTH_EDGE, r"月初|月头", says(-1)),
    rule(T.MONTH_EDGE, r"月中(?!旬|下|国|央|心)", says(0)),
    rule(T.MONTH_EDGE, r"月内", says(2)),
    rule(T.PART, r"上、?中、?下旬", says(1, 0)),
    rule(T.PART, r"上、?中旬", says(1, 20)),
    rule(T.PART, r"中、?下旬", says(11, 0)),
    rule(T.PART, "上旬", says(1, 10)),
    rule(T.PART, "中旬", says(11, 20)),
    rule(T.PART, "下旬", says(21, 0)),
    rule(T.PART, "上半月|(?:^|(?<=[月、,;。]))前半月", says(1, 15)),
    rule(T.PART, "下半月|(?:^|(?<=[月、,;。]))后半月", says(16, 0)),
    rule(T.NTH_MONTH, r"首月|头一?个月|第一个月|第1个月|开头月", says(1)),
    rule(T.NTH_MONTH, r"第([二2])个月|中间月", says(2)),
    rule(T.NTH_MONTH, r"第([三3])个月|末月|最后[一1]?个?月|尾月", says(-1)),
    rule(T.NTH_MONTH, r"第([四五六4-6])个月", ints),
    rule(T.NTH_WORKDAY, rf"{NTH}(?:[一1]?个|[一1])?工作日", lambda m: {"values": (nth(m),)}),
    rule(T.NTH_WORKDAY, rf"前(?P<n>{N})个工作日(?:之内|以内|内)?", lambda m: {"values": (num(m["n"]),)}, HOLDS_DAYS),
    rule(T.NTH_WEEKDAY, rf"{NTH}(?:[一1]?个){WEEK}(?P<d>{WEEKDAY})", lambda m: {"values": (nth(m), WEEKDAYS[m["d"]])}),
    rule(
        T.NTH_WEEKDAY, rf"{NTH}[一1]?个?{WEEK}的?,?{WEEK}?(?P<d>{WEEKDAY})",
        lambda m: {"values": (nth(m), WEEKDAYS[m["d"]]), "ask": "which-week"},
    ),
    rule(T.NTH_WEEK, rf"{NTH}[一1]?个?{WEEK}", lambda m: {"values": (nth(m),)}),
    rule(T.EDGE, r"最后[一1][天日]|末日", says(1), EDGED),
    rule(T.DAY, r"第[一1][天日]|首日", says(1), HOLDS_DAYS),
    rule(T.DAY, r"([一二三四五六七八九十廿卅]{1,3})(?=之?前|以前|$|[,;。)])", ints, HOLDS_DAYS),  # 五月十五前
    rule(T.EDGE, r"[底末尾](?![数线层稿图册片位端])", says(1), EDGED),
    rule(T.EDGE, r"初(?![步稿审评级定始])", says(-1), EDGED),
    rule(T.EDGE, r"中(?=$|[前,;。、/)]|之前|以前)", says(0), EDGED),
    rule(T.EDGE, r"中期", says(0), frozenset({T.YEAR, T.YEARS_ON, T.MONTH})),
]  # fmt: skip

DAYS = [
    rule(T.WEEKDAY, rf"{WEEK}[八九80](?!{TIMES}|\d)", says(9)),
    rule(T.COUNT, rf"(?<!第)(?P<n>{N})(?:[-至到、](?P<m>{N}))?{TIMES}(?![性序日级要生年月数长工]|全会|全体会)", count),
    rule(T.COUNT, r"(?:多|数|若干|几)次", says(0, ask="count-vague")),
    rule(T.DAY, rf"({N})[日号](?![文令楼线])", ints),
    rule(
        T.WEEKDAY,
        rf"{WEEK}({WEEKDAY})",
        lambda m: {"values": (WEEKDAYS[m[1]],), "ask": "weekend" if m[1] == "末" else ""},
    ),
    rule(
        T.MD,
        r"(?<![\d.])(\d{1,2})([./])(\d{1,2})[日号]?(?![\d%月年季次个条篇份项万亿元倍./]|-\d{1,2}月|-\d{1,2}(?![\d./]))",
        month_day,
    ),
    rule(T.MD, r"(?<![\d.])(\d{1,2})([./])(\d{1,2})(?=-\d)", month_day),
    rule(
        T.MD,
        r"(?<![\d.-])(\d{1,2})(-)(\d{1,2})(?![\d%月年季次个条篇份项名人家件期万亿元倍.日号周天场-]|/(?!\d{1,2}-))",
        month_day,
    ),
]
