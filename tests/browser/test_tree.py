"""ADM-1 (ux b.4): a unit is moved by form in four clicks and four keys; dragging opens the same page; the other body is told."""

from __future__ import annotations

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
UNIT = "SELECT id FROM branches_unit WHERE code = %s"
ABOVE = "SELECT a.code FROM branches_unit u JOIN branches_unit a ON a.path = left(u.path, -4) WHERE u.code = %s"
WORDS = {
    "zh": ("移动到…", "办公室", "确认移动", "会发生什么", "7 天内可撤销", "撤销移动", "已回到原位置"),
    "en": ("Move to…", "General Office", "Confirm the move", "What happens", "It can be undone for 7 days", "Undo the move",
           "stands where it stood before"),
}  # fmt: skip


@pytest.mark.parametrize(("width", "lang"), [(1366, "zh"), (360, "en")])
def test_a_branch_is_moved_by_form(enter: Enter, showroom: Showroom, width: int, lang: str) -> None:
    to, place, confirm, happens, told, back, there = WORDS[lang]
    visitor = enter("admin", lang=lang, width=width)
    visitor.go(f"/units/{showroom.ask(UNIT, 'demo-city-second')[0][0]}/")

    visitor.press(to, "link")
    visitor.look()
    keys = "bgs"
    visitor.page.keyboard.type(keys)
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.look()
    visitor.follow(visitor.page.locator("#places a", has_text=place).first)
    visitor.look()
    assert happens in visitor.words
    assert showroom.ask(ABOVE, "demo-city-second") == [("demo-city-organ",)], "nothing has happened yet"
    visitor.press(confirm, "button")
    visitor.look()

    assert visitor.presses <= 4, "ADM-1"
    assert len(keys) + 1 <= 4, "ADM-1"
    assert told in visitor.page.inner_text("body")
    assert showroom.ask(ABOVE, "demo-city-second") == [("demo-city-office",)]
    visitor.press(back, "button")
    assert there in visitor.page.inner_text("body")
    assert showroom.ask(ABOVE, "demo-city-second") == [("demo-city-organ",)]


def test_dragging_opens_the_same_page_and_the_receiving_body_objects(enter: Enter, showroom: Showroom) -> None:
    admin = enter("admin", height=2400)  # both ends of the drag in sight: no scrolling in between
    admin.go("/units/")
    branch, county = (showroom.ask(UNIT, code)[0][0] for code in ("demo-city-first", "demo-jia"))
    with admin.page.expect_navigation():
        admin.page.drag_and_drop(f'[data-unit="{branch}"]', f'[data-unit="{county}"]')
    admin.presses += 1
    assert admin.path == f"/units/{branch}/move/?to={county}"
    admin.press("确认移动", "button")
    assert admin.presses <= 2, "one drag and one click"
    assert "调整已列入计划" in admin.page.inner_text("body")
    planned = admin.path

    secretary = enter("county")
    assert "机关第一党支部" in secretary.words
    secretary.go(planned)
    secretary.page.get_by_label("异议原因").fill("支部人数已满")
    secretary.press("提出异议", "button")
    secretary.look()
    admin.go("/")
    assert "机关第一党支部" in admin.words
    assert showroom.ask("SELECT state FROM branches_plannedchange WHERE unit_id = %s", branch) == [("objected",)]
