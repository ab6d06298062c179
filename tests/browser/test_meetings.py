"""MEM-4: a meeting of twelve people is recorded on a phone in six taps and some typing, and reports on its task (ux b.2)."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}
BRANCH = "SELECT b.id FROM branches_branch b JOIN branches_unit u ON u.id = b.unit_id WHERE u.code = 'demo-jia-office-branch'"
TWELVE = f"""
INSERT INTO branches_membership (user_id, branch_id, kind, starts_on)
SELECT s.user_id, ({BRANCH}), 'temporary', '2026-01-01' FROM branches_standing s
 WHERE s.kind = 'full' AND s.ends_on IS NULL AND s.starts_on < '2026-01-01'
   AND s.user_id NOT IN (SELECT user_id FROM branches_membership WHERE branch_id = ({BRANCH}))
 ORDER BY s.user_id LIMIT 12 - (SELECT count(*) FROM branches_membership WHERE branch_id = ({BRANCH}))
RETURNING id
"""  # noqa: S608 (our own words)
WORDS = {
    "zh": ("记会议", "机关党支部", "党课", "请假", "缺席", "决议", "保存记录", "到会"),
    "en": (
        "Record a meeting", "Office Branch", "Party lecture", "On leave", "Absent", "Decisions", "Save record", "Present",
    ),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_twelve_people_in_a_minute_on_a_phone(enter: Enter, showroom: Showroom, fresh: None, lang: str) -> None:
    showroom.ask(TWELVE)
    record, branch, kind, leave, absent, decisions, save, present = WORDS[lang]
    visitor = enter("county", lang, **PHONE)
    visitor.go("/activities/")
    visitor.look()

    began, visitor.presses = time.monotonic(), 0
    visitor.press(record, "link")
    visitor.press(branch, "link")
    visitor.press(kind, "link")
    rows = visitor.page.locator(".roll-row")
    assert rows.count() == 12
    rows.nth(3).get_by_text(leave, exact=True).tap()
    rows.nth(7).get_by_text(absent, exact=True).tap()
    visitor.presses += 2
    visitor.page.get_by_label(re.compile(f"^{decisions}")).fill("下月到社区开展服务")
    expect(rows.nth(3).get_by_role("textbox")).to_be_visible()
    visitor.look()
    visitor.press(save)

    assert visitor.presses <= 6, "MEM-4"
    assert time.monotonic() - began <= 60, "MEM-4"
    assert re.search(rf"{present}\s+10", visitor.words)
    assert "下月到社区开展服务" in visitor.words
    visitor.look()


def test_a_meeting_is_recorded_without_script(enter: Enter, fresh: None) -> None:
    visitor = enter("county", java_script_enabled=False)
    visitor.go("/activities/new/")
    visitor.press("机关党支部", "link")
    visitor.press("支委会", "link")
    visitor.page.get_by_label("地点").fill("二楼")
    visitor.press("保存记录")

    assert visitor.heading == "支委会"
