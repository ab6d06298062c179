"""Deadlines in English: phrases of English lists are read, and every reading of a Chinese phrase is told without Chinese."""

from __future__ import annotations

import calendar
import re
from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tasks import deadlines
from tasks.deadlines import Kind
from tasks.deadlines.english import event_called, in_chinese
from tests.lists import shared_lists, table

HAN = re.compile("[\u4e00-\u9fff]")


def told(phrase: str, year: int = 2026) -> str:
    with override("en"):
        return deadlines.describe(deadlines.read(phrase, year))


@pytest.mark.parametrize(
    ("phrase", "reading"),
    [
        ("by 30 June", "by 30 Jun 2026"),
        ("By June 30, 2027.", "by 30 Jun 2027"),
        ("before the end of June", "by 30 Jun 2026"),
        ("early June", "1 Jun 2026 to 10 Jun 2026"),
        ("mid-May", "11 May 2026 to 20 May 2026"),
        ("end of Q3", "by 30 Sep 2026"),
        ("by the end of the third quarter", "by 30 Sep 2026"),
        ("Q4", "1 Oct 2026 to 31 Dec 2026"),
        ("second half of the year", "1 Jul 2026 to 31 Dec 2026"),
        ("year-end", "by 31 Dec 2026"),
        ("throughout the year", "1 Jan 2026 to 31 Dec 2026"),
        ("March to June", "1 Mar 2026 to 30 Jun 2026"),
        ("from 1 March to 15 April", "1 Mar 2026 to 15 Apr 2026"),
        ("by 30 June and 30 November", "2 dates: 30 Jun 2026, 30 Nov 2026"),
        ("monthly", "every month, last day"),
        ("monthly by the 26th", "every month, day 26"),
        ("by the 5th of each month", "every month, day 5"),
        ("once a quarter", "every quarter, last day"),
        ("every Friday", "every week, Friday"),
        ("at least 4 times a year", "4 times by 31 Dec 2026"),
        ("within 3 working days after the meeting", "3 working days after the meeting"),
        ("within a week of approval", "7 days after approval"),
        ("3 working days before the activity", "3 working days before the activity"),
        ("ongoing", "ongoing, no due date"),
        ("to be notified", "date to be notified"),
    ],
)
def test_phrases_of_an_english_list_are_read(phrase: str, reading: str) -> None:
    assert told(phrase) == reading


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("30 February", "30 February does not exist; the last day is the 28th."),
        ("by 31 April", "31 April does not exist; the last day is the 30th."),
        ("Q5", "There is no quarter 5."),
        ("by the 32nd of each month", "No month has a day 32."),
        ("06/30/2026", "“06/30/2026” was not understood. Try 6-30, end of June, Q3 or ongoing."),
        ("as soon as possible", "“as soon as possible” is not a date. Try 6-30, end of June, Q3 or ongoing."),
        ("when the moon is full", "No time is named. Enter a due date, or choose “ongoing”."),
    ],
)
def test_what_cannot_be_is_asked_in_words(phrase: str, why: str) -> None:
    reading = deadlines.read(phrase, 2026)

    assert reading.problem
    with override("en"):
        assert deadlines.explain(reading) == why


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)))
def test_a_day_is_the_same_in_both_languages(day: date) -> None:
    month = calendar.month_name[day.month]
    chinese = deadlines.read(f"{day.year}年{day.month}月{day.day}日前", 2026)

    for phrase in (f"by {day.day} {month} {day.year}", f"no later than {month[:3]} {day.day}, {day.year}"):
        english = deadlines.read(phrase, 2026)
        assert (english.kind, english.dates) == (Kind.BY, (day,)) == (chinese.kind, chinese.dates)


@given(st.text(alphabet="abcdefhijmnqrtuy 0123456789.-", max_size=40))
def test_no_words_raise(text: str) -> None:
    assert isinstance(in_chinese(text), str)
    assert not HAN.search(told(text))


def test_a_chinese_phrase_is_left_as_it_is() -> None:
    assert in_chinese("6月底前 by 30 June") == ""


@pytest.mark.parametrize(
    ("event", "english"),
    [
        ("会", "the meeting"),
        ("文件印发", "the issue of the paper"),
        ("分管领导审批", "approval"),
        ("收到通知", "receipt of the notice"),
        ("上级另有安排", "the event that the list names"),
        ("kick-off", "kick-off"),
    ],
)
def test_what_days_are_counted_from_has_an_english_name(event: str, english: str) -> None:
    assert event_called(event) == english


def test_every_phrase_of_the_real_lists_is_told_without_chinese() -> None:
    phrases = {row[name] for row in table(shared_lists() / "05-deadline-phrases.csv") for name in row if row[name]}
    assert len(phrases) > 100
    assert [phrase for phrase in phrases if HAN.search(told(phrase))] == []
