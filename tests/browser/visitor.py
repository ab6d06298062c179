"""Somebody in front of a browser: acts by labels and roles, counts the presses, and notes whatever goes wrong."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Axe()


class Visitor:
    """One browser context with one page."""

    def __init__(self, context: BrowserContext, lang: str) -> None:
        self.context, self.lang = context, lang
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.presses = 0
        self.troubles: list[str] = []
        self.expected: set[int] = set()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self._note(f"error of a script: {error}"))
        self.page.on("response", self._note_response)

    def _note(self, what: str) -> None:
        self.troubles.append(f"{self.page.url}: {what}")

    def _note_console(self, message: ConsoleMessage) -> None:
        status = re.search(r"the server responded with a status of (\d+)", message.text)
        if message.type in ("error", "warning") and not (status and int(status[1]) in self.expected):
            self._note(f"console: {message.text}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self._note(f"{response.status} for {response.url}")

    def leave(self) -> list[str]:
        """Close the browser; what went wrong meanwhile."""
        self.context.close()
        return self.troubles

    def sign_in(self, name: str) -> None:
        """One press on the sign-in page."""
        self.page.goto("/accounts/login/")
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_url(re.compile(r"/$"))

    def go(self, address: str, status: int = 200) -> Response:
        """Open an address and look at what it answers with."""
        self.expected = {status} if status >= 400 else set()
        response = self.page.goto(address)
        assert response is not None
        assert response.status == status, f"{address}: {response.status}"
        return response

    def press(self, name: str | re.Pattern[str], role: str = "", *, within: Any = None) -> None:
        """Press a button or follow a link by its words."""
        self.find(name, role, within=within).click()
        self.presses += 1

    def find(self, name: str | re.Pattern[str], role: str = "", *, within: Any = None) -> Locator:
        """A button or a link by its words."""
        where = within or self.page
        exact = isinstance(name, str)
        if role:
            return where.get_by_role(role, name=name, exact=exact).first
        either = where.get_by_role("button", name=name, exact=exact).or_(where.get_by_role("link", name=name, exact=exact))
        return either.first

    @property
    def words(self) -> str:
        """What can be read in the main part of the page."""
        return self.page.locator("main").inner_text()

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 A and AA."""
        found = AXE.run(self.page, options={"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
        return [
            f"{one['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for one in found.response["violations"]
            for node in one["nodes"]
        ]
