"""What lies in docs/pictures: all of it shown by a README, small, in both languages, and drawn from the contracts of today."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image

from devtools import paths
from devtools.pictures import architecture, scenes

READMES = {"en": "README.md", "zh": "README.zh-CN.md"}
ALL_TOGETHER = 3 * 1024 * 1024  # bytes; whoever clones the project carries them


def named(language: str) -> set[str]:
    """The pictures that a README shows."""
    text = (paths.ROOT / READMES[language]).read_text(encoding="utf-8")
    return set(re.findall(r"docs/pictures/([\w.-]+)", text))


def test_every_picture_is_shown_and_every_shown_one_is_there() -> None:
    lying = {file.name for file in scenes.FOLDER.iterdir()} - {scenes.OUTLINES.name}

    assert lying == named("en") | named("zh")
    assert {name.replace(".en.", ".zh.") for name in named("en")} == named("zh")
    assert len(lying) == 18  # two readers: six pages, both together, a film, a drawing


def test_all_together_are_light() -> None:
    assert sum(file.stat().st_size for file in scenes.FOLDER.iterdir()) <= ALL_TOGETHER


def test_what_stands_on_every_page_was_noted() -> None:
    noted = json.loads(scenes.OUTLINES.read_text(encoding="utf-8"))

    assert set(noted) == {f"{scene.name}.{language}" for scene in scenes.SCENES for language in READMES}
    assert all(len(lines) >= 5 for lines in noted.values())


@pytest.mark.parametrize("language", READMES)
def test_the_drawing_shows_the_rooms_and_processes_of_today(language: str) -> None:
    assert scenes.file_of("architecture", language, "svg").read_text(encoding="utf-8") == architecture.drawing(language)


@pytest.mark.parametrize("language", READMES)
def test_the_film_lasts_about_twenty_seconds(language: str) -> None:
    with Image.open(scenes.file_of("film", language, "webp")) as film:
        lasting = []
        for number in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(number)
            film.load()
            lasting.append(film.info["duration"])

    assert len(lasting) >= 15  # pages, not one page that stands still
    assert 18_000 <= sum(lasting) <= 22_000
