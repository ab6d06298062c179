"""The pages that README.md shows, and what stands on them.

A scene is opened the same way to take its picture and, in tests/browser/test_pictures.py, to find out whether the page still says
what the picture shows.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, Page

from devtools import paths
from devtools.showroom import Showroom

DAY = date(2026, 5, 12)
FOLDER = paths.ROOT / "docs" / "pictures"
OUTLINES = FOLDER / "outlines.json"
DESK, PHONE, SHEET = (1200, 800), (360, 740), (987, 658)  # CSS pixels; a sheet is A4, lying, within its margins
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
SECRETARY, COUNTY, MEMBER = "demo-secretary", "demo-county", "demo-member"
TITLE = {"zh": "2026年党建重点任务", "en": "Party building 2026: key tasks"}
SAMPLES = paths.ROOT / "tasks" / "papers" / "samples"
MISTAKES = {  # what the office that typed the sample might as well have typed
    "zh": (("研究室", "研宄室"), ("12月中旬", "尽快")),
    "en": (("Research Office", "Reserch Office"), ("by 15 December", "soon")),
}
REPORTED = {
    "zh": "走访3户群众，已核对联系点名单，附活动照片。",
    "en": "Called on 3 households and checked the list of contact points; photos attached.",
}
MORNINGS = (
    6,
    9,
    10,
)  # days after DAY: three working days before 21 May, when much is due, that day, and the one after it
LEAP = "UPDATE branches_demostate SET days_ahead = %s RETURNING days_ahead"
LONGEST = """
SELECT list_id FROM tasks_task JOIN tasks_tasklist l ON l.id = list_id JOIN branches_unit u ON u.id = l.issuer_id
WHERE l.stage = 'issued' AND u.depth = 1 GROUP BY list_id ORDER BY count(*) DESC, list_id LIMIT 1
"""
TOLD = """
SELECT subject_id FROM tasks_reminder WHERE subject_type = 'assignment'
GROUP BY subject_id ORDER BY count(DISTINCT day) FILTER (WHERE state = 'sent') DESC, count(*) DESC, subject_id LIMIT 1
"""


def enter(browser: Browser, room: Showroom, person: str, language: str, size: tuple[int, int]) -> Page:
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


def sample(language: str) -> str:
    """The rows that the product offers to paste."""
    return (SAMPLES / f"paste-{language}.tsv").read_text(encoding="utf-8")


def _board(page: Page, room: Showroom, language: str) -> None:
    open_bars(page)


def open_bars(page: Page) -> None:
    """The city's board where the counties stand beside one another."""
    page.goto("/dashboard/")
    page.evaluate("window.scrollTo(0, document.querySelector('#by-unit').getBoundingClientRect().top - 24)")


def _repairs(page: Page, room: Showroom, language: str) -> None:
    rows = sample(language)
    for right, wrong in MISTAKES[language]:
        rows = rows.replace(right, wrong)
    page.goto("/lists/import/")
    page.locator("#id_paste").fill(rows)
    page.locator("form:has(#id_paste) .btn-primary").click()
    page.wait_for_url("**/lists/import/*/")
    page.evaluate("window.scrollTo(0, document.querySelector('h1').getBoundingClientRect().top - 12)")


def _update(page: Page, room: Showroom, language: str) -> None:
    page.locator("a[href$='/update/']").first.click()
    page.locator("#id_text").fill(REPORTED[language])


def _review(page: Page, room: Showroom, language: str) -> None:
    page.goto("/review/")


def _paper(page: Page, room: Showroom, language: str) -> None:
    ((longest,),) = room.ask(LONGEST)
    page.goto(f"/lists/{longest}/print/")
    page.emulate_media(media="print")


def open_ledger(page: Page, room: Showroom, language: str) -> None:
    """Whom the system wrote to of the row that it wrote about most, after some mornings."""
    for morning in MORNINGS:  # planner and sender really run
        room.ask(LEAP, morning)
        room.command("send_reminders")
    ((row,),) = room.ask(TOLD)
    page.goto(f"/a/{row}/told/")


@dataclass(frozen=True)
class Scene:
    """One picture: who looks at what, in a window of which size."""

    name: str
    person: str
    size: tuple[int, int]
    open: Callable[[Page, Showroom, str], None]


SCENES = (
    Scene("repairs", SECRETARY, DESK, _repairs),
    Scene("board", SECRETARY, DESK, _board),
    Scene("phone", MEMBER, PHONE, _update),
    Scene("review", SECRETARY, DESK, _review),
    Scene("paper", SECRETARY, SHEET, _paper),
    Scene("ledger", SECRETARY, DESK, open_ledger),  # last: days go by in it
)


def outline(page: Page) -> list[str]:
    """What can be read in the main part of a page, line by line, without the minute."""
    lines = (" ".join(line.split()) for line in page.locator("main").inner_text().splitlines())
    return [re.sub(r"\b\d\d:\d\d\b", "--:--", line) for line in lines if line]


def file_of(name: str, language: str, suffix: str = "png") -> Path:
    """Where a picture lies."""
    return FOLDER / f"{name}.{language}.{suffix}"
