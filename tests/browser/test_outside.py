"""Signing in with an account elsewhere in a real browser, under the real content policy: connect, in, disconnect, not in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from devtools.showroom import Showroom
from tests.browser.conftest import TODAY
from tests.browser.visitor import Visitor
from tests.elsewhere import Issuer, issuing

PASSWORD = "杭州湾上有一座很高的白色灯塔"
NAME = "市统一身份认证"
WORDS = {
    "zh": {"new": "新密码", "again": "再输入一次新密码", "save": "保存并进入", "connect": f"绑定{NAME}",
           "done": "绑定完成", "enter": f"用{NAME}登录", "end": f"解除绑定{NAME}", "password": "密码",
           "confirm": "确认", "ended": "已解除", "unknown": "该账号尚未绑定"},
    "en": {"new": "New password", "again": "New password, once more", "save": "Save and enter",
           "connect": f"Connect {NAME}", "done": "Connected. From now on", "enter": f"Sign in with {NAME}",
           "end": f"Disconnect {NAME}", "password": "Password", "confirm": "Confirm", "ended": "Disconnected.",
           "unknown": "This account is not connected yet"},
}  # fmt: skip


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as found:
        yield found


@pytest.fixture
def site(tmp_path: Path, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Showroom]:
    """The product without demo, with one door to another host."""
    monkeypatch.setenv("SIGN_IN_OIDC", issuer.setting)
    monkeypatch.setenv("SIGN_IN_OIDC_NAME", NAME)
    monkeypatch.setenv("OUTWARD_PRIVATE", "localhost")
    with Showroom(os.environ["DATABASE_URL"], tmp_path, TODAY, demo=False) as room:
        yield room


def over_there(visitor: Visitor, issuer: Issuer, press: str) -> None:
    """Press, be led to the provider by the page in between, and agree there."""
    visitor.find(press, "button").click()
    visitor.page.wait_for_url(f"{issuer.issuer}/authorize?**")
    visitor.page.get_by_role("link", name="Allow").click()
    visitor.page.wait_for_url(re.compile(r"//127\.0\.0\.1:"))


@pytest.mark.parametrize(("lang", "width"), [("zh", 1366), ("en", 360)])
def test_through_another_host_and_back(browser: Browser, site: Showroom, issuer: Issuer, lang: str, width: int) -> None:
    words = WORDS[lang]
    link = re.search(r"/join/[a-z0-9-]+/", site.command("open_site"))
    assert link
    context = browser.new_context(
        base_url=site.address, locale="en-GB" if lang == "en" else "zh-CN", timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": 900},
    )  # fmt: skip
    visitor = Visitor(context)
    visitor.expected.add(403)
    visitor.go(link[0])
    visitor.page.get_by_label(words["new"], exact=True).fill(PASSWORD)
    visitor.page.get_by_label(words["again"]).fill(PASSWORD)
    visitor.press(words["save"])

    language = {"zh": "zh-hans", "en": "en"}[lang]
    assert site.ask("UPDATE branches_user SET language = %s RETURNING username", language) == [("admin",)]
    answer = visitor.page.goto("/me/")
    assert answer
    assert "form-action 'self';" in answer.headers["content-security-policy"] + ";"
    visitor.look()
    over_there(visitor, issuer, words["connect"])
    assert words["done"] in visitor.words
    assert visitor.path == "/me/"
    visitor.look()

    context.clear_cookies()
    visitor.go("/accounts/login/?next=/me/")
    visitor.look()
    over_there(visitor, issuer, words["enter"])
    assert visitor.path == "/me/"

    visitor.press(words["end"], "button")  # in by the account there alone: the password is asked
    visitor.look()
    visitor.page.get_by_label(words["password"], exact=True).fill(PASSWORD)
    visitor.press(words["confirm"], "button")
    assert words["ended"] in visitor.words

    context.clear_cookies()
    visitor.go("/accounts/login/")
    over_there(visitor, issuer, words["enter"])
    assert visitor.heading == words["unknown"]
    visitor.look()
    assert visitor.leave() == []
