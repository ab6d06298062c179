"""README.md shows pages of the product: whoever changes what one of them says is told which picture to take anew."""

from __future__ import annotations

import json
from difflib import unified_diff

import pytest
from playwright.sync_api import Browser

from devtools.pictures import scenes
from devtools.showroom import Showroom


@pytest.mark.parametrize("lang", scenes.LOCALES)
def test_pages_still_say_what_their_pictures_show(browser: Browser, showroom: Showroom, fresh: None, lang: str) -> None:
    assert showroom.day == scenes.DAY
    shown: dict[str, list[str]] = json.loads(scenes.OUTLINES.read_text(encoding="utf-8"))
    changed: list[str] = []
    for scene in scenes.SCENES:
        name = f"{scene.name}.{lang}"
        page = scenes.enter(browser, showroom, scene.person, lang, scene.size)
        scene.open(page, showroom, lang)
        changed += unified_diff(shown[name], scenes.outline(page), f"picture {name}", f"page {name}", n=0, lineterm="")
        page.context.close()

    assert not changed, "Take them anew with `python3 dev.py pictures`:\n" + "\n".join(changed)
