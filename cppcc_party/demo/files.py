"""The papers and photos that people of the demo hand in: small, drawn here, handed in as any upload is."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import PurePath

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image, ImageDraw

from branches.models import Unit, User
from tasks import uploads
from tasks.models import StoredFile

WALLS = ((214, 222, 230), (226, 219, 205), (208, 222, 212), (222, 213, 219))
COATS = ((58, 74, 96), (94, 76, 62), (52, 88, 80), (112, 70, 74), (72, 72, 84))
LEDGER = (
    ("序号", "时间", "活动内容", "参加人数"),
    (1, "第一周", "会前集中学习", 6),
    (2, "第二周", "协商活动", 9),
    (3, "第四周", "走访群众", 5),
)


class Shelf:
    """Hands in files for the story; the bytes of one name are made once."""

    def __init__(self) -> None:
        self._made: dict[str, bytes] = {}
        self._kept: list[StoredFile] = []

    def keep(self, name: str, by: User, unit: Unit, now: datetime) -> StoredFile:
        """A file that `by` uploads for `unit` at that moment; checked and cleaned as any upload is."""
        if name not in self._made:
            self._made[name] = _content(name)
        stored = uploads.keep(SimpleUploadedFile(name, self._made[name]), by=by, unit=unit, now=now)
        self._kept.append(stored)
        return stored

    def clear(self) -> None:
        """Take the files away again: the load that made them failed."""
        for stored in self._kept:
            uploads.location(stored).unlink(missing_ok=True)
            uploads.location(stored).with_suffix(".thumb").unlink(missing_ok=True)


def _content(name: str) -> bytes:
    suffix = PurePath(name).suffix
    if suffix == ".xlsx":
        return _ledger()
    out = BytesIO()
    if suffix == ".jpg":
        _meeting(sum(map(ord, name))).save(out, "JPEG", quality=80)
    else:
        _screen().save(out, "PNG", optimize=True)
    return out.getvalue()


def _meeting(seed: int) -> Image.Image:
    """People around a table, in flat colours: it shows what a photo does without showing anybody."""
    wide, high = 960, 640
    wall = WALLS[seed % len(WALLS)]
    image = Image.new("RGB", (wide, high), wall)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 430, wide, high), fill=(190, 172, 148))
    draw.rectangle((300, 60, 660, 230), fill=(248, 248, 246), outline=(150, 150, 150), width=3)
    for line in range(3):
        draw.rectangle((340, 100 + 38 * line, 620 - 60 * line, 112 + 38 * line), fill=(196, 200, 206))
    for seat in range(6):
        x, coat = 90 + 150 * seat, COATS[(seat + seed) % len(COATS)]
        draw.rounded_rectangle((x - 50, 330, x + 50, 470), 34, fill=coat)
        draw.ellipse((x - 32, 262, x + 32, 330), fill=(226, 190, 162))
        draw.pieslice((x - 34, 254, x + 34, 326), 180, 360, fill=(48, 42, 40))
    draw.polygon([(60, 450), (900, 450), (960, 640), (0, 640)], fill=(150, 112, 76))
    for paper in range(5):
        draw.rectangle((120 + 160 * paper, 500, 190 + 160 * paper, 540), fill=(250, 250, 248))
    return image


def _screen() -> Image.Image:
    """A page with lines of text, as a screenshot of a notice looks from afar."""
    image = Image.new("RGB", (800, 600), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 800, 64), fill=(40, 88, 140))
    for line in range(9):
        draw.rectangle((80, 120 + 46 * line, 720 - 70 * (line % 3), 134 + 46 * line), fill=(205, 210, 216))
    return image


def _ledger() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for row in LEDGER:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
