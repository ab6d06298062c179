"""How often: 每月, 一周一调度, 月通报、季推进; in the order in which they are tried."""

from __future__ import annotations

from tasks.deadlines.rules import TIMES, WEEK, WEEKDAY, every, every_n, rule, says
from tasks.deadlines.text import NUMBER as N
from tasks.deadlines.tokens import T
from tasks.deadlines.vocabulary import CADENCE_VERBS

_FREE_DAYS = r"(?:如?遇|逢)(?:到|有)?(?:法定)?(?:节假日|双休日|周末|休息日|公休日|放假)(?:等)?,?[^,;。]{0,4}?"
# 半年(召开一次): a count stands behind, perhaps after verbs
_PER = (
    r"(?=(?:召开|开展|组织|报送|举行|举办|进行|听取|研究|至少|不少于|不低于)*"
    r"(?:[一二两三四五六七八九十]|\d{1,2})(?:次|场|回|轮|遍)(?!性))"
)
# 一周一(调度): once in each, with the verb behind; 一月一日 is a day
_ONCE = r"[一1](?=[\u4e00-\u9fff])(?![日号月年个周季次至到、前之以内中上下旬])"
_NO_NAME = "(?!座谈|协商|讲堂|论坛|刊|会)"  # 双月座谈会: the name of a meeting
_PLAIN_END = r"(?:开展|推进|进行|召开|组织|更新)?(?:$|[,;。])"
_HEAD = r"(?:^|(?<=[、,;。/:和及&+\s]))"

