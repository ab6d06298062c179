"""Deadlines as offices write them: the keys, the grammar beyond them, and what must never happen."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.deadlines import DATED, REASONS, Kind, Span, describe, due_after, explain, read
from tasks.workdays import Workdays
from tests.lists import CITY_KEY, shared_lists, table

YEAR = 2026
MONTH_ENDS = "01-31 02-28 03-31 04-30 05-31 06-30 07-31 08-31 09-30 10-31 11-30 12-31"


def said(phrase: object, **more: object) -> tuple[str, str, bool]:
    """Kind, due dates (without the plan year) and whether it asks."""
    reading = read(phrase, YEAR, **more)
    return reading.kind.value, " ".join(day.isoformat().removeprefix("2026-") for day in reading.dates), reading.confirm


# --- the keys ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("row", table(CITY_KEY), ids=lambda row: row["完成时限"])
def test_city_list(row):
    reading = read(row["完成时限"], YEAR)

    assert reading.kind == row["kind"]
    assert " ".join(day.isoformat() for day in reading.dates) == row["dates"]
    assert reading.confirm is (row["confirm"] == "1")
    assert not reading.problem


CATEGORIES = {
    "window": """
    单月 月区间 月区间+旬 旬 跨年单月 全年 季度/半年 每年+建议窗口
    """,
    "by": """
    月初（含糊） 常规+当年例外 月底前 绝对日期 跨年固定日 绝对月底
    """,
    "dates": """
    多窗口 固定日列表 固定月底列表
    """,
    "notice": """
    待定 引用他表
    """,
    "missing": """
    缺失
    """,
    "every": """
    每月固定日 每季 每半年 每季固定日 每月第n个星期几 每周多日 每周固定日 节奏组合 每月初（含糊）
    规定频次（下限） 每月自定日
    """,
    "after": """
    事件触发 事件+自然日 事件+工作日 事件+自然日（缺省） 立即 宿主事件
    """,
    "quota": """
    次数指标 覆盖率+事件 次数指标（学期）
    """,
    "ongoing": """
    常态
    """,
}
KINDS_OF_TABLE = {name: kind for kind, names in CATEGORIES.items() for name in names.split()}


def test_table_of_forms():
    """All 53 forms of the study table, each way of writing by itself; bare phrases, as a script reads them."""
    wrong = []
    for row in table(shared_lists() / "05-deadline-phrases.csv"):
        written = row["写法（原样）"]
        for phrase in re.split(r" / |；(?=上半年)", written):
            reading = read(phrase, YEAR, listed=False)
            asks = row["是否需录入人确认"].startswith("是")
            if (reading.kind, reading.confirm) != (KINDS_OF_TABLE[row["类别"]], asks):
                wrong.append((phrase, reading.kind.value, reading.confirm, row["建议的结构化读法"]))

    assert wrong == []


@pytest.mark.parametrize(
    ("phrase", "reading"),
    [
        ("3月", ("window", "03-31", False)),
        ("3月～4月上旬", ("window", "04-10", False)),
        ("4月下旬", ("window", "04-30", False)),
        ("4月~6月/9月~11月", ("dates", "06-30 11-30", True)),
        ("5月/10月", ("dates", "05-31 10-31", True)),
        ("每月26日前", ("every", " ".join(f"{month:02d}-26" for month in range(1, 13)), False)),
        ("6月25日、11月25日", ("dates", "06-25 11-25", False)),
        ("6月25日；11月25日", ("dates", "06-25 11-25", False)),
        ("6月底、12月底", ("dates", "06-30 12-31", False)),
        ("4月底；今年是8月15日前", ("by", "08-15", True)),
        ("每季度", ("every", "03-31 06-30 09-30 12-31", False)),
        ("每年两次", ("quota", "12-31", False)),
        ("每年全覆盖一次；有岗位变动后，实时提供。", ("quota", "12-31", True)),
        ("于2021年2月3日前", ("by", "2021-02-03", False)),
        ("每季度首月5日前", ("every", "01-05 04-05 07-05 10-05", False)),
        ("次年元月十日前", ("by", "2027-01-10", False)),
        (
            "每月第二周的周三上午",
            ("every", "01-14 02-11 03-11 04-08 05-13 06-10 07-08 08-12 09-09 10-14 11-11 12-09", True),
        ),
        ("季调度、季通报；每季度末", ("every", "03-31 06-30 09-30 12-31", False)),
        ("每月相对固定1天", ("every", MONTH_ENDS, True)),
        ("每年至少召开1次，一般安排在第四季度", ("window", "12-31", False)),
        ("每学期不少于2次", ("quota", "", True)),
        ("每半年上一次", ("every", "06-30 12-31", False)),
        ("2022年12月底前", ("by", "2022-12-31", False)),
    ],
)
def test_forms_with_their_days(phrase, reading):
    assert said(phrase) == reading


@pytest.mark.parametrize(
    ("phrase", "offset", "unit", "event"),
    [
        ("会后7日内", 7, "day", "会"),
        ("会后3个工作日内", 3, "workday", "会"),
        ("30个工作日内", 30, "workday", ""),
        ("收到后 10 个工作日", 10, "workday", "收到"),
        ("规定的期限内（一般为5日内）", 5, "day", ""),
        ("相关工作完成的当月", 0, "monthend", "相关工作完成"),
        ("会议期间", 0, "day", "会议"),
        ("活动结束前", 0, "day", "活动结束"),
        ("会前3天", -3, "day", "会"),
        ("活动前3个工作日报备", -3, "workday", "活动"),
        ("会议召开5个工作日前", -5, "workday", "会议召开"),
        ("文件印发之日起15日内", 15, "day", "文件印发"),
        ("巡察反馈后2个月内", 2, "month", "巡察反馈"),
        ("会议结束后一周内", 7, "day", "会议结束"),
        ("发生之日起24小时内", 1, "day", "发生"),
        ("立行立改", None, "", ""),
        ("批准成立后", None, "", "批准成立"),
    ],
)
def test_days_from_an_event(phrase, offset, unit, event):
    reading = read(phrase, YEAR)

    assert (reading.kind, reading.offset, reading.offset_unit, reading.event) == (Kind.AFTER, offset, unit, event)
    assert reading.dates == ()


def test_due_after_an_event():
    assert due_after(3, "workday", date(2026, 9, 30)) == date(2026, 10, 10)  # over the National Day holiday
    assert due_after(-3, "day", date(2026, 3, 2)) == date(2026, 2, 27)
    assert due_after(0, "monthend", date(2026, 2, 5)) == date(2026, 2, 28)
    assert due_after(1, "month", date(2026, 1, 31)) == date(2026, 2, 28)


# --- ux h.6 ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "phrase",
    [
        "2026-6-30",
        "2026/6/30",
        "2026.6.30",
        "20260630",
        "6-30",
        "6.30",
        "6/30",
        "6月30日",
        "六月三十日",
        46203,
        "46203",
        "４６２０３",
        date(2026, 6, 30),
    ],
)
def test_last_of_june(phrase):
    assert said(phrase) == ("by", "06-30", False)


@pytest.mark.parametrize(
    ("phrase", "reading"),
    [
        ("6月份", ("window", "06-30", False)),
        ("6月底前", ("by", "06-30", False)),
        ("6月中旬", ("window", "06-20", False)),
        ("Q1", ("window", "03-31", False)),
        ("一季度", ("window", "03-31", False)),
        ("上半年", ("window", "06-30", False)),
        ("年底前", ("by", "12-31", False)),
        ("年内", ("window", "12-31", False)),
        ("国庆前", ("by", "09-30", False)),
        ('"七一"前', ("by", "06-30", False)),
        ("每月", ("every", MONTH_ENDS, False)),
        ("每半年", ("every", "06-30 12-31", False)),
        ("3月—9月", ("window", "09-30", False)),
        ("2026年6月底前完成初稿，9月底前定稿", ("dates", "06-30 09-30", True)),
        ("已完成", ("unclear", "", True)),
        ("尽快", ("unclear", "", True)),
        ("适时", ("unclear", "", True)),
        ("待定", ("unclear", "", True)),
        ("", ("missing", "", True)),
        (None, ("missing", "", True)),
    ],
)
def test_commonest_phrases(phrase, reading):
    assert said(phrase) == reading


@pytest.mark.parametrize(
    ("phrase", "due"),
    [
        ("本月底", "05-31"),
        ("月底", "05-31"),
        ("下周五", "05-22"),
        ("本周内", "05-15"),
        ("下月底前", "06-30"),
        ("本季度", "06-30"),
    ],
)
def test_counted_from_the_day_of_reading(phrase, due):
    """Known only with the day of reading, and asked about even then: the paper may be older."""
    kind, dates, asks = said(phrase, on=date(2026, 5, 12))

    assert (dates, asks) == (due, True)
    assert kind in ("by", "window")
    assert read(phrase, YEAR).problem


# --- the language ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("dash", ["-", "~", "～", "—", "——", "--", "至", "到", "–", "－", "−", "〜", "一", " - "])
def test_every_dash(dash):
    assert said(f"3月{dash}9月") == ("window", "09-30", False)


@pytest.mark.parametrize(
    ("phrase", "reading"),
    [
        # years
        ("二〇二六年六月底前", ("by", "06-30", False)),
        ("26年6月底", ("by", "06-30", False)),
        ("明年一季度", ("window", "2027-03-31", False)),
        ("2026年底前", ("by", "12-31", False)),
        ("今年重点工作6月底前完成", ("by", "06-30", False)),
        # ranges
        ("10月至次年3月", ("window", "2027-03-31", False)),
        ("2026年10月-2027年3月", ("window", "2027-03-31", False)),
        ("10月-2月", ("window", "2027-02-28", True)),
        ("3月15-31日", ("window", "03-31", False)),
        ("3.15-5.31", ("window", "05-31", False)),
        ("一至三季度", ("window", "09-30", False)),
        ("5月中旬至6月上旬", ("window", "06-10", False)),
        ("6月中下旬", ("window", "06-30", False)),
        # lists
        ("3、6、9、12月底前", ("dates", "03-31 06-30 09-30 12-31", False)),
        ("三、六、九、十二月", ("dates", "03-31 06-30 09-30 12-31", False)),
        ("3月5日、15日、25日", ("dates", "03-05 03-15 03-25", False)),
        ("6月、12月25日前", ("dates", "06-25 12-25", True)),
        ("4月、5月", ("dates", "04-30 05-31", True)),
        ("第一至第四季度各一次", ("dates", "03-31 06-30 09-30 12-31", False)),
        ("上、下半年各1次", ("dates", "06-30 12-31", False)),
        ("1-3月、7-9月", ("dates", "03-31 09-30", False)),
        # rhythms
        ("每月10日前、25日前", ("every", " ".join(f"{m:02d}-{d}" for m in range(1, 13) for d in (10, 25)), False)),
        ("每月5日前上报", ("every", " ".join(f"{m:02d}-05" for m in range(1, 13)), True)),
        ("每月5日前报送上月情况", ("every", " ".join(f"{m:02d}-05" for m in range(1, 13)), False)),
        ("每月30日前", ("every", "01-30 02-28 03-30 04-30 05-30 06-30 07-30 08-30 09-30 10-30 11-30 12-30", True)),
        (
            "每月最后一个工作日",
            ("every", "01-30 02-28 03-31 04-30 05-29 06-30 07-31 08-31 09-30 10-30 11-30 12-31", False),
        ),
        (
            "每月倒数第二个工作日",
            ("every", "01-29 02-27 03-30 04-29 05-28 06-29 07-30 08-28 09-29 10-29 11-27 12-30", False),
        ),
        ("每季度末月25日前", ("every", "03-25 06-25 09-25 12-25", False)),
        ("每季度结束后10日内", ("every", "04-10 07-10 10-10 2027-01-10", True)),
        ("每季度最后一个周五", ("every", "03-27 06-26 09-25 12-25", False)),
        ("3月至11月每月26日前", ("every", " ".join(f"{m:02d}-26" for m in range(3, 12)), False)),
        ("每季度一次，全年不少于4次", ("every", "03-31 06-30 09-30 12-31", False)),
        ("一季度一次", ("every", "03-31 06-30 09-30 12-31", True)),
        ("每年6月底前", ("every", "06-30", False)),
        # numbers
        ("全年不少于12次", ("quota", "12-31", False)),
        ("6月底前不少于2次", ("quota", "06-30", False)),
        ("每年1-2次", ("quota", "12-31", True)),
        # what the work is about is no deadline
        ("7月10日前报送上半年情况", ("by", "07-10", False)),
        ("上半年工作总结7月10日前报送", ("by", "07-10", False)),
        ("2027年工作计划12月底前报送", ("by", "12-31", False)),
        ("2025年度工作总结1月15日前报送", ("by", "01-15", False)),
        ("5月：举办庆“六一”活动", ("window", "05-31", False)),
        ("3月: 1.做好筹备；2.召开会议", ("window", "03-31", False)),
        ("3月：定方案 4月：开会", ("dates", "03-31 04-30", True)),
        ("6月底前（市级）、7月底前（县级）", ("dates", "06-30 07-31", True)),
        # what looks like something else
        ("七八月份", ("dates", "07-31 08-31", True)),
        ("一二月份", ("dates", "01-31 02-28", True)),
        ("前三季度", ("window", "09-30", False)),
        ("四个季度", ("every", "03-31 06-30 09-30 12-31", True)),
        ("“十五五”期间", ("by", "2030-12-31", True)),
        ("每周八", ("unclear", "", True)),
        ("已于3月完成", ("window", "03-31", True)),
        ("巡察反馈后半年内", ("after", "", False)),
        ("逐月报送，每月5日前", ("every", " ".join(f"{m:02d}-05" for m in range(1, 13)), False)),
        ("事件发生当年年底前", ("by", "12-31", True)),
        # festivals
        ("春节前", ("by", "02-16", True)),
        ("五一前", ("by", "04-30", False)),
        ("十一前", ("by", "09-30", False)),
        ("十一月底前", ("by", "11-30", False)),
        ("2027年元旦前", ("by", "12-31", False)),
        # doubts
        ("6月前", ("by", "05-31", True)),
        ("4月初前完成", ("by", "04-10", True)),
        ("约6月底", ("by", "06-30", True)),
        ("6月底前（暂定）", ("by", "06-30", True)),
        ("6月30日（星期三）前", ("by", "06-30", True)),
        ("6月30日（星期二）前", ("by", "06-30", False)),
        ("6.3", ("by", "06-03", True)),
        ("5-10", ("by", "05-10", True)),
        ("全年持续推进", ("window", "12-31", True)),
        # not a time, or no real one
        ("周五前", ("unclear", "", True)),
        ("26日前", ("unclear", "", True)),
        ("第五季度", ("unclear", "", True)),
        ("农历腊月", ("unclear", "", True)),
        ("制定实施办法并报送", ("missing", "", True)),
        ("年度考核", ("missing", "", True)),
        ("《2026年6月工作要点》", ("missing", "", True)),
    ],
)
def test_language(phrase, reading):
    assert said(phrase) == reading


def test_three_times_a_week_is_not_wednesday():
    often, wednesdays = read("每周三次", YEAR), read("每周三", YEAR)

    assert (often.count, often.rule) == (3, "FREQ=WEEKLY;BYDAY=FR")
    assert (wednesdays.count, wednesdays.rule) == (None, "FREQ=WEEKLY;BYDAY=WE")


def test_next_january_follows_december():
    autumn = read("9月-12月", YEAR)

    january = read("1月", YEAR, previous=autumn)

    assert january.dates == (date(2027, 1, 31),)
    assert january.confirm
    assert january.window_start == date(2027, 1, 1)
    assert read("1月", YEAR).dates == (date(2026, 1, 31),)
    assert read("3月18日前", YEAR, previous=autumn).dates == (date(2026, 3, 18),)


def test_half_yearly_asks_only_where_days_may_stand_elsewhere():
    assert not read("每半年一次", YEAR).confirm
    assert read("每半年一次", YEAR, listed=False).confirm
    assert not read("每半年上一次", YEAR, listed=False).confirm


@pytest.mark.parametrize(
    "phrase",
    [
        "11月31日",
        "2月30日",
        "2月29日前",
        "4月31日前",
        "13月",
        "0月",
        "12月32日",
        "2026-02-30",
        "2.30",
        "每月32日",
        "6月20日至10日",
        "20261131",
    ],
)
def test_impossible_date_is_never_repaired(phrase):
    reading = read(phrase, YEAR)

    assert (reading.kind, reading.dates) == (Kind.UNCLEAR, ())
    assert explain(reading)


def test_leap_day_in_a_leap_year():
    assert read("2月29日前", 2028).dates == (date(2028, 2, 29),)
    assert read("2月底前", 2028).dates == (date(2028, 2, 29),)


def test_periods_of_a_rhythm():
    monthly, halves = read("每月26日前", YEAR), read("6月底、12月底", YEAR)

    assert monthly.periods[1] == Span(date(2026, 2, 1), date(2026, 2, 26))
    assert halves.periods == (Span(date(2026, 1, 1), date(2026, 6, 30)), Span(date(2026, 7, 1), date(2026, 12, 31)))
    assert read("5月/10月", YEAR).periods[1] == Span(date(2026, 10, 1), date(2026, 10, 31))


def test_moved_to_the_next_working_day():
    reading = read("每月26日前，遇节假日顺延", YEAR)

    assert date(2026, 9, 28) in reading.dates  # 26 September lies in the Mid-autumn holiday
    assert not reading.confirm


def test_a_year_without_calendar_is_provisional():
    reading = read("每月最后一个工作日", 2040)

    assert reading.provisional
    assert reading.confirm
    assert not read("每月最后一个工作日", YEAR).provisional


def test_own_calendar_moves_the_last_working_day():
    calendar = Workdays({date(2026, 6, 30): False})

    assert read("6月最后一个工作日", YEAR, calendar=calendar).dates == (date(2026, 6, 29),)


RHYTHMS = """
    每月 每月26日前 每月10日、20日 每月30日前 每月31日 每季度 每季度首月5日前 每半年 每周一、三、五 每周 每旬
    每半月 每月第二个周三 每月最后一个周五 每年6月底前 每年3月、9月 每季度末月下旬
    周调度、月通报、季推进、年考评 每日 3-11月每月25日前
    """


@pytest.mark.parametrize(
    "phrase",
    RHYTHMS.split(),
)
def test_rule_says_the_same_days(phrase):
    reading = read(phrase, YEAR)
    days = set()
    for rule in reading.rule.split(" "):
        found = rrulestr(rule, dtstart=date_time(date(YEAR, 1, 1)))
        days |= {moment.date() for moment in found.between(date_time(date(2025, 12, 31)), date_time(date(2027, 1, 1)))}

    assert sorted(days) == list(reading.dates)


def date_time(day: date) -> datetime:
    """Midnight without a zone: rules count in days."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


