"""Journey ADM-2 (ux b.4): a temporary branch ends with its open work in at most four presses; its platform and its pair."""

from __future__ import annotations

import re

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
ROW = "SELECT b.id FROM branches_branch b JOIN branches_unit u ON u.id = b.unit_id WHERE u.code = %s"
OPEN = (
    "SELECT count(*) FROM tasks_assignment a JOIN branches_unit u ON u.id = a.unit_id WHERE u.code = %s"
    " AND a.stage IN ('issued', 'acknowledged', 'in_progress', 'returned', 'suspended')"
)
CRAFTS, FIRST = "demo-city-crafts", "demo-city-first"
MODES = {  # language and width, and the words of the screen (ux h)
    "zh-desk": ("zh", 1366, "结束支部", "承接单位", r"已转出 (\d+) 项任务"),
    "en-phone": ("en", 360, "End branch", "Goes on with it", r"(\d+) tasks? handed over"),
}


@pytest.mark.parametrize("mode", MODES)
def test_a_branch_ends_with_its_work_in_four_presses(enter: Enter, showroom: Showroom, mode: str) -> None:
    lang, width, end, goes_on, told = MODES[mode]
    heir = showroom.ask("SELECT id FROM branches_unit WHERE code = %s", FIRST)[0][0]
    pk, left, had = showroom.ask(ROW, CRAFTS)[0][0], showroom.ask(OPEN, CRAFTS)[0][0], showroom.ask(OPEN, FIRST)[0][0]
    assert left > 0
    visitor = enter("admin", lang=lang, width=width, height=740)
    visitor.go(f"/branches/{pk}/")
    visitor.look()

    visitor.press(end, "link")
    visitor.look()
    choice = visitor.page.get_by_role("combobox", name=re.compile(goes_on))
    choice.select_option(str(heir))
    visitor.presses += 2  # opened, chosen
    visitor.press(end, "button")

    visitor.look()
    assert visitor.presses <= 4
    found = re.search(told, visitor.words)
    assert found is not None
    assert int(found[1]) == left
    assert (showroom.ask(OPEN, CRAFTS)[0][0], showroom.ask(OPEN, FIRST)[0][0]) == (0, had + left)


@pytest.mark.parametrize("mode", MODES)
def test_pages_beside_the_way_are_sound(enter: Enter, showroom: Showroom, mode: str) -> None:
    lang, width, *_words = MODES[mode]
    first, trip = (showroom.ask(ROW, code)[0][0] for code in (FIRST, "demo-city-science-trip"))
    pair = showroom.ask("SELECT id FROM branches_pairing")[0][0]
    hall = showroom.ask("SELECT id FROM branches_platform WHERE gap = 'too_few'")[0][0]
    visitor = enter("admin", lang=lang, width=width, height=740)

    for address in (f"/branches/{first}/pairs/{pair}/end/", f"/platforms/{hall}/gap/", f"/branches/{trip}/summary/",
                    f"/branches/{trip}/card/", "/platforms/?show=missing"):  # fmt: skip
        visitor.go(address)
        visitor.look()
