"""Every kind of page of the demo, as each of its five people reaches it: in both languages, on a desk and on a small phone.

One heading, a title, nothing against WCAG 2.2 A and AA, no sideways scrolling, no words of the other language, no error in
the console, no breach of the content policy (the last three through `enter`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from devtools.showroom import Showroom
from tests.browser.conftest import PERSON, Enter
from tests.browser.looking import faults
from tests.browser.visitor import Visitor
from tests.browser.walk import walk
from tests.test_access import ADDRESSES, POLICY, POST_ONLY

MODES = {"zh-desk": ("zh", 1366), "en-phone": ("en", 320)}
OWN = {"home", "dashboards:board", "dashboards:unit-board"}  # so different for each person that each is looked at
GUEST = {
    "sign-in": "/accounts/login/",
    "password-reset": "/accounts/password/reset/",
    "password-reset-done": "/accounts/password/reset/done/",
    "help": "/help/",
    "accessibility": "/accessibility/",
    "mailbox": "/demo/mailbox/",
    "gallery": "/gallery/",
}
# Pages that no link leads to: after a deed (the journeys look at them), of accounts that need help, or plain machines'
ELSEWHERE = {
    "branches:branch-activate", "branches:seat", "tasks:unit-merge",  # behind a menu or a stage that the walk does not open
    "activities:file", "tasks:edition", "tasks:days", "tasks:left",
    "branches:pairing-end", "branches:platform-gap", "branches:branch-summary",  # the journey of a branch looks at them
    "dashboards:audit", "tasks:unsent",  # nobody of the five is an auditor or runs the site
    "tasks:remind", "tasks:reminded", "tasks:time",  # reached by ticks, not by links: test_remind.py, test_together.py
    "tasks:pressed",  # after a press: test_together.py
    "tasks:paper-units", "tasks:paper-publish", "tasks:done", "tasks:list-published", "account_logout", "account_inactive",
    "account_reauthenticate", "account_set_password", "account_change_password", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_login", "healthz", "readyz", "tasks:file", "tasks:thumb", "tasks:paper-sample",
    "tasks:paper-problems", "tasks:term-plan", "tasks:term-plan-step",
    "tasks:roster", "tasks:roster-blank", "tasks:roster-xlsx",
    "tasks:list-xlsx", "tasks:slip-docx", "tasks:slip-file", "tasks:list-archive", "tasks:list-docx", "tasks:return-batch",
    "gallery",  # for developers; no link leads there, the guest looks at it
    "account_outside_back",  # test_outside.py
    "tasks:help", "tasks:feed", "tasks:link",  # test_links.py
    "tasks:collation-docx", "dashboards:report-docx",
    "tasks:opening-blank", "join", "join-start", "account_help", "branches:slips", "mfa_authenticate", "mfa_reauthenticate",
    "mfa_deactivate_totp", "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_index",
}  # fmt: skip


@pytest.fixture(scope="module")
def places(browser: Browser, showroom: Showroom) -> Iterator[dict[str, dict[str, str]]]:
    """For each person the pages to look at: each kind of page once, by the first who reaches it, homes and boards by all."""
    showroom.reset()
    showroom.command("send_reminders")  # so that there are mails
    found: dict[str, dict[str, str]] = {}
    seen: set[str] = set()
    for person, name in PERSON.items():
        context = browser.new_context(base_url=showroom.address, locale="zh-CN")
        visitor = Visitor(context)
        visitor.sign_in(name)
        kinds = walk(visitor.read)
        found[person] = {kind: address for kind, address in kinds.items() if kind not in seen or kind in OWN}
        seen |= set(kinds)
        visitor.leave()
    yield found
    showroom.reset()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("person", PERSON)
def test_each_page_is_sound(enter: Enter, places: dict[str, dict[str, str]], person: str, mode: str) -> None:
    lang, width = MODES[mode]
    visitor = enter(person, lang=lang, width=width, height=740)
    wrong = []
    for kind, address in places[person].items():
        visitor.go(address)
        wrong += [f"{kind} {address}: {fault}" for fault in faults(visitor.page)]
    assert wrong == []


@pytest.mark.parametrize("mode", MODES)
def test_pages_for_guests_are_sound(enter: Enter, mode: str) -> None:
    lang, width = MODES[mode]
    visitor = enter(lang=lang, width=width, height=740)
    wrong = []
    for address in GUEST.values():
        visitor.go(address)
        wrong += [f"{address}: {fault}" for fault in faults(visitor.page)]
    assert wrong == []


@pytest.mark.parametrize("mode", MODES)
def test_refusals_are_sound(enter: Enter, mode: str) -> None:
    lang, width = MODES[mode]
    visitor = enter("member", lang=lang, width=width, height=740)
    wrong = []
    for address, status in {
        "/lists/import/": 403,
        "/a/999999/": 404,
        "/nowhere/": 404,
        "/lists/?year=%00": 400,
    }.items():
        visitor.go(address, status=status)
        wrong += [f"{address}: {fault}" for fault in faults(visitor.page)]
    assert wrong == []


def test_every_page_was_looked_at(places: dict[str, dict[str, str]]) -> None:
    looked_at = {kind.split()[0] for kinds in places.values() for kind in kinds}
    posts = {name for name, verdict in POLICY.items() if verdict == POST_ONLY}
    assert set(ADDRESSES) - looked_at - posts - ELSEWHERE == set()