# --- words -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("3月底前", "by 31 Mar 2026"),
        ("4-6月", "1 Apr 2026 to 30 Jun 2026"),
        ("5月/10月", "2 dates: 31 May 2026, 31 Oct 2026"),
        ("每季度", "every quarter, last day"),
        ("每月26日前", "every month, day 26"),
        ("每周一、三", "every week, Monday, Wednesday"),
        ("每年两次", "2 times by 31 Dec 2026"),
        ("会后3个工作日内", "3 working days after the meeting"),
        ("长期坚持", "ongoing, no due date"),
        ("按市委要求", "date to be notified"),
        ("尽快", "not understood"),
    ],
)
def test_described_in_english(phrase, words):
    with translation.override("en"):
        assert describe(read(phrase, YEAR)) == words


def test_impossible_day_explained():
    with translation.override("en"):
        assert explain(read("2月30日", YEAR)) == "30 February does not exist; the last day is the 28th."


def test_every_reason_has_words():
    with translation.override("en"):
        for phrase in WRITTEN:
            reading = read(phrase, YEAR)
            assert not reading.confirm or reading.reason in REASONS, phrase
            assert not reading.confirm or explain(reading), phrase
            assert describe(reading), phrase


# --- properties --------------------------------------------------------------------------------------------------------
WORDS_OF_TIME = """
    1 2 3 6 9 10 11 12 15 26 30 31 46203 2026 2027 一 三 十 十二 二十六 月 日 号 年 底 末 初 前 后 内 起 至 到 -
    ~ — / 、 ， ； 。 （ ） 每 每月 每季度 每半年 每年 每周 季度 上半年 下半年 上旬 中旬 下旬 周三 第二个
    最后一个 工作日 个工作日 天 个月 次 不少于 至少 各 分别 会 会议 收到 印发 完成 召开 报送 按 要求 通知 长期
    坚持 持续 立行立改 尽快 次年 今年是 全年 年内 国庆 春节 七一 元旦 期间 左右 暂定 以前 之前 首月 末月 当月
    次月 本月 遇节假日顺延 的 于 在 和 或 . : 上 下 半年 学期 小时 个 多 全覆盖 已完成 十五五
"""
WORDS = WORDS_OF_TIME.split()
DOUBTFUL = """
    3月底前 每月30日前 6月前 4月初 1月（排在“9月-12月”之后） 会前 每学期一次 2月30日 第五季度 周五前 农历腊月
    春季 13 月底 每五个月 6月20日至10日 2060年春节前 立行立改 根据要求 48小时内 30小时内 多次 不少于2次 5-10
    6月、12月25日前 4月、5月 12月、1月 6月左右 每两周 每周一调度 每周末 每季度25日前 次月5日前 季末
    每月5日前上报 一季度一次 6.3 6 3月起 3月启动，6月底前完成 6月底前每月一次 6月底前（9月底）
    9月底前，6月底前完成 3-6月、5月底前 长期，每季度报 6月底，具体时间另行通知 国庆期间 元旦前 国庆前3天
    每月第6个周一 每月第30个工作日 3000年 已完成
"""
WRITTEN = DOUBTFUL.split()

