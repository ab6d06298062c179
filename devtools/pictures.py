"""docs/pictures: what README.md shows, taken in Chromium from the product itself with its demo: `python3 dev.py pictures`."""

import os
import shutil
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from devtools import console, paths
from devtools.showroom import CHROMIUM_WORDS, Showroom

FOLDER = paths.ROOT / "docs" / "pictures"
DAY = date(2026, 5, 12)
SAMPLE = paths.ROOT / "tasks" / "papers" / "samples" / "10-city-2026-task-list.xlsx"
DESK, PHONE = (1200, 800), (360, 740)
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
COLOURS = 192  # flat pages need no more, and the clone stays small
SECRETARY, MEMBER = "demo-secretary", "demo-member"


def main() -> None:
    """Take all six."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise console.Refusal("No Chromium here: apt-get install chromium fonts-noto-cjk")
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="cppcc-pictures-"))
    try:
        with Showroom(os.environ["DATABASE_URL"], folder, DAY) as room, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_WORDS)
            for language in LOCALES:
                _board(_enter(browser, room, SECRETARY, language, DESK), language)
                _check(_enter(browser, room, SECRETARY, language, DESK), language)
                _update(_enter(browser, room, MEMBER, language, PHONE), language)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    console.say(f"{sum(file.stat().st_size for file in FOLDER.iterdir()) // 1024} KB in {FOLDER}")


def _enter(browser: Browser, room: Showroom, person: str, language: str, size: tuple[int, int]) -> Page:
    """A page of somebody who has just entered the demo."""
    context = browser.new_context(
        base_url=room.address,
        locale=LOCALES[language],
        timezone_id="Asia/Shanghai",
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if size == PHONE else 1,
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator(f'button[name="person"][value="{person}"]').click()
    page.wait_for_load_state("networkidle")
    return page


def _board(page: Page, language: str) -> None:
    page.goto("/dashboard/")
    _take(page, "board", language)


def _check(page: Page, language: str) -> None:
    page.goto("/lists/import/")
    page.locator("#id_file").set_input_files(SAMPLE)
    page.locator("form[enctype] .btn-primary").click()
    page.wait_for_url("**/lists/import/*/")
    page.locator("table.rows-read").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.querySelector('main').offsetTop)")
    _take(page, "check", language)


def _update(page: Page, language: str) -> None:
    page.locator("a[href$='/update/']").first.click()
    page.locator("#id_text").fill("走访3户群众，已核对联系点名单，附活动照片。")
    _take(page, "update", language)


def _take(page: Page, name: str, language: str) -> None:
    """The window as it stands, in as few colours as it needs."""
    picture = Image.open(BytesIO(page.screenshot()))
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.{language}.png", optimize=True)
    page.context.close()


if __name__ == "__main__":
    main()
