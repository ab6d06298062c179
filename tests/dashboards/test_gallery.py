"""The gallery: all parts, each in its states, for developers and nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from dashboards import gallery

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"
OF_THE_FRAME = {  # stand once on every page, around what is its own
    "_by_link.html", "_demo_bar.html", "_footer.html", "_language.html", "_person.html", "_scope.html",
    "_demo_people.html",  # the door of a demo is nothing else
}  # fmt: skip


def test_every_part_is_shown() -> None:
    page = (TEMPLATES / "dashboards" / "gallery.html").read_text(encoding="utf-8")
    parts = {file.name for file in (TEMPLATES / "parts").iterdir()}
    charts = {file.stem for file in (TEMPLATES / "charts").iterdir()}

    assert len(parts) > 15
    assert {part for part in parts - OF_THE_FRAME if f'include "parts/{part}"' not in page} == set()
    assert {chart for chart in charts if f"{{% {chart} " not in page} == set()
    assert parts >= OF_THE_FRAME


@override_settings(PRODUCTION=False)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_opens_without_an_account(client: Client, language: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(reverse("gallery"))

    assert page.status_code == 200
    for name in ("light-ontrack", "stage-returned", "field-wrong", "bar-plan", "square-"):
        assert name in page.text, name
    assert page.text.count("<h1") == 1
    assert 'style="' not in page.text


@override_settings(PRODUCTION=True)
def test_a_site_has_none(client: Client) -> None:
    assert client.get(reverse("gallery")).status_code == 404


def test_colours_are_those_of_the_style_sheet_and_text_is_readable() -> None:
    found = {token.name: token for token in gallery.tokens()}

    assert found["action"].colour == "#1D4F91"
    assert found["action"].contrast == "8.1"  # ux d.1
    for name in ("ink", "ink-2", "ink-3", "action", "danger", "gold-ink"):
        assert float(found[name].contrast) >= 4.5, name
