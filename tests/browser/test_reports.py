"""Journeys (c), (d) and (f): from the mail's link to a report with a photo, back and forth, and through review (issue 2)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from devtools.showroom import Showroom
from tests.browser.conftest import Enter
from tests.browser.visitor import Visitor
from tests.uploads import photo

pytestmark = pytest.mark.usefixtures("fresh")
PHONE = {"width": 360, "height": 740}
MEMBER = "demo-member@demo.invalid"
TASK = "撰写社情民意信息1篇"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo as a phone makes it, larger than what is kept."""
    file = tmp_path / "活动.jpg"
    file.write_bytes(photo((2400, 1800)))
    return file


def add_photo(visitor: Visitor, file: Path) -> None:
    """One press on the button; the phone's own picker is not ours to count."""
    with visitor.page.expect_file_chooser() as chooser:
        visitor.page.get_by_text("添加照片或文件", exact=True).click()
    visitor.presses += 1
    chooser.value.set_files(file)
    visitor.page.get_by_role("checkbox", name=re.compile("活动")).wait_for()


def open_mail(visitor: Visitor, subject: str) -> None:
    visitor.go(f"/demo/mailbox/?to={MEMBER}")
    visitor.follow(visitor.page.get_by_role("link", name=re.compile(subject)))


def test_from_the_link_in_the_mail_to_reported_with_a_photo_in_three_taps(
    enter: Enter, showroom: Showroom, picture: Path
) -> None:
    member = enter("member", **PHONE)
    member.press("到下一个工作日")
    assert (
        "2026-05-13" in member.page.locator(".demo-bar").inner_text()
        or "5月13日" in member.page.locator(".demo-bar").inner_text()
    )
    showroom.command("send_reminders")
    open_mail(member, "临期")
    member.look()
    mail = member.page.locator("main").inner_text()
    link = re.search(rf"{TASK}\n.*\n办理：(\S+)", mail)
    assert link is not None, mail
    member.follow(member.page.get_by_role("link", name=link[1]))
    assert member.heading == TASK
    member.look()

    member.presses = 0
    member.page.get_by_label("进展").fill("走访3户，写成信息1篇，已送研究室。")
    add_photo(member, picture)
    member.press("报完成")
    assert member.presses <= 3, "MEM-1"
    assert member.heading == "已报送" or "待审核" in member.words
    member.look()

    county = enter("county")
    county.go("/review/")
    county.press(re.compile(f"委员功能型党支部.*{TASK}.*5-13"), "link")
    assert "走访3户，写成信息1篇，已送研究室。" in county.words
    thumb = county.page.locator(".said img")
    thumb.scroll_into_view_if_needed()
    expect(thumb).to_have_js_property("complete", True)
    assert thumb.evaluate("image => image.naturalWidth") > 0, "the reviewer sees the photo"


def test_two_sweeps_send_the_days_mail_once(enter: Enter, showroom: Showroom) -> None:
    member = enter("member")
    member.press("到下一个工作日")
    showroom.command("send_reminders")
    showroom.command("send_reminders")
    member.go(f"/demo/mailbox/?to={MEMBER}")
    assert member.page.get_by_role("link", name=re.compile("^今天：")).count() == 1
    sent = showroom.ask("SELECT count(*) - count(DISTINCT message_id) FROM branches_demomail")
    assert sent == [(0,)]


def test_returned_with_words_supplemented_and_approved(enter: Enter) -> None:
    member = enter("member", **PHONE)
    member.follow(member.page.get_by_role("link", name=re.compile(TASK)).first)
    address = member.path.replace("update/", "")
    member.page.get_by_label("进展").fill("写成信息1篇。")
    member.press("报完成")
    assert "待审核" in member.words

    county = enter("county")
    county.go(f"/review{address[2:]}")
    assert "写成信息1篇。" in county.words
    county.look()
    county.expected.add(400)
    county.press("退回补充")
    assert "写明要补充什么" in county.words, "words are needed"
    county.look()
    county.page.get_by_label(re.compile("^意见")).fill("补充走访时间和采用情况")
    county.page.get_by_label("补充期限").fill("2026-05-15")
    county.press("退回补充")
    assert "已退回" in county.words

    member.go("/")
    member.follow(member.page.get_by_role("link", name=re.compile(f"{TASK}.*需补充")))
    assert "补充走访时间和采用情况" in member.words
    assert "2026-05-15" in member.words
    member.look()
    member.page.get_by_label("进展").fill("5月10日走访，信息已被采用。")
    member.press("报完成")
    assert "待审核" in member.words

    county.go(f"/review{address[2:]}")
    assert "5月10日走访，信息已被采用。" in county.words
    county.press(re.compile("^通过并看下一条"))
    assert "已通过" in county.words
    county.look()
    member.go(address)
    assert "已完成" in member.page.locator(".facts").inner_text()
    history = member.page.locator(".timeline").inner_text()
    assert [history.find(word) for word in ("通过", "退回")] == sorted(history.find(word) for word in ("通过", "退回"))
    assert "补充走访时间和采用情况" in history
    member.look()


def test_the_second_of_two_reviewers_is_told_what_the_first_decided(enter: Enter) -> None:
    first, second = enter("secretary"), enter("secretary")
    for reviewer in (first, second):
        reviewer.go("/review/")
    heading = first.page.locator(".review-item h2").inner_text()
    assert second.page.locator(".review-item h2").inner_text() == heading
    first.press(re.compile("^通过并看下一条"))

    second.expected.add(409)
    second.page.get_by_label(re.compile("^意见")).fill("缺材料")
    second.press("退回补充")
    assert re.search("王明 .*已通过这一条", second.words)
    second.look()


def test_words_typed_are_kept_when_the_language_changes(enter: Enter) -> None:
    member = enter("member", **PHONE)
    member.follow(member.page.get_by_role("link", name=re.compile(TASK)).first)
    member.page.get_by_label("进展").fill("还没有写完的一句")
    address = member.path
    member.follow(member.page.get_by_role("button", name="中").or_(member.page.get_by_role("button", name="EN")).first)
    assert member.path == address
    assert member.page.get_by_label("Progress").input_value() == "还没有写完的一句"
