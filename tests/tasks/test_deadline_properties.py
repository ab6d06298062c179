"""Deadlines as nobody writes them: random phrases, which must never break the reader nor be read two ways."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tasks.deadlines import DATED, REASONS, Kind, describe, read
from tests.tasks.test_deadlines import YEAR, said

WORDS_OF_TIME = """
    1 2 3 6 9 10 11 12 15 26 30 31 46203 2026 2027 一 三 十 十二 二十六 月 日 号 年 底 末 初 前 后 内 起 至 到 -
    ~ — / 、 ， ； 。 （ ） 每 每月 每季度 每半年 每年 每周 季度 上半年 下半年 上旬 中旬 下旬 周三 第二个
    最后一个 工作日 个工作日 天 个月 次 不少于 至少 各 分别 会 会议 收到 印发 完成 召开 报送 按 要求 通知 长期
    坚持 持续 立行立改 尽快 次年 今年是 全年 年内 国庆 春节 七一 元旦 期间 左右 暂定 以前 之前 首月 末月 当月
    次月 本月 遇节假日顺延 的 于 在 和 或 . : 上 下 半年 学期 小时 个 多 全覆盖 已完成 十五五
"""
WORDS = WORDS_OF_TIME.split()
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
