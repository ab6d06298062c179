"""A silent film of twenty seconds, taken in the product: a list is pasted and read, a county is behind, a member reports."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from devtools.pictures import darkroom, scenes
from devtools.pictures.scenes import COUNTY, DESK, MEMBER, PHONE, SECRETARY
from devtools.showroom import Showroom

WIDE, HIGH, CAPTION = 900, 600, 44
QUALITY = 62  # letters stay sharp, and twenty seconds weigh less than a photograph
STAGE = """<!doctype html><style>
body {{ margin: 0; width: {wide}px; height: {all}px; background: #eceff2; position: relative; overflow: hidden }}
img {{ display: block; height: {high}px; margin: 0 auto }}
p {{ margin: 0; position: absolute; bottom: 0; left: 0; right: 0; height: {caption}px; background: #1f2328; color: #fff;
  font: 600 18px/{caption}px "Segoe UI", "Noto Sans CJK SC", sans-serif; text-align: center }}
i {{ position: absolute; width: 18px; height: 18px; margin: -9px; border-radius: 9px; background: #f2b134;
  border: 2px solid #8a5a00 }}
</style><img src="{picture}">{dot}<p>{words}</p>"""
CAPTIONS = {
    "zh": {
        "paste": "把 Excel、Word 里的清单粘贴进来",
        "check": "单位、时限先读出来核对，读不准的就地改",
        "units": "一项任务派给多家，每家各有一行",
        "publish": "一按发布",
        "board": "哪家落后、主要原因，一眼看到",
        "rows": "每个数字点开就是那几行",
        "report": "委员在手机上报送：办到哪、写一句、发送",
        "review": "送到审核人面前，一按通过",
        "ledger": "提醒过谁、何时、为何没发，都有据可查",
    },
    "en": {
        "paste": "Paste the list out of Excel or Word",
        "check": "Units and deadlines are read back, and repaired on the spot",
        "units": "One task goes to many units, each with a row of its own",
        "publish": "One press hands it out",
        "board": "Who is behind, and why, at a glance",
        "rows": "Every figure opens the rows that it counts",
        "report": "A member reports on the phone: three taps",
        "review": "It lies before the reviewer: one press",
        "ledger": "Who was told, when, and why somebody was not",
    },
}


@dataclass
class Film:
    """Frames as they come, each on the screen for some milliseconds."""

    stage: Page
    words: dict[str, str]

    def __post_init__(self) -> None:
        self.frames: list[Image.Image] = []
        self.lasting: list[int] = []

    def shot(self, page: Page, caption: str, ms: int, at: Locator | None = None) -> None:
        """The page as it stands; `at` is what is about to be pressed."""
        if at is not None:
            at.scroll_into_view_if_needed()
        size = page.viewport_size or {"width": WIDE, "height": HIGH}
        scale, dot = HIGH / size["height"], ""
        if at is not None and (box := at.bounding_box()):
            left = (WIDE - size["width"] * scale) / 2 + (box["x"] + box["width"] / 2) * scale
            dot = f'<i style="left:{left:.0f}px;top:{(box["y"] + box["height"] / 2) * scale:.0f}px"></i>'
        look: dict[str, Any] = {"wide": WIDE, "high": HIGH, "all": HIGH + CAPTION, "caption": CAPTION}
        picture = darkroom.address(page.screenshot())
        self.stage.set_content(STAGE.format(picture=picture, dot=dot, words=self.words[caption], **look))
        self.frames.append(Image.open(BytesIO(self.stage.screenshot())).convert("RGB"))
        self.lasting.append(ms)

    def press(self, page: Page, caption: str, door: Locator) -> None:
        """Show what is pressed, and press it."""
        self.shot(page, caption, 600, door)
        with page.expect_navigation():
            door.click()

    def write(self, language: str) -> None:
        """Keep it."""
        self.frames[0].save(
            scenes.file_of("film", language, "webp"),
            save_all=True, append_images=self.frames[1:], duration=self.lasting, loop=0, quality=QUALITY, method=6,
        )  # fmt: skip


def make(browser: Browser, room: Showroom, language: str) -> None:
    """The film in one language."""
    stage = browser.new_page(viewport={"width": WIDE, "height": HIGH + CAPTION})
    film = Film(stage, CAPTIONS[language])
    desk = scenes.enter(browser, room, SECRETARY, language, DESK)
    _list(film, desk, language)
    _board(film, desk)
    _report(film, scenes.enter(browser, room, MEMBER, language, PHONE), language)
    _review(film, scenes.enter(browser, room, COUNTY, language, DESK))
    scenes.open_ledger(desk, room, language)
    film.shot(desk, "ledger", 2000)
    film.write(language)


def _list(film: Film, page: Page, language: str) -> None:
    page.goto("/lists/import/")
    box = page.locator("#id_paste")
    film.shot(page, "paste", 700, box)
    box.fill(scenes.sample(language))
    film.shot(page, "paste", 900)
    with page.expect_navigation():
        page.locator("form:has(#id_paste) .btn-primary").click()
    film.shot(page, "check", 1300)
    page.locator("input[name=title]").fill(scenes.TITLE[language])
    film.shot(page, "check", 900, page.locator(".rows-read button").first)
    page.locator(".rows-read button").first.click()
    page.wait_for_load_state("networkidle")
    film.press(page, "units", page.locator("main .btn-primary").first)
    film.shot(page, "units", 1300)
    with page.expect_navigation():
        page.locator("main .btn-primary").first.click()
    earlier = page.locator("input[type=radio]").first
    earlier.check()
    film.press(page, "publish", page.locator("main .btn-primary").first)
    film.shot(page, "publish", 1400)


def _board(film: Film, page: Page) -> None:
    scenes.open_bars(page)
    film.shot(page, "board", 1500)
    film.press(page, "board", page.locator("section[aria-labelledby='by-unit'] tbody a[href*='/rows/']").first)
    film.shot(page, "rows", 1500)


def _report(film: Film, page: Page, language: str) -> None:
    film.press(page, "report", page.locator("a[href$='/update/']").first)
    words = scenes.REPORTED[language]
    for part in (0.25, 0.5, 0.75, 1):
        page.locator("#id_text").fill(words[: int(len(words) * part)])
        film.shot(page, "report", 180)
    film.press(page, "report", page.locator("form button.btn-primary").last)
    film.shot(page, "report", 1300)


def _review(film: Film, page: Page) -> None:
    page.goto("/review/")
    film.shot(page, "review", 1500)
