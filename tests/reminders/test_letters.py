"""The words of a message in both languages: what is due, why this person hears of it, the way to the very form."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django.fixtures import Settings

from branches.roles import Role
from tasks.models import Assignment
from tests.factories import at, make_list, make_post, make_unit, make_user
from tests.reminders.conftest import World, give_back, plan_and_send

NOW = at(date(2026, 5, 12), 9)


def html_of(message: mail.EmailMessage) -> str:
    assert isinstance(message, EmailMultiAlternatives)
    return str(message.alternatives[0].content)


def everything(world: World) -> dict[str, Assignment]:
    """One row of every kind that a digest may hold on 12 May."""
    rows = {
        "soon": world.give(world.office, date(2026, 5, 14), content="党建品牌案例报送"),
        "due": world.give(world.office, date(2026, 5, 12), content="联系点名单"),
        "late": world.give(world.office, date(2026, 5, 11), content="主题党日小结"),
        "back": world.give(world.office, date(2026, 6, 30), content="活动台账"),
    }
    give_back(rows["back"], world.secretary, at(date(2026, 5, 7)), date(2026, 5, 12))
    return rows


def test_digest_in_chinese(world: World) -> None:
    rows = everything(world)

    plan_and_send(NOW)

    digest = next(message for message in mail.outbox if "缺 4 月" not in message.subject)
    assert digest.subject == "今天：1 项到期，1 项需补充，1 项临期，1 项逾期"
    text = str(digest.body)
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert lines == [
        "- 5-12 前补充：活动台账",
        "- 5-12 到期：联系点名单",
        "- 5-14 到期：党建品牌案例报送",
        "- 逾期 1 天：主题党日小结",
    ]
    assert re.findall(r"http\S+/update/", text) == [
        f"http://testserver/a/{rows[name].pk}/update/" for name in ("back", "due", "soon", "late")
    ]
    assert text.count("收件原因：办公室党务干部") == 4


def test_digest_in_english_keeps_the_words_of_people(world: World) -> None:
    world.clerk.language = "en"
    world.clerk.save()
    everything(world)

    plan_and_send(NOW)

    digest = next(message for message in mail.outbox if message.subject.startswith("Today"))
    assert digest.subject == "Today: 1 due, 1 needs more, 1 due soon, 1 overdue"
    assert "- Due 14 May: 党建品牌案例报送" in str(digest.body)
    assert "You are party-affairs secretary of Office" in str(digest.body)
    html = html_of(digest)
    assert '<html lang="en">' in html
    assert '<span lang="zh-Hans">Due 14 May: 党建品牌案例报送</span>' in html


def test_returned_says_what_is_missing(world: World) -> None:
    row = world.give(world.office, date(2026, 6, 30), content="活动台账")
    give_back(row, world.secretary, NOW, date(2026, 5, 15), "缺 4 月活动内容\n请补 <图片>")

    plan_and_send(NOW)

    (message,) = mail.outbox
    assert message.subject == "需补充：活动台账，缺 4 月活动内容 请补 <图片>"
    assert "5-15 前补充：活动台账" in str(message.body)
    assert "缺少内容：缺 4 月活动内容" in str(message.body)
    assert "&lt;图片&gt;" in html_of(message)
    assert "<图片>" not in html_of(message)


def test_new_list_counts_the_persons_own_tasks(world: World) -> None:
    fresh = make_list(world.city, world.secretary, "2026年党建工作任务清单", published_at=NOW)
    for due in (date(2026, 6, 30), date(2026, 9, 30)):
        for unit in (world.office, world.county):
            row = world.give(unit, due)
            Assignment.objects.filter(pk=row.pk).update(list=fresh)

    plan_and_send(NOW)

    message = next(one for one in mail.outbox if one.to == [world.clerk.email])
    assert message.subject == "新任务 2 项，最早 6-30：2026年党建工作任务清单"
    assert str(message.body).count("/update/") == 2
    assert f"http://testserver/lists/{fresh.pk}/" in str(message.body)


def test_long_list_is_told_in_short(world: World) -> None:
    fresh = make_list(world.city, world.secretary, "新清单", published_at=NOW)
    rows = [world.give(world.office, date(2026, 6, 30)) for _n in range(23)]
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(list=fresh)

    plan_and_send(NOW)

    (message,) = mail.outbox
    assert str(message.body).count("/update/") == 20
    assert "清单中另有 3 项" in str(message.body)


@pytest.mark.parametrize(("language", "most"), [("zh-hans", 30), ("en", 60)])
def test_subjects_are_short_and_hold_no_line_break(world: World, language: str, most: int) -> None:
    world.clerk.language = language
    world.clerk.save()
    row = world.give(world.office, date(2026, 6, 30), content="报送\r\nBcc: everybody@example.invalid " + "长" * 80)
    give_back(row, world.secretary, NOW, date(2026, 5, 15))

    plan_and_send(NOW)

    (message,) = mail.outbox
    assert len(message.subject) == most
    assert message.subject.endswith("…")
    assert not {"\r", "\n"} & set(message.subject)
    assert message.recipients() == [world.clerk.email]


def test_reason_for_those_who_stand_in(world: World) -> None:
    section = make_unit("综合科", "office", world.office)
    world.give(section, date(2026, 5, 14))
    world.give(world.branch.unit, date(2026, 5, 14))
    world.give(world.county, date(2026, 5, 14), person=world.county_secretary)

    plan_and_send(NOW)

    bodies = {message.to[0]: str(message.body) for message in mail.outbox}
    assert "收件原因：综合科尚无经办人，由办公室代收" in bodies[world.clerk.email]
    assert "收件原因：机关党支部负责人" in bodies[world.head.email]
    assert "甲区政协 机关党支部" in bodies[world.head.email]  # names of branches repeat
    assert "收件原因：责任人" in bodies[world.county_secretary.email]


def test_nobody_reads_of_anybody_else(world: World) -> None:
    make_post(make_user("同事"), world.office, Role.SECRETARY)
    world.give(world.office, date(2026, 5, 11), content="办公室的事")
    world.give(world.county, date(2026, 5, 11), content="甲区的事")

    plan_and_send(NOW)

    for message in mail.outbox:
        both = str(message.body) + html_of(message)
        assert ("办公室的事" in both) != ("甲区的事" in both)
        assert not any(name in both for name in ("周文", "赵敏", "同事", "王明"))
        assert len(message.recipients()) == 1


def test_html_loads_nothing_from_anywhere(world: World, settings: Settings) -> None:
    settings.SITE_URL = "https://tasks.example.org"
    everything(world)

    plan_and_send(NOW)

    for message in mail.outbox:
        html = html_of(message)
        assert not re.search(r"<(img|link|script|style|iframe)|\bstyle=|\son\w+=", html)
        assert set(re.findall(r'href="(https?://[^/"]+)', html)) == {"https://tasks.example.org"}
