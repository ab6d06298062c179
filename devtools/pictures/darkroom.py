"""Pictures as files: in as few colours as they need, so that a clone stays small."""

import base64
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

COLOURS = 192  # flat pages need no more


def keep(picture: bytes, file: Path) -> None:
    """Write a screenshot as a PNG of a few colours."""
    few = Image.open(BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def address(picture: bytes) -> str:
    """The picture as an address that stands in a page by itself."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


BESIDE = """<!doctype html><style>
body {{ margin: 0; background: #eceff2; width: 1400px; height: 860px; position: relative }}
img {{ position: absolute; box-shadow: 0 2px 14px rgba(31, 35, 40, .25) }}
.desk {{ left: 24px; top: 24px; width: 1200px; border-radius: 6px }}
.phone {{ right: 24px; bottom: 24px; height: 660px; border-radius: 22px; border: 8px solid #1f2328 }}
</style><img class="desk" src="{desk}"><img class="phone" src="{phone}">"""


SHEET = """<!doctype html><style>
body {{ margin: 0; background: #eceff2; padding: 20px }}
p {{ margin: 0; background: #fff; width: 1123px; height: 794px; display: grid; place-content: center;
  box-shadow: 0 1px 6px rgba(31, 35, 40, .2) }}
</style><p><img src="{printed}"></p>"""


def sheet(page: Page, printed: bytes) -> bytes:
    """What is printed, with the margins of the paper around it."""
    page.set_viewport_size({"width": 1163, "height": 834})
    page.set_content(SHEET.format(printed=address(printed)))
    return page.screenshot()


def beside(page: Page, desk: bytes, phone: bytes) -> bytes:
    """A window of a desk, and before it the same work on a phone."""
    page.set_viewport_size({"width": 1400, "height": 860})
    page.set_content(BESIDE.format(desk=address(desk), phone=address(phone)))
    return page.screenshot()
