"""A real Chromium in front of the real web server, with the demo of 12 May 2026: each journey begins with the demo as loaded.

The demo lies in a database of its own (devtools/showroom.py), so that these tests neither see nor leave anything in the
database of the others. Words of the screen are those of ux h.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from devtools.showroom import CHROMIUM_WORDS, Showroom
from tests.browser.visitor import Visitor

TODAY = date(2026, 5, 12)  # a Tuesday
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PERSON = {"secretary": "王明", "county": "许海宁", "member": "陈佳音", "leader": "林修远", "admin": "周立新"}
ENGLISH = {
    "secretary": "Wang Ming",
    "county": "Xu Haining",
    "member": "Chen Jiayin",
    "leader": "Lin Xiuyuan",
    "admin": "Zhou Lixin",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here wants a browser: without one it is skipped, but never where CI promises one."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason="no Chromium here: apt-get install chromium fonts-noto-cjk"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium in place of the one that Playwright would download."""
    if CHROMIUM is None:
        pytest.fail("CI promises a Chromium, and there is none in PATH")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_WORDS}


@pytest.fixture(scope="session")
def showroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showroom]:
    """The product on the morning of TODAY."""
    with Showroom(os.environ["DATABASE_URL"], tmp_path_factory.mktemp("showroom"), TODAY) as room:
        yield room


@pytest.fixture
def fresh(showroom: Showroom) -> None:
    """The demo as it was loaded, for a test that changes it."""
    showroom.reset()


Enter = Callable[..., Visitor]


@pytest.fixture
def enter(browser: Browser, showroom: Showroom) -> Iterator[Enter]:
    """`enter("member", width=360)`: a visitor in a browser of his own, signed in by one press on the sign-in page.

    At the end nobody may have met an error of a page, a failed request or a breach of the content policy.
    """
    visitors: list[Visitor] = []

    def come(person: str = "", lang: str = "zh", width: int = 1366, height: int = 900, **options: Any) -> Visitor:
        context = browser.new_context(
            base_url=showroom.address,
            locale="en-GB" if lang == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            **options,
        )
        visitor = Visitor(context)
        visitors.append(visitor)
        if person:
            visitor.sign_in((PERSON if lang == "zh" else ENGLISH)[person])
        return visitor

    yield come
    troubles = [trouble for visitor in visitors for trouble in visitor.leave()]
    assert troubles == []
