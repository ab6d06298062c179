"""Take them all, in both languages, and note what stands on each page (outlines.json, for the test that names changed pages)."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from devtools import console
from devtools.pictures import architecture, darkroom, film, scenes
from devtools.showroom import CHROMIUM_WORDS, Showroom


def main() -> int:
    """Pictures, one before the other on a desk and a phone, films, and how it is built."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise console.Refusal("No Chromium here: apt-get install chromium fonts-noto-cjk")
    shutil.rmtree(scenes.FOLDER, ignore_errors=True)
    scenes.FOLDER.mkdir(parents=True)
    folder = Path(tempfile.mkdtemp(prefix="cppcc-pictures-"))
    outlines: dict[str, list[str]] = {}
    try:
        with Showroom(os.environ["DATABASE_URL"], folder, scenes.DAY) as room, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_WORDS)
            for language in scenes.LOCALES:
                room.reset()
                outlines |= _take(browser, room, language)
                room.reset()
                film.make(browser, room, language)
                architecture.write(language)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    scenes.OUTLINES.write_text(json.dumps(outlines, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    console.say(f"{sum(file.stat().st_size for file in scenes.FOLDER.iterdir()) // 1024} KB in {scenes.FOLDER}")
    return 0


def _take(browser: Browser, room: Showroom, language: str) -> dict[str, list[str]]:
    """Every scene of a language; what stands on their pages."""
    shots, found = {}, {}
    for scene in scenes.SCENES:
        page = scenes.enter(browser, room, scene.person, language, scene.size)
        scene.open(page, room, language)
        found[f"{scene.name}.{language}"] = scenes.outline(page)
        shots[scene.name] = page.screenshot()
        page.context.close()
    table = browser.new_page()
    shots["paper"] = darkroom.sheet(table, shots["paper"])
    shots["beside"] = darkroom.beside(table, shots["board"], shots["phone"])
    table.close()
    for name, shot in shots.items():
        darkroom.keep(shot, scenes.file_of(name, language))
    return found


if __name__ == "__main__":
    sys.exit(main())
