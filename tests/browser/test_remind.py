"""SEC-2: chase what is late, from the work queue, in at most four clicks, at both widths and in both languages."""

from __future__ import annotations

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter
from tests.browser.ticks import tick_given

pytestmark = pytest.mark.usefixtures("fresh")
WORDS = {"zh": ("提醒所选", "发送", "撤回"), "en": ("Remind chosen", "Send", "Take back")}
MADE = "SELECT count(*) FROM tasks_reminder WHERE kind = 'by_hand' AND state = %s"


@pytest.mark.parametrize(("width", "lang"), [(1366, "zh"), (360, "en"), (360, "zh"), (1366, "en")])
def test_the_late_are_chased_in_four_clicks(enter: Enter, showroom: Showroom, width: int, lang: str) -> None:
    visitor = enter("secretary", lang=lang, width=width, height=740)
    remind, send, take_back = WORDS[lang]
    before, presses = showroom.ask(MADE, "ready")[0][0], visitor.presses

    tick_given(visitor, showroom, 1)
    visitor.press(remind)
    visitor.look()
    visitor.press(send)
    visitor.look()

    assert visitor.presses - presses <= 4
    assert showroom.ask(MADE, "ready")[0][0] > before
    visitor.press(take_back)
    assert showroom.ask(MADE, "ready")[0][0] == before
