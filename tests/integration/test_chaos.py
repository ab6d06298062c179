"""A short storm over a whole site in real processes, and storms over a sick one, which have to find the fault (P1, P20)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.conf import settings

from devtools.chaos.verdict import Ledger, judge

pytestmark = pytest.mark.integration
DAY = date(2026, 5, 12)
TOLD = (DAY, "p1", "due", 7, "<1@x>", 1, "mail")
BY_CHAT = (DAY, "p1", "due", 7, "<1@x>", 1, "dingtalk")
SAID = {"to": "p1", "day": "2026-05-12", "text": "…"}
KEPT, ENTRY = ("s1", "p1", 7, False, "sent"), {"sourceId": "s1", "done": False}
IN_CHAT = {"told": [BY_CHAT], "mails": [], "chats": [SAID], "kept": [KEPT], "entries": [ENTRY]}
MAIL = {"id": "<1@x>", "to": "p1@example.invalid", "text": "http://x/a/7/update/"}


def storm(*words: str) -> subprocess.CompletedProcess[str]:
    """One day of it, with the same misfortunes each time."""
    argv = [sys.executable, "-m", "devtools.chaos.storm", "--days", "1", "--rows", "120", *words]
    return subprocess.run(
        argv, cwd=settings.BASE_DIR, env=dict(os.environ), capture_output=True, text=True, timeout=400, check=False
    )


def test_nothing_is_missed_and_nothing_doubled() -> None:
    done = storm("--seed", "4")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing missed, nothing doubled." in done.stdout


@pytest.mark.parametrize(("sick", "words"), [("mark before send", "but no mail arrived"), ("no claim", "arrived ")])
def test_a_storm_finds_the_fault_that_was_sown(sick: str, words: str) -> None:
    done = storm("--seed", "4", "--sick", sick)

    assert done.returncode == 1, done.stdout + done.stderr
    assert words in done.stdout


def world(**changes: Any) -> tuple[set[Any], Ledger, dict[str, Any], dict[str, str]]:
    """One reminder that went out as it should, and one report."""
    told = changes.get("told", [TOLD])
    texts = Counter(changes.get("texts", ["进展1"]))
    ledger = Ledger(told, changes.get("waiting", 0), changes.get("failed", 0), texts, changes.get("kept", []))
    crowd = {
        "mails": changes.get("mails", [MAIL]),
        "chats": changes.get("chats", []),
        "entries": changes.get("entries", []),
        "accepted": changes.get("accepted", ["进展1"]),
        "unsure": changes.get("unsure", []),
        "answers": changes.get("answers", {"200": 3, "302": 1, "503": 2}),
    }
    return {(DAY, "p1", "due", 7)}, ledger, crowd, {"p1": "p1@example.invalid"}


def test_a_world_in_order_has_no_fault() -> None:
    assert judge(*world()).faults == []
    assert judge(*world(**IN_CHAT)).faults == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"told": [], "mails": []}, "missed: 2026-05-12 p1 due row 7"),
        ({"told": [TOLD, (DAY, "p1", "late", 7, "<1@x>", 1, "mail")]}, "not expected"),
        ({"told": [TOLD] * 2}, "told 2 times"),
        ({"mails": []}, "said to be sent, but no mail arrived"),
        ({"mails": [MAIL, MAIL]}, "arrived 2 times after 1 attempts"),
        ({"mails": [MAIL, {**MAIL, "id": "<2@x>"}]}, "a mail that no ledger knows: <2@x>"),
        ({"mails": [{**MAIL, "text": "http://x/a/77/update/"}]}, "not in the mail it should be in"),
        ({"mails": [{**MAIL, "to": "p2@example.invalid"}]}, "sent to somebody else"),
        (IN_CHAT | {"chats": []}, "said to be sent, but no chat message arrived"),
        (IN_CHAT | {"chats": [SAID, SAID]}, "was written to 2 times on 2026-05-12 after 1 attempts"),
        (IN_CHAT | {"chats": [SAID, {**SAID, "to": "p2"}]}, "a chat message that no ledger knows: p2"),
        (IN_CHAT | {"kept": [], "entries": []}, "in no to-do list: p1 row 7"),
        (
            IN_CHAT
            | {"kept": [KEPT, ("s2", "p1", 8, True, "sent")], "entries": [ENTRY, {"sourceId": "s2", "done": True}]},
            "without a message: p1 row 8",
        ),
        (IN_CHAT | {"entries": [ENTRY, ENTRY]}, "has row 7 2 times in his list"),
        (IN_CHAT | {"entries": [{**ENTRY, "done": True}]}, "has row 7 1 times in his list"),
        (IN_CHAT | {"kept": [("s1", "p1", 7, False, "ready")]}, "is still ready"),
        ({"waiting": 1}, "1 reminders still wait"),
        ({"failed": 2}, "2 reminders failed for good"),
        ({"texts": []}, "accepted, but there 0 times: 进展1"),
        ({"texts": ["进展1", "进展1"]}, "accepted, but there 2 times: 进展1"),
        ({"texts": ["进展1", "进展2", "进展2"], "unsure": ["进展2"]}, "there twice: 进展2"),
        ({"answers": {"200": 1, "500": 1}}, "1 answers 500"),
    ],
)
def test_each_fault_is_named(changes: dict[str, Any], words: str) -> None:
    (fault,) = judge(*world(**changes)).faults
    assert words in fault
