"""The two-minute tour from the demo's first page: six real pages, on, back and out again (issue 7)."""

from __future__ import annotations

import pytest

from dashboards.tour import STEPS
from tests.browser.conftest import Enter


@pytest.mark.parametrize(("lang", "width"), [("zh", 1366), ("en", 360)])
def test_the_tour_leads_through_six_pages_on_back_and_out(enter: Enter, fresh: None, lang: str, width: int) -> None:
    page = enter("", lang=lang, width=width).page
    page.goto("/")
    assert page.locator(".bars tbody tr").count() == 9  # the counties
    page.click("button[name=step][value='1']")
    seen = []
    for number in range(1, len(STEPS) + 1):
        page.wait_for_selector(f".tour-bar b:text('{number}/{len(STEPS)}')")
        seen.append(page.locator("h1").inner_text())
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        if number < len(STEPS):
            page.click(f".tour-bar button[value='{number + 1}']")
    assert len(set(seen)) == len(STEPS)
    page.click(f".tour-bar button[value='{len(STEPS) - 1}']")
    page.wait_for_selector(f".tour-bar b:text('{len(STEPS) - 1}/')")
    page.click(".tour-bar button[value='0']")
    page.wait_for_load_state()
    assert page.locator(".tour-bar").count() == 0
