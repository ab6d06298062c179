"""What happens to words and photos when something comes between: the network, another tab, the back button, a second press
(issue 5, two at once). Nothing typed is lost, nothing is done twice, and whoever comes second is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route

from devtools.showroom import Showroom
from tests.browser.conftest import Enter
from tests.browser.visitor import Visitor
from tests.uploads import photo

pytestmark = pytest.mark.usefixtures("fresh")
MODES = pytest.mark.parametrize(("lang", "width"), [("zh", 1366), ("en", 360)])
MINE = (
    "SELECT row.id FROM tasks_assignment row JOIN branches_user person ON person.id = row.person_id"
    " WHERE person.username = 'demo-member' AND row.stage IN ('issued', 'acknowledged', 'in_progress')"
    " AND row.due_on >= '2026-05-12' ORDER BY row.due_on, row.id LIMIT 1"
)
SAID = "SELECT count(*) FROM tasks_report WHERE text = %s"
FILES = "SELECT count(*) FROM tasks_evidence one JOIN tasks_report said ON said.id = one.report_id WHERE said.text = %s"
UPLOAD = re.compile(r"/a/\d+/files/$")
WORDS = "走访3户，写成信息1篇。"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "活动.jpg"
    file.write_bytes(photo((1200, 900)))
    return file


def at_the_form(enter: Enter, showroom: Showroom, lang: str, width: int) -> tuple[Visitor, str]:
    member = enter("member", lang=lang, width=width, height=740)
    ((row,),) = showroom.ask(MINE)
    member.go(f"/a/{row}/update/")
    return member, f"/a/{row}/update/"


@MODES
def test_the_network_is_lost_in_the_middle_of_an_upload(
    enter: Enter, showroom: Showroom, picture: Path, lang: str, width: int
) -> None:
    member, _path = at_the_form(enter, showroom, lang, width)
    page = member.page
    page.locator("#id_text").fill(WORDS)

    def cut(route: Route) -> None:
        route.abort("connectionreset")

    page.route(UPLOAD, cut)
    page.locator("#id_files").set_input_files(picture)
    page.locator(".uploading .field-error").wait_for()
    member.troubles = [one for one in member.troubles if "ERR_CONNECTION_RESET" not in one]  # what we cut ourselves
    member.look()
    assert page.locator("#id_text").input_value() == WORDS

    page.unroute(UPLOAD, cut)
    page.locator(".uploading button").first.click()
    page.get_by_role("checkbox", name=re.compile("活动")).wait_for()
    member.follow(page.locator("button[name=done][value='1']"))
    assert showroom.ask(SAID, WORDS) == [(1,)]
    assert showroom.ask(FILES, WORDS) == [(1,)], "the photo went along once"


@MODES
def test_a_tab_that_stood_open_is_told_and_keeps_its_words(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    member, path = at_the_form(enter, showroom, lang, width)
    other = member.context.new_page()
    other.goto(path)
    other.locator("#id_text").fill("另一页先报的话")
    with other.expect_navigation():
        other.locator("button[name=done][value='0']").click()
    assert showroom.ask(SAID, "另一页先报的话") == [(1,)]

    member.expected.add(409)
    member.page.locator("#id_text").fill(WORDS)
    member.follow(member.page.locator("button[name=done][value='0']"))
    assert "另一页先报的话" in member.words, "what happened in the meantime"
    assert member.page.locator("#id_text").input_value() == WORDS
    member.look()
    assert showroom.ask(SAID, WORDS) == [(0,)]

    member.follow(member.page.locator("button[name=done][value='0']"))
    assert showroom.ask(SAID, WORDS) == [(1,)]


@MODES
def test_pressed_twice_and_once_more_after_the_back_button_it_is_reported_once(
    enter: Enter, showroom: Showroom, lang: str, width: int
) -> None:
    member, _path = at_the_form(enter, showroom, lang, width)
    member.page.locator("#id_text").fill(WORDS)
    with member.page.expect_navigation():
        member.page.locator("button[name=done][value='1']").dblclick(no_wait_after=True)
    member.page.wait_for_url(re.compile(r"^(?!.*/update/)"))
    assert showroom.ask(SAID, WORDS) == [(1,)]

    member.expected |= {403, 409}
    member.page.go_back()
    again = member.page.locator("button[name=done][value='1']")
    if again.count():  # the browser shows the form that it remembers
        member.page.locator("#id_text").fill(WORDS)
        member.follow(again)
    assert showroom.ask(SAID, WORDS) == [(1,)]