phrases = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map("".join))
values = st.one_of(phrases, st.integers(), st.floats(), st.dates(), st.datetimes(), st.none(), st.booleans())


@settings(max_examples=600, deadline=None)
@given(values, st.sampled_from([2024, 2026, 2027, 2040]))
@example("²", 2026)
@example("9" * 5000, 2026)
@example("每" * 400, 2026)
def test_any_phrase_gives_a_sound_reading(value, year):
    reading = read(value, year, on=date(year, 5, 12))

    assert list(reading.dates) == sorted(set(reading.dates))
    assert {span.due_on for span in reading.periods} == set(reading.dates)
    assert all(span.starts_on <= span.due_on for span in reading.periods)
    assert reading.kind not in DATED or reading.dates
    assert not reading.problem or (reading.dates == () and reading.confirm)
    assert not reading.confirm or reading.reason in REASONS
    assert reading.window_start is None or reading.window_start <= reading.dates[-1]
    assert len(reading.rule) <= 160
    assert len(reading.event) <= 60
    with translation.override("en"):
        assert describe(reading)


@settings(max_examples=600, deadline=None)
@given(phrases, st.data())
def test_width_and_spaces_change_nothing(phrase, data):
    """Full-width figures and signs, and spaces that part no numbers, are only another way to write the same."""
    phrase = "".join(
        char
        for char in phrase
        if char.isprintable() and unicodedata.normalize("NFKC", char) == char and not char.isspace()
    )
    wide = "".join(
        chr(ord(char) + 0xFEE0) if char.isascii() and (char.isdigit() or char in "()/-~:;,") else char
        for char in phrase
    )
    place = data.draw(st.integers(0, len(phrase)))
    around = phrase[max(0, place - 1) : place + 1]
    spaced = phrase if any(char.isascii() for char in around) else phrase[:place] + " \u3000" + phrase[place:]

    assert said(wide) == said(phrase)
    assert said(spaced) == said(phrase)


@given(
    st.integers(1, 12),
    st.integers(1, 40),
    st.sampled_from(
        ["{}月{}日", "{}月{}日前", "2026年{}月{}日", "2026-{:02d}-{:02d}", "{}.{:02d}", "于{}月{}号之前完成"]
    ),
)
def test_a_day_is_itself_or_refused(month, day, form):
    reading = read(form.format(month, day), YEAR)

    try:
        expected = (date(YEAR, month, day),)
    except ValueError:
        expected = ()
    assert reading.dates == expected
    assert reading.problem is (not expected)


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from(["-", "～", "至", "——"]), st.booleans())
def test_a_range_of_months_never_ends_before_it_begins(first, last, dash, unit):
    reading = read(f"{first}{'月' if unit else ''}{dash}{last}月", YEAR)

    assert reading.kind is Kind.WINDOW
    assert reading.window_start == date(YEAR, first, 1)
    end = reading.dates[-1]
    assert end.month == last
    assert (end + timedelta(days=1)).day == 1
    assert reading.confirm is (last < first)
