"""Small words that every part of the demo needs: days counted from today, deadlines as an office writes them."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

from pypinyin import lazy_pinyin

from branches.clock import SHANGHAI
from tasks.workdays import PUBLISHED

NUMERALS = "〇一二三四五六七八九十"
TERM_YEARS = 5  # a term of county and city bodies; this one began in 2022 (domain 1.13)
FIRST_TERM, FIRST_YEAR = 8, 2022
SESSION_MONTH, SESSION_DAY, SESSION_DAYS = 2, 10, 4
TEN_DAYS = {10: "上旬", 20: "中旬"}


def person_in_english(han: str) -> str:
    """A two- or three-character name as English papers write it: Wang Ming, Zhao Qinghe."""
    family, *given = lazy_pinyin(han)
    return f"{family.capitalize()} {''.join(given).capitalize()}"


def numeral(number: int) -> str:
    """A small number in Chinese figures."""
    if number <= 10:
        return NUMERALS[number]
    tens, ones = divmod(number, 10)
    return (NUMERALS[tens] if tens > 1 else "") + "十" + (NUMERALS[ones] if ones else "")


def days(today: date, offset: int) -> date:
    """The day `offset` days from today."""
    return today + timedelta(days=offset)


def workday(today: date, offset: int) -> date:
    """The last working day that is not after today + `offset`: offices publish, report and review on working days."""
    return PUBLISHED.on_or_before(days(today, offset))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of that day in Shanghai."""
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


def deadline(due_on: date, year: int) -> str:
    """A due date as a list of `year` writes it: 6月底前, 5月上旬, 9月18日前; the next year by name."""
    month = f"{due_on.month}月"
    if due_on.year != year:
        month = ("次年" if due_on.year == year + 1 else f"{due_on.year}年") + month
    if due_on.day == calendar.monthrange(due_on.year, due_on.month)[1]:
        return f"{month}底前"
    return month + (TEN_DAYS.get(due_on.day) or f"{due_on.day}日前")


def term_of(today: date) -> tuple[int, date]:
    """The number of the term that runs on that day, and its first day (the opening of its first session)."""
    year = today.year if (today.month, today.day) >= (SESSION_MONTH, SESSION_DAY) else today.year - 1
    passed = (year - FIRST_YEAR) // TERM_YEARS
    return FIRST_TERM + passed, date(FIRST_YEAR + passed * TERM_YEARS, SESSION_MONTH, SESSION_DAY)


def last_session(today: date) -> tuple[int, date]:
    """The number within its term of the latest plenary session that is over, and its first day."""
    over = (SESSION_MONTH, SESSION_DAY + SESSION_DAYS)
    year = today.year if (today.month, today.day) >= over else today.year - 1
    first_day = date(year, SESSION_MONTH, SESSION_DAY)
    return year - term_of(first_day)[1].year + 1, first_day
