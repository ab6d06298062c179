"""Somebody in front of a browser: acts by labels and roles, counts the presses, and notes whatever goes wrong."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Response

from tests.browser.looking import faults

Words = str | re.Pattern[str]
PATIENCE = 20_000  # ms; the machine may be busy with other tests


class Visitor:
    """One browser context with one page."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.presses = 0
        self.troubles: list[str] = []
        self.expected: set[int] = set()
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
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
        self.follow(self.page.get_by_role("button", name=name))
        assert self.path == "/"
        self.presses = 0

    def go(self, address: str, status: int = 200) -> None:
        """Open an address; it has to answer with this status."""
        if status >= 400:
            self.expected.add(status)
        response = self.page.goto(address)
        assert response is not None
        assert response.status == status, f"{address}: {response.status}"

    def read(self, address: str) -> str:
        """The page behind an address as text, without opening it."""
        answer = self.context.request.get(address)
        assert answer.status == 200, f"{address}: {answer.status}"
        return answer.text()

    def press(self, name: Words, role: str = "", within: Page | Locator | None = None) -> None:
        """Press a button or follow a link by its words, count it, and wait for the page that comes of it."""
        self.follow(self.find(name, role, within))

    def follow(self, door: Locator) -> None:
        """The same with what was found in another way."""
        with self.page.expect_navigation():
            door.click()
        self.presses += 1

    def find(self, name: Words, role: str = "", within: Page | Locator | None = None) -> Locator:
        """A button or a link by its words."""
        where: Any = within or self.page
        exact = isinstance(name, str)
        if role:
            return where.get_by_role(role, name=name, exact=exact).first
        button, link = (where.get_by_role(one, name=name, exact=exact) for one in ("button", "link"))
        return button.or_(link).first

    @property
    def path(self) -> str:
        """Where the page is, without the host."""
        return re.sub(r"^\w+://[^/]+", "", self.page.url)

    @property
    def words(self) -> str:
        """What can be read in the main part of the page."""
        return self.page.locator("main").inner_text()

    @property
    def heading(self) -> str:
        """The one heading of the first order."""
        return self.page.locator("h1").inner_text()

    def look(self) -> None:
        """Look at the page as it stands: what is wrong with it is noted."""
        for fault in faults(self.page):
            self._note(fault)
