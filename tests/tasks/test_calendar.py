"""Days off: the notice as text, the page that keeps them, and that every count of working days reads them."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import chinese_calendar
import pytest
from django.test import Client
from django.urls import reverse

from branches import clock
from branches.actions.calendar import set_calendar_days
from branches.models import CalendarDay, Change
from tasks.calendar import unknown_year, working_days
from tasks.holidays import read_notice
from tasks.lights import Thresholds
from tasks.workdays import PUBLISHED
from tests.conftest import Cast
from tests.factories import at

NOTICE = """国务院办公厅关于2026年
部分节假日安排的通知
国办发明电〔2025〕7号
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
　　鼓励各单位结合带薪年休假等制度落实，安排职工在除夕休息。节假日期间，妥善安排值班。"""
NEXT = "关于2040年部分节假日安排的通知\n一、元旦：1月1日至3日放假调休，共3天。1月7日（周六）上班。"


def test_notice_is_read_to_the_day():
    """What the published library knows of 2026 is exactly what the notice says."""
    notice = read_notice(NOTICE)
    named = {one.day: one.worked for one in notice.days}
    all_days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]

    assert (notice.year, notice.doubts) == (2026, [])
    assert all(PUBLISHED.is_workday(day) is worked for day, worked in named.items())
    assert [
        day for day in all_days if chinese_calendar.is_workday(day) != (day.weekday() < 5) and day not in named
    ] == []


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("一、元旦：1月1日至3日放假，共3天。", "no-year"),
        ("关于2027年：二、春节：2月30日放假，共1天。", "no-such-day"),
        ("关于2027年：四、劳动节：5月1日（周五）放假，共1天。", "weekday"),
        ("关于2027年：四、劳动节：5月1日至3日放假，共5天。", "count"),
        ("关于2027年：四、劳动节：5月1日放假，共1天。", "missing"),
        ("关于2027年：四、劳动节：5月1日放假，共1天。5月1日上班。", "both"),
    ],
)
def test_what_does_not_fit_is_said(text, doubt):
    assert doubt in [code for code, _ in read_notice(text).doubts]


def test_range_over_new_year_and_two_festivals_in_one():
    notice = read_notice(
        "关于2023年 一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。六、中秋节、国庆节：9月29日放假。"
    )

    assert [one.day for one in notice.days] == [
        date(2022, 12, 31),
        date(2023, 1, 1),
        date(2023, 1, 2),
        date(2023, 9, 29),
    ]
    assert notice.days[-1].name == "中秋节、国庆节"


def test_november_asks_for_the_next_year():
    assert unknown_year(date(2026, 10, 31), PUBLISHED) is None
    assert unknown_year(date(2039, 11, 1), PUBLISHED) == 2039
    assert unknown_year(date(2026, 11, 1), PUBLISHED) in (2027, None)  # None once the library knows 2027


def send(client: Client, **data: str):
    return client.post(reverse("tasks:calendar"), {"op": str(uuid.uuid4()), **data})


def test_pasted_looked_at_saved_and_used(client: Client, cast: Cast):
    client.force_login(cast.admin)

    looked = send(client, do="read", notice=NEXT)
    assert "2040-01-07" in looked.text or "1月7日" in looked.text
    assert not CalendarDay.objects.exists()

    assert send(client, do="save", notice=NEXT).status_code == 302
    assert working_days().is_published(2040)
    assert working_days().is_workday(date(2040, 1, 7))  # a Saturday made up
    assert not working_days().is_workday(date(2040, 1, 2))
    assert Change.objects.get(verb="calendar-changed").after["days_worked"] == ["2040-01-07"]


def test_single_day_is_entered_and_taken_out(client: Client, cast: Cast):
    client.force_login(cast.admin)
    day = date(2026, 6, 30)

    send(client, do="day", day="2026-06-30", worked="0", name="本地假日")
    assert not working_days().is_workday(day)
    send(client, do="day", day="2026-06-30", worked="0", name="改名")
    assert CalendarDay.objects.get().name == "改名"
    send(client, do="remove", day="2026-06-30")

    assert working_days().is_workday(day)


@pytest.mark.parametrize("who", ["county_admin", "secretary", "nobody"])
def test_others_look_but_do_not_write(client: Client, cast: Cast, who: str):
    client.force_login(cast.person(who))

    assert client.get(reverse("tasks:calendar")).status_code == 200
    assert send(client, do="day", day="2026-06-30", worked="0").status_code == 403
    assert not CalendarDay.objects.exists()


def test_lights_follow_the_table_and_one_request_reads_it_once(cast: Cast, django_assert_num_queries):
    on = date(2026, 6, 29)  # a Monday
    before = Thresholds.load(on).last_days[None][1]
    set_calendar_days({date(2026, 6, 30): (False, "")}, by=cast.admin, op=uuid.uuid4(), now=at(on))

    assert Thresholds.load(on).last_days[None][1] == before + timedelta(days=1)
    clock.begin_request()
    try:
        with django_assert_num_queries(1):
            working_days()
            working_days()
    finally:
        clock.end_request()


def test_due_on_a_day_off_is_listed_and_not_moved(client: Client, cast: Cast, clock_at):
    clock_at(cast.today)
    row = cast.to_county_a
    client.force_login(cast.secretary)
    assert row.due_on
    CalendarDay.objects.create(day=row.due_on, worked=False)

    assert row.due_on in [one.day for one in client.get(reverse("tasks:calendar")).context["of_year"].due]
    row.refresh_from_db()
    assert row.due_on == CalendarDay.objects.get().day