CADENCES = [
    rule(T.SHIFT, rf"{_FREE_DAYS}顺延[^,;。]*|(?:节假日|双休日|周末)顺延", says(1)),
    rule(T.SHIFT, rf"{_FREE_DAYS}提前[^,;。]*", says(-1)),
    rule(T.EVERY, r"每(?:一?个)?工作日", every("workday")),
    rule(T.EVERY, r"每(?:一)?[天日]|逐日|日日|天天|daily|every day", every("day")),
    rule(
        T.EVERY, rf"每隔?[两二2双]个?{WEEK}|双周|隔周|每隔一?个?{WEEK}|[两2]{WEEK}(?=一(?![、,至到-])|1次|一次)", every("week", 2)
    ),
    rule(T.EVERY, rf"每隔?({N})个?{WEEK}(?!{WEEKDAY})", every_n("week")),
    rule(
        T.EVERY, rf"每周一(?=(?:{CADENCE_VERBS}|[课题讲练测星案读学])(?!会|前|程|习))",
        says(1, 0, name="week", ask="monday-or-weekly"),
    ),
    rule(
        T.EVERY,
        rf"每个?(?={WEEK}{WEEKDAY}(?!(?:[-至到、]{N})?(?:{TIMES}|[个篇条天件份家项人小])|一?报(?!告|送|备|名)))", every("week"),
    ),
    rule(T.EVERY, rf"每(?={WEEK}[八九80](?!{TIMES}|\d))", every("week")),  # no such day, and not just every week
    rule(T.EVERY, rf"每(?:一?个|一)?(?:工作)?{WEEK}|逐周|按周|周周|各周|每逢?(?={WEEK})|weekly|every week", every("week")),
    rule(T.EVERY, "每旬|逐旬|按旬", every("tenday")),
    rule(T.EVERY, r"每半个?月|半个?月(?=[一1两二2](?:次|回|场|[\u4e00-\u9fff]))", every("halfmonth")),
    rule(T.EVERY, rf"(?:每?逢|每)双月|{_HEAD}双月{_NO_NAME}", every("month", 2, "even")),
    rule(T.EVERY, rf"(?:每?逢|每)单月|{_HEAD}单月{_NO_NAME}", every("month", 2, "odd")),
    rule(T.EVERY, r"每隔?[两二2双]个?月|隔月|每隔一?个?月|[两2]个月(?=[一1]次)", every("month", 2)),
    rule(T.EVERY, rf"每隔?({N})个月|({N})个月(?=[一1]次)", every_n("month")),
    rule(T.EVERY, r"每(?:一?个|一)?月份?度?|逐月|月月|按月份?(?!度)|按月度|各月份?|分月|monthly|every month", every("month")),
    rule(T.EVERY, r"每(?:一?个|一)?季度?|逐季度?|季季|按季度?|各季度?|分季度?|quarterly|every quarter", every("quarter")),
    rule(T.EVERY, r"每(?:一?个|一)?半年度?|按半年|every half-year", every("half")),
    rule(T.EVERY, rf"每隔?({N})年(?!代)|([两二三2-9])年(?=[一1]次)", every_n("year")),
    rule(T.EVERY, r"每(?:一?个|一)?(?:学期|学年)|每届|一?学期(?=[一1两二2]次)", every("term")),
    rule(T.EVERY, r"每(?:一?个|一)?年度?|逐年|年年|按年度?|分年度?|yearly|annually|every year", every("year")),
    rule(T.EVERY, rf"每隔?({N})[天日](?![前内])", every_n("day", "which-turn")),
    rule(T.EVERY, rf"[一1]{WEEK}(?:{_PER}|{_ONCE})", every("week")),
    rule(T.EVERY, rf"[一1]个?月{_PER}|一月{_ONCE}|一个月{_ONCE}", every("month")),
    rule(T.EVERY, rf"[一1](?:个季度|季){_PER}|{_HEAD}季度?{_PER}|[一1]季度?{_ONCE}", every("quarter")),
    rule(T.EVERY, rf"[一1]季度{_PER}", every("quarter", 1, "quarter-or-first")),
    rule(T.EVERY, "[四4]个季度", every("quarter", 1, "each-quarter")),
    rule(T.EVERY, rf"半年(?:{_PER}|{_ONCE})", every("half")),
    rule(T.EVERY, rf"[一1]年度?{_PER}|[一1]年{_ONCE}", every("year")),
    rule(T.EVERY, rf"[一1][天日](?:{_PER}|{_ONCE})", every("day")),
    rule(T.EVERY, rf"[一1]旬{_ONCE}", every("tenday")),
    rule(T.EVERY, rf"[两二]{WEEK}{_ONCE}", every("week", 2)),
    # 周调度、月通报: bare units, only at the head of an item
    rule(T.EVERY, rf"{_HEAD}周(?={CADENCE_VERBS})", every("week")),
    rule(T.EVERY, rf"{_HEAD}旬(?={CADENCE_VERBS})", every("tenday")),
    rule(T.EVERY, rf"{_HEAD}半月(?={CADENCE_VERBS})", every("halfmonth")),
    rule(T.EVERY, rf"{_HEAD}月度?(?={CADENCE_VERBS})", every("month")),
    rule(T.EVERY, rf"{_HEAD}季度?(?={CADENCE_VERBS})", every("quarter")),
    rule(T.EVERY, rf"{_HEAD}半年度?(?={CADENCE_VERBS})", every("half")),
    rule(T.EVERY, rf"{_HEAD}日(?={CADENCE_VERBS})", every("day")),
    rule(T.EVERY, rf"{_HEAD}年度?(?={CADENCE_VERBS})", every("year", 1, "weak")),
    rule(T.EVERY, r"^季度?(?=[末底](?:之?前)?$)", every("quarter")),
    rule(
        T.EVERY, rf"{_HEAD}季度(?=末|底|初|结束|终了|后|首月|第|最后)|{_HEAD}季(?=末|底|后)", every("quarter", 1, "each-quarter")
    ),
    rule(T.EVERY, rf"{_HEAD}半年度?(?=末|底|结束|终了|后{N}[日天个])", every("half", 1, "each-half")),
    rule(T.EVERY, rf"{_HEAD}月(?:度(?=结束|终了|后)|(?=后{N}[日天个]))", every("month", 1, "each-month")),
    # 月度: the whole cell, or with a verb that adds nothing
    rule(T.EVERY, rf"^月度(?={_PLAIN_END})", every("month")),
    rule(T.EVERY, rf"^半年度(?={_PLAIN_END})", every("half")),
    # 4次/年
    rule(T.EVERY, "(?<=[次场期])/年度?", every("year")),
    rule(T.EVERY, "(?<=[次场期])/月", every("month")),
    rule(T.EVERY, "(?<=[次场期])/季度?", every("quarter")),
    rule(T.EVERY, "(?<=[次场期])/周", every("week")),
    rule(T.EVERY, "(?<=[次场期])/半年", every("half")),
]  # fmt: skip
